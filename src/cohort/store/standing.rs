//! A learner's place in a cohort, taken away and given back.

use diesel::prelude::*;

use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::db::Conn;
use crate::schema::enrolments;

/// Takes a learner out of a cohort, or back in; what they did is kept. Whether that changed anything.
pub fn set_learner_standing(
    conn: &mut Conn,
    cohort: CohortId,
    enrolment: EnrolmentId,
    standing: Standing,
) -> QueryResult<bool> {
    let learner = enrolments::id.eq(enrolment).and(enrolments::cohort_id.eq(cohort));
    let changed = diesel::update(enrolments::table.filter(learner))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.ne(standing))
        .set(enrolments::state.eq(standing))
        .execute(conn)?;
    Ok(changed == 1)
}
