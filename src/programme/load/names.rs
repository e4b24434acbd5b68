//! No two things of a kind share a slug, nor has one the slug that another had: records are kept by it.

use std::collections::HashMap;
use std::path::PathBuf;

use super::file::Faults;
use crate::platform::text::Slug;

/// What stands beside a unit's steps: `…/units/3/print`.
const RESERVED: [&str; 1] = ["print"];

/// The slugs of one scope: a programme's units, or a unit's steps.
pub(super) struct Names<'f> {
    what: &'static str,
    taken: HashMap<Slug, PathBuf>,
    faults: &'f Faults,
}

impl<'f> Names<'f> {
    pub fn of(what: &'static str, faults: &'f Faults) -> Self {
        Self { what, taken: HashMap::new(), faults }
    }

    pub fn take(&mut self, slug: &Slug, file: PathBuf, line: usize) {
        if RESERVED.contains(&slug.as_str()) {
            let what = format!("the {} slug '{slug}' is an address of Trellis's own", self.what);
            self.faults.add(&file, line, what, "choose another");
            return;
        }
        if let Some(other) = self.taken.get(slug) {
            let what = format!("the {} slug '{slug}' is or was that of {} too", self.what, other.display());
            self.faults.add(&file, line, what, "choose another, or take it out of formerly");
            return;
        }
        self.taken.insert(slug.clone(), file);
    }
}
