//! What there is to take along, how, and who did so before.

use actix_web::web::{Data, Path};
use askama::Template;

use crate::audit::{self, Act, Entry};
use crate::cohort::gate;
use crate::export::Part;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Field, Frame};

/// How many exports before are listed.
const BEFORE: i64 = 10;

#[derive(Template)]
#[template(path = "export/show.html")]
struct Export {
    frame: Frame,
    path: String,
    cohort: String,
    parts: Vec<&'static str>,
    names: Field,
    name_choices: Vec<(String, String)>,
    format: Field,
    format_choices: Vec<(String, String)>,
    before: Vec<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, slug: Path<String>) -> Answer {
    let asked = ask.clone();
    ask.parameters()?.only(&[])?;
    let page = db.report(move |conn| page(conn, &asked, &slug)).await?;
    ask.page(page)
}

/// Two queries.
fn page(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Export, Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let before = audit::store::list_newest(conn, place.cohort.id, |act| act == Act::ExportCohort, BEFORE)?;
    let zone = &place.cohort.zone;
    let line = |entry: &Entry| format!("{}, {}: {}", zone.exact(entry.at), entry.actor, entry.reason);
    let choices = |all: [(&str, &str); 2]| all.map(|(value, label)| (value.to_owned(), label.to_owned())).into();
    Ok(Export {
        frame: place.frame(ask),
        path: place.cohort.path(),
        cohort: place.cohort.name.clone(),
        parts: Part::ALL.iter().map(|part| part.in_words()).collect(),
        names: Field::new("names", "People")
            .hint("Without names there is no text that people wrote, and no address.")
            .value("no"),
        name_choices: choices([("no", "Without names"), ("yes", "With names")]),
        format: Field::new("format", "Form").value("csv"),
        format_choices: choices([("csv", "Tables for a spreadsheet (CSV)"), ("json", "JSON, a line for each row")]),
        before: before.iter().map(line).collect(),
    })
}
