//! `pictures/NAME.svg`, drawn by hand, and beside it `NAME.md`, which says in words everything that it shows.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::file::{Faults, Source, entries, name};
use super::keys::{self, Keys};
use super::step::parts;
use crate::platform::text::Slug;
use crate::programme::markdown::passage_html;
use crate::programme::{Picture, Served};

const FOLDER: &str = "pictures";
/// What makes a drawing more than a drawing.
const FORBIDDEN: [&str; 6] = ["<script", "<foreignobject", "<!entity", "<image", "javascript:", "@import"];

#[derive(Default)]
pub(super) struct Pictures {
    all: BTreeMap<String, (Picture, Served, PathBuf)>,
    shown: RefCell<BTreeSet<String>>,
}

impl Pictures {
    pub fn read(folder: &Path, programme: &Slug, faults: &Faults) -> Self {
        let folder = folder.join(FOLDER);
        if !folder.exists() {
            return Self::default();
        }
        let paths = entries(&folder, faults);
        let mut all = BTreeMap::new();
        for path in &paths {
            let file_name = name(path);
            if let Some(stem) = file_name.strip_suffix(".svg") {
                let read = picture(path, programme, faults);
                all.extend(read.map(|(picture, served)| (stem.to_owned(), (picture, served, path.clone()))));
            } else if let Some(stem) = file_name.strip_suffix(".md") {
                if !path.with_extension("svg").exists() {
                    faults.add(path, 1, "these words belong to no picture", format!("draw {stem}.svg beside them"));
                }
            } else {
                faults.add(path, 1, "this is neither a picture nor its words", "put .svg and .md files here");
            }
        }
        Self { all, shown: RefCell::default() }
    }

    /// For a text that shows it.
    pub fn show(&self, name: &str) -> Option<&Picture> {
        self.shown.borrow_mut().insert(name.to_owned());
        self.all.get(name).map(|(picture, _, _)| picture)
    }

    /// Names the pictures that nobody showed.
    pub fn finish(&self, faults: &Faults) {
        for (name, (_, _, path)) in self.all.iter().filter(|(name, _)| !self.shown.borrow().contains(*name)) {
            let mend = format!("show it in a step with ![what it shows](picture:{name}), or delete it");
            faults.add(path, 1, "no text shows this picture", mend);
        }
    }

    pub fn files(&self) -> impl Iterator<Item = Served> {
        self.all.values().map(|(_, served, _)| served.clone())
    }
}

fn picture(path: &Path, programme: &Slug, faults: &Faults) -> Option<(Picture, Served)> {
    let drawing = Source::read(path, faults)?;
    let (title, words_html) = words(&path.with_extension("md"), faults)?;
    let lower = drawing.text.to_lowercase();
    if let Some(word) = FORBIDDEN.iter().find(|word| lower.contains(**word)) {
        let line = drawing.line_at(lower.find(word).unwrap_or(0));
        drawing.fault(line, format!("the picture holds {word}"), "take it out: a picture is shapes, words and styles");
    }
    let tag =
        drawing.text.find("<svg").and_then(|from| Some(&drawing.text[from..from + drawing.text[from..].find('>')?]));
    let size = tag.and_then(|tag| Some((length(tag, "width")?, length(tag, "height")?)));
    if size.is_none() {
        drawing.fault(
            1,
            "the picture does not say how large it is",
            "write <svg viewBox=… width=\"720\" height=\"…\">",
        );
    }
    let (width, height) = size?;
    let served = Served::new(drawing.text.into_bytes(), "svg", "image/svg+xml");
    Some((Picture { title, words_html, width, height, address: served.address(programme) }, served))
}

/// The value of `width="720"`.
fn length(tag: &str, key: &str) -> Option<u32> {
    let value = tag.split_once(&format!(" {key}=\""))?.1;
    value.split_once('"')?.0.parse().ok().filter(|n| (1..=4000).contains(n))
}

/// Title and text.
fn words(path: &Path, faults: &Faults) -> Option<(String, String)> {
    if !path.exists() {
        let mend = "write beside the picture what it shows, with a title in its front matter";
        faults.add(path, 1, "the picture has no words", mend);
        return None;
    }
    let file = Source::read(path, faults)?;
    let (front, body) = parts(&file)?;
    let table = keys::table(&front)?;
    let keys = Keys::of(&front, table.get_ref());
    let title = keys.need_line("title");
    keys.finish();
    if body.text.trim().is_empty() {
        body.fault(body.first_line, "the picture has no words", "say below the second +++ everything that it shows");
    }
    let rendered = passage_html(&body.text);
    for remark in rendered.remarks {
        body.fault(body.first_line + remark.line.max(1) - 1, remark.what, remark.mend);
    }
    Some((title, rendered.html))
}
