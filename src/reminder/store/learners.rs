//! A cohort's learners as reminders see them, and what they have done.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::store::{RECIPIENT, Recipient};
use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, completions, enrolments};

/// A learner as a reminder sees them.
pub type Learner = Recipient;

/// The next learners after `after`, withdrawn ones too, in the order of their enrolments.
pub fn list_learners(conn: &mut Conn, cohort: CohortId, after: EnrolmentId, most: i64) -> QueryResult<Vec<Learner>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::id.gt(after))
        .order(enrolments::id)
        .limit(most)
        .select(RECIPIENT)
        .load(conn)
}

/// One account's enrolment, in whatever role.
pub fn find_learner(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<Option<Learner>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::account_id.eq(account))
        .select(RECIPIENT)
        .first(conn)
        .optional()
}

/// The cohort's learners from one enrolment to another, both included. What is asked of a span may tell of others' enrolments
/// between them too, which are nobody's here: asked for the cohort as well, SQLite would go through all of it each time.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub cohort: CohortId,
    pub first: EnrolmentId,
    pub last: EnrolmentId,
}

/// Which steps of these units the learners of the span have done.
pub fn list_done(conn: &mut Conn, span: Span, units: &[&Slug]) -> QueryResult<Vec<(EnrolmentId, Slug, Slug)>> {
    completions::table
        .filter(completions::enrolment_id.between(span.first, span.last))
        .filter(completions::unit.eq_any(units))
        .select((completions::enrolment_id, completions::unit, completions::step))
        .load(conn)
}
