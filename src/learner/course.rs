//! One learner's course as home and the outline show it: how far, where to continue, what comes next.

use diesel::QueryResult;

use super::{Link, step_number, step_path, unit_path, words};
use crate::cohort::{Cohort, Place};
use crate::completion::{self, Done, Progress, UnitProgress, UnitState};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::duration;
use crate::programme::{Programme, Step, Unit};
use crate::schedule::{self, Release};

/// What is kept about a course and one place in it.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub releases: Vec<Release>,
    pub done: Done,
}

/// Two queries; one for those whose steps do not count.
pub fn kept(conn: &mut Conn, place: &Place) -> QueryResult<Kept> {
    let releases = schedule::store::list_seen(conn, place)?;
    let done = match place.seen_as() {
        Some(learner) => completion::store::list_done(conn, learner)?,
        None => Done::default(),
    };
    Ok(Kept { releases, done })
}

/// How long a course lets one do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Running,
    /// Everything open can be read; nothing can be completed.
    Closed {
        since: Instant,
    },
    /// Its units are open no more.
    Ended {
        since: Instant,
    },
}

pub fn stage(cohort: &Cohort, releases: &[Release], now: Instant) -> Stage {
    let (closes, ends) = (schedule::closes_at(cohort, releases), cohort.access_ends_at());
    match now {
        now if now >= ends => Stage::Ended { since: ends },
        now if now >= closes => Stage::Closed { since: closes },
        _ => Stage::Running,
    }
}

pub struct Course<'a> {
    pub place: &'a Place,
    pub programme: &'a Programme,
    pub kept: &'a Kept,
    pub progress: Progress<'a>,
    pub stage: Stage,
}

impl<'a> Course<'a> {
    pub fn new(place: &'a Place, programme: &'a Programme, kept: &'a Kept, now: Instant) -> Self {
        let progress = completion::progress(programme, &kept.releases, &kept.done, now);
        let stage = stage(&place.cohort, &kept.releases, now);
        Self { place, programme, kept, progress, stage }
    }

    /// What to do next; nothing once the course is closed, or for those whose steps do not count.
    pub fn next_step(&self) -> Option<(&'a Unit, &'a Step)> {
        self.place.learner()?;
        (self.stage == Stage::Running).then(|| self.progress.next_step(&self.kept.done))?
    }

    /// The one thing to do next, in the band on top.
    pub fn band(&self) -> Band {
        match (self.stage, self.next_step()) {
            (Stage::Ended { since }, _) => Band {
                lead: format!("Access to this course ended on {}.", self.place.cohort.zone.plain_with_year(since)),
                ..self.plain_band()
            },
            (Stage::Closed { since }, _) => self.closed_band(since),
            (Stage::Running, Some((unit, step))) => self.continue_band(unit, step),
            (Stage::Running, None) => self.waiting_band(),
        }
    }

    fn plain_band(&self) -> Band {
        Band { eyebrow: self.place.cohort.name.clone(), title: self.programme.title.clone(), ..Band::default() }
    }

    fn closed_band(&self, since: Instant) -> Band {
        let zone = &self.place.cohort.zone;
        let until = zone.plain_with_year(self.place.cohort.access_ends_at());
        Band {
            lead: format!("The course closed on {}. You can still read everything.", zone.plain_with_year(since)),
            action: Some(Link::new(self.place.cohort.path(), "Open the programme")),
            note: format!("It stays open to you until {until}."),
            ..self.plain_band()
        }
    }

    fn continue_band(&self, unit: &Unit, step: &Step) -> Band {
        let cohort = &self.place.cohort;
        let eyebrow = match unit.number {
            0 => unit.title.clone(),
            n => format!("Week {n} of {} · {}", self.programme.weeks(), unit.title),
        };
        Band {
            eyebrow,
            title: step.title.clone(),
            lead: format!("Your next step is {}. {}", words::invitation(step), step.summary),
            action: Some(Link::new(
                step_path(cohort, unit, step),
                format!("Continue with step {}", step_number(unit, step)),
            )),
            note: self.after_this(unit, step),
        }
    }

    /// `20 minutes. After this, five steps are left this week: about 1 hour 20 minutes.`
    fn after_this(&self, unit: &Unit, step: &Step) -> String {
        let Some(of_unit) = self.progress.units.iter().find(|u| u.unit.number == unit.number) else {
            return String::new();
        };
        let others = || of_unit.left(&self.kept.done).filter(|s| s.slug != step.slug);
        let when = if of_unit.newest && unit.number > 0 {
            "this week".into()
        } else {
            format!("of {}", words::the_unit(unit))
        };
        let rest = match others().count() {
            0 => format!("It is the last one {when}."),
            1 => format!("After this, one step is left {when}: about {}.", duration(others().map(|s| s.minutes).sum())),
            n => {
                let minutes = duration(others().map(|s| s.minutes).sum());
                format!("After this, {} steps are left {when}: about {minutes}.", words::number(n))
            }
        };
        format!("{}. {rest}", words::sentence(&duration(step.minutes)))
    }

    /// Nothing to do now: all is done, or nothing is open yet.
    fn waiting_band(&self) -> Band {
        let path = self.place.cohort.path();
        let opening = self.next_opening().map(|next| format!("{} {}.", next.what, next.when)).unwrap_or_default();
        let read = Some(Link::new(path.clone(), "Open the programme"));
        if self.progress.newest().is_none() {
            return Band { lead: format!("Your course begins soon. {opening}"), action: read, ..self.plain_band() };
        }
        if self.progress.share.is_whole() {
            let lead = format!("You have done all {}. Well worked.", self.progress.share.of);
            return Band { title: "You have done every step".into(), lead, action: read, ..self.plain_band() };
        }
        Band {
            title: "You have done everything that is open".into(),
            lead: format!("{opening} Until then, somebody may be glad of a reply."),
            action: Some(Link::new(format!("{path}/discussions"), "Read the discussions")),
            ..self.plain_band()
        }
    }

    /// The unit that opens next.
    pub fn next_opening(&self) -> Option<Opening> {
        let newest = self.progress.newest().map_or(-1, |u| i32::from(u.unit.number));
        let later = |u: &&UnitProgress<'_>| !u.is_open() && i32::from(u.unit.number) > newest;
        let next = self.progress.units.iter().find(later)?;
        let release = next.release?;
        let what = match next.unit.number {
            0 => "The orientation opens".to_owned(),
            n => format!("Week {n} opens"),
        };
        let when = match release.held {
            true => "when your facilitators open it".into(),
            false => self.place.cohort.zone.plain(release.opens_at),
        };
        Some(Opening { when, what, title: next.unit.title.clone() })
    }

    /// Where a unit stands, in words, and how the words look.
    pub fn state(&self, unit: &UnitProgress<'_>) -> State {
        use crate::completion::UnitState::{Done, NotOpen, Open, Part};
        let counts = self.place.learner().is_some();
        let ended = matches!(self.stage, Stage::Ended { .. }) && !self.place.facilitates();
        let (words, class) = match (unit.state, unit.newest) {
            (NotOpen, _) => return State { words: self.opens(unit), class: "" },
            (_, _) if ended => return State { words: format!("Closed, {} done", unit.share), class: "" },
            (_, true) if !counts => ("Open now".into(), "app-state--now"),
            (_, false) if !counts => ("Open".into(), ""),
            (Done, _) => (format!("Done, {}", unit.share), "app-state--done"),
            (Open | Part, true) => (format!("Open now, {}", unit.share), "app-state--now"),
            (Part, false) => (unit.share.to_string(), ""),
            (Open, false) => (format!("Not started, {}", unit.share), ""),
        };
        State { words, class }
    }

    /// When a unit that is not open will be, or why nobody knows.
    pub fn opens(&self, unit: &UnitProgress<'_>) -> String {
        match unit.release {
            _ if matches!(self.stage, Stage::Ended { .. }) => "Never opened".into(),
            Some(release) if !release.held => format!("Opens {}", self.place.cohort.zone.plain(release.opens_at)),
            _ => "Held: your facilitators will open it".into(),
        }
    }

    /// How long what is left of a unit takes, where some of it is done. Empty: none is, or all.
    pub fn minutes_left(&self, unit: &UnitProgress<'_>) -> String {
        if self.place.learner().is_none() || self.stage != Stage::Running || unit.state != UnitState::Part {
            return String::new();
        }
        format!("{} left", duration(unit.left(&self.kept.done).map(|step| step.minutes).sum()))
    }

    pub fn unit_path(&self, unit: &Unit) -> String {
        unit_path(&self.place.cohort, unit)
    }
}

/// What stands in the band on top of home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Band {
    pub eyebrow: String,
    pub title: String,
    pub lead: String,
    pub action: Option<Link>,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub when: String,
    /// `Week 7 opens`.
    pub what: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub words: String,
    pub class: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::sample::{at, done, programme, releases};
    use crate::learner::sample::learners_place;

    fn band(steps: &[&str], now: &str) -> Band {
        let (place, programme) = (learners_place(), programme());
        let kept = Kept { releases: releases(), done: done(steps) };
        Course::new(&place, &programme, &kept, at(now)).band()
    }

    #[test]
    fn the_band_leads_to_the_very_next_step() {
        let band = band(&["zero/a", "zero/b", "two/a"], "2027-01-19 12:00");
        assert_eq!(band.eyebrow, "Week 2 of 3 · Unit two");
        assert_eq!(band.title, "Step b");
        assert_eq!(band.action.unwrap().label, "Continue with step 2.2");
        assert_eq!(band.note, "10 minutes. It is the last one this week.");
    }

    #[test]
    fn whoever_is_up_to_date_hears_what_opens_next() {
        let all = ["zero/a", "zero/b", "one/a", "one/b"];
        let band = band(&all, "2027-01-12 12:00");
        assert_eq!(band.title, "You have done everything that is open");
        assert!(band.lead.starts_with("Week 2 opens Monday 18\u{a0}January at 9am\u{a0}"), "{}", band.lead);
    }

    #[test]
    fn before_the_start_and_after_the_end_it_says_so() {
        assert!(
            band(&[], "2026-12-01 12:00").lead.starts_with("Your course begins soon. The orientation opens Monday")
        );
        assert!(band(&[], "2027-03-01 12:00").lead.starts_with("The course closed on Monday 22\u{a0}February 2027"));
        let ended = band(&[], "2028-03-01 12:00");
        assert!(ended.lead.starts_with("Access to this course ended on") && ended.action.is_none());
    }
}
