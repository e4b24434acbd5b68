//! The schema: two folders of migrations with the same names, run by one process at a time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::{Context as _, anyhow, bail};
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager};
use diesel::migration::{Migration, MigrationSource as _};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::conn::{Access, Conn, Kind, Manager, MultiBackend, Url};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// Any number, the same in every Trellis: the key of PostgreSQL's advisory lock round migrations.
const LOCK: i64 = 0x7265_6C6C_6973;
type Manages = <Conn as Connection>::TransactionManager;

/// Brings the schema up to this program's version, one process at a time; refuses a schema from a newer program.
pub fn migrate(url: &Url) -> anyhow::Result<usize> {
    under_lock(url, |conn| {
        refuse_newer(conn, embedded(url))?;
        Ok(conn.run_pending_migrations(embedded(url)).map_err(|e| anyhow!("{e}"))?.len())
    })
}

/// Takes back the newest `steps` migrations.
pub fn downgrade(url: &Url, steps: usize) -> anyhow::Result<()> {
    under_lock(url, |conn| {
        for _ in 0..steps {
            conn.revert_last_migration(embedded(url)).map_err(|e| anyhow!("{e}"))?;
        }
        Ok(())
    })
}

/// Brings the schema up or back to one migration, by the beginning of its name: how many were done or taken back.
pub fn migrate_to(url: &Url, version: &str) -> anyhow::Result<usize> {
    under_lock(url, |conn| {
        refuse_newer(conn, embedded(url))?;
        let mut all: Vec<Box<dyn Migration<MultiBackend>>> = embedded(url).migrations().map_err(|e| anyhow!("{e}"))?;
        all.sort_by_key(|migration| migration.name().version().to_string());
        let named = |m: &dyn Migration<MultiBackend>| m.name().to_string();
        let names = || all.iter().map(|m| named(m.as_ref())).collect::<Vec<_>>().join(", ");
        let Some(last) = all.iter().position(|migration| named(migration.as_ref()).starts_with(version)) else {
            bail!("there is no migration '{version}'; there are: {}", names());
        };
        let applied = conn.applied_migrations().map_err(|e| anyhow!("{e}"))?.len();
        for migration in all.iter().take(last + 1).skip(applied) {
            conn.run_migration(migration.as_ref()).map_err(|e| anyhow!("{e}"))?;
        }
        for _ in last + 1..applied {
            conn.revert_last_migration(embedded(url)).map_err(|e| anyhow!("{e}"))?;
        }
        Ok((last + 1).abs_diff(applied))
    })
}

fn embedded(url: &Url) -> EmbeddedMigrations {
    match url.kind() {
        Kind::Sqlite => SQLITE,
        Kind::Postgres => POSTGRES,
    }
}

fn under_lock<T>(url: &Url, work: impl FnOnce(&mut Conn) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let manager = Manager { url: url.clone(), access: Access::Migrate, statements: Arc::new(AtomicU64::new(0)) };
    let mut conn = manager.open().with_context(|| format!("opening the database {url:?}"))?;
    match &mut conn {
        Conn::Sqlite(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?;
            match work(&mut conn) {
                Ok(done) => Manages::commit_transaction(&mut conn).map(|()| done).map_err(Into::into),
                Err(e) => Manages::rollback_transaction(&mut conn).map_err(Into::into).and(Err(e)),
            }
        }
        Conn::Postgres(c) => {
            c.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            // The lock goes with the connection.
            work(&mut conn)
        }
    }
}

fn refuse_newer(conn: &mut Conn, migrations: EmbeddedMigrations) -> anyhow::Result<()> {
    let known: Vec<Box<dyn Migration<MultiBackend>>> = migrations.migrations().map_err(|e| anyhow!("{e}"))?;
    let known: BTreeSet<String> = known.iter().map(|m| m.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(|e| anyhow!("{e}"))?;
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|v| !known.contains(v)) {
        bail!("the database was made by a newer Trellis (migration {newer}): install that version or restore a backup");
    }
    Ok(())
}
