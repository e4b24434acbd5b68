//! Accounts, sessions and links, as they are kept.

mod links;
mod sessions;
mod standing;

use chrono::TimeDelta;
use diesel::prelude::*;

pub use links::{holder_of_link, issue_link, use_link};
pub use sessions::{
    PERSON, PersonRow, Session, end_all_sessions, end_session, is_held, list_sessions, open_session, person_of_session,
    touch,
};
pub use standing::{hold_administrators, lift_suspension, lift_undeliverable, set_administrator, suspend};

use super::{AccountId, FIRST_LINK_LASTS, Purpose, UNVERIFIED_KEPT};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, MultiBackend, OnBoth as _};
use crate::platform::secret::Secret;
use crate::platform::text::EmailAddress;
use crate::schema::accounts;

/// An account, as the doors need it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    /// A PHC string; `None` until its owner has set a password.
    pub password_hash: Option<String>,
    pub is_administrator: bool,
    pub verified_at: Option<Instant>,
    pub suspended_at: Option<Instant>,
}

fn columns() -> <Account as Selectable<MultiBackend>>::SelectExpression {
    <Account as Selectable<MultiBackend>>::construct_selection()
}

/// A row to be.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = accounts)]
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub email_key: String,
    pub password_hash: Option<String>,
    pub is_administrator: bool,
    pub created_at: Instant,
    pub verified_at: Option<Instant>,
}

impl NewAccount {
    pub fn learner(name: &str, email: &EmailAddress, password_hash: Option<String>, now: Instant) -> Self {
        Self {
            name: name.into(),
            email: email.as_str().into(),
            email_key: email.key().into(),
            password_hash,
            is_administrator: false,
            created_at: now,
            verified_at: None,
        }
    }

    pub fn verified(self) -> Self {
        Self { verified_at: Some(self.created_at), ..self }
    }
}

/// What a sign-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedUp {
    /// The account is new; its link verifies.
    New,
    /// Somebody had signed up with this address before and nobody has confirmed it. Whose password is the right one
    /// only the mailbox's owner can say: there is none now, and the link sets it.
    Again,
    /// A verified account stands untouched; its link resets the password.
    Already,
}

/// Signs an address up. The same number of statements, whatever it finds.
pub fn sign_up(conn: &mut Conn, new: &NewAccount) -> QueryResult<(SignedUp, Account)> {
    let inserted: Option<Account> = diesel::insert_into(accounts::table)
        .values(new)
        .on_conflict(accounts::email_key)
        .do_nothing()
        .returning(columns())
        .on_both()
        .get_result(conn)
        .optional()?;
    if let Some(account) = inserted {
        return Ok((SignedUp::New, account));
    }
    let unverified = accounts::table
        .filter(accounts::email_key.eq(&new.email_key))
        .filter(accounts::verified_at.is_null())
        .filter(accounts::is_administrator.eq(false));
    let unset = diesel::update(unverified)
        .set((accounts::password_hash.eq(None::<String>), accounts::name.eq(&new.name)))
        .execute(conn)?;
    let account = accounts::table.filter(accounts::email_key.eq(&new.email_key)).select(columns()).first(conn)?;
    Ok((if unset == 1 { SignedUp::Again } else { SignedUp::Already }, account))
}

/// `key`: of [`EmailAddress::key`].
pub fn find_account(conn: &mut Conn, key: &str) -> QueryResult<Option<Account>> {
    accounts::table.filter(accounts::email_key.eq(key)).select(columns()).first(conn).optional()
}

pub fn account(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Account>> {
    accounts::table.find(id).select(columns()).first(conn).optional()
}

/// Makes an account with a link and takes both away again, which costs what a link for a real account costs: so the time
/// of an answer does not tell whether an address has one.
pub fn issue_link_to_nobody(conn: &mut Conn, lasts: TimeDelta, now: Instant) -> QueryResult<()> {
    let nobody: AccountId = diesel::insert_into(accounts::table)
        .values((
            accounts::name.eq(""),
            accounts::email.eq(""),
            accounts::email_key.eq(Secret::random().as_str()),
            accounts::is_administrator.eq(false),
            accounts::created_at.eq(now),
        ))
        .returning(accounts::id)
        .get_result(conn)?;
    issue_link(conn, nobody, Purpose::Reset, lasts, now)?;
    diesel::delete(accounts::table.find(nobody)).execute(conn)?;
    Ok(())
}

/// Whoever opened a link in a mail to the address reads that mailbox: mail goes to it again, too.
pub fn verify(conn: &mut Conn, account: AccountId, now: Instant) -> QueryResult<()> {
    lift_undeliverable(conn, account)?;
    diesel::update(accounts::table.find(account).filter(accounts::verified_at.is_null()))
        .set(accounts::verified_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Sets the password, ends every session and every link. (The link that allowed it had proved the address.)
pub fn set_password(conn: &mut Conn, account: AccountId, hash: &str, now: Instant) -> QueryResult<Account> {
    verify(conn, account, now)?;
    sessions::end_all_sessions(conn, account)?;
    links::end_all_links(conn, account, now)?;
    diesel::update(accounts::table.find(account))
        .set(accounts::password_hash.eq(hash))
        .returning(columns())
        .get_result(conn)
}

/// Keeps the password under another hash of it, if it is still the one that was `seen` and may enter. False: it changed
/// in the meantime.
pub fn rehash(conn: &mut Conn, account: AccountId, seen: &str, hash: &str) -> QueryResult<bool> {
    let same = accounts::table
        .find(account)
        .filter(accounts::password_hash.eq(seen))
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null());
    diesel::update(same).set(accounts::password_hash.eq(hash)).execute(conn).map(|rows| rows == 1)
}

/// Those who can sign in: who was invited and has no password yet administers nothing.
pub fn count_administrators(conn: &mut Conn) -> QueryResult<i64> {
    accounts::table
        .filter(accounts::is_administrator.eq(true))
        .filter(accounts::password_hash.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .count()
        .get_result(conn)
}

/// All who administer and can sign in.
pub fn list_administrators(conn: &mut Conn) -> QueryResult<Vec<Account>> {
    accounts::table
        .filter(accounts::is_administrator.eq(true))
        .filter(accounts::password_hash.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .order(accounts::id)
        .select(columns())
        .load(conn)
}

/// An administrator without a password yet, or the account of that address made one.
pub fn create_administrator(conn: &mut Conn, name: &str, email: &EmailAddress, now: Instant) -> QueryResult<AccountId> {
    let new = NewAccount { is_administrator: true, ..NewAccount::learner(name, email, None, now) };
    diesel::insert_into(accounts::table)
        .values(&new)
        .on_conflict(accounts::email_key)
        .do_update()
        .set(accounts::is_administrator.eq(true))
        .returning(accounts::id)
        .on_both()
        .get_result(conn)
}

/// With the secret of `/password/reset/{token}`, for the terminal: whoever reads it sets the password, within 7 days.
pub fn invite_first_administrator(
    conn: &mut Conn,
    name: &str,
    email: &EmailAddress,
    now: Instant,
) -> QueryResult<(AccountId, Secret)> {
    let account = create_administrator(conn, name, email, now)?;
    Ok((account, issue_link(conn, account, Purpose::Reset, FIRST_LINK_LASTS, now)?))
}

/// Many at once, for filling a database; their ids in the order given.
pub fn create_accounts(conn: &mut Conn, new: &[NewAccount]) -> QueryResult<Vec<AccountId>> {
    let mut ids = Vec::with_capacity(new.len());
    for some in new.chunks(1_000) {
        let made: Vec<(AccountId, String)> = each!(conn, c => diesel::insert_into(accounts::table)
            .values(some)
            .returning((accounts::id, accounts::email_key))
            .get_results(c))?;
        let by_key: std::collections::HashMap<_, _> = made.iter().map(|(id, key)| (key.as_str(), *id)).collect();
        ids.extend(some.iter().filter_map(|account| by_key.get(account.email_key.as_str())));
    }
    Ok(ids)
}

/// No mail server knows the address any more. `account`: as the outbox keeps it.
pub fn mark_undeliverable(conn: &mut Conn, account: i64, now: Instant) -> QueryResult<()> {
    diesel::update(accounts::table.find(AccountId(account)).filter(accounts::undeliverable_at.is_null()))
        .set(accounts::undeliverable_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// The addresses to which nothing goes any more, the newest first, with since when; no more of them than asked for.
pub fn list_undeliverable(conn: &mut Conn, most: i64) -> QueryResult<Vec<(String, Instant)>> {
    accounts::table
        .filter(accounts::undeliverable_at.is_not_null())
        .order(accounts::undeliverable_at.desc())
        .limit(most)
        .select((accounts::email, accounts::undeliverable_at.assume_not_null()))
        .load(conn)
}

pub fn count_undeliverable(conn: &mut Conn) -> QueryResult<i64> {
    accounts::table.filter(accounts::undeliverable_at.is_not_null()).count().get_result(conn)
}

/// Deletes sessions and links that have ended, and accounts whose address nobody confirmed in 14 days, with all that
/// hangs from them. Says how many rows.
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let unconfirmed = accounts::table
        .filter(accounts::verified_at.is_null())
        .filter(accounts::is_administrator.eq(false))
        .filter(accounts::created_at.lt(now - UNVERIFIED_KEPT));
    let ended = sessions::forget_ended(conn, now)? + links::forget_expired(conn, now)?;
    Ok(ended + diesel::delete(unconfirmed).execute(conn)?)
}
