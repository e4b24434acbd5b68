//! What somebody is in a cohort now, and a facilitator's role taken away.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::db::Conn;
use crate::schema::{accounts, enrolments};

/// What the account is in the cohort. None: they have no place in it, or gave it up.
pub fn role_in(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<Option<Role>> {
    enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::account_id.eq(account))
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::role)
        .first(conn)
        .optional()
}

/// Whether the account is in the cohort, as whatever.
pub fn is_in(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<bool> {
    Ok(role_in(conn, cohort, account)?.is_some())
}

/// Takes a facilitator's role away: they are out of the cohort, and what they wrote stays. Who that was, by account and
/// name; none where nobody facilitated.
pub fn dismiss_facilitator(
    conn: &mut Conn,
    cohort: CohortId,
    enrolment: EnrolmentId,
) -> QueryResult<Option<(AccountId, String)>> {
    let dismissed: Option<AccountId> = diesel::update(enrolments::table.find(enrolment))
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Facilitator))
        .filter(enrolments::state.eq(Standing::Active))
        .set(enrolments::state.eq(Standing::Withdrawn))
        .returning(enrolments::account_id)
        .get_result(conn)
        .optional()?;
    let Some(account) = dismissed else { return Ok(None) };
    accounts::table.find(account).select((accounts::id, accounts::name)).first(conn).optional()
}

/// Whether the enrolment is that of a facilitator of the cohort, be they dismissed or not.
pub fn was_facilitator(conn: &mut Conn, cohort: CohortId, enrolment: EnrolmentId) -> QueryResult<bool> {
    let place = enrolments::table
        .filter(enrolments::id.eq(enrolment))
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Facilitator));
    diesel::select(diesel::dsl::exists(place)).get_result(conn)
}
