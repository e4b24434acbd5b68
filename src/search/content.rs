//! What of a programme can be found: each unit, step, entry of the library and term of the glossary as plain text. Never
//! what a quiz would tell only after it: its options and what is said to them.

use super::Kind;
use crate::platform::secret::fingerprint;
use crate::platform::text::Slug;
use crate::programme::{Programme, Source, Step, Term, Unit};

/// Goes up when the same programme makes other texts.
const VERSION: u32 = 1;

/// One text that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub kind: Kind,
    /// Whose opening it waits for. None: open to the whole cohort.
    pub unit: Option<Slug>,
    /// The step's slug, the entry's key, the term's slug.
    pub name: Option<String>,
    pub title: String,
    pub body: String,
}

/// All texts of a programme, and a mark that differs when they do.
pub struct Texts {
    pub texts: Vec<Text>,
    pub fingerprint: String,
    pub is_english: bool,
}

impl Texts {
    pub fn of(programme: &Programme) -> Self {
        let of_unit = |unit| std::iter::once(unit_text(unit)).chain(unit.steps.iter().map(move |s| step_text(unit, s)));
        let entries = programme.sources.values().filter_map(entry_text);
        let terms = programme.glossary.iter().map(term_text);
        let texts: Vec<Text> = programme.units.iter().flat_map(of_unit).chain(entries).chain(terms).collect();
        let is_english = is_english(&programme.language);
        let fingerprint = fingerprint(format!("{VERSION} {is_english} {texts:?}").as_bytes());
        Self { texts, fingerprint, is_english }
    }
}

/// Whether words of a language (BCP 47) are found by their English stems.
pub fn is_english(language: &str) -> bool {
    language.split('-').next().is_some_and(|main| main.eq_ignore_ascii_case("en"))
}

fn unit_text(unit: &Unit) -> Text {
    let mut body = vec![unit.summary.clone(), unit.outcomes.join(" "), unit.prompt.clone()];
    body.push(plain(&unit.running_case_html));
    if let Some(practice) = &unit.practice {
        body.push(practice.title.clone());
        body.push(plain(&practice.html));
    }
    body.extend(unit.live.iter().map(|live| live.title.clone()));
    body.extend(unit.portfolio.clone());
    text(Kind::Unit, Some(unit), None, &unit.title, body)
}

fn step_text(unit: &Unit, step: &Step) -> Text {
    let mut body = vec![step.summary.clone(), plain(&step.html), step.prompt.clone()];
    body.extend(step.prompts.iter().cloned());
    body.extend(step.fields.iter().flat_map(|field| [field.label.clone(), field.hint.clone()]));
    body.extend(step.quiz.iter().flat_map(|quiz| quiz.questions.iter().map(|question| question.text.clone())));
    body.extend(step.questions.iter().cloned());
    text(Kind::Step, Some(unit), Some(step.slug.to_string()), &step.title, body)
}

fn entry_text(source: &Source) -> Option<Text> {
    let entry = source.entry.as_ref()?;
    let body = vec![entry.summary.clone(), plain(&source.html)];
    Some(text(Kind::Library, None, Some(source.key.clone()), &entry.title, body))
}

fn term_text(term: &Term) -> Text {
    let body = vec![plain(&term.html), term.also.join(", ")];
    text(Kind::Glossary, None, Some(term.slug.to_string()), &term.term, body)
}

fn text(kind: Kind, unit: Option<&Unit>, name: Option<String>, title: &str, body: Vec<String>) -> Text {
    let body: Vec<String> = body.into_iter().filter(|part| !part.trim().is_empty()).collect();
    Text { kind, unit: unit.map(|unit| unit.slug.clone()), name, title: title.to_owned(), body: body.join("\n") }
}

/// Tags inside a word or a sentence; any other parts what stands before it from what stands behind.
const INLINE: [&str; 7] = ["a", "code", "del", "em", "span", "strong", "u"];

/// Sanitised HTML as plain text, without the numbers of its citations.
fn plain(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        rest = &rest[open..];
        let name: String = rest[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let end = if name == "sup" && !rest.starts_with("</") { "</sup>" } else { ">" };
        rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]);
        if !INLINE.contains(&name.as_str()) && name != "sup" {
            plain.push(' ');
        }
    }
    plain.push_str(rest);
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.iter().fold(words, |text, (entity, c)| text.replace(entity, c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::{StepKind, load};

    #[test]
    fn html_is_found_by_its_words() {
        let html = "<p>Ties <strong>matter</strong>s, as shown.<sup><a href=\"#source-1\">1</a></sup></p><ul><li>A &amp; B</li>";
        assert_eq!(plain(html), "Ties matters, as shown. A & B");
        assert_eq!(plain("a &lt;script> &amp;lt;"), "a <script> &lt;");
    }

    #[test]
    fn every_step_can_be_found_and_no_answer() {
        let catalogue = load(std::path::Path::new("course_content")).unwrap();
        for programme in catalogue.programmes.values() {
            let texts = Texts::of(programme);
            assert!(texts.is_english);
            let steps = texts.texts.iter().filter(|text| text.kind == Kind::Step).count();
            assert_eq!(steps, programme.units.iter().map(|unit| unit.steps.len()).sum::<usize>());
            for step in programme.units.iter().flat_map(|u| &u.steps).filter(|step| step.kind == StepKind::Quiz) {
                let feedback = &step.quiz.as_ref().unwrap().questions[0].options[0].feedback;
                assert!(!texts.texts.iter().any(|text| text.body.contains(feedback)), "{feedback}");
            }
            assert_eq!(texts.fingerprint, Texts::of(programme).fingerprint);
        }
    }

    #[test]
    fn a_language_is_english_or_another() {
        assert!(is_english("en-GB") && is_english("EN") && !is_english("de") && !is_english("enm"));
    }
}
