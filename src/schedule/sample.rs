//! The cohort of the rules' example, for the tests of the pure rules.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Release, planned};
use crate::cohort::{Break, Cohort, CohortId, Joining};
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::platform::zone::Zone;

pub fn slug(unit: u16) -> Slug {
    Slug::parse(&format!("unit-{unit}")).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

pub fn cohort_in(zone: &str, starts_on: NaiveDate, release_time: NaiveTime) -> Cohort {
    Cohort {
        id: CohortId(1),
        slug: Slug::parse("spring").unwrap(),
        programme: Slug::parse("effective-networks").unwrap(),
        name: "Spring 2027".into(),
        starts_on,
        release_time,
        zone: Zone::named(zone).unwrap(),
        orientation_days: 7,
        closes_on: None,
        access_ends_on: None,
        joining: Joining::Open,
        schedule_version: 1,
        extra_until: None,
        before: String::new(),
    }
}

pub fn spring() -> Cohort {
    cohort_in("Europe/London", day("2027-01-11"), NaiveTime::from_hms_opt(9, 0, 0).unwrap())
}

pub fn breaks() -> Vec<Break> {
    [("Half-term", "2027-02-15", "2027-02-21"), ("Easter", "2027-03-29", "2027-04-11")]
        .map(|(name, first, last)| Break { name: name.into(), first_day: day(first), last_day: day(last) })
        .into()
}

/// Units 0 to 11 as planned; those before `now` have opened.
pub fn releases(cohort: &Cohort, breaks: &[Break], now: Instant) -> Vec<Release> {
    let release = |(unit, local_time): (u16, NaiveDateTime)| {
        let opens_at = cohort.zone.instant(local_time);
        let opened_at = (opens_at <= now).then_some(opens_at);
        Release { unit: slug(unit), local_time, opens_at, set_by_hand: false, held: false, opened_at }
    };
    planned(cohort, breaks, 0..=11).into_iter().map(release).collect()
}

/// What must always hold: nothing that has yet to open is planned before a unit ahead of it.
pub fn in_order(releases: &[Release], now: Instant) -> bool {
    let waiting = |r: &Release| !r.held && !r.is_open(now);
    releases
        .iter()
        .enumerate()
        .all(|(i, r)| !waiting(r) || releases[..i].iter().all(|ahead| ahead.opens_at <= r.opens_at))
}
