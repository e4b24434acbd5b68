//! The private address of an enrolment's calendar, as it is kept: its secret's hash, one at a time.

use diesel::prelude::*;

use crate::cohort::store::{CohortRow, EnrolmentRow, held};
use crate::cohort::{Cohort, EnrolmentId, Standing};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::secret::SecretHash;
use crate::schema::{accounts, calendar_tokens, cohorts, enrolments};

/// A new address; an earlier one leads nowhere from now on.
pub fn keep_calendar_token(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    secret: &SecretHash,
    now: Instant,
) -> QueryResult<()> {
    let fresh = (calendar_tokens::token_hash.eq(secret.as_str()), calendar_tokens::created_at.eq(now));
    diesel::insert_into(calendar_tokens::table)
        .values((calendar_tokens::enrolment_id.eq(enrolment), fresh))
        .on_conflict(calendar_tokens::enrolment_id)
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// The address leads nowhere from now on. Doing it again changes nothing.
pub fn revoke_calendar_token(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<()> {
    diesel::delete(calendar_tokens::table.find(enrolment)).execute(conn).map(drop)
}

/// When the address was made, if there is one.
pub fn calendar_token_made_at(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Option<Instant>> {
    each!(conn, c => calendar_tokens::table.find(enrolment).select(calendar_tokens::created_at).first(c).optional())
}

/// The cohort whose calendar the address leads to, while its holder takes part and may sign in.
pub fn cohort_of_calendar_token(conn: &mut Conn, secret: &SecretHash) -> QueryResult<Option<Cohort>> {
    let found: Option<(CohortRow, EnrolmentRow)> = each!(conn, c => calendar_tokens::table
        .inner_join(enrolments::table.inner_join(cohorts::table).inner_join(accounts::table))
        .filter(calendar_tokens::token_hash.eq(secret.as_str()))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((CohortRow::as_select(), EnrolmentRow::as_select()))
        .first(c)
        .optional())?;
    Ok(found.map(|row| held(row).0))
}
