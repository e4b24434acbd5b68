//! A learner's place in a cohort: taken away, given back, and kept for longer than the others'.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{accounts, enrolments};

/// Takes a learner out of a cohort, or back in; what they did is kept. Whose place that was; none if it changed nothing.
pub fn set_learner_standing(
    conn: &mut Conn,
    cohort: CohortId,
    enrolment: EnrolmentId,
    standing: Standing,
) -> QueryResult<Option<AccountId>> {
    diesel::update(enrolments::table.find(enrolment))
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.ne(standing))
        .set(enrolments::state.eq(standing))
        .returning(enrolments::account_id)
        .get_result(conn)
        .optional()
}

/// Lets a learner take part until the end of a day, after the others may no more; `None` takes that back.
pub fn set_extra_time(conn: &mut Conn, enrolment: EnrolmentId, last_day: Option<NaiveDate>) -> QueryResult<()> {
    let learner = enrolments::table.find(enrolment).filter(enrolments::role.eq(Role::Learner));
    diesel::update(learner).set(enrolments::extra_until.eq(last_day)).execute(conn).map(drop)
}

/// A learner who has a place in the cohort, as somebody who looks at the course with their eyes needs them.
#[derive(Debug, Clone, Queryable)]
pub struct LookedAt {
    pub enrolment: EnrolmentId,
    pub account: AccountId,
    pub name: String,
    pub enrolled_at: Instant,
    pub extra_until: Option<NaiveDate>,
}

pub fn learner_of(conn: &mut Conn, cohort: CohortId, id: EnrolmentId) -> QueryResult<Option<LookedAt>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::id.eq(id))
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Active))
        .select((enrolments::id, accounts::id, accounts::name, enrolments::enrolled_at, enrolments::extra_until))
        .first(conn)
        .optional()
}
