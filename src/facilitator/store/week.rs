//! A cohort's week in numbers, beside the week before.

use chrono::{DurationRound as _, TimeDelta};
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

/// The plus signs let SQLite begin with what happened in the time asked for, not with everybody. Numbered as they come first:
/// SQLite counts them so. The middle, the beginning, the end, the cohort; then the whole hours
/// within the two weeks, whose sums are kept: from, to, from, to. What is left of the four hours in which a week begins or
/// ends is counted.
const QUESTION: &str = "
SELECT 'posts' AS what, p.created_at >= $1 AS later, count(*) AS n FROM posts AS p JOIN enrolments AS e ON e.id = +p.enrolment_id
  WHERE p.created_at >= $2 AND p.created_at < $3 AND p.removed_at IS NULL AND p.hidden_at IS NULL
  AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' GROUP BY p.created_at >= $1
UNION ALL
SELECT 'writers', p.created_at >= $1, count(DISTINCT p.enrolment_id) FROM posts AS p JOIN enrolments AS e ON e.id = +p.enrolment_id
  WHERE p.created_at >= $2 AND p.created_at < $3 AND p.removed_at IS NULL AND p.hidden_at IS NULL
  AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' GROUP BY p.created_at >= $1
UNION ALL
SELECT 'joined', e.enrolled_at >= $1, count(*) FROM enrolments AS e
  WHERE e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' AND e.enrolled_at >= $2 AND e.enrolled_at < $3
  GROUP BY e.enrolled_at >= $1
UNION ALL
SELECT 'reported', TRUE, count(DISTINCT r.post_id) FROM post_reports AS r
  JOIN posts AS p ON p.id = r.post_id JOIN threads AS t ON t.id = p.thread_id
  WHERE r.settled_at IS NULL AND p.removed_at IS NULL AND t.cohort_id = $4
UNION ALL
SELECT 'steps', FALSE, CAST(coalesce(sum(h.done), 0) AS BIGINT) FROM done_hours AS h WHERE h.cohort_id = $4 AND h.hour >= $5 AND h.hour < $6
UNION ALL
SELECT 'steps', TRUE, CAST(coalesce(sum(h.done), 0) AS BIGINT) FROM done_hours AS h WHERE h.cohort_id = $4 AND h.hour >= $7 AND h.hour < $8
UNION ALL
SELECT 'steps', FALSE, count(*) FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $2 AND d.completed_at < $5 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', FALSE, count(*) FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $6 AND d.completed_at < $1 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', TRUE, count(*) FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $1 AND d.completed_at < $7 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', TRUE, count(*) FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $8 AND d.completed_at < $3 AND +e.cohort_id = $4";

/// From `before` to `middle`, and from there to `end`; each some hours at least.
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
        .bind::<Timestamp, _>(next_hour(before))
        .bind::<Timestamp, _>(hour_of(middle))
        .bind::<Timestamp, _>(next_hour(middle))
        .bind::<Timestamp, _>(hour_of(end))
        .load(conn)?;
    let sum = |what: &str, later: bool| -> i64 {
        rows.iter().filter(|row| row.what == what && row.later == later).map(|row| row.n).sum()
    };
    let of = |later: bool| {
        let count = |what: &str| sum(what, later);
        Numbers { steps: count("steps"), posts: count("posts"), writers: count("writers"), joined: count("joined") }
    };
    Ok(Week { before: of(false), this: of(true), reported: sum("reported", true) })
}

/// When the hour began.
fn hour_of(at: Instant) -> Instant {
    let hour = at.utc().naive_utc().duration_trunc(TimeDelta::hours(1));
    hour.map_or(at, Instant::from_utc)
}

/// The first full hour from here on.
fn next_hour(at: Instant) -> Instant {
    let hour = hour_of(at);
    if hour == at { at } else { hour + TimeDelta::hours(1) }
}
