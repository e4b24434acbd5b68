//! The file: written first, and then sent.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ContentEncoding};
use actix_web::web::{Data, Path};

use crate::audit::{self, Act, Deed};
use crate::cohort::{Place, gate};
use crate::export::{Format, Names, Order, write};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, file};

pub async fn download(ask: Ask, db: Data<Db>, slug: Path<String>, sent: Fields) -> Answer {
    // Before anything leaves it is noted who takes it along.
    let (place, order) = db.write(move |conn| ordered(conn, &ask, &slug, &sent)).await?;
    let body = file::written(&db, move |conn, into| write(conn, &order, into)).await?;
    let name = format!("{}.zip", place.cohort.slug);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/zip"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        // It is compressed already.
        .insert_header(ContentEncoding::Identity)
        .body(body))
}

fn ordered(conn: &mut Conn, ask: &Ask, slug: &str, sent: &Fields) -> Result<(Place, Order), Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    sent.only(&["names", "format"])?;
    let wrong = || Error::BadRequest("'names' is yes or no, and 'format' csv or json.");
    let format: Format = sent.get("format").parse().map_err(|_| wrong())?;
    let (names, reason) = match sent.get("names") {
        "yes" => (Names::real(), "with names"),
        "no" => (Names::pseudonyms(), "without names"),
        _ => return Err(wrong()),
    };
    let path = format!("{}/manage/export", place.cohort.path());
    let reason = format!("{reason}, as {}", if format == Format::Csv { "CSV" } else { "JSON" });
    let deed = Deed { act: Act::ExportCohort, subject: &place.cohort.name, path: &path, reason: &reason, about: None };
    audit::store::note(conn, &place, deed, ask.now)?;
    let order = Order { cohort: place.cohort.id, format, names };
    Ok((place, order))
}
