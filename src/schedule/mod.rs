//! What opens when: pure date rules over a cohort's start, hour, zone and breaks. Made by [`gate`]: proof that a unit
//! or step is open to somebody.

pub mod change;
pub mod choices;
pub mod due;
pub mod gate;
mod holidays;
mod moving;
pub mod pages;
pub mod plan;
#[cfg(test)]
mod sample;
pub mod store;

use chrono::NaiveDateTime;

use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};

pub use change::{Change, Revision, ScheduleFault, Side, Terms, apply};
pub use choices::{Choices, Settings};
pub use holidays::{bank_holiday, bank_holidays};
pub use plan::{closes_at, closes_on, last_day, planned};

crate::id!(ChangeId);

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

    /// Whether it is open before its time: to one learner, where the releases were read for them.
    pub fn is_early(&self, now: Instant) -> bool {
        self.is_open(now) && now < self.opens_at
    }
}

/// The programme's units with their releases, by number. A unit without a release, and a release whose unit the
/// programme no longer has, is left out.
pub fn in_order<'c>(programme: &'c Programme, releases: &[Release]) -> (Vec<&'c Unit>, Vec<Release>) {
    let of = |unit: &'c Unit| release_of(unit, releases).map(|release| (unit, release.clone()));
    programme.units.iter().filter_map(of).unzip()
}

/// The unit's release, also where it was made under an earlier slug.
pub fn release_of<'r>(unit: &Unit, releases: &'r [Release]) -> Option<&'r Release> {
    let own = |r: &&Release| r.unit == unit.slug;
    let former = |r: &&Release| unit.formerly.contains(&r.unit);
    releases.iter().find(own).or_else(|| releases.iter().find(former))
}
