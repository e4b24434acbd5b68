//! Live sessions and who was there, as they are kept.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{Presence, Session};
use crate::cohort::{CohortId, EnrolmentId};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::schema::{accounts, attendances, cohorts, enrolments, live_sessions};

/// How many names a page of those who were there shows.
pub const PAGE: usize = 100;

#[derive(Queryable, Selectable)]
#[diesel(table_name = live_sessions)]
struct Row {
    unit: Slug,
    step: Slug,
    local_time: NaiveDateTime,
    starts_at: Instant,
    minutes: i32,
    link: String,
    recording: String,
    version: i32,
    called_off: bool,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        let Row { unit, step, local_time, starts_at, minutes, link, recording, version, called_off } = row;
        Self { unit, step, local_time, starts_at, minutes, link, recording, version, called_off }
    }
}

/// All that the cohort planned, called off or not, by time.
pub fn list(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Session>> {
    let rows: Vec<Row> = each!(conn, c => live_sessions::table
        .filter(live_sessions::cohort_id.eq(cohort))
        .order((live_sessions::starts_at, live_sessions::id))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The same of several cohorts.
pub fn list_all(conn: &mut Conn, cohorts: &[CohortId]) -> QueryResult<Vec<(CohortId, Session)>> {
    let rows: Vec<(CohortId, Row)> = live_sessions::table
        .filter(live_sessions::cohort_id.eq_any(cohorts))
        .order((live_sessions::cohort_id, live_sessions::starts_at, live_sessions::id))
        .select((live_sessions::cohort_id, Row::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(cohort, row)| (cohort, row.into())).collect())
}

/// Keeps the session, in the place of its earlier plan if that is still the one that was changed: its version is one less.
/// False: somebody else changed it in the meantime, and nothing was saved.
pub fn save(conn: &mut Conn, cohort: CohortId, session: &Session) -> QueryResult<bool> {
    let fresh = (
        live_sessions::local_time.eq(session.local_time),
        live_sessions::starts_at.eq(session.starts_at),
        live_sessions::minutes.eq(session.minutes),
        live_sessions::link.eq(&session.link),
        live_sessions::recording.eq(&session.recording),
        live_sessions::version.eq(session.version),
        live_sessions::called_off.eq(session.called_off),
    );
    let whose = (
        live_sessions::cohort_id.eq(cohort),
        live_sessions::unit.eq(&session.unit),
        live_sessions::step.eq(&session.step),
    );
    let saved = if session.version == 1 {
        diesel::insert_into(live_sessions::table)
            .values((whose, fresh))
            .on_conflict_do_nothing()
            .on_both()
            .execute(conn)?
    } else {
        let planned = live_sessions::table
            .filter(live_sessions::cohort_id.eq(cohort))
            .filter(live_sessions::unit.eq(&session.unit))
            .filter(live_sessions::step.eq(&session.step))
            .filter(live_sessions::version.eq(session.version - 1));
        diesel::update(planned).set(fresh).execute(conn)?
    };
    Ok(saved == 1)
}

/// Notes how somebody took part; what they say last stands.
pub fn attend(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): (&Slug, &Slug),
    presence: Presence,
    now: Instant,
) -> QueryResult<()> {
    let fresh = (attendances::presence.eq(presence), attendances::said_at.eq(now));
    diesel::insert_into(attendances::table)
        .values((
            attendances::enrolment_id.eq(enrolment),
            attendances::unit.eq(unit),
            attendances::step.eq(step),
            fresh,
        ))
        .on_conflict((attendances::enrolment_id, attendances::unit, attendances::step))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Takes back what somebody said.
pub fn forget(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): (&Slug, &Slug)) -> QueryResult<()> {
    let said = attendances::table
        .filter(attendances::enrolment_id.eq(enrolment))
        .filter(attendances::unit.eq(unit))
        .filter(attendances::step.eq(step));
    diesel::delete(said).execute(conn).map(drop)
}

pub fn presence(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): (&Slug, &Slug),
) -> QueryResult<Option<Presence>> {
    attendances::table
        .filter(attendances::enrolment_id.eq(enrolment))
        .filter(attendances::unit.eq(unit))
        .filter(attendances::step.eq(step))
        .select(attendances::presence)
        .first(conn)
        .optional()
}

/// How many took part, by session and how.
pub fn count_present(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(Slug, Slug, Presence, i64)>> {
    attendances::table
        .inner_join(enrolments::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .group_by((attendances::unit, attendances::step, attendances::presence))
        .select((attendances::unit, attendances::step, attendances::presence, count_star()))
        .load(conn)
}

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Attendee {
    pub enrolment: EnrolmentId,
    pub name: String,
    pub presence: Presence,
    pub said_at: Instant,
}

/// A page of those who took part in a session and, if there are more, one of the next page; in the order in which they
/// enrolled.
pub fn list_attendees(
    conn: &mut Conn,
    cohort: CohortId,
    (unit, step): (&Slug, &Slug),
    after: Option<EnrolmentId>,
) -> QueryResult<Vec<Attendee>> {
    attendances::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(attendances::unit.eq(unit))
        .filter(attendances::step.eq(step))
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(attendances::enrolment_id.gt(after.unwrap_or(EnrolmentId(0))))
        .order(attendances::enrolment_id)
        .limit(PAGE as i64 + 1)
        .select((attendances::enrolment_id, accounts::name, attendances::presence, attendances::said_at))
        .load(conn)
}

/// Moves what stands under former slugs to those of now.
pub fn follow_renames(conn: &mut Conn, programme: &Programme) -> QueryResult<()> {
    for moved in programme.renames() {
        rename(conn, &programme.slug, moved.former, moved.now)?;
    }
    Ok(())
}

/// Where there is something under both names, that of now stands and the old stays old.
fn rename(conn: &mut Conn, programme: &Slug, from: (&Slug, &Slug), to: (&Slug, &Slug)) -> QueryResult<()> {
    let runs = || cohorts::table.filter(cohorts::programme.eq(programme)).select(cohorts::id);
    diesel::alias!(live_sessions as now_planned: NowPlanned, attendances as now_said: NowSaid);
    let planned = now_planned
        .filter(now_planned.field(live_sessions::unit).eq(to.0))
        .filter(now_planned.field(live_sessions::step).eq(to.1))
        .select(now_planned.field(live_sessions::cohort_id));
    let old = live_sessions::table
        .filter(live_sessions::unit.eq(from.0).and(live_sessions::step.eq(from.1)))
        .filter(live_sessions::cohort_id.eq_any(runs()))
        .filter(live_sessions::cohort_id.ne_all(planned));
    diesel::update(old).set((live_sessions::unit.eq(to.0), live_sessions::step.eq(to.1))).execute(conn)?;
    let said = now_said
        .filter(now_said.field(attendances::unit).eq(to.0))
        .filter(now_said.field(attendances::step).eq(to.1))
        .select(now_said.field(attendances::enrolment_id));
    let theirs = enrolments::table.filter(enrolments::cohort_id.eq_any(runs())).select(enrolments::id);
    let old = attendances::table
        .filter(attendances::unit.eq(from.0).and(attendances::step.eq(from.1)))
        .filter(attendances::enrolment_id.eq_any(theirs))
        .filter(attendances::enrolment_id.ne_all(said));
    diesel::update(old).set((attendances::unit.eq(to.0), attendances::step.eq(to.1))).execute(conn)?;
    Ok(())
}
