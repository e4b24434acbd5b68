//! When a unit's three reminders fall due by rule. Each follows from a release, so each moves with it.

use chrono::Days;

use super::Release;
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;

const NUDGE_AFTER: Days = Days::new(4);
const LAST_WRAP_UP_AFTER: Days = Days::new(6);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Opens,
    Nudge,
    WrapUp,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Opens, Self::Nudge, Self::WrapUp];

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
        Kind::Nudge => opened.checked_add_days(NUDGE_AFTER)?,
        Kind::WrapUp => match next {
            Some(next) => next.local_time.date().pred_opt()?,
            None => opened.checked_add_days(LAST_WRAP_UP_AFTER)?,
        },
    };
    (day > opened).then(|| cohort.zone.instant(day.and_time(cohort.release_time)))
}

/// A reminder that has not fallen due and would at another time; `None`: while it is held, never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub unit: Slug,
    pub kind: Kind,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
}

/// Those that move with a change. What has fallen due stays as it is.
pub fn moved(cohort: &Cohort, before: &[Release], after: &[Release], now: Instant) -> Vec<Moved> {
    let places = (0..before.len()).flat_map(|place| Kind::ALL.map(|kind| (place, kind)));
    places
        .filter_map(|(place, kind)| {
            let (from, to) = (due(cohort, before, place, kind), due(cohort, after, place, kind));
            // What was held and has its old time again was sent then.
            let waits = from.map_or(to.is_some_and(|to| to >= now), |from| from > now);
            (waits && from != to).then(|| Moved { unit: before[place].unit.clone(), kind, from, to })
        })
        .collect()
}

/// How many have fallen due.
pub fn fallen_due(cohort: &Cohort, releases: &[Release], now: Instant) -> usize {
    let places = (0..releases.len()).flat_map(|place| Kind::ALL.map(|kind| (place, kind)));
    places.filter(|(place, kind)| due(cohort, releases, *place, *kind).is_some_and(|due| due <= now)).count()
}
