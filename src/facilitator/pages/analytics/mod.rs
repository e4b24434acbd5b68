//! How a cohort goes through its course, in charts with a table of equal standing under each; and the same for spreadsheets.

pub mod show;
pub mod tables;
pub mod unit;

use crate::cohort::{Place, gate};
use crate::completion::store::StepKey;
use crate::facilitator::analytics::Item;
use crate::platform::chart::percent_words;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error};
use crate::programme::{Catalogue, Programme, QuizOption, Unit};
use crate::schedule::{self, Release};

/// What every one of these pages begins with. Two queries.
struct Desk<'c> {
    place: Place,
    programme: &'c Programme,
    releases: Vec<Release>,
    now: Instant,
}

impl<'c> Desk<'c> {
    fn of(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, slug: &str) -> Result<Self, Error> {
        let place = gate::facilitated(conn, ask, slug)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = schedule::store::list_releases(conn, place.cohort.id)?;
        Ok(Self { place, programme, releases, now: ask.now })
    }

    fn is_open(&self, unit: &Unit) -> bool {
        schedule::release_of(unit, &self.releases).is_some_and(|release| release.is_open(self.now))
    }

    /// The day of its release, in UTC as the kept sums have their days.
    fn released_on(&self, unit: &Unit) -> Option<chrono::NaiveDate> {
        schedule::release_of(unit, &self.releases).map(|release| release.opens_at.utc().date_naive())
    }

    fn path(&self) -> String {
        format!("{}/manage/analytics", self.place.cohort.path())
    }
}

/// A unit and its step by what they are called now; what the course no longer has is called by its address.
fn called(programme: &Programme, (unit, step): StepKey<'_>, title: fn(&Unit) -> String) -> (String, String) {
    let found = programme.unit_called(unit);
    let named = found.and_then(|unit| unit.step_called(step));
    (found.map_or_else(|| unit.to_string(), title), named.map_or_else(|| step.to_string(), |step| step.title.clone()))
}

/// What was chosen wrongly or, of several right options, left out.
fn mistake(option: &QuizOption) -> String {
    if option.right { format!("Left out: {}", option.text) } else { option.text.clone() }
}

/// `72% (18 of 25)`; of nobody there is no share.
fn right_in_words(item: &Item<'_>) -> String {
    match item.answered {
        0 => "Not answered yet".into(),
        all => format!("{} ({} of {all})", percent_words(item.right, all), item.right),
    }
}
