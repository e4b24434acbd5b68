//! When a unit's three reminders fall due by rule. Each follows from a release, so each moves with it.

use chrono::{Days, TimeDelta};

use super::Release;
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::words;

/// From a unit's release to its nudge.
pub const NUDGE_DAYS: u64 = 4;
const LAST_WRAP_UP_AFTER: Days = Days::new(6);
/// What fell due longer ago than that is not sent any more.
pub const CATCH_UP: TimeDelta = TimeDelta::hours(36);

words! {
    /// The three reminders of a unit.
    Kind {
        /// At the release, to every active learner.
        Opens = "opens",
        /// Some days into the unit, to learners with a required step not done.
        Nudge = "nudge",
        /// The day before the next unit opens, to the same.
        WrapUp = "wrap_up",
    }
}

impl Kind {
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Nudge => "nudge",
            Self::WrapUp => "wrap-up",
        }
    }
}

/// When the reminder about the unit at `place` is due; `None`: not at all, as the unit is held, or the mail would come no
/// later than the unit itself. `releases`: in order.
pub fn due(cohort: &Cohort, releases: &[Release], place: usize, kind: Kind) -> Option<Instant> {
    let release = releases.get(place).filter(|r| !r.held)?;
    let opened = release.local_time.date();
    let next = releases.get(place + 1).filter(|r| !r.held);
    let day = match kind {
        Kind::Opens => return Some(release.opens_at),
        Kind::Nudge => opened.checked_add_days(Days::new(NUDGE_DAYS))?,
        Kind::WrapUp => match next {
            Some(next) => next.local_time.date().pred_opt()?,
            None => opened.checked_add_days(LAST_WRAP_UP_AFTER)?,
        },
    };
    (day > opened).then(|| cohort.zone.instant(day.and_time(cohort.release_time)))
}

/// A reminder that has not fallen due and would at another time; `None`: not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub unit: Slug,
    pub kind: Kind,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub fate: Fate,
}

/// What becomes of a reminder that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Later,
    AtOnce,
    /// Its new time has long passed.
    TooLate,
    /// Its unit is held: it waits for its opening.
    Waits,
    /// The mail would come no later than the next unit, or than its own.
    Dropped,
}

/// Those that move with a change. What has fallen due stays as it is.
pub fn moved(cohort: &Cohort, before: &[Release], after: &[Release], now: Instant) -> Vec<Moved> {
    let places = (0..before.len()).flat_map(|place| Kind::ALL.iter().map(move |kind| (place, *kind)));
    places
        .filter_map(|(place, kind)| {
            let (from, to) = (due(cohort, before, place, kind), due(cohort, after, place, kind));
            // What was held and has its old time again was sent then.
            let waits = from.map_or(to.is_some_and(|to| to >= now), |from| from > now);
            let fate = fate(to, after[place].held, now);
            (waits && from != to).then(|| Moved { unit: before[place].unit.clone(), kind, from, to, fate })
        })
        .collect()
}

fn fate(to: Option<Instant>, held: bool, now: Instant) -> Fate {
    match to {
        Some(to) if to > now => Fate::Later,
        Some(to) if now.since(to) <= CATCH_UP => Fate::AtOnce,
        Some(_) => Fate::TooLate,
        None if held => Fate::Waits,
        None => Fate::Dropped,
    }
}

/// How many have fallen due.
pub fn fallen_due(cohort: &Cohort, releases: &[Release], now: Instant) -> usize {
    let places = (0..releases.len()).flat_map(|place| Kind::ALL.iter().map(move |kind| (place, *kind)));
    places.filter(|(place, kind)| due(cohort, releases, *place, *kind).is_some_and(|due| due <= now)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::change::{Change, Terms, apply};
    use crate::schedule::sample::{breaks, local, releases, slug, spring};

    fn after(change: &Change) -> (Vec<Moved>, usize) {
        let (cohort, breaks) = (spring(), breaks());
        let now = cohort.zone.instant(local("2027-02-23 12:00"));
        let before = releases(&cohort, &breaks, now);
        let after = apply(&before, change, &Terms { cohort: &cohort, breaks: &breaks, now, confirmed: true }).unwrap();
        (moved(&cohort, &before, &after, now), fallen_due(&cohort, &before, now))
    }

    #[test]
    fn three_go_with_each_unit_and_the_wrap_up_of_the_one_ahead() {
        let (moved, fallen_due) = after(&Change::Move { unit: slug(8), days: 7 });
        assert_eq!((moved.len(), fallen_due), (13, 19));
        let ahead = &moved[0];
        assert_eq!((&ahead.unit, ahead.kind, ahead.fate), (&slug(7), Kind::WrapUp, Fate::Later));
        assert_eq!(ahead.from.unwrap().rfc3339(), "2027-03-07T09:00:00Z");
        assert_eq!(ahead.to.unwrap().rfc3339(), "2027-03-14T09:00:00Z");
        let last = moved.last().unwrap();
        assert_eq!(last.to.unwrap().rfc3339(), "2027-04-25T08:00:00Z", "the last unit's wrap-up: 6 days after it");
    }

    #[test]
    fn what_has_fallen_due_stays() {
        let (moved, _) = after(&Change::SetTime { unit: slug(6), local_time: local("2027-02-26 09:00") });
        assert_eq!(moved.iter().map(|m| m.kind).collect::<Vec<_>>(), [Kind::Nudge]);
    }

    #[test]
    fn a_held_unit_keeps_its_mails_waiting() {
        let (moved, _) = after(&Change::Hold { unit: slug(7) });
        assert_eq!(moved.iter().map(|m| (&m.unit, m.fate)).collect::<Vec<_>>(), [(&slug(7), Fate::Waits); 3]);
    }
}
