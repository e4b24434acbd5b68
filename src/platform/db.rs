//! The database behind three doors, `read`, `report` and `write`, which hide which of the two it is.
//!
//! SQLite: readers in a small pool, one writer thread that commits what waits as a group. PostgreSQL: a pool.

mod bell;
mod conn;
mod instant;
mod keep;
mod migrate;
mod words;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::Semaphore;

pub use bell::Bell;
use conn::{Access, Manager};
pub use conn::{Both, Conn, Kind, MultiBackend, OnBoth, Url};
pub use keep::{Facts, copy_to, facts, integrity, version};
pub use migrate::{downgrade, migrate, migrate_to};
pub use words::{escaped, lower, part};
use writer::Writer;

/// What can go wrong with the database itself.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached now; trying again later may work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// The work panicked; it was rolled back.
    #[error("the work stopped half-way and was undone")]
    Broken,
}

/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(2);
/// How many reports may run at once, so that none of them starves a page.
const REPORTS: usize = 2;

#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    kind: Kind,
    pool: Pool<Manager>,
    reports: Semaphore,
    writer: Option<Writer>,
    statements: Arc<AtomicU64>,
}

impl Db {
    /// Opens the pool (and, for SQLite, the writer thread). `connections`: how many readers at once.
    pub fn open(url: &Url, connections: u32) -> Result<Self, DbError> {
        let statements = Arc::new(AtomicU64::new(0));
        let access = if url.kind() == Kind::Sqlite { Access::Read } else { Access::Write };
        let manager = Manager { url: url.clone(), access, statements: statements.clone() };
        let writer = match url.kind() {
            Kind::Sqlite => Some(Writer::start(Manager { access: Access::Write, ..manager.clone() })?),
            Kind::Postgres => None,
        };
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(WAIT)
            .test_on_check_out(false)
            .build(manager)
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
        Ok(Self(Arc::new(Inner { kind: url.kind(), pool, reports: Semaphore::new(REPORTS), writer, statements })))
    }

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How many statements have been started since the pool was opened.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Reads for a page: one hop to the blocking pool.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let inner = self.0.clone();
        actix_web::web::block(move || {
            let mut conn = inner.pool.get().map_err(|e| DbError::Unavailable(e.to_string()))?;
            f(&mut conn)
        })
        .await
        .unwrap_or_else(|_| Err(DbError::Broken.into()))
    }

    /// Reads what may take more than a few milliseconds; few of them run at once.
    pub async fn report<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let _place = self.0.reports.acquire().await.map_err(|e| DbError::Unavailable(e.to_string()))?;
        self.read(f).await
    }

    /// Writes beside an answer, which does not wait for it: what may be lost without harm, and is then in the log.
    pub fn write_beside<T: Send + 'static>(
        &self,
        what: &'static str,
        f: impl FnOnce(&mut Conn) -> Result<T, diesel::result::Error> + Send + 'static,
    ) {
        let db = self.clone();
        actix_web::rt::spawn(async move {
            if let Err(error) = db.write(move |conn| f(conn).map_err(DbError::from)).await {
                tracing::warn!(%error, what, "this was not noted");
            }
        });
    }

    /// One transaction. The answer comes after the commit; an error rolls everything back.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
    {
        if let Some(writer) = &self.0.writer {
            return writer.run(f).await;
        }
        self.read(move |conn| diesel::Connection::transaction(conn, f)).await
    }
}
