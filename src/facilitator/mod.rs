//! The facilitator's pages that join several slices: who is where, and who needs somebody.

pub mod pages;
pub mod store;

use std::collections::HashMap;

use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Programme;

/// A learner as facilitators see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    pub enrolment: EnrolmentId,
    pub name: String,
    pub email: String,
    pub enrolled_at: Instant,
    pub last_seen_at: Option<Instant>,
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
