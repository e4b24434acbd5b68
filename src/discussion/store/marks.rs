//! How far somebody has read a thread, and whether they follow it, as it is kept: whoever posts follows, unless they said
//! no, and has seen what was there.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::{ThreadRow, posts::visible_posts};
use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::{COUNTED, Mark, PostId, Thread, ThreadId};
use crate::platform::clock::Instant;
use crate::each;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{posts, thread_marks, threads};

/// Of how many followed threads the news is told.
const NEWS: i64 = 20;

/// The columns of a [`Mark`], in its order.
pub(super) type MarkRow = (PostId, Option<Instant>, bool);

pub(super) fn mark_of((seen, seen_at, follows): MarkRow) -> Mark {
    Mark { seen, seen_at, follows }
}

/// Notes that somebody has seen a thread up to a post. An earlier one than before changes nothing.
pub fn see(conn: &mut Conn, enrolment: EnrolmentId, thread: ThreadId, post: PostId, now: Instant) -> QueryResult<()> {
    use diesel::query_dsl::methods::FilterDsl as _;
    diesel::insert_into(thread_marks::table)
        .values(mark((enrolment, thread), post, false, now))
        .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
        .do_update()
        .set((thread_marks::seen_post_id.eq(post), thread_marks::seen_at.eq(now)))
        .filter(thread_marks::seen_post_id.lt(post))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Somebody's own post: they follow the thread from now on, unless they said that they do not want to.
pub(super) fn follow_own_post(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    thread: ThreadId,
    post: PostId,
    now: Instant,
) -> QueryResult<()> {
    diesel::insert_into(thread_marks::table)
        .values(mark((enrolment, thread), post, true, now))
        .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
        .do_update()
        .set((
            thread_marks::seen_post_id.eq(post),
            thread_marks::seen_at.eq(now),
            thread_marks::follows.eq(diesel::dsl::not(thread_marks::declined)),
        ))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Somebody follows a thread by choice, or says that they do not want to, also after posts of theirs to come.
pub fn set_follows(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    thread: ThreadId,
    follows: bool,
    now: Instant,
) -> QueryResult<()> {
    let wish = (thread_marks::follows.eq(follows), thread_marks::declined.eq(!follows));
    let unread = (thread_marks::seen_post_id.eq(PostId(0)), thread_marks::seen_at.eq(now));
    diesel::insert_into(thread_marks::table)
        .values((thread_marks::enrolment_id.eq(enrolment), thread_marks::thread_id.eq(thread), wish, unread))
        .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
        .do_update()
        .set(wish)
        .on_both()
        .execute(conn)
        .map(drop)
}

type NewMark = (
    diesel::dsl::Eq<thread_marks::enrolment_id, EnrolmentId>,
    diesel::dsl::Eq<thread_marks::thread_id, ThreadId>,
    diesel::dsl::Eq<thread_marks::seen_post_id, PostId>,
    diesel::dsl::Eq<thread_marks::follows, bool>,
    diesel::dsl::Eq<thread_marks::seen_at, Instant>,
);

fn mark((enrolment, thread): (EnrolmentId, ThreadId), post: PostId, follows: bool, now: Instant) -> NewMark {
    (
        thread_marks::enrolment_id.eq(enrolment),
        thread_marks::thread_id.eq(thread),
        thread_marks::seen_post_id.eq(post),
        thread_marks::follows.eq(follows),
        thread_marks::seen_at.eq(now),
    )
}

/// How many visible posts of others came after the mark, `COUNTED` at most: with 10,000 it takes no longer.
fn unread_count() -> SqlLiteral<BigInt> {
    sql::<BigInt>(&format!("(SELECT count(*) FROM (SELECT 1 FROM {UNREAD} LIMIT {COUNTED}) AS unread)"))
}

/// The first of them.
fn first_of_unread() -> SqlLiteral<Nullable<BigInt>> {
    sql::<Nullable<BigInt>>(&format!("(SELECT p.id FROM {UNREAD} ORDER BY p.id LIMIT 1)"))
}

/// To a row of `thread_marks`.
const UNREAD: &str = "posts AS p WHERE p.thread_id = thread_marks.thread_id AND p.id > thread_marks.seen_post_id \
     AND p.enrolment_id <> thread_marks.enrolment_id AND p.removed_at IS NULL AND p.hidden_at IS NULL";

/// How many visible posts of others somebody has not seen in each of these threads, which they have opened before.
pub fn count_unread(conn: &mut Conn, reader: EnrolmentId, unread: &[ThreadId]) -> QueryResult<Vec<(ThreadId, i64)>> {
    thread_marks::table
        .filter(thread_marks::enrolment_id.eq(reader))
        .filter(thread_marks::thread_id.eq_any(unread))
        .select((thread_marks::thread_id, unread_count()))
        .load(conn)
}

/// The first visible post of others that somebody has not seen in a thread.
pub fn first_unread(
    conn: &mut Conn,
    reader: EnrolmentId,
    thread: ThreadId,
    seen: PostId,
) -> QueryResult<Option<PostId>> {
    posts::table
        .filter(posts::thread_id.eq(thread))
        .filter(posts::id.gt(seen))
        .filter(posts::enrolment_id.ne(reader))
        .filter(visible_posts())
        .order(posts::id)
        .select(posts::id)
        .first(conn)
        .optional()
}

/// Among so many threads, those with the newest activity, unread ones are counted.
const RECENT: i64 = 200;

/// In how many recent threads of each unit, by its slug, there is something that somebody has not seen. Counted here: asked
/// to count, PostgreSQL reads all threads of the cohort.
pub fn count_unread_threads(
    conn: &mut Conn,
    reader: EnrolmentId,
    cohort: CohortId,
) -> QueryResult<Vec<(Option<Slug>, i64)>> {
    type Row = (Option<Slug>, i32, PostId, Option<PostId>);
    let newest: Vec<Row> = each!(conn, c => threads::table
        .left_join(thread_marks::table.on(own_mark(reader)))
        .filter(threads::cohort_id.eq(cohort))
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(RECENT)
        .select((threads::unit, threads::post_count, threads::last_post_id, thread_marks::seen_post_id.nullable()))
        .load(c))?;
    let mut unread: BTreeMap<Option<Slug>, i64> = BTreeMap::new();
    for (unit, posts, last, seen) in newest {
        if posts > 0 && seen.is_none_or(|seen| seen < last) {
            *unread.entry(unit).or_default() += 1;
        }
    }
    Ok(unread.into_iter().collect())
}

#[diesel::dsl::auto_type]
pub(super) fn own_mark(reader: EnrolmentId) -> _ {
    thread_marks::thread_id.eq(threads::id).and(thread_marks::enrolment_id.eq(reader))
}

/// Of a thread joined with its reader's mark.
#[diesel::dsl::auto_type]
pub(super) fn has_unread() -> _ {
    thread_marks::seen_post_id.is_null().or(thread_marks::seen_post_id.lt(threads::last_post_id).assume_not_null())
}

/// A thread with posts that its follower has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub thread: Thread,
    /// [`COUNTED`] at most.
    pub count: i64,
    /// The first of them.
    pub first: PostId,
}

/// The threads that somebody follows in which others have posted since, newest activity first.
pub fn list_news(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<News>> {
    let rows: Vec<(ThreadRow, i64, Option<PostId>)> = thread_marks::table
        .inner_join(threads::table)
        .filter(thread_marks::enrolment_id.eq(enrolment))
        .filter(thread_marks::follows)
        .filter(thread_marks::seen_post_id.lt(threads::last_post_id))
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(NEWS)
        .select((ThreadRow::as_select(), unread_count(), first_of_unread()))
        .load(conn)?;
    let news = |(thread, count, first): (ThreadRow, i64, Option<PostId>)| {
        Some(News { thread: thread.into(), count, first: first? })
    };
    Ok(rows.into_iter().filter_map(news).collect())
}

/// Gives everybody who has posted in a thread without a mark of theirs the one they would have.
pub fn follow_own(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let own = posts::table.group_by((posts::enrolment_id, posts::thread_id)).select((
        posts::enrolment_id,
        posts::thread_id,
        diesel::dsl::max(posts::id),
    ));
    let last: Vec<(EnrolmentId, ThreadId, Option<PostId>)> = own.load(conn)?;
    for (enrolment, thread, post) in &last {
        if let Some(post) = post {
            follow_own_post(conn, *enrolment, *thread, *post, now)?;
        }
    }
    Ok(last.len())
}

/// Of how many new posts the number is told.
pub const TOLD: usize = 20;

/// The first visible post of others after `after`, and how many there are: `TOLD + 1` are more than that.
pub fn newer(
    conn: &mut Conn,
    thread: ThreadId,
    after: PostId,
    reader: Option<EnrolmentId>,
) -> QueryResult<Option<(PostId, usize)>> {
    let new: Vec<PostId> = posts::table
        .filter(posts::thread_id.eq(thread))
        .filter(posts::id.gt(after))
        .filter(posts::enrolment_id.ne(reader.unwrap_or(super::NOBODY)))
        .filter(visible_posts())
        .order(posts::id)
        .limit(TOLD as i64 + 1)
        .select(posts::id)
        .load(conn)?;
    Ok(new.first().map(|first| (*first, new.len())))
}
