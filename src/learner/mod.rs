//! The learner's pages that join several slices: home, the outline, a unit, a step, the calendar.

mod calendar;
mod course;
mod document;
mod here;
mod ics;
mod mark;
mod news;
pub mod pages;
mod rule;
#[cfg(test)]
mod sample;
mod shelves;
mod store;
mod trellis;
mod words;

use crate::cohort::Cohort;
use crate::programme::{Step, Unit};

/// The pages that a facilitator may look at as a learner sees them, by their addresses: those that show the course, and none
/// that is somebody's own or changes anything.
pub fn may_be_looked_at(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        ["cohorts", _] | ["cohorts", _, "units", _] | ["cohorts", _, "calendar", _] => true,
        ["cohorts", _, page] => {
            ["discussions", "library", "glossary", "progress", "calendar", "announcements", "people"].contains(page)
        }
        ["cohorts", _, "units", _, step] => *step != "offline.html",
        ["cohorts", _, "units", _, _, "sheet"] => true,
        ["cohorts", _, "discussions" | "people", number] => is_number(number),
        _ => false,
    }
}

/// Words that lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    href: String,
    label: String,
}

impl Link {
    fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

fn calendar_path(cohort: &Cohort) -> String {
    format!("{}/calendar", cohort.path())
}

fn unit_path(cohort: &Cohort, unit: &Unit) -> String {
    format!("{}/units/{}", cohort.path(), unit.number)
}

fn step_path(cohort: &Cohort, unit: &Unit, step: &Step) -> String {
    format!("{}/{}", unit_path(cohort, unit), step.slug)
}

/// `6.1`: the unit's number and the step's place in it.
fn step_number(unit: &Unit, step: &Step) -> String {
    format!("{}.{}", unit.number, step.place)
}
