//! What facilitators tell their cohort: on the course's pages now or from a time of their choice, and by mail to whoever
//! wants that.

pub mod emails;
pub mod pages;
pub mod publish;
pub mod store;
pub mod wanted;

use crate::cohort::store::Recipient;
use crate::cohort::{Cohort, Standing};
use crate::id;
use crate::platform::clock::Instant;
use crate::platform::text;
use crate::programme::Written;

id!(AnnouncementId);

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
    match of {
        _ if of.standing == Standing::Withdrawn => Some("the place in the course had been given up"),
        _ if of.suspended_at.is_some() => Some("the account was suspended"),
        _ if of.verified_at.is_none() => Some("the email address was not confirmed"),
        _ if of.undeliverable_at.is_some() => Some("mail to this address could not be delivered"),
        _ if of.announcements_stopped_at.is_some() => Some("announcements by mail had been stopped"),
        _ => None,
    }
}

pub fn path(cohort: &Cohort) -> String {
    format!("{}/announcements", cohort.path())
}

/// The beginning of a text in HTML, without its tags: whole words, `most` characters at most.
fn excerpt(html: &str, most: usize) -> String {
    let untagged: String =
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>().join(" ");
    let plain = untagged
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let mut taken = String::new();
    for word in plain.split_whitespace() {
        if taken.chars().count() + 1 + word.chars().count() > most {
            return format!("{taken} …");
        }
        let is_mark = word.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')'));
        if !taken.is_empty() && !is_mark {
            taken.push(' ');
        }
        taken.push_str(word);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_whole_words_without_tags() {
        assert_eq!(
            excerpt("<p>Bring <strong>one</strong>, or &lt;two&gt;.</p>\n<p>More</p>", 100),
            "Bring one, or <two>. More"
        );
        assert_eq!(excerpt("<p>One two three</p>", 8), "One two …");
        assert_eq!(excerpt("", 8), "");
    }
}
