//! Where learners stopped in films: theirs alone.

use diesel::prelude::*;

use super::StepKey;
use crate::cohort::EnrolmentId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::film_positions;

/// In seconds from the film's beginning.
pub fn position(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Option<u32>> {
    let seconds: Option<i32> = each!(conn, c => film_positions::table
        .find((enrolment, unit, step))
        .select(film_positions::seconds)
        .first(c)
        .optional())?;
    Ok(seconds.and_then(|seconds| u32::try_from(seconds).ok()))
}

/// Keeps the place in place of the earlier one.
pub fn keep(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    seconds: u32,
    now: Instant,
) -> QueryResult<()> {
    let fresh =
        (film_positions::seconds.eq(i32::try_from(seconds).unwrap_or(i32::MAX)), film_positions::kept_at.eq(now));
    diesel::insert_into(film_positions::table)
        .values((
            film_positions::enrolment_id.eq(enrolment),
            film_positions::unit.eq(unit),
            film_positions::step.eq(step),
            fresh,
        ))
        .on_conflict((film_positions::enrolment_id, film_positions::unit, film_positions::step))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}
