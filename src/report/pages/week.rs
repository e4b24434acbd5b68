//! `/cohorts/{cohort}/manage/reports/{week}` and `….pdf`: one week, by the day of its Friday.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path, block};
use anyhow::Context as _;
use askama::Template;

use super::path;
use crate::cohort::{Place, gate};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content};
use crate::report::emails::file_name;
use crate::report::words::{self, Told};
use crate::report::{Week, paper, store, weeks};
use crate::schedule;

#[derive(Template)]
#[template(path = "report/week.html")]
struct WeekPage {
    frame: Frame,
    path: String,
    pdf: String,
    told: Told,
}

/// Cohort and Friday, as addresses write them.
type Address = (String, String);

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (place, week, told) = db.report(move |conn| made(conn, &asked, &catalogue, &address)).await?;
    let list = path(&place.cohort);
    let pdf = format!("{list}/{}.pdf", week.friday);
    ask.page(WeekPage { frame: place.frame(&ask), path: list, pdf, told })
}

pub async fn pdf(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (place, week, told) = db.report(move |conn| made(conn, &asked, &catalogue, &address)).await?;
    let id = ask.site.base_url.join(&format!("{}/{}", path(&place.cohort), week.friday));
    // Not while a connection is held, for it takes some milliseconds.
    let bytes = block(move || paper::pdf(&told, id, week.ends_at)).await.context("writing a report")?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(&place.cohort, &week))))
        .body(bytes.context("writing a report")?))
}

/// A week that is not over has no report. Three queries where what it said is kept, nine where it is not.
fn made(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (slug, friday): &Address,
) -> Result<(Place, Week, Told), Error> {
    ask.parameters()?.only(&[])?;
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = schedule::store::list_releases(conn, place.cohort.id)?;
    let weeks = weeks(&place.cohort, schedule::closes_on(&place.cohort, &releases), ask.now);
    let week = weeks.into_iter().find(|week| week.friday.to_string() == *friday).ok_or(Error::NotFound)?;
    let told = match store::find_week(conn, place.cohort.id, week.friday)? {
        Some(kept) => kept,
        None => {
            let facts = store::facts(conn, place.cohort.id, programme, &week)?;
            words::told(&place.cohort, programme, &releases, &week, &facts).made_later()
        }
    };
    Ok((place, week, told))
}
