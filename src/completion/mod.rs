//! What a learner has done: marks, answers, reflections, notes, peer work, the progress they add up to, and what is
//! missing for the certificate.
//!
//! Only learners' completions count; a facilitator's place has none (`cohort::Place::learner`).

pub mod certificate;
pub mod progress;
pub mod quiz;
pub mod store;

#[cfg(test)]
pub mod sample;

use std::collections::HashMap;

use crate::id;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;

pub use progress::{Progress, Share, UnitProgress, UnitState, next_step, progress};

id!(SubmissionId);

/// The steps that one learner has done, and when each was done first. A removed step may be among them; no sum counts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done(HashMap<Slug, HashMap<Slug, Instant>>);

impl Done {
    pub fn has(&self, unit: &Slug, step: &Slug) -> bool {
        self.at(unit, step).is_some()
    }

    /// When it was done.
    pub fn at(&self, unit: &Slug, step: &Slug) -> Option<Instant> {
        self.0.get(unit)?.get(step).copied()
    }
}

impl FromIterator<(Slug, Slug, Instant)> for Done {
    fn from_iter<I: IntoIterator<Item = (Slug, Slug, Instant)>>(steps: I) -> Self {
        let mut done = Self::default();
        for (unit, step, at) in steps {
            done.0.entry(unit).or_default().insert(step, at);
        }
        done
    }
}
