//! What threads and posts say of themselves, counted again from the posts.

use diesel::prelude::*;
use trellis::cohort::{EnrolmentId, Role};
use trellis::discussion::{PostId, ThreadId};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::schema::{enrolments, helpful_marks, posts, threads};

use crate::world::Course;

/// What the counters say otherwise than a recount.
pub async fn counters(course: &Course) -> Vec<String> {
    course.write(recount).await
}

fn recount(conn: &mut Conn) -> Vec<String> {
    let kept: Vec<(PostId, i32, i32)> =
        posts::table.select((posts::id, posts::helpful_count, posts::reply_count)).load(conn).unwrap();
    let mut wrong = wrong_threads(conn);
    for (post, kept, kept_replies) in kept {
        let replies: i64 = posts::table.filter(posts::parent_id.eq(post)).count().get_result(conn).unwrap();
        if i64::from(kept_replies) != replies {
            wrong.push(format!("post {post} has {replies} replies, and says {kept_replies}"));
        }
        let marks: i64 = helpful_marks::table.filter(helpful_marks::post_id.eq(post)).count().get_result(conn).unwrap();
        if i64::from(kept) != marks {
            wrong.push(format!("post {post} is helpful to {marks}, and says {kept}"));
        }
    }
    wrong
}

type Row = (PostId, EnrolmentId, Instant, Role);

fn wrong_threads(conn: &mut Conn) -> Vec<String> {
    type Kept = (i32, PostId, Instant, bool, Option<Instant>, Option<Instant>);
    type Thread = (ThreadId, Instant, Option<EnrolmentId>, Kept);
    let kept: Vec<Thread> = threads::table
        .select((
            threads::id,
            threads::created_at,
            threads::started_by,
            (
                threads::post_count,
                threads::last_post_id,
                threads::last_post_at,
                threads::is_answered,
                threads::answered_at,
                threads::waiting_since,
            ),
        ))
        .load(conn)
        .unwrap();
    let mut wrong = Vec::new();
    for (thread, begun, starter, kept) in kept {
        let visible = visible_in(conn, thread);
        let starter = starter.or_else(|| visible.first().map(|row| row.1));
        let newest = visible.last();
        let should = (
            i32::try_from(visible.len()).unwrap(),
            newest.map_or(PostId(0), |row| row.0),
            newest.map_or(begun, |row| row.2),
            visible.iter().any(|row| Some(row.1) != starter),
            visible.iter().find(|row| Some(row.1) != starter && row.2 >= begun).map(|row| row.2),
            newest.filter(|row| row.3 == Role::Learner).map(|row| row.2),
        );
        if kept != should {
            wrong.push(format!("thread {thread}: {kept:?} instead of {should:?}"));
        }
    }
    wrong
}

fn visible_in(conn: &mut Conn, thread: ThreadId) -> Vec<Row> {
    posts::table
        .inner_join(enrolments::table)
        .filter(posts::thread_id.eq(thread))
        .filter(posts::removed_at.is_null())
        .filter(posts::hidden_at.is_null())
        .order(posts::id)
        .select((posts::id, posts::enrolment_id, posts::created_at, enrolments::role))
        .load(conn)
        .unwrap()
}
