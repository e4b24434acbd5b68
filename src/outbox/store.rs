//! Messages as rows.

mod batch;

pub use batch::queue_all;

use diesel::prelude::*;

use super::{Letter, MessageId};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// Queues a letter in the transaction of what causes it. `host`: of the base URL; a port is left out of the Message-ID.
pub fn queue(conn: &mut Conn, letter: &Letter, host: &str, now: Instant) -> QueryResult<MessageId> {
    let ids = queue_all(conn, &[(letter.clone(), now)], host, now)?;
    ids.first().copied().ok_or(diesel::result::Error::NotFound)
}

/// PostgreSQL's text has no place for NUL, and a mail has no use for it.
fn storable(text: &str) -> String {
    text.replace('\0', "")
}

fn without_port(host: &str) -> &str {
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    host.get(..end.unwrap_or(host.len())).filter(|name| !name.is_empty()).unwrap_or("localhost")
}
