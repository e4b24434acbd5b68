//! A cohort as it is made, and what is changed of it later.

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

use super::CohortRow;
use crate::cohort::{Break, Cohort, CohortId, Joining};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::zone::Zone;
use crate::schema::{breaks, cohorts};

/// A cohort to be made.
#[derive(Debug, Clone)]
pub struct NewCohort {
    pub programme: Slug,
    pub name: String,
    pub starts_on: NaiveDate,
    pub release_time: NaiveTime,
    pub zone: Zone,
    pub joining: Joining,
    pub breaks: Vec<Break>,
}

/// Makes the cohort with its breaks; its address comes from its name, with a number behind it where that is taken.
pub fn create(conn: &mut Conn, new: &NewCohort, now: Instant) -> QueryResult<Cohort> {
    let slug = free_slug(conn, &new.name)?;
    let NewCohort { programme, name, starts_on, release_time, zone, joining, breaks } = new.clone();
    let cohort = Cohort {
        id: CohortId(0),
        slug,
        programme,
        name,
        starts_on,
        release_time,
        zone,
        orientation_days: 7,
        closes_on: None,
        access_ends_on: None,
        joining,
        schedule_version: 1,
        extra_until: None,
        before: String::new(),
    };
    create_as(conn, &cohort, &breaks, now)
}

/// Makes this cohort, at the address that it has, with these breaks. Its id is the database's, and its schedule is new.
pub fn create_as(conn: &mut Conn, new: &Cohort, pauses: &[Break], now: Instant) -> QueryResult<Cohort> {
    let row: CohortRow = diesel::insert_into(cohorts::table)
        .values((
            cohorts::slug.eq(&new.slug),
            cohorts::programme.eq(&new.programme),
            cohorts::name.eq(&new.name),
            cohorts::starts_on.eq(new.starts_on),
            cohorts::release_time.eq(new.release_time),
            cohorts::time_zone.eq(new.zone.name()),
            cohorts::orientation_days.eq(new.orientation_days),
            cohorts::closes_on.eq(new.closes_on),
            cohorts::access_ends_on.eq(new.access_ends_on),
            cohorts::joining.eq(new.joining),
            cohorts::schedule_version.eq(1),
            cohorts::created_at.eq(now),
        ))
        .returning(<CohortRow as Selectable<crate::platform::db::MultiBackend>>::construct_selection())
        .get_result(conn)?;
    let cohort: Cohort = row.into();
    for pause in pauses {
        diesel::insert_into(breaks::table)
            .values((
                breaks::cohort_id.eq(cohort.id),
                breaks::name.eq(&pause.name),
                breaks::first_day.eq(pause.first_day),
                breaks::last_day.eq(pause.last_day),
            ))
            .execute(conn)?;
    }
    Ok(cohort)
}

/// Keeps a cohort's name and its last days as they are here. What is made from the schedule, such as calendars, is new with it.
pub fn change_details(conn: &mut Conn, wanted: &Cohort) -> QueryResult<()> {
    diesel::update(cohorts::table.find(wanted.id))
        .set((
            cohorts::name.eq(&wanted.name),
            cohorts::closes_on.eq(wanted.closes_on),
            cohorts::access_ends_on.eq(wanted.access_ends_on),
            cohorts::schedule_version.eq(cohorts::schedule_version + 1),
        ))
        .execute(conn)
        .map(drop)
}

/// The address that a name suggests, with a number behind it where that is taken.
pub fn free_slug(conn: &mut Conn, name: &str) -> QueryResult<Slug> {
    let fallback = || Slug::parse("cohort").ok_or(diesel::result::Error::NotFound);
    let plain = Slug::from_title(name).map_or_else(fallback, Ok)?;
    let stem: String = plain.as_str().chars().take(70).collect();
    let taken: Vec<Slug> =
        cohorts::table.filter(cohorts::slug.like(format!("{stem}%"))).select(cohorts::slug).load(conn)?;
    if !taken.contains(&plain) {
        return Ok(plain);
    }
    (2..)
        .filter_map(|n| Slug::parse(&format!("{}-{n}", stem.trim_end_matches('-'))))
        .find(|slug| !taken.contains(slug))
        .map_or_else(fallback, Ok)
}
