//! What facilitators ask about a cohort's learners. Reads only.

use diesel::dsl::{Eq, exists, not};
use diesel::prelude::*;

use super::Learner;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, completions, enrolments};

type LearnerRow = (EnrolmentId, String, String, Instant, Option<Instant>);

/// Rows of a list that is shown in part: how many there are beyond `limit` is not counted.
pub const LISTED: i64 = 100;

/// Names in order, then ids: where a page of learners ended.
pub struct After<'a> {
    pub name: &'a str,
    pub enrolment: EnrolmentId,
}

#[diesel::dsl::auto_type]
fn active(cohort: CohortId) -> _ {
    let of_cohort: Eq<enrolments::cohort_id, CohortId> = enrolments::cohort_id.eq(cohort);
    let learner: Eq<enrolments::role, Role> = enrolments::role.eq(Role::Learner);
    let active: Eq<enrolments::state, Standing> = enrolments::state.eq(Standing::Active);
    of_cohort.and(learner).and(active)
}

const COLUMNS: (enrolments::id, accounts::name, accounts::email, enrolments::enrolled_at, enrolments::last_seen_at) =
    (enrolments::id, accounts::name, accounts::email, enrolments::enrolled_at, enrolments::last_seen_at);

/// A page of active learners by name.
pub fn list_learners(
    conn: &mut Conn,
    cohort: CohortId,
    after: Option<After<'_>>,
    limit: i64,
) -> QueryResult<Vec<Learner>> {
    let mut query = enrolments::table
        .inner_join(accounts::table)
        .filter(active(cohort))
        .order((accounts::name, enrolments::id))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(after) = after {
        let beyond = accounts::name.gt(after.name).or(enrolments::id.gt(after.enrolment));
        query = query.filter(accounts::name.ge(after.name)).filter(beyond);
    }
    query.load::<LearnerRow>(conn).map(learners)
}

/// Learners who have done nothing at all yet, the earliest enrolled first.
pub fn list_not_started(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Learner>> {
    let done = completions::table.filter(completions::enrolment_id.eq(enrolments::id));
    enrolments::table
        .inner_join(accounts::table)
        .filter(active(cohort))
        .filter(not(exists(done)))
        .order((enrolments::enrolled_at, enrolments::id))
        .limit(LISTED)
        .select(COLUMNS)
        .load::<LearnerRow>(conn)
        .map(learners)
}

/// Learners who have begun but not been here since an instant, the longest away first.
pub fn list_away(conn: &mut Conn, cohort: CohortId, since: Instant) -> QueryResult<Vec<Learner>> {
    let done = completions::table.filter(completions::enrolment_id.eq(enrolments::id));
    enrolments::table
        .inner_join(accounts::table)
        .filter(active(cohort))
        .filter(enrolments::last_seen_at.lt(since))
        .filter(exists(done))
        .order((enrolments::last_seen_at, enrolments::id))
        .limit(LISTED)
        .select(COLUMNS)
        .load::<LearnerRow>(conn)
        .map(learners)
}

/// Everything that these learners have done.
pub fn list_completions(conn: &mut Conn, learners: &[Learner]) -> QueryResult<Vec<(EnrolmentId, Slug, Slug)>> {
    let ids: Vec<EnrolmentId> = learners.iter().map(|l| l.enrolment).collect();
    completions::table
        .filter(completions::enrolment_id.eq_any(ids))
        .select((completions::enrolment_id, completions::unit, completions::step))
        .load(conn)
}

/// Everything that the cohort's learners have done.
pub fn list_all_completions(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(EnrolmentId, Slug, Slug)>> {
    completions::table
        .inner_join(enrolments::table)
        .filter(active(cohort))
        .select((completions::enrolment_id, completions::unit, completions::step))
        .load(conn)
}

fn learners(rows: Vec<LearnerRow>) -> Vec<Learner> {
    rows.into_iter()
        .map(|(enrolment, name, email, enrolled_at, last_seen_at)| Learner {
            enrolment,
            name,
            email,
            enrolled_at,
            last_seen_at,
        })
        .collect()
}
