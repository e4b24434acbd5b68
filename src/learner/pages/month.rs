//! `/cohorts/{cohort}/calendar/{month}`: one month on a sheet, and below it the same in words.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::calendar::{Row, planned, row};
use super::{Visit, note_visit};
use crate::cohort::{Cohort, Place, gate, zone_in_words};
use crate::learner::calendar::{Date, Occasion, dates};
use crate::learner::words::sentence;
use crate::learner::{Link, calendar_path, step_path, unit_path};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::hour_in_words;
use crate::programme::{Catalogue, Content};
use crate::schedule::bank_holiday;
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

#[derive(Template)]
#[template(path = "learner/month.html")]
struct MonthPage {
    frame: Frame,
    list: String,
    cohort: String,
    title: String,
    times: String,
    before: Option<Link>,
    after: Option<Link>,
    /// From Monday.
    weeks: Vec<Vec<Cell>>,
    rows: Vec<Row>,
    /// Where facilitators change it. Empty: for nobody else.
    manage: String,
}

/// A day on the sheet.
struct Cell {
    /// `2027-03-29`.
    date: NaiveDate,
    /// Of the month before or after.
    is_outside: bool,
    is_today: bool,
    entries: Vec<Entry>,
}

struct Entry {
    words: String,
    /// Empty: it leads nowhere, or not yet.
    href: String,
    class: &'static str,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &address)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Four queries.
fn load(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (slug, month): &(String, String),
) -> Result<(MonthPage, Visit), Error> {
    let place = gate::place(conn, ask, slug)?;
    let cohort = &place.cohort;
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let planned = planned(conn, cohort, releases)?;
    let open = open_units(ask, &place, programme, &planned.releases);
    let listed = dates(cohort, programme, &planned).listed;
    let first = read_month(month, &listed).ok_or(Error::NotFound)?;
    let last = last_of(first);
    let shown = listed.iter().filter(|date| date.first <= last && date.last >= first);
    let page = MonthPage {
        frame: place.frame(ask),
        list: calendar_path(cohort),
        cohort: cohort.name.clone(),
        title: name(first),
        times: zone_in_words(&cohort.zone),
        before: first.checked_sub_months(Months::new(1)).and_then(|month| way(cohort, month, &listed)),
        after: first.checked_add_months(Months::new(1)).and_then(|month| way(cohort, month, &listed)),
        weeks: weeks(first, cohort.zone.local_date(ask.now), &|day| entries(day, &listed, &place, &open)),
        rows: shown.map(|date| row(date, &place, &open)).collect(),
        manage: if place.facilitates() { format!("{}/manage/schedule", cohort.path()) } else { String::new() },
    };
    Ok((page, Visit::of(&place, ask.now)))
}

/// `March 2027`.
fn name(month: NaiveDate) -> String {
    month.format("%B %Y").to_string()
}

/// The month of today, or the nearest in which the course has a date: where the sheets begin.
pub(super) fn nearest(cohort: &Cohort, today: NaiveDate, listed: &[Date<'_>]) -> Option<Link> {
    let (first, last) = bounds(listed)?;
    let month = today.with_day(1)?.clamp(first, last);
    Some(Link::new(path(cohort, month), "As monthly sheets"))
}

fn path(cohort: &Cohort, month: NaiveDate) -> String {
    format!("{}/{}", calendar_path(cohort), month.format("%Y-%m"))
}

/// The way to a month, if it is one of the course's.
fn way(cohort: &Cohort, month: NaiveDate, listed: &[Date<'_>]) -> Option<Link> {
    let (first, last) = bounds(listed)?;
    (first..=last).contains(&month).then(|| Link::new(path(cohort, month), name(month)))
}

/// The first days of the first month and of the last.
fn bounds(listed: &[Date<'_>]) -> Option<(NaiveDate, NaiveDate)> {
    let first = listed.iter().map(|date| date.first).min()?;
    let last = listed.iter().map(|date| date.last).max()?;
    Some((first.with_day(1)?, last.with_day(1)?))
}

/// The first day of a month written `2027-03`, if the course has it.
fn read_month(text: &str, listed: &[Date<'_>]) -> Option<NaiveDate> {
    let month: NaiveDate = format!("{text}-01").parse().ok()?;
    let (first, last) = bounds(listed)?;
    (month.format("%Y-%m").to_string() == text && (first..=last).contains(&month)).then_some(month)
}

fn last_of(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(first)
}

/// Whole weeks from Monday to Sunday that hold the month.
fn weeks(first: NaiveDate, today: NaiveDate, entries: &dyn Fn(NaiveDate) -> Vec<Entry>) -> Vec<Vec<Cell>> {
    let last = last_of(first);
    let monday = first.checked_sub_days(Days::new(first.weekday().num_days_from_monday().into())).unwrap_or(first);
    let cell = |date: NaiveDate| Cell {
        date,
        is_outside: date < first || date > last,
        is_today: date == today,
        entries: if date < first || date > last { Vec::new() } else { entries(date) },
    };
    let mondays = monday.iter_weeks().take_while(|monday| *monday <= last);
    mondays.map(|monday| monday.iter_days().take(7).map(cell).collect()).collect()
}

fn entries(day: NaiveDate, listed: &[Date<'_>], place: &Place, open: &[OpenUnit<'_>]) -> Vec<Entry> {
    let on = listed.iter().filter(|date| date.first <= day && day <= date.last);
    let holiday = bank_holiday(day).filter(|_| place.cohort.zone.name() == "Europe/London");
    let holiday = holiday.map(|name| Entry { words: sentence(name), href: String::new(), class: "is-break" });
    holiday.into_iter().chain(on.map(|date| entry(date, place, open))).collect()
}

fn entry(date: &Date<'_>, place: &Place, open: &[OpenUnit<'_>]) -> Entry {
    let cohort = &place.cohort;
    let seen = |number: u16| open.iter().any(|open| open.unit.number == number);
    let plain = |words: String, class| Entry { words, href: String::new(), class };
    match date.what {
        Occasion::Opening(unit, _) => Entry {
            words: format!("{} opens", unit.label()),
            href: if seen(unit.number) { unit_path(cohort, unit) } else { String::new() },
            class: "is-opening",
        },
        Occasion::Live(unit, step, session) => {
            let hour = hour_in_words(session.local_time.time());
            let words = if session.called_off { "Live session, called off".into() } else { format!("Live at {hour}") };
            let href = if seen(unit.number) { step_path(cohort, unit, step) } else { String::new() };
            Entry { words, href, class: "is-live" }
        }
        Occasion::Break(pause) => plain(pause.name.clone(), "is-break"),
        Occasion::LastToTakePart => plain("Last day to take part".into(), "is-last"),
        Occasion::LastOfAccess => plain("Last day of access".into(), "is-last"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_whole_weeks_and_the_whole_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let sheet = |first: &str| weeks(day(first), day("2027-02-10"), &|_| Vec::new());
        let february = sheet("2027-02-01");
        assert_eq!(
            (february.len(), february[0][0].date, february[3][6].date),
            (4, day("2027-02-01"), day("2027-02-28"))
        );
        assert!(february[1][2].is_today && february.iter().flatten().filter(|cell| cell.is_today).count() == 1);
        let august = sheet("2027-08-01");
        assert_eq!((august.len(), august[0][0].date, august[5][1].date), (6, day("2027-07-26"), day("2027-08-31")));
        assert!(august[0][5].is_outside && !august[0][6].is_outside && august[5][2].is_outside);
        assert!(august.iter().all(|week| week.len() == 7));
    }
}
