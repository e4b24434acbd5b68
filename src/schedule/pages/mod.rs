//! The facilitators' schedule: all units, one unit's forms, the breaks, what a change would do, the change itself, and what
//! was changed before.

mod breaks;
mod effects;
mod form;
mod history;
mod list;
mod preview;
mod unit;
mod words;

pub use breaks::show as show_breaks;
pub use history::show as show_history;
pub use list::show;
pub use preview::{Proposed, preview, save};
pub use unit::show as show_unit;
pub use words::{clock_change, day_with_year, days_of};

use chrono::NaiveDateTime;

use super::{Release, Settings, Terms, in_order, store};
use crate::cohort::{self, Break, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::{Slug, count};
use crate::platform::web::{Ask, Error};
use crate::programme::{Catalogue, Programme, Unit};

/// A cohort's schedule, as a facilitator has it in front of them. `units` and `releases` go together, in order.
struct Sheet<'c> {
    place: Place,
    programme: &'c Programme,
    units: Vec<&'c Unit>,
    releases: Vec<Release>,
    breaks: Vec<Break>,
    settings: Settings,
    /// Live sessions that have a time: of which unit, on the wall, and when that is.
    sessions: Vec<(Slug, NaiveDateTime, Instant)>,
    learners: i64,
}

impl<'c> Sheet<'c> {
    /// For facilitators alone. Six queries.
    fn read(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, slug: &str) -> Result<Self, Error> {
        let place = cohort::gate::facilitated(conn, ask, slug)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let (units, releases) = in_order(programme, &store::list_releases(conn, place.cohort.id)?);
        let breaks = cohort::store::list_breaks(conn, place.cohort.id)?;
        let settings = store::find_settings(conn, place.cohort.id)?;
        let sessions = store::list_session_times(conn, place.cohort.id)?;
        let learners = cohort::store::count_learners(conn, place.cohort.id)?;
        Ok(Self { place, programme, units, releases, breaks, settings, sessions, learners })
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
