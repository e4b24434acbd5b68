//! Reads `course_content/` and names every fault by file and line.

mod again;
mod captions;
mod diagnostics;
mod file;
mod glossary;
mod guide;
mod keys;
mod library;
mod names;
mod outline;
mod pictures;
mod programme;
mod quiz;
mod review;
mod step;
mod unit;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::markdown::passage_html;
use super::{Catalogue, Programme};
use crate::platform::text::{Slug, count};
use file::Faults;
use keys::Keys;

/// Something in the content that must be mended before it can be taught.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentFault {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl fmt::Display for ContentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.file.display(), self.line, self.what, self.mend)
    }
}

impl std::error::Error for ContentFault {}

/// Every programme under `root`, or all that is wrong with them.
pub fn load(root: &Path) -> Result<Catalogue, Vec<ContentFault>> {
    let faults = Faults::default();
    let mut programmes = BTreeMap::new();
    let folders = folders(root, &faults);
    if folders.is_empty() && faults.is_empty() {
        faults.add(root, 1, "there is no programme here", "make a folder with a programme.toml in it, or name another");
    }
    for folder in folders {
        if let Some(programme) = programme::read(&folder, &faults) {
            programmes.insert(programme.slug.clone(), programme);
        }
    }
    faults.or(Some(Catalogue { programmes }))
}

/// One programme: the folder that holds its programme.toml.
pub fn load_programme(folder: &Path) -> Result<Programme, Vec<ContentFault>> {
    let faults = Faults::default();
    let programme = programme::read(folder, &faults);
    faults.or(programme)
}

/// What lies at a path: a folder of programmes, or a single one.
pub fn load_at(path: &Path) -> Result<Catalogue, Vec<ContentFault>> {
    if !is_programme(path) {
        return load(path);
    }
    let programme = load_programme(path)?;
    Ok(Catalogue { programmes: [(programme.slug.clone(), programme)].into() })
}

fn is_programme(path: &Path) -> bool {
    path.join(programme::FILE).exists()
}

/// The folder of one of the programmes at a path.
pub fn folder_of(path: &Path, programme: &Slug) -> PathBuf {
    if is_programme(path) { path.to_owned() } else { path.join(programme.as_str()) }
}

/// What `trellis content check` says of what lies at a path: also what can be taught and should be better.
pub fn check(path: &Path) -> Result<Summary, Vec<ContentFault>> {
    let catalogue = load_at(path)?;
    let faults = Faults::default();
    for programme in catalogue.programmes.values() {
        review::review(&folder_of(path, &programme.slug), programme, &faults);
    }
    faults.or(Some(Summary::of(catalogue.programmes.values())))
}

/// The folders that are programmes, or were meant to be.
fn folders(root: &Path, faults: &Faults) -> Vec<PathBuf> {
    let mut folders = file::entries(root, faults);
    folders.retain(|folder| folder.join(programme::FILE).exists() || folder.join("units").is_dir());
    folders
}

/// A Markdown text that stands as a value in TOML, as HTML.
fn markdown_of(keys: &Keys, key: &'static str, is_needed: bool) -> String {
    let Some((text, line)) = keys.markdown(key) else {
        if is_needed && !keys.has(key) {
            keys.missing(key, "\"…\"");
        }
        return String::new();
    };
    let rendered = passage_html(&text);
    for remark in rendered.remarks {
        keys.fault(line + remark.line.max(1) - 1, remark.what, remark.mend);
    }
    rendered.html
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub programmes: usize,
    pub units: usize,
    pub steps: usize,
    pub questions: usize,
    /// In the steps' texts.
    pub words: usize,
}

impl Summary {
    fn of<'p>(programmes: impl IntoIterator<Item = &'p Programme>) -> Self {
        let mut sum = Self::default();
        for programme in programmes {
            sum.programmes += 1;
            sum.units += programme.units.len();
            for step in programme.units.iter().flat_map(|unit| &unit.steps) {
                sum.steps += 1;
                sum.questions += step.quiz.as_ref().map_or(0, |quiz| quiz.questions.len());
                sum.words += step.words();
            }
        }
        sum
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            count(self.programmes, "programme"),
            count(self.units, "unit"),
            count(self.steps, "step"),
            count(self.questions, "question"),
            count(self.words, "word"),
        ];
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests;
