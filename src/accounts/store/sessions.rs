//! Sessions, as they are kept: the hash of a secret, and until when.

use diesel::prelude::*;

use crate::accounts::{AccountId, IDLE, Person, SessionId, Stay, TOUCH_EVERY};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::SecretHash;
use crate::schema::{accounts, sessions};

/// What [`PERSON`] selects.
pub type PersonRow = (AccountId, SessionId, String, String, bool, Option<Instant>, Instant);

type PersonColumns = (
    accounts::id,
    sessions::id,
    accounts::name,
    accounts::email,
    accounts::is_administrator,
    accounts::undeliverable_at,
    sessions::last_seen_at,
);

/// A person, from sessions joined with accounts.
pub const PERSON: PersonColumns = (
    accounts::id,
    sessions::id,
    accounts::name,
    accounts::email,
    accounts::is_administrator,
    accounts::undeliverable_at,
    sessions::last_seen_at,
);

impl From<PersonRow> for Person {
    fn from((id, session, name, email, is_administrator, undeliverable_at, seen_at): PersonRow) -> Self {
        Self { id, session, name, email, is_administrator, undeliverable_at, seen_at, from: None }
    }
}

/// Sessions joined with accounts: the one with this secret, neither expired nor idle, its account verified and not
/// suspended.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn is_held<'a>(secret: &'a str, now: Instant) -> _ {
    let last_use: Instant = now - IDLE;
    sessions::token_hash
        .eq(secret)
        .and(sessions::expires_at.gt(now))
        .and(sessions::last_seen_at.gt(last_use))
        .and(accounts::verified_at.is_not_null())
        .and(accounts::suspended_at.is_null())
}

/// Whoever holds the session now.
pub fn person_of_session(conn: &mut Conn, secret: &SecretHash, now: Instant) -> QueryResult<Option<Person>> {
    sessions::table
        .inner_join(accounts::table)
        .filter(is_held(secret.as_str(), now))
        .select(PERSON)
        .first::<PersonRow>(conn)
        .optional()
        .map(|row| row.map(Into::into))
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

/// How many that were.
pub fn end_all_sessions(conn: &mut Conn, account: AccountId) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account))).execute(conn)
}

/// A session, as an administrator sees it.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Session {
    pub began_at: Instant,
    /// Noted every ten minutes.
    pub last_seen_at: Instant,
    pub expires_at: Instant,
}

/// Those that can still be used, the one in use last first.
pub fn list_sessions(conn: &mut Conn, account: AccountId, now: Instant) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now - IDLE))
        .order(sessions::last_seen_at.desc())
        .select((sessions::created_at, sessions::last_seen_at, sessions::expires_at))
        .load(conn)
}

pub(super) fn forget_ended(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)
}
