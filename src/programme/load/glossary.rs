//! `glossary.toml`: the words of the course.

use std::collections::HashSet;
use std::path::Path;

use super::file::{Faults, Source};
use super::keys::{self, Keys};
use crate::programme::markdown::inline_html;
use crate::programme::{Term, Unit};

const FILE: &str = "glossary.toml";

pub(super) fn read(folder: &Path, faults: &Faults) -> Vec<Term> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Vec::new();
    }
    let Some(source) = Source::read(&path, faults) else { return Vec::new() };
    let Some(table) = keys::table(&source) else { return Vec::new() };
    let keys = Keys::of(&source, table.get_ref());
    let (mut slugs, mut forms) = (HashSet::new(), HashSet::new());
    let mut terms: Vec<Term> = Vec::new();
    for keys in keys.tables("term") {
        let Some(term) = term(&keys) else { continue };
        if !slugs.insert(term.slug.clone()) {
            keys.fault(keys.line_of("slug"), format!("the slug '{}' is taken", term.slug), "give each term its own");
        }
        for form in std::iter::once(&term.term).chain(&term.also) {
            if !forms.insert(form.to_lowercase()) {
                let mend = "each form belongs to one term: take it out of one of them";
                keys.fault(keys.line, format!("'{form}' is explained twice"), mend);
            }
        }
        keys.finish();
        terms.push(term);
    }
    keys.finish();
    terms.sort_by_key(|term| term.term.to_lowercase());
    terms
}

fn term(keys: &Keys) -> Option<Term> {
    let (slug, term, text) = (keys.need_slug("slug"), keys.need_line("term"), keys.need_line("text"));
    let also = keys.texts("also").into_iter().map(|(form, _)| form).collect();
    let unit = keys.number("unit", 0..=999).and_then(|unit| u16::try_from(unit).ok());
    Some(Term { slug: slug?, term, also, html: inline_html(&text), unit, is_linked: keys.flag("link", true) })
}

/// The glossary, when it is known which units there are.
pub(super) fn placed(glossary: Vec<Term>, units: &[Unit], folder: &Path, faults: &Faults) -> Vec<Term> {
    for term in &glossary {
        if let Some(number) = term.unit.filter(|number| !units.iter().any(|unit| unit.number == *number)) {
            let what = format!("'{}' names unit {number}, which is not there", term.term);
            faults.add(&folder.join(FILE), 1, what, "correct its unit");
        }
    }
    glossary
}
