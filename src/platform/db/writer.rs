//! SQLite's one writer: a thread that runs each waiting work in a savepoint of its own and commits what waits as a
//! group, so that one fsync serves many.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use tokio::sync::oneshot;

use super::DbError;
use super::conn::{Conn, Manager};

/// How many works are committed together at most.
const GROUP: usize = 64;

/// Runs inside the group's transaction; gives back what to do when the group's fate is known.
type Work = Box<dyn FnOnce(&mut Conn) -> Settle + Send>;
type Settle = Box<dyn FnOnce(Result<(), DbError>) + Send>;
type Manages = <Conn as Connection>::TransactionManager;

pub(super) struct Writer(Sender<Work>);

impl Writer {
    pub fn start(manager: Manager) -> Result<Self, DbError> {
        let conn = manager.open().map_err(|e| DbError::Unavailable(e.to_string()))?;
        let (sender, works) = channel::<Work>();
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || write_all(&manager, conn, &works))
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
        Ok(Self(sender))
    }

    pub async fn run<T, E>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |conn| {
            let done = conn.transaction::<T, E, _>(f);
            Box::new(move |committed| {
                let _ = answer.send(match committed {
                    Ok(()) => done,
                    Err(lost) => done.and_then(|_| Err(lost.into())),
                });
            })
        });
        self.0.send(work).map_err(|_| DbError::Unavailable("the writer has stopped".into()))?;
        answered.await.unwrap_or_else(|_| Err(DbError::Broken.into()))
    }
}

fn write_all(manager: &Manager, mut conn: Conn, works: &Receiver<Work>) {
    while let Ok(first) = works.recv() {
        let mut group = vec![first];
        group.extend(works.try_iter().take(GROUP - 1));
        if !write_group(&mut conn, group) {
            match manager.open() {
                Ok(fresh) => conn = fresh,
                Err(e) => tracing::error!(error = %e, "the database could not be opened again"),
            }
        }
    }
}

/// Runs and commits one group. False if the connection must not be used any more.
fn write_group(conn: &mut Conn, group: Vec<Work>) -> bool {
    if let Err(e) = begin(conn) {
        let why = e.to_string();
        // Dropping a work drops its answer's sender: those who wait hear of it at once.
        drop(group);
        tracing::error!(error = why, "no transaction could be started");
        return false;
    }
    let mut settles = Vec::with_capacity(group.len());
    for work in group {
        match catch_unwind(AssertUnwindSafe(|| work(conn))) {
            Ok(settle) => settles.push(settle),
            Err(_) => {
                let _ = Manages::rollback_transaction(conn);
                settles.into_iter().for_each(|settle| settle(Err(DbError::Broken)));
                return false;
            }
        }
    }
    let committed = Manages::commit_transaction(conn);
    let usable = committed.is_ok();
    if !usable {
        let _ = Manages::rollback_transaction(conn);
    }
    let why = committed.err().map(|e| e.to_string());
    for settle in settles {
        settle(why.clone().map_or(Ok(()), |why| Err(DbError::Unavailable(why))));
    }
    usable
}

fn begin(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(_) => Manages::begin_transaction(conn),
    }
}
