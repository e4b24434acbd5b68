//! Completions and reflections, as they are kept; what else learners do has files of its own.

pub mod attempts;
pub mod exercises;
pub mod films;
pub mod notes;
mod openings;
pub mod peers;
mod renames;

use diesel::prelude::*;

use super::{Deed, Done, How};
use crate::cohort::EnrolmentId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{completions, reflections};

pub use openings::note_opened;
pub use renames::{follow_renames, records, rename};

/// A step as records name it: its unit's slug and its own.
pub type StepKey<'a> = (&'a Slug, &'a Slug);

/// Notes that the step is done, and by what; true if it was not done before. The first time stands.
pub fn mark(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    how: How,
    now: Instant,
) -> QueryResult<bool> {
    let values = (
        completions::enrolment_id.eq(enrolment),
        completions::unit.eq(unit),
        completions::step.eq(step),
        completions::completed_at.eq(now),
        completions::how.eq(how),
    );
    let added =
        diesel::insert_into(completions::table).values(values).on_conflict_do_nothing().on_both().execute(conn)?;
    Ok(added == 1)
}

/// Takes a learner's own mark back. What something else made done, before the step was of another kind, stays done.
pub fn unmark(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<()> {
    let marks = completions::table
        .filter(completions::enrolment_id.eq(enrolment))
        .filter(completions::unit.eq(unit))
        .filter(completions::step.eq(step))
        .filter(completions::how.eq(How::Mark).or(completions::how.is_null()));
    diesel::delete(marks).execute(conn)?;
    Ok(())
}

pub fn list_done(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Done> {
    let rows: Vec<(Slug, Slug, Instant, Option<How>)> = each!(conn, c => completions::table
        .filter(completions::enrolment_id.eq(enrolment))
        .select((completions::unit, completions::step, completions::completed_at, completions::how))
        .load(c))?;
    Ok(rows.into_iter().map(|(unit, step, at, how)| (unit, step, Deed { at, how })).collect())
}

/// The learner's private note, and when it was saved last; nobody else's enrolment leads to it.
pub fn reflection(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
) -> QueryResult<Option<(String, Instant)>> {
    reflections::table
        .filter(reflections::enrolment_id.eq(enrolment))
        .filter(reflections::unit.eq(unit))
        .filter(reflections::step.eq(step))
        .select((reflections::body, reflections::saved_at))
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
