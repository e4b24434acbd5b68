//! A cohort's week in numbers, beside the week before.

use chrono::{DurationRound as _, TimeDelta};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

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
    /// Learners in the course to whom no mail goes, as it came back.
    pub unreachable: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = BigInt)]
    before: i64,
    #[diesel(sql_type = BigInt)]
    this: i64,
    #[diesel(sql_type = BigInt)]
    people_before: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// The plus signs let SQLite begin with what happened in the time asked for, not with everybody; and it would sort what it is to
/// group. PostgreSQL gets none: it would not know what they stand before. Numbered as they come first, as SQLite counts: the
/// middle, the beginning, the end, the cohort; then the whole hours within the two weeks, whose sums are kept: from, to, from, to.
/// What is left of the four hours in which a week begins or ends is counted.
const QUESTION: &str = "
SELECT 'posts' AS what, CAST(coalesce(sum(w.before), 0) AS BIGINT) AS before, CAST(coalesce(sum(w.this), 0) AS BIGINT) AS this,
  count(*) FILTER (WHERE w.before > 0) AS people_before, count(*) FILTER (WHERE w.this > 0) AS people
  FROM (SELECT p.enrolment_id, count(*) FILTER (WHERE p.created_at < $1) AS before, count(*) FILTER (WHERE p.created_at >= $1) AS this
    FROM posts AS p WHERE p.created_at >= $2 AND p.created_at < $3 AND p.removed_at IS NULL AND p.hidden_at IS NULL
    GROUP BY +p.enrolment_id) AS w JOIN enrolments AS e ON e.id = +w.enrolment_id
  WHERE +e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active'
UNION ALL
SELECT 'joined', count(*) FILTER (WHERE e.enrolled_at < $1), count(*) FILTER (WHERE e.enrolled_at >= $1), 0, 0 FROM enrolments AS e
  WHERE e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active' AND e.enrolled_at >= $2 AND e.enrolled_at < $3
UNION ALL
SELECT 'reported', 0, count(DISTINCT r.post_id), 0, 0 FROM post_reports AS r
  JOIN posts AS p ON p.id = r.post_id JOIN threads AS t ON t.id = p.thread_id
  WHERE r.settled_at IS NULL AND p.removed_at IS NULL AND t.cohort_id = $4
UNION ALL
SELECT 'unreachable', 0, count(*), 0, 0 FROM accounts AS a JOIN enrolments AS e ON e.account_id = a.id
  WHERE a.undeliverable_at IS NOT NULL AND e.cohort_id = $4 AND e.role = 'learner' AND e.state = 'active'
UNION ALL
SELECT 'steps', CAST(coalesce(sum(h.done), 0) AS BIGINT), 0, 0, 0 FROM done_hours AS h
  WHERE h.cohort_id = $4 AND h.hour >= $5 AND h.hour < $6
UNION ALL
SELECT 'steps', 0, CAST(coalesce(sum(h.done), 0) AS BIGINT), 0, 0 FROM done_hours AS h
  WHERE h.cohort_id = $4 AND h.hour >= $7 AND h.hour < $8
UNION ALL
SELECT 'steps', count(*), 0, 0, 0 FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $2 AND d.completed_at < $5 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', count(*), 0, 0, 0 FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $6 AND d.completed_at < $1 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', 0, count(*), 0, 0 FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $1 AND d.completed_at < $7 AND +e.cohort_id = $4
UNION ALL
SELECT 'steps', 0, count(*), 0, 0 FROM completions AS d JOIN counted_people AS e ON e.id = +d.enrolment_id
  WHERE d.completed_at >= $8 AND d.completed_at < $3 AND +e.cohort_id = $4";

/// From `before` to `middle`, and from there to `end`; each some hours at least.
pub fn week(
    conn: &mut Conn,
    cohort: CohortId,
    (before, middle, end): (Instant, Instant, Instant),
) -> QueryResult<Week> {
    let question = match conn {
        Conn::Sqlite(_) => QUESTION.to_owned(),
        Conn::Postgres(_) => QUESTION.replace('+', ""),
    };
    let rows: Vec<Row> = diesel::sql_query(question)
        .bind::<Timestamp, _>(middle)
        .bind::<Timestamp, _>(before)
        .bind::<Timestamp, _>(end)
        .bind::<BigInt, _>(cohort)
        .bind::<Timestamp, _>(next_hour(before))
        .bind::<Timestamp, _>(hour_of(middle))
        .bind::<Timestamp, _>(next_hour(middle))
        .bind::<Timestamp, _>(hour_of(end))
        .load(conn)?;
    let sum = |what: &str, n: fn(&Row) -> i64| rows.iter().filter(|row| row.what == what).map(n).sum();
    let of = |n: fn(&Row) -> i64, people: fn(&Row) -> i64| Numbers {
        steps: sum("steps", n),
        posts: sum("posts", n),
        writers: sum("posts", people),
        joined: sum("joined", n),
    };
    Ok(Week {
        before: of(|row| row.before, |row| row.people_before),
        this: of(|row| row.this, |row| row.people),
        reported: sum("reported", |row| row.this),
        unreachable: sum("unreachable", |row| row.this),
    })
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
