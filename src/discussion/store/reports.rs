//! What people have reported, as it is kept.

use diesel::prelude::*;

use super::ThreadRow;
use super::posts::{PostRow, Row, post_of};
use super::writing::{hide_post, hold};
use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::{Post, PostId, REPORTS_HIDE, Thread, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{accounts, enrolments, post_reports, posts, threads};

/// How many reported posts the queue shows.
const QUEUE: i64 = 50;

/// Keeps a report. A second one by the same person takes the place of their first. When so many different people have
/// reported a post that nobody has looked at, it is hidden.
pub fn report(
    conn: &mut Conn,
    (thread, post): (ThreadId, PostId),
    by: EnrolmentId,
    reason: &str,
    now: Instant,
) -> QueryResult<()> {
    hold(conn, thread)?;
    let said = (
        post_reports::reason.eq(reason),
        post_reports::reported_at.eq(now),
        post_reports::settled_at.eq(None::<Instant>),
    );
    diesel::insert_into(post_reports::table)
        .values((post_reports::post_id.eq(post), post_reports::enrolment_id.eq(by), said))
        .on_conflict((post_reports::post_id, post_reports::enrolment_id))
        .do_update()
        .set(said)
        .on_both()
        .execute(conn)?;
    let open: i64 = post_reports::table
        .filter(post_reports::post_id.eq(post))
        .filter(post_reports::settled_at.is_null())
        .count()
        .get_result(conn)?;
    if usize::try_from(open).is_ok_and(|open| open >= REPORTS_HIDE) {
        let visible = posts::table.find(post).filter(posts::hidden_at.is_null()).filter(posts::removed_at.is_null());
        if diesel::select(diesel::dsl::exists(visible)).get_result(conn)? {
            hide_post(conn, thread, post, "", now)?;
        }
    }
    Ok(())
}

/// A facilitator has looked: no report of the post waits any more.
pub fn settle_reports(conn: &mut Conn, post: PostId, now: Instant) -> QueryResult<usize> {
    diesel::update(post_reports::table.filter(post_reports::post_id.eq(post)))
        .filter(post_reports::settled_at.is_null())
        .set(post_reports::settled_at.eq(now))
        .execute(conn)
}

/// A post that people reported, where it stands, and what they say.
#[derive(Debug, Clone)]
pub struct Reported {
    pub thread: Thread,
    pub post: Post,
    pub reports: Vec<Report>,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub by: String,
    pub reason: String,
    pub at: Instant,
}

/// What nobody has looked at yet in a cohort, longest waiting first. Two queries.
pub fn list_reported(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Reported>> {
    let open: Vec<(PostId, String, String, Instant)> = post_reports::table
        .inner_join(posts::table.inner_join(threads::table))
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(post_reports::settled_at.is_null())
        .filter(threads::cohort_id.eq(cohort))
        .filter(posts::removed_at.is_null())
        .order((post_reports::reported_at, post_reports::enrolment_id))
        .limit(QUEUE)
        .select((post_reports::post_id, accounts::name, post_reports::reason, post_reports::reported_at))
        .load(conn)?;
    let ids: Vec<PostId> = open.iter().map(|(post, ..)| *post).collect();
    let found: Vec<(ThreadRow, Row)> = posts::table
        .inner_join(threads::table)
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::id.eq_any(&ids))
        .select((ThreadRow::as_select(), (PostRow::as_select(), enrolments::role, accounts::name)))
        .load(conn)?;
    let mut queue: Vec<Reported> = found
        .into_iter()
        .map(|(thread, row)| {
            let post = post_of(row);
            let own = open.iter().filter(|(id, ..)| *id == post.id);
            let reports =
                own.map(|(_, by, reason, at)| Report { by: by.clone(), reason: reason.clone(), at: *at }).collect();
            Reported { thread: thread.into(), post, reports }
        })
        .collect();
    queue.sort_by_key(|reported| ids.iter().position(|id| *id == reported.post.id));
    Ok(queue)
}
