//! One connection type over both databases, how it is opened, and what the derive leaves out.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, InsertStatement, Query, QueryFragment, QueryId};
use diesel::r2d2::ManageConnection;
use diesel::sqlite::Sqlite;

use super::words::teach_letters;

#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A statement that both databases can run although the derive gives it no dialect of its own (upserts, unions).
#[derive(QueryId)]
pub struct Both<Q>(pub Q);

impl<Q: QueryFragment<Sqlite> + QueryFragment<Pg>> QueryFragment<MultiBackend> for Both<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: Query> Query for Both<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for Both<Q> {}

pub trait OnBoth: Sized {
    fn on_both(self) -> Both<Self> {
        Both(self)
    }
}

impl<T: diesel::QuerySource, U, Op, Ret> OnBoth for InsertStatement<T, U, Op, Ret> {}

/// The same expression compiled for each database: for batch inserts, and for what every page asks, since a statement that
/// is made for both is spelled out anew each time.
#[macro_export]
macro_rules! each {
    ($conn:expr, $c:ident => $e:expr) => {
        match $conn {
            $crate::platform::db::Conn::Sqlite($c) => $e,
            $crate::platform::db::Conn::Postgres($c) => $e,
        }
    };
}

impl Conn {
    /// For very many rows in one short statement: what it selects from, with these fields and the types that PostgreSQL has
    /// for them. What is bound is on SQLite one JSON array with an array for each row, on PostgreSQL an array for each field;
    /// `first` is its number. A value bound for each field of each row costs both databases several times as much as the rows
    /// themselves. SQLite numbers what is bound in the order of the text, so this is bound last.
    pub fn rows(&self, first: usize, fields: &[(&str, &str)]) -> String {
        let each = |field: &dyn Fn(usize, &str, &str) -> String| {
            fields.iter().enumerate().map(|(n, (name, kind))| field(n, name, kind)).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Sqlite(_) => {
                format!("(SELECT {} FROM json_each(${first}))", each(&|n, name, _| format!("value ->> {n} AS {name}")))
            }
            Self::Postgres(_) => {
                let arrays = each(&|n, _, kind| format!("${}::{kind}[]", first + n));
                format!("unnest({arrays}) AS row ({})", each(&|_, name, _| name.to_owned()))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Where the database is: `sqlite:<path>`, a plain path, or `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Url {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Url {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }
}

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let join = if text.contains('?') { '&' } else { '?' };
            let bounded =
                if text.contains("connect_timeout=") { text.into() } else { format!("{text}{join}connect_timeout=2") };
            return Ok(Self::Postgres(bounded));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() || path.contains("://") || text.starts_with("postgres:") {
            return Err(format!("'{text}' is neither a path, sqlite:<path> nor postgres://user@host/database"));
        }
        Ok(Self::Sqlite(path.into()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
    /// For migrations: a table may be rebuilt, so foreign keys are off.
    Migrate,
}

#[derive(Clone)]
pub(super) struct Manager {
    pub url: Url,
    pub access: Access,
    pub statements: Arc<AtomicU64>,
}

const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;";
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '15s';";

impl Manager {
    pub fn open(&self) -> ConnectionResult<Conn> {
        let mut conn = match &self.url {
            Url::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                teach_letters(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
                Conn::Sqlite(conn)
            }
            Url::Postgres(url) => Conn::Postgres(PgConnection::establish(url)?),
        };
        let settings = match (self.url.kind(), self.access) {
            (Kind::Sqlite, Access::Read) => {
                format!("{SQLITE_SETTINGS} PRAGMA foreign_keys = ON; PRAGMA query_only = ON;")
            }
            (Kind::Sqlite, Access::Write) => format!("{SQLITE_SETTINGS} PRAGMA foreign_keys = ON;"),
            (Kind::Sqlite, Access::Migrate) => format!("{SQLITE_SETTINGS} PRAGMA foreign_keys = OFF;"),
            (Kind::Postgres, Access::Migrate) => "SET TIME ZONE 'UTC';".into(),
            (Kind::Postgres, _) => POSTGRES_SETTINGS.into(),
        };
        conn.batch_execute(&settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
        let statements = self.statements.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(conn)
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager as _;
        std::thread::panicking() || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}
