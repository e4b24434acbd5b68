//! What the cohort reads, the newest of it for home, and what facilitators write.

pub mod list;
pub mod manage;

use diesel::QueryResult;

use super::{Announcement, path, store};
use crate::cohort::Place;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::reminder::emails::rich::excerpt;

/// How much of the newest stands on home, in characters.
const ON_HOME: usize = 260;

/// The newest announcement, for the macro of `components/news.html`.
pub struct News {
    pub title: String,
    pub beginning: String,
    pub author: String,
    pub when: String,
    pub at: String,
    /// The reader has not looked at the announcements since.
    pub is_new: bool,
    pub href: String,
    pub all: String,
}

/// One query.
pub fn newest(conn: &mut Conn, place: &Place, now: Instant) -> QueryResult<Option<News>> {
    let newest = store::list_public(conn, place.cohort.id, None, 1)?.pop();
    Ok(newest.map(|announcement| news(place, announcement, now)))
}

fn news(place: &Place, announcement: Announcement, now: Instant) -> News {
    let all = path(&place.cohort);
    let published_at = announcement.published_at.unwrap_or(announcement.publish_at);
    News {
        beginning: excerpt(&announcement.html, ON_HOME),
        when: place.cohort.zone.recent(published_at, now),
        at: published_at.rfc3339(),
        is_new: is_new(place, published_at),
        href: format!("{all}#announcement-{}", announcement.id),
        title: announcement.title,
        author: announcement.author,
        all,
    }
}

/// Whether somebody has not looked at the announcements since then. Nothing is new to whoever is not enrolled.
fn is_new(place: &Place, published_at: Instant) -> bool {
    place.enrolment.as_ref().is_some_and(|own| own.announcements_seen_at.is_none_or(|seen| seen < published_at))
}
