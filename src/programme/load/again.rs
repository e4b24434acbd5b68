//! `shows_again`: an earlier reflection that its author reads again in a later step.

use super::file::Faults;
use super::keys::Keys;
use super::outline::Outline;
use super::programme::Course;
use crate::platform::text::Slug;
use crate::programme::{Step, StepKind, Unit};

const KEY: &str = "shows_again";

pub(super) fn read(keys: &Keys, course: &Course) -> Option<(Slug, Slug)> {
    let path = keys.line(KEY)?;
    let found = course.outline.step(&path).map(|(unit, step)| (unit.slug.clone(), step.slug.clone()));
    if found.is_none() {
        let mend = "write unit/step with the names of folder and file, without their numbers";
        keys.fault(keys.line_of(KEY), format!("there is no step '{path}' to show again"), mend);
    }
    found
}

/// What can only be seen when all steps are read: whether it is a reflection, and comes before.
pub(super) fn check(outline: &Outline, units: &[Unit], faults: &Faults) {
    for unit in units {
        for step in &unit.steps {
            let Some((again, earlier)) = step.shows_again.as_ref().and_then(|key| find(units, key)) else { continue };
            let name = format!("{}/{}", again.slug, earlier.slug);
            let what = if earlier.kind != StepKind::Reflection {
                format!("'{name}' is no reflection but {}", earlier.kind)
            } else if (again.number, earlier.place) >= (unit.number, step.place) {
                format!("'{name}' does not come before this step")
            } else {
                continue;
            };
            fault(outline, (unit, step), what, faults);
        }
    }
}

fn find<'u>(units: &'u [Unit], (unit, step): &(Slug, Slug)) -> Option<(&'u Unit, &'u Step)> {
    let unit = units.iter().find(|u| u.slug == *unit)?;
    Some((unit, unit.step(step)?))
}

fn fault(outline: &Outline, (unit, step): (&Unit, &Step), what: String, faults: &Faults) {
    let place = outline.step(&format!("{}/{}", unit.slug, step.slug));
    let Some((_, place)) = place else { return };
    let text = std::fs::read_to_string(&place.text).unwrap_or_default();
    let line = text.lines().position(|line| line.trim_start().starts_with(KEY)).map_or(1, |at| at + 1);
    faults.add(&place.text, line, what, "name a reflection of an earlier step, as unit/step");
}
