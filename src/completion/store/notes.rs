//! What people note for themselves on steps: one note on each, theirs alone.

use diesel::prelude::*;

use super::StepKey;
use crate::cohort::EnrolmentId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::notes;

/// One note; its step may be gone from the programme.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Note {
    pub unit: Slug,
    pub step: Slug,
    pub body: String,
    pub saved_at: Instant,
}

/// The person's note on a step; nobody else's enrolment leads to it.
pub fn find(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Option<String>> {
    each!(conn, c => notes::table
        .filter(notes::enrolment_id.eq(enrolment))
        .filter(notes::unit.eq(unit))
        .filter(notes::step.eq(step))
        .select(notes::body)
        .first(c)
        .optional())
}

/// All that the person noted, newest first: one for a step at most.
pub fn list(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<Note>> {
    each!(conn, c => notes::table
        .filter(notes::enrolment_id.eq(enrolment))
        .order((notes::saved_at.desc(), notes::unit, notes::step))
        .select((notes::unit, notes::step, notes::body, notes::saved_at))
        .load(c))
}

/// Keeps the note in the place of the earlier one.
pub fn save(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    body: &str,
    now: Instant,
) -> QueryResult<()> {
    let fresh = (notes::body.eq(body), notes::saved_at.eq(now));
    diesel::insert_into(notes::table)
        .values((notes::enrolment_id.eq(enrolment), notes::unit.eq(unit), notes::step.eq(step), fresh))
        .on_conflict((notes::enrolment_id, notes::unit, notes::step))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Leaves no note on the step.
pub fn remove(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<()> {
    let note = notes::table
        .filter(notes::enrolment_id.eq(enrolment))
        .filter(notes::unit.eq(unit))
        .filter(notes::step.eq(step));
    diesel::delete(note).execute(conn).map(drop)
}
