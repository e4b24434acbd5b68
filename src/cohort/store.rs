//! Cohorts, breaks, enrolments and invitations, as they are kept.

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

use super::{Break, Cohort, CohortId, Enrolment, EnrolmentId, Joining, Role, Standing};
use crate::accounts::AccountId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::zone::Zone;
use crate::schema::{breaks, cohorts, enrolments};

#[derive(Queryable, Selectable)]
#[diesel(table_name = cohorts)]
pub struct CohortRow {
    id: CohortId,
    slug: Slug,
    programme: Slug,
    name: String,
    starts_on: NaiveDate,
    release_time: NaiveTime,
    time_zone: String,
    orientation_days: i32,
    closes_on: Option<NaiveDate>,
    access_ends_on: Option<NaiveDate>,
    joining: Joining,
    schedule_version: i32,
}

impl From<CohortRow> for Cohort {
    fn from(row: CohortRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            programme: row.programme,
            name: row.name,
            starts_on: row.starts_on,
            release_time: row.release_time,
            zone: Zone::named(&row.time_zone).unwrap_or_else(Zone::utc),
            orientation_days: row.orientation_days,
            closes_on: row.closes_on,
            access_ends_on: row.access_ends_on,
            joining: row.joining,
            schedule_version: row.schedule_version,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = enrolments)]
pub struct EnrolmentRow {
    id: EnrolmentId,
    role: Role,
    enrolled_at: Instant,
    last_seen_at: Option<Instant>,
    reminders_stopped_at: Option<Instant>,
}

impl From<EnrolmentRow> for Enrolment {
    fn from(row: EnrolmentRow) -> Self {
        Self {
            id: row.id,
            role: row.role,
            enrolled_at: row.enrolled_at,
            last_seen_at: row.last_seen_at,
            reminders_stopped: row.reminders_stopped_at.is_some(),
        }
    }
}

/// The cohort, and the account's active enrolment in it.
pub fn cohort_and_enrolment(
    conn: &mut Conn,
    slug: &Slug,
    account: AccountId,
) -> QueryResult<Option<(Cohort, Option<Enrolment>)>> {
    let own = enrolments::cohort_id
        .eq(cohorts::id)
        .and(enrolments::account_id.eq(account))
        .and(enrolments::state.eq(Standing::Active));
    cohorts::table
        .left_join(enrolments::table.on(own))
        .filter(cohorts::slug.eq(slug))
        .select((CohortRow::as_select(), Option::<EnrolmentRow>::as_select()))
        .first::<(CohortRow, Option<EnrolmentRow>)>(conn)
        .optional()
        .map(|found| found.map(|(cohort, enrolment)| (cohort.into(), enrolment.map(Into::into))))
}

pub fn list_breaks(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Break>> {
    breaks::table
        .filter(breaks::cohort_id.eq(cohort))
        .order(breaks::first_day)
        .select((breaks::name, breaks::first_day, breaks::last_day))
        .load::<(String, NaiveDate, NaiveDate)>(conn)
        .map(|rows| rows.into_iter().map(|(name, first_day, last_day)| Break { name, first_day, last_day }).collect())
}

/// Counts one change of the schedule. False if it has been changed since it was read as `expected`.
pub fn bump_schedule_version(conn: &mut Conn, cohort: CohortId, expected: i32) -> QueryResult<bool> {
    let unchanged = cohorts::table.filter(cohorts::id.eq(cohort)).filter(cohorts::schedule_version.eq(expected));
    let counted = diesel::update(unchanged).set(cohorts::schedule_version.eq(expected + 1)).execute(conn)?;
    Ok(counted == 1)
}
