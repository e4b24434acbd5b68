//! A course's dates for people's own calendar programs. Held units have none, and of a unit that is not open it says the
//! title alone.

use super::calendar::{Date, Dates, Occasion};
use super::{step_path, unit_path};
use crate::cohort::Cohort;
use crate::live::{self, lasting};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::ics::{Calendar, Event, When};
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
        let (cohort, host) = (self.cohort, self.base.host());
        let own = |id: &str| format!("{id}.{}@{host}", cohort.slug);
        let days = When::Days { first: date.first, last: date.last };
        let course = &self.programme.title;
        let (uid, when, summary, path) = match date.what {
            Occasion::Break(pause) => {
                let id = format!("{}.break", pause.first_day);
                (own(&id), days, format!("{}: no unit opens", pause.name), cohort.path())
            }
            Occasion::Opening(unit, release) => {
                let when = When::At { instant: release.opens_at, minutes: OPENING };
                let id = format!("{}.unit", lasting(&unit.slug, &unit.formerly));
                (own(&id), when, opening(unit), unit_path(cohort, unit))
            }
            Occasion::Live(unit, step, session) => {
                let minutes = u32::try_from(session.minutes).unwrap_or(0);
                let when = When::At { instant: session.starts_at, minutes };
                let is_open = release_of(unit, self.releases).is_some_and(|release| release.is_open(self.now));
                let path = if is_open { step_path(cohort, unit, step) } else { unit_path(cohort, unit) };
                (live::calendar_uid(cohort, unit, step, host), when, live::title(unit, step, is_open), path)
            }
            Occasion::LastToTakePart => {
                (own("closing"), days, format!("Last day to take part: {course}"), cohort.path())
            }
            Occasion::LastOfAccess => (own("access"), days, format!("Last day of access: {course}"), cohort.path()),
        };
        let session = if let Occasion::Live(_, _, session) = date.what { Some(session) } else { None };
        Event {
            uid,
            sequence: session.map_or(cohort.schedule_version, |session| session.version),
            when,
            summary,
            url: self.base.join(&path),
            busy: session.is_some(),
            called_off: session.is_some_and(|session| session.called_off),
        }
    }
}

/// `Week 3 opens: Who is here`; a unit 0 says in its title what it is.
fn opening(unit: &Unit) -> String {
    match unit.number {
        0 => format!("Opens: {}", unit.title),
        _ => format!("{} opens: {}", unit.label(), unit.title),
    }
}
