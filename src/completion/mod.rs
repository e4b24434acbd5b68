//! What a learner has done: marks, answers, reflections, notes, peer work, where they stopped in a film, the progress
//! they add up to, and what is missing for the certificate.
//!
//! A step once done stays done, whatever becomes of the post or the rule that made it so; only a learner's own mark can be
//! taken back.
//!
//! Only learners' completions count; a facilitator's place has none (`cohort::Place::learner`).

pub mod certificate;
pub mod comments;
pub mod openings;
pub mod progress;
pub mod quiz;
pub mod store;

#[cfg(test)]
pub mod sample;

use std::collections::HashMap;

use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::StepKind;
use crate::{id, words};

pub use progress::{Progress, Share, UnitProgress, UnitState, next_step, progress};

id!(SubmissionId);

words! {
    /// What made a step done.
    How {
        /// The learner said so, and may take it back.
        Mark = "mark",
        Post = "post",
        /// A reflection that was saved.
        Note = "note",
        /// Of a quiz.
        Answers = "answers",
        Reading = "reading",
        /// Own work handed in, and comments on that of others given.
        Work = "work",
    }
}

impl How {
    /// What makes a step of this kind done.
    pub fn of(kind: StepKind) -> Self {
        match kind {
            StepKind::Article | StepKind::Video | StepKind::Exercise | StepKind::LiveSession => Self::Mark,
            StepKind::Discussion => Self::Post,
            StepKind::Reflection => Self::Note,
            StepKind::Quiz => Self::Answers,
            StepKind::Diagnostic => Self::Reading,
            StepKind::PeerAssignment => Self::Work,
        }
    }
}

/// A step that was done: when first, and what made it so (None: before that was kept).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    pub at: Instant,
    pub how: Option<How>,
}

/// The steps that one learner has done. A removed step may be among them; no sum counts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done(HashMap<Slug, HashMap<Slug, Deed>>);

impl Done {
    pub fn has(&self, unit: &Slug, step: &Slug) -> bool {
        self.deed(unit, step).is_some()
    }

    pub fn deed(&self, unit: &Slug, step: &Slug) -> Option<Deed> {
        self.0.get(unit)?.get(step).copied()
    }
}

impl FromIterator<(Slug, Slug, Deed)> for Done {
    fn from_iter<I: IntoIterator<Item = (Slug, Slug, Deed)>>(steps: I) -> Self {
        let mut done = Self::default();
        for (unit, step, deed) in steps {
            done.0.entry(unit).or_default().insert(step, deed);
        }
        done
    }
}

/// For those who do not ask what made them so.
impl FromIterator<(Slug, Slug, Instant)> for Done {
    fn from_iter<I: IntoIterator<Item = (Slug, Slug, Instant)>>(steps: I) -> Self {
        steps.into_iter().map(|(unit, step, at)| (unit, step, Deed { at, how: None })).collect()
    }
}
