//! What opens when: pure date rules over a cohort's start, hour, zone and breaks. Made by [`gate`]: proof that a unit
//! or step is open to somebody.

pub mod gate;
pub mod pages;
pub mod plan;
pub mod store;

use chrono::{Days, NaiveDateTime, NaiveTime};

use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;

pub use plan::planned;

/// When one unit opens for one cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub unit: Slug,
    /// The wall time in the cohort's zone.
    pub local_time: NaiveDateTime,
    pub opens_at: Instant,
    /// Set by a facilitator: a change of the cohort's dates leaves it alone.
    pub set_by_hand: bool,
    /// Closed until a facilitator opens it.
    pub held: bool,
    /// That it has opened is an event: a clock that steps back does not close it.
    pub opened_at: Option<Instant>,
}

impl Release {
    pub fn is_open(&self, now: Instant) -> bool {
        !self.held && (self.opened_at.is_some() || now >= self.opens_at)
    }
}

/// From when on discussions are read-only and reminders stop: set by hand, otherwise 4 weeks after the last release.
pub fn closes_at(cohort: &Cohort, releases: &[Release]) -> Instant {
    if let Some(day) = cohort.closes_on {
        return cohort.zone.instant(day.and_time(NaiveTime::MIN));
    }
    let last = releases.iter().map(|r| r.local_time).max();
    let four_weeks_later = last.and_then(|local| local.checked_add_days(Days::new(28)));
    four_weeks_later.map_or(cohort.access_ends_at(), |local| cohort.zone.instant(local))
}
