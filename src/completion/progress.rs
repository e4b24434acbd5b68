//! How far a learner has come: required steps done of all that the programme has as it stands now.

use std::fmt;

use super::Done;
use crate::platform::clock::Instant;
use crate::platform::text::count;
use crate::programme::{Programme, Step, Unit};
use crate::schedule::Release;

/// So many of so many required steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub done: usize,
    pub of: usize,
}

impl Share {
    pub fn left(self) -> usize {
        self.of.saturating_sub(self.done)
    }

    pub fn is_whole(self) -> bool {
        self.left() == 0
    }
}

/// `4 of 7 steps`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.done, count(self.of, "step"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitState {
    NotOpen,
    /// Open, with nothing of it done.
    Open,
    Part,
    Done,
}

/// One unit as it stands for one learner.
#[derive(Debug, Clone, Copy)]
pub struct UnitProgress<'a> {
    pub unit: &'a Unit,
    /// None for a unit that the programme gained after the cohort was planned.
    pub release: Option<&'a Release>,
    pub state: UnitState,
    pub share: Share,
    /// The last of the open units: where the others are.
    pub newest: bool,
    /// It is open to this learner alone, before its time.
    pub is_early: bool,
}

impl<'a> UnitProgress<'a> {
    pub fn is_open(&self) -> bool {
        self.state != UnitState::NotOpen
    }

    /// Its required steps that are not done, in order.
    pub fn left(&self, done: &Done) -> impl Iterator<Item = &'a Step> {
        self.unit.steps.iter().filter(move |step| step.required && !done.has(&self.unit.slug, &step.slug))
    }
}

/// All units, and what they come to.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    /// By number.
    pub units: Vec<UnitProgress<'a>>,
    pub share: Share,
}

/// How one learner stands. A unit that is not open counts as not done, and its steps still count in the whole.
pub fn progress<'a>(programme: &'a Programme, releases: &'a [Release], done: &Done, now: Instant) -> Progress<'a> {
    let mut units: Vec<_> = programme.units.iter().map(|unit| of_unit(unit, releases, done, now)).collect();
    units.sort_by_key(|u| u.unit.number);
    // One that is open to this learner alone is not where the others are, unless nothing else is open.
    let newest = units.iter().rposition(|u| u.is_open() && !u.is_early);
    if let Some(newest) = newest.or_else(|| units.iter().rposition(UnitProgress::is_open)) {
        units[newest].newest = true;
    }
    let share = units.iter().fold(Share::default(), |sum, u| Share {
        done: sum.done + if u.is_open() { u.share.done } else { 0 },
        of: sum.of + u.share.of,
    });
    Progress { units, share }
}

/// Where to continue: the first required step not done in the newest open unit that has one, since that is where the
/// others are; earlier units wait until it is finished, and so does what is open to them before its time.
pub fn next_step<'a>(
    programme: &'a Programme,
    releases: &'a [Release],
    done: &Done,
    now: Instant,
) -> Option<(&'a Unit, &'a Step)> {
    progress(programme, releases, done, now).next_step(done)
}

impl<'a> Progress<'a> {
    /// As [`next_step`].
    pub fn next_step(&self, done: &Done) -> Option<(&'a Unit, &'a Step)> {
        let (early, others): (Vec<&UnitProgress<'a>>, Vec<_>) =
            self.units.iter().rev().filter(|u| u.is_open()).partition(|u| u.is_early);
        others.into_iter().chain(early).find_map(|u| Some((u.unit, u.left(done).next()?)))
    }

    pub fn newest(&self) -> Option<&UnitProgress<'a>> {
        self.units.iter().find(|u| u.newest)
    }
}

fn of_unit<'a>(unit: &'a Unit, releases: &'a [Release], done: &Done, now: Instant) -> UnitProgress<'a> {
    let former = || releases.iter().find(|r| unit.formerly.contains(&r.unit));
    let release = releases.iter().find(|r| r.unit == unit.slug).or_else(former);
    let required = unit.steps.iter().filter(|s| s.required);
    let share = required.fold(Share::default(), |sum, step| Share {
        done: sum.done + usize::from(done.has(&unit.slug, &step.slug)),
        of: sum.of + 1,
    });
    let state = match (release.is_some_and(|r| r.is_open(now)), share) {
        (false, _) => UnitState::NotOpen,
        (true, share) if share.is_whole() => UnitState::Done,
        (true, Share { done: 0, .. }) => UnitState::Open,
        _ => UnitState::Part,
    };
    let is_early = release.is_some_and(|release| release.is_early(now));
    UnitProgress { unit, release, state, share, newest: false, is_early }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, done, programme, releases, slug};
    use super::*;

    #[test]
    fn progress_is_required_steps_done_of_all_in_the_programme() {
        let (programme, releases) = (programme(), releases());
        let done = done(&["one/a", "one/b", "one/extra", "two/a"]);
        let now = at("2027-01-19 12:00");
        let progress = progress(&programme, &releases, &done, now);
        assert_eq!(progress.share, Share { done: 3, of: 8 });
        assert_eq!(progress.share.to_string(), "3 of 8 steps");
        let states: Vec<_> = progress.units.iter().map(|u| (u.unit.number, u.state)).collect();
        use UnitState::{Done, NotOpen, Open, Part};
        assert_eq!(states, [(0, Open), (1, Done), (2, Part), (3, NotOpen)]);
        assert_eq!(progress.newest().unwrap().unit.number, 2);
    }

    #[test]
    fn what_was_done_in_a_unit_that_closed_again_counts_as_not_done() {
        let (programme, mut releases) = (programme(), releases());
        let done = done(&["one/a", "one/b"]);
        releases[1].held = true;
        let progress = progress(&programme, &releases, &done, at("2027-01-19 12:00"));
        assert_eq!(progress.share, Share { done: 0, of: 8 });
        assert_eq!(progress.units[1].state, UnitState::NotOpen);
    }

    #[test]
    fn a_removed_step_counts_in_no_sum() {
        let (programme, releases) = (programme(), releases());
        let progress = progress(&programme, &releases, &done(&["one/gone", "lost/a"]), at("2027-01-19 12:00"));
        assert_eq!(progress.share.done, 0);
    }

    #[test]
    fn one_continues_where_the_others_are_and_then_in_what_was_missed() {
        let (programme, releases) = (programme(), releases());
        let now = at("2027-01-19 12:00");
        let next = |list: &[&str]| {
            next_step(&programme, &releases, &done(list), now).map(|(u, s)| format!("{}/{}", u.slug, s.slug))
        };
        assert_eq!(next(&["one/a"]).as_deref(), Some("two/a"));
        assert_eq!(next(&["one/a", "two/a"]).as_deref(), Some("two/b"));
        assert_eq!(next(&["one/a", "two/a", "two/b"]).as_deref(), Some("one/b"));
        assert_eq!(next(&["one/a", "one/b", "two/a", "two/b"]).as_deref(), Some("zero/a"));
        assert_eq!(next(&["zero/a", "zero/b", "one/a", "one/b", "two/a", "two/b"]), None);
    }

    #[test]
    fn before_anything_is_open_there_is_nothing_next() {
        let (programme, releases) = (programme(), releases());
        assert!(next_step(&programme, &releases, &Done::default(), at("2026-12-01 12:00")).is_none());
        assert!(!Done::default().has(&slug("one"), &slug("a")));
    }
}
