//! Planned releases: the n-th weekly date that lies in no break, at the cohort's hour. A wall time, so that a clock
//! change moves it in UTC.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::Release;
use crate::cohort::{Break, Cohort};
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Programme;

/// Discussions close so long after the last release, unless a facilitator says otherwise.
const DAYS_OPEN_AFTER_THE_LAST_RELEASE: Days = Days::new(28);

/// The local time at which each of `units` (by number) opens, by plan. Unit 0 opens `orientation_days` before the
/// start; unit n on the n-th weekly date, counted from the start, that lies in no break.
pub fn planned(cohort: &Cohort, breaks: &[Break], units: impl IntoIterator<Item = u16>) -> Vec<(u16, NaiveDateTime)> {
    let weekly: Vec<_> = (0..520u64)
        .filter_map(|week| cohort.starts_on.checked_add_days(Days::new(week * 7)))
        .filter(|day| break_on(breaks, *day).is_none())
        .collect();
    let before = Days::new(u64::try_from(cohort.orientation_days).unwrap_or(0));
    let orientation = cohort.starts_on.checked_sub_days(before).unwrap_or(cohort.starts_on);
    units
        .into_iter()
        .filter_map(|unit| {
            let day = if unit == 0 { orientation } else { *weekly.get(usize::from(unit) - 1)? };
            Some((unit, day.and_time(cohort.release_time)))
        })
        .collect()
}

/// The same for a whole programme, as a new cohort needs it: unit, wall time, instant.
pub fn planned_releases(
    cohort: &Cohort,
    breaks: &[Break],
    programme: &Programme,
) -> Vec<(Slug, NaiveDateTime, Instant)> {
    let times = planned(cohort, breaks, programme.units.iter().map(|u| u.number));
    let named = |number| programme.unit(number).map(|u| u.slug.clone());
    times.into_iter().filter_map(|(n, local)| Some((named(n)?, local, cohort.zone.instant(local)))).collect()
}

/// Planned releases for those units of the programme that have none among `releases`, because they were written after
/// the cohort was made. They keep their place: never before the unit ahead, never after the one behind.
pub fn missing(
    cohort: &Cohort,
    breaks: &[Break],
    programme: &Programme,
    releases: &[Release],
) -> Vec<(Slug, NaiveDateTime, Instant)> {
    let time_of = |unit: &Slug| releases.iter().find(|r| r.unit == *unit).map(|r| r.local_time);
    let mut ahead = None;
    let mut missing = Vec::new();
    for (place, unit) in programme.units.iter().enumerate() {
        let planned = planned(cohort, breaks, [unit.number]).first().map(|(_, local)| *local);
        let (Some(planned), None) = (planned, time_of(&unit.slug)) else {
            ahead = ahead.max(time_of(&unit.slug));
            continue;
        };
        let behind = programme.units[place..].iter().filter_map(|u| time_of(&u.slug)).min();
        let before_the_next = behind.map_or(planned, |behind| planned.min(behind));
        let local = ahead.map_or(before_the_next, |ahead| before_the_next.max(ahead));
        ahead = Some(local);
        missing.push((unit.slug.clone(), local, cohort.zone.instant(local)));
    }
    missing
}

/// The break that the day lies in.
pub fn break_on(breaks: &[Break], day: NaiveDate) -> Option<&Break> {
    breaks.iter().find(|b| b.first_day <= day && day <= b.last_day)
}

/// The first day on which discussions are read-only and no reminder goes out; later for a learner who has extra time.
pub fn closes_on(cohort: &Cohort, releases: &[Release]) -> NaiveDate {
    let last = releases.iter().map(|r| r.local_time.date()).max().unwrap_or(cohort.starts_on);
    let by_rule = || last.checked_add_days(DAYS_OPEN_AFTER_THE_LAST_RELEASE).unwrap_or(last);
    let closes_on = cohort.closes_on.unwrap_or_else(by_rule);
    cohort.extra_until.and_then(|last| last.succ_opt()).map_or(closes_on, |own| own.max(closes_on))
}

/// The last day on which learners take part.
pub fn last_day(cohort: &Cohort, releases: &[Release]) -> NaiveDate {
    let closes_on = closes_on(cohort, releases);
    closes_on.pred_opt().unwrap_or(closes_on)
}

/// The start of the day on which a cohort closes, in its zone.
pub fn closes_at(cohort: &Cohort, releases: &[Release]) -> Instant {
    cohort.zone.instant(closes_on(cohort, releases).and_time(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::programme::sample as plain;
    use crate::schedule::sample::{breaks, cohort_in, day, local, releases, slug, spring};

    fn text(times: &[(u16, NaiveDateTime)]) -> Vec<String> {
        times.iter().map(|(unit, time)| format!("{unit}: {}", time.format("%a %d %b %H:%M"))).collect()
    }

    #[test]
    fn the_rules_own_example() {
        let times = text(&planned(&spring(), &breaks(), [0, 1, 5, 6, 10, 11]));
        let weekly =
            ["0: Mon 04 Jan", "1: Mon 11 Jan", "5: Mon 08 Feb", "6: Mon 22 Feb", "10: Mon 22 Mar", "11: Mon 12 Apr"];
        assert_eq!(times, weekly.map(|day| format!("{day} 09:00")));
    }

    #[test]
    fn discussions_close_four_weeks_after_the_last_release_or_when_somebody_says() {
        let mut cohort = spring();
        let releases = releases(&cohort, &breaks(), Instant::from_micros(0));
        assert_eq!(closes_on(&cohort, &releases), day("2027-05-10"));
        assert_eq!(closes_at(&cohort, &releases).rfc3339(), "2027-05-09T23:00:00Z");
        cohort.closes_on = Some(day("2027-06-01"));
        assert_eq!(closes_on(&cohort, &releases), day("2027-06-01"));
        cohort.closes_on = None;
        assert_eq!(closes_on(&cohort, &[]), day("2027-02-08"));
    }

    #[test]
    fn the_hour_is_the_same_on_every_wall() {
        for (zone, first, last) in [
            ("Europe/London", "2027-01-11T09:00:00Z", "2027-04-12T08:00:00Z"),
            ("America/New_York", "2027-01-11T14:00:00Z", "2027-04-12T13:00:00Z"),
            ("Asia/Kolkata", "2027-01-11T03:30:00Z", "2027-04-12T03:30:00Z"),
            ("Pacific/Apia", "2027-01-10T20:00:00Z", "2027-04-11T20:00:00Z"),
        ] {
            let cohort = cohort_in(zone, day("2027-01-11"), NaiveTime::from_hms_opt(9, 0, 0).unwrap());
            let instants: Vec<String> = planned(&cohort, &breaks(), [1, 11])
                .iter()
                .map(|(_, local)| cohort.zone.instant(*local).rfc3339())
                .collect();
            assert_eq!(instants, [first, last], "{zone}");
        }
        // Morocco turns its clocks for Ramadan, 8 February to 14 March 2027: the hour on the wall stays all the same.
        let cohort = cohort_in("Africa/Casablanca", day("2027-01-11"), NaiveTime::from_hms_opt(9, 0, 0).unwrap());
        for (_, time) in planned(&cohort, &[], 0..=11) {
            assert_eq!(cohort.zone.local(cohort.zone.instant(time)), time);
        }
    }

    #[test]
    fn a_gained_unit_keeps_its_place() {
        let unit = |number| plain::unit(number, slug(number).as_str(), Vec::new());
        let programme = plain::programme((0..=12).map(unit).collect());
        let cohort = spring();
        let mut known = releases(&cohort, &breaks(), Instant::from_micros(0));
        let last = missing(&cohort, &breaks(), &programme, &known);
        assert_eq!(last[0].1, local("2027-04-19 09:00"));
        known[11].local_time = local("2027-04-28 09:00");
        known.remove(4);
        let both = missing(&cohort, &breaks(), &programme, &known);
        assert_eq!(
            both.iter().map(|(_, time, _)| *time).collect::<Vec<_>>(),
            [local("2027-02-01 09:00"), local("2027-04-28 09:00"),]
        );
    }

    proptest! {
        #[test]
        fn releases_follow_each_other_at_one_hour_outside_every_break(
            starts in 0i64..3000,
            minute in 0u32..24 * 60,
            orientation in 1i32..30,
            zone in prop::sample::select(vec!["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"]),
            gaps in prop::collection::vec((0i64..120, 0i64..25), 0..5),
        ) {
            let hour = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap();
            let mut cohort = cohort_in(zone, day("2024-01-01") + TimeDelta::days(starts), hour);
            cohort.orientation_days = orientation;
            let breaks: Vec<Break> = gaps.iter().map(|(from, long)| {
                let first_day = cohort.starts_on + TimeDelta::days(*from);
                Break { name: "Break".into(), first_day, last_day: first_day + TimeDelta::days(*long) }
            }).collect();
            let times = planned(&cohort, &breaks, 0..=11);
            prop_assert_eq!(times.len(), 12);
            for pair in times.windows(2) {
                prop_assert!(cohort.zone.instant(pair[0].1) < cohort.zone.instant(pair[1].1));
            }
            for (unit, time) in times {
                prop_assert_eq!(time.time(), hour);
                prop_assert!(unit == 0 || break_on(&breaks, time.date()).is_none());
            }
        }
    }
}
