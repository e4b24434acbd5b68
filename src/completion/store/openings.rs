//! Which steps learners have opened, as it is kept: when each did first. What they have done they have opened; the database
//! sees to that.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::cohort::EnrolmentId;
use crate::completion::openings::Opening;
use crate::each;
use crate::platform::db::Conn;
use crate::schema::{enrolments, step_openings};

/// Rows a statement: SQLite binds 32,766 values at most.
const ROWS: usize = 1_000;

/// Notes what is not noted yet, of those who still are there. In order: what counts the rows is then locked in one order by
/// all processes.
pub fn note_opened(conn: &mut Conn, openings: &[Opening]) -> QueryResult<()> {
    for some in openings.chunks(ROWS) {
        let row = |opening: &Opening| {
            (
                step_openings::enrolment_id.eq(opening.enrolment),
                step_openings::unit.eq(opening.unit.clone()),
                step_openings::step.eq(opening.step.clone()),
                step_openings::opened_at.eq(opening.at),
            )
        };
        let learners: HashSet<EnrolmentId> = some.iter().map(|opening| opening.enrolment).collect();
        let there: Vec<EnrolmentId> =
            enrolments::table.filter(enrolments::id.eq_any(learners)).select(enrolments::id).load(conn)?;
        let there: HashSet<EnrolmentId> = there.into_iter().collect();
        let rows: Vec<_> = some.iter().filter(|opening| there.contains(&opening.enrolment)).map(row).collect();
        each!(&mut *conn, c => diesel::insert_into(step_openings::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}
