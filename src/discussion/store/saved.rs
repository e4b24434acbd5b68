//! Texts that facilitators keep to put into replies: one's own, and those that are shared in a cohort.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::CohortId;
use crate::discussion::{SavedAnswer, SavedAnswerId};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{accounts, saved_answers};

/// How many somebody may keep.
pub const MOST_ANSWERS: i64 = 100;
/// How many a list holds: more than a team keeps.
const LISTED: i64 = 500;

/// What is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewAnswer<'a> {
    pub title: &'a str,
    pub body: &'a str,
    pub is_shared: bool,
}

/// What a facilitator has in a cohort: their own, wherever they made them, and what its team shares.
#[diesel::dsl::auto_type(no_type_alias)]
fn had_by(cohort: CohortId, account: AccountId) -> _ {
    let shared: bool = true;
    saved_answers::account_id
        .eq(account)
        .or(saved_answers::cohort_id.eq(cohort).and(saved_answers::is_shared.eq(shared)))
}

macro_rules! answers {
    () => {
        saved_answers::table.inner_join(accounts::table).select((
            saved_answers::id,
            saved_answers::title,
            saved_answers::body,
            saved_answers::is_shared,
            saved_answers::cohort_id,
            accounts::id,
            accounts::name,
        ))
    };
}

/// By title.
pub fn list_answers(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<Vec<SavedAnswer>> {
    answers!().filter(had_by(cohort, account)).order((saved_answers::title, saved_answers::id)).limit(LISTED).load(conn)
}

/// The same, by their names alone.
pub fn list_answer_titles(
    conn: &mut Conn,
    cohort: CohortId,
    account: AccountId,
) -> QueryResult<Vec<(SavedAnswerId, String)>> {
    saved_answers::table
        .filter(had_by(cohort, account))
        .order((saved_answers::title, saved_answers::id))
        .limit(LISTED)
        .select((saved_answers::id, saved_answers::title))
        .load(conn)
}

/// Those that somebody made, in whatever cohort.
pub fn count_own_answers(conn: &mut Conn, account: AccountId) -> QueryResult<i64> {
    saved_answers::table.filter(saved_answers::account_id.eq(account)).count().get_result(conn)
}

pub fn find_answer(
    conn: &mut Conn,
    cohort: CohortId,
    account: AccountId,
    id: SavedAnswerId,
) -> QueryResult<Option<SavedAnswer>> {
    answers!().filter(had_by(cohort, account)).filter(saved_answers::id.eq(id)).first(conn).optional()
}

pub fn add_answer(
    conn: &mut Conn,
    (cohort, account): (CohortId, AccountId),
    new: NewAnswer<'_>,
    now: Instant,
) -> QueryResult<()> {
    diesel::insert_into(saved_answers::table)
        .values((
            saved_answers::cohort_id.eq(cohort),
            saved_answers::account_id.eq(account),
            saved_answers::title.eq(new.title),
            saved_answers::body.eq(new.body),
            saved_answers::is_shared.eq(new.is_shared),
            saved_answers::saved_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Shared from now on means shared in this cohort; what was shared before stays with the team that has it.
pub fn change_answer(
    conn: &mut Conn,
    (cohort, answer): (CohortId, &SavedAnswer),
    new: NewAnswer<'_>,
    now: Instant,
) -> QueryResult<()> {
    let cohort = if answer.is_shared { answer.cohort } else { cohort };
    diesel::update(saved_answers::table.find(answer.id))
        .set((
            saved_answers::cohort_id.eq(cohort),
            saved_answers::title.eq(new.title),
            saved_answers::body.eq(new.body),
            saved_answers::is_shared.eq(new.is_shared),
            saved_answers::saved_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

pub fn remove_answer(conn: &mut Conn, id: SavedAnswerId) -> QueryResult<()> {
    diesel::delete(saved_answers::table.find(id)).execute(conn).map(drop)
}
