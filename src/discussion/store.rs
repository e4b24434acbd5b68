//! Threads, as they are kept; their posts are in [`posts`].

mod begun;
mod claims;
mod feeds;
mod following;
mod helpful;
mod lists;
mod marks;
mod mentions;
mod moderate;
mod posts;
mod recount;
mod reports;
mod saved;
mod writing;

use diesel::prelude::*;

use self::marks::{MarkRow, mark_of, own_mark};
use super::{Mark, PostId, Poster, Thread, ThreadId};
use crate::cohort::{CohortId, EnrolmentId, NOBODY};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::{Step, Unit, Written};
use crate::schema::{thread_marks, threads};

pub use begun::{Begun, list_begun, list_begun_before};
pub use claims::{claim, claim_of, give_up_claims, list_claims, release};
pub use feeds::{
    Reader, Told, feed_made_at, keep_feed_token, newest_posts, reader_of_feed, revoke_feed_token, tell_cohort,
    tell_thread,
};
pub use following::{
    SECOND_THOUGHTS, followed_names, follows_person, list_followed_people, list_followed_units, set_follows_person,
    set_follows_unit,
};
pub use helpful::{list_helpful, set_helpful};
pub use lists::{About, After, THREADS, View, Wanted, list_pinned, list_threads, list_waiting};
pub use marks::{
    News, TOLD, count_unread, count_unread_threads, first_unread, follow_own, list_news, newer, see, set_follows,
};
pub use mentions::{named, named_again};
pub use moderate::{merge, merged_into, move_thread, set_locked, set_pinned};
pub use posts::{
    PAGE, REPLIES_PAGE, StepThread, list_replies, newest_of_step, newest_replies, newest_top, page_start, post,
    post_text, top_posts,
};
pub use recount::recount;
pub use reports::{Report, Reported, list_reported, report, settle_reports};
pub use saved::{
    MOST_ANSWERS, NewAnswer, add_answer, change_answer, count_own_answers, find_answer, list_answer_titles,
    list_answers, remove_answer,
};
pub use writing::{
    Text, add_post, change_post, has_post_before, hide_post, keep_html, list_texts, list_versions, nth_newest_post_at,
    remove_post, show_post,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = threads)]
struct ThreadRow {
    id: ThreadId,
    cohort_id: CohortId,
    unit: Option<Slug>,
    step: Option<Slug>,
    title: String,
    last_post_at: Instant,
    post_count: i32,
    last_post_id: PostId,
    waiting_since: Option<Instant>,
    pinned_at: Option<Instant>,
    locked_at: Option<Instant>,
    first_post_waits: bool,
}

impl From<ThreadRow> for Thread {
    fn from(row: ThreadRow) -> Self {
        Self {
            id: row.id,
            cohort: row.cohort_id,
            unit: row.unit,
            step: row.step,
            title: row.title,
            last_post_at: row.last_post_at,
            post_count: row.post_count,
            last_post: row.last_post_id,
            waiting_since: row.waiting_since,
            first_post_waits: row.first_post_waits,
            is_pinned: row.pinned_at.is_some(),
            is_locked: row.locked_at.is_some(),
        }
    }
}

type Marked = (ThreadRow, Option<MarkRow>);

fn marked((thread, mark): Marked) -> (Thread, Option<Mark>) {
    (thread.into(), mark.map(mark_of))
}

/// A thread, and how far `reader` has come in it.
pub fn thread(
    conn: &mut Conn,
    cohort: CohortId,
    id: ThreadId,
    reader: Option<EnrolmentId>,
) -> QueryResult<Option<(Thread, Option<Mark>)>> {
    let reader = reader.unwrap_or(NOBODY);
    let row: Option<Marked> = each!(conn, c => threads::table
        .left_join(thread_marks::table.on(own_mark(reader)))
        .filter(threads::id.eq(id).and(threads::cohort_id.eq(cohort)))
        .select((ThreadRow::as_select(), MARK.nullable()))
        .first(c)
        .optional())?;
    Ok(row.map(marked))
}

const MARK: (thread_marks::seen_post_id, thread_marks::seen_at, thread_marks::follows) =
    (thread_marks::seen_post_id, thread_marks::seen_at, thread_marks::follows);

/// A new thread, with its first post. `unit`: what it is about, if not the whole course.
pub fn create_thread(
    conn: &mut Conn,
    poster: &Poster,
    unit: Option<&Slug>,
    title: &str,
    body: &Written,
    now: Instant,
) -> QueryResult<(ThreadId, PostId)> {
    let thread = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(poster.cohort),
            threads::unit.eq(unit),
            threads::title.eq(title),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
            threads::started_by.eq(poster.enrolment),
        ))
        .returning(threads::id)
        .get_result(conn)?;
    let post = add_post(conn, thread, poster.enrolment, None, body, now)?;
    Ok((thread, post))
}

/// A step's own thread, once somebody has written in it.
pub fn step_thread(conn: &mut Conn, cohort: CohortId, unit: &Unit, step: &Step) -> QueryResult<Option<ThreadId>> {
    threads::table
        .filter(threads::cohort_id.eq(cohort))
        .filter(threads::unit.eq_any(unit.names()))
        .filter(threads::step.eq_any(step.names()))
        .order(threads::id)
        .select(threads::id)
        .first(conn)
        .optional()
}

/// A step's own thread, made now if need be. Of two first posts at once, one makes it and both find it.
pub fn step_thread_made(
    conn: &mut Conn,
    cohort: CohortId,
    unit: &Unit,
    step: &Step,
    now: Instant,
) -> QueryResult<ThreadId> {
    if let Some(thread) = step_thread(conn, cohort, unit, step)? {
        return Ok(thread);
    }
    diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::unit.eq(&unit.slug),
            threads::step.eq(&step.slug),
            threads::title.eq(if step.prompt.is_empty() { &step.title } else { &step.prompt }),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)?;
    step_thread(conn, cohort, unit, step)?.ok_or(diesel::result::Error::NotFound)
}
