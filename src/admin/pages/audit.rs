//! `/admin/audit`: who did what, on whom, from where; newest first, and the same as a table to keep.

use std::io::Write;

use actix_web::web::Data;
use askama::Template;
use chrono::{NaiveDate, NaiveTime};

use super::{ActRow, act_row, frame, note, number};
use crate::accounts::gate::administrator;
use crate::accounts::{AccountId, Person};
use crate::admin::store as people;
use crate::audit::store::list;
use crate::audit::{Act, Deed, Entry, Wanted};
use crate::cohort::{Cohort, CohortId, store as cohorts};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::csv::{self, Table};
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame, file};
use crate::platform::zone::Zone;

const PAGE: usize = 50;
/// Acts read at a time for the table to keep.
const BATCH: i64 = 1_000;
/// Cohorts to choose from: the newest.
const COHORTS: i64 = 100;
/// The longest that is looked for, in characters.
const LONGEST: usize = 100;
/// The filter, as its form and addresses name it.
const FILTER: [&str; 5] = ["words", "act", "cohort", "day", "account"];

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    words: Field,
    act: (Field, Vec<(String, String)>),
    cohort: (Field, Vec<(String, String)>),
    day: Field,
    rows: Vec<ActRow>,
    next: Option<String>,
    /// Where the same list begins; none: here.
    first: Option<String>,
    /// Names and values.
    filter: Vec<(&'static str, String)>,
    /// The number of the account whose acts alone are shown, those on it included, and whose it is. Empty: all acts are.
    account: String,
    whose: String,
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

/// Two queries, and one for the name of whoever was chosen.
fn page(conn: &mut Conn, ask: &Ask, person: &Person, sent: &Fields) -> Result<AuditPage, Error> {
    let before = match sent.get("before") {
        "" => None,
        id => Some(number(id)?),
    };
    let wanted = wanted(sent)?;
    let mut acts = list(conn, &wanted, before, PAGE as i64 + 1)?;
    let more = acts.len() > PAGE;
    acts.truncate(PAGE);
    let chosen = |name: &str, label: &str| Field::new(name, label).value(sent.get(name));
    Ok(AuditPage {
        frame: frame(ask, person),
        words: chosen("words", "Who, or on whom"),
        act: (chosen("act", "What"), kinds()),
        cohort: (chosen("cohort", "Cohort"), choices(&cohorts::list_all(conn, None, COHORTS)?)),
        day: chosen("day", "Day"),
        next: acts.last().filter(|_| more).map(|last| format!("/admin/audit?{}", query(sent, Some(last.id)))),
        first: before.map(|_| format!("/admin/audit?{}", query(sent, None)).trim_end_matches('?').to_owned()),
        filter: filter(sent),
        account: sent.get("account").to_owned(),
        whose: whose(conn, wanted.account)?,
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
    let account = match sent.get("account") {
        "" => None,
        id => Some(AccountId(number(id)?)),
    };
    let words = sent.get("words").trim().chars().take(LONGEST).collect::<String>().to_lowercase();
    Ok(Wanted { words, act, cohort, when, account })
}

/// From its first instant to the first of the next.
fn of_day(day: NaiveDate) -> Option<(Instant, Instant)> {
    let begins = |day: NaiveDate| Zone::utc().instant(day.and_time(NaiveTime::MIN));
    Some((begins(day), begins(day.succ_opt()?)))
}

/// What of it was filled in.
fn filter(sent: &Fields) -> Vec<(&'static str, String)> {
    FILTER.map(|name| (name, sent.get(name).to_owned())).into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The filter as an address carries it, and where the next page begins.
fn query(sent: &Fields, before: Option<i64>) -> String {
    let place = before.map(|id| ("before", id.to_string()));
    serde_urlencoded::to_string(filter(sent).into_iter().chain(place).collect::<Vec<_>>()).unwrap_or_default()
}

fn whose(conn: &mut Conn, account: Option<AccountId>) -> Result<String, Error> {
    let Some(id) = account else { return Ok(String::new()) };
    Ok(people::find_person(conn, id)?.map_or_else(|| "somebody whose account is gone".into(), |them| them.name))
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

/// The same acts for a spreadsheet: safe to open, for no cell is taken for a formula.
pub async fn download(ask: Ask, db: Data<Db>, sent: Fields) -> Answer {
    // Before anything leaves it is noted who takes it along.
    let wanted = db.write(move |conn| {
        let person = administrator(conn, &ask)?;
        sent.only(&FILTER)?;
        let wanted = wanted(&sent)?;
        let deed = Deed { act: Act::ExportLog, subject: "", path: "", reason: "", about: None };
        note(conn, &person, None, deed, ask.now)?;
        Ok::<_, Error>(wanted)
    });
    let wanted = wanted.await?;
    let table = file::written(&db, move |conn, into| write(conn, &wanted, into)).await?;
    Ok(csv::answer("log-of-acts").body(table))
}

fn write(conn: &mut Conn, wanted: &Wanted, to: impl Write) -> anyhow::Result<()> {
    let mut table = Table::onto(to)?;
    table.row(["Number", "When (UTC)", "Who", "Act", "On what or whom", "Page", "Why", "Cohort", "From"])?;
    let mut before = None;
    loop {
        let acts = list(conn, wanted, before, BATCH)?;
        for act in &acts {
            table.row(record(act))?;
        }
        match acts.last() {
            Some(last) if acts.len() as i64 == BATCH => before = Some(last.id),
            _ => break,
        }
    }
    table.finish().map(drop)
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
