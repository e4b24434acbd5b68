//! How far somebody has read a thread, and whether they follow it, as it is kept: whoever posts follows, and has seen what
//! was there.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::ThreadRow;
use crate::cohort::EnrolmentId;
use crate::discussion::{PostId, Thread, ThreadId};
use crate::each;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{posts, thread_marks, threads};

/// Of how many followed threads the news is told.
const NEWS: i64 = 20;

/// The last post that somebody has seen in a thread.
pub fn seen(conn: &mut Conn, enrolment: EnrolmentId, thread: ThreadId) -> QueryResult<Option<PostId>> {
    let mark = (enrolment, thread);
    each!(conn, c => thread_marks::table.find(mark).select(thread_marks::seen_post_id).first(c).optional())
}

/// Notes that somebody has seen a thread up to a post. An earlier one than before changes nothing.
pub fn see(conn: &mut Conn, enrolment: EnrolmentId, thread: ThreadId, post: PostId) -> QueryResult<()> {
    use diesel::query_dsl::methods::FilterDsl as _;
    diesel::insert_into(thread_marks::table)
        .values(mark(enrolment, thread, post, false))
        .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
        .do_update()
        .set(thread_marks::seen_post_id.eq(post))
        .filter(thread_marks::seen_post_id.lt(post))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Somebody's own post: they follow the thread from now on.
pub fn follow(conn: &mut Conn, enrolment: EnrolmentId, thread: ThreadId, post: PostId) -> QueryResult<()> {
    diesel::insert_into(thread_marks::table)
        .values(mark(enrolment, thread, post, true))
        .on_conflict((thread_marks::enrolment_id, thread_marks::thread_id))
        .do_update()
        .set((thread_marks::seen_post_id.eq(post), thread_marks::follows.eq(true)))
        .on_both()
        .execute(conn)
        .map(drop)
}

type Mark = (
    diesel::dsl::Eq<thread_marks::enrolment_id, EnrolmentId>,
    diesel::dsl::Eq<thread_marks::thread_id, ThreadId>,
    diesel::dsl::Eq<thread_marks::seen_post_id, PostId>,
    diesel::dsl::Eq<thread_marks::follows, bool>,
);

fn mark(enrolment: EnrolmentId, thread: ThreadId, post: PostId, follows: bool) -> Mark {
    (
        thread_marks::enrolment_id.eq(enrolment),
        thread_marks::thread_id.eq(thread),
        thread_marks::seen_post_id.eq(post),
        thread_marks::follows.eq(follows),
    )
}

/// A thread with posts that its follower has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub thread: Thread,
    pub count: i64,
    /// The first of them.
    pub first: PostId,
}

/// The threads that somebody follows in which others have posted since, newest activity first.
pub fn list_news(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<News>> {
    let rows: Vec<(ThreadRow, i64, Option<PostId>)> = thread_marks::table
        .inner_join(threads::table.inner_join(posts::table))
        .filter(thread_marks::enrolment_id.eq(enrolment))
        .filter(thread_marks::follows)
        .filter(posts::id.gt(thread_marks::seen_post_id))
        .filter(posts::enrolment_id.ne(enrolment))
        .filter(posts::removed_at.is_null())
        .group_by(threads::all_columns)
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(NEWS)
        .select((ThreadRow::as_select(), count_star(), min(posts::id)))
        .load(conn)?;
    let news = |(thread, count, first): (ThreadRow, i64, Option<PostId>)| {
        Some(News { thread: thread.into(), count, first: first? })
    };
    Ok(rows.into_iter().filter_map(news).collect())
}

/// Gives everybody who has posted in a thread without a mark of theirs the one they would have.
pub fn follow_own(conn: &mut Conn) -> QueryResult<usize> {
    let own = posts::table.group_by((posts::enrolment_id, posts::thread_id)).select((
        posts::enrolment_id,
        posts::thread_id,
        diesel::dsl::max(posts::id),
    ));
    let last: Vec<(EnrolmentId, ThreadId, Option<PostId>)> = own.load(conn)?;
    for (enrolment, thread, post) in &last {
        if let Some(post) = post {
            follow(conn, *enrolment, *thread, *post)?;
        }
    }
    Ok(last.len())
}
