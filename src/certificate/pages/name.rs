//! POST `/cohorts/{cohort}/certificate/name`: another name to print, once: looked at first, then confirmed.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{issued, own, path};
use crate::certificate::{Certificate, letters, store};
use crate::cohort::Place;
use crate::platform::db::{Conn, Db};
use crate::platform::text::line;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};

/// In characters, as an account's.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "certificate/name.html")]
struct Confirm {
    frame: Frame,
    cohort: String,
    path: String,
    before: String,
    name: String,
}

/// What came of it.
enum Outcome {
    Confirm(Box<Confirm>),
    Printed(String),
}

pub async fn change(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&["name", "confirmed"])?;
    let asked = ask.clone();
    let work = move |conn: &mut Conn| {
        let (place, certificate) = issued(conn, &asked, &cohort)?;
        keep(conn, &asked, &place, &certificate, &fields)
    };
    match db.write(work).await? {
        Outcome::Confirm(page) => ask.page(*page),
        Outcome::Printed(path) => ask.done(path, "certificate-renamed"),
    }
}

fn keep(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    certificate: &Certificate,
    fields: &Fields,
) -> Result<Outcome, Error> {
    if certificate.name_changed_at.is_some() {
        return match fields.get("name") == certificate.name {
            // Sent twice.
            true => Ok(Outcome::Printed(path(&place.cohort))),
            false => Err(Error::BadRequest("The name on the certificate has been changed already.")),
        };
    }
    let mut faults = Faults::default();
    let Some(name) = faults.check("name", printable(fields.get("name"), &certificate.name)) else {
        return Err(Error::refused(own::page(ask, place, certificate).refused(fields, faults)));
    };
    if !fields.has("confirmed") {
        return Ok(Outcome::Confirm(Box::new(Confirm {
            frame: place.frame(ask),
            cohort: place.cohort.name.clone(),
            path: path(&place.cohort),
            before: certificate.name.clone(),
            name,
        })));
    }
    store::rename(conn, certificate.id, &name, ask.now)?;
    Ok(Outcome::Printed(path(&place.cohort)))
}

fn printable(typed: &str, before: &str) -> Result<String, String> {
    let name = line(typed, LONGEST, "the name")?;
    let missing: Vec<String> = letters::missing(&name).iter().map(char::to_string).collect();
    if !missing.is_empty() {
        let which = missing.join(" ");
        return Err(format!("Use Latin, Greek or Cyrillic letters: the certificate cannot show {which}"));
    }
    if name == before {
        return Err("Change the name: this is the one on the certificate now".into());
    }
    Ok(name)
}
