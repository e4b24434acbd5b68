//! A small programme and cohort for the tests of this folder.

use chrono::{Days, NaiveDate, NaiveTime};

use crate::cohort::{Cohort, CohortId, Joining};
use crate::platform::clock::Instant;
use crate::platform::zone::Zone;
pub use crate::programme::sample::slug;
use crate::programme::{Practice, Programme, Step, Unit, sample};
use crate::reminder::store::Course;
use crate::schedule::{Release, Settings};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Of a local wall time such as `2027-03-29 09:00`.
pub fn at(zone: &Zone, text: &str) -> Instant {
    zone.instant(chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

pub fn cohort(zone: &str, starts_on: &str) -> Cohort {
    Cohort {
        id: CohortId(1),
        slug: slug("spring"),
        programme: slug("networks"),
        name: "Spring 2027 & friends".into(),
        starts_on: day(starts_on),
        release_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
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

/// As it comes: nothing chosen, nothing sent.
pub fn course(cohort: &Cohort, releases: &[Release]) -> Course {
    Course {
        cohort: cohort.clone(),
        releases: releases.to_vec(),
        settings: Settings::default(),
        sessions: Vec::new(),
        runs: Vec::new(),
    }
}

/// Weekly units from the cohort's start.
pub fn releases(cohort: &Cohort, units: u16) -> Vec<Release> {
    (0..units)
        .map(|week| {
            let on = cohort.starts_on.checked_add_days(Days::new(u64::from(week) * 7)).unwrap();
            release(cohort, week + 1, on)
        })
        .collect()
}

pub fn release(cohort: &Cohort, unit: u16, on: NaiveDate) -> Release {
    let local_time = on.and_time(cohort.release_time);
    Release {
        unit: slug(&format!("unit-{unit}")),
        local_time,
        opens_at: cohort.zone.instant(local_time),
        set_by_hand: false,
        held: false,
        opened_at: None,
    }
}

pub fn programme(units: u16) -> Programme {
    let plain = sample::programme((1..=units).map(unit).collect());
    Programme { title: "Networks <for change>".into(), effort: "2 to 3 hours a week.".into(), ..plain }
}

pub fn unit(number: u16) -> Unit {
    let steps = (1..=3).map(|place| step(place, place < 3)).collect();
    Unit {
        title: "Trust, safety & belonging".into(),
        minutes: 60,
        summary: "Trust is a by-product of doing modest things together.".into(),
        practice: Some(Practice { title: "A promise".into(), minutes: 20, html: String::new() }),
        ..sample::unit(number, &format!("unit-{number}"), steps)
    }
}

fn step(place: u16, required: bool) -> Step {
    let title = if place == 2 { "A long title that goes on and on until it needs a second line" } else { "Loops" };
    Step {
        formerly: vec![slug(&format!("old-{place}"))],
        title: title.into(),
        minutes: 10 * u32::from(place),
        ..sample::step(place, &format!("step-{place}"), required)
    }
}
