//! What somebody has written in a form and not sent yet: kept on the server, for them alone, until the form is sent.
//!
//! A form opts in with a [`Form`] beside its fields, the macros of `components/drafts.html` in its template, and
//! [`store::forget`] where it is taken.

pub mod pages;
pub mod store;

use chrono::TimeDelta;

use crate::platform::clock::Instant;
use crate::platform::web::look::is_look;
use crate::platform::web::{Field, Fields};
use crate::platform::zone::Zone;

/// Of all fields of a draft together, in characters.
pub const LONGEST: usize = 20_000;
/// One person's. One more pushes out the oldest.
pub const MOST: i64 = 100;
/// How long a draft is kept that nobody touches.
pub const KEPT: TimeDelta = TimeDelta::days(90);

/// A form that keeps drafts, as its page shows it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    page: String,
    /// Its id in the page.
    pub id: String,
    /// What the draft is not yet: `posted`, `saved`.
    not_yet: &'static str,
    /// About the draft that stands in its fields; empty: none does.
    pub words: String,
}

impl Form {
    /// `page`: the address of the page that it stands on.
    pub fn at(page: impl Into<String>, id: impl Into<String>, not_yet: &'static str) -> Self {
        Self { page: page.into(), id: id.into(), not_yet, words: String::new() }
    }

    /// What names the form to `/drafts`, and leads back to it: `/cohorts/spring/units/1/a-step#reflection`.
    pub fn address(&self) -> String {
        format!("{}#{}", self.page, self.id)
    }

    /// Nothing is kept of what somebody writes who only looks.
    pub fn is_kept(&self) -> bool {
        !is_look(&self.page)
    }

    pub fn has_draft(&self) -> bool {
        !self.words.is_empty()
    }

    /// Puts its draft, if there is one that says something else, into its fields.
    pub fn bring_back<'f>(&mut self, drafts: &Drafts, fields: impl IntoIterator<Item = &'f mut Field>) {
        let Some(draft) = drafts.kept.iter().find(|draft| draft.part == self.id) else { return };
        let mut differs = false;
        for field in fields {
            let written = draft.fields.get(&field.id);
            differs |= written.trim() != field.value.trim();
            written.clone_into(&mut field.value);
        }
        if differs {
            let when = drafts.zone.recent(draft.saved_at, drafts.now);
            self.words = format!("This is your draft from {when}. It is not {} yet.", self.not_yet);
        }
    }
}

/// One person's drafts of the forms on one page.
#[derive(Debug, Clone)]
pub struct Drafts {
    kept: Vec<Draft>,
    /// In which the page tells times.
    zone: Zone,
    now: Instant,
}

/// One form's draft.
#[derive(Debug, Clone)]
struct Draft {
    part: String,
    fields: Fields,
    saved_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts(fields: &str) -> Drafts {
        let now = Instant::from_micros(0);
        let draft = Draft { part: "reply".into(), fields: Fields::parse(fields.as_bytes()).unwrap(), saved_at: now };
        Drafts { kept: vec![draft], zone: Zone::utc(), now }
    }

    #[test]
    fn a_draft_stands_in_its_own_form() {
        let mut body = Field::new("body", "Your post").value("Before");
        let mut other = Form::at("/a", "note", "saved");
        other.bring_back(&drafts("body=Now"), [&mut body]);
        assert_eq!((body.value.as_str(), other.has_draft()), ("Before", false));
        let mut form = Form::at("/a", "reply", "posted");
        form.bring_back(&drafts("body=Now"), [&mut body]);
        assert_eq!(body.value, "Now");
        assert_eq!(form.words, "This is your draft from today at midnight. It is not posted yet.");
        assert_eq!(form.address(), "/a#reply");
    }

    #[test]
    fn a_draft_that_says_what_is_saved_is_none() {
        let mut body = Field::new("body", "Your post").value("Same");
        let mut form = Form::at("/a", "reply", "posted");
        form.bring_back(&drafts("body=Same%0A"), [&mut body]);
        assert!(!form.has_draft());
    }
}
