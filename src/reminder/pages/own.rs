//! The mails that somebody gets from a cohort: which they want, and what became of each reminder.

use actix_web::web::{Data, Path};
use askama::Template;

use super::wishes::Form;
use crate::cohort::store::{Bulk, set_stopped};
use crate::cohort::{Place, Role, gate};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme};
use crate::reminder::store::{self, Entry};

#[derive(Template)]
#[template(path = "reminder/own.html")]
pub(super) struct Own {
    frame: Frame,
    pub(super) faults: Faults,
    cohort: String,
    path: String,
    email: String,
    facilitates: bool,
    stopped: bool,
    announcements_stopped: bool,
    pub(super) form: Form,
    reminders: Vec<Row>,
}

/// A reminder and what became of it.
pub struct Row {
    pub unit: String,
    pub kind: &'static str,
    pub due: String,
    pub due_at: String,
    pub state: &'static str,
    pub look: &'static str,
    /// Goes on from `state`.
    pub story: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let place = gate::place(conn, &asked, &slug)?;
        page(conn, &asked, &catalogue, &place)
    });
    ask.page(page.await?)
}

/// Two queries.
pub(super) fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, place: &Place) -> Result<Own, Error> {
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let enrolment = place.enrolment.as_ref().ok_or(Error::NotFound)?;
    let entries = store::list_own(conn, enrolment.id)?;
    let form = Form::new(&store::find_wishes(conn, enrolment.id)?, place.cohort.zone.local_date(ask.now));
    Ok(Own {
        frame: place.frame(ask),
        faults: Faults::default(),
        form,
        cohort: place.cohort.name.clone(),
        path: place.cohort.path(),
        email: place.person.email.clone(),
        facilitates: enrolment.role == Role::Facilitator,
        stopped: enrolment.reminders_stopped,
        announcements_stopped: enrolment.announcements_stopped,
        reminders: entries.iter().map(|entry| Row::new(entry, programme, &place.cohort.zone, ask.now)).collect(),
    })
}

impl Row {
    pub fn new(entry: &Entry, programme: &Programme, zone: &Zone, now: Instant) -> Self {
        let unit = programme.unit_called(&entry.unit);
        let (state, look) = entry.fate.label();
        Self {
            unit: unit.map_or_else(|| entry.unit.to_string(), |unit| format!("{} {}", unit.number, unit.title)),
            kind: entry.kind.heading(),
            due: zone.exact(entry.due_at),
            due_at: entry.due_at.rfc3339(),
            state,
            look,
            story: entry.fate.story(zone, now),
        }
    }
}

/// One wish at a time: `reminders` or `announcements`, each to stop or to resume.
pub async fn submit(ask: Ask, db: Data<Db>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(&["reminders", "announcements"])?;
    let (bulk, stop, done) = match (fields.get("reminders"), fields.get("announcements")) {
        ("stop", "") => (Bulk::Reminders, true, "reminders-stopped"),
        ("resume", "") => (Bulk::Reminders, false, "reminders-resumed"),
        ("", "stop") => (Bulk::Announcements, true, "announcements-stopped"),
        ("", "resume") => (Bulk::Announcements, false, "announcements-resumed"),
        _ => return Err(Error::BadRequest("It says neither to stop one kind of mail nor to resume it.")),
    };
    let asked = ask.clone();
    let path = db
        .write(move |conn| {
            let place = gate::place(conn, &asked, &slug)?;
            let enrolment = place.enrolment.as_ref().ok_or(Error::NotFound)?;
            set_stopped(conn, enrolment.id, bulk, stop, asked.now)?;
            Ok::<_, Error>(format!("{}/reminders", place.cohort.path()))
        })
        .await?;
    ask.done(path, done)
}
