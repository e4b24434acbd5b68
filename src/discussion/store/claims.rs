//! Which facilitator answers which thread, as it is kept: one at a time, until somebody has answered, and for a day at most.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::CohortId;
use crate::discussion::{CLAIM_LASTS, Claim, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{accounts, thread_claims, threads};

/// Takes the thread for somebody, unless another has it: of any number at once one gets it. Again is the same as once.
pub fn claim(conn: &mut Conn, thread: ThreadId, by: AccountId, now: Instant) -> QueryResult<()> {
    use diesel::query_dsl::methods::FilterDsl as _;
    let claimed = (thread_claims::account_id.eq(by), thread_claims::claimed_at.eq(now));
    diesel::insert_into(thread_claims::table)
        .values((thread_claims::thread_id.eq(thread), claimed))
        .on_conflict(thread_claims::thread_id)
        .do_update()
        .set(claimed)
        .filter(thread_claims::claimed_at.le(now - CLAIM_LASTS))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Gives up what somebody had taken.
pub fn release(conn: &mut Conn, thread: ThreadId, by: AccountId) -> QueryResult<()> {
    diesel::delete(thread_claims::table.find(thread).filter(thread_claims::account_id.eq(by))).execute(conn).map(drop)
}

/// Gives up all that somebody had taken, in a cohort or wherever it was: they answer nothing there any more.
pub fn give_up_claims(conn: &mut Conn, cohort: Option<CohortId>, account: AccountId) -> QueryResult<()> {
    let own = thread_claims::table.filter(thread_claims::account_id.eq(account));
    match cohort {
        Some(cohort) => {
            let there = threads::table.filter(threads::cohort_id.eq(cohort)).select(threads::id);
            diesel::delete(own.filter(thread_claims::thread_id.eq_any(there))).execute(conn)
        }
        None => diesel::delete(own).execute(conn),
    }
    .map(drop)
}

/// Whoever answers `from` answers the thread that takes it in, unless somebody answers that already.
pub(super) fn join(conn: &mut Conn, from: ThreadId, into: ThreadId) -> QueryResult<()> {
    let standing: i64 = thread_claims::table.find(into).count().get_result(conn)?;
    if standing == 0 {
        diesel::update(thread_claims::table.find(from)).set(thread_claims::thread_id.eq(into)).execute(conn)?;
    }
    Ok(())
}

/// Whoever had taken it: it is answered.
pub(super) fn end(conn: &mut Conn, thread: ThreadId) -> QueryResult<()> {
    diesel::delete(thread_claims::table.find(thread)).execute(conn).map(drop)
}

/// Claims that hold, with the claimant's name.
macro_rules! holding {
    ($now:expr) => {
        thread_claims::table
            .inner_join(accounts::table)
            .filter(thread_claims::claimed_at.gt($now - CLAIM_LASTS))
            .select((thread_claims::thread_id, accounts::id, accounts::name, thread_claims::claimed_at))
    };
}

pub fn claim_of(conn: &mut Conn, thread: ThreadId, now: Instant) -> QueryResult<Option<Claim>> {
    holding!(now).filter(thread_claims::thread_id.eq(thread)).first(conn).optional()
}

/// Those of these threads.
pub fn list_claims(conn: &mut Conn, of: &[ThreadId], now: Instant) -> QueryResult<Vec<Claim>> {
    holding!(now).filter(thread_claims::thread_id.eq_any(of)).load(conn)
}
