//! `/cohorts/{cohort}/manage/reports`: all weeks, and who gets the report by mail.

use actix_web::web::{Data, Path};
use askama::Template;

use super::path;
use crate::cohort::{Place, gate};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::Zone;
use crate::report::store::{self, Reader};
use crate::report::{Week, friday_from, weeks, words};
use crate::schedule;

#[derive(Template)]
#[template(path = "report/list.html")]
pub(super) struct Reports {
    frame: Frame,
    path: String,
    cohort: String,
    weeks: Vec<Line>,
    /// When the first stands here.
    first: String,
    readers: Vec<ReaderLine>,
    faults: Faults,
    email: Field,
}

struct Line {
    title: String,
    href: String,
}

struct ReaderLine {
    email: String,
    standing: String,
    /// Where to send that it stops; None: it has.
    stop: Option<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, slug: Path<String>) -> Answer {
    let asked = ask.clone();
    ask.parameters()?.only(&[])?;
    let read = move |conn: &mut Conn| {
        let place = gate::facilitated(conn, &asked, &slug)?;
        page(conn, &asked, &place, &Fields::default(), Faults::default())
    };
    let page = db.report(read).await?;
    ask.page(page)
}

/// Two queries. With what was typed and what is wrong with it, where the form was refused.
pub(super) fn page(conn: &mut Conn, ask: &Ask, place: &Place, sent: &Fields, faults: Faults) -> Result<Reports, Error> {
    let cohort = &place.cohort;
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    let readers = store::list_readers(conn, cohort.id)?;
    let weeks = weeks(cohort, schedule::closes_on(cohort, &releases), ask.now);
    let line = |week: &Week| Line { title: words::title(week), href: format!("{}/{}", path(cohort), week.friday) };
    let first = cohort.zone.instant(friday_from(cohort.starts_on).and_time(cohort.release_time));
    Ok(Reports {
        frame: place.frame(ask),
        path: cohort.path(),
        cohort: cohort.name.clone(),
        weeks: weeks.iter().map(line).collect(),
        first: cohort.zone.plain(first),
        readers: readers.iter().map(|reader| reader_line(reader, &path(cohort), &cohort.zone)).collect(),
        email: Field::new("email", "Email address")
            .hint("Of one person who may know how the course goes. They need no account.")
            .sent(sent, &faults),
        faults,
    })
}

fn reader_line(reader: &Reader, path: &str, zone: &Zone) -> ReaderLine {
    let standing = match (reader.stopped_at, reader.confirmed_at) {
        (Some(at), _) => format!("Stopped on {}", zone.plain(at)),
        (None, Some(at)) => format!("Gets it since {}", zone.plain(at)),
        (None, None) => format!("Was asked on {} and has not answered", zone.plain(reader.added_at)),
    };
    ReaderLine {
        email: reader.email.clone(),
        standing,
        stop: reader.stopped_at.is_none().then(|| format!("{path}/readers/{}/stop", reader.id)),
    }
}
