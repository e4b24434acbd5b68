//! What administrators change of an account, as it is kept. Twice is the same as once: false says that nothing changed.

use diesel::prelude::*;

use super::{links, sessions};
use crate::accounts::AccountId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::accounts;

/// Lets nobody else change who administers until this transaction ends. Whoever asks after that whether somebody still
/// administers hears the truth, so that two who dismiss each other at once cannot both succeed.
pub fn hold_administrators(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(accounts::table.filter(accounts::is_administrator.eq(true)))
        .set(accounts::is_administrator.eq(accounts::is_administrator))
        .execute(conn)
        .map(drop)
}

/// They are out at once: every session and every link ends.
pub fn suspend(conn: &mut Conn, account: AccountId, now: Instant) -> QueryResult<bool> {
    sessions::end_all_sessions(conn, account)?;
    links::end_all_links(conn, account, now)?;
    diesel::update(accounts::table.find(account).filter(accounts::suspended_at.is_null()))
        .set(accounts::suspended_at.eq(now))
        .execute(conn)
        .map(|rows| rows == 1)
}

pub fn lift_suspension(conn: &mut Conn, account: AccountId) -> QueryResult<bool> {
    diesel::update(accounts::table.find(account).filter(accounts::suspended_at.is_not_null()))
        .set(accounts::suspended_at.eq(None::<Instant>))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Whoever comes to administer signs in again: the sessions of an administrator are shorter than others.
pub fn set_administrator(conn: &mut Conn, account: AccountId, administers: bool) -> QueryResult<bool> {
    let other = accounts::table.find(account).filter(accounts::is_administrator.ne(administers));
    let changed = diesel::update(other).set(accounts::is_administrator.eq(administers)).execute(conn)? == 1;
    if changed {
        sessions::end_all_sessions(conn, account)?;
    }
    Ok(changed)
}

/// Mail goes to the address again.
pub fn lift_undeliverable(conn: &mut Conn, account: AccountId) -> QueryResult<bool> {
    diesel::update(accounts::table.find(account).filter(accounts::undeliverable_at.is_not_null()))
        .set(accounts::undeliverable_at.eq(None::<Instant>))
        .execute(conn)
        .map(|rows| rows == 1)
}
