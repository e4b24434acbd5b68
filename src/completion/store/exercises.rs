//! What learners write on the sheets of exercises: theirs alone.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::StepKey;
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::exercise_answers;

/// By the slug of the field.
pub type SheetAnswers = BTreeMap<String, String>;

/// The learner's answers so far; nobody else's enrolment leads to them.
pub fn answers(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
) -> QueryResult<Option<SheetAnswers>> {
    let text: Option<String> = exercise_answers::table
        .filter(exercise_answers::enrolment_id.eq(enrolment))
        .filter(exercise_answers::unit.eq(unit))
        .filter(exercise_answers::step.eq(step))
        .select(exercise_answers::answers)
        .first(conn)
        .optional()?;
    Ok(text.map(|text| serde_urlencoded::from_str(&text).unwrap_or_default()))
}

/// Keeps the answers in the place of the earlier ones.
pub fn save(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    answers: &SheetAnswers,
    now: Instant,
) -> QueryResult<()> {
    // Pairs of texts can always be written.
    let text = serde_urlencoded::to_string(answers).unwrap_or_default();
    let fresh = (exercise_answers::answers.eq(&text), exercise_answers::saved_at.eq(now));
    diesel::insert_into(exercise_answers::table)
        .values((
            exercise_answers::enrolment_id.eq(enrolment),
            exercise_answers::unit.eq(unit),
            exercise_answers::step.eq(step),
            fresh,
        ))
        .on_conflict((exercise_answers::enrolment_id, exercise_answers::unit, exercise_answers::step))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// All sheets of one learner, by unit and step; nobody else's enrolment leads to them.
pub fn list(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<((Slug, Slug), SheetAnswers)>> {
    let rows: Vec<(Slug, Slug, String)> = exercise_answers::table
        .filter(exercise_answers::enrolment_id.eq(enrolment))
        .select((exercise_answers::unit, exercise_answers::step, exercise_answers::answers))
        .load(conn)?;
    let read = |text: String| serde_urlencoded::from_str(&text).unwrap_or_default();
    Ok(rows.into_iter().map(|(unit, step, text)| ((unit, step), read(text))).collect())
}
