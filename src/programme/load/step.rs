//! A step: front matter between `+++`, then Markdown.

use std::collections::BTreeSet;

use super::file::Source;
use super::keys::{self, Keys, Placed};
use super::names::Names;
use super::outline::StepPlace;
use super::programme::{Course, is_web_address};
use super::{quiz, unit};
use crate::programme::markdown::{Setting, step_html};
use crate::programme::{Step, StepKind};

const FENCE: &str = "+++";
/// Longer than this no step is read through, but people sit together for an hour.
const MOST_MINUTES: u32 = 35;
const TRANSCRIPT: &str = "## Transcript";

pub(super) fn read(place: &StepPlace, course: &Course, names: &mut Names) -> Option<Step> {
    let file = Source::read(&place.text, course.faults)?;
    let (front, body) = parts(&file)?;
    let table = keys::table(&front)?;
    let keys = Keys::of(&front, table.get_ref());
    let kind = kind(&keys);
    let mut step = Step {
        slug: place.slug.clone(),
        formerly: unit::formerly(&keys, &file, names),
        place: place.place,
        title: keys.need_line("title"),
        kind: kind.unwrap_or(StepKind::Article),
        minutes: minutes(&keys, kind),
        summary: keys.need_line("summary"),
        required: keys.flag("required", true),
        html: String::new(),
        sources: Vec::new(),
        prompt: String::new(),
        prompts: Vec::new(),
        quiz: None,
        reading: None,
        questions: Vec::new(),
        reviews: 0,
        src: None,
        captions: None,
    };
    read_body(&mut step, &keys, &body, course);
    if let Some(kind) = kind {
        read_kind(&mut step, kind, &keys, &body);
        step.quiz = questions(place, kind, &keys, course);
        keys.finish();
    }
    Some(step)
}

/// Front matter and Markdown.
fn parts<'f>(file: &Source<'f>) -> Option<(Source<'f>, Source<'f>)> {
    let Some(rest) = file.text.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n')) else {
        file.fault(
            1,
            "the step does not begin with +++",
            "put its title, kind, minutes and summary between two lines of +++",
        );
        return None;
    };
    let mut at = 0;
    for (i, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == FENCE {
            return Some((file.part(&rest[..at], 2), file.part(&rest[at + line.len()..], i + 3)));
        }
        at += line.len();
    }
    file.fault(1, "the front matter has no end", "write a line of +++ before the text");
    None
}

fn kind(keys: &Keys) -> Option<StepKind> {
    let word = keys.need_line("kind");
    let kind = word.parse();
    if let (Err(why), false) = (&kind, word.is_empty()) {
        keys.fault(keys.line_of("kind"), format!("kind {why}"), "write one of them");
    }
    kind.ok()
}

fn minutes(keys: &Keys, kind: Option<StepKind>) -> u32 {
    let minutes = keys.need_number("minutes", 1..=600);
    if minutes > MOST_MINUTES && kind.is_some_and(|kind| kind != StepKind::LiveSession) {
        let what = format!("the step takes {minutes} minutes, and {MOST_MINUTES} are the most");
        keys.fault(keys.line_of("minutes"), what, "split it into two");
    }
    minutes
}

fn read_body(step: &mut Step, keys: &Keys, body: &Source, course: &Course) {
    let listed = keys.texts("sources");
    for (key, line) in &listed {
        match course.sources.get(key) {
            Some(html) => step.sources.push(html.clone()),
            None => {
                let what = format!("there is no source '{key}'");
                keys.fault(*line, what, "add it to sources.toml, or correct the key");
            }
        }
    }
    let cited: Vec<String> = listed.iter().map(|(key, _)| key.clone()).collect();
    let address = |path: &str| course.outline.address(path);
    let rendered = step_html(&body.text, &Setting { sources: &cited, address: &address, is_passage: false });
    for remark in rendered.remarks {
        body.fault(body.first_line + remark.line.max(1) - 1, remark.what, remark.mend);
    }
    if !body.text.trim().is_empty() {
        check_cited(&listed, &rendered.cited, keys, course);
    }
    step.html = rendered.html;
}

fn check_cited(listed: &[Placed<String>], cited: &BTreeSet<usize>, keys: &Keys, course: &Course) {
    let mut seen = BTreeSet::new();
    for (i, (key, line)) in listed.iter().enumerate() {
        if !seen.insert(key) {
            keys.fault(*line, format!("the source '{key}' is listed twice"), "list it once");
        } else if !cited.contains(&i) && course.sources.contains_key(key) {
            let mend = format!("cite it with [^{key}], or take it out of sources");
            keys.fault(*line, format!("the source '{key}' is not cited in the text"), mend);
        }
    }
}

/// The keys that only one kind has, and what it cannot be without.
fn read_kind(step: &mut Step, kind: StepKind, keys: &Keys, body: &Source) {
    match kind {
        StepKind::Discussion => step.prompt = keys.need("prompt"),
        StepKind::Reflection => step.prompts = keys.need_texts("prompts"),
        StepKind::Diagnostic => step.reading = reading(keys),
        StepKind::PeerAssignment => {
            step.questions = keys.need_texts("questions");
            step.reviews = keys.number("reviews", 1..=10).unwrap_or(2) as u16;
        }
        StepKind::Video => {
            step.src = film(keys, "src");
            step.captions = film(keys, "captions");
            if !body.text.lines().any(|line| line.trim_end() == TRANSCRIPT) {
                let mend = "write everything the film says and shows under '## Transcript'";
                body.fault(body.first_line, "the film has no transcript", mend);
            }
        }
        StepKind::Article | StepKind::Exercise if body.text.trim().is_empty() => {
            body.fault(body.first_line, "the step has no text", "write it below the second +++");
        }
        StepKind::Article | StepKind::Exercise | StepKind::Quiz | StepKind::LiveSession => {}
    }
}

fn reading(keys: &Keys) -> Option<String> {
    let reading = keys.need_line("reading");
    if !reading.is_empty() && !["baseline", "closing"].contains(&reading.as_str()) {
        keys.fault(
            keys.line_of("reading"),
            format!("there is no reading '{reading}'"),
            "write \"baseline\" or \"closing\"",
        );
    }
    Some(reading)
}

fn film(keys: &Keys, key: &'static str) -> Option<String> {
    let address = keys.line(key)?;
    if !is_web_address(&address) && !address.starts_with('/') {
        keys.fault(keys.line_of(key), format!("{key} is no address"), "begin it with https:// or /");
    }
    Some(address)
}

fn questions(place: &StepPlace, kind: StepKind, keys: &Keys, course: &Course) -> Option<crate::programme::Quiz> {
    match (&place.quiz, kind == StepKind::Quiz) {
        (Some(path), true) => quiz::read(path, course.faults),
        (None, true) => {
            let file = place.text.with_extension("toml");
            let what = format!("the quiz has no questions: there is no {}", super::file::name(&file));
            keys.fault(keys.line_of("kind"), what, "write them in that file, beside this one");
            None
        }
        (Some(path), false) => {
            let mend = "write kind = \"quiz\" there, or delete this file";
            course.faults.add(path, 1, format!("these questions belong to a step that is no quiz but {kind}"), mend);
            None
        }
        (None, false) => None,
    }
}
