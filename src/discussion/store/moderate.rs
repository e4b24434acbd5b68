//! What facilitators do with a whole thread, as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::claims;
use super::writing::{hold, settle};
use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::{PostId, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{merged_threads, posts, thread_marks, threads};

/// A pinned thread stands above the others. Twice is the same as once.
pub fn set_pinned(conn: &mut Conn, thread: ThreadId, pinned: bool, now: Instant) -> QueryResult<()> {
    let other = threads::table.find(thread).filter(threads::pinned_at.is_null().eq(pinned));
    diesel::update(other).set(threads::pinned_at.eq(pinned.then_some(now))).execute(conn).map(drop)
}

/// In a locked thread only facilitators write.
pub fn set_locked(conn: &mut Conn, thread: ThreadId, locked: bool, now: Instant) -> QueryResult<()> {
    let other = threads::table.find(thread).filter(threads::locked_at.is_null().eq(locked));
    diesel::update(other).set(threads::locked_at.eq(locked.then_some(now))).execute(conn).map(drop)
}

/// `unit`: what the thread is about from now on; none is the whole course. A step's own thread stays where it is.
pub fn move_thread(conn: &mut Conn, thread: ThreadId, unit: Option<&Slug>) -> QueryResult<()> {
    let free = threads::table.find(thread).filter(threads::step.is_null());
    diesel::update(free).set(threads::unit.eq(unit)).execute(conn).map(drop)
}

/// Lays the posts of `from` into `into`, where they stand among the others by their time, and keeps the way from the
/// old address. Who follows one follows the joined thread; what somebody has not read in either stays unread.
pub fn merge(conn: &mut Conn, cohort: CohortId, from: ThreadId, into: ThreadId) -> QueryResult<()> {
    // Always in the same order, so that two merges at once do not wait for each other.
    let (first, second) = if from < into { (from, into) } else { (into, from) };
    hold(conn, first)?;
    hold(conn, second)?;
    let more: i32 = threads::table.find(from).select(threads::post_count).first(conn)?;
    let first: Option<PostId> =
        posts::table.filter(posts::thread_id.eq(from)).select(diesel::dsl::min(posts::id)).first(conn)?;
    join_marks(conn, from, into, first.unwrap_or(PostId(i64::MAX)))?;
    claims::join(conn, from, into)?;
    diesel::update(posts::table.filter(posts::thread_id.eq(from))).set(posts::thread_id.eq(into)).execute(conn)?;
    diesel::update(merged_threads::table.filter(merged_threads::into_id.eq(from)))
        .set(merged_threads::into_id.eq(into))
        .execute(conn)?;
    diesel::insert_into(merged_threads::table)
        .values((
            merged_threads::thread_id.eq(from),
            merged_threads::cohort_id.eq(cohort),
            merged_threads::into_id.eq(into),
        ))
        .execute(conn)?;
    diesel::delete(threads::table.find(from)).execute(conn)?;
    settle(conn, into, more)
}

/// Before the posts move: `first` of them is the oldest.
fn join_marks(conn: &mut Conn, from: ThreadId, into: ThreadId, first: PostId) -> QueryResult<()> {
    type Row = (EnrolmentId, PostId, bool, bool);
    let of = |thread| {
        thread_marks::table.filter(thread_marks::thread_id.eq(thread)).select((
            thread_marks::enrolment_id,
            thread_marks::seen_post_id,
            thread_marks::follows,
            thread_marks::declined,
        ))
    };
    let by_reader =
        |rows: Vec<Row>| -> BTreeMap<EnrolmentId, Row> { rows.into_iter().map(|row| (row.0, row)).collect() };
    let (old, standing) = (by_reader(of(from).load(conn)?), by_reader(of(into).load(conn)?));
    let readers: BTreeSet<EnrolmentId> = old.keys().chain(standing.keys()).copied().collect();
    for who in readers {
        let (seen, follows, declined) = match (old.get(&who), standing.get(&who)) {
            (Some(one), Some(other)) => (one.1.min(other.1), one.2 || other.2, one.3 || other.3),
            // They have read nothing of the thread that stands, or nothing of the posts that come.
            (Some(one), None) => (PostId(0), one.2, one.3),
            (None, Some(other)) => (other.1.min(PostId(first.0 - 1)), other.2, other.3),
            (None, None) => continue,
        };
        let declined = declined && !follows;
        let all = (
            thread_marks::seen_post_id.eq(seen),
            thread_marks::follows.eq(follows),
            thread_marks::declined.eq(declined),
        );
        diesel::insert_into(thread_marks::table)
            .values((thread_marks::enrolment_id.eq(who), thread_marks::thread_id.eq(into), all))
            .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
            .do_update()
            .set(all)
            .on_both()
            .execute(conn)?;
    }
    Ok(())
}

/// Into which thread one was merged, if it was.
pub fn merged_into(conn: &mut Conn, cohort: CohortId, thread: ThreadId) -> QueryResult<Option<ThreadId>> {
    merged_threads::table
        .find(thread)
        .filter(merged_threads::cohort_id.eq(cohort))
        .select(merged_threads::into_id)
        .first(conn)
        .optional()
}
