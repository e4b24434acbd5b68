//! When each reminder of a cohort falls due, by the rule that the schedule shows to facilitators.

use chrono::TimeDelta;

use super::store::Course;
use super::{CATCH_UP, Kind, live};
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};
use crate::schedule::due::Timing;
use crate::schedule::{self, Release, release_of};

/// How long a mail keeps its meaning where no further release ends it.
const MEANING: TimeDelta = TimeDelta::hours(72);

/// One reminder of a cohort, and when it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub unit: Slug,
    pub kind: Kind,
    /// Of which live session, and at which time. Empty for a unit's own.
    pub occasion: String,
    pub at: Instant,
    /// When it has lost its meaning: at the next release, or as the session begins.
    pub expires_at: Instant,
    /// Facilitators may switch it off: then it falls due all the same, to nobody.
    pub is_on: bool,
}

impl Due {
    /// It fell due, and nobody was there to send it.
    pub fn is_missed(&self, now: Instant) -> bool {
        now.since(self.at) > CATCH_UP
    }

    pub fn is_about(&self, unit: &Slug, kind: Kind, occasion: &str) -> bool {
        self.unit == *unit && self.kind == kind && self.occasion == occasion
    }
}

/// Every reminder that the cohort's schedule foresees, oldest first. A held unit has none, and none falls due once the
/// cohort has closed.
pub fn timetable(course: &Course, programme: &Programme) -> Vec<Due> {
    let Course { cohort, settings, .. } = course;
    let (units, releases): (Vec<&Unit>, Vec<Release>) =
        in_order(programme, &course.releases).into_iter().map(|(unit, release)| (unit, release.clone())).unzip();
    let timing = Timing { cohort, units: &units, releases: &releases, settings };
    let mut dues = live::dues(course, programme);
    for (place, unit) in units.iter().enumerate() {
        for kind in Kind::OF_UNIT {
            // A course that has begun does not start soon, wherever its first unit moves.
            let has_begun = kind == Kind::StartingSoon && course.has_run(unit, Kind::Opens);
            let Some(at) = timing.due(place, kind).filter(|_| !has_begun) else { continue };
            let later = releases.iter().skip(place).filter(|release| !release.held && release.opens_at > at);
            let expires_at = later.map(|release| release.opens_at).min().unwrap_or(at + MEANING);
            let is_on = settings.is_on(unit, kind);
            dues.push(Due { unit: unit.slug.clone(), kind, occasion: String::new(), at, expires_at, is_on });
        }
    }
    let ends = ends_at(cohort, &course.releases);
    dues.retain(|due| due.at < ends);
    dues.sort_by_key(|due| (due.at, due.kind));
    dues
}

/// The programme's units that have a release, each with it.
pub fn in_order<'p, 'r>(programme: &'p Programme, releases: &'r [Release]) -> Vec<(&'p Unit, &'r Release)> {
    programme.units.iter().filter_map(|unit| Some((unit, release_of(unit, releases)?))).collect()
}

/// The unit after this one, unless it is held: nobody knows when that opens.
pub fn next_unit<'p, 'r>(
    programme: &'p Programme,
    releases: &'r [Release],
    unit: &Unit,
) -> Option<(&'p Unit, &'r Release)> {
    let mut units = in_order(programme, releases).into_iter().skip_while(|(other, _)| other.slug != unit.slug);
    units.nth(1).filter(|(_, release)| !release.held)
}

/// From then on no reminder is sent: the cohort has closed, or nobody may read its units any more.
pub fn ends_at(cohort: &Cohort, releases: &[Release]) -> Instant {
    schedule::closes_at(cohort, releases).min(cohort.access_ends_at())
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveTime};
    use proptest::prelude::*;

    use super::super::sample::{at, cohort, course, day, programme, release, releases, slug};
    use super::*;

    /// What the units' own three fall due, as everything comes by itself.
    fn dues(cohort: &Cohort, programme: &Programme, releases: &[Release]) -> Vec<Due> {
        let mut all = timetable(&course(cohort, releases), programme);
        all.retain(|due| due.kind != Kind::StartingSoon);
        all
    }

    fn local(cohort: &Cohort, due: &Due) -> String {
        format!("{} {} {}", due.unit, due.kind, cohort.zone.local(due.at).format("%a %d %b %H:%M"))
    }

    #[test]
    fn a_local_nine_stays_nine_across_the_clock_change() {
        let cohort = cohort("Europe/London", "2027-03-22");
        let dues = dues(&cohort, &programme(2), &releases(&cohort, 2));
        let told: Vec<String> = dues.iter().map(|due| local(&cohort, due)).collect();
        assert_eq!(
            told,
            [
                "unit-1 opens Mon 22 Mar 09:00",
                "unit-1 nudge Fri 26 Mar 09:00",
                "unit-1 wrap_up Sun 28 Mar 09:00",
                "unit-2 opens Mon 29 Mar 09:00",
                "unit-2 nudge Fri 02 Apr 09:00",
                "unit-2 wrap_up Sun 04 Apr 09:00",
            ]
        );
        assert_eq!(dues[1].at, dues[0].at + TimeDelta::days(schedule::due::NUDGE_DAYS as i64));
        assert_eq!(dues[1].at.rfc3339(), "2027-03-26T09:00:00Z");
        assert_eq!(dues[2].at.rfc3339(), "2027-03-28T08:00:00Z");
    }

    #[test]
    fn a_reminder_has_lost_its_meaning_at_the_next_release() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let dues = dues(&cohort, &programme(2), &releases(&cohort, 2));
        let opens = at(&cohort.zone, "2027-01-18 09:00");
        assert!(dues[..3].iter().all(|due| due.expires_at == opens));
        assert!(dues[3..].iter().all(|due| due.expires_at == due.at + TimeDelta::hours(72)));
    }

    #[test]
    fn a_held_unit_has_no_reminders_and_the_one_before_it_ends_after_six_days() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let mut releases = releases(&cohort, 3);
        releases[1].held = true;
        let dues = dues(&cohort, &programme(3), &releases);
        assert!(dues.iter().all(|due| due.unit != slug("unit-2")));
        assert_eq!(local(&cohort, &dues[2]), "unit-1 wrap_up Sun 17 Jan 09:00");
    }

    #[test]
    fn nothing_falls_due_once_the_cohort_has_closed() {
        let mut cohort = cohort("Europe/London", "2027-01-11");
        cohort.closes_on = Some(day("2027-01-15"));
        let dues = dues(&cohort, &programme(2), &releases(&cohort, 2));
        assert_eq!(dues.len(), 1);
        cohort.closes_on = None;
        let last = releases(&cohort, 2);
        assert_eq!(ends_at(&cohort, &last), at(&cohort.zone, "2027-02-15 00:00"));
    }

    #[test]
    fn a_unit_that_follows_the_next_day_leaves_no_room_for_a_wrap_up() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let both = [release(&cohort, 1, day("2027-01-11")), release(&cohort, 2, day("2027-01-12"))];
        let dues = dues(&cohort, &programme(2), &both);
        assert!(!dues.iter().any(|due| due.unit == slug("unit-1") && due.kind == Kind::WrapUp));
    }

    #[test]
    fn what_was_sent_under_an_earlier_name_keeps_its_place() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let mut programme = programme(1);
        programme.units[0].formerly = vec![slug("old-name")];
        let mut releases = releases(&cohort, 1);
        releases[0].unit = slug("old-name");
        let dues = dues(&cohort, &programme, &releases);
        assert_eq!(dues.len(), 3);
        assert!(dues.iter().all(|due| due.unit == slug("unit-1")));
    }

    #[test]
    fn thirty_six_hours_are_made_up_for_and_no_more() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let due = &dues(&cohort, &programme(1), &releases(&cohort, 1))[0];
        assert!(!due.is_missed(due.at + TimeDelta::hours(36)));
        assert!(due.is_missed(due.at + TimeDelta::hours(36) + TimeDelta::seconds(1)));
    }

    proptest! {
        #[test]
        fn reminders_of_a_unit_come_in_order_and_before_the_next(
            zone in prop::sample::select(vec!["America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "Europe/London"]),
            start in 0u64..8_000,
            minute in 1u32..24 * 60,
            gaps in prop::collection::vec(2u64..30, 1..12),
        ) {
            let mut cohort = cohort(zone, "2010-01-01");
            cohort.starts_on = cohort.starts_on.checked_add_days(Days::new(start)).unwrap();
            cohort.release_time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap();
            let mut on = cohort.starts_on;
            let mut all = vec![release(&cohort, 1, on)];
            for (n, gap) in gaps.iter().enumerate() {
                on = on.checked_add_days(Days::new(*gap)).unwrap();
                all.push(release(&cohort, n as u16 + 2, on));
            }
            let programme = programme(all.len() as u16);
            let dues = dues(&cohort, &programme, &all);
            prop_assert_eq!(dues.len(), all.len() * 3);
            for (unit, next) in all.iter().zip(all.iter().skip(1)) {
                let of = |kind| dues.iter().find(|due| due.unit == unit.unit && due.kind == kind).unwrap();
                prop_assert_eq!(of(Kind::Opens).at, unit.opens_at);
                // In 2011 Samoa went without 30 December, whose every hour is the first of the 31st.
                prop_assert!(of(Kind::WrapUp).at <= next.opens_at);
                prop_assert!(of(Kind::Opens).at <= of(Kind::WrapUp).at && of(Kind::Opens).at <= of(Kind::Nudge).at);
                let skipped = cohort.zone.local(next.opens_at) != next.local_time
                    || cohort.zone.local(of(Kind::WrapUp).at).time() != cohort.release_time;
                prop_assert!(skipped || of(Kind::WrapUp).at < next.opens_at);
            }
            // A local hour stays that hour, unless the clock skips it.
            for due in &dues {
                let told = cohort.zone.local(due.at);
                let skipped = cohort.zone.instant(told) == due.at && told.time() != cohort.release_time;
                prop_assert!(told.time() == cohort.release_time || skipped);
            }
            prop_assert!(dues.is_sorted_by_key(|due| due.at));
        }
    }
}
