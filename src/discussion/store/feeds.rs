//! The private address of somebody's feed, of which only the hash is kept, and what a feed and an export hold.

use diesel::prelude::*;

use super::posts::{PostRow, Row, post_of, visible_posts};
use super::{About, ThreadRow};
use crate::cohort::store::{CohortRow, EnrolmentRow, held};
use crate::cohort::{Cohort, CohortId, Enrolment, EnrolmentId, Role, Standing};
use crate::discussion::{Post, PostId, Thread, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::secret::SecretHash;
use crate::schema::{accounts, cohorts, discussion_feeds, enrolments, posts, threads};

/// A new address; an earlier one leads nowhere from now on.
pub fn keep_feed_token(conn: &mut Conn, own: EnrolmentId, secret: &SecretHash, now: Instant) -> QueryResult<()> {
    let fresh = (discussion_feeds::token_hash.eq(secret.as_str()), discussion_feeds::created_at.eq(now));
    diesel::insert_into(discussion_feeds::table)
        .values((discussion_feeds::enrolment_id.eq(own), fresh))
        .on_conflict(discussion_feeds::enrolment_id)
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// The address leads nowhere from now on. Doing it again changes nothing.
pub fn revoke_feed_token(conn: &mut Conn, own: EnrolmentId) -> QueryResult<()> {
    diesel::delete(discussion_feeds::table.find(own)).execute(conn).map(drop)
}

/// When the address was made, if there is one.
pub fn feed_made_at(conn: &mut Conn, own: EnrolmentId) -> QueryResult<Option<Instant>> {
    discussion_feeds::table.find(own).select(discussion_feeds::created_at).first(conn).optional()
}

/// Whose feed it is.
#[derive(Debug, Clone)]
pub struct Reader {
    pub cohort: Cohort,
    pub enrolment: Enrolment,
}

/// The reader whom the address belongs to, while they take part and may sign in.
pub fn reader_of_feed(conn: &mut Conn, secret: &SecretHash) -> QueryResult<Option<Reader>> {
    let found: Option<(CohortRow, EnrolmentRow)> = discussion_feeds::table
        .inner_join(enrolments::table.inner_join(cohorts::table).inner_join(accounts::table))
        .filter(discussion_feeds::token_hash.eq(secret.as_str()))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((CohortRow::as_select(), EnrolmentRow::as_select()))
        .first(conn)
        .optional()?;
    Ok(found.map(|row| {
        let (cohort, enrolment) = held(row);
        Reader { cohort, enrolment }
    }))
}

/// The newest visible posts of a cohort in threads about what the reader may see, newest first.
pub fn newest_posts(conn: &mut Conn, cohort: CohortId, about: About, most: i64) -> QueryResult<Vec<(Thread, Post)>> {
    let mut query = posts::table
        .inner_join(threads::table)
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(threads::cohort_id.eq(cohort))
        .filter(visible_posts())
        .into_boxed();
    query = match about {
        About::Everything => query,
        About::CourseAnd(units) => query.filter(threads::unit.is_null().or(threads::unit.eq_any(units))),
        About::Unit(names) => query.filter(threads::unit.eq_any(names)),
    };
    let rows: Vec<(ThreadRow, Row)> = query
        .order(posts::id.desc())
        .limit(most)
        .select((ThreadRow::as_select(), (PostRow::as_select(), enrolments::role, accounts::name)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(thread, row)| (thread.into(), post_of(row))).collect())
}

/// A post as it is taken along.
#[derive(Debug, Clone, Queryable)]
pub struct Told {
    pub id: PostId,
    pub parent: Option<PostId>,
    pub answers: Option<PostId>,
    /// As its author wrote it.
    pub body: String,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub is_visible: bool,
    pub enrolment: EnrolmentId,
    pub role: Role,
    pub author: String,
}

macro_rules! told {
    () => {
        (
            posts::id,
            posts::parent_id,
            posts::answers_id,
            posts::body,
            posts::created_at,
            posts::edited_at,
            visible_posts(),
            posts::enrolment_id,
            enrolments::role,
            accounts::name,
        )
    };
}

/// All posts of a thread in the order they were written; what is removed or hidden only says that it was.
pub fn tell_thread(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<Told>> {
    posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::thread_id.eq(thread))
        .order(posts::id)
        .select(told!())
        .load(conn)
}

/// The next visible posts of a cohort after `after`, in the order they were written, with their threads.
pub fn tell_cohort(conn: &mut Conn, cohort: CohortId, after: PostId, most: i64) -> QueryResult<Vec<(Thread, Told)>> {
    let rows: Vec<(ThreadRow, Told)> = posts::table
        .inner_join(threads::table)
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(threads::cohort_id.eq(cohort))
        .filter(visible_posts())
        .filter(posts::id.gt(after))
        .order(posts::id)
        .limit(most)
        .select((ThreadRow::as_select(), told!()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(thread, told)| (thread.into(), told)).collect())
}
