//! The links in mails, as they are kept: the hash of a secret, for one purpose, once.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{Account, columns};
use crate::accounts::{AccountId, Purpose};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::{Secret, SecretHash};
use crate::schema::{account_tokens, accounts};

/// A new link; an earlier one for the same purpose is dead from now on.
pub fn issue_link(
    conn: &mut Conn,
    account: AccountId,
    purpose: Purpose,
    lasts: TimeDelta,
    now: Instant,
) -> QueryResult<Secret> {
    let earlier = account_tokens::table
        .filter(account_tokens::account_id.eq(account))
        .filter(account_tokens::purpose.eq(purpose))
        .filter(account_tokens::used_at.is_null());
    diesel::update(earlier).set(account_tokens::used_at.eq(now)).execute(conn)?;
    let secret = Secret::random();
    diesel::insert_into(account_tokens::table)
        .values((
            account_tokens::account_id.eq(account),
            account_tokens::purpose.eq(purpose),
            account_tokens::token_hash.eq(secret.hash().as_str()),
            account_tokens::created_at.eq(now),
            account_tokens::expires_at.eq(now + lasts),
        ))
        .execute(conn)?;
    Ok(secret)
}

/// Whose link it is, if it can still be used. Looking does not use it up.
pub fn holder_of_link(
    conn: &mut Conn,
    purpose: Purpose,
    secret: &SecretHash,
    now: Instant,
) -> QueryResult<Option<Account>> {
    account_tokens::table
        .inner_join(accounts::table)
        .filter(account_tokens::token_hash.eq(secret.as_str()))
        .filter(account_tokens::purpose.eq(purpose))
        .filter(account_tokens::used_at.is_null())
        .filter(account_tokens::expires_at.gt(now))
        .select(columns())
        .first(conn)
        .optional()
}

/// Uses the link up: of any number who try at once, one gets the account.
pub fn use_link(
    conn: &mut Conn,
    purpose: Purpose,
    secret: &SecretHash,
    now: Instant,
) -> QueryResult<Option<AccountId>> {
    let open = account_tokens::table
        .filter(account_tokens::token_hash.eq(secret.as_str()))
        .filter(account_tokens::purpose.eq(purpose))
        .filter(account_tokens::used_at.is_null())
        .filter(account_tokens::expires_at.gt(now));
    diesel::update(open)
        .set(account_tokens::used_at.eq(now))
        .returning(account_tokens::account_id)
        .get_result(conn)
        .optional()
}

pub(super) fn end_all_links(conn: &mut Conn, account: AccountId, now: Instant) -> QueryResult<()> {
    let open =
        account_tokens::table.filter(account_tokens::account_id.eq(account)).filter(account_tokens::used_at.is_null());
    diesel::update(open).set(account_tokens::used_at.eq(now)).execute(conn)?;
    Ok(())
}

pub(super) fn forget_expired(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(account_tokens::table.filter(account_tokens::expires_at.le(now))).execute(conn)
}
