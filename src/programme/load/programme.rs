//! `programme.toml`, `sources.toml`, and what can only be seen when all units are read.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{Faults, Source, name};
use super::keys::{self, Keys};
use super::names::Names;
use super::outline::Outline;
use super::{diagnostics, markdown_of, unit};
use crate::platform::text::Slug;
use crate::programme::markdown::source_html;
use crate::programme::{CertificateRule, Programme, StepKind, Unit};

pub(super) const FILE: &str = "programme.toml";
const SOURCES: &str = "sources.toml";

/// What the parts of a programme are read with.
pub(super) struct Course<'f> {
    pub outline: Outline,
    /// By key, as HTML.
    pub sources: BTreeMap<String, String>,
    pub faults: &'f Faults,
}

pub(super) fn read(folder: &Path, faults: &Faults) -> Option<Programme> {
    let slug = Slug::parse(&name(folder));
    if slug.is_none() {
        let mend = "rename it to lower-case letters, digits and single dashes: it is the programme's address";
        faults.add(folder, 1, format!("the folder's name '{}' is no slug", name(folder)), mend);
    }
    let course = Course { outline: Outline::of(folder, faults), sources: sources(folder, faults), faults };
    let units = units(&course);
    let source = Source::read(&folder.join(FILE), faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let programme = Programme {
        slug: slug?,
        title: keys.need_line("title"),
        language: language(&keys),
        lead: keys.need_line("lead"),
        effort: keys.need_line("effort"),
        about_html: markdown_of(&keys, "about", true),
        certificate: certificate(&keys, &course, &units),
        diagnostic: diagnostics::read(folder, &units, faults),
        units,
    };
    keys.finish();
    Some(programme)
}

fn units(course: &Course) -> Vec<Unit> {
    let mut names = Names::of("unit", course.faults);
    for place in &course.outline.units {
        names.take(&place.slug, place.folder.clone(), 1);
    }
    course.outline.units.iter().filter_map(|place| unit::read(place, course, &mut names)).collect()
}

fn language(keys: &Keys) -> String {
    let language = keys.need_line("language");
    let mut parts = language.split('-');
    let letters =
        parts.next().is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    let is_tag = letters && rest;
    if !is_tag && !language.is_empty() {
        let what = format!("'{language}' is no language tag");
        keys.fault(keys.line_of("language"), what, "write a BCP 47 tag, such as en-GB");
    }
    language
}

fn sources(folder: &Path, faults: &Faults) -> BTreeMap<String, String> {
    let path = folder.join(SOURCES);
    let mut sources = BTreeMap::new();
    if !path.exists() {
        return sources;
    }
    let Some(source) = Source::read(&path, faults) else { return sources };
    let Some(table) = keys::table(&source) else { return sources };
    let all = Keys::of(&source, table.get_ref());
    for (key, line) in all.names() {
        if !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            let mend = "use letters, digits, dashes and underscores, so that it can be cited as [^key]";
            all.fault(line, format!("the key '{key}' cannot be cited"), mend);
        }
        let Some(keys) = all.named(&key) else { continue };
        let cite = keys.need("cite");
        let url = keys.line("url");
        if let Some(url) = url.as_deref().filter(|url| !is_web_address(url)) {
            keys.fault(
                keys.line_of("url"),
                format!("'{url}' is no web address"),
                "begin it with https://, without spaces",
            );
        }
        keys.finish();
        sources.insert(key, source_html(&cite, url.as_deref()));
    }
    sources
}

/// For links that leave the site.
pub(super) fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !url.contains([' ', '"', '<', '>', '\\'])
}

fn certificate(keys: &Keys, course: &Course, units: &[Unit]) -> CertificateRule {
    let mut rule = CertificateRule::default();
    if let Some(keys) = keys.table("certificate") {
        rule.share = keys.share("share");
        for (slug, line) in keys.slugs("units") {
            if course.outline.unit(slug.as_str()).is_none() {
                let mend = "write the name of a unit's folder without its number";
                keys.fault(line, format!("the certificate asks for a unit '{slug}' that is not there"), mend);
            }
            rule.units.push(slug);
        }
        for (path, line) in keys.texts("steps") {
            match course.outline.step(&path) {
                Some((unit, step)) => rule.steps.push((unit.slug.clone(), step.slug.clone())),
                None => {
                    let mend = "write unit/step with the names of folder and file, without their numbers";
                    keys.fault(line, format!("the certificate asks for a step '{path}' that is not there"), mend);
                }
            }
        }
        if let Some(counts) = keys.table("counts") {
            rule.counts = kinds(&counts, units);
            counts.finish();
        }
        keys.finish();
    }
    if rule == CertificateRule::default() {
        rule.share = Some(0.8);
    }
    rule
}

fn kinds(counts: &Keys, units: &[Unit]) -> BTreeMap<StepKind, u16> {
    let mut kinds = BTreeMap::new();
    for kind in StepKind::ALL {
        let Some(asked) = counts.number(kind.as_str(), 1..=999) else { continue };
        let there =
            units.iter().flat_map(|unit| &unit.steps).filter(|step| step.kind == *kind && step.required).count();
        if asked as usize > there {
            let what = format!("the certificate asks for {asked} of {kind}, and there are {there} that count");
            counts.fault(counts.line_of(kind.as_str()), what, "ask for fewer");
        }
        kinds.insert(*kind, asked as u16);
    }
    kinds
}
