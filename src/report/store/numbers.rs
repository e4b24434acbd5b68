//! A week's numbers, from what happened before its end alone: what was removed later was there then, and who left later too.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use crate::cohort::CohortId;
use crate::discussion;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::measure::median;
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::report::{Answers, Facts, Reached, Standings, Sums, Week};

/// Six queries.
pub fn facts(conn: &mut Conn, cohort: CohortId, programme: &Programme, week: &Week) -> QueryResult<Facts> {
    let beginning = Instant::from_micros(0);
    let end = week.ends_at;
    Ok(Facts {
        this: sums(conn, cohort, (week.begins_at, end), end)?,
        last: sums(conn, cohort, (week.before, week.begins_at), end)?,
        all: sums(conn, cohort, (beginning, end), end)?,
        reached: reached(conn, cohort, programme, end)?,
        standings: standings(conn, cohort, week)?,
        answers: answers(conn, cohort, week)?,
    })
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn of(counts: &[Count], what: &str) -> i64 {
    counts.iter().filter(|count| count.what == what).map(|count| count.n).sum()
}

/// A post of `p` that could be read at the end of the week.
const READABLE: &str = "(p.removed_at IS NULL OR p.removed_at >= $4) AND (p.hidden_at IS NULL OR p.hidden_at >= $4)";

/// Numbered as they come first: SQLite counts them so. The cohort, from, to, the end of the week.
fn sums(conn: &mut Conn, cohort: CohortId, (from, to): (Instant, Instant), end: Instant) -> QueryResult<Sums> {
    let question = format!(
        "SELECT 'joined' AS what, count(*) AS n FROM enrolments AS e
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND e.enrolled_at >= $2 AND e.enrolled_at < $3
         UNION ALL SELECT 'took part', count(DISTINCT a.who) FROM (
             SELECT d.enrolment_id AS who FROM completions AS d WHERE d.completed_at >= $2 AND d.completed_at < $3
             UNION ALL SELECT p.enrolment_id FROM posts AS p WHERE p.created_at >= $2 AND p.created_at < $3 AND {READABLE}
           ) AS a JOIN enrolments AS e ON e.id = a.who WHERE e.cohort_id = $1 AND e.role = 'learner'
         UNION ALL SELECT 'steps', count(*) FROM completions AS d JOIN enrolments AS e ON e.id = d.enrolment_id
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND d.completed_at >= $2 AND d.completed_at < $3
         UNION ALL SELECT 'posts', count(*) FROM posts AS p JOIN enrolments AS e ON e.id = p.enrolment_id
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND p.created_at >= $2 AND p.created_at < $3 AND {READABLE}
         UNION ALL SELECT 'writers', count(DISTINCT e.id) FROM posts AS p JOIN enrolments AS e ON e.id = p.enrolment_id
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND p.created_at >= $2 AND p.created_at < $3 AND {READABLE}
         UNION ALL SELECT 'threads', count(*) FROM threads AS t JOIN enrolments AS e ON e.id = t.started_by
           WHERE t.cohort_id = $1 AND e.role = 'learner' AND t.created_at >= $2 AND t.created_at < $3
         UNION ALL SELECT 'certificates', count(*) FROM certificates AS c JOIN enrolments AS e ON e.id = c.enrolment_id
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND c.issued_at >= $2 AND c.issued_at < $3"
    );
    let counts: Vec<Count> = diesel::sql_query(question)
        .bind::<BigInt, _>(cohort)
        .bind::<Timestamp, _>(from)
        .bind::<Timestamp, _>(to)
        .bind::<Timestamp, _>(end)
        .load(conn)?;
    Ok(Sums {
        joined: of(&counts, "joined"),
        took_part: of(&counts, "took part"),
        steps: of(&counts, "steps"),
        posts: of(&counts, "posts"),
        writers: of(&counts, "writers"),
        threads: of(&counts, "threads"),
        certificates: of(&counts, "certificates"),
    })
}

#[derive(QueryableByName)]
struct ReachedRow {
    #[diesel(sql_type = Text)]
    unit: Slug,
    #[diesel(sql_type = BigInt)]
    steps: i64,
    #[diesel(sql_type = BigInt)]
    learners: i64,
}

/// Of required steps as the programme has them now, under any name that they had.
fn reached(conn: &mut Conn, cohort: CohortId, programme: &Programme, end: Instant) -> QueryResult<Vec<Reached>> {
    let names = programme.required_steps().flat_map(|(unit, step)| {
        unit.names().flat_map(move |unit| step.names().map(move |step| format!("'{unit}/{step}'")))
    });
    // Slugs hold letters, digits and dashes alone.
    let required = names.collect::<Vec<_>>().join(", ");
    if required.is_empty() {
        return Ok(Vec::new());
    }
    let question = format!(
        "SELECT r.unit, r.steps, count(*) AS learners FROM (
           SELECT d.enrolment_id, d.unit, count(*) AS steps FROM completions AS d JOIN enrolments AS e ON e.id = d.enrolment_id
           WHERE e.cohort_id = $1 AND e.role = 'learner' AND d.completed_at < $2 AND d.unit || '/' || d.step IN ({required})
           GROUP BY d.enrolment_id, d.unit
         ) AS r GROUP BY r.unit, r.steps"
    );
    let rows: Vec<ReachedRow> =
        diesel::sql_query(question).bind::<BigInt, _>(cohort).bind::<Timestamp, _>(end).load(conn)?;
    Ok(rows.into_iter().map(|row| Reached { unit: row.unit, steps: row.steps, learners: row.learners }).collect())
}

/// Numbered as they come first: the end of the week, its beginning, that of the week before, the cohort.
fn standings(conn: &mut Conn, cohort: CohortId, week: &Week) -> QueryResult<Standings> {
    let readable = READABLE.replace("$4", "$1");
    let did = |from: &str| {
        format!(
            "(EXISTS (SELECT 1 FROM completions AS d WHERE d.enrolment_id = e.id AND d.completed_at < $1{done}) \
              OR EXISTS (SELECT 1 FROM posts AS p WHERE p.enrolment_id = e.id AND p.created_at < $1{wrote} AND {readable}))",
            done = if from.is_empty() { String::new() } else { format!(" AND d.completed_at >= {from}") },
            wrote = if from.is_empty() { String::new() } else { format!(" AND p.created_at >= {from}") },
        )
    };
    let question = format!(
        "SELECT s.what, count(*) AS n FROM (SELECT CASE \
           WHEN EXISTS (SELECT 1 FROM certificates AS c WHERE c.enrolment_id = e.id AND c.issued_at < $1) THEN 'done' \
           WHEN {this} THEN 'active' WHEN {last} THEN 'quiet' WHEN {ever} THEN 'away' \
           WHEN e.enrolled_at < $2 THEN 'not started' ELSE 'new' END AS what \
         FROM enrolments AS e WHERE e.cohort_id = $4 AND e.role = 'learner' AND e.enrolled_at < $1) AS s GROUP BY s.what",
        this = did("$2"),
        last = did("$3"),
        ever = did(""),
    );
    let counts: Vec<Count> = diesel::sql_query(question)
        .bind::<Timestamp, _>(week.ends_at)
        .bind::<Timestamp, _>(week.begins_at)
        .bind::<Timestamp, _>(week.before)
        .bind::<BigInt, _>(cohort)
        .load(conn)?;
    Ok(Standings {
        done: of(&counts, "done"),
        active: of(&counts, "active"),
        quiet: of(&counts, "quiet"),
        away: of(&counts, "away"),
        not_started: of(&counts, "not started"),
        new: of(&counts, "new"),
    })
}

fn answers(conn: &mut Conn, cohort: CohortId, week: &Week) -> QueryResult<Answers> {
    let begun = discussion::store::list_begun_before(conn, cohort, week.ends_at)?;
    let waiting = begun.iter().filter(|thread| thread.answered_at.is_none()).count();
    let this_week = begun.iter().filter(|thread| thread.at >= week.begins_at);
    let waits = this_week.filter_map(|thread| Some((thread.answered_at?.since(thread.at).num_minutes(), 1)));
    Ok(Answers { waiting: i64::try_from(waiting).unwrap_or(i64::MAX), median_wait: median(waits.collect()) })
}
