//! `diagnostic.toml`: the statements of the programme's diagnostic.

use std::collections::HashSet;
use std::path::Path;

use super::file::{Faults, Source};
use super::keys::{self, Keys};
use crate::programme::diagnostics::{Advice, Bands, Diagnostic, Dimension, Statement};

pub(super) const FILE: &str = "diagnostic.toml";
/// What a form that asks for a reading calls its other fields.
const TAKEN: &str = "comment";

/// `None` where a programme has none.
pub(super) fn read(folder: &Path, faults: &Faults) -> Option<Diagnostic> {
    let path = folder.join(FILE);
    if !path.exists() {
        return None;
    }
    let source = Source::read(&path, faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let mut fields = HashSet::from([TAKEN.to_owned()]);
    let mut letters = HashSet::new();
    let dimensions = keys.tables("dimension");
    if dimensions.is_empty() {
        keys.fault(keys.line_of("dimension"), "the diagnostic has no dimension", "add one under [[dimension]]");
    }
    let diagnostic = Diagnostic {
        dimensions: dimensions.into_iter().map(|keys| dimension(keys, &mut fields, &mut letters)).collect(),
        look_back: keys.need_line("look_back"),
        comment: keys.need_line("comment"),
    };
    keys.finish();
    Some(diagnostic)
}

fn dimension(keys: Keys, fields: &mut HashSet<String>, letters: &mut HashSet<String>) -> Dimension {
    let dimension = Dimension {
        letter: letter(&keys, letters),
        name: keys.need_line("name"),
        statements: keys.tables("statement").into_iter().filter_map(|keys| statement(keys, fields)).collect(),
        advice: keys.table("advice").map(bands).unwrap_or_default(),
    };
    if keys.tables("statement").is_empty() {
        keys.fault(keys.line, "the dimension has no statement", "add one under [[dimension.statement]]");
    }
    if !keys.has("advice") {
        keys.fault(keys.line, "advice is missing", "add [dimension.advice] with a line for each band");
    }
    keys.finish();
    dimension
}

fn letter(keys: &Keys, letters: &mut HashSet<String>) -> String {
    let letter = keys.need_line("letter");
    let is_letter = letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase());
    if !letter.is_empty() && !(is_letter && letters.insert(letter.clone())) {
        let mend = "write one capital letter that no other dimension has";
        keys.fault(keys.line_of("letter"), format!("the letter '{letter}' cannot stand for a dimension"), mend);
    }
    letter
}

fn statement(keys: Keys, fields: &mut HashSet<String>) -> Option<Statement> {
    let (slug, text) = (keys.need_slug("slug"), keys.need_line("text"));
    let line = keys.line_of("slug");
    if let Some(slug) =
        slug.as_ref().filter(|slug| slug.as_str().starts_with("look-back-") || fields.contains(slug.as_str()))
    {
        keys.fault(
            line,
            format!("the slug '{slug}' is taken"),
            "give each statement one of its own: answers are kept by it",
        );
    }
    keys.finish();
    let slug = slug?;
    fields.insert(slug.to_string());
    Some(Statement { slug, text })
}

fn bands(keys: Keys) -> Bands {
    let bands = Bands {
        needs_kindling: advice(&keys, "needs-kindling"),
        warming: advice(&keys, "warming"),
        warm: advice(&keys, "warm"),
        glowing: advice(&keys, "glowing"),
    };
    keys.finish();
    bands
}

fn advice(keys: &Keys, band: &'static str) -> Advice {
    let Some(keys) = keys.table(band) else {
        if !keys.has(band) {
            keys.missing(band, "{ text = \"…\", weeks = \"Week 2\" }");
        }
        return Advice::default();
    };
    let advice = Advice { text: keys.need_line("text"), weeks: keys.need_line("weeks") };
    keys.finish();
    advice
}
