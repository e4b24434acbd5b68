//! `/cohorts/{cohort}/people/names?q=`: whom somebody may mean who has typed the beginning of a name, for the little script.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};

use crate::cohort::gate;
use crate::people::store;
use crate::platform::db::Db;
use crate::platform::text::line;
use crate::platform::web::{Answer, Ask, Error};

/// How many are offered.
const MOST: i64 = 6;
const LONGEST: usize = 60;

/// A list of names as JSON. One query besides the one for the session.
pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let names = db
        .read(move |conn| {
            let place = gate::place(conn, &ask, &cohort)?;
            let asked = ask.parameters()?;
            asked.only(&["q"])?;
            match line(asked.get("q"), LONGEST, "a name") {
                Ok(typed) => Ok(store::names(conn, place.cohort.id, &typed, MOST)?),
                Err(_) => Ok::<_, Error>(Vec::new()),
            }
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private, max-age=60")).json(names))
}
