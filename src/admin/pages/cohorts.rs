//! All cohorts, the newest first.

use actix_web::web::Data;
use askama::Template;

use super::frame;
use crate::accounts::gate::administrator;
use crate::cohort::{Cohort, CohortId, store};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::Content;

const PAGE: usize = 30;

#[derive(Template)]
#[template(path = "admin/cohorts.html")]
struct Cohorts {
    frame: Frame,
    rows: Vec<Row>,
    /// The address of the next page.
    next: Option<String>,
}

struct Row {
    name: String,
    path: String,
    programme: String,
    starts: String,
    joining: &'static str,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>) -> Answer {
    let before = match ask.parameters()?.get("before") {
        "" => None,
        text => Some(CohortId(text.parse().map_err(|_| Error::BadRequest("'before' is a number."))?)),
    };
    let asked = ask.clone();
    let (person, mut cohorts) = db
        .read(move |conn| {
            let person = administrator(conn, &asked)?;
            Ok::<_, Error>((person, store::list_all(conn, before, PAGE as i64 + 1)?))
        })
        .await?;
    let more = cohorts.len() > PAGE;
    cohorts.truncate(PAGE);
    let next = cohorts.last().filter(|_| more).map(|last| format!("/admin/cohorts?before={}", last.id));
    let catalogue = content.current();
    let rows = cohorts.into_iter().map(|cohort| {
        let title = catalogue.programme(&cohort.programme).map(|p| p.title.clone());
        row(cohort, title)
    });
    ask.page(Cohorts { frame: frame(&ask, &person), rows: rows.collect(), next })
}

fn row(cohort: Cohort, title: Option<String>) -> Row {
    Row {
        path: format!("/admin/cohorts/{}", cohort.slug),
        programme: title.unwrap_or_else(|| format!("{} (not in the content folder)", cohort.programme)),
        starts: format!("{} {}", day_in_words(cohort.starts_on), cohort.starts_on.format("%Y")),
        joining: cohort.joining.in_words(),
        name: cohort.name,
    }
}
