//! A unit as one document: `…/units/{unit}/print` to print, and `…/offline.html` to keep as one file that needs no network.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::{Place, gate};
use crate::learner::document::{Document, standing_alone};
use crate::learner::here::unit_number;
use crate::learner::{Link, unit_path};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame, assets};
use crate::programme::{Catalogue, Content, Unit};
use crate::schedule::gate::{OpenUnit, open_unit};
use crate::schedule::store::list_seen;

#[derive(Template)]
#[template(path = "learner/print.html")]
struct Print {
    frame: Frame,
    course: Link,
    unit: Link,
    /// Where the same is one file, and what it is called.
    keep: Link,
    preview: bool,
    document: Document,
}

/// One file, with its style sheet and pictures in it.
#[derive(Template)]
#[template(path = "learner/offline.html")]
struct Offline {
    language: String,
    title: String,
    styles: &'static str,
    /// Back to the site.
    unit: Link,
    document: Document,
}

type UnitAddress = Path<(String, String)>;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: UnitAddress) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let read = move |conn: &mut _| {
        let (place, open) = enter(conn, &asked, &catalogue, &path)?;
        Ok::<_, Error>((printed(&asked, &place, &open), Visit::of(&place, asked.now)))
    };
    let (page, visit) = db.read(read).await?;
    note_visit(&db, visit);
    ask.page(page)
}

pub async fn keep(ask: Ask, db: Data<Db>, content: Data<Content>, path: UnitAddress) -> Answer {
    let catalogue = content.current();
    let read = move |conn: &mut _| {
        let (place, open) = enter(conn, &ask, &catalogue, &path)?;
        Ok::<_, Error>((file_name(open.unit), offline(&ask, &place, &open).render()?))
    };
    let (name, html) = db.read(read).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(html))
}

/// Two queries. 404 and 403 by the gates.
fn enter<'c>(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &'c Catalogue,
    (cohort, number): &(String, String),
) -> Result<(Place, OpenUnit<'c>), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let releases = list_seen(conn, &place)?;
    let open = open_unit(ask, &place, catalogue, &releases, unit_number(number)?)?;
    Ok((place, open))
}

fn printed(ask: &Ask, place: &Place, open: &OpenUnit<'_>) -> Print {
    let unit = open.unit;
    let kept = format!("Printed from {}, {}.", place.cohort.name, place.cohort.zone.plain_with_year(ask.now));
    // This page lies where a step's page does, so the texts' links lead from it as from there.
    let document = Document::of(open.programme, unit, kept, &|html| html.to_owned());
    Print {
        frame: place.frame(ask),
        course: Link::new(place.cohort.path(), "Programme"),
        unit: Link::new(unit_path(&place.cohort, unit), unit.full_title()),
        keep: Link::new(format!("{}/offline.html", unit_path(&place.cohort, unit)), file_name(unit)),
        preview: open.preview,
        document,
    }
}

fn offline(ask: &Ask, place: &Place, open: &OpenUnit<'_>) -> Offline {
    let (unit, programme) = (open.unit, open.programme);
    let site = ask.site.base_url.join("");
    let site = site.trim_end_matches('/');
    let cohort = format!("{site}{}", place.cohort.path());
    let kept = format!(
        "Kept from {}, {}, for your own use. It does not change when the course does.",
        place.cohort.name,
        place.cohort.zone.plain_with_year(ask.now)
    );
    let files = |name: &str| programme.files.get(name).cloned();
    let document = Document::of(programme, unit, kept, &|html| standing_alone(html, site, &cohort, &files));
    Offline {
        language: programme.language.clone(),
        title: format!("{} – {}", unit.full_title(), place.cohort.name),
        styles: assets::styles(),
        unit: Link::new(format!("{site}{}", unit_path(&place.cohort, unit)), "Open this unit on the site"),
        document,
    }
}

/// `week-3-members.html`
fn file_name(unit: &Unit) -> String {
    match unit.number {
        0 => format!("{}.html", unit.slug),
        number => format!("week-{number}-{}.html", unit.slug),
    }
}
