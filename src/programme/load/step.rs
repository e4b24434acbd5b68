//! A step: front matter between `+++`, then Markdown.

use std::collections::BTreeSet;

use super::file::Source;
use super::keys::{self, Keys, Placed};
use super::names::Names;
use super::outline::StepPlace;
use super::programme::Course;
use super::{again, captions, quiz, unit};
use crate::programme::{FormField, Served, Step, StepKind};

const FENCE: &str = "+++";
/// Longer than this no step is read through, but people sit together for an hour.
const MOST_MINUTES: u32 = 35;
/// Lines of an exercise's fields that fit on one printed page.
const MOST_ROWS: u32 = 34;
pub(super) const TRANSCRIPT: &str = "## Transcript";

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
        draws_on: Vec::new(),
        further: Vec::new(),
        fields: Vec::new(),
        prompt: String::new(),
        prompts: Vec::new(),
        shows_again: None,
        quiz: None,
        reading: None,
        questions: Vec::new(),
        reviews: 0,
        src: None,
        captions: None,
    };
    read_body(&mut step, &keys, &body, course);
    if let Some(kind) = kind {
        read_kind(&mut step, kind, &keys, &body, course);
        captions(&mut step, place, kind, course);
        step.quiz = questions(place, kind, &keys, course);
        keys.finish();
    }
    Some(step)
}

/// Front matter and Markdown.
pub(super) fn parts<'f>(file: &Source<'f>) -> Option<(Source<'f>, Source<'f>)> {
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
    let (listed, sources) = course.cited(keys, "sources");
    let cited: Vec<String> = listed.iter().map(|(key, _)| key.clone()).collect();
    let rendered = course.render(body, &cited);
    if !body.text.trim().is_empty() {
        check_cited(&listed, &rendered.cited, keys, course);
    }
    let (further, html) = course.cited(keys, "further");
    for (key, line) in further.iter().filter(|(key, _)| cited.contains(key)) {
        keys.fault(*line, format!("'{key}' stands in sources too"), "take it out of further");
    }
    step.draws_on = cited.into_iter().chain(further.into_iter().map(|(key, _)| key)).collect();
    (step.html, step.sources, step.further) = (rendered.html, sources, html);
}

pub(super) fn check_cited(listed: &[Placed<String>], cited: &BTreeSet<usize>, keys: &Keys, course: &Course) {
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
fn read_kind(step: &mut Step, kind: StepKind, keys: &Keys, body: &Source, course: &Course) {
    match kind {
        StepKind::Discussion => {
            step.prompt = keys.need("prompt");
            step.shows_again = again::read(keys, course);
        }
        StepKind::Reflection => {
            step.prompts = keys.need_texts("prompts");
            step.shows_again = again::read(keys, course);
        }
        StepKind::Diagnostic => step.reading = reading(keys),
        StepKind::PeerAssignment => {
            step.questions = keys.need_texts("questions");
            step.reviews = keys.number("reviews", 1..=10).unwrap_or(2) as u16;
        }
        StepKind::Video => {
            step.src = film(keys, "src");
            if !body.text.lines().any(|line| line.trim_end() == TRANSCRIPT) {
                let mend = "write everything the film says and shows under '## Transcript'";
                body.fault(body.first_line, "the film has no transcript", mend);
            }
        }
        StepKind::Exercise => {
            step.fields = fields(keys);
            needs_text(body);
        }
        StepKind::Article => needs_text(body),
        StepKind::Quiz | StepKind::LiveSession => {}
    }
}

fn needs_text(body: &Source) {
    if body.text.trim().is_empty() {
        body.fault(body.first_line, "the step has no text", "write it below the second +++");
    }
}

/// What an exercise asks, no more than stands on one printed page.
fn fields(keys: &Keys) -> Vec<FormField> {
    let mut slugs = BTreeSet::new();
    let mut fields = Vec::new();
    for field in keys.tables("field") {
        let slug = field.need_slug("slug");
        if let Some(slug) = slug.as_ref().filter(|slug| !slugs.insert((*slug).clone())) {
            let mend = "give each field one of its own: answers are kept by it";
            field.fault(field.line_of("slug"), format!("the slug '{slug}' is taken"), mend);
        }
        let (label, hint) = (field.need_line("label"), field.line("hint").unwrap_or_default());
        let rows = field.number("rows", 1..=12).unwrap_or(3);
        fields.extend(slug.map(|slug| FormField { slug, label, hint, rows }));
        field.finish();
    }
    let rows: u32 = fields.iter().map(|field| field.rows).sum();
    if rows > MOST_ROWS {
        let what = format!("the fields have {rows} rows together, and {MOST_ROWS} are the most");
        keys.fault(keys.line_of("field"), what, "make some shorter, so that the sheet prints on one page");
    }
    fields
}

fn captions(step: &mut Step, place: &StepPlace, kind: StepKind, course: &Course) {
    let Some(path) = &place.captions else { return };
    if kind != StepKind::Video {
        let what = format!("these captions belong to a step that is no video but {kind}");
        return course.faults.add(path, 1, what, "write kind = \"video\" there, or delete this file");
    }
    let Some(file) = Source::read(path, course.faults) else { return };
    for (line, what, mend) in captions::faults(&file.text) {
        file.fault(line, what, mend);
    }
    let served = Served::new(file.text.into_bytes(), "vtt", "text/vtt; charset=utf-8");
    step.captions = Some(served.address(&course.slug));
    course.captions.borrow_mut().push(served);
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
    if !is_film_address(&address) {
        let mend = "begin it with https:// and the host's name, or with one /";
        keys.fault(keys.line_of(key), format!("{key} is no address of a film"), mend);
    }
    Some(address)
}

/// What a page's policy can name: a host in small letters, with a port at most, or this site itself.
fn is_film_address(url: &str) -> bool {
    if url.contains([' ', '"', '\'', ';', ',', '<', '>', '\\', '#']) {
        return false;
    }
    let Some(rest) = url.strip_prefix("https://") else { return url.starts_with('/') && !url.starts_with("//") };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.split('.').all(is_part) && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
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
