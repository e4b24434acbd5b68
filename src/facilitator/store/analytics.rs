//! How a cohort goes through the course, from the sums that the database keeps, so that nobody's steps, answers and posts are
//! counted for a page.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};

use super::{learns, stage};
use crate::cohort::{CohortId, Standing};
use crate::facilitator::Stage;
use crate::facilitator::analytics::{Alike, StepDay};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::schema::{enrolments, first_answers, last_steps, step_days};

/// A step as records name it, and how many learners opened and did it.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct StepSums {
    #[diesel(sql_type = Text)]
    pub unit: Slug,
    #[diesel(sql_type = Text)]
    pub step: Slug,
    #[diesel(sql_type = BigInt)]
    pub opened: i64,
    #[diesel(sql_type = BigInt)]
    pub done: i64,
}

/// Of every step that anybody opened.
pub fn list_step_sums(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<StepSums>> {
    diesel::sql_query(
        "SELECT unit, step, CAST(sum(opened) AS BIGINT) AS opened, CAST(sum(done) AS BIGINT) AS done \
         FROM step_days WHERE cohort_id = $1 GROUP BY unit, step",
    )
    .bind::<BigInt, _>(cohort)
    .load(conn)
}

/// Day by day, of the steps of one unit, or of all.
pub fn list_step_days(conn: &mut Conn, cohort: CohortId, unit: Option<&Unit>) -> QueryResult<Vec<StepDay>> {
    let mut days = step_days::table.filter(step_days::cohort_id.eq(cohort)).into_boxed();
    if let Some(unit) = unit {
        days = days.filter(step_days::unit.eq_any(unit.names()));
    }
    let rows: Vec<(Slug, Slug, NaiveDate, i64, i64)> = days
        .select((step_days::unit, step_days::step, step_days::day, step_days::opened, step_days::done))
        .load(conn)?;
    Ok(rows.into_iter().map(|(unit, step, day, opened, done)| StepDay { unit, step, day, opened, done }).collect())
}

/// How many learners are in the course.
pub fn count_active(conn: &mut Conn, cohort: CohortId) -> QueryResult<i64> {
    enrolments::table.filter(learns(cohort)).filter(enrolments::state.eq(Standing::Active)).count().get_result(conn)
}

/// The last step that each stalled learner did, and how many stopped there; the most first.
pub fn count_stops(conn: &mut Conn, cohort: CohortId, now: Instant) -> QueryResult<Vec<(Slug, Slug, i64)>> {
    let mut stops: Vec<(Slug, Slug, i64)> = last_steps::table
        .inner_join(enrolments::table)
        .filter(learns(cohort))
        .filter(stage(now).eq(Stage::Stalled.as_str()))
        .group_by((last_steps::unit, last_steps::step))
        .select((last_steps::unit, last_steps::step, count_star()))
        .load(conn)?;
    stops.sort_by(|a, b| (b.2, &a.0, &a.1).cmp(&(a.2, &b.0, &b.1)));
    Ok(stops)
}

/// First attempts at the quizzes of one unit, or of all.
pub fn list_first_answers(conn: &mut Conn, cohort: CohortId, unit: Option<&Unit>) -> QueryResult<Vec<Alike>> {
    let mut given = first_answers::table
        .filter(first_answers::cohort_id.eq(cohort))
        .filter(first_answers::attempts.gt(0))
        .into_boxed();
    if let Some(unit) = unit {
        given = given.filter(first_answers::unit.eq_any(unit.names()));
    }
    let rows: Vec<(Slug, Slug, String, i64)> = given
        .select((first_answers::unit, first_answers::step, first_answers::answers, first_answers::attempts))
        .load(conn)?;
    Ok(rows.into_iter().map(|(unit, step, answers, attempts)| Alike { unit, step, answers, attempts }).collect())
}

#[derive(QueryableByName)]
struct WeekRow {
    #[diesel(sql_type = Date)]
    week: NaiveDate,
    #[diesel(sql_type = BigInt)]
    posts: i64,
    #[diesel(sql_type = BigInt)]
    writers: i64,
}

/// By their Mondays: posts that can be read, and how many people wrote them.
pub fn list_written(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(NaiveDate, i64, i64)>> {
    let rows: Vec<WeekRow> = diesel::sql_query(
        "SELECT week, CAST(sum(posts) AS BIGINT) AS posts, count(*) AS writers \
         FROM writer_weeks WHERE cohort_id = $1 AND posts > 0 GROUP BY week ORDER BY week",
    )
    .bind::<BigInt, _>(cohort)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.week, row.posts, row.writers)).collect())
}
