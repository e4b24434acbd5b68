//! `/admin/audit`: who did what, on whom, from where; newest first, and the same as a table to keep.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Data;
use anyhow::Context as _;
use askama::Template;
use chrono::{NaiveDate, NaiveTime};

use super::{ActRow, act_row, frame, number};
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::audit::store::{list, note_of};
use crate::audit::{About, Act, Deed, Entry, Wanted};
use crate::cohort::{Cohort, CohortId, store as cohorts};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame};
use crate::platform::zone::Zone;

const PAGE: usize = 50;
/// Acts read at a time for the table to keep.
const BATCH: i64 = 1_000;
/// Cohorts to choose from: the newest.
const COHORTS: i64 = 100;
/// The longest that is looked for, in characters.
const LONGEST: usize = 100;
/// The filter, as its form and addresses name it.
const FILTER: [&str; 4] = ["words", "act", "cohort", "day"];

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    words: Field,
    act: (Field, Vec<(String, String)>),
    cohort: (Field, Vec<(String, String)>),
    day: Field,
    rows: Vec<ActRow>,
    is_filtered: bool,
    next: Option<String>,
    /// Where the same list begins; none: here.
    first: Option<String>,
    csv: String,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let sent = ask.parameters()?;
    sent.only_if(|name| name == "before" || FILTER.contains(&name))?;
    let asked = ask.clone();
    let page = db.report(move |conn| {
        let person = administrator(conn, &asked)?;
        page(conn, &asked, &person, &sent)
    });
    ask.page(page.await?)
}

/// Two queries.
fn page(conn: &mut Conn, ask: &Ask, person: &Person, sent: &Fields) -> Result<AuditPage, Error> {
    let before = match sent.get("before") {
        "" => None,
        id => Some(number(id)?),
    };
    let mut acts = list(conn, &wanted(sent)?, before, PAGE as i64 + 1)?;
    let more = acts.len() > PAGE;
    acts.truncate(PAGE);
    let filter = query(sent, None);
    let chosen = |name: &str, label: &str| Field::new(name, label).value(sent.get(name));
    Ok(AuditPage {
        frame: frame(ask, person),
        words: chosen("words", "Who, or on whom"),
        act: (chosen("act", "What"), kinds()),
        cohort: (chosen("cohort", "Cohort"), choices(&cohorts::list_all(conn, None, COHORTS)?)),
        day: chosen("day", "Day"),
        is_filtered: !filter.is_empty(),
        next: acts.last().filter(|_| more).map(|last| format!("/admin/audit?{}", query(sent, Some(last.id)))),
        first: before.map(|_| format!("/admin/audit?{filter}").trim_end_matches('?').to_owned()),
        csv: format!("/admin/audit.csv?{filter}").trim_end_matches('?').to_owned(),
        rows: acts.into_iter().map(act_row).collect(),
    })
}

/// What is no act, no day and no number is no address of ours.
fn wanted(sent: &Fields) -> Result<Wanted, Error> {
    let wrong = || Error::BadRequest("The address asks for acts in a way that this page does not.");
    let act = match sent.get("act") {
        "" => None,
        word => Some(word.parse().map_err(|_| wrong())?),
    };
    let cohort = match sent.get("cohort") {
        "" => None,
        id => Some(CohortId(number(id)?)),
    };
    let when = match sent.get("day") {
        "" => None,
        text => Some(of_day(text.parse().map_err(|_| wrong())?).ok_or_else(wrong)?),
    };
    let words = sent.get("words").trim().chars().take(LONGEST).collect::<String>().to_lowercase();
    Ok(Wanted { words, act, cohort, when, account: None })
}

/// From its first instant to the first of the next.
fn of_day(day: NaiveDate) -> Option<(Instant, Instant)> {
    let begins = |day: NaiveDate| Zone::utc().instant(day.and_time(NaiveTime::MIN));
    Some((begins(day), begins(day.succ_opt()?)))
}

/// The filter as an address carries it, and where the next page begins.
fn query(sent: &Fields, before: Option<i64>) -> String {
    let kept = FILTER.map(|name| (name, sent.get(name).to_owned()));
    let place = before.map(|id| ("before", id.to_string()));
    let all = kept.into_iter().chain(place).filter(|(_, value)| !value.is_empty());
    serde_urlencoded::to_string(all.collect::<Vec<_>>()).unwrap_or_default()
}

fn kinds() -> Vec<(String, String)> {
    let mut kinds: Vec<_> = Act::ALL.iter().map(|act| (act.to_string(), format!("… {}", act.words()))).collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    std::iter::once((String::new(), "Every act".to_owned())).chain(kinds).collect()
}

fn choices(all: &[Cohort]) -> Vec<(String, String)> {
    let cohorts = all.iter().map(|cohort| (cohort.id.to_string(), cohort.name.clone()));
    std::iter::once((String::new(), "Everywhere".to_owned())).chain(cohorts).collect()
}

/// The same acts for a spreadsheet: safe to open, for no cell is taken for a formula. That it was taken is an act.
pub async fn show_csv(ask: Ask, db: Data<Db>) -> Answer {
    let sent = ask.parameters()?;
    sent.only(&FILTER)?;
    let asked = ask.clone();
    let read = db.report(move |conn| {
        let person = administrator(conn, &asked)?;
        Ok::<_, Error>((person, table(conn, &wanted(&sent)?)?))
    });
    let (person, table) = read.await?;
    let now = ask.now;
    db.write(move |conn| {
        let deed = Deed { act: Act::ExportLog, subject: "", path: "", reason: "" };
        Ok::<_, Error>(note_of(conn, (&person).into(), About::default(), deed, now)?)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"log-of-acts.csv\""))
        .body(table))
}

fn table(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<u8>, Error> {
    // The byte-order mark tells spreadsheets that it is UTF-8.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = ["Number", "When (UTC)", "Who", "Act", "On what or whom", "Page", "Why", "Cohort", "From"];
    writer.write_record(head).context("writing a table")?;
    let mut before = None;
    loop {
        let acts = list(conn, wanted, before, BATCH)?;
        for act in &acts {
            writer.write_record(record(act)).context("writing a table")?;
        }
        match acts.last() {
            Some(last) if acts.len() as i64 == BATCH => before = Some(last.id),
            _ => break,
        }
    }
    Ok(writer.into_inner().map_err(|e| anyhow::anyhow!("{e}"))?)
}

fn record(act: &Entry) -> [String; 9] {
    [
        act.id.to_string(),
        act.at.utc().format("%Y-%m-%d %H:%M:%S").to_string(),
        cell(&act.actor),
        act.act.to_string(),
        cell(&act.subject),
        act.path.clone(),
        cell(&act.reason),
        cell(act.cohort.as_ref().map_or("", |(name, _)| name)),
        act.came_from.clone(),
    ]
}
