//! `/cohorts/{cohort}/certificate`: what it says, its downloads, its name, and who may see that; before it is issued, how
//! far away it is.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Own, facts, issued, own, path};
use crate::certificate::{Certificate, issuer, letters, store, with_year};
use crate::cohort::Place;
use crate::completion::certificate::{Part, parts};
use crate::completion::{progress, store as completions};
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};
use crate::schedule::store::list_held;

#[derive(Template)]
#[template(path = "certificate/own.html")]
pub(super) struct Page {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    progress: String,
    title: String,
    issued: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    /// Characters of the name that cannot be printed; empty: all can.
    missing: String,
    /// None: it was changed, on the day in `name_changed`.
    name_field: Option<Field>,
    name_changed: String,
    address: String,
    shows_name: bool,
    linked_in: String,
}

#[derive(Template)]
#[template(path = "certificate/waiting.html")]
struct Waiting {
    frame: Frame,
    cohort: String,
    lead: String,
    progress: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let read = move |conn: &mut Conn| {
        let own = own(conn, &asked, &cohort)?;
        match &own.certificate {
            Some(certificate) => Ok(Ok(page(&asked, &own.place, certificate))),
            None => waiting(conn, &asked, &catalogue, &own).map(Err),
        }
    };
    match db.read::<_, Error>(read).await? {
        Ok(page) => ask.page(page),
        Err(waiting) => ask.page(waiting),
    }
}

/// Lets the public page show the holder's name (`show`), or no more. Twice is the same as once.
pub async fn consent(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&["show"])?;
    let (asked, show) = (ask.clone(), fields.has("show"));
    let set = move |conn: &mut Conn| {
        let (place, certificate) = issued(conn, &asked, &cohort)?;
        if certificate.shows_name() != show {
            store::show_name(conn, certificate.id, show.then_some(asked.now))?;
        }
        Ok::<_, Error>(path(&place.cohort))
    };
    let path = db.write(set).await?;
    ask.done(format!("{path}#public"), if show { "name-shown" } else { "name-hidden" })
}

pub(super) fn page(ask: &Ask, place: &Place, certificate: &Certificate) -> Page {
    let base = &ask.site.base_url;
    let missing: Vec<String> = letters::missing(&certificate.name).iter().map(char::to_string).collect();
    let day = |at| with_year(place.cohort.zone.local_date(at));
    Page {
        frame: place.frame(ask),
        faults: Faults::default(),
        cohort: place.cohort.name.clone(),
        path: path(&place.cohort),
        progress: format!("{}/progress", place.cohort.path()),
        title: certificate.says.title.clone(),
        issued: certificate.says.issued(),
        name: certificate.name.clone(),
        facts: facts(certificate, &issuer(base)),
        missing: missing.join(" "),
        name_field: certificate.name_changed_at.is_none().then(|| name_field().value(&certificate.name)),
        name_changed: certificate.name_changed_at.map(day).unwrap_or_default(),
        address: certificate.address(base),
        shows_name: certificate.shows_name(),
        linked_in: linked_in(ask, certificate),
    }
}

fn name_field() -> Field {
    Field::new("name", "Name to print").hint("You can change it once. You see it before it is final.")
}

impl Page {
    /// The page again, with what was typed.
    pub(super) fn refused(mut self, fields: &Fields, faults: Faults) -> Self {
        self.name_field = Some(name_field().sent(fields, &faults));
        self.faults = faults;
        self
    }
}

/// LinkedIn's own form, filled in; it learns what is in this address when the link is followed, and no more.
fn linked_in(ask: &Ask, certificate: &Certificate) -> String {
    use chrono::Datelike as _;
    let (says, base) = (&certificate.says, &ask.site.base_url);
    let fields = [
        ("startTask", "CERTIFICATION_NAME".to_owned()),
        ("name", says.title.clone()),
        ("organizationName", issuer(base)),
        ("issueYear", says.issued_on.year().to_string()),
        ("issueMonth", says.issued_on.month().to_string()),
        ("certUrl", certificate.address(base)),
        ("certId", certificate.code.to_string()),
    ];
    let query = serde_urlencoded::to_string(fields).unwrap_or_default();
    format!("https://www.linkedin.com/profile/add?{query}")
}

/// Two more queries.
fn waiting(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, own: &Own) -> Result<Waiting, Error> {
    let cohort = &own.place.cohort;
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    let done = completions::list_done(conn, own.learner)?;
    let releases = list_held(conn, cohort.id, own.learner)?;
    let progress = progress(programme, &releases, &done, ask.now);
    Ok(Waiting {
        frame: own.place.frame(ask),
        cohort: cohort.name.clone(),
        lead: how_far(&parts(&programme.certificate, &progress, &done)),
        progress: format!("{}/progress#certificate", cohort.path()),
    })
}

fn how_far(parts: &[Part<'_>]) -> String {
    let left = parts.iter().filter(|part| !part.holds()).count();
    match (left, parts.len()) {
        (_, 0) => "This course gives no certificate.".into(),
        (0, _) => "You have done everything that it asks for. It will be here by tomorrow.".into(),
        (_, 1) => "It is not here yet: some of what it asks for is still to do.".into(),
        (left, all) if left == all => {
            format!("It is not here yet. It asks for {}, all still to do.", count(all, "thing"))
        }
        (1, all) => format!("It is not here yet. It asks for {}, and one of them is still to do.", count(all, "thing")),
        (left, all) => {
            format!("It is not here yet. It asks for {}, and {left} of them are still to do.", count(all, "thing"))
        }
    }
}
