//! Which mail is due to whom: three for each unit, one before the first, and those about live sessions; decided when they
//! are due, with a ledger that says what became of each.

pub mod due;
pub mod emails;
pub mod fate;
pub mod live;
pub mod pages;
pub mod plan;
pub mod preview;
#[cfg(test)]
pub(crate) mod sample;
pub mod store;
pub mod wanted;
pub mod welcome;
pub mod wishes;

use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::{id, words};

id!(ReminderId);

pub use crate::schedule::due::{APART, CATCH_UP, Kind};

impl Kind {
    /// As a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::StartingSoon => "Starting soon",
            Self::Opens => "Opens",
            Self::Nudge => "Nudge",
            Self::WrapUp => "Wrap-up",
            Self::LiveDay => "Live session, the day before",
            Self::LiveHour => "Live session, the hour before",
            Self::LiveChanged => "Live session changed",
        }
    }

    /// Whom it is for.
    pub fn audience(self) -> &'static str {
        match self {
            Self::StartingSoon | Self::Opens | Self::LiveDay | Self::LiveHour => "every learner",
            Self::Nudge | Self::WrapUp => "learners with a required step still to do",
            Self::LiveChanged => "learners who were told another time",
        }
    }

    /// It reminds of work: whoever has done it needs none.
    pub fn is_of_work(self) -> bool {
        matches!(self, Self::Nudge | Self::WrapUp)
    }

    /// It tells what nobody else would: it waits for its turn and is not dropped.
    pub fn is_news(self) -> bool {
        matches!(self, Self::StartingSoon | Self::Opens)
    }
}

words! {
    /// Why a reminder was not sent.
    NotSent {
        Withdrawn = "withdrawn",
        Suspended = "suspended",
        Stopped = "stopped",
        Unverified = "unverified",
        Undeliverable = "undeliverable",
        EnrolledLater = "enrolled_later",
        Done = "done",
        Missed = "missed",
        /// The 20-hour rule, see [`APART`].
        TooSoon = "too_soon",
        Moved = "moved",
        Closed = "closed",
        SwitchedOff = "switched_off",
        Unwished = "unwished",
        Paused = "paused",
        /// The day's most mails, see [`wishes::Wishes`].
        Enough = "enough",
        SessionChanged = "session_changed",
        /// Facilitators take no course.
        NoLearner = "no_learner",
    }
}

impl NotSent {
    /// Ends the sentence 'Not sent because …', for the learner and for the facilitator alike.
    pub fn because(self) -> &'static str {
        match self {
            Self::Withdrawn => "the place in the course had been given up",
            Self::Suspended => "the account was suspended",
            Self::Stopped => "reminders had been stopped",
            Self::Unverified => "the email address was not confirmed",
            Self::Undeliverable => "mail to this address could not be delivered",
            Self::EnrolledLater => "it was due before the enrolment",
            Self::Done => "every required step of the unit was done",
            Self::Missed => "its time had passed when Trellis came to it",
            Self::TooSoon => "another reminder went out less than 20 hours before",
            Self::Moved => "the unit was moved or closed again after it was due",
            Self::Closed => "the course had closed",
            Self::SwitchedOff => "it was switched off by your facilitators",
            Self::Unwished => "this kind of mail was not wanted",
            Self::Paused => "reminders were paused",
            Self::Enough => "as many mails as are wanted in a day had gone out",
            Self::NoLearner => "they were not a learner in this course any more",
            Self::SessionChanged => "the session was moved or called off after it was due",
        }
    }
}

/// What is true of one learner and one reminder at the moment of deciding.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    pub kind: Kind,
    pub due_at: Instant,
    pub enrolled_at: Instant,
    pub withdrawn: bool,
    pub suspended: bool,
    pub stopped: bool,
    pub verified: bool,
    pub undeliverable: bool,
    /// By the facilitators.
    pub switched_off: bool,
    /// What the learner wants, and not.
    pub unwished: bool,
    pub paused: bool,
    /// Required steps of the unit, and how many of them the learner has done.
    pub required: usize,
    pub done: usize,
}

/// Whom a mail speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    NotStarted,
    PartDone,
}

/// Whether the reminder goes to this learner. How late it is and what else goes to them is not asked here: see
/// [`due::Due::is_missed`] and [`APART`].
pub fn decide(facts: &Facts) -> Result<Wording, NotSent> {
    if facts.withdrawn {
        return Err(NotSent::Withdrawn);
    }
    if facts.suspended {
        return Err(NotSent::Suspended);
    }
    if facts.stopped {
        return Err(NotSent::Stopped);
    }
    if !facts.verified {
        return Err(NotSent::Unverified);
    }
    if facts.undeliverable {
        return Err(NotSent::Undeliverable);
    }
    if facts.enrolled_at > facts.due_at {
        return Err(NotSent::EnrolledLater);
    }
    if facts.switched_off {
        return Err(NotSent::SwitchedOff);
    }
    if facts.unwished {
        return Err(NotSent::Unwished);
    }
    if facts.paused {
        return Err(NotSent::Paused);
    }
    if facts.kind.is_of_work() && facts.done >= facts.required {
        return Err(NotSent::Done);
    }
    Ok(if facts.done == 0 { Wording::NotStarted } else { Wording::PartDone })
}

/// The required steps that are in `done` (unit and step as recorded, under today's names or earlier ones).
pub fn count_done(unit: &Unit, done: &[Slug]) -> usize {
    unit.steps.iter().filter(|step| step.required && is_done(step, done)).count()
}

pub(crate) fn is_done(step: &crate::programme::Step, done: &[Slug]) -> bool {
    done.contains(&step.slug) || step.formerly.iter().any(|slug| done.contains(slug))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(hour: i64) -> Instant {
        Instant::from_micros(1_800_000_000_000_000) + TimeDelta::hours(hour)
    }

    fn facts() -> Facts {
        Facts {
            kind: Kind::Nudge,
            due_at: at(0),
            enrolled_at: at(-100),
            withdrawn: false,
            suspended: false,
            stopped: false,
            verified: true,
            undeliverable: false,
            switched_off: false,
            unwished: false,
            paused: false,
            required: 5,
            done: 2,
        }
    }

    #[test]
    fn a_learner_with_a_step_to_do_is_reminded_in_words_that_fit() {
        assert_eq!(decide(&facts()), Ok(Wording::PartDone));
        assert_eq!(decide(&Facts { done: 0, ..facts() }), Ok(Wording::NotStarted));
    }

    #[test]
    fn each_reason_stops_a_reminder() {
        let cases = [
            (Facts { withdrawn: true, ..facts() }, NotSent::Withdrawn),
            (Facts { suspended: true, ..facts() }, NotSent::Suspended),
            (Facts { stopped: true, ..facts() }, NotSent::Stopped),
            (Facts { verified: false, ..facts() }, NotSent::Unverified),
            (Facts { undeliverable: true, ..facts() }, NotSent::Undeliverable),
            (Facts { enrolled_at: at(1), ..facts() }, NotSent::EnrolledLater),
            (Facts { switched_off: true, ..facts() }, NotSent::SwitchedOff),
            (Facts { unwished: true, ..facts() }, NotSent::Unwished),
            (Facts { paused: true, done: 5, ..facts() }, NotSent::Paused),
            (Facts { done: 5, ..facts() }, NotSent::Done),
            (Facts { kind: Kind::WrapUp, done: 5, ..facts() }, NotSent::Done),
            (Facts { required: 0, done: 0, ..facts() }, NotSent::Done),
        ];
        for (facts, reason) in cases {
            assert_eq!(decide(&facts), Err(reason));
        }
    }

    #[test]
    fn a_unit_opens_even_for_those_who_have_done_it() {
        assert_eq!(decide(&Facts { kind: Kind::Opens, done: 5, ..facts() }), Ok(Wording::PartDone));
    }

    #[test]
    fn whoever_enrols_at_the_very_moment_gets_it() {
        assert_eq!(decide(&Facts { enrolled_at: at(0), ..facts() }), Ok(Wording::PartDone));
    }

    #[test]
    fn every_reason_has_a_sentence() {
        for reason in NotSent::ALL {
            let sentence = reason.because();
            assert!(!sentence.ends_with('.') && sentence.len() > 15, "{sentence}");
        }
    }
}
