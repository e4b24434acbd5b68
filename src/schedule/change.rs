//! Changes to a schedule, before they are kept. None of them plans a unit before the one ahead of it, and none closes
//! an open unit that nobody agreed to close.

use chrono::{NaiveDate, NaiveDateTime};

use super::{Release, moving};
use crate::cohort::{Break, Cohort};
use crate::platform::clock::Instant;
use crate::platform::text::Slug;

/// What a facilitator may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The cohort's wall time. One that has passed opens the unit at once.
    SetTime {
        unit: Slug,
        local_time: NaiveDateTime,
    },
    OpenNow {
        unit: Slug,
    },
    /// Closed until a facilitator opens it.
    Hold {
        unit: Slug,
    },
    /// It opens at its time again; at once if that has passed.
    Unhold {
        unit: Slug,
    },
    /// This unit and all after it. Whole weeks step over breaks; other numbers of days may not land in one.
    Move {
        unit: Slug,
        days: i64,
    },
    /// Other breaks: what is neither set by hand nor open gets the time that is `planned` with them.
    SetBreaks {
        breaks: Vec<Break>,
        planned: Vec<(Slug, NaiveDateTime, Instant)>,
    },
    /// What an earlier change made is taken back.
    Undo(Revision),
}

/// What a change made of the schedule: the releases that it touched, and the breaks if it was about them, on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub before: Side,
    pub after: Side,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    pub releases: Vec<Release>,
    pub breaks: Option<Vec<Break>>,
}

impl Change {
    /// The breaks after it, if it is about them.
    pub fn breaks(&self) -> Option<&[Break]> {
        match self {
            Self::SetBreaks { breaks, .. } => Some(breaks),
            Self::Undo(revision) => revision.before.breaks.as_deref(),
            _ => None,
        }
    }
}

impl Revision {
    /// Whether all is as the change left it. That a unit has opened since is no other change.
    pub fn stands(&self, releases: &[Release], breaks: &[Break]) -> bool {
        let as_left = |left: &Release| {
            releases.iter().any(|r| r.unit == left.unit && (r.opens_at, r.held) == (left.opens_at, left.held))
        };
        self.after.releases.iter().all(as_left) && self.after.breaks.as_deref().is_none_or(|left| left == breaks)
    }
}

/// What a change is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub cohort: &'a Cohort,
    pub breaks: &'a [Break],
    pub now: Instant,
    /// Somebody agreed that open units close.
    pub confirmed: bool,
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleFault {
    #[error("the schedule has no such unit")]
    NoSuchUnit,
    #[error("{unit} would open before {ahead}, which is ahead of it")]
    OutOfOrder { unit: Slug, ahead: Slug },
    #[error("{unit} would be open while {ahead}, which is ahead of it, is not")]
    AheadNotOpen { unit: Slug, ahead: Slug },
    #[error("{unit} would open on {day}, in a break: {}", .in_break.name)]
    InBreak { unit: Slug, day: NaiveDate, in_break: Break },
    #[error("{unit} would open too far from the cohort's start")]
    TooFar { unit: Slug },
    #[error("open units would close, and nobody agreed to it")]
    Unconfirmed { closes: Vec<Slug> },
    #[error("it was changed again since")]
    ChangedSince,
}

/// The releases after the change. `releases`: in the programme's order, and so is what comes back.
pub fn apply(releases: &[Release], change: &Change, terms: &Terms<'_>) -> Result<Vec<Release>, ScheduleFault> {
    let place = |unit: &Slug| releases.iter().position(|r| r.unit == *unit).ok_or(ScheduleFault::NoSuchUnit);
    let mut changed = releases.to_vec();
    match change {
        Change::SetTime { unit, local_time } => set_time(&mut changed[place(unit)?], *local_time, terms)?,
        Change::OpenNow { unit } => open_now(&mut changed[place(unit)?], terms),
        Change::Hold { unit } => hold(&mut changed[place(unit)?], terms),
        Change::Unhold { unit } => let_go(&mut changed[place(unit)?], terms),
        Change::Move { unit, days } => moving::shift(&mut changed, place(unit)?, *days, terms)?,
        Change::SetBreaks { planned, .. } => replan(&mut changed, planned, terms.now),
        Change::Undo(revision) if !revision.stands(releases, terms.breaks) => return Err(ScheduleFault::ChangedSince),
        Change::Undo(revision) => {
            for former in &revision.before.releases {
                restore(&mut changed[place(&former.unit)?], former, terms);
            }
        }
    }
    judge(releases, &changed, terms)?;
    Ok(changed)
}

/// Those that are neither set by hand nor opened, and whose time has not come, get the time that is planned for them now.
fn replan(releases: &mut [Release], planned: &[(Slug, NaiveDateTime, Instant)], now: Instant) {
    let waiting = |r: &&mut Release| !r.set_by_hand && r.opened_at.is_none() && r.opens_at > now;
    for release in releases.iter_mut().filter(waiting) {
        if let Some((_, local, instant)) = planned.iter().find(|(unit, ..)| *unit == release.unit) {
            (release.local_time, release.opens_at) = (*local, *instant);
        }
    }
}

/// As it was before a change. What is open stays so where it was to be open by now; what was held and would have opened
/// meanwhile opens now.
fn restore(release: &mut Release, former: &Release, terms: &Terms<'_>) {
    let is_to_be_open = !former.held && former.opens_at <= terms.now;
    let opened_at = former.opened_at.or(release.opened_at.filter(|_| is_to_be_open));
    *release = Release { opened_at, ..former.clone() };
    if is_to_be_open && opened_at.is_none() {
        open_from_now(release, terms);
    }
}

/// Its time went by while it was closed: what follows from its opening counts from now.
fn open_from_now(release: &mut Release, terms: &Terms<'_>) {
    release.local_time = terms.cohort.zone.local(terms.now);
    release.opens_at = terms.now;
    release.opened_at = Some(terms.now);
}

/// Gives a release its own wall time. The same minute as before is no change.
pub(super) fn set_time(release: &mut Release, local: NaiveDateTime, terms: &Terms<'_>) -> Result<(), ScheduleFault> {
    if (local - release.local_time).num_minutes() == 0 {
        return Ok(());
    }
    if !is_near(local.date(), terms.cohort.starts_on) {
        return Err(ScheduleFault::TooFar { unit: release.unit.clone() });
    }
    let opens_at = terms.cohort.zone.instant(local);
    let opened_at = match opens_at <= terms.now {
        true if release.held => release.opened_at,
        true => release.opened_at.or(Some(terms.now)),
        false => None,
    };
    *release =
        Release { local_time: local, opens_at, opened_at, set_by_hand: true, unit: release.unit.clone(), ..*release };
    Ok(())
}

/// Within a year before and two years after the cohort's start: whatever lies beyond was mistyped.
pub fn is_near(day: NaiveDate, starts_on: NaiveDate) -> bool {
    let days = (day - starts_on).num_days();
    (-366..=731).contains(&days)
}

fn open_now(release: &mut Release, terms: &Terms<'_>) {
    if release.is_open(terms.now) {
        return;
    }
    release.held = false;
    release.set_by_hand = true;
    open_from_now(release, terms);
}

/// What had opened is remembered, so that letting go restores it.
fn hold(release: &mut Release, terms: &Terms<'_>) {
    if release.is_open(terms.now) {
        release.opened_at.get_or_insert(release.opens_at);
    }
    release.held = true;
}

fn let_go(release: &mut Release, terms: &Terms<'_>) {
    let never_opened = release.held && release.opened_at.is_none();
    release.held = false;
    if never_opened && release.opens_at <= terms.now {
        open_from_now(release, terms);
    }
}

/// Refuses what breaks the order, and what closes an open unit without a word.
fn judge(before: &[Release], after: &[Release], terms: &Terms<'_>) -> Result<(), ScheduleFault> {
    let pairs = || before.iter().zip(after);
    for (place, (old, new)) in pairs().enumerate().skip(1) {
        let ahead = &after[place - 1];
        if !old.is_open(terms.now) && new.is_open(terms.now) && !ahead.is_open(terms.now) {
            return Err(ScheduleFault::AheadNotOpen { unit: new.unit.clone(), ahead: ahead.unit.clone() });
        }
    }
    in_order(before, after, terms.now)?;
    let closes: Vec<Slug> = pairs()
        .filter(|(old, new)| old.is_open(terms.now) && !new.is_open(terms.now))
        .map(|(_, new)| new.unit.clone())
        .collect();
    if closes.is_empty() || terms.confirmed { Ok(()) } else { Err(ScheduleFault::Unconfirmed { closes }) }
}

/// No unit that has yet to open is planned before one ahead of it. What opened earlier and is left alone is a fact; a
/// held unit whose time has gone by will open later than that.
fn in_order(before: &[Release], after: &[Release], now: Instant) -> Result<(), ScheduleFault> {
    let touched = |old: &Release, new: &Release| old.opens_at != new.opens_at || old.held != new.held;
    let mut latest: Option<(&Release, bool)> = None;
    for (old, new) in before.iter().zip(after) {
        let own_time = old.opens_at != new.opens_at;
        let settled = (old.is_open(now) && !own_time) || (new.held && new.opens_at <= now);
        if let Some((ahead, ahead_touched)) = latest
            && new.opens_at < ahead.opens_at
            && !settled
            && (ahead_touched || touched(old, new))
        {
            return Err(ScheduleFault::OutOfOrder { unit: new.unit.clone(), ahead: ahead.unit.clone() });
        }
        if latest.is_none_or(|(ahead, _)| new.opens_at >= ahead.opens_at) {
            latest = Some((new, touched(old, new)));
        }
    }
    Ok(())
}

/// The units that the change would close, and those that it would open at once.
pub fn closes_and_opens<'a>(
    before: &'a [Release],
    after: &'a [Release],
    now: Instant,
) -> (Vec<&'a Slug>, Vec<&'a Slug>) {
    let turned = |open: bool| {
        let pairs = before.iter().zip(after);
        pairs.filter(move |(old, new)| old.is_open(now) != open && new.is_open(now) == open).map(|(_, new)| &new.unit)
    };
    (turned(false).collect(), turned(true).collect())
}

/// Those that a change made different.
pub fn differing(before: &[Release], after: &[Release]) -> Vec<Release> {
    before.iter().zip(after).filter(|(old, new)| old != new).map(|(_, new)| new.clone()).collect()
}

#[cfg(test)]
mod tests;
