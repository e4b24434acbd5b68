//! Whether the next unit is ready to open, and what comes after it. No I/O.

use chrono::{Days, NaiveDate};

use crate::cohort::{Cohort, Place};
use crate::live::{self, Session};
use crate::platform::clock::Instant;
use crate::platform::text::{count, duration};
use crate::platform::zone::day_in_words;
use crate::programme::Unit;
use crate::schedule::due::{Kind, Timing};
use crate::schedule::pages::clock_change;
use crate::schedule::{Release, Settings, bank_holiday};

/// How many things to come are named.
const COMING: usize = 6;
/// So many days of a unit are looked at.
const WEEK: Days = Days::new(6);

/// What is known of a cohort's weeks. `units` and `releases` go together, in order.
pub(super) struct Plan<'a> {
    pub place: &'a Place,
    pub units: &'a [&'a Unit],
    pub releases: &'a [Release],
    pub settings: &'a Settings,
    pub sessions: &'a [Session],
    pub now: Instant,
}

/// Something that is ready, or is to be settled before the unit opens.
pub(super) struct Check {
    pub is_ready: bool,
    pub words: String,
    /// Where to see to it, and the words of the way.
    pub way: Option<(String, String)>,
}

/// Something that comes by itself.
pub(super) struct Coming {
    pub at: Instant,
    pub when: String,
    pub what: String,
    pub href: String,
}

impl<'a> Plan<'a> {
    /// The unit that opens next; one that is held waits for its facilitator and is next too.
    pub fn next(&self) -> Option<(&'a Unit, &'a Release)> {
        let ahead = self.units.iter().copied().zip(self.releases).filter(|(_, release)| !release.is_open(self.now));
        ahead.min_by_key(|(_, release)| release.opens_at)
    }

    pub fn checks(&self, unit: &Unit, release: &Release) -> Vec<Check> {
        let mut checks = vec![self.opening(unit, release), self.content(unit)];
        checks.extend(self.mails(unit));
        checks.extend(self.meetings(unit));
        checks.extend(self.calendar(release));
        checks.sort_by_key(|check| check.is_ready);
        checks
    }

    fn opening(&self, unit: &Unit, release: &Release) -> Check {
        let schedule = format!("{}/{}", self.manage("schedule"), unit.number);
        if release.held {
            let words = "It is held: it stays closed until you open it.".into();
            return Check { is_ready: false, words, way: Some((schedule, format!("Open unit {}", unit.number))) };
        }
        ready("It opens by itself.")
    }

    fn content(&self, unit: &Unit) -> Check {
        let minutes = unit.steps.iter().map(|step| step.minutes).sum();
        let words = format!("{}, {}", count(unit.steps.len(), "step"), duration(minutes));
        let href = format!("{}/units/{}", self.place.cohort.path(), unit.number);
        Check { is_ready: !unit.steps.is_empty(), words, way: Some((href, "Look through it".into())) }
    }

    fn mails(&self, unit: &Unit) -> Option<Check> {
        let place = self.units.iter().position(|other| other.slug == unit.slug)?;
        let timing = self.timing();
        let on = |kind: Kind| self.settings.is_on(unit, kind);
        let goes = |kind: Kind| timing.due(place, kind).filter(|_| on(kind)).map(|at| (kind, at));
        let planned: Vec<String> = [Kind::Opens, Kind::Nudge, Kind::WrapUp]
            .into_iter()
            .filter_map(goes)
            .map(|(kind, at)| format!("{} {}", kind.label(), day_in_words(self.place.cohort.zone.local_date(at))))
            .collect();
        let way = Some((format!("{}/preview", self.manage("reminders")), "See each mail".to_owned()));
        if !on(Kind::Opens) {
            let words = "The mail that says it has opened is switched off.".into();
            let settings = format!("{}/settings/{}", self.manage("reminders"), unit.number);
            return Some(Check { is_ready: false, words, way: Some((settings, "Change that".into())) });
        }
        let words = if planned.is_empty() {
            "No reminder is planned while it is held.".into()
        } else {
            format!("Reminders: {}.", planned.join(", "))
        };
        Some(Check { is_ready: true, words, way })
    }

    fn meetings(&self, unit: &'a Unit) -> impl Iterator<Item = Check> {
        live::steps([unit]).map(move |(unit, step)| {
            let href = format!("{}/{}/{}", self.manage("live"), unit.number, step.slug);
            let (is_ready, words, way) = match live::session_of(unit, step, self.sessions) {
                None => (false, "The live session has no time yet.".to_owned(), "Plan it"),
                Some(session) if session.called_off => (true, "The live session is called off.".into(), "Change that"),
                Some(session) => {
                    let when = self.place.cohort.zone.exact(session.starts_at);
                    let is_ready = !session.link.is_empty();
                    let lacks = if is_ready { "" } else { " It has no link to come in by." };
                    (
                        is_ready,
                        format!("Live session: {when}.{lacks}"),
                        if is_ready { "Look at it" } else { "Add the link" },
                    )
                }
            };
            Check { is_ready, words, way: Some((href, way.to_owned())) }
        })
    }

    /// What of the calendar is easily forgotten: bank holidays of England in its week, and clocks that change.
    fn calendar(&self, release: &Release) -> Vec<Check> {
        let zone = &self.place.cohort.zone;
        let (today, opens) = (zone.local_date(self.now), release.local_time.date());
        let end = opens.checked_add_days(WEEK).unwrap_or(opens);
        let mut checks = Vec::new();
        if zone.name() == "Europe/London" {
            let days = opens.iter_days().take_while(|day| *day <= end);
            checks.extend(days.filter_map(|day| holiday(day, opens)));
        }
        if let Some((day, forward)) = clock_change(zone, today, end) {
            let turn = if forward { "forward" } else { "back" };
            checks
                .push(ready(&format!("The clocks go {turn} on {}; every time stays what it says.", day_in_words(day))));
        }
        checks
    }

    /// What comes by itself, soonest first.
    pub fn coming(&self) -> Vec<Coming> {
        let mut coming: Vec<Coming> =
            self.releases_ahead().chain(self.sessions_ahead()).chain(self.mails_ahead()).collect();
        coming.sort_by_key(|coming| coming.at);
        coming.truncate(COMING);
        coming
    }

    fn releases_ahead(&self) -> impl Iterator<Item = Coming> {
        let ahead = self.units.iter().zip(self.releases).filter(|(_, r)| !r.held && !r.is_open(self.now));
        ahead.map(|(unit, release)| {
            let what = format!("Unit {} opens: {}", unit.number, unit.title);
            self.coming_at(release.opens_at, what, format!("{}/{}", self.manage("schedule"), unit.number))
        })
    }

    fn sessions_ahead(&self) -> impl Iterator<Item = Coming> {
        let planned = live::steps(self.units.iter().copied())
            .filter_map(|(unit, step)| Some((unit, step, live::session_of(unit, step, self.sessions)?)));
        let ahead = planned.filter(|(.., session)| !session.called_off && session.ends_at() > self.now);
        ahead.map(|(unit, step, session)| {
            let href = format!("{}/{}/{}", self.manage("live"), unit.number, step.slug);
            self.coming_at(session.starts_at, format!("Unit {} meets: {}", unit.number, step.title), href)
        })
    }

    /// Besides those that say that a unit has opened.
    fn mails_ahead(&self) -> impl Iterator<Item = Coming> {
        let kinds = [Kind::StartingSoon, Kind::Nudge, Kind::WrapUp];
        let all = (0..self.units.len()).flat_map(move |place| kinds.map(|kind| (place, kind)));
        let timing = self.timing();
        all.filter_map(move |(place, kind)| {
            let unit = self.units[place];
            let at = timing.due(place, kind).filter(|at| *at > self.now && self.settings.is_on(unit, kind))?;
            let href = format!("{}/preview/{}/{kind}", self.manage("reminders"), unit.number);
            Some(self.coming_at(at, format!("Reminder ‘{}’ of unit {}", kind.label(), unit.number), href))
        })
    }

    fn coming_at(&self, at: Instant, what: String, href: String) -> Coming {
        Coming { at, when: self.place.cohort.zone.exact(at), what, href }
    }

    fn timing(&self) -> Timing<'a> {
        let cohort: &'a Cohort = &self.place.cohort;
        Timing { cohort, units: self.units, releases: self.releases, settings: self.settings }
    }

    fn manage(&self, page: &str) -> String {
        format!("{}/manage/{page}", self.place.cohort.path())
    }
}

fn holiday(day: NaiveDate, opens: NaiveDate) -> Option<Check> {
    let name = bank_holiday(day)?;
    let when = if day == opens { "The day it opens".to_owned() } else { day_in_words(day) };
    Some(ready(&format!("{when} is {name}: fewer people will be at work.")))
}

fn ready(words: &str) -> Check {
    Check { is_ready: true, words: words.into(), way: None }
}
