//! `/cohorts/{cohort}/announcements`: all that the cohort reads, newest first.

use actix_web::web::{Data, Path};
use askama::Template;

use super::is_new;
use crate::announcement::store::{self, After};
use crate::announcement::{Announcement, AnnouncementId, path};
use crate::cohort::store::note_announcements_seen;
use crate::cohort::{EnrolmentId, Place, gate};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db, DbError};
use crate::platform::web::{Answer, Ask, Error, Frame};

/// How many announcements a page shows.
const PAGE: usize = 10;

#[derive(Template)]
#[template(path = "announcement/list.html")]
struct Announcements {
    frame: Frame,
    cohort: String,
    announcements: Vec<Line>,
    path: String,
    is_first: bool,
    next: Option<String>,
    /// Where facilitators write. Empty: the reader is none.
    manage: String,
}

struct Line {
    id: AnnouncementId,
    title: String,
    html: String,
    author: String,
    when: String,
    at: String,
    /// When it was changed. Empty: never.
    changed: String,
    is_new: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let (page, unseen_by) = db.read(move |conn| load(conn, &asked, &cohort)).await?;
    if let Some(enrolment) = unseen_by {
        let now = ask.now;
        db.write(move |conn| note_announcements_seen(conn, enrolment, now).map_err(DbError::from)).await?;
    }
    ask.page(page)
}

/// Two queries. Also who sees something new here.
fn load(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<(Announcements, Option<EnrolmentId>), Error> {
    let asked = ask.parameters()?;
    asked.only(&["after"])?;
    let after = Some(asked.get("after")).filter(|text| !text.is_empty()).map(after_of).transpose()?;
    let place = gate::place(conn, ask, cohort)?;
    let mut found = store::list_public(conn, place.cohort.id, after, PAGE as i64 + 1)?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let path = path(&place.cohort);
    let next = found.last().filter(|_| more).map(|last| format!("{path}?after={}", written(last)));
    let announcements: Vec<Line> = found.into_iter().map(|one| line(&place, one, ask.now)).collect();
    let sees_news = after.is_none() && announcements.iter().any(|line| line.is_new);
    let unseen_by = place.enrolment.as_ref().filter(|_| sees_news && place.looking.is_none()).map(|own| own.id);
    let page = Announcements {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        announcements,
        is_first: after.is_none(),
        next,
        manage: if place.facilitates() {
            format!("{}/manage/announcements", place.cohort.path())
        } else {
            String::new()
        },
        path,
    };
    Ok((page, unseen_by))
}

fn line(place: &Place, announcement: Announcement, now: Instant) -> Line {
    let zone = &place.cohort.zone;
    let published_at = announcement.published_at.unwrap_or(announcement.publish_at);
    Line {
        id: announcement.id,
        title: announcement.title,
        html: announcement.html,
        author: announcement.author,
        when: zone.recent(published_at, now),
        at: published_at.rfc3339(),
        changed: announcement.changed_at.map(|at| format!("changed {}", zone.recent(at, now))).unwrap_or_default(),
        is_new: is_new(place, published_at),
    }
}

/// A place in the list, as addresses write it: the microsecond of publishing, and the announcement.
fn written(announcement: &Announcement) -> String {
    let published_at = announcement.published_at.unwrap_or(announcement.publish_at);
    format!("{}-{}", published_at.micros(), announcement.id)
}

fn after_of(text: &str) -> Result<After, Error> {
    let read = || {
        let (micros, id) = text.split_once('-')?;
        Some(After { published_at: Instant::from_micros(micros.parse().ok()?), id: AnnouncementId(id.parse().ok()?) })
    };
    read().ok_or(Error::BadRequest("The address names no place in the list."))
}
