//! The ledger for a spreadsheet: the rows that were asked for, safe to open (no cell is taken for a formula).

use actix_web::web::{Data, Path};

use super::facilitated;
use super::ledger::filter;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::csv::{self, Table};
use crate::platform::web::{Answer, Ask, Error};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme};
use crate::reminder::store::{self, Entry};

/// Rows read at a time.
const BATCH: i64 = 1_000;
const HEAD: [&str; 7] = ["Learner", "Email", "Unit", "Reminder", "Due", "What became of it", "More of it"];

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let catalogue = content.current();
    let (name, table) = db.report(move |conn| table(conn, &ask, &catalogue, &slug)).await?;
    Ok(csv::answer(&format!("{name}-reminders")).body(table))
}

fn table(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<(String, Vec<u8>), Error> {
    let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
    let filter = filter(programme, &ask.parameters()?)?;
    let mut table = Table::onto(Vec::new())?;
    table.row(HEAD)?;
    let mut before = None;
    loop {
        let entries = store::list_entries(conn, place.cohort.id, &filter, before, BATCH)?;
        for entry in &entries {
            table.row(record(entry, programme, &place.cohort.zone, ask.now))?;
        }
        match entries.last() {
            Some(last) if entries.len() as i64 == BATCH => before = Some(last.id),
            _ => break,
        }
    }
    Ok((place.cohort.slug.to_string(), table.finish()?))
}

fn record(entry: &Entry, programme: &Programme, zone: &Zone, now: Instant) -> [String; 7] {
    let unit = programme.unit_called(&entry.unit);
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
