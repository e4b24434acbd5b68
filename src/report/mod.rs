//! The weekly report for whoever pays for a course: one page of numbers in plain words, without names.
//!
//! It is made from what happened before the end of its week. What it says is kept once the week is over, so that it says the
//! same whenever it is read; a week of which nothing was kept is made from what is there when it is asked for.

mod emails;
pub mod pages;
mod paper;
pub mod send;
pub mod store;
pub mod wanted;
pub mod words;

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};

use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;

crate::id!(ReaderId);

/// A week of a cohort: from a Friday to the next, at the hour at which its units open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// The Friday on which it ends.
    pub friday: NaiveDate,
    /// When the week before it began.
    pub before: Instant,
    pub begins_at: Instant,
    pub ends_at: Instant,
}

impl Week {
    fn ending(cohort: &Cohort, friday: NaiveDate) -> Self {
        let at = |weeks: i64| cohort.zone.instant((friday - TimeDelta::weeks(weeks)).and_time(cohort.release_time));
        Self { friday, before: at(2), begins_at: at(1), ends_at: at(0) }
    }
}

/// The weeks that are over, from the first in which a weekly unit opens to the one in which the course closes; the newest
/// first.
pub fn weeks(cohort: &Cohort, closes_on: NaiveDate, now: Instant) -> Vec<Week> {
    let last = friday_from(closes_on);
    let fridays =
        std::iter::successors(Some(friday_from(cohort.starts_on)), |friday| Some(*friday + TimeDelta::weeks(1)));
    let weeks = fridays.take_while(|friday| *friday <= last).map(|friday| Week::ending(cohort, friday));
    let mut over: Vec<Week> = weeks.take_while(|week| week.ends_at <= now).collect();
    over.reverse();
    over
}

/// The first Friday from this day on.
fn friday_from(day: NaiveDate) -> NaiveDate {
    let ahead = (7 + Weekday::Fri.num_days_from_monday() - day.weekday().num_days_from_monday()) % 7;
    day + TimeDelta::days(ahead.into())
}

/// What learners did in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub joined: i64,
    /// Learners who did a step or wrote a post.
    pub took_part: i64,
    pub steps: i64,
    pub posts: i64,
    pub writers: i64,
    pub threads: i64,
    pub certificates: i64,
}

/// How far learners were with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    pub unit: Slug,
    /// How many required steps somebody had done, and how many learners so many.
    pub steps: i64,
    pub learners: i64,
}

/// Where everybody stood at the end of the week; each learner is in one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standings {
    /// They have the certificate.
    pub done: i64,
    /// They did something this week.
    pub active: i64,
    /// Nothing this week; something in the week before.
    pub quiet: i64,
    /// Nothing for two weeks.
    pub away: i64,
    /// They joined before this week and have done nothing.
    pub not_started: i64,
    /// They joined this week and have done nothing yet.
    pub new: i64,
}

impl Standings {
    pub fn all(self) -> i64 {
        self.done + self.active + self.quiet + self.away + self.not_started + self.new
    }
}

/// Threads that learners had started.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Answers {
    /// Nobody else had written in them yet.
    pub waiting: i64,
    /// Minutes to the first answer, over the threads of this week that had one.
    pub median_wait: Option<f64>,
}

/// Everything that the report says.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub this: Sums,
    pub last: Sums,
    pub all: Sums,
    pub reached: Vec<Reached>,
    pub standings: Standings,
    pub answers: Answers,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_ends_on_a_friday() {
        for (from, friday) in [("2027-01-11", "2027-01-15"), ("2027-01-15", "2027-01-15"), ("2027-01-16", "2027-01-22")]
        {
            assert_eq!(friday_from(day(from)), day(friday));
        }
    }
}
