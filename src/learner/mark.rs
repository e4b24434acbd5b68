//! A unit's steps as a list shows them: mark, title, kind and minutes, state.

use super::{step_number, step_path, words};
use crate::cohort::Cohort;
use crate::completion::Done;
use crate::platform::text::{Slug, duration};
use crate::programme::{Step, Unit};

/// The diamond before a step. It never stands alone: a word says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Done,
    Now,
    ToDo,
}

impl Mark {
    pub fn is_done(&self) -> bool {
        *self == Self::Done
    }

    pub fn is_now(&self) -> bool {
        *self == Self::Now
    }
}

/// A line of `app-steps`.
#[derive(Debug, Clone)]
pub struct StepRow {
    pub mark: Mark,
    pub href: String,
    pub title: String,
    /// `Article, 20 minutes`.
    pub what: String,
    /// Empty for those whose steps do not count.
    pub state: &'static str,
    pub state_class: &'static str,
}

/// `next`: the step to continue with, if it is in this unit. `done`: None for those whose steps do not count.
pub fn rows(cohort: &Cohort, unit: &Unit, done: Option<&Done>, next: Option<&Slug>) -> Vec<StepRow> {
    let row = |step: &Step| {
        let is_done = done.is_some_and(|done| done.has(&unit.slug, &step.slug));
        let mark = match (is_done, next == Some(&step.slug)) {
            (true, _) => Mark::Done,
            (false, true) => Mark::Now,
            (false, false) => Mark::ToDo,
        };
        let (state, state_class) = match (mark, step.required) {
            _ if done.is_none() => ("", ""),
            (Mark::Done, _) => ("Done", "app-state--done"),
            (Mark::Now, _) => ("Next for you", "app-state--now"),
            (Mark::ToDo, true) => ("To do", ""),
            (Mark::ToDo, false) => ("If you like", ""),
        };
        StepRow {
            mark,
            href: step_path(cohort, unit, step),
            title: format!("{} {}", step_number(unit, step), step.title),
            what: format!("{}, {}", step.kind_label(), duration(step.minutes)),
            state,
            state_class,
        }
    };
    unit.steps.iter().map(row).collect()
}

/// A line of the list beside a step.
#[derive(Debug, Clone)]
pub struct TocItem {
    pub mark: Mark,
    pub href: String,
    pub title: String,
    /// `20 minutes, done`.
    pub note: String,
    /// The step that is being read.
    pub here: bool,
}

pub fn toc(cohort: &Cohort, unit: &Unit, done: &Done, here: &Slug) -> Vec<TocItem> {
    let item = |step: &Step| {
        let is_done = done.has(&unit.slug, &step.slug);
        let here = step.slug == *here;
        TocItem {
            mark: if is_done {
                Mark::Done
            } else if here {
                Mark::Now
            } else {
                Mark::ToDo
            },
            href: step_path(cohort, unit, step),
            title: format!("{} {}", step_number(unit, step), step.title),
            note: format!("{}{}", duration(step.minutes), if is_done { ", done" } else { "" }),
            here,
        }
    };
    unit.steps.iter().map(item).collect()
}

/// The step before or after, or the unit's own page.
#[derive(Debug, Clone)]
pub struct PagerLink {
    pub href: String,
    pub what: String,
    pub title: String,
}

pub fn before(cohort: &Cohort, unit: &Unit, step: &Step) -> PagerLink {
    match neighbours(unit, step).0 {
        Some(before) => PagerLink {
            href: step_path(cohort, unit, before),
            what: format!("Back, {}, {}", words::kind(before), duration(before.minutes)),
            title: format!("{} {}", step_number(unit, before), before.title),
        },
        None => overview(cohort, unit, "Back to the unit"),
    }
}

pub fn after(cohort: &Cohort, unit: &Unit, step: &Step) -> PagerLink {
    match neighbours(unit, step).1 {
        Some(after) => PagerLink {
            href: step_path(cohort, unit, after),
            what: format!("Next, {}, {}", words::kind(after), duration(after.minutes)),
            title: format!("{} {}", step_number(unit, after), after.title),
        },
        None => overview(cohort, unit, "This was the last step"),
    }
}

fn neighbours<'u>(unit: &'u Unit, step: &Step) -> (Option<&'u Step>, Option<&'u Step>) {
    let at = unit.steps.iter().position(|s| s.slug == step.slug).unwrap_or(0);
    (at.checked_sub(1).and_then(|i| unit.steps.get(i)), unit.steps.get(at + 1))
}

fn overview(cohort: &Cohort, unit: &Unit, what: &str) -> PagerLink {
    PagerLink { href: super::unit_path(cohort, unit), what: what.into(), title: format!("{} overview", unit.label()) }
}
