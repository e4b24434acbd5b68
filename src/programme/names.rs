//! What units and steps are and were called: records that were made under an earlier slug stay theirs.

use super::{Programme, Step, Unit};
use crate::platform::text::Slug;

/// The slugs of unit and step that records may still hold, and those of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rename<'p> {
    pub former: (&'p Slug, &'p Slug),
    pub now: (&'p Slug, &'p Slug),
}

impl Programme {
    /// The unit that has, or once had, this slug.
    pub fn unit_called(&self, slug: &Slug) -> Option<&Unit> {
        self.unit_named(slug).or_else(|| self.units.iter().find(|unit| unit.formerly.contains(slug)))
    }

    /// Where records of a step may still lie, and where they belong now: each pair is the slugs of unit and step.
    pub fn renames(&self) -> impl Iterator<Item = Rename<'_>> {
        let steps = self.units.iter().flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)));
        steps.flat_map(|(unit, step)| {
            let pairs = unit.names().flat_map(move |u| step.names().map(move |s| (u, s)));
            let now = (&unit.slug, &step.slug);
            pairs.filter(move |pair| *pair != now).map(move |former| Rename { former, now })
        })
    }
}

impl Unit {
    /// The step that has, or once had, this slug.
    pub fn step_called(&self, slug: &Slug) -> Option<&Step> {
        self.step(slug).or_else(|| self.steps.iter().find(|step| step.formerly.contains(slug)))
    }

    /// Whether it has, or once had, this slug.
    pub fn is_called(&self, slug: &Slug) -> bool {
        self.names().any(|name| name == slug)
    }

    /// Its slug of now and its earlier ones: what records may name it.
    pub fn names(&self) -> impl Iterator<Item = &Slug> {
        std::iter::once(&self.slug).chain(&self.formerly)
    }
}

impl Step {
    /// Whether it has, or once had, this slug.
    pub fn is_called(&self, slug: &Slug) -> bool {
        self.names().any(|name| name == slug)
    }

    /// Its slug of now and its earlier ones: what records may name it.
    pub fn names(&self) -> impl Iterator<Item = &Slug> {
        std::iter::once(&self.slug).chain(&self.formerly)
    }
}
