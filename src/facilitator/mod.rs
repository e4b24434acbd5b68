//! The facilitator's pages that join several slices: who is where, and who needs somebody.

pub mod analytics;
pub mod pages;
pub mod store;

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};

use crate::accounts::AccountId;
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Programme;

crate::id!(TeamNoteId);

/// Without a visit for so long, somebody may be slipping.
pub const AWAY: TimeDelta = TimeDelta::days(7);

crate::words! {
    /// How somebody goes through a course. Everybody is in one of these, the first that holds; [`store`] has them as a
    /// condition.
    Stage {
        /// They gave up their place, or a facilitator took them out.
        Left = "left",
        /// They have the certificate.
        Done = "done",
        NotStarted = "not-started",
        /// They have begun, and were not here for [`AWAY`].
        Stalled = "stalled",
        /// They come, and nothing that they wrote can be read.
        Silent = "silent",
        Active = "active",
    }
}

impl Stage {
    pub fn label(self) -> &'static str {
        match self {
            Self::Left => "Out of the course",
            Self::Done => "Done",
            Self::NotStarted => "Not started",
            Self::Stalled => "Stalled",
            Self::Silent => "Reading but silent",
            Self::Active => "Active",
        }
    }

    /// The ending of `app-state--`.
    pub fn look(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stalled | Self::NotStarted => "now",
            Self::Left | Self::Silent | Self::Active => "",
        }
    }
}

crate::words! {
    /// By what the table of learners is sorted.
    Sort {
        Name = "name",
        /// Longest away first.
        LastHere = "last-here",
        /// Newest first.
        Joined = "joined",
    }
}

crate::words! {
    /// How far behind somebody is in a unit.
    Behind {
        /// They have done nothing of it.
        NotStarted = "not-started",
        /// A required step of it is left.
        NotDone = "not-done",
    }
}

/// A learner as facilitators see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    pub enrolment: EnrolmentId,
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub enrolled_at: Instant,
    pub last_seen_at: Option<Instant>,
    pub stage: Stage,
    /// Their last day to take part, should that be later than the others'.
    pub extra_until: Option<NaiveDate>,
    /// Since when mail to them comes back, if it does.
    pub undeliverable_at: Option<Instant>,
}

/// How many required steps each learner has done of each unit.
#[derive(Debug, Default)]
pub struct Tally(HashMap<(EnrolmentId, u16), usize>);

impl Tally {
    /// Counts completions of the steps that the programme requires as it stands now.
    pub fn of(programme: &Programme, completions: impl IntoIterator<Item = (EnrolmentId, Slug, Slug)>) -> Self {
        let required: HashMap<(&Slug, &Slug), u16> =
            programme.required_steps().map(|(unit, step)| ((&unit.slug, &step.slug), unit.number)).collect();
        let mut tally = Self::default();
        for (enrolment, unit, step) in completions {
            if let Some(number) = required.get(&(&unit, &step)) {
                *tally.0.entry((enrolment, *number)).or_default() += 1;
            }
        }
        tally
    }

    pub fn done(&self, enrolment: EnrolmentId, unit: u16) -> usize {
        self.0.get(&(enrolment, unit)).copied().unwrap_or(0)
    }
}
