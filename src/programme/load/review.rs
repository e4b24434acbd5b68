//! What a programme can be taught with, and should not: said by `trellis content check` and `reload`, and at
//! `/admin/content`.

use std::collections::BTreeMap;
use std::path::Path;

use super::captions;
use super::file::{Faults, Source};
use super::outline::{Outline, StepPlace};
use super::step::{TRANSCRIPT, parts};
use crate::programme::markdown::{Block, prose};
use crate::programme::readability::reading_age;
use crate::programme::{Programme, ReminderText};

/// Plain English: what a fourteen-year-old reads easily.
const OLDEST: f64 = 14.0;
/// Shorter texts are in no language for sure, in characters.
const LEAST_LANGUAGE: usize = 160;
/// From the first part of a language tag to the name that the detector has for it. Others are not looked at.
const LANGUAGES: [(&str, &str); 20] = [
    ("ar", "ara"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("cs", "ces"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("es", "spa"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("hi", "hin"),
    ("it", "ita"),
    ("nl", "nld"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("sv", "swe"),
    ("tr", "tur"),
    ("uk", "ukr"),
];

pub(super) fn review(folder: &Path, programme: &Programme, faults: &Faults) {
    let primary = programme.language.split('-').next().unwrap_or_default().to_lowercase();
    let language = LANGUAGES.iter().find(|(tag, _)| *tag == primary).map(|(_, name)| *name);
    let outline = Outline::of(folder, faults);
    for step in outline.units.iter().flat_map(|unit| &unit.steps) {
        read_step(step, &primary, language, faults);
    }
    unused(folder, programme, faults);
    alike(&outline, programme, faults);
}

fn read_step(place: &StepPlace, primary: &str, language: Option<&str>, faults: &Faults) {
    let Some(file) = Source::read(&place.text, faults) else { return };
    let Some((_, body)) = parts(&file) else { return };
    let blocks = prose(&body.text);
    if primary == "en"
        && let Some(age) = reading_age(blocks.iter().map(|block| block.text.as_str())).filter(|age| *age > OLDEST)
    {
        let what = format!("the text asks for a reading age of {age:.1} (Flesch-Kincaid), and {OLDEST} is the most");
        body.fault(body.first_line, what, "write shorter sentences and plainer words");
    }
    for block in blocks.iter().filter(|block| block.text.chars().count() >= LEAST_LANGUAGE) {
        let found = whatlang::detect(&block.text).filter(whatlang::Info::is_reliable);
        if let (Some(wanted), Some(found)) = (language, found)
            && found.lang().code() != wanted
        {
            let what = format!("this paragraph is in {}, and the programme is not", found.lang().eng_name());
            let mend = "translate it, or correct the programme's language";
            body.fault(body.first_line + block.line - 1, what, mend);
        }
    }
    if let Some(path) = &place.captions
        && let Some(file) = Source::read(path, faults)
    {
        compare(&captions::spoken(&file.text), &speech(&body.text, &blocks), &file);
    }
}

/// What is spoken in a transcript: its paragraphs but the scene notes, without the speakers' names.
fn speech(markdown: &str, blocks: &[Block]) -> String {
    let begins = markdown.lines().position(|line| line.trim_end() == TRANSCRIPT).unwrap_or(usize::MAX);
    let spoken = blocks.iter().filter(|block| block.line > begins && !block.is_emphasised);
    let words = spoken.map(|block| block.text.strip_prefix(&block.strong_start).unwrap_or(&block.text));
    words.collect::<Vec<_>>().join(" ")
}

/// Captions hold every word that is spoken, in order, and no other.
fn compare(captions: &str, speech: &str, file: &Source) {
    let words = |text: &str| -> Vec<String> {
        let plain = text.replace(['’', '‘'], "'").to_lowercase();
        let words = plain.split(|c: char| !c.is_alphanumeric() && c != '\'');
        words.map(|word| word.trim_matches('\'').to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let (shown, said) = (words(captions), words(speech));
    let Some(at) = (0..shown.len().max(said.len())).find(|i| shown.get(*i) != said.get(*i)) else { return };
    let around =
        |words: &[String]| words.iter().skip(at.saturating_sub(2)).take(5).cloned().collect::<Vec<_>>().join(" ");
    let line = line_of(&file.text, shown.get(at).map_or("", String::as_str), at);
    let what = format!("the captions say '… {} …' where the transcript says '… {} …'", around(&shown), around(&said));
    file.fault(line, what, "let both say the same words");
}

/// About where the word stands: captions are too short for more.
fn line_of(text: &str, word: &str, place: usize) -> usize {
    let mut seen = 0;
    for (i, line) in text.lines().enumerate().skip(1) {
        if line.contains("-->") || line.trim().is_empty() {
            continue;
        }
        seen += line.split_whitespace().count();
        if seen >= place && (word.is_empty() || line.to_lowercase().contains(word)) {
            return i + 1;
        }
    }
    1
}

/// What `sources.toml` holds and no step draws on.
fn unused(folder: &Path, programme: &Programme, faults: &Faults) {
    let steps = || programme.units.iter().flat_map(|unit| &unit.steps);
    let path = folder.join("sources.toml");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    for source in programme.sources.values() {
        if steps().any(|step| step.draws_on.contains(&source.key)) {
            continue;
        }
        let line = text.lines().position(|line| line.trim() == format!("[{}]", source.key)).map_or(1, |i| i + 1);
        let mend = "name it in a step's sources or further, or delete it";
        faults.add(&path, line, format!("no step draws on '{}'", source.key), mend);
    }
}

/// No two mails of a course say the same.
fn alike(outline: &Outline, programme: &Programme, faults: &Faults) {
    let mut seen: BTreeMap<String, u16> = BTreeMap::new();
    for unit in &programme.units {
        let texts = unit.reminders.all().flat_map(|ReminderText { subject, about, hook, .. }| [subject, about, hook]);
        for text in texts {
            let Some(other) = seen.insert(text.to_lowercase(), unit.number) else { continue };
            let Some(place) = outline.unit(unit.slug.as_str()) else { continue };
            let path = place.folder.join(super::unit::FILE);
            let source = std::fs::read_to_string(&path).unwrap_or_default();
            let line = source.lines().position(|line| line.contains(text.as_str())).map_or(1, |i| i + 1);
            faults.add(&path, line, format!("'{text}' stands in a mail of unit {other} too"), "say it in other words");
        }
    }
}
