//! What was changed in the schedule, by whom and why; and taking a change back, which is shown before it is done.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Sheet;
use super::words::other_breaks;
use crate::cohort::Break;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Frame};
use crate::programme::Content;
use crate::schedule::store::{Entry, list_changes};
use crate::schedule::{ChangeId, Release, Side};

const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "schedule/history.html")]
pub(super) struct History {
    frame: Frame,
    faults: Faults,
    eyebrow: String,
    rows: Vec<Row>,
    next: Option<String>,
    path: String,
}

struct Row {
    id: ChangeId,
    title: String,
    /// Who, and when.
    by: String,
    reason: String,
    /// A sentence for each break that differed.
    breaks: Vec<String>,
    moves: Vec<Move>,
    /// All is still as it left it.
    can_be_undone: bool,
}

struct Move {
    unit: String,
    from: String,
    to: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let sent = ask.parameters()?;
    let page = db.read(move |conn| {
        sent.only(&["before"])?;
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let before = match sent.get("before") {
            "" => None,
            id => Some(ChangeId(id.parse().map_err(|_| Error::BadRequest("The address names no change."))?)),
        };
        History::read(conn, &asked, &sheet, before, Faults::default())
    });
    ask.page(page.await?)
}

impl History {
    fn read(
        conn: &mut Conn,
        ask: &Ask,
        sheet: &Sheet<'_>,
        before: Option<ChangeId>,
        faults: Faults,
    ) -> Result<Self, Error> {
        let mut entries = list_changes(conn, sheet.place.cohort.id, before, PAGE as i64 + 1)?;
        let more = entries.len() > PAGE;
        entries.truncate(PAGE);
        let path = sheet.path();
        Ok(Self {
            frame: sheet.place.frame(ask),
            faults,
            eyebrow: sheet.eyebrow(),
            rows: entries.iter().map(|entry| row(ask, sheet, entry)).collect(),
            next: entries.last().filter(|_| more).map(|last| format!("{path}/history?before={}", last.id)),
            path,
        })
    }

    /// With why a change cannot be taken back.
    pub fn refused(conn: &mut Conn, ask: &Ask, sheet: &Sheet<'_>, faults: Faults) -> Error {
        Self::read(conn, ask, sheet, None, faults).map_or_else(|error| error, Error::refused)
    }
}

fn row(ask: &Ask, sheet: &Sheet<'_>, entry: &Entry) -> Row {
    let zone = &sheet.place.cohort.zone;
    let time = |release: &Release| match release.held {
        true => format!("held ({})", zone.exact(release.opens_at)),
        false => zone.exact(release.opens_at),
    };
    let (before, after) = (&entry.revision.before.releases, &entry.revision.after.releases);
    let moves = before.iter().zip(after).filter_map(|(from, to)| {
        let unit = sheet.units.iter().find(|unit| unit.is_called(&from.unit))?;
        Some(Move { unit: format!("Unit {}", unit.number), from: time(from), to: time(to) })
    });
    Row {
        id: entry.id,
        title: entry.title.clone(),
        by: format!("{}, {}", entry.actor, zone.recent(entry.changed_at, ask.now)),
        reason: entry.reason.clone(),
        breaks: other_breaks(breaks_of(&entry.revision.before), breaks_of(&entry.revision.after)),
        moves: moves.collect(),
        can_be_undone: entry.revision.stands(&sheet.releases, &sheet.breaks),
    }
}

fn breaks_of(side: &Side) -> &[Break] {
    side.breaks.as_deref().unwrap_or_default()
}
