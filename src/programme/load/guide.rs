//! `facilitators/NN-name.md`: what facilitators read about a unit.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{Source, entries, name};
use super::keys::{self, Keys};
use super::outline::numbered;
use super::programme::Course;
use super::step::{check_cited, parts};
use crate::programme::Guide;

const FOLDER: &str = "facilitators";

pub(super) fn read(folder: &Path, course: &Course) -> BTreeMap<u16, Guide> {
    let folder = folder.join(FOLDER);
    if !folder.exists() {
        return BTreeMap::new();
    }
    let mut guides = BTreeMap::new();
    for path in entries(&folder, course.faults) {
        let file_name = name(&path);
        let Some(stem) = file_name.strip_suffix(".md") else { continue };
        let Some((number, slug)) = numbered(&path, stem, course.faults) else { continue };
        if !course.outline.units.iter().any(|unit| unit.number == number && unit.slug == slug) {
            course.faults.add(&path, 1, "this guide belongs to no unit", "name it as the unit's folder is named");
        }
        guides.extend(guide(&path, course).map(|guide| (number, guide)));
    }
    guides
}

fn guide(path: &Path, course: &Course) -> Option<Guide> {
    let file = Source::read(path, course.faults)?;
    let (front, body) = parts(&file)?;
    let table = keys::table(&front)?;
    let keys = Keys::of(&front, table.get_ref());
    let title = keys.need_line("title");
    let (listed, sources) = course.cited(&keys, "sources");
    let cited: Vec<String> = listed.iter().map(|(key, _)| key.clone()).collect();
    let rendered = course.render(&body, &cited);
    check_cited(&listed, &rendered.cited, &keys, course);
    if body.text.trim().is_empty() {
        body.fault(body.first_line, "the guide has no text", "write it below the second +++");
    }
    keys.finish();
    Some(Guide { title, html: rendered.html, sources })
}
