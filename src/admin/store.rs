//! What administrators ask about accounts; the copying of cohorts is in a file of its own.

mod copies;

use chrono::{Months, NaiveDate};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

pub use copies::{make_copy, original};

use super::{Dead, Enrolled, Holder, Show};
use crate::accounts::AccountId;
use crate::cohort::{Role, Standing};
use crate::outbox::State;
use crate::platform::db::{Conn, lower, part};
use crate::schema::{accounts, cohorts, enrolments, messages};

/// Which accounts a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub show: Option<Show>,
    /// Part of a name or an address, in small letters. Empty: everybody.
    pub words: String,
}

/// Where the page before ended.
#[derive(Debug, Clone)]
pub struct After {
    pub id: AccountId,
    pub name: String,
}

/// A [`Holder`].
macro_rules! holder {
    () => {
        (
            accounts::id,
            accounts::name,
            accounts::email,
            accounts::is_administrator,
            accounts::created_at,
            accounts::verified_at,
            accounts::suspended_at,
            accounts::undeliverable_at,
        )
    };
}

/// A page of accounts by name.
pub fn list_people(conn: &mut Conn, wanted: &Wanted, after: Option<&After>, most: i64) -> QueryResult<Vec<Holder>> {
    let mut query = accounts::table.order((accounts::name, accounts::id)).limit(most).select(holder!()).into_boxed();
    if !wanted.words.is_empty() {
        let part = part(&wanted.words);
        let named = lower(accounts::name).like(part.clone()).escape('\\');
        query = query.filter(named.or(accounts::email_key.like(part).escape('\\')));
    }
    query = match wanted.show {
        None => query,
        Some(Show::Administrators) => query.filter(accounts::is_administrator.eq(true)),
        Some(Show::Facilitators) => {
            let roles = enrolments::table
                .filter(enrolments::account_id.eq(accounts::id))
                .filter(enrolments::role.eq(Role::Facilitator))
                .filter(enrolments::state.eq(Standing::Active));
            query.filter(exists(roles))
        }
        Some(Show::Suspended) => query.filter(accounts::suspended_at.is_not_null()),
        Some(Show::Undeliverable) => query.filter(accounts::undeliverable_at.is_not_null()),
        Some(Show::Unverified) => query.filter(accounts::verified_at.is_null()),
    };
    if let Some(After { id, name }) = after {
        // The first condition says nothing new: it lets the databases begin in the index.
        query = query.filter(accounts::name.ge(name)).filter(accounts::name.gt(name).or(accounts::id.gt(id)));
    }
    query.load(conn)
}

pub fn find_person(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Holder>> {
    accounts::table.find(id).select(holder!()).first(conn).optional()
}

/// Their places in cohorts, the newest first.
pub fn list_enrolments(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<Enrolled>> {
    enrolments::table
        .inner_join(cohorts::table)
        .filter(enrolments::account_id.eq(account))
        .order(enrolments::id.desc())
        .select((
            enrolments::id,
            cohorts::name,
            cohorts::slug,
            enrolments::role,
            enrolments::state,
            enrolments::enrolled_at,
            enrolments::last_seen_at,
        ))
        .load(conn)
}

/// The addresses to which nothing goes any more, the newest first, with what the last mail that failed there met with.
pub fn list_dead(conn: &mut Conn, most: i64) -> QueryResult<Vec<Dead>> {
    let failed = || {
        messages::table
            .filter(messages::account_id.eq(accounts::id.nullable()))
            .filter(messages::state.eq(State::Failed))
            .order(messages::id.desc())
            .limit(1)
    };
    accounts::table
        .filter(accounts::undeliverable_at.is_not_null())
        .order(accounts::undeliverable_at.desc())
        .limit(most)
        .select((
            accounts::id,
            accounts::email,
            accounts::undeliverable_at.assume_not_null(),
            failed().select(messages::server_answer).single_value(),
            failed().select(messages::reason).single_value(),
        ))
        .load(conn)
}

/// Cohorts that nobody facilitates although people come to them still, the newest first: name and slug.
pub fn list_unled(conn: &mut Conn, today: NaiveDate, most: i64) -> QueryResult<Vec<(String, String)>> {
    let led = enrolments::table
        .filter(enrolments::cohort_id.eq(cohorts::id))
        .filter(enrolments::role.eq(Role::Facilitator))
        .filter(enrolments::state.eq(Standing::Active));
    // As `Cohort::access_ends_at` has it, but for the hours of the time zone.
    let set_by_hand = cohorts::access_ends_on.gt(today);
    let a_year_ago = today.checked_sub_months(Months::new(12)).unwrap_or(NaiveDate::MIN);
    cohorts::table
        .filter(not(exists(led)))
        .filter(set_by_hand.or(cohorts::access_ends_on.is_null().and(cohorts::starts_on.gt(a_year_ago))))
        .order(cohorts::id.desc())
        .limit(most)
        .select((cohorts::name, cohorts::slug))
        .load(conn)
}
