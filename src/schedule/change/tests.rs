//! Changes of a schedule one by one, and the laws that hold after any of them.

use proptest::prelude::*;

use super::*;
use crate::schedule::Release;
use crate::schedule::sample::{self, breaks, day, local, slug, spring};

/// The schedule of spring as it stands at a local time, and what became of one change to it.
fn changed(now: &str, change: &Change) -> Result<Vec<Release>, ScheduleFault> {
    given(now, &[], change, false)
}

fn confirmed(now: &str, change: &Change) -> Result<Vec<Release>, ScheduleFault> {
    given(now, &[], change, true)
}

fn given(now: &str, first: &[Change], last: &Change, confirmed: bool) -> Result<Vec<Release>, ScheduleFault> {
    let (cohort, breaks) = (spring(), breaks());
    let now = cohort.zone.instant(local(now));
    let mut releases = sample::releases(&cohort, &breaks, now);
    for change in first {
        releases = apply(&releases, change, &Terms { cohort: &cohort, breaks: &breaks, now, confirmed: true })?;
    }
    apply(&releases, last, &Terms { cohort: &cohort, breaks: &breaks, now, confirmed })
}

fn set(unit: u16, time: &str) -> Change {
    Change::SetTime { unit: slug(unit), local_time: local(time) }
}

fn moved(unit: u16, days: i64) -> Change {
    Change::Move { unit: slug(unit), days }
}

fn days_from(releases: &[Release], unit: usize) -> Vec<String> {
    releases[unit..].iter().map(|r| r.local_time.format("%d %b").to_string()).collect()
}

#[test]
fn a_week_later_steps_over_easter_and_nobody_collides() {
    let after = changed("2027-02-23 12:00", &moved(8, 7)).unwrap();
    assert_eq!(days_from(&after, 7), ["01 Mar", "15 Mar", "22 Mar", "12 Apr", "19 Apr"]);
    assert!(after[8..].iter().all(|r| r.set_by_hand) && !after[7].set_by_hand);
    let two = changed("2027-02-23 12:00", &moved(8, 14)).unwrap();
    assert_eq!(days_from(&two, 8), ["22 Mar", "12 Apr", "19 Apr", "26 Apr"]);
}

#[test]
fn a_week_later_and_a_week_earlier_is_where_it_was() {
    let back = given("2027-02-23 12:00", &[moved(8, 7)], &moved(8, -7), false).unwrap();
    assert_eq!(days_from(&back, 8), ["08 Mar", "15 Mar", "22 Mar", "12 Apr"]);
    let last = changed("2027-02-23 12:00", &moved(11, -7)).unwrap();
    assert_eq!(days_from(&last, 10), ["22 Mar", "12 Apr"], "before Easter is unit 10's own day");
}

#[test]
fn days_that_are_no_weeks_may_not_land_in_a_break() {
    let fault = changed("2027-02-23 12:00", &moved(9, 8)).unwrap_err();
    assert_eq!(fault, ScheduleFault::InBreak { unit: slug(10), day: day("2027-03-30"), in_break: breaks()[1].clone() });
    let after = changed("2027-02-23 12:00", &moved(9, 2)).unwrap();
    assert_eq!(days_from(&after, 9), ["17 Mar", "24 Mar", "14 Apr"]);
}

#[test]
fn the_hour_on_the_wall_stays_across_the_clock_change() {
    let after = changed("2027-02-23 12:00", &moved(8, 28)).unwrap();
    assert!(after[8..].iter().all(|r| r.local_time.format("%H:%M").to_string() == "09:00"));
    assert_eq!(after[8].opens_at.rfc3339(), "2027-04-12T08:00:00Z");
}

#[test]
fn a_unit_may_not_open_before_the_one_ahead_of_it() {
    let out_of_order = |unit, ahead| Err(ScheduleFault::OutOfOrder { unit: slug(unit), ahead: slug(ahead) });
    assert_eq!(changed("2027-02-23 12:00", &set(8, "2027-03-01 08:59")), out_of_order(8, 7));
    assert_eq!(changed("2027-02-23 12:00", &set(8, "2027-03-15 09:01")), out_of_order(9, 8));
    assert_eq!(changed("2027-02-23 12:00", &moved(11, -22)), out_of_order(11, 10));
    assert!(changed("2027-02-23 12:00", &set(8, "2027-03-01 09:00")).is_ok(), "the same moment is not before");
    let shut = |unit, ahead| Err(ScheduleFault::AheadNotOpen { unit: slug(unit), ahead: slug(ahead) });
    assert_eq!(changed("2027-02-23 12:00", &Change::OpenNow { unit: slug(8) }), shut(8, 7));
    assert_eq!(changed("2027-02-23 12:00", &moved(8, -14)), shut(8, 7));
    assert_eq!(changed("2027-02-23 12:00", &set(9, "2027-01-01 09:00")), shut(9, 8));
    let hold = [Change::Hold { unit: slug(6) }];
    assert_eq!(given("2027-02-23 12:00", &hold, &Change::OpenNow { unit: slug(7) }, false), shut(7, 6));
}

#[test]
fn opening_now_opens_at_this_instant_and_twice_is_once() {
    let open = Change::OpenNow { unit: slug(7) };
    let once = changed("2027-02-23 12:34", &open).unwrap();
    assert_eq!(once[7].opened_at.unwrap().rfc3339(), "2027-02-23T12:34:00Z");
    assert_eq!((once[7].opens_at, once[7].local_time), (once[7].opened_at.unwrap(), local("2027-02-23 12:34")));
    assert_eq!(given("2027-02-23 12:34", std::slice::from_ref(&open), &open, false).unwrap(), once);
    assert_eq!(
        changed("2027-02-23 12:34", &Change::OpenNow { unit: slug(6) }).unwrap()[6].opens_at.rfc3339(),
        "2027-02-22T09:00:00Z"
    );
}

#[test]
fn an_open_unit_closes_only_if_somebody_agrees() {
    let closes = |unit| Err(ScheduleFault::Unconfirmed { closes: vec![slug(unit)] });
    assert_eq!(changed("2027-02-23 12:00", &set(6, "2027-02-26 09:00")), closes(6));
    assert_eq!(changed("2027-02-23 12:00", &Change::Hold { unit: slug(6) }), closes(6));
    assert_eq!(changed("2027-02-23 12:00", &moved(6, 7)), closes(6));
    let after = confirmed("2027-02-23 12:00", &set(6, "2027-02-26 09:00")).unwrap();
    assert_eq!(after[6].opened_at, None);
    let still_open = changed("2027-02-23 12:00", &set(6, "2027-02-23 09:00")).unwrap();
    assert!(still_open[6].opened_at.is_some(), "another time that has passed closes nothing");
}

#[test]
fn a_time_that_has_passed_opens_at_once() {
    let after = changed("2027-02-27 12:00", &set(7, "2027-02-26 09:00")).unwrap();
    assert_eq!(after[7].opened_at.unwrap().rfc3339(), "2027-02-27T12:00:00Z");
}

#[test]
fn letting_go_restores_what_had_opened_and_opens_what_was_late() {
    let (hold, let_go) = (|unit| Change::Hold { unit: slug(unit) }, |unit| Change::Unhold { unit: slug(unit) });
    let restored = given("2027-02-23 12:00", &[hold(6)], &let_go(6), false).unwrap();
    assert_eq!(restored, changed("2027-02-23 12:00", &let_go(6)).unwrap());
    let planned = given("2027-02-23 12:00", &[hold(7)], &let_go(7), false).unwrap();
    assert_eq!(planned[7].opened_at, None);

    let (cohort, breaks) = (spring(), breaks());
    let early = cohort.zone.instant(local("2027-02-23 12:00"));
    let now = cohort.zone.instant(local("2027-03-10 12:00"));
    let terms = |now| Terms { cohort: &cohort, breaks: &breaks, now, confirmed: false };
    let held = apply(&sample::releases(&cohort, &breaks, early), &hold(7), &terms(early)).unwrap();
    let late = apply(&held, &let_go(7), &terms(now)).unwrap();
    assert_eq!((late[7].opens_at, late[7].opened_at), (now, Some(now)), "although unit 8 opened at its own time");
    assert!(apply(&late, &moved(9, 7), &terms(now)).is_ok());
}

#[test]
fn what_lies_too_far_was_mistyped() {
    for change in [set(11, "2072-04-12 09:00"), set(0, "1927-01-04 09:00"), moved(11, 693_000), moved(11, i64::MAX)] {
        assert!(matches!(changed("2026-12-01 09:00", &change), Err(ScheduleFault::TooFar { .. })), "{change:?}");
    }
    assert_eq!(changed("2026-12-01 09:00", &set(12, "2027-04-12 09:00")), Err(ScheduleFault::NoSuchUnit));
    let endless = Break { name: "For ever".into(), first_day: day("2027-01-01"), last_day: day("2099-01-01") };
    let cohort = spring();
    let terms = Terms { cohort: &cohort, breaks: &[endless], now: Instant::from_micros(0), confirmed: false };
    let releases = sample::releases(&cohort, &[], terms.now);
    assert!(matches!(apply(&releases, &moved(3, 7), &terms), Err(ScheduleFault::TooFar { .. })));
    assert_eq!(apply(&releases, &moved(3, 0), &terms).unwrap(), releases);
}

#[test]
fn a_new_break_moves_what_is_neither_set_by_hand_nor_open() {
    let (old, breaks) = (spring(), breaks());
    let cohort = Cohort { starts_on: day("2027-01-18"), ..spring() };
    let now = cohort.zone.instant(local("2027-02-23 12:00"));
    let terms = |cohort| Terms { cohort, breaks: &breaks, now, confirmed: false };
    let before = apply(&sample::releases(&old, &breaks, now), &set(11, "2027-04-21 10:00"), &terms(&old)).unwrap();
    let planned: Vec<_> = crate::schedule::planned(&cohort, &breaks, 0..=11)
        .into_iter()
        .map(|(unit, time)| (slug(unit), time, cohort.zone.instant(time)))
        .collect();
    let with_breaks = |planned: &[_]| Change::SetBreaks { breaks: breaks.clone(), planned: planned.to_vec() };
    let after = apply(&before, &with_breaks(&planned), &terms(&cohort)).unwrap();
    assert_eq!(days_from(&after, 5), ["08 Feb", "22 Feb", "08 Mar", "15 Mar", "22 Mar", "12 Apr", "21 Apr"]);
    let early = apply(&before, &set(11, "2027-04-12 09:00"), &terms(&cohort)).unwrap();
    let mut late = planned.clone();
    late[10].1 = local("2027-04-26 09:00");
    late[10].2 = cohort.zone.instant(late[10].1);
    assert!(matches!(apply(&early, &with_breaks(&late), &terms(&cohort)), Err(ScheduleFault::OutOfOrder { .. })));
}

/// The change, as it would be kept.
fn revision(before: &[Release], after: &[Release]) -> Revision {
    let side = |of: &[Release], other: &[Release]| Side { releases: differing(other, of), breaks: None };
    Revision { before: side(before, after), after: side(after, before) }
}

#[test]
fn what_was_changed_is_taken_back_unless_it_was_changed_again() {
    let (cohort, breaks) = (spring(), breaks());
    let now = cohort.zone.instant(local("2027-02-23 12:00"));
    let terms = |confirmed| Terms { cohort: &cohort, breaks: &breaks, now, confirmed };
    let planned = sample::releases(&cohort, &breaks, now);
    let later = apply(&planned, &moved(8, 7), &terms(false)).unwrap();
    let undo = Change::Undo(revision(&planned, &later));
    assert_eq!(apply(&later, &undo, &terms(false)).unwrap(), planned);
    assert_eq!(apply(&planned, &undo, &terms(false)), Err(ScheduleFault::ChangedSince), "twice is once");
    let again = apply(&later, &set(9, "2027-03-16 09:00"), &terms(false)).unwrap();
    assert_eq!(apply(&again, &undo, &terms(false)), Err(ScheduleFault::ChangedSince));

    let opened = apply(&planned, &Change::OpenNow { unit: slug(7) }, &terms(false)).unwrap();
    let close = Change::Undo(revision(&planned, &opened));
    assert_eq!(apply(&opened, &close, &terms(false)), Err(ScheduleFault::Unconfirmed { closes: vec![slug(7)] }));
    assert_eq!(apply(&opened, &close, &terms(true)).unwrap(), planned);

    let held = apply(&planned, &Change::Hold { unit: slug(6) }, &terms(true)).unwrap();
    let back = apply(&held, &Change::Undo(revision(&planned, &held)), &terms(false)).unwrap();
    assert!(back[6].is_open(now) && back[6].opens_at == planned[6].opens_at);
}

fn any_change() -> impl Strategy<Value = Change> {
    let unit = || (0u16..=11).prop_map(slug);
    let time = (0i64..150, 0u32..24 * 60).prop_map(|(days, minute)| {
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap();
        (day("2026-12-20") + chrono::TimeDelta::days(days)).and_time(time)
    });
    prop_oneof![
        (unit(), time).prop_map(|(unit, local_time)| Change::SetTime { unit, local_time }),
        unit().prop_map(|unit| Change::OpenNow { unit }),
        unit().prop_map(|unit| Change::Hold { unit }),
        unit().prop_map(|unit| Change::Unhold { unit }),
        (unit(), -20i64..=20).prop_map(|(unit, days)| Change::Move { unit, days }),
        (unit(), -4i64..=6).prop_map(|(unit, weeks)| Change::Move { unit, days: weeks * 7 }),
    ]
}

proptest! {
    #[test]
    fn whatever_is_accepted_keeps_the_order(changes in prop::collection::vec((any_change(), 0i64..20, any::<bool>()), 1..25)) {
        let (cohort, breaks) = (spring(), breaks());
        let mut now = cohort.zone.instant(local("2026-12-28 10:00"));
        let mut releases = sample::releases(&cohort, &breaks, now);
        for (change, days, confirmed) in changes {
            now = now + chrono::TimeDelta::days(days);
            for due in releases.iter_mut().filter(|r| r.is_open(now) && r.opened_at.is_none()) {
                due.opened_at = Some(now);
            }
            let open_before: Vec<bool> = releases.iter().map(|r| r.is_open(now)).collect();
            let terms = Terms { cohort: &cohort, breaks: &breaks, now, confirmed };
            let Ok(after) = apply(&releases, &change, &terms) else { continue };
            prop_assert!(sample::in_order(&after, now), "{change:?} made {after:?}");
            prop_assert!(after.iter().all(|r| r.opens_at == cohort.zone.instant(r.local_time)));
            let closes = after.iter().zip(&open_before).any(|(r, open)| *open && !r.is_open(now));
            prop_assert!(confirmed || !closes);
            if let Change::Move { days, .. } = change && days % 7 == 0 {
                let landed = after.iter().zip(&releases).filter(|(new, old)| new != old);
                for (new, old) in landed {
                    prop_assert!(crate::schedule::plan::break_on(&breaks, new.local_time.date()).is_none());
                    prop_assert_eq!(new.local_time.time(), old.local_time.time());
                }
            }
            prop_assert_eq!(&apply(&after, &Change::Hold { unit: slug(0) }, &Terms { confirmed: true, ..terms }).map(|_| ()), &Ok(()));
            let undone = apply(&after, &Change::Undo(revision(&releases, &after)), &Terms { confirmed: true, ..terms });
            if let Ok(undone) = undone {
                let times = |of: &[Release]| of.iter().map(|r| (r.opens_at, r.held, r.is_open(now))).collect::<Vec<_>>();
                prop_assert_eq!(times(&undone), times(&releases));
            }
            releases = after;
        }
    }

    #[test]
    fn by_plan_whole_weeks_never_collide(unit in 0u16..=11, weeks in 1i64..12, starts in 0i64..700, gaps in prop::collection::vec((0i64..120, 1i64..25), 0..4)) {
        let mut cohort = spring();
        cohort.starts_on = day("2026-01-05") + chrono::TimeDelta::days(starts);
        let breaks: Vec<Break> = gaps.iter().map(|(from, long)| {
            let first_day = cohort.starts_on + chrono::TimeDelta::days(*from);
            Break { name: "Break".into(), first_day, last_day: first_day + chrono::TimeDelta::days(*long) }
        }).collect();
        let terms = Terms { cohort: &cohort, breaks: &breaks, now: Instant::from_micros(0), confirmed: false };
        let before = sample::releases(&cohort, &breaks, terms.now);
        let after = apply(&before, &Change::Move { unit: slug(unit), days: weeks * 7 }, &terms).unwrap();
        prop_assert!(after.is_sorted_by(|a, b| a.local_time < b.local_time));
        prop_assert!(after.iter().zip(&before).all(|(new, old)| new.opens_at >= old.opens_at));
    }
}
