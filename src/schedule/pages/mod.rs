//! The facilitators' schedule: all units, one unit's forms, what a change would do, and the change itself.

mod effects;
mod form;
mod list;
mod preview;
mod unit;
mod words;

pub use list::show;
pub use preview::{preview, save};
pub use unit::show as show_unit;
pub use words::clock_change;

use super::{Release, Settings, Terms, in_order, store};
use crate::cohort::{self, Break, Place};
use crate::platform::db::Conn;
use crate::platform::text::count;
use crate::platform::web::{Ask, Error};
use crate::programme::{Catalogue, Unit};

/// A cohort's schedule, as a facilitator has it in front of them. `units` and `releases` go together, in order.
struct Sheet<'c> {
    place: Place,
    units: Vec<&'c Unit>,
    releases: Vec<Release>,
    breaks: Vec<Break>,
    settings: Settings,
    learners: i64,
}

impl<'c> Sheet<'c> {
    /// For facilitators alone. Five queries.
    fn read(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, slug: &str) -> Result<Self, Error> {
        let place = cohort::gate::facilitated(conn, ask, slug)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let (units, releases) = in_order(programme, &store::list_releases(conn, place.cohort.id)?);
        let breaks = cohort::store::list_breaks(conn, place.cohort.id)?;
        let settings = store::find_settings(conn, place.cohort.id)?;
        let learners = cohort::store::count_learners(conn, place.cohort.id)?;
        Ok(Self { place, units, releases, breaks, settings, learners })
    }

    fn path(&self) -> String {
        format!("{}/manage/schedule", self.place.cohort.path())
    }

    /// Where the unit stands in `units`.
    fn position(&self, number: &str) -> Result<usize, Error> {
        let number: u16 = number.parse().map_err(|_| Error::NotFound)?;
        self.units.iter().position(|u| u.number == number).ok_or(Error::NotFound)
    }

    fn terms(&self, ask: &Ask) -> Terms<'_> {
        Terms { cohort: &self.place.cohort, breaks: &self.breaks, now: ask.now, confirmed: true }
    }

    /// 'Spring 2027 · 34 learners · Europe/London'
    fn eyebrow(&self) -> String {
        let cohort = &self.place.cohort;
        let learners = count(usize::try_from(self.learners).unwrap_or(0), "learner");
        format!("{} · {learners} · {}", cohort.name, cohort.zone.name())
    }
}
