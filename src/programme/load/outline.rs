//! Which units and steps there are, by the names of their folders and files, before any is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::{Faults, entries, name};
use crate::platform::text::Slug;

pub(super) struct Outline {
    pub units: Vec<UnitPlace>,
}

pub(super) struct UnitPlace {
    pub number: u16,
    pub slug: Slug,
    pub folder: PathBuf,
    pub steps: Vec<StepPlace>,
}

pub(super) struct StepPlace {
    pub place: u16,
    pub slug: Slug,
    /// `NN-name.md`
    pub text: PathBuf,
    /// `NN-name.toml`, where there is one.
    pub quiz: Option<PathBuf>,
    /// `NN-name.vtt`, where there is one.
    pub captions: Option<PathBuf>,
}

impl Outline {
    pub fn of(folder: &Path, faults: &Faults) -> Self {
        let mut units = Vec::new();
        for path in entries(&folder.join("units"), faults) {
            if !path.is_dir() {
                continue;
            }
            let Some((number, slug)) = numbered(&path, &name(&path), faults) else { continue };
            let steps = steps(&path, faults);
            if steps.is_empty() {
                faults.add(&path, 1, "the unit has no step", "write one, such as 01-welcome.md");
            }
            units.push(UnitPlace { number, slug, folder: path, steps });
        }
        if units.is_empty() {
            faults.add(&folder.join("units"), 1, "the programme has no unit", "make a folder such as units/01-welcome");
        }
        units.sort_by_key(|unit| unit.number);
        once_each("units", units.iter().map(|unit| (unit.number, unit.folder.as_path())), faults);
        Self { units }
    }

    pub fn unit(&self, slug: &str) -> Option<&UnitPlace> {
        self.units.iter().find(|unit| unit.slug.as_str() == slug)
    }

    /// From `unit/step`.
    pub fn step(&self, path: &str) -> Option<(&UnitPlace, &StepPlace)> {
        let (unit, step) = path.split_once('/')?;
        let unit = self.unit(unit)?;
        Some((unit, unit.steps.iter().find(|s| s.slug.as_str() == step)?))
    }

    /// The address of `unit/step` as seen from the page of any step, whose own is `…/units/6/name`.
    pub fn address(&self, path: &str) -> Option<String> {
        self.step(path).map(|(unit, step)| format!("../{}/{}", unit.number, step.slug))
    }
}

fn steps(folder: &Path, faults: &Faults) -> Vec<StepPlace> {
    let (mut texts, mut quizzes, mut captions) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for path in entries(folder, faults) {
        let name = name(&path);
        if name == super::unit::FILE {
            continue;
        }
        if let Some(stem) = name.strip_suffix(".md") {
            texts.extend(numbered(&path, stem, faults).map(|(place, slug)| (place, slug, path)));
        } else if let Some(stem) = name.strip_suffix(".toml") {
            quizzes.insert(stem.to_owned(), path);
        } else if let Some(stem) = name.strip_suffix(".vtt") {
            captions.insert(stem.to_owned(), path);
        }
    }
    let mut steps = Vec::new();
    for (place, slug, text) in texts {
        if place == 0 {
            faults.add(&text, 1, "the step has the number 0", "count from 01: a unit's first step is 01-…");
        }
        let stem = name(&text);
        let stem = stem.trim_end_matches(".md");
        let (quiz, captions) = (quizzes.remove(stem), captions.remove(stem));
        steps.push(StepPlace { place, slug, text, quiz, captions });
    }
    for captions in captions.values() {
        let mend = "write the .md with kind = \"video\" under the same name, or delete this file";
        faults.add(captions, 1, "these captions belong to no step", mend);
    }
    for quiz in quizzes.values() {
        let mend = "write the .md with kind = \"quiz\" under the same name, or delete this file";
        faults.add(quiz, 1, "these questions belong to no step", mend);
    }
    steps.sort_by_key(|step| step.place);
    once_each("steps", steps.iter().map(|step| (step.place, step.text.as_path())), faults);
    steps
}

/// `06-leadership` is 6 and `leadership`.
pub(super) fn numbered(path: &Path, name: &str, faults: &Faults) -> Option<(u16, Slug)> {
    let parts = name.split_once('-').filter(|(digits, _)| (1..=3).contains(&digits.len()));
    let parts = parts.and_then(|(digits, rest)| {
        let is_number = digits.bytes().all(|b| b.is_ascii_digit());
        Some((digits.parse().ok().filter(|_| is_number)?, Slug::parse(rest)?))
    });
    if parts.is_none() {
        let mend = "use a number, a dash, and lower-case letters, digits and single dashes: 06-a-name";
        faults.add(path, 1, format!("the name '{name}' is no number and slug"), mend);
    }
    parts
}

/// What is sorted by number may have each number once.
fn once_each<'p>(what: &str, numbered: impl Iterator<Item = (u16, &'p Path)>, faults: &Faults) {
    let mut last: Option<(u16, &Path)> = None;
    for (number, path) in numbered {
        if let Some((_, other)) = last.filter(|(before, _)| *before == number) {
            let what = format!("two {what} have the number {number}: this and {}", name(other));
            faults.add(path, 1, what, "give each a number of its own");
        }
        last = Some((number, path));
    }
}
