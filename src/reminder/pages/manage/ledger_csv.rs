//! The ledger for a spreadsheet: the rows that were asked for, safe to open (no cell is taken for a formula).

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use anyhow::Context as _;

use super::facilitated;
use super::ledger::filter;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::{Answer, Ask, Error};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme};
use crate::reminder::store::{self, Entry};
use crate::reminder::unit_called;

/// Rows read at a time.
const BATCH: i64 = 1_000;
const HEAD: [&str; 7] = ["Learner", "Email", "Unit", "Reminder", "Due", "What became of it", "More of it"];

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let catalogue = content.current();
    let (name, table) = db.report(move |conn| table(conn, &ask, &catalogue, &slug)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-reminders.csv\"")))
        .body(table))
}

fn table(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<(String, Vec<u8>), Error> {
    let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
    let filter = filter(programme, &ask.parameters()?)?;
    // The byte-order mark tells spreadsheets that it is UTF-8.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEAD).context("writing a table")?;
    let mut before = None;
    loop {
        let entries = store::list_entries(conn, place.cohort.id, &filter, before, BATCH)?;
        for entry in &entries {
            let record = record(entry, programme, &place.cohort.zone, ask.now);
            writer.write_record(record).context("writing a table")?;
        }
        match entries.last() {
            Some(last) if entries.len() as i64 == BATCH => before = Some(last.id),
            _ => break,
        }
    }
    let bytes = writer.into_inner().map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok((place.cohort.slug.to_string(), bytes))
}

fn record(entry: &Entry, programme: &Programme, zone: &Zone, now: Instant) -> [String; 7] {
    let unit = unit_called(programme, &entry.unit);
    [
        cell(&entry.name),
        cell(&entry.email),
        unit.map_or_else(|| entry.unit.to_string(), |unit| unit.number.to_string()),
        entry.kind.heading().to_owned(),
        zone.local(entry.due_at).format("%Y-%m-%d %H:%M").to_string(),
        entry.fate.label().0.to_owned(),
        cell(entry.fate.story(zone, now).trim_start_matches([':', ';', ',', ' '])),
    ]
}
