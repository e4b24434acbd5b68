//! When reminders fall due across clock changes, as another program computes it: Python's `zoneinfo`.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDateTime, NaiveTime};
use trellis::cohort::{Cohort, CohortId, Joining};
use trellis::live::Session;
use trellis::platform::text::Slug;
use trellis::platform::zone::Zone;
use trellis::programme::{Programme, StepKind};
use trellis::reminder::Kind;
use trellis::reminder::due::timetable;
use trellis::reminder::store::Course;
use trellis::schedule::{Release, Settings};

use crate::calendar::instants_by_python;
use crate::world::{catalogue, day};

/// Zones whose clocks go forward or back at various hours and on various days, and two that leave theirs alone.
const ZONES: [&str; 6] =
    ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "Pacific/Auckland"];
/// Local hours, one of which Europe's and one of which America's clocks skip; Morocco's skip and repeat others.
const HOURS: [&str; 5] = ["09:00", "01:30", "02:30", "00:00", "23:59"];

fn programme() -> &'static Programme {
    &catalogue().programmes[&Slug::parse("effective-networks").unwrap()]
}

/// A unit a week from the 1st of February 2027, so over 28 March and what else turns in that spring, with a session in each.
fn course(zone: &str, hour: NaiveTime) -> Course {
    let zone = Zone::named(zone).unwrap();
    let (mut releases, mut sessions) = (Vec::new(), Vec::new());
    for (week, unit) in programme().units.iter().enumerate() {
        let local_time = (day("2027-02-01") + Days::new(7 * week as u64)).and_time(hour);
        let opens_at = zone.instant(local_time);
        let (set_by_hand, held, opened_at) = (false, false, None);
        releases.push(Release { unit: unit.slug.clone(), local_time, opens_at, set_by_hand, held, opened_at });
        for step in unit.steps.iter().filter(|step| step.kind == StepKind::LiveSession) {
            let local_time = local_time + chrono::TimeDelta::days(6);
            sessions.push(Session {
                unit: unit.slug.clone(),
                step: step.slug.clone(),
                local_time,
                starts_at: zone.instant(local_time),
                minutes: 60,
                link: String::new(),
                recording: String::new(),
                version: 1,
                called_off: false,
            });
        }
    }
    let cohort = Cohort {
        id: CohortId(1),
        slug: Slug::parse("spring").unwrap(),
        programme: programme().slug.clone(),
        name: "Spring".into(),
        starts_on: day("2027-02-08"),
        release_time: hour,
        zone,
        orientation_days: 7,
        closes_on: None,
        access_ends_on: None,
        joining: Joining::Open,
        schedule_version: 1,
        extra_until: None,
        before: String::new(),
    };
    Course { cohort, releases, settings: Settings::default(), sessions, runs: Vec::new() }
}

/// The wall times of one unit's mails, by the rules as they are written down, and not by the code.
fn written(week: usize, hour: NaiveTime) -> Vec<(Kind, NaiveDateTime)> {
    let opened = day("2027-02-01") + Days::new(7 * week as u64);
    let at = |days: i64| (opened + chrono::TimeDelta::days(days)).and_time(hour);
    let soon = (week == 1).then(|| (Kind::StartingSoon, at(-3)));
    soon.into_iter().chain([(Kind::Opens, at(0)), (Kind::Nudge, at(4)), (Kind::WrapUp, at(6))]).collect()
}

#[test]
fn every_reminder_falls_due_when_another_program_says() {
    let (mut asked, mut ours) = (String::new(), Vec::new());
    let mut offsets: BTreeSet<(String, i32)> = BTreeSet::new();
    for (zone, hour) in ZONES.iter().flat_map(|zone| HOURS.map(|hour| (*zone, hour))) {
        let hour: NaiveTime = hour.parse().unwrap_or_else(|_| NaiveTime::parse_from_str(hour, "%H:%M").unwrap());
        let course = course(zone, hour);
        let dues = timetable(&course, programme());
        for (week, unit) in programme().units.iter().enumerate() {
            for (kind, at) in written(week, hour) {
                let due = dues.iter().find(|due| due.kind == kind && due.unit == unit.slug).unwrap();
                offsets.insert((zone.into(), course.cohort.zone.offset_minutes(due.at)));
                asked.push_str(&format!("{} {zone}\n", at.format("%Y-%m-%dT%H:%M")));
                ours.push((format!("{kind} of unit {week}, {at} in {zone}"), due.at));
            }
        }
        for session in &course.sessions {
            let of = |kind| dues.iter().find(|due| due.kind == kind && due.unit == session.unit).unwrap().at;
            assert_eq!(of(Kind::LiveDay), session.starts_at - chrono::TimeDelta::hours(24));
            assert_eq!(of(Kind::LiveHour), session.starts_at - chrono::TimeDelta::hours(1));
            asked.push_str(&format!("{} {zone}\n", session.local_time.format("%Y-%m-%dT%H:%M")));
            ours.push((format!("the session at {} in {zone}", session.local_time), session.starts_at));
        }
    }
    let theirs = instants_by_python(&asked);
    assert_eq!(theirs.len(), ours.len());
    for (line, ((what, at), theirs)) in asked.lines().zip(ours.iter().zip(&theirs)) {
        let is_skipped = is_skipped(line);
        // Python reads a time that the clock skips with the offset from before; here it is the first instant after it.
        let same = at.utc().format("%Y%m%dT%H%M%SZ").to_string() == *theirs;
        assert!(same || is_skipped, "{what}: {at:?}, and {theirs} by zoneinfo");
    }
    let turned = |zone: &str| offsets.iter().filter(|(of, _)| of == zone).count();
    assert_eq!(ZONES.map(turned), [2, 2, 1, 1, 2, 2], "the clocks turn where they do: {offsets:?}");
    println!("{} due instants in {} zones", ours.len(), ZONES.len());
}

/// Whether that wall time is skipped: there and back again is another time.
fn is_skipped(line: &str) -> bool {
    let (at, zone) = line.split_once(' ').unwrap();
    let at = NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M").unwrap();
    let zone = Zone::named(zone).unwrap();
    zone.local(zone.instant(at)) != at
}
