//! Live sessions: when a cohort meets, the way in, the recording, and who was there.
//!
//! The programme says that there is a session and what happens in it; the cohort's facilitators say when and where.

pub mod pages;
pub mod store;

use chrono::{NaiveDateTime, TimeDelta};

use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::secret::fingerprint;
use crate::platform::text::Slug;
use crate::programme::{Step, StepKind, Unit};
use crate::words;

words! {
    /// How somebody took part.
    Presence { There = "there", CaughtUp = "caught-up" }
}

/// So many minutes before the start the way in is shown.
const DOORS: i64 = 15;
/// And so many after the end it still is, for sessions run over.
const LINGER: i64 = 30;

/// One session as its facilitators planned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub unit: Slug,
    pub step: Slug,
    /// The wall time in the cohort's zone.
    pub local_time: NaiveDateTime,
    pub starts_at: Instant,
    pub minutes: i32,
    /// The way in, an https address. Empty: not known yet.
    pub link: String,
    /// Where it can be seen afterwards, an https address. Empty: there is none.
    pub recording: String,
    /// Counts every change.
    pub version: i32,
    /// It was planned and does not take place; a calendar that showed it is told.
    pub called_off: bool,
}

/// Where a session stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Ahead,
    /// One may come in.
    DoorsOpen,
    Over,
}

impl Session {
    pub fn ends_at(&self) -> Instant {
        self.starts_at + TimeDelta::minutes(self.minutes.into())
    }

    pub fn doors_open_at(&self) -> Instant {
        self.starts_at - TimeDelta::minutes(DOORS)
    }

    pub fn moment(&self, now: Instant) -> Moment {
        match now {
            now if now < self.doors_open_at() => Moment::Ahead,
            now if now < self.ends_at() + TimeDelta::minutes(LINGER) => Moment::DoorsOpen,
            _ => Moment::Over,
        }
    }

    pub fn has_begun(&self, now: Instant) -> bool {
        now >= self.starts_at
    }

    /// Whether it is this step's, also where the step or its unit had another slug when it was planned.
    pub fn is_of(&self, unit: &Unit, step: &Step) -> bool {
        unit.is_called(&self.unit) && step.is_called(&self.step)
    }
}

/// Every live session of the units, in their order.
pub fn steps<'c>(units: impl IntoIterator<Item = &'c Unit>) -> impl Iterator<Item = (&'c Unit, &'c Step)> {
    let live = |unit: &'c Unit| unit.steps.iter().filter(|s| s.kind == StepKind::LiveSession).map(move |s| (unit, s));
    units.into_iter().flat_map(live)
}

/// The session planned for a step, called off or not.
pub fn session_of<'s>(unit: &Unit, step: &Step, sessions: &'s [Session]) -> Option<&'s Session> {
    sessions.iter().find(|session| session.is_of(unit, step))
}

/// The name that a unit or step keeps for good: its first, whatever it is called later.
pub fn lasting<'s>(slug: &'s Slug, formerly: &'s [Slug]) -> &'s str {
    formerly.first().unwrap_or(slug).as_str()
}

/// By this name calendars know the session again. `host`: of the base URL.
pub fn calendar_uid(cohort: &Cohort, unit: &Unit, step: &Step, host: &str) -> String {
    // A step's slug says something of what it holds, so it does not stand here as it is.
    let own = fingerprint(lasting(&step.slug, &step.formerly).as_bytes());
    format!("{}.{own}.live.{}@{host}", lasting(&unit.slug, &unit.formerly), cohort.slug)
}

/// As those may know it to whom its unit is not open: by its unit alone.
pub fn title(unit: &Unit, step: &Step, is_open: bool) -> String {
    match (is_open, unit.number) {
        (true, _) => step.title.clone(),
        (false, 0) => "Live session of the orientation".into(),
        (false, week) => format!("Live session of week {week}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let at = |text: &str| text.parse().unwrap();
        let local_time = NaiveDateTime::new(at_day("2027-01-14"), at("12:30:00"));
        Session {
            unit: Slug::parse("one").unwrap(),
            step: Slug::parse("live").unwrap(),
            local_time,
            starts_at: Instant::from_utc(local_time),
            minutes: 60,
            link: String::new(),
            recording: String::new(),
            version: 1,
            called_off: false,
        }
    }

    fn at_day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_door_opens_a_quarter_of_an_hour_before_and_stays_open_a_while() {
        let session = session();
        let moment = |minutes: i64| session.moment(session.starts_at + TimeDelta::minutes(minutes));
        assert_eq!([moment(-16), moment(-15), moment(0)], [Moment::Ahead, Moment::DoorsOpen, Moment::DoorsOpen]);
        assert_eq!([moment(60), moment(89), moment(90)], [Moment::DoorsOpen, Moment::DoorsOpen, Moment::Over]);
        assert!(!session.has_begun(session.doors_open_at()) && session.has_begun(session.starts_at));
    }
}
