//! Cohorts, breaks and enrolments, as they are kept; which mails somebody wants is in a file of its own.

mod mails;
mod making;
mod recipients;
mod roles;
mod standing;
mod wishes;

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

pub use mails::{queue_about, unwanted};
pub use making::{NewCohort, change_details, create, create_as, free_slug};
pub use recipients::{RECIPIENT, Recipient, active};
pub use roles::{dismiss_facilitator, is_in, role_in, was_facilitator};
pub use standing::{LookedAt, learner_of, set_extra_time, set_learner_standing};
pub use wishes::*;

use super::{Break, Cohort, CohortId, Enrolment, EnrolmentId, Joining, Role, Standing};
use crate::accounts::store::{PERSON, PersonRow, is_held};
use crate::accounts::{AccountId, Person};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::secret::{Secret, SecretHash};
use crate::platform::text::Slug;
use crate::platform::zone::Zone;
use crate::schema::{accounts, breaks, cohorts, enrolments, sessions};

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
            extra_until: None,
            before: String::new(),
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
    announcements_stopped_at: Option<Instant>,
    announcements_seen_at: Option<Instant>,
    discussions_stopped_at: Option<Instant>,
    extra_until: Option<NaiveDate>,
}

impl From<EnrolmentRow> for Enrolment {
    fn from(row: EnrolmentRow) -> Self {
        Self {
            id: row.id,
            role: row.role,
            enrolled_at: row.enrolled_at,
            last_seen_at: row.last_seen_at,
            reminders_stopped: row.reminders_stopped_at.is_some(),
            announcements_stopped: row.announcements_stopped_at.is_some(),
            announcements_seen_at: row.announcements_seen_at,
            discussions_stopped: row.discussions_stopped_at.is_some(),
        }
    }
}

/// A cohort as the holder of the enrolment has it.
pub fn held((cohort, enrolment): (CohortRow, EnrolmentRow)) -> (Cohort, Enrolment) {
    let extra_until = enrolment.extra_until;
    (Cohort { extra_until, ..cohort.into() }, enrolment.into())
}

/// The same for somebody who may have none.
fn seen((cohort, enrolment): (CohortRow, Option<EnrolmentRow>)) -> (Cohort, Option<Enrolment>) {
    match enrolment {
        Some(enrolment) => {
            let (cohort, enrolment) = held((cohort, enrolment));
            (cohort, Some(enrolment))
        }
        None => (cohort.into(), None),
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
        .map(|found| found.map(seen))
}

/// Somebody, a cohort if there is one of that name, and their active enrolment in it.
pub type Found = (Person, Option<Cohort>, Option<Enrolment>);

/// Who holds the session, the cohort of that name, and their active enrolment in it: all that a page of a cohort asks
/// first, in one query.
pub fn place_of_session(conn: &mut Conn, secret: &SecretHash, slug: &Slug, now: Instant) -> QueryResult<Option<Found>> {
    let own = enrolments::cohort_id
        .eq(cohorts::id)
        .and(enrolments::account_id.eq(accounts::id))
        .and(enrolments::state.eq(Standing::Active));
    let found: Option<(PersonRow, Option<CohortRow>, Option<EnrolmentRow>)> = each!(conn, c => sessions::table
        .inner_join(accounts::table)
        .left_join(cohorts::table.on(cohorts::slug.eq(slug.clone())))
        .left_join(enrolments::table.on(own))
        .filter(is_held(secret.as_str(), now))
        .select((PERSON, Option::<CohortRow>::as_select(), Option::<EnrolmentRow>::as_select()))
        .first(c)
        .optional())?;
    Ok(found.map(|(person, cohort, enrolment)| {
        let (cohort, enrolment) = cohort.map(|cohort| seen((cohort, enrolment))).unzip();
        (person.into(), cohort, enrolment.flatten())
    }))
}

/// Whether the account had a learner's place in the cohort and gave it up.
pub fn has_left(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<bool> {
    let place = enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::account_id.eq(account))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Withdrawn));
    diesel::select(diesel::dsl::exists(place)).get_result(conn)
}

pub fn list_breaks(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Break>> {
    breaks::table
        .filter(breaks::cohort_id.eq(cohort))
        .order(breaks::first_day)
        .select((breaks::name, breaks::first_day, breaks::last_day))
        .load::<(String, NaiveDate, NaiveDate)>(conn)
        .map(|rows| rows.into_iter().map(|(name, first_day, last_day)| Break { name, first_day, last_day }).collect())
}

/// The cohorts that one account is in, the newest first.
pub fn list_own(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<(Cohort, Enrolment)>> {
    enrolments::table
        .inner_join(cohorts::table)
        .filter(enrolments::account_id.eq(account))
        .filter(enrolments::state.eq(Standing::Active))
        .order((cohorts::starts_on.desc(), cohorts::id.desc()))
        .limit(50)
        .select((CohortRow::as_select(), EnrolmentRow::as_select()))
        .load::<(CohortRow, EnrolmentRow)>(conn)
        .map(|rows| rows.into_iter().map(held).collect())
}

/// Cohorts that anybody may join or ask for a place in, and that are not over: the soonest first, fifty at most.
pub fn list_open(conn: &mut Conn, today: NaiveDate) -> QueryResult<Vec<Cohort>> {
    // A course lasts some months; who joins half a year after the start would be alone.
    let earliest = today.checked_sub_months(chrono::Months::new(5)).unwrap_or(today);
    cohorts::table
        .filter(cohorts::joining.eq_any([Joining::Open, Joining::Approval]))
        .filter(cohorts::starts_on.ge(earliest))
        .order((cohorts::starts_on, cohorts::id))
        .limit(50)
        .select(CohortRow::as_select())
        .load::<CohortRow>(conn)
        .map(|rows| rows.into_iter().map(Into::into).collect())
}

/// All cohorts, the newest first, a page at a time: `before` is the id of the last one seen.
pub fn list_all(conn: &mut Conn, before: Option<CohortId>, limit: i64) -> QueryResult<Vec<Cohort>> {
    cohorts::table
        .filter(cohorts::id.lt(before.map_or(i64::MAX, |id| id.0)))
        .order(cohorts::id.desc())
        .limit(limit)
        .select(CohortRow::as_select())
        .load::<CohortRow>(conn)
        .map(|rows| rows.into_iter().map(Into::into).collect())
}

/// Every cohort of a programme.
pub fn list_of_programme(conn: &mut Conn, programme: &Slug) -> QueryResult<Vec<Cohort>> {
    cohorts::table
        .filter(cohorts::programme.eq(programme))
        .order(cohorts::id)
        .select(CohortRow::as_select())
        .load::<CohortRow>(conn)
        .map(|rows| rows.into_iter().map(Into::into).collect())
}

pub fn find(conn: &mut Conn, slug: &Slug) -> QueryResult<Option<Cohort>> {
    cohorts::table
        .filter(cohorts::slug.eq(slug))
        .select(CohortRow::as_select())
        .first::<CohortRow>(conn)
        .optional()
        .map(|row| row.map(Into::into))
}

pub fn find_by_id(conn: &mut Conn, id: CohortId) -> QueryResult<Option<Cohort>> {
    cohorts::table
        .find(id)
        .select(CohortRow::as_select())
        .first::<CohortRow>(conn)
        .optional()
        .map(|row| row.map(Into::into))
}

pub fn set_joining(conn: &mut Conn, cohort: CohortId, joining: Joining) -> QueryResult<()> {
    diesel::update(cohorts::table.find(cohort)).set(cohorts::joining.eq(joining)).execute(conn).map(drop)
}

/// Enrols, or brings back who had withdrawn; the role is the one given. Doing it again changes nothing.
pub fn enrol(conn: &mut Conn, cohort: CohortId, account: AccountId, role: Role, now: Instant) -> QueryResult<()> {
    diesel::insert_into(enrolments::table)
        .values((
            enrolments::cohort_id.eq(cohort),
            enrolments::account_id.eq(account),
            enrolments::role.eq(role),
            enrolments::state.eq(Standing::Active),
            enrolments::enrolled_at.eq(now),
            enrolments::unsubscribe_token.eq(Secret::random().as_str()),
        ))
        .on_conflict((enrolments::cohort_id, enrolments::account_id))
        .do_update()
        .set((enrolments::role.eq(role), enrolments::state.eq(Standing::Active)))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Name and address of each facilitator.
pub fn list_facilitators(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(EnrolmentId, String, String)>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Facilitator))
        .filter(enrolments::state.eq(Standing::Active))
        .order((accounts::name, enrolments::id))
        .limit(100)
        .select((enrolments::id, accounts::name, accounts::email))
        .load(conn)
}

/// How many active learners.
pub fn count_learners(conn: &mut Conn, cohort: CohortId) -> QueryResult<i64> {
    enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Active))
        .count()
        .get_result(conn)
}

/// The verified account of an address.
pub fn account_of(conn: &mut Conn, email_key: &str) -> QueryResult<Option<AccountId>> {
    accounts::table
        .filter(accounts::email_key.eq(email_key))
        .filter(accounts::verified_at.is_not_null())
        .select(accounts::id)
        .first(conn)
        .optional()
}

/// Counts one change of the schedule. False if it has been changed since it was read as `expected`.
pub fn bump_schedule_version(conn: &mut Conn, cohort: CohortId, expected: i32) -> QueryResult<bool> {
    let unchanged = cohorts::table.filter(cohorts::id.eq(cohort)).filter(cohorts::schedule_version.eq(expected));
    let counted = diesel::update(unchanged).set(cohorts::schedule_version.eq(expected + 1)).execute(conn)?;
    Ok(counted == 1)
}

/// Notes that somebody was here. In a transaction it also holds their row, so that two requests of theirs take turns.
pub fn touch(conn: &mut Conn, enrolment: EnrolmentId, now: Instant) -> QueryResult<()> {
    diesel::update(enrolments::table.find(enrolment)).set(enrolments::last_seen_at.eq(now)).execute(conn).map(drop)
}
