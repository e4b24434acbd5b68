//! A cohort made of an earlier one: the same pattern from another first day. What comes of it is worked out here, and
//! shown before anything is kept.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};

use crate::cohort::{Break, Cohort};
use crate::enrolling;
use crate::live::{self, Session};
use crate::platform::secret::fingerprint;
use crate::programme::{Programme, Step, Unit};
use crate::schedule::change::is_near;
use crate::schedule::plan::break_on;
use crate::schedule::{Release, Settings, planned, release_of};

/// The cohort that is copied, with all that it hands on.
pub struct Original<'c> {
    pub cohort: Cohort,
    pub programme: &'c Programme,
    pub breaks: Vec<Break>,
    pub releases: Vec<Release>,
    pub reminders: Settings,
    pub sessions: Vec<Session>,
    pub enrolling: enrolling::Settings,
}

/// What an administrator decides about the new one.
pub struct Wish {
    pub starts_on: NaiveDate,
    pub breaks: Vec<Break>,
    /// Of units that were set by hand, by number. One without stays where it was in the pattern.
    pub times: Vec<(u16, NaiveDateTime)>,
}

/// What comes of it.
pub struct Plan<'a> {
    /// With its own dates; its id, name and address are the earlier one's.
    pub cohort: Cohort,
    pub breaks: Vec<Break>,
    pub units: Vec<Planned<'a>>,
    pub sessions: Vec<Meeting<'a>>,
}

pub struct Planned<'a> {
    pub unit: &'a Unit,
    /// None: the programme has gained it since.
    pub was: Option<&'a Release>,
    pub release: Release,
}

pub struct Meeting<'a> {
    pub unit: &'a Unit,
    pub step: &'a Step,
    pub was: &'a Session,
    pub session: Session,
}

/// Where a unit may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misplaced {
    InBreak(Break),
    /// The second of two units would open before the first.
    OutOfOrder(u16, u16),
    TooFar,
}

impl Original<'_> {
    /// Days from its start to the new one.
    fn span(&self, starts_on: NaiveDate) -> i64 {
        (starts_on - self.cohort.starts_on).num_days()
    }

    /// Its breaks as many whole weeks on, so that each is as long and on the same weekdays.
    pub fn breaks_from(&self, starts_on: NaiveDate) -> Vec<Break> {
        let days = (self.span(starts_on) + 3).div_euclid(7) * 7;
        let moved = |pause: &Break| Break {
            name: pause.name.clone(),
            first_day: later(pause.first_day, days),
            last_day: later(pause.last_day, days),
        };
        self.breaks.iter().map(moved).collect()
    }

    /// The numbers of the units that were set by hand.
    pub fn by_hand(&self) -> impl Iterator<Item = u16> {
        let units = self.programme.units.iter();
        units.filter(|unit| release_of(unit, &self.releases).is_some_and(|r| r.set_by_hand)).map(|unit| unit.number)
    }

    pub fn plan(&self, wish: &Wish) -> Plan<'_> {
        let on = |day: Option<NaiveDate>| day.map(|day| later(day, self.span(wish.starts_on)));
        let cohort = Cohort {
            starts_on: wish.starts_on,
            closes_on: on(self.cohort.closes_on),
            access_ends_on: on(self.cohort.access_ends_on),
            ..self.cohort.clone()
        };
        let units = self.units(&cohort, wish);
        let sessions = live::steps(&self.programme.units)
            .filter_map(|(unit, step)| self.meeting(unit, step, &units, &cohort))
            .collect();
        Plan { breaks: wish.breaks.clone(), sessions, units, cohort }
    }

    /// Each unit by the plan of the new dates; one that was set by hand as many days off it as it was, and at its hour.
    fn units(&self, cohort: &Cohort, wish: &Wish) -> Vec<Planned<'_>> {
        let numbers = || self.programme.units.iter().map(|unit| unit.number);
        let before = planned(&self.cohort, &self.breaks, numbers());
        let after = planned(cohort, &wish.breaks, numbers());
        let place = |unit| {
            let by_plan = time_of(&after, unit)?;
            let was = release_of(unit, &self.releases);
            let by_hand = was.filter(|release| release.set_by_hand).and_then(|release| {
                let usual = time_of(&before, unit)?;
                Some(time_of(&wish.times, unit).unwrap_or_else(|| as_far_off(release.local_time, usual, by_plan)))
            });
            let local_time = by_hand.unwrap_or(by_plan);
            let release = Release {
                unit: unit.slug.clone(),
                local_time,
                opens_at: cohort.zone.instant(local_time),
                set_by_hand: local_time != by_plan,
                held: false,
                opened_at: None,
            };
            Some(Planned { unit, was, release })
        };
        self.programme.units.iter().filter_map(place).collect()
    }

    /// A session goes with its unit, without its link and recording.
    fn meeting<'a>(
        &'a self,
        unit: &'a Unit,
        step: &'a Step,
        units: &[Planned<'_>],
        cohort: &Cohort,
    ) -> Option<Meeting<'a>> {
        let was = live::session_of(unit, step, &self.sessions).filter(|session| !session.called_off)?;
        let moved = units.iter().find(|planned| planned.unit.number == unit.number).and_then(|planned| {
            let before = planned.was?.local_time.date();
            Some((planned.release.local_time.date() - before).num_days())
        });
        let days = moved.unwrap_or_else(|| self.span(cohort.starts_on));
        let local_time = later(was.local_time.date(), days).and_time(was.local_time.time());
        let session = Session {
            unit: unit.slug.clone(),
            step: step.slug.clone(),
            local_time,
            starts_at: cohort.zone.instant(local_time),
            minutes: was.minutes,
            link: String::new(),
            recording: String::new(),
            version: 1,
            called_off: false,
        };
        Some(Meeting { unit, step, was, session })
    }
}

impl Plan<'_> {
    pub fn releases(&self) -> Vec<Release> {
        self.units.iter().map(|planned| planned.release.clone()).collect()
    }

    /// What is wrong, each with the unit whose time can mend it: one that was set by hand.
    pub fn misplaced(&self) -> Vec<(u16, Misplaced)> {
        let mut wrong = Vec::new();
        for planned in self.units.iter().filter(|planned| planned.by_hand()) {
            let (number, day) = (planned.unit.number, planned.release.local_time.date());
            if let Some(pause) = break_on(&self.breaks, day) {
                wrong.push((number, Misplaced::InBreak(pause.clone())));
            }
            if !is_near(day, self.cohort.starts_on) {
                wrong.push((number, Misplaced::TooFar));
            }
        }
        for pair in self.units.windows(2).filter(|pair| pair[1].release.opens_at < pair[0].release.opens_at) {
            let at = if pair[1].by_hand() { &pair[1] } else { &pair[0] };
            let (first, second) = (pair[0].unit.number, pair[1].unit.number);
            wrong.push((at.unit.number, Misplaced::OutOfOrder(first, second)));
        }
        wrong
    }

    /// Known again by whoever looked at it: changes with every date, and with all that is taken over.
    pub fn mark(&self, original: &Original<'_>) -> String {
        let Cohort { starts_on, closes_on, access_ends_on, joining, .. } = &self.cohort;
        let sessions: Vec<&Session> = self.sessions.iter().map(|meeting| &meeting.session).collect();
        let dates = (starts_on, closes_on, access_ends_on, joining, &self.breaks, self.releases(), sessions);
        fingerprint(format!("{:?}", (dates, &original.reminders, &original.enrolling)).as_bytes())
    }
}

impl Planned<'_> {
    pub fn by_hand(&self) -> bool {
        self.was.is_some_and(|was| was.set_by_hand)
    }
}

fn time_of(times: &[(u16, NaiveDateTime)], unit: &Unit) -> Option<NaiveDateTime> {
    times.iter().find(|(number, _)| *number == unit.number).map(|(_, time)| *time)
}

/// A time that lay some days off the usual one, as many days off another. By the minute: a unit that was opened by a
/// button has seconds.
fn as_far_off(time: NaiveDateTime, usual: NaiveDateTime, other: NaiveDateTime) -> NaiveDateTime {
    let days = (time.date() - usual.date()).num_days();
    let hour = time.time().with_second(0).and_then(|hour| hour.with_nanosecond(0)).unwrap_or(time.time());
    later(other.date(), days).and_time(hour)
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    TimeDelta::try_days(days).and_then(|by| day.checked_add_signed(by)).unwrap_or(day)
}

/// 'October 2026 cohort' as it would be called from another start: with that month and year where it names its own,
/// otherwise with the year behind it.
pub fn renamed(name: &str, from: NaiveDate, to: NaiveDate) -> String {
    let month = |day: NaiveDate| day.format("%B").to_string();
    let year = from.year().to_string();
    let word = |word: &str| match word {
        word if word == year => to.year().to_string(),
        word if word == month(from) => month(to),
        word => word.to_owned(),
    };
    let words: Vec<String> = name.split(' ').map(word).collect();
    match name.split(' ').any(|word| word == year) {
        true => words.join(" "),
        false => format!("{} {}", words.join(" "), to.year()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;

    use super::*;
    use crate::cohort::{CohortId, Joining};
    use crate::platform::clock::Instant;
    use crate::platform::text::Slug;
    use crate::platform::zone::Zone;
    use crate::programme::sample;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn pause(first: &str, last: &str) -> Break {
        Break { name: "Half-term".into(), first_day: day(first), last_day: day(last) }
    }

    fn programme() -> Programme {
        sample::programme((0..=5).map(|n| sample::unit(n, &format!("unit-{n}"), Vec::new())).collect())
    }

    /// Mondays from 11 January 2027, half-term in the third week; unit 4 was set to Wednesday of its week, 14:00.
    fn original(programme: &Programme) -> Original<'_> {
        let cohort = Cohort {
            id: CohortId(1),
            slug: Slug::parse("spring").unwrap(),
            programme: programme.slug.clone(),
            name: "January 2027 cohort".into(),
            starts_on: day("2027-01-11"),
            release_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            zone: Zone::named("Europe/London").unwrap(),
            orientation_days: 7,
            closes_on: Some(day("2027-05-01")),
            access_ends_on: None,
            joining: Joining::Open,
            schedule_version: 1,
            extra_until: None,
            before: String::new(),
        };
        let breaks = vec![pause("2027-01-25", "2027-01-31")];
        let release = |(n, local_time): (u16, NaiveDateTime)| Release {
            unit: Slug::parse(&format!("unit-{n}")).unwrap(),
            local_time: if n == 4 { day("2027-02-10").and_hms_opt(14, 0, 30).unwrap() } else { local_time },
            opens_at: Instant::from_micros(0),
            set_by_hand: n == 4,
            held: n == 5,
            opened_at: None,
        };
        let releases = planned(&cohort, &breaks, 0..=5).into_iter().map(release).collect();
        let (reminders, enrolling) = (Settings::default(), enrolling::Settings::default());
        Original { cohort, programme, breaks, releases, reminders, sessions: Vec::new(), enrolling }
    }

    fn times(plan: &Plan<'_>) -> Vec<String> {
        plan.units.iter().map(|planned| planned.release.local_time.format("%a %m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn a_year_later_it_is_the_same_pattern() {
        let programme = programme();
        let original = original(&programme);
        let starts_on = day("2028-01-10");
        let wish = Wish { starts_on, breaks: original.breaks_from(starts_on), times: Vec::new() };
        assert_eq!(wish.breaks, [pause("2028-01-24", "2028-01-30")]);
        let plan = original.plan(&wish);
        let weekly = [
            "Mon 01-03 09:00",
            "Mon 01-10 09:00",
            "Mon 01-17 09:00",
            "Mon 01-31 09:00",
            "Wed 02-09 14:00",
            "Mon 02-14 09:00",
        ];
        assert_eq!(times(&plan), weekly);
        assert_eq!(plan.cohort.closes_on, Some(day("2028-04-29")));
        assert!(plan.misplaced().is_empty() && plan.releases().iter().all(|r| !r.held && r.opened_at.is_none()));
    }

    #[test]
    fn units_step_over_a_break_that_is_elsewhere_and_those_set_by_hand_keep_their_place() {
        let programme = programme();
        let original = original(&programme);
        let plan = |breaks, times| original.plan(&Wish { starts_on: day("2028-01-10"), breaks, times });
        let without = plan(Vec::new(), Vec::new());
        assert_eq!(times(&without)[3..], ["Mon 01-24 09:00", "Wed 02-02 14:00", "Mon 02-07 09:00"]);
        let short = plan(vec![pause("2028-02-02", "2028-02-03")], Vec::new());
        assert_eq!(short.misplaced(), [(4, Misplaced::InBreak(pause("2028-02-02", "2028-02-03")))]);
        let early = plan(Vec::new(), vec![(4, day("2028-01-20").and_hms_opt(9, 0, 0).unwrap())]);
        assert_eq!(early.misplaced(), [(4, Misplaced::OutOfOrder(3, 4))]);
        let late = plan(Vec::new(), vec![(4, day("2028-02-08").and_hms_opt(9, 0, 0).unwrap())]);
        assert_eq!(late.misplaced(), [(4, Misplaced::OutOfOrder(4, 5))]);
        assert_ne!(early.mark(&original), late.mark(&original));
    }

    #[test]
    fn a_name_says_its_new_month_and_year() {
        let (from, to) = (day("2026-10-05"), day("2027-09-06"));
        for (name, expected) in [
            ("October 2026 cohort", "September 2027 cohort"),
            ("Autumn 2026", "Autumn 2027"),
            ("Foundations", "Foundations 2027"),
            ("October evenings", "September evenings 2027"),
        ] {
            assert_eq!(renamed(name, from, to), expected);
        }
    }
}
