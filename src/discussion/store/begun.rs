//! How soon somebody answers what learners start.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamp};

use super::posts::visible_posts;
use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::discussion::ThreadId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{enrolments, posts, threads};

/// A thread that a learner started, and when somebody else answered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, QueryableByName)]
pub struct Begun {
    #[diesel(sql_type = Timestamp)]
    pub at: Instant,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub answered_at: Option<Instant>,
}

/// The threads that learners started, with what can be read now.
pub fn list_begun(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Begun>> {
    threads::table
        .inner_join(enrolments::table.on(threads::started_by.eq(enrolments::id.nullable())))
        .filter(threads::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .select((threads::created_at, threads::answered_at))
        .load(conn)
}

/// The threads that learners had started before `until`, with what could be read then. A post that is older than its thread came
/// by a merge, and answers what was asked elsewhere. Posts are numbered in the order in which they came.
pub fn list_begun_before(conn: &mut Conn, cohort: CohortId, until: Instant) -> QueryResult<Vec<Begun>> {
    // Numbered as they come first: SQLite counts them so. So said that PostgreSQL goes by the thread, and not by all that was ever
    // posted in that time.
    diesel::sql_query(
        "SELECT t.created_at AS at, (SELECT p.created_at FROM posts AS p WHERE p.thread_id = t.id \
           AND (p.created_at < $1) IS TRUE AND (p.created_at >= t.created_at) IS TRUE AND p.enrolment_id <> t.started_by \
           AND (p.removed_at IS NULL OR p.removed_at >= $1) AND (p.hidden_at IS NULL OR p.hidden_at >= $1) \
           ORDER BY p.id LIMIT 1) AS answered_at \
         FROM threads AS t JOIN enrolments AS e ON e.id = t.started_by \
         WHERE t.cohort_id = $2 AND e.role = 'learner' AND t.created_at < $1",
    )
    .bind::<Timestamp, _>(until)
    .bind::<BigInt, _>(cohort)
    .load(conn)
}

/// The threads whose rows say something else about whether and when they were answered than their posts do.
pub(super) fn list_misjudged(conn: &mut Conn) -> QueryResult<Vec<ThreadId>> {
    #[derive(QueryableByName)]
    struct Misjudged {
        #[diesel(sql_type = BigInt)]
        id: ThreadId,
    }
    // Each thread's posts are looked up by it: named once for all, PostgreSQL would go through everybody's for each.
    let visible = "FROM posts AS v WHERE v.thread_id = b.id AND v.removed_at IS NULL AND v.hidden_at IS NULL";
    let rows: Vec<Misjudged> = diesel::sql_query(format!(
        "SELECT b.id FROM (SELECT b.id, b.created_at, b.is_answered, b.answered_at, \
           coalesce(b.started_by, (SELECT v.enrolment_id {visible} ORDER BY v.id LIMIT 1)) AS starter FROM threads AS b) AS b \
         WHERE b.is_answered <> EXISTS (SELECT 1 {visible} AND v.enrolment_id <> b.starter) \
           OR b.answered_at IS DISTINCT FROM (SELECT v.created_at {visible} AND v.enrolment_id <> b.starter \
             AND (v.created_at >= b.created_at) IS TRUE ORDER BY v.id LIMIT 1)"
    ))
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// When somebody else first wrote in a thread that began then. What is older came by a merge, and answers what was asked
/// elsewhere.
pub(super) fn first_answer(
    conn: &mut Conn,
    thread: ThreadId,
    starter: EnrolmentId,
    begun: Instant,
) -> QueryResult<Option<Instant>> {
    // So said that PostgreSQL goes by the thread, and not by all that was ever posted since.
    let since = sql::<Bool>("(posts.created_at >= ").bind::<Timestamp, _>(begun).sql(") IS TRUE");
    posts::table
        .filter(posts::thread_id.eq(thread))
        .filter(visible_posts())
        .filter(posts::enrolment_id.ne(starter))
        .filter(since)
        .order(posts::id)
        .select(posts::created_at)
        .first(conn)
        .optional()
}
