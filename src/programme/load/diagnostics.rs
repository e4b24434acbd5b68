//! `diagnostic.toml`: what a programme's diagnostic steps ask.

use std::collections::HashSet;
use std::path::Path;

use super::file::{Faults, Source};
use super::keys::{self, Keys};
use crate::platform::text::Slug;
use crate::programme::diagnostics::{Advice, Bands, Diagnostic, Dimension, Statement};
use crate::programme::{StepKind, Unit};

const FILE: &str = "diagnostic.toml";

/// None where the programme has none; a fault where a step needs it.
pub(super) fn read(folder: &Path, units: &[Unit], faults: &Faults) -> Option<Diagnostic> {
    let path = folder.join(FILE);
    if !path.exists() {
        let needed = units.iter().flat_map(|unit| &unit.steps).find(|step| step.kind == StepKind::Diagnostic);
        if let Some(step) = needed {
            let what = format!("there is no {FILE}, and the step '{}' asks its questions", step.slug);
            faults.add(&path, 1, what, "write one, or take the step out; see course_content/README.md");
        }
        return None;
    }
    let source = Source::read(&path, faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let (mut letters, mut slugs) = (HashSet::new(), HashSet::new());
    let diagnostic = Diagnostic {
        comment: keys.need_line("comment"),
        look_back: keys.need_line("look_back"),
        dimensions: keys
            .tables("dimension")
            .into_iter()
            .map(|k| dimension(k, units, &mut letters, &mut slugs))
            .collect(),
    };
    if diagnostic.dimensions.is_empty() {
        keys.fault(keys.line_of("dimension"), "the diagnostic has no dimension", "add one under [[dimension]]");
    }
    keys.finish();
    Some(diagnostic)
}

fn dimension(keys: Keys, units: &[Unit], letters: &mut HashSet<String>, slugs: &mut HashSet<Slug>) -> Dimension {
    let letter = keys.need_line("letter");
    if letter.len() != 1 || !letter.bytes().all(|b| b.is_ascii_uppercase()) || !letters.insert(letter.clone()) {
        let mend = "write one capital letter, another one in each dimension";
        keys.fault(keys.line_of("letter"), format!("letter is '{letter}'"), mend);
    }
    let statements: Vec<_> = keys.tables("statement").into_iter().filter_map(|k| statement(k, slugs)).collect();
    if statements.is_empty() {
        keys.fault(keys.line, "the dimension has no statement", "add one under [[dimension.statement]]");
    }
    let dimension = Dimension { letter, name: keys.need_line("name"), statements, advice: advice(&keys, units) };
    keys.finish();
    dimension
}

fn statement(keys: Keys, slugs: &mut HashSet<Slug>) -> Option<Statement> {
    let slug = keys.need_slug("slug");
    // The names of other fields of the form.
    let taken = |slug: &Slug| slug.as_str() == "comment" || slug.as_str().starts_with("look-back");
    if let Some(slug) = slug.as_ref().filter(|slug| taken(slug) || !slugs.insert((*slug).clone())) {
        let mend = "give each statement one of its own: answers are kept by it";
        keys.fault(keys.line_of("slug"), format!("the slug '{slug}' is taken"), mend);
    }
    let text = keys.need_line("text");
    keys.finish();
    Some(Statement { slug: slug?, text })
}

/// As authors write them: `Weeks 2 and 11`.
fn weeks(line: &Keys, units: &[Unit]) -> Vec<u16> {
    let named = line.line("weeks").unwrap_or_default();
    let numbers = named.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut weeks = Vec::new();
    for digits in numbers {
        match digits.parse().ok().filter(|number| units.iter().any(|unit| unit.number == *number)) {
            Some(number) => weeks.push(number),
            None => line.fault(line.line_of("weeks"), format!("there is no week {digits}"), "name one that is there"),
        }
    }
    weeks
}

fn advice(keys: &Keys, units: &[Unit]) -> Bands {
    let Some(keys) = keys.table("advice") else {
        keys.missing("[dimension.advice]", "one line for each band");
        return Bands::default();
    };
    let of = |band| match keys.table(band) {
        Some(line) => {
            let advice = Advice { text: line.need_line("text"), weeks: weeks(&line, units) };
            line.finish();
            advice
        }
        None => {
            keys.missing(band, "{ text = \"…\", weeks = \"Week 2\" }");
            Advice::default()
        }
    };
    let bands = Bands {
        needs_kindling: of("needs-kindling"),
        warming: of("warming"),
        warm: of("warm"),
        glowing: of("glowing"),
    };
    keys.finish();
    bands
}
