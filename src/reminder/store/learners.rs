//! A cohort's learners as reminders see them, and what they have done.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, completions, enrolments};

/// A learner as a reminder sees them.
#[derive(Debug, Clone, Queryable)]
pub struct Learner {
    pub enrolment: EnrolmentId,
    pub standing: Standing,
    pub enrolled_at: Instant,
    pub unsubscribe_token: String,
    pub stopped_at: Option<Instant>,
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub verified_at: Option<Instant>,
    pub suspended_at: Option<Instant>,
    pub undeliverable_at: Option<Instant>,
}

/// The columns of a [`Learner`], in its order.
pub(super) const LEARNER: (
    enrolments::id,
    enrolments::state,
    enrolments::enrolled_at,
    enrolments::unsubscribe_token,
    enrolments::reminders_stopped_at,
    accounts::id,
    accounts::name,
    accounts::email,
    accounts::verified_at,
    accounts::suspended_at,
    accounts::undeliverable_at,
) = (
    enrolments::id,
    enrolments::state,
    enrolments::enrolled_at,
    enrolments::unsubscribe_token,
    enrolments::reminders_stopped_at,
    accounts::id,
    accounts::name,
    accounts::email,
    accounts::verified_at,
    accounts::suspended_at,
    accounts::undeliverable_at,
);

/// The next learners after `after`, withdrawn ones too, in the order of their enrolments.
pub fn list_learners(conn: &mut Conn, cohort: CohortId, after: EnrolmentId, most: i64) -> QueryResult<Vec<Learner>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::id.gt(after))
        .order(enrolments::id)
        .limit(most)
        .select(LEARNER)
        .load(conn)
}

/// One account's enrolment, in whatever role.
pub fn find_learner(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<Option<Learner>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::account_id.eq(account))
        .select(LEARNER)
        .first(conn)
        .optional()
}

/// The cohort's learners from one enrolment to another, both included.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub cohort: CohortId,
    pub first: EnrolmentId,
    pub last: EnrolmentId,
}

/// Which steps of these units the learners of the span have done.
pub fn list_done(conn: &mut Conn, span: Span, units: &[&Slug]) -> QueryResult<Vec<(EnrolmentId, Slug, Slug)>> {
    completions::table
        .inner_join(enrolments::table)
        .filter(enrolments::cohort_id.eq(span.cohort))
        .filter(completions::enrolment_id.between(span.first, span.last))
        .filter(completions::unit.eq_any(units))
        .select((completions::enrolment_id, completions::unit, completions::step))
        .load(conn)
}
