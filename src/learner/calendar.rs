//! The dates of one course, in order: what opens when, breaks, the last day to take part and the last of access. As the
//! calendar page lists them, and as a feed for people's own calendars.

use chrono::NaiveDate;

use super::unit_path;
use crate::cohort::{Break, Cohort};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::ics::{Calendar, Event, When};
use crate::programme::{Programme, Unit};
use crate::schedule::{Release, closes_on, release_of};

/// How long an opening looks in a calendar, in minutes.
const OPENING: u32 = 15;

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
    /// On the next day the course is closed.
    LastToTakePart,
    /// On the next day no unit can be read.
    LastOfAccess,
}

impl Date<'_> {
    pub fn is_past(&self, cohort: &Cohort, now: Instant) -> bool {
        match self.what {
            Occasion::Opening(_, release) => release.is_open(now),
            _ => self.last < cohort.zone.local_date(now),
        }
    }
}

pub fn dates<'c>(cohort: &Cohort, programme: &'c Programme, releases: &'c [Release], breaks: &'c [Break]) -> Dates<'c> {
    let day = |day, what| Date { first: day, last: day, what };
    let before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
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
    listed.push(day(before(closes_on(cohort, releases)), Occasion::LastToTakePart));
    listed.push(day(before(cohort.zone.local_date(cohort.access_ends_at())), Occasion::LastOfAccess));
    // Stable: what falls on one day stays in the order above, and units in theirs.
    listed.sort_by_key(|date| date.first);
    Dates { listed, held }
}

/// `Week 3 opens: Who is here`; a unit 0 says in its title what it is.
fn opening(unit: &Unit) -> String {
    match unit.number {
        0 => format!("Opens: {}", unit.title),
        _ => format!("{} opens: {}", unit.label(), unit.title),
    }
}

/// The dates for somebody's own calendar. Held units have none, and of a unit that is not open it says the title alone.
pub fn feed(cohort: &Cohort, programme: &Programme, dates: &Dates<'_>, base: &BaseUrl) -> Calendar {
    let event = |date: &Date<'_>| {
        let days = When::Days { first: date.first, last: date.last };
        let course = &programme.title;
        let (id, when, summary, path) = match date.what {
            Occasion::Break(pause) => {
                let id = format!("{}.break", pause.first_day);
                (id, days, format!("{}: no unit opens", pause.name), cohort.path())
            }
            Occasion::Opening(unit, release) => {
                let when = When::At { instant: release.opens_at, minutes: OPENING };
                (format!("{}.unit", unit.slug), when, opening(unit), unit_path(cohort, unit))
            }
            Occasion::LastToTakePart => {
                ("closing".into(), days, format!("Last day to take part: {course}"), cohort.path())
            }
            Occasion::LastOfAccess => ("access".into(), days, format!("Last day of access: {course}"), cohort.path()),
        };
        Event {
            uid: format!("{id}.{}@{}", cohort.slug, base.host()),
            sequence: cohort.schedule_version,
            when,
            summary,
            url: base.join(&path),
        }
    };
    Calendar {
        name: format!("{} ({})", programme.title, cohort.name),
        events: dates.listed.iter().map(event).collect(),
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
        let breaks = [pause];
        let dates = dates(&cohort, &programme, &releases, &breaks);
        let told: Vec<(String, String)> = dates
            .listed
            .iter()
            .map(|date| {
                let what = match date.what {
                    Occasion::Break(pause) => pause.name.clone(),
                    Occasion::Opening(unit, _) => unit.label(),
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
        let breaks = [Break { name: "B".into(), first_day: day("2027-01-15"), last_day: day("2027-01-17") }];
        let dates = dates(&cohort, &programme, &releases, &breaks);
        let pause = dates.listed.iter().find(|date| matches!(date.what, Occasion::Break(_))).unwrap();
        assert!(!pause.is_past(&cohort, at("2027-01-17 23:59")) && pause.is_past(&cohort, at("2027-01-18 00:00")));
    }
}
