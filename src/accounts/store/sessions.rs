//! Sessions, as they are kept: the hash of a secret, and until when.

use diesel::prelude::*;

use crate::accounts::{AccountId, IDLE, Person, SessionId, Stay, TOUCH_EVERY};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::SecretHash;
use crate::schema::{accounts, sessions};

/// Whoever holds the session now: neither expired nor idle, the account verified and not suspended.
pub fn person_of_session(conn: &mut Conn, secret: &SecretHash, now: Instant) -> QueryResult<Option<Person>> {
    sessions::table
        .inner_join(accounts::table)
        .filter(sessions::token_hash.eq(secret.as_str()))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((
            accounts::id,
            sessions::id,
            accounts::name,
            accounts::email,
            accounts::is_administrator,
            sessions::last_seen_at,
        ))
        .first::<(AccountId, SessionId, String, String, bool, Instant)>(conn)
        .optional()
        .map(|row| {
            row.map(|(id, session, name, email, is_administrator, seen_at)| Person {
                id,
                session,
                name,
                email,
                is_administrator,
                seen_at,
            })
        })
}

/// For somebody whose password was right.
pub fn open_session(
    conn: &mut Conn,
    account: AccountId,
    secret: &SecretHash,
    stay: Stay,
    now: Instant,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::account_id.eq(account),
            sessions::token_hash.eq(secret.as_str()),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(now + stay.lasts),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that the session is in use. Without it a session ends 14 days after its sign-in. Twice within 10 minutes is
/// as good as once.
pub fn touch(conn: &mut Conn, session: SessionId, now: Instant) -> QueryResult<()> {
    diesel::update(sessions::table.find(session).filter(sessions::last_seen_at.le(now - TOUCH_EVERY)))
        .set(sessions::last_seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub fn end_session(conn: &mut Conn, secret: &SecretHash) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::token_hash.eq(secret.as_str()))).execute(conn)?;
    Ok(())
}

pub(super) fn end_all_sessions(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account))).execute(conn)?;
    Ok(())
}

pub(super) fn forget_ended(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)
}
