//! Copies of the embedded database, and what is said of its health.

use std::path::Path;

use anyhow::{Context as _, bail};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::conn::{Access, Conn, Manager, Url};

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    said: String,
}

/// Writes a whole, consistent copy while the database is in use. The file must not exist yet.
pub fn copy_to(url: &Url, file: &Path) -> anyhow::Result<()> {
    let mut conn = sqlite(url)?;
    if file.exists() {
        bail!("{} exists already: name another file", file.display());
    }
    diesel::sql_query("VACUUM INTO $1")
        .bind::<Text, _>(file.to_string_lossy())
        .execute(&mut conn)
        .with_context(|| format!("writing {}", file.display()))?;
    Ok(())
}

/// Looks through the whole file for damage; what is wrong is the error.
pub fn integrity(url: &Url) -> anyhow::Result<()> {
    let mut conn = sqlite(url)?;
    let said: Vec<Said> =
        diesel::sql_query("SELECT integrity_check AS said FROM pragma_integrity_check").load(&mut conn)?;
    match said.iter().map(|row| row.said.as_str()).collect::<Vec<_>>().as_slice() {
        ["ok"] => Ok(()),
        faults => bail!("the file is damaged: {}", faults.join("; ")),
    }
}

/// The database's own version, in words.
pub fn version(url: &Url) -> anyhow::Result<String> {
    let mut conn = open(url)?;
    let question = match url {
        Url::Sqlite(_) => "SELECT 'SQLite ' || sqlite_version() AS said",
        Url::Postgres(_) => "SELECT version() AS said",
    };
    Ok(diesel::sql_query(question).get_result::<Said>(&mut conn)?.said)
}

/// What the database says of itself.
#[derive(Debug, Clone, QueryableByName)]
pub struct Facts {
    /// Its own, in words.
    #[diesel(sql_type = Text)]
    pub version: String,
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
    /// How many have been run.
    #[diesel(sql_type = BigInt)]
    pub migrations: i64,
    /// The newest of them.
    #[diesel(sql_type = Text)]
    pub newest: String,
}

pub fn facts(conn: &mut Conn) -> QueryResult<Facts> {
    let own = match conn {
        Conn::Sqlite(_) => {
            "'SQLite ' || sqlite_version() AS version, \
             (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()) AS bytes"
        }
        Conn::Postgres(_) => {
            "'PostgreSQL ' || current_setting('server_version') AS version, \
             pg_database_size(current_database()) AS bytes"
        }
    };
    let schema = "(SELECT count(*) FROM __diesel_schema_migrations) AS migrations, \
                  (SELECT max(version) FROM __diesel_schema_migrations) AS newest";
    diesel::sql_query(format!("SELECT {own}, {schema}")).get_result(conn)
}

fn sqlite(url: &Url) -> anyhow::Result<Conn> {
    match url {
        Url::Sqlite(path) if !path.exists() => bail!("there is no database at {}", path.display()),
        Url::Sqlite(_) => open(url),
        Url::Postgres(_) => bail!("this is for the embedded database; for PostgreSQL use pg_dump and pg_restore"),
    }
}

fn open(url: &Url) -> anyhow::Result<Conn> {
    Manager { url: url.clone(), access: Access::Write, statements: Default::default() }
        .open()
        .context("opening the database")
}
