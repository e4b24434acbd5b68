//! What is taught: programmes, units, steps and quizzes as written in `course_content/`, read once and never changed.
//!
//! Nothing here knows of dates or people. The database holds only slugs that point in here.

pub mod citation;
mod content;
pub mod diagnostics;
mod files;
mod fingerprint;
mod glossary;
mod library;
mod load;
mod markdown;
mod names;
pub mod pages;
mod readability;
#[cfg(test)]
pub mod sample;

pub use content::{Content, Read};
pub use diagnostics::Diagnostic;
pub use files::{Picture, Served};
pub use glossary::Term;
pub use library::{Entry, Source, Topic};
pub use load::{ContentFault, Summary, check, folder_of, load, load_at, load_programme};
pub use markdown::{Written, inline_html, post_html};
pub use names::Rename;

use std::collections::BTreeMap;

use crate::platform::text::Slug;
use crate::words;

words! {
    /// What a learner does in a step.
    StepKind {
        Article = "article",
        Video = "video",
        Discussion = "discussion",
        Exercise = "exercise",
        Reflection = "reflection",
        Quiz = "quiz",
        Diagnostic = "diagnostic",
        LiveSession = "live-session",
        PeerAssignment = "peer-assignment",
    }
}

impl StepKind {
    /// As people read it: 'Live session'.
    pub fn label(self) -> &'static str {
        match self {
            Self::Article => "Article",
            Self::Video => "Video with transcript",
            Self::Discussion => "Discussion",
            Self::Exercise => "Exercise",
            Self::Reflection => "Reflection, private to you",
            Self::Quiz => "Quiz",
            Self::Diagnostic => "Diagnostic",
            Self::LiveSession => "Live session",
            Self::PeerAssignment => "Peer assignment",
        }
    }

    /// Whether the learner says themselves that it is done (and may take it back).
    pub fn is_marked(self) -> bool {
        matches!(self, Self::Article | Self::Video | Self::Exercise | Self::LiveSession)
    }
}

/// All programmes, as they stood when they were last read.
#[derive(Debug, Default)]
pub struct Catalogue {
    pub programmes: BTreeMap<Slug, Programme>,
}

impl Catalogue {
    pub fn programme(&self, slug: &Slug) -> Option<&Programme> {
        self.programmes.get(slug)
    }
}

/// A programme as it was read.
#[derive(Debug, Clone)]
pub struct Programme {
    pub slug: Slug,
    pub title: String,
    /// BCP 47
    pub language: String,
    pub lead: String,
    pub effort: String,
    pub about_html: String,
    pub certificate: CertificateRule,
    /// By number, from the orientation (0) up.
    pub units: Vec<Unit>,
    /// What its diagnostic steps ask.
    pub diagnostic: Option<Diagnostic>,
    /// The library's shelves, in order.
    pub topics: Vec<Topic>,
    /// By key: what is cited, and the library.
    pub sources: BTreeMap<String, Source>,
    /// By term.
    pub glossary: Vec<Term>,
    /// For facilitators, by the number of the unit.
    pub guides: BTreeMap<u16, Guide>,
    /// Pictures and captions, by name.
    pub files: BTreeMap<String, Served>,
}

/// What facilitators read about a unit.
#[derive(Debug, Clone)]
pub struct Guide {
    pub title: String,
    /// Sanitised.
    pub html: String,
    /// What it cites, as a step's.
    pub sources: Vec<String>,
}

impl Programme {
    pub fn unit(&self, number: u16) -> Option<&Unit> {
        self.units.iter().find(|u| u.number == number)
    }

    pub fn unit_named(&self, slug: &Slug) -> Option<&Unit> {
        self.units.iter().find(|u| u.slug == *slug)
    }

    /// How many weekly units there are: all but the orientation.
    pub fn weeks(&self) -> usize {
        self.units.iter().filter(|u| u.number > 0).count()
    }

    /// Every step that counts, in order, with its unit.
    pub fn required_steps(&self) -> impl Iterator<Item = (&Unit, &Step)> {
        self.units.iter().flat_map(|u| u.steps.iter().filter(|s| s.required).map(move |s| (u, s)))
    }
}

/// All that are given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CertificateRule {
    /// Of required steps, 0 to 1.
    pub share: Option<f64>,
    pub units: Vec<Slug>,
    /// Unit and step.
    pub steps: Vec<(Slug, Slug)>,
    /// So many of a kind.
    pub counts: BTreeMap<StepKind, u16>,
}

#[derive(Debug, Clone)]
pub struct Unit {
    pub number: u16,
    pub slug: Slug,
    /// Earlier slugs, whose records follow.
    pub formerly: Vec<Slug>,
    pub title: String,
    pub block: String,
    pub feature: Option<String>,
    pub dimension: Option<String>,
    /// The whole week: steps and practice.
    pub minutes: u32,
    pub summary: String,
    pub outcomes: Vec<String>,
    pub prompt: String,
    pub portfolio: Option<String>,
    pub running_case_html: String,
    pub practice: Option<Practice>,
    pub live: Option<LiveSession>,
    pub reminders: Reminders,
    pub steps: Vec<Step>,
}

/// What the unit's mails say; nothing: what they say of every unit.
#[derive(Debug, Clone, Default)]
pub struct Reminders {
    pub opens: Option<ReminderText>,
    pub nudge: Option<ReminderText>,
    pub wrap_up: Option<ReminderText>,
}

impl Reminders {
    pub fn all(&self) -> impl Iterator<Item = &ReminderText> {
        [&self.opens, &self.nudge, &self.wrap_up].into_iter().flatten()
    }
}

/// The programme's own words in a mail, each a sentence or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderText {
    /// At most 60 characters.
    pub subject: String,
    pub about: String,
    /// What to do first.
    pub first: String,
    /// What makes one want to.
    pub hook: String,
}

impl Unit {
    pub fn step(&self, slug: &Slug) -> Option<&Step> {
        self.steps.iter().find(|s| s.slug == *slug)
    }

    /// 'Orientation' or 'Week 3'.
    pub fn label(&self) -> String {
        if self.number == 0 { "Orientation".into() } else { format!("Week {}", self.number) }
    }

    /// 'Week 3: Trust, safety and belonging'; the orientation says what it is in its title.
    pub fn full_title(&self) -> String {
        if self.number == 0 { self.title.clone() } else { format!("{}: {}", self.label(), self.title) }
    }

    pub fn required_count(&self) -> usize {
        self.steps.iter().filter(|s| s.required).count()
    }
}

/// 'In your network this week'.
#[derive(Debug, Clone)]
pub struct Practice {
    pub title: String,
    pub minutes: u32,
    pub html: String,
}

#[derive(Debug, Clone)]
pub struct LiveSession {
    pub number: u16,
    pub title: String,
    pub order: String,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub slug: Slug,
    pub formerly: Vec<Slug>,
    /// Its place in the unit, from 1: step 6.1 is unit 6's first.
    pub place: u16,
    pub title: String,
    pub kind: StepKind,
    pub minutes: u32,
    pub summary: String,
    pub required: bool,
    /// The body, sanitised.
    pub html: String,
    /// What the body cites, in the order of its numbers, each as sanitised inline HTML.
    pub sources: Vec<String>,
    /// Keys of what it cites and recommends.
    pub draws_on: Vec<String>,
    /// What it recommends besides, as its sources.
    pub further: Vec<String>,
    /// What an exercise asks to be written down.
    pub fields: Vec<FormField>,
    /// A discussion's prompt.
    pub prompt: String,
    /// A reflection's prompts.
    pub prompts: Vec<String>,
    /// The reflection, by unit and step, that the learner reads again here.
    pub shows_again: Option<(Slug, Slug)>,
    pub quiz: Option<Quiz>,
    /// A diagnostic's point: `baseline` or `closing`.
    pub reading: Option<String>,
    /// What reviewers of a peer assignment answer.
    pub questions: Vec<String>,
    /// How many reviews complete a peer assignment.
    pub reviews: u16,
    /// A film's address, once one is made.
    pub src: Option<String>,
    pub captions: Option<String>,
}

/// A question of an exercise, and the room for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    pub slug: Slug,
    pub label: String,
    /// Empty: none.
    pub hint: String,
    /// Lines to write on, 1 to 12.
    pub rows: u32,
}

/// A text of the course for a page that is not its step's own (as after a form was refused); `units` is the address of
/// the cohort's units, such as `/cohorts/spring/units`.
pub fn html_under(html: &str, units: &str) -> String {
    // No text holds this: its < would be &lt;.
    html.replace("<a href=\"../", &format!("<a href=\"{units}/"))
}

impl Step {
    /// Its kind as people read it; a film that has not been made is a script.
    pub fn kind_label(&self) -> &'static str {
        if self.kind == StepKind::Video && self.src.is_none() { "Film script to read" } else { self.kind.label() }
    }

    /// The host that the film comes from, with its scheme; None for a film of this site's own, and where there is none.
    pub fn film_host(&self) -> Option<&str> {
        let src = self.src.as_deref()?;
        let end = src.find("://").map(|at| at + 3)?;
        let host = src[end..].find(['/', '?', '#']).map_or(src.len(), |length| end + length);
        Some(&src[..host])
    }

    /// How many words the body has, those that stand for pictures left out.
    pub fn words(&self) -> usize {
        let mut parts = self.html.split("<figure");
        let before = parts.next().unwrap_or_default();
        let behind = parts.filter_map(|figure| Some(figure.split_once("</figure>")?.1));
        let html: String = std::iter::once(before).chain(behind).collect();
        let texts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        texts.collect::<String>().split_whitespace().count()
    }

    /// The body for any page of the cohort: see [`html_under`].
    pub fn html_under(&self, units: &str) -> String {
        html_under(&self.html, units)
    }
}

#[derive(Debug, Clone)]
pub struct Quiz {
    pub shuffle: bool,
    /// Right answers that complete the step; `None`: handing in does.
    pub pass_mark: Option<u16>,
    pub attempts: Option<u16>,
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone)]
pub struct Question {
    pub slug: Slug,
    pub text: String,
    /// More than one option may be right: choose all that are.
    pub several: bool,
    pub shuffle: bool,
    pub options: Vec<QuizOption>,
}

#[derive(Debug, Clone)]
pub struct QuizOption {
    pub slug: Slug,
    pub text: String,
    pub right: bool,
    pub feedback: String,
}
