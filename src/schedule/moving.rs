//! Moving a unit and all after it. Whole weeks step over breaks and keep every unit behind the one ahead of it.

use chrono::{NaiveDate, TimeDelta};

use super::Release;
use super::change::{ScheduleFault, Terms, is_near, set_time};
use super::plan::break_on;

/// Moves the release at `first` and all behind it, each at its own wall time, by a number of days (fewer than 0: earlier).
pub(super) fn shift(releases: &mut [Release], first: usize, by: i64, terms: &Terms<'_>) -> Result<(), ScheduleFault> {
    if by == 0 {
        return Ok(());
    }
    let old_days: Vec<NaiveDate> = releases.iter().map(|r| r.local_time.date()).collect();
    for place in first..releases.len() {
        let ahead = place.checked_sub(1).map(|i| Ahead {
            old: old_days[i],
            new: releases[i].local_time.date(),
            moved: i >= first,
        });
        let day = landing(&releases[place], by, ahead, terms)?;
        let local = day.and_time(releases[place].local_time.time());
        set_time(&mut releases[place], local, terms)?;
    }
    Ok(())
}

/// The unit ahead of one that moves.
struct Ahead {
    old: NaiveDate,
    new: NaiveDate,
    /// It moves too.
    moved: bool,
}

/// The day on which a unit lands.
fn landing(release: &Release, by: i64, ahead: Option<Ahead>, terms: &Terms<'_>) -> Result<NaiveDate, ScheduleFault> {
    let old = release.local_time.date();
    let aim = step(release, old, by, terms)?;
    if by % 7 != 0 {
        return match break_on(terms.breaks, aim) {
            Some(b) => Err(ScheduleFault::InBreak { unit: release.unit.clone(), day: aim, in_break: b.clone() }),
            None => Ok(aim),
        };
    }
    let in_break = |day| break_on(terms.breaks, day).is_some();
    let mut day = aim;
    while in_break(day) {
        day = step(release, day, 7 * by.signum(), terms)?;
    }
    // Two units that had days of their own keep them; the first one that moves may catch up only by stepping over a break.
    let caught_up = |day| ahead.as_ref().is_some_and(|a| a.old < old && a.new >= day && (a.moved || day != aim));
    while in_break(day) || caught_up(day) {
        day = step(release, day, 7, terms)?;
    }
    Ok(day)
}

fn step(release: &Release, day: NaiveDate, by: i64, terms: &Terms<'_>) -> Result<NaiveDate, ScheduleFault> {
    TimeDelta::try_days(by)
        .and_then(|by| day.checked_add_signed(by))
        .filter(|day| is_near(*day, terms.cohort.starts_on))
        .ok_or_else(|| ScheduleFault::TooFar { unit: release.unit.clone() })
}
