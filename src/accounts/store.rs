//! Accounts, sessions and links, as they are kept.

use diesel::prelude::*;

use super::{AccountId, Person, SessionId};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::SecretHash;
use crate::schema::{accounts, sessions};

/// Whoever holds the session now: not expired, the account verified and not suspended.
pub fn person_of_session(conn: &mut Conn, secret: &SecretHash, now: Instant) -> QueryResult<Option<Person>> {
    sessions::table
        .inner_join(accounts::table)
        .filter(sessions::token_hash.eq(secret.as_str()))
        .filter(sessions::expires_at.gt(now))
        .filter(accounts::suspended_at.is_null())
        .select((accounts::id, sessions::id, accounts::name, accounts::email, accounts::is_administrator))
        .first::<(AccountId, SessionId, String, String, bool)>(conn)
        .optional()
        .map(|row| {
            row.map(|(id, session, name, email, is_administrator)| Person {
                id,
                session,
                name,
                email,
                is_administrator,
            })
        })
}
