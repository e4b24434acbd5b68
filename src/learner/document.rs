//! A whole unit as one document: what it is for and all its steps in order, with what they ask for as empty sheets and
//! questions, and nothing that anybody did or said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::step_number;
use crate::platform::text::duration;
use crate::programme::diagnostics::Dimension;
use crate::programme::{Diagnostic, FormField, Programme, Question, Served, Step, StepKind, Unit};

/// What the template `components/document.html` shows.
pub struct Document {
    pub eyebrow: String,
    pub title: String,
    pub lead: String,
    /// Whose it is, and of when.
    pub kept: String,
    pub outcomes: Vec<String>,
    /// Sanitised, as all HTML here.
    pub case_html: String,
    /// Title with its minutes, and text.
    pub practice: Option<(String, String)>,
    pub parts: Vec<Part>,
}

/// A step.
pub struct Part {
    /// Begins every id in it.
    pub id: String,
    pub title: String,
    /// `Article · 10 minutes`
    pub facts: String,
    pub lead: String,
    pub html: String,
    /// Where its film is; empty: it has none.
    pub film: String,
    pub sources: Vec<String>,
    pub further: Vec<String>,
    /// What to talk or write about.
    pub prompts: Vec<String>,
    pub fields: Vec<FormField>,
    pub questions: Vec<Asked>,
    /// What those answer who comment on one's work.
    pub comments: Vec<String>,
    pub dimensions: Vec<Statements>,
}

/// A quiz's question, without what is right.
pub struct Asked {
    pub text: String,
    pub several: bool,
    pub options: Vec<String>,
}

/// What a diagnostic asks about one part of a network.
pub struct Statements {
    pub name: String,
    pub texts: Vec<String>,
}

/// How links and pictures of the course's texts are written for where the document stands.
pub type Adapt<'a> = &'a dyn Fn(&str) -> String;

impl Document {
    pub fn of(programme: &Programme, unit: &Unit, kept: String, adapt: Adapt<'_>) -> Self {
        let week = if unit.number == 0 { unit.label() } else { format!("{} of {}", unit.label(), programme.weeks()) };
        let practice = unit.practice.as_ref();
        Self {
            eyebrow: format!("{} · {week}", programme.title),
            title: unit.title.clone(),
            lead: unit.summary.clone(),
            kept,
            outcomes: unit.outcomes.clone(),
            case_html: adapt(&unit.running_case_html),
            practice: practice.map(|p| (format!("{}, {}", p.title, duration(p.minutes)), adapt(&p.html))),
            parts: unit.steps.iter().map(|step| part(programme, unit, step, adapt)).collect(),
        }
    }
}

fn part(programme: &Programme, unit: &Unit, step: &Step, adapt: Adapt<'_>) -> Part {
    let id = format!("step-{}", step.place);
    let talk = Some(step.prompt.clone()).filter(|prompt| !prompt.is_empty());
    Part {
        title: format!("{} {}", step_number(unit, step), step.title),
        facts: format!("{} · {}", step.kind_label(), duration(step.minutes)),
        lead: step.summary.clone(),
        html: adapt(&within(&step.html, &id)),
        film: step.src.clone().filter(|_| step.kind == StepKind::Video).unwrap_or_default(),
        sources: step.sources.clone(),
        further: step.further.clone(),
        prompts: talk.into_iter().chain(step.prompts.iter().cloned()).collect(),
        fields: step.fields.clone(),
        questions: step.quiz.iter().flat_map(|quiz| quiz.questions.iter().map(asked)).collect(),
        comments: step.questions.clone(),
        dimensions: step.reading.as_ref().and(programme.diagnostic.as_ref()).map(statements).unwrap_or_default(),
        id,
    }
}

fn asked(question: &Question) -> Asked {
    Asked {
        text: question.text.clone(),
        several: question.several,
        options: question.options.iter().map(|option| option.text.clone()).collect(),
    }
}

fn statements(diagnostic: &Diagnostic) -> Vec<Statements> {
    let of = |dimension: &Dimension| Statements {
        name: dimension.name.clone(),
        texts: dimension.statements.iter().map(|statement| statement.text.clone()).collect(),
    };
    diagnostic.dimensions.iter().map(of).collect()
}

/// A step's text below a heading of its own, among others: its headings go a level down, and its ids, which only need to
/// differ from one another, begin with its own.
fn within(html: &str, id: &str) -> String {
    let lower = (2..=5).rev().fold(html.to_owned(), |html, level| {
        let (opening, closing) = (format!("<h{level}"), format!("</h{level}>"));
        html.replace(&opening, &format!("<h{}", level + 1)).replace(&closing, &format!("</h{}>", level + 1))
    });
    lower.replace(" id=\"", &format!(" id=\"{id}-")).replace(" href=\"#", &format!(" href=\"#{id}-"))
}

/// For a file that stands alone: links lead to the site by its whole address, and pictures are in the file. `cohort`: the
/// whole address of the cohort's pages.
pub fn standing_alone(html: &str, site: &str, cohort: &str, files: &dyn Fn(&str) -> Option<Served>) -> String {
    // The texts' links are relative to a step's page.
    let linked = html
        .replace(" href=\"../../", &format!(" href=\"{cohort}/"))
        .replace(" href=\"../", &format!(" href=\"{cohort}/units/"))
        .replace(" href=\"/", &format!(" href=\"{site}/"));
    let mut parts = linked.split(" src=\"");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (address, rest) = part.split_once('"').unwrap_or((part, ""));
        let file = address.rsplit('/').next().and_then(files);
        let address = match file {
            Some(file) => format!("data:{};base64,{}", file.content_type, BASE64.encode(&file.bytes)),
            None => format!("{site}{address}"),
        };
        whole.push_str(&format!(" src=\"{address}\"{rest}"));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_one_document_share_no_id_and_stand_below_their_headings() {
        let html = "<h2 id=\"a\">A</h2><h3 id=\"b\">B</h3><sup><a href=\"#source-1\">1</a></sup><h6>C</h6>";
        assert_eq!(within(html, "step-2"), {
            "<h3 id=\"step-2-a\">A</h3><h4 id=\"step-2-b\">B</h4><sup><a href=\"#step-2-source-1\">1</a></sup><h6>C</h6>"
        });
    }

    #[test]
    fn a_file_that_stands_alone_needs_nothing_beside_it() {
        let html = "<a class=\"app-term\" href=\"../../glossary#tie\">tie</a> <a href=\"../3/roles\">roles</a> <a \
                    href=\"https://example.org\">out</a> <img src=\"/programmes/p/files/f.svg\" alt=\"\">";
        let svg = |name: &str| (name == "f.svg").then(|| Served::new(b"<svg/>".into(), "svg", "image/svg+xml"));
        let alone = standing_alone(html, "https://learn.example", "https://learn.example/cohorts/spring", &svg);
        for part in [
            "href=\"https://learn.example/cohorts/spring/glossary#tie\"",
            "href=\"https://learn.example/cohorts/spring/units/3/roles\"",
            "href=\"https://example.org\"",
            "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"\">",
        ] {
            assert!(alone.contains(part), "{part} is not in {alone}");
        }
    }
}
