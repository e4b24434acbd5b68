//! Completions, quiz attempts and reflections, as they are kept; exercises, notes and peer work have files
//! of their own.

pub mod exercises;
pub mod notes;
pub mod peers;
mod renames;

use diesel::prelude::*;

use super::Done;
use super::quiz::{Answers, Marked};
use crate::cohort::EnrolmentId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{completions, quiz_attempts, reflections};

pub use renames::{follow_renames, records, rename};

/// A step as records name it: its unit's slug and its own.
pub type StepKey<'a> = (&'a Slug, &'a Slug);

/// Notes that the step is done; true if it was not before. The first time stands.
pub fn mark(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>, now: Instant) -> QueryResult<bool> {
    let values = (
        completions::enrolment_id.eq(enrolment),
        completions::unit.eq(unit),
        completions::step.eq(step),
        completions::completed_at.eq(now),
    );
    let added =
        diesel::insert_into(completions::table).values(values).on_conflict_do_nothing().on_both().execute(conn)?;
    Ok(added == 1)
}

/// Takes a learner's own mark back.
pub fn unmark(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<()> {
    let marks = completions::table
        .filter(completions::enrolment_id.eq(enrolment))
        .filter(completions::unit.eq(unit))
        .filter(completions::step.eq(step));
    diesel::delete(marks).execute(conn)?;
    Ok(())
}

pub fn list_done(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Done> {
    let rows: Vec<(Slug, Slug, Instant)> = each!(conn, c => completions::table
        .filter(completions::enrolment_id.eq(enrolment))
        .select((completions::unit, completions::step, completions::completed_at))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// What somebody handed in to one quiz so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    pub count: u32,
    /// Right answers of the best.
    pub best: usize,
    pub latest: Option<Answers>,
}

/// Two queries.
pub fn attempts(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Attempts> {
    let own = || {
        quiz_attempts::table
            .filter(quiz_attempts::enrolment_id.eq(enrolment))
            .filter(quiz_attempts::unit.eq(unit))
            .filter(quiz_attempts::step.eq(step))
    };
    let latest =
        own().order(quiz_attempts::id.desc()).select(quiz_attempts::answers).first::<String>(conn).optional()?;
    let (count, best) = own()
        .select((diesel::dsl::count_star(), diesel::dsl::max(quiz_attempts::right_count)))
        .first::<(i64, Option<i32>)>(conn)?;
    Ok(Attempts {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        best: usize::try_from(best.unwrap_or(0)).unwrap_or(0),
        latest: latest.map(|text| Answers::from_text(&text)),
    })
}

pub fn add_attempt(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    answers: &Answers,
    marked: &Marked,
    now: Instant,
) -> QueryResult<()> {
    let number = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let values = (
        quiz_attempts::enrolment_id.eq(enrolment),
        quiz_attempts::unit.eq(unit),
        quiz_attempts::step.eq(step),
        quiz_attempts::answers.eq(answers.to_text()),
        quiz_attempts::right_count.eq(number(marked.right())),
        quiz_attempts::question_count.eq(number(marked.0.len())),
        quiz_attempts::handed_in_at.eq(now),
    );
    diesel::insert_into(quiz_attempts::table).values(values).execute(conn)?;
    Ok(())
}

/// The learner's private note; nobody else's enrolment leads to it.
pub fn reflection(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Option<String>> {
    reflections::table
        .filter(reflections::enrolment_id.eq(enrolment))
        .filter(reflections::unit.eq(unit))
        .filter(reflections::step.eq(step))
        .select(reflections::body)
        .first(conn)
        .optional()
}

/// Keeps the note in the place of the earlier one.
pub fn save_reflection(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    body: &str,
    now: Instant,
) -> QueryResult<()> {
    let values = (
        reflections::enrolment_id.eq(enrolment),
        reflections::unit.eq(unit),
        reflections::step.eq(step),
        reflections::body.eq(body),
        reflections::saved_at.eq(now),
    );
    diesel::insert_into(reflections::table)
        .values(values)
        .on_conflict((reflections::enrolment_id, reflections::unit, reflections::step))
        .do_update()
        .set((reflections::body.eq(body), reflections::saved_at.eq(now)))
        .on_both()
        .execute(conn)?;
    Ok(())
}
