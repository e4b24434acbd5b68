//! A course's dates for people's own calendar programs. Held units have none, and of a unit that is not open it says the
//! title alone.

use super::calendar::{Date, Dates, Occasion, live_title};
use super::{step_path, unit_path};
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::ics::{Calendar, Event, When};
use crate::platform::secret::fingerprint;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};
use crate::schedule::{Release, release_of};

/// How long an opening looks in a calendar, in minutes.
const OPENING: u32 = 15;

/// What the feed is made of.
pub struct Feed<'c> {
    pub cohort: &'c Cohort,
    pub programme: &'c Programme,
    pub releases: &'c [Release],
    pub base: &'c BaseUrl,
    pub now: Instant,
}

impl Feed<'_> {
    pub fn calendar(&self, dates: &Dates<'_>) -> Calendar {
        Calendar {
            name: format!("{} ({})", self.programme.title, self.cohort.name),
            events: dates.listed.iter().map(|date| self.event(date)).collect(),
        }
    }

    fn event(&self, date: &Date<'_>) -> Event {
        let cohort = self.cohort;
        let days = When::Days { first: date.first, last: date.last };
        let course = &self.programme.title;
        let (id, when, summary, path) = match date.what {
            Occasion::Break(pause) => {
                let id = format!("{}.break", pause.first_day);
                (id, days, format!("{}: no unit opens", pause.name), cohort.path())
            }
            Occasion::Opening(unit, release) => {
                let when = When::At { instant: release.opens_at, minutes: OPENING };
                (format!("{}.unit", lasting(&unit.slug, &unit.formerly)), when, opening(unit), unit_path(cohort, unit))
            }
            Occasion::Live(unit, step, session) => {
                let minutes = u32::try_from(session.minutes).unwrap_or(0);
                let when = When::At { instant: session.starts_at, minutes };
                let is_open = release_of(unit, self.releases).is_some_and(|release| release.is_open(self.now));
                let path = if is_open { step_path(cohort, unit, step) } else { unit_path(cohort, unit) };
                // A step's slug says something of what it holds, so it does not stand here as it is.
                let own = fingerprint(lasting(&step.slug, &step.formerly).as_bytes());
                let id = format!("{}.{own}.live", lasting(&unit.slug, &unit.formerly));
                (id, when, live_title(unit, step, is_open), path)
            }
            Occasion::LastToTakePart => {
                ("closing".into(), days, format!("Last day to take part: {course}"), cohort.path())
            }
            Occasion::LastOfAccess => ("access".into(), days, format!("Last day of access: {course}"), cohort.path()),
        };
        let session = if let Occasion::Live(_, _, session) = date.what { Some(session) } else { None };
        Event {
            uid: format!("{id}.{}@{}", cohort.slug, self.base.host()),
            sequence: session.map_or(cohort.schedule_version, |session| session.version),
            when,
            summary,
            url: self.base.join(&path),
            busy: session.is_some(),
            called_off: session.is_some_and(|session| session.called_off),
        }
    }
}

/// The name that an event keeps for good: a unit's or step's first, whatever it is called later.
fn lasting<'s>(slug: &'s Slug, formerly: &'s [Slug]) -> &'s str {
    formerly.first().unwrap_or(slug).as_str()
}

/// `Week 3 opens: Who is here`; a unit 0 says in its title what it is.
fn opening(unit: &Unit) -> String {
    match unit.number {
        0 => format!("Opens: {}", unit.title),
        _ => format!("{} opens: {}", unit.label(), unit.title),
    }
}
