//! One reminder, learner by learner: who was sent it, who was not, and why.

use askama::Template;

use crate::cohort::{EnrolmentId, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error, Frame};
use crate::platform::zone::Zone;
use crate::programme::Unit;
use crate::reminder::fate::Fate;
use crate::reminder::store::{self, Entry};
use crate::reminder::{Kind, names};

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "reminder/learners.html")]
pub struct Learners {
    frame: Frame,
    path: String,
    number: u16,
    title: String,
    kind: Kind,
    audience: &'static str,
    rows: Vec<Row>,
    /// The last enrolment of this page, if there is a next one.
    next: Option<EnrolmentId>,
    is_first: bool,
}

struct Row {
    enrolment: EnrolmentId,
    name: String,
    email: String,
    state: &'static str,
    look: &'static str,
    /// Goes on from `state`.
    story: String,
    /// Whether a facilitator may have it sent once more.
    again: bool,
}

pub fn page(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    (unit, kind): (&Unit, Kind),
    after: EnrolmentId,
) -> Result<Learners, Error> {
    let slugs: Vec<&Slug> = names(unit).collect();
    let mut entries = store::list_entries(conn, place.cohort.id, (&slugs, kind), after, PAGE as i64 + 1)?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    Ok(Learners {
        frame: place.frame(ask),
        path: format!("{}/manage/reminders", place.cohort.path()),
        number: unit.number,
        title: unit.title.clone(),
        kind,
        audience: kind.audience(),
        next: entries.last().filter(|_| more).map(|entry| entry.enrolment),
        rows: entries.into_iter().map(|entry| row(entry, &place.cohort.zone, ask.now)).collect(),
        is_first: after.0 == 0,
    })
}

fn row(entry: Entry, zone: &Zone, now: Instant) -> Row {
    let (state, look) = entry.fate.label();
    Row {
        enrolment: entry.enrolment,
        story: entry.fate.story(zone, now),
        name: entry.name,
        email: entry.email,
        state,
        look,
        again: entry.message.is_some() && matches!(entry.fate, Fate::Failed(_) | Fate::Unknown),
    }
}
