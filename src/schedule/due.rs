//! When reminders fall due by rule. A unit's follow from its release, so each moves with it.

use chrono::{Days, NaiveDate, TimeDelta};

use super::{Release, Settings};
use crate::cohort::Cohort;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::words;

/// From a unit's release to its nudge, unless facilitators choose other days.
pub const NUDGE_DAYS: u64 = 4;
const LAST_WRAP_UP_AFTER: Days = Days::new(6);
const STARTING_SOON: Days = Days::new(3);
/// What fell due longer ago than that is not sent any more.
pub const CATCH_UP: TimeDelta = TimeDelta::hours(36);
/// At most one mail about units goes to a learner in any 20 hours (what a live session needs said goes besides):
///
/// - A nudge or a wrap-up that would come less than 20 hours before the next unit opens comes a day earlier.
/// - What falls due together (in one round of the planner, so also what piled up while no process ran) goes in one mail,
///   and each part's row in the ledger names that mail.
/// - Where an earlier mail went out, or waits in the outbox, less than 20 hours before, a mail that says a unit opens
///   waits until the 20 hours are over, for otherwise nobody would tell; a nudge or a wrap-up alone is dropped, as its
///   learner has just been reminded. It is asked when a reminder is planned and again as its mail leaves.
pub const APART: TimeDelta = TimeDelta::hours(20);

words! {
    /// The reminders of a cohort.
    Kind {
        /// Some days before the first weekly unit opens, to every active learner.
        StartingSoon = "starting_soon",
        /// At a unit's release, to the same.
        Opens = "opens",
        /// Some days into the unit, to learners with a required step not done.
        Nudge = "nudge",
        /// The day before the next unit opens, to the same.
        WrapUp = "wrap_up",
        /// A day before a live session, to every active learner.
        LiveDay = "live_day",
        /// An hour before it.
        LiveHour = "live_hour",
        /// It has moved or is called off: at once, to whoever was told another time.
        LiveChanged = "live_changed",
    }
}

impl Kind {
    /// Those that follow from a unit's release, by when they come.
    pub const OF_UNIT: [Self; 4] = [Self::StartingSoon, Self::Opens, Self::Nudge, Self::WrapUp];

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::StartingSoon => "starting soon",
            Self::Opens => "opens",
            Self::Nudge => "nudge",
            Self::WrapUp => "wrap-up",
            Self::LiveDay => "live session, the day before",
            Self::LiveHour => "live session, the hour before",
            Self::LiveChanged => "live session changed",
        }
    }

    pub fn is_live(self) -> bool {
        matches!(self, Self::LiveDay | Self::LiveHour | Self::LiveChanged)
    }
}

/// What the times of a cohort's reminders follow from. `units` and `releases` go together, in order.
#[derive(Clone, Copy)]
pub struct Timing<'a> {
    pub cohort: &'a Cohort,
    pub units: &'a [&'a Unit],
    pub releases: &'a [Release],
    pub settings: &'a Settings,
}

impl Timing<'_> {
    /// When the reminder about the unit at `place` is due, be it on or off; `None`: not at all, as the unit is held, or the
    /// mail would come no later than the unit itself.
    pub fn due(&self, place: usize, kind: Kind) -> Option<Instant> {
        let release = self.releases.get(place).filter(|r| !r.held)?;
        let unit = self.units.get(place)?;
        let opened = release.local_time.date();
        let next = self.releases.get(place + 1).filter(|r| !r.held);
        let day = match kind {
            Kind::Opens => return Some(release.opens_at),
            Kind::StartingSoon if self.begins_with(place) => opened.checked_sub_days(STARTING_SOON)?,
            Kind::Nudge => opened.checked_add_days(Days::new(self.settings.nudge_days(unit)))?,
            Kind::WrapUp => match next {
                Some(next) => next.local_time.date().pred_opt()?,
                None => opened.checked_add_days(LAST_WRAP_UP_AFTER)?,
            },
            _ => return None,
        };
        let at = |day: NaiveDate| self.cohort.zone.instant(day.and_time(self.settings.hour(self.cohort, unit)));
        if kind == Kind::StartingSoon {
            return Some(at(day));
        }
        // That a unit opens is told at its minute, and what is due at that very minute with it: all else leaves it room, and
        // an hour for a mail that is slow.
        let crowds = |day: &NaiveDate| {
            let apart = next.map(|next| next.opens_at.since(at(*day)).abs()).filter(|apart| !apart.is_zero());
            apart.is_some_and(|apart| apart < APART + TimeDelta::hours(1))
        };
        let day = std::iter::successors(Some(day), NaiveDate::pred_opt).find(|day| !crowds(day))?;
        (day > opened).then(|| at(day))
    }

    /// The first weekly unit: the orientation is not what people wait for.
    fn begins_with(&self, place: usize) -> bool {
        self.units.iter().position(|unit| unit.number > 0) == Some(place)
    }

    /// Each place and kind that is on.
    fn each(&self) -> impl Iterator<Item = (usize, Kind)> {
        let all = (0..self.releases.len()).flat_map(|place| Kind::OF_UNIT.map(|kind| (place, kind)));
        all.filter(|(place, kind)| self.units.get(*place).is_some_and(|unit| self.settings.is_on(unit, *kind)))
    }

    /// Those that move with a change of the schedule. What has fallen due stays as it is.
    pub fn moved(&self, after: &[Release], now: Instant) -> Vec<Moved> {
        let then = Timing { releases: after, ..*self };
        self.each()
            .filter_map(|(place, kind)| {
                let (from, to) = (self.due(place, kind), then.due(place, kind));
                // What was held and has its old time again was sent then.
                let waits = from.map_or(to.is_some_and(|to| to >= now), |from| from > now);
                let fate = fate(to, after[place].held, now);
                let unit = self.releases[place].unit.clone();
                (waits && from != to).then_some(Moved { unit, kind, from, to, fate })
            })
            .collect()
    }

    /// How many have fallen due.
    pub fn fallen_due(&self, now: Instant) -> usize {
        self.each().filter(|(place, kind)| self.due(*place, *kind).is_some_and(|due| due <= now)).count()
    }
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

fn fate(to: Option<Instant>, held: bool, now: Instant) -> Fate {
    match to {
        Some(to) if to > now => Fate::Later,
        Some(to) if now.since(to) <= CATCH_UP => Fate::AtOnce,
        Some(_) => Fate::TooLate,
        None if held => Fate::Waits,
        None => Fate::Dropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::sample::unit;
    use crate::schedule::Choices;
    use crate::schedule::change::{Change, Terms, apply};
    use crate::schedule::sample::{breaks, local, releases, slug, spring};

    fn after(change: &Change, settings: &Settings) -> (Vec<Moved>, usize) {
        let (cohort, breaks) = (spring(), breaks());
        let units: Vec<Unit> = (0..=11).map(|number| unit(number, slug(number).as_str(), Vec::new())).collect();
        let units: Vec<&Unit> = units.iter().collect();
        let now = cohort.zone.instant(local("2027-02-23 12:00"));
        let before = releases(&cohort, &breaks, now);
        let after = apply(&before, change, &Terms { cohort: &cohort, breaks: &breaks, now, confirmed: true }).unwrap();
        let timing = Timing { cohort: &cohort, units: &units, releases: &before, settings };
        (timing.moved(&after, now), timing.fallen_due(now))
    }

    #[test]
    fn three_go_with_each_unit_and_the_wrap_up_of_the_one_ahead() {
        let (moved, fallen_due) = after(&Change::Move { unit: slug(8), days: 7 }, &Settings::default());
        assert_eq!((moved.len(), fallen_due), (13, 20));
        let ahead = &moved[0];
        assert_eq!((&ahead.unit, ahead.kind, ahead.fate), (&slug(7), Kind::WrapUp, Fate::Later));
        assert_eq!(ahead.from.unwrap().rfc3339(), "2027-03-07T09:00:00Z");
        assert_eq!(ahead.to.unwrap().rfc3339(), "2027-03-14T09:00:00Z");
        let last = moved.last().unwrap();
        assert_eq!(last.to.unwrap().rfc3339(), "2027-04-25T08:00:00Z", "the last unit's wrap-up: 6 days after it");
    }

    #[test]
    fn what_has_fallen_due_stays() {
        let (moved, _) =
            after(&Change::SetTime { unit: slug(6), local_time: local("2027-02-26 09:00") }, &Settings::default());
        assert_eq!(moved.iter().map(|m| m.kind).collect::<Vec<_>>(), [Kind::Nudge]);
    }

    #[test]
    fn a_held_unit_keeps_its_mails_waiting() {
        let (moved, _) = after(&Change::Hold { unit: slug(7) }, &Settings::default());
        assert_eq!(moved.iter().map(|m| (&m.unit, m.fate)).collect::<Vec<_>>(), [(&slug(7), Fate::Waits); 3]);
    }

    #[test]
    fn what_comes_before_a_unit_opens_leaves_room_for_the_mail_that_says_so() {
        let (cohort, breaks) = (spring(), breaks());
        let units: Vec<Unit> = (0..=11).map(|number| unit(number, slug(number).as_str(), Vec::new())).collect();
        let units: Vec<&Unit> = units.iter().collect();
        let releases = releases(&cohort, &breaks, cohort.zone.instant(local("2027-01-01 12:00")));
        let due = |hour: &str, nudge_days, kind| {
            let chosen =
                Choices { hour: Some(hour.parse().unwrap()), nudge_days: Some(nudge_days), ..Choices::default() };
            let settings = Settings { cohort: chosen, units: Vec::new() };
            let timing = Timing { cohort: &cohort, units: &units, releases: &releases, settings: &settings };
            timing.due(2, kind).unwrap().rfc3339()
        };
        for (hour, nudge_days, kind, at) in [
            ("12:00:00", 4, Kind::WrapUp, "2027-01-24T12:00:00Z"),
            ("12:01:00", 4, Kind::WrapUp, "2027-01-23T12:01:00Z"),
            ("18:00:00", 6, Kind::Nudge, "2027-01-23T18:00:00Z"),
            ("18:00:00", 5, Kind::Nudge, "2027-01-23T18:00:00Z"),
            ("08:00:00", 7, Kind::Nudge, "2027-01-24T08:00:00Z"),
            ("09:00:00", 7, Kind::Nudge, "2027-01-25T09:00:00Z"),
            ("18:00:00", 7, Kind::Nudge, "2027-01-23T18:00:00Z"),
        ] {
            assert_eq!(due(hour, nudge_days, kind), at, "{hour} {nudge_days} {kind}");
        }
    }

    #[test]
    fn the_mail_before_the_first_week_moves_with_it_and_what_is_switched_off_does_not_count() {
        let (cohort, breaks) = (spring(), breaks());
        let units: Vec<Unit> = (0..=11).map(|number| unit(number, slug(number).as_str(), Vec::new())).collect();
        let units: Vec<&Unit> = units.iter().collect();
        let releases = releases(&cohort, &breaks, cohort.zone.instant(local("2027-01-01 12:00")));
        let settings = Settings::default();
        let timing = Timing { cohort: &cohort, units: &units, releases: &releases, settings: &settings };
        assert_eq!(timing.due(1, Kind::StartingSoon).unwrap().rfc3339(), "2027-01-08T09:00:00Z");
        assert_eq!((timing.due(0, Kind::StartingSoon), timing.due(2, Kind::StartingSoon)), (None, None));
        let off = Choices { wrap_up: Some(false), nudge_days: Some(5), ..Choices::default() };
        let (moved, _) = after(&Change::Move { unit: slug(8), days: 7 }, &Settings { cohort: off, units: Vec::new() });
        assert_eq!(moved.len(), 8, "no wrap-up of the four units that move, nor of the one ahead");
        assert_eq!(moved[1].to.unwrap().rfc3339(), "2027-03-20T09:00:00Z", "five days after the new release");
    }
}
