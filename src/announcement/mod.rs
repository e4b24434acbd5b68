//! What facilitators tell their cohort: on the course's pages now or from a time of their choice, and by mail to whoever
//! wants that; or some learners alone, by mail.

pub mod emails;
pub mod pages;
pub mod publish;
pub mod store;
pub mod wanted;

use crate::cohort::Cohort;
use crate::cohort::store::Recipient;
use crate::platform::clock::Instant;
use crate::platform::text;
use crate::programme::Written;
use crate::{id, words};

id!(AnnouncementId);

words! {
    /// Whom an announcement is for.
    Audience {
        Everybody = "everybody",
        /// Some learners, who are kept with it: it goes to them by mail and stands on no page.
        Chosen = "chosen",
    }
}

/// A title, of one line.
pub fn title(typed: &str) -> Result<String, String> {
    text::line(typed, 120, "a title")
}

/// The longest announcement, in characters.
pub const LONGEST: usize = 10_000;

/// What an announcement says. Errors with what the writer can do about it.
pub fn body(typed: &str) -> Result<Written, String> {
    Written::parse(typed, LONGEST, "what you want to tell them")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub author: String,
    pub title: String,
    pub body: String,
    pub html: String,
    pub by_mail: bool,
    pub audience: Audience,
    /// When it is to be published.
    pub publish_at: Instant,
    /// That it was: an event, which no clock takes back.
    pub published_at: Option<Instant>,
    /// After it was published.
    pub changed_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
}

impl Announcement {
    /// Whether the cohort reads it.
    pub fn is_public(&self) -> bool {
        self.published_at.is_some() && self.withdrawn_at.is_none()
    }
}

/// Why no announcement goes to them by mail. `None`: one does.
pub fn refusal(of: &Recipient) -> Option<&'static str> {
    of.refusal().or_else(|| of.announcements_stopped_at.map(|_| "announcements by mail had been stopped"))
}

pub fn path(cohort: &Cohort) -> String {
    format!("{}/announcements", cohort.path())
}
