//! The dates of one course, in order: what opens when, live sessions, breaks, the last day to take part and the last of
//! access.

use chrono::NaiveDate;

use crate::cohort::{Break, Cohort};
use crate::live::{self, Session, session_of};
use crate::platform::clock::Instant;
use crate::programme::{Programme, Step, Unit};
use crate::schedule::{Release, last_day, release_of};

pub struct Dates<'c> {
    /// By their first day.
    pub listed: Vec<Date<'c>>,
    /// Units without a date, because facilitators hold them.
    pub held: Vec<&'c Unit>,
}

/// Something on one or more days, both days included.
pub struct Date<'c> {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub what: Occasion<'c>,
}

pub enum Occasion<'c> {
    Break(&'c Break),
    Opening(&'c Unit, &'c Release),
    Live(&'c Unit, &'c Step, &'c Session),
    /// On the next day the course is closed.
    LastToTakePart,
    /// On the next day no unit can be read.
    LastOfAccess,
}

impl Date<'_> {
    pub fn is_past(&self, cohort: &Cohort, now: Instant) -> bool {
        match self.what {
            Occasion::Opening(_, release) => release.is_open(now),
            Occasion::Live(_, _, session) => session.ends_at() <= now,
            _ => self.last < cohort.zone.local_date(now),
        }
    }
}

/// What a cohort has planned, as the database keeps it.
pub struct Planned {
    pub releases: Vec<Release>,
    pub breaks: Vec<Break>,
    pub sessions: Vec<Session>,
}

pub fn dates<'c>(cohort: &Cohort, programme: &'c Programme, planned: &'c Planned) -> Dates<'c> {
    let Planned { releases, breaks, sessions } = planned;
    let day = |day, what| Date { first: day, last: day, what };
    let pauses = breaks.iter().map(|b| Date { first: b.first_day, last: b.last_day, what: Occasion::Break(b) });
    let mut listed: Vec<Date<'c>> = pauses.collect();
    let mut held = Vec::new();
    for unit in &programme.units {
        match release_of(unit, releases) {
            Some(release) if release.held => held.push(unit),
            Some(release) => {
                listed.push(day(cohort.zone.local_date(release.opens_at), Occasion::Opening(unit, release)));
            }
            None => {}
        }
    }
    listed.extend(live::steps(&programme.units).filter_map(|(unit, step)| {
        let session = session_of(unit, step, sessions)?;
        Some(day(cohort.zone.local_date(session.starts_at), Occasion::Live(unit, step, session)))
    }));
    listed.push(day(last_day(cohort, releases), Occasion::LastToTakePart));
    listed.push(day(cohort.last_day_of_access(), Occasion::LastOfAccess));
    // Stable: what falls on one day stays in the order above, and units in theirs; what has an hour stands by it.
    listed.sort_by_key(|date| (date.first, date.instant()));
    Dates { listed, held }
}

impl Date<'_> {
    /// What has an hour; whole days come first.
    fn instant(&self) -> Option<Instant> {
        match self.what {
            Occasion::Opening(_, release) => Some(release.opens_at),
            Occasion::Live(_, _, session) => Some(session.starts_at),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::sample::{at, programme, releases};
    use crate::learner::sample::learners_place;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_stand_in_order_and_a_held_unit_has_none() {
        let (cohort, programme, mut releases) = (learners_place().cohort, programme(), releases());
        let pause = Break { name: "Half-term".into(), first_day: day("2027-01-15"), last_day: day("2027-01-17") };
        releases[3].held = true;
        let planned = Planned { releases, breaks: vec![pause], sessions: Vec::new() };
        let dates = dates(&cohort, &programme, &planned);
        let told: Vec<(String, String)> = dates
            .listed
            .iter()
            .map(|date| {
                let what = match date.what {
                    Occasion::Break(pause) => pause.name.clone(),
                    Occasion::Opening(unit, _) => unit.label(),
                    Occasion::Live(_, step, _) => step.title.clone(),
                    Occasion::LastToTakePart => "closes".into(),
                    Occasion::LastOfAccess => "ends".into(),
                };
                (date.first.to_string(), what)
            })
            .collect();
        let expected = [
            ("2027-01-04", "Orientation"),
            ("2027-01-11", "Week 1"),
            ("2027-01-15", "Half-term"),
            ("2027-01-18", "Week 2"),
            ("2027-02-21", "closes"),
            ("2028-01-10", "ends"),
        ];
        assert_eq!(told, expected.map(|(day, what)| (day.to_owned(), what.to_owned())));
        assert_eq!(dates.held.iter().map(|unit| unit.number).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_break_is_past_on_the_day_after_its_last() {
        let (cohort, programme, releases) = (learners_place().cohort, programme(), releases());
        let breaks = vec![Break { name: "B".into(), first_day: day("2027-01-15"), last_day: day("2027-01-17") }];
        let planned = Planned { releases, breaks, sessions: Vec::new() };
        let dates = dates(&cohort, &programme, &planned);
        let pause = dates.listed.iter().find(|date| matches!(date.what, Occasion::Break(_))).unwrap();
        assert!(!pause.is_past(&cohort, at("2027-01-17 23:59")) && pause.is_past(&cohort, at("2027-01-18 00:00")));
    }
}
