//! `sources.toml`: what steps cite, and with a topic what the library shows; its shelves stand in `programme.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::file::{Faults, Source as FileText};
use super::keys::{self, Keys};
use super::programme::is_web_address;
use crate::platform::text::Slug;
use crate::programme::markdown::source_html;
use crate::programme::{Entry, Source, Topic};

const FILE: &str = "sources.toml";
/// How sure the editors are of a source: seen, from memory, only its title.
const MARKS: [&str; 3] = ["S", "M", "P"];

pub(super) fn read(folder: &Path, faults: &Faults) -> BTreeMap<String, Source> {
    let path = folder.join(FILE);
    let mut sources = BTreeMap::new();
    if !path.exists() {
        return sources;
    }
    let Some(file) = FileText::read(&path, faults) else { return sources };
    let Some(table) = keys::table(&file) else { return sources };
    let all = Keys::of(&file, table.get_ref());
    for (key, line) in all.names() {
        if !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            let mend = "use letters, digits, dashes and underscores, so that it can be cited as [^key]";
            all.fault(line, format!("the key '{key}' cannot be cited"), mend);
        }
        let Some(keys) = all.named(&key) else { continue };
        let cite = keys.need("cite");
        let url = keys.line("url");
        if let Some(url) = url.as_deref().filter(|url| !is_web_address(url)) {
            let what = format!("'{url}' is no web address");
            keys.fault(keys.line_of("url"), what, "begin it with https://, without spaces");
        }
        let entry = entry(&keys);
        mark(&keys);
        keys.finish();
        sources.insert(key.clone(), Source { key, html: source_html(&cite, url.as_deref()), cite, url, entry });
    }
    sources
}

/// `None` without a topic: only cited.
fn entry(keys: &Keys) -> Option<Entry> {
    if !keys.has("topic") {
        return None;
    }
    let (title, author, year) =
        (keys.need_line("title"), keys.line("author").unwrap_or_default(), keys.need_line("year"));
    let (kind, topic, summary) = (keys.need_slug("kind"), keys.need_slug("topic"), keys.need_line("summary"));
    Some(Entry { title, author, year, kind: kind?, topic: topic?, summary })
}

fn mark(keys: &Keys) {
    let Some(mark) = keys.line("mark") else { return };
    if !MARKS.contains(&mark.as_str()) {
        keys.fault(keys.line_of("mark"), format!("there is no mark '{mark}'"), "write \"S\", \"M\" or \"P\"");
    }
}

/// The shelves that `programme.toml` names; every entry stands on one.
pub(super) fn topics(keys: &Keys, sources: &BTreeMap<String, Source>, folder: &Path) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for topic in keys.tables("topic") {
        let (slug, title) = (topic.need_slug("slug"), topic.need_line("title"));
        topics.extend(slug.map(|slug| Topic { slug, title }));
        topic.finish();
    }
    let shelves: BTreeSet<&Slug> = sources.values().filter_map(|s| Some(&s.entry.as_ref()?.topic)).collect();
    for slug in shelves.into_iter().filter(|slug| !topics.iter().any(|topic| topic.slug == **slug)) {
        let what = format!("{} has entries on '{slug}', and the programme no such topic", folder.join(FILE).display());
        let mend = format!("add [[topic]] with slug = \"{slug}\" and a title here, or correct it there");
        keys.fault(keys.line_of("topic"), what, mend);
    }
    topics
}
