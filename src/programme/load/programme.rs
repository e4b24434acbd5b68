//! `programme.toml`, and what can only be seen when all units are read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use super::file::{Faults, Source as FileText, name};
use super::keys::{self, Keys, Placed};
use super::names::Names;
use super::outline::Outline;
use super::pictures::Pictures;
use super::{again, diagnostics, glossary, guide, library, markdown_of, unit};
use crate::platform::text::Slug;
use crate::programme::glossary::Terms;
use crate::programme::markdown::{Rendered, Setting, step_html};
use crate::programme::{CertificateRule, Programme, Served, Source, StepKind, Unit};

pub(super) const FILE: &str = "programme.toml";
/// What the parts of a programme are read with.
pub(super) struct Course<'f> {
    pub slug: Slug,
    pub outline: Outline,
    pub sources: BTreeMap<String, Source>,
    pub pictures: Pictures,
    pub terms: Option<Terms>,
    /// Captions, as they were read.
    pub captions: RefCell<Vec<Served>>,
    pub faults: &'f Faults,
}

impl Course<'_> {
    /// A step's text, or a guide's.
    pub fn render(&self, body: &FileText, cited: &[String]) -> Rendered {
        let address = |path: &str| self.outline.address(path);
        let picture = |name: &str| self.pictures.show(name).cloned();
        let setting = Setting {
            sources: cited,
            address: &address,
            picture: &picture,
            terms: self.terms.as_ref(),
            is_passage: false,
        };
        let mut rendered = step_html(&body.text, &setting);
        for remark in rendered.remarks.drain(..) {
            body.fault(body.first_line + remark.line.max(1) - 1, remark.what, remark.mend);
        }
        rendered
    }

    /// The sources that `keys` lists: keys, and citations as HTML. Each must be there, once, and cited if it is to be.
    pub fn cited(&self, keys: &Keys, key: &'static str) -> (Vec<Placed<String>>, Vec<String>) {
        let listed = keys.texts(key);
        let mut html = Vec::new();
        for (name, line) in &listed {
            match self.sources.get(name) {
                Some(source) => html.push(source.html.clone()),
                None => {
                    let what = format!("there is no source '{name}'");
                    keys.fault(*line, what, "add it to sources.toml, or correct the key");
                }
            }
        }
        (listed, html)
    }
}

pub(super) fn read(folder: &Path, faults: &Faults) -> Option<Programme> {
    let slug = Slug::parse(&name(folder));
    if slug.is_none() {
        let mend = "rename it to lower-case letters, digits and single dashes: it is the programme's address";
        faults.add(folder, 1, format!("the folder's name '{}' is no slug", name(folder)), mend);
    }
    let glossary = glossary::read(folder, faults);
    let slug = slug.or_else(|| Slug::parse("programme"))?;
    let course = Course {
        outline: Outline::of(folder, faults),
        sources: library::read(folder, faults),
        pictures: Pictures::read(folder, &slug, faults),
        terms: Terms::of(&glossary),
        captions: RefCell::default(),
        slug,
        faults,
    };
    let units = units(&course);
    again::check(&course.outline, &units, faults);
    let guides = guide::read(folder, &course);
    course.pictures.finish(faults);
    let source = FileText::read(&folder.join(FILE), faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let programme = Programme {
        slug: course.slug.clone(),
        title: keys.need_line("title"),
        language: language(&keys),
        lead: keys.need_line("lead"),
        effort: keys.need_line("effort"),
        about_html: markdown_of(&keys, "about", true),
        certificate: certificate(&keys, &course, &units),
        diagnostic: diagnostics::read(folder, &units, faults),
        topics: library::topics(&keys, &course.sources, folder),
        glossary: glossary::placed(glossary, &units, folder, faults),
        guides,
        files: course.files(),
        sources: course.sources,
        units,
    };
    keys.finish();
    Some(programme)
}

impl Course<'_> {
    fn files(&self) -> BTreeMap<String, Served> {
        let all = self.captions.take().into_iter().chain(self.pictures.files());
        all.map(|file| (file.name.clone(), file)).collect()
    }
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
