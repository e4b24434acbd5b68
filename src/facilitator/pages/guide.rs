//! `/cohorts/{cohort}/manage/guide`: what to watch for each week, for facilitators alone.

use actix_web::web::{Data, Path};
use askama::Template;

use crate::cohort::{Place, gate};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Guide, Programme, Unit, html_under};

#[derive(Template)]
#[template(path = "facilitator/guides.html")]
struct Guides {
    frame: Frame,
    cohort: String,
    /// Label, title and address; no address: it is not written.
    weeks: Vec<(String, String, Option<String>)>,
}

#[derive(Template)]
#[template(path = "facilitator/guide.html")]
struct GuidePage {
    frame: Frame,
    all: String,
    eyebrow: String,
    title: String,
    /// Sanitised.
    html: String,
    sources: Vec<String>,
    unit: String,
    unit_title: String,
    earlier: Option<(String, String)>,
    later: Option<(String, String)>,
}

pub async fn list(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| weeks(conn, &asked, &catalogue, &cohort)).await?;
    ask.page(page)
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| week(conn, &asked, &catalogue, &path)).await?;
    ask.page(page)
}

fn address(place: &Place, number: u16) -> String {
    format!("{}/manage/guide/{number}", place.cohort.path())
}

/// One query.
fn weeks(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<Guides, Error> {
    let place = gate::facilitated(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let week = |unit: &Unit| {
        let written = programme.guides.get(&unit.number);
        (unit.label(), unit.title.clone(), written.map(|_| address(&place, unit.number)))
    };
    Ok(Guides {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        weeks: programme.units.iter().map(week).collect(),
    })
}

/// One query.
fn week(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (cohort, number): &(String, String),
) -> Result<GuidePage, Error> {
    let place = gate::facilitated(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let number: u16 = number.parse().ok().filter(|n: &u16| n.to_string() == *number).ok_or(Error::NotFound)?;
    let (unit, guide) = programme.unit(number).zip(programme.guides.get(&number)).ok_or(Error::NotFound)?;
    Ok(GuidePage {
        frame: place.frame(ask),
        all: format!("{}/manage/guide", place.cohort.path()),
        eyebrow: unit.block.clone(),
        title: guide.title.clone(),
        html: html_under(&guide.html, &format!("{}/units", place.cohort.path())),
        sources: guide.sources.clone(),
        unit: format!("{}/units/{number}", place.cohort.path()),
        unit_title: unit.title.clone(),
        earlier: beside(&place, programme, programme.guides.range(..number).next_back()),
        later: beside(&place, programme, programme.guides.range(number + 1..).next()),
    })
}

fn beside(place: &Place, programme: &Programme, guide: Option<(&u16, &Guide)>) -> Option<(String, String)> {
    let (number, guide) = guide?;
    programme.unit(*number)?;
    Some((address(place, *number), guide.title.clone()))
}
