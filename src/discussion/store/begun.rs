//! How soon somebody answers what learners start.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use crate::cohort::CohortId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// A thread that a learner started, and when somebody else answered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Begun {
    #[diesel(sql_type = Timestamp)]
    pub at: Instant,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub answered_at: Option<Instant>,
}

/// The end of the year 9998, in microseconds: what is gone by then is gone.
const EVER: i64 = 253_370_764_800_000_000;

/// The threads that learners had started before `until`, with what could be read then; None: as it is now. A post that is older
/// than its thread came by a merge, and answers what was asked elsewhere. Posts are numbered in the order in which they came.
pub fn list_begun(conn: &mut Conn, cohort: CohortId, until: Option<Instant>) -> QueryResult<Vec<Begun>> {
    // Numbered as they come first: SQLite counts them so. The sum keeps PostgreSQL from going through all posts in their order until
    // it meets one of the thread.
    diesel::sql_query(
        "SELECT t.created_at AS at, (SELECT p.created_at FROM posts AS p WHERE p.thread_id = t.id AND p.created_at < $1 \
           AND p.created_at >= t.created_at AND p.enrolment_id <> t.started_by \
           AND (p.removed_at IS NULL OR p.removed_at >= $1) AND (p.hidden_at IS NULL OR p.hidden_at >= $1) \
           ORDER BY p.id + 0 LIMIT 1) AS answered_at \
         FROM threads AS t JOIN enrolments AS e ON e.id = t.started_by \
         WHERE t.cohort_id = $2 AND e.role = 'learner' AND t.created_at < $1",
    )
    .bind::<Timestamp, _>(until.unwrap_or(Instant::from_micros(EVER)))
    .bind::<BigInt, _>(cohort)
    .load(conn)
}
