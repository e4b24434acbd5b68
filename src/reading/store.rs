//! Readings, as they are kept: one for each point.

use diesel::prelude::*;

use super::{Answers, Point};
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::readings;

/// One person's readings so far, by point.
pub fn list_readings(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<(Point, Answers)>> {
    readings::table
        .filter(readings::enrolment_id.eq(enrolment))
        .order(readings::point)
        .select((readings::point, readings::answers))
        .load::<(Point, String)>(conn)
        .map(|rows| rows.into_iter().map(|(point, text)| (point, Answers::from_text(&text))).collect())
}

/// Keeps the reading in the place of an earlier one of the same point.
pub fn save(conn: &mut Conn, enrolment: EnrolmentId, point: Point, answers: &Answers, now: Instant) -> QueryResult<()> {
    let text = answers.to_text();
    let values = (
        readings::enrolment_id.eq(enrolment),
        readings::point.eq(point),
        readings::answers.eq(&text),
        readings::handed_in_at.eq(now),
    );
    diesel::insert_into(readings::table)
        .values(values)
        .on_conflict((readings::enrolment_id, readings::point))
        .do_update()
        .set((readings::answers.eq(&text), readings::handed_in_at.eq(now)))
        .on_both()
        .execute(conn)?;
    Ok(())
}
