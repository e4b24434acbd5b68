//! A cohort's week in numbers, beside the week before.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamp};

use crate::cohort::CohortId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// Of learners who are in the course.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Steps that were done.
    pub steps: i64,
    /// Posts that can be read.
    pub posts: i64,
    /// How many people wrote them.
    pub writers: i64,
    pub joined: i64,
}

/// The last seven days, those before, and what waits now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Week {
    pub before: Numbers,
    pub this: Numbers,
    /// Posts that people reported and that no facilitator has looked at.
    pub reported: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Bool)]
    later: bool,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Numbered as they come first: SQLite counts them so. The middle, the beginning, the end, the cohort.
const QUESTION: &str = "
SELECT 'steps' AS what, d.completed_at >= $1 AS later, count(*) AS n
  FROM completions AS d JOIN enrolments AS e ON e.id = d.enrolment_id
  WHERE d.completed_at >= $2 AND d.completed_at < $3 AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active'
  GROUP BY d.completed_at >= $1
UNION ALL
SELECT 'posts', p.created_at >= $1, count(*) FROM posts AS p JOIN enrolments AS e ON e.id = p.enrolment_id
  WHERE p.created_at >= $2 AND p.created_at < $3 AND p.removed_at IS NULL AND p.hidden_at IS NULL
  AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' GROUP BY p.created_at >= $1
UNION ALL
SELECT 'writers', p.created_at >= $1, count(DISTINCT p.enrolment_id) FROM posts AS p JOIN enrolments AS e ON e.id = p.enrolment_id
  WHERE p.created_at >= $2 AND p.created_at < $3 AND p.removed_at IS NULL AND p.hidden_at IS NULL
  AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' GROUP BY p.created_at >= $1
UNION ALL
SELECT 'joined', e.enrolled_at >= $1, count(*) FROM enrolments AS e
  WHERE e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' AND e.enrolled_at >= $2 AND e.enrolled_at < $3
  GROUP BY e.enrolled_at >= $1
UNION ALL
SELECT 'reported', TRUE, count(DISTINCT r.post_id) FROM post_reports AS r
  JOIN posts AS p ON p.id = r.post_id JOIN threads AS t ON t.id = p.thread_id
  WHERE r.settled_at IS NULL AND p.removed_at IS NULL AND t.cohort_id = $4";

/// From `before` to `middle`, and from there to `end`.
pub fn week(
    conn: &mut Conn,
    cohort: CohortId,
    (before, middle, end): (Instant, Instant, Instant),
) -> QueryResult<Week> {
    let rows: Vec<Row> = diesel::sql_query(QUESTION)
        .bind::<Timestamp, _>(middle)
        .bind::<Timestamp, _>(before)
        .bind::<Timestamp, _>(end)
        .bind::<BigInt, _>(cohort)
        .load(conn)?;
    let find =
        |what: &str, later: bool| rows.iter().find(|row| row.what == what && row.later == later).map_or(0, |row| row.n);
    let of = |later: bool| {
        let count = |what: &str| find(what, later);
        Numbers { steps: count("steps"), posts: count("posts"), writers: count("writers"), joined: count("joined") }
    };
    Ok(Week { before: of(false), this: of(true), reported: find("reported", true) })
}
