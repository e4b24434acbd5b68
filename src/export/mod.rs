//! A cohort to take along: tables for a spreadsheet or JSON lines, in one file. What learners keep for themselves
//! (reflections, notes, exercises, drafts, what a reading or a quiz said) is not in it, for nobody else reads it here.

pub mod pages;
mod store;
mod write;

use serde_json::Value;

use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::{PostId, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::secret::{Secret, fingerprint};
use crate::words;

pub use write::write;

words! {
    /// One table of it.
    Part {
        Learners = "learners",
        Completions = "completions",
        Openings = "openings",
        QuizAttempts = "quiz-attempts",
        Readings = "readings",
        Attendance = "attendance",
        Certificates = "certificates",
        Reminders = "reminders",
        Announcements = "announcements",
        Threads = "threads",
        Posts = "posts",
    }
}

impl Part {
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Learners => &["learner", "name", "email", "state", "joined_at", "last_here_at"],
            Self::Completions => &["learner", "unit", "step", "done_at", "how"],
            Self::Openings => &["learner", "unit", "step", "opened_at"],
            Self::QuizAttempts => &["learner", "unit", "step", "handed_in_at"],
            Self::Readings => &["learner", "point", "handed_in_at"],
            Self::Attendance => &["learner", "unit", "step", "presence", "said_at"],
            Self::Certificates => &["learner", "code", "name", "issued_at"],
            Self::Reminders => &["learner", "unit", "kind", "due_at", "fate", "sent_at", "because"],
            Self::Announcements => &[
                "announcement",
                "author",
                "audience",
                "title",
                "body",
                "by_mail",
                "publish_at",
                "published_at",
                "withdrawn_at",
            ],
            Self::Threads => &["thread", "unit", "step", "title", "started_by", "started_at", "posts", "locked"],
            Self::Posts => &[
                "post",
                "thread",
                "answers",
                "author",
                "role",
                "written_at",
                "edited_at",
                "removed_at",
                "hidden_at",
                "body",
            ],
        }
    }

    /// What is in it, for people.
    fn in_words(self) -> &'static str {
        match self {
            Self::Learners => "Learners: state, when they joined and were last here; with names also name and address",
            Self::Completions => "Steps done: when, and what made them done",
            Self::Openings => "Steps opened: when first",
            Self::QuizAttempts => "Quizzes: that one was handed in, and when; never what it said",
            Self::Readings => "Readings: that one was handed in, and when; never what it said",
            Self::Attendance => "Live sessions: who says they were there, or caught up",
            Self::Certificates => "Certificates: when issued; with names also code and name",
            Self::Reminders => "Reminders: what became of each",
            Self::Announcements => {
                "Announcements, and mails to some learners: when published, and for whom; with names also their text"
            }
            Self::Threads => "Threads: where, when and by whom started; with names also their titles",
            Self::Posts => "Posts: where, when and by whom written; with names also their text",
        }
    }
}

words! {
    Format { Csv = "csv", Json = "json" }
}

/// What somebody asked for.
#[derive(Debug, Clone)]
pub struct Order {
    pub cohort: CohortId,
    pub format: Format,
    pub names: Names,
}

/// A value, before it is known how it will be written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Nothing,
    Text(String),
    Number(i64),
    At(Instant),
    Yes(bool),
}

impl Cell {
    fn at(at: Option<Instant>) -> Self {
        at.map_or(Self::Nothing, Self::At)
    }

    fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Number(n) => (*n).into(),
            Self::At(at) => at.rfc3339().into(),
            Self::Yes(yes) => (*yes).into(),
        }
    }

    /// Safe to open: no cell is taken for a formula.
    fn csv(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => crate::platform::text::cell(text),
            Self::Number(n) => n.to_string(),
            Self::At(at) => at.rfc3339(),
            Self::Yes(yes) => if *yes { "yes" } else { "no" }.into(),
        }
    }
}

/// How people and what they wrote are called in one export: as they are, or by words that hold within it and nowhere else.
#[derive(Clone)]
pub struct Names(Option<Secret>);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.are_real() { "real names" } else { "pseudonyms" })
    }
}

impl Names {
    pub fn real() -> Self {
        Self(None)
    }

    /// Another secret for each export; nobody keeps it.
    pub fn pseudonyms() -> Self {
        Self(Some(Secret::random()))
    }

    fn are_real(&self) -> bool {
        self.0.is_none()
    }

    fn of(&self, kind: &str, id: i64) -> Cell {
        match &self.0 {
            None => Cell::Number(id),
            Some(secret) => {
                let name = fingerprint(format!("{} {kind} {id}", secret.as_str()).as_bytes());
                Cell::Text(format!("{kind}-{name}"))
            }
        }
    }

    fn person(&self, id: EnrolmentId) -> Cell {
        self.of("person", id.0)
    }

    fn thread(&self, id: ThreadId) -> Cell {
        self.of("thread", id.0)
    }

    fn post(&self, id: PostId) -> Cell {
        self.of("post", id.0)
    }

    /// What may name somebody: text that people wrote, addresses, codes.
    fn telling(&self, text: impl ToString) -> Cell {
        if self.are_real() { Cell::text(text) } else { Cell::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_holds_within_one_export_alone() {
        let (one, other) = (Names::pseudonyms(), Names::pseudonyms());
        assert_eq!(one.person(EnrolmentId(7)), one.person(EnrolmentId(7)));
        assert_ne!(one.person(EnrolmentId(7)), one.person(EnrolmentId(8)));
        assert_ne!(one.person(EnrolmentId(7)), other.person(EnrolmentId(7)));
        assert_eq!(one.telling("Ada"), Cell::Nothing);
        assert_eq!(Names::real().person(EnrolmentId(7)), Cell::Number(7));
    }
}
