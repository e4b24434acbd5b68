//! When each reminder of a cohort falls due: local days and the cohort's hour, so a clock change moves them in UTC.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::{CATCH_UP, Kind, is_called};
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};
use crate::schedule::Release;

/// Days from a unit's release to its nudge.
pub const NUDGE_DAYS: u64 = 4;
/// Days from the last unit's release to its wrap-up; every other unit's is the day before the next release.
pub const LAST_WRAP_UP_DAYS: u64 = 6;
/// How long a mail keeps its meaning where no further release ends it.
const MEANING: TimeDelta = TimeDelta::hours(72);

/// One reminder of a cohort, and when it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub unit: Slug,
    pub kind: Kind,
    pub at: Instant,
    /// When it has lost its meaning: at the next release.
    pub expires_at: Instant,
}

impl Due {
    /// It fell due, and nobody was there to send it.
    pub fn is_missed(&self, now: Instant) -> bool {
        now.since(self.at) > CATCH_UP
    }
}

/// Every reminder that the cohort's schedule foresees, oldest first. A held unit has none, and none falls due once the
/// cohort has closed.
pub fn timetable(cohort: &Cohort, programme: &Programme, releases: &[Release]) -> Vec<Due> {
    let open: Vec<(&Unit, &Release)> = programme
        .units
        .iter()
        .filter_map(|unit| Some((unit, release_of(releases, unit)?)))
        .filter(|(_, release)| !release.held)
        .collect();
    let ends = ends_at(cohort, releases);
    let mut dues = Vec::with_capacity(open.len() * 3);
    for (place, (unit, release)) in open.iter().enumerate() {
        let next = next_unit(programme, releases, unit);
        for (kind, at) in moments(cohort, release, next.map(|(_, release)| release)) {
            let further = open.get(place + 1..).unwrap_or_default().iter().map(|(_, later)| later.opens_at);
            let expires_at = further.filter(|opens| *opens > at).min().unwrap_or(at + MEANING);
            dues.push(Due { unit: unit.slug.clone(), kind, at, expires_at });
        }
    }
    dues.retain(|due| due.at < ends);
    dues.sort_by_key(|due| (due.at, due.kind));
    dues
}

/// The unit after this one, unless it is held: nobody knows when that opens.
pub fn next_unit<'p, 'r>(
    programme: &'p Programme,
    releases: &'r [Release],
    unit: &Unit,
) -> Option<(&'p Unit, &'r Release)> {
    let later = programme.units.iter().skip_while(|other| other.slug != unit.slug).skip(1);
    let released = |unit: &'p Unit| Some((unit, release_of(releases, unit)?));
    later.filter_map(released).next().filter(|(_, release)| !release.held)
}

pub fn release_of<'r>(releases: &'r [Release], unit: &Unit) -> Option<&'r Release> {
    releases.iter().find(|release| is_called(unit, &release.unit))
}

/// The three moments of one unit. A nudge or wrap-up that would not come after the release (the next unit opens a day
/// later) has nothing to say and does not fall due.
fn moments(cohort: &Cohort, release: &Release, next: Option<&Release>) -> Vec<(Kind, Instant)> {
    let at_the_hour = |day: NaiveDate| cohort.zone.instant(day.and_time(cohort.release_time));
    let opened = release.local_time.date();
    let nudge = opened.checked_add_days(Days::new(NUDGE_DAYS));
    let wrap_up = match next {
        Some(next) => next.local_time.date().checked_sub_days(Days::new(1)),
        None => opened.checked_add_days(Days::new(LAST_WRAP_UP_DAYS)),
    };
    let later = [(Kind::Nudge, nudge), (Kind::WrapUp, wrap_up)];
    let later = later.into_iter().filter_map(|(kind, day)| Some((kind, day.filter(|day| *day > opened)?)));
    std::iter::once((Kind::Opens, release.opens_at)).chain(later.map(|(kind, day)| (kind, at_the_hour(day)))).collect()
}

/// From then on no reminder is sent: the cohort has closed, or nobody may read its units any more.
pub fn ends_at(cohort: &Cohort, releases: &[Release]) -> Instant {
    let last = releases.iter().map(|release| release.local_time.date()).max();
    let by_default = last.and_then(|day| day.checked_add_days(Days::new(28)));
    let closes = cohort.closes_on.or(by_default).unwrap_or(NaiveDate::MAX);
    cohort.zone.instant(closes.and_time(NaiveTime::MIN)).min(cohort.access_ends_at())
}
