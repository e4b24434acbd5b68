//! The schedule as it stands: every unit and break in order.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::Sheet;
use super::words::{clock_change, day_with_year, days_of};
use crate::cohort::Break;
use crate::platform::clock::Instant;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Field, Frame};
use crate::platform::zone::{Zone, day_in_words};
use crate::programme::Content;
use crate::schedule::store::{Entry, list_changes};
use crate::schedule::{Release, bank_holiday, closes_on};

#[derive(Template)]
#[template(path = "schedule/list.html")]
struct List {
    frame: Frame,
    eyebrow: String,
    rows: Vec<Row>,
    closes: String,
    move_unit: Field,
    units: Vec<(String, String)>,
    by: Field,
    of: Field,
    spans: Vec<(String, String)>,
    path: String,
    /// The same as a month on a sheet.
    calendar: String,
    /// Where one sees the course as learners will on a day.
    look: String,
    /// Empty: nobody changed it yet.
    last_change: String,
}

/// A unit, or a break between two.
struct Row {
    /// Empty for a break.
    number: String,
    title: String,
    /// For machines: an instant, or a break's first day.
    datetime: String,
    when: String,
    stage: Stage,
    state: String,
    notes: Vec<String>,
    /// The first unit for which the clocks have turned.
    turned: bool,
}

#[derive(PartialEq)]
enum Stage {
    Past,
    /// The newest of the open units.
    Current,
    Coming,
    Pause,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let last = list_changes(conn, sheet.place.cohort.id, None, 1)?.pop();
        Ok::<_, Error>(list(&asked, &sheet, last.as_ref()))
    });
    ask.page(page.await?)
}

fn list(ask: &Ask, sheet: &Sheet<'_>, last: Option<&Entry>) -> List {
    let cohort = &sheet.place.cohort;
    let named = |place: usize| format!("{} {}", sheet.units[place].number, sheet.units[place].title);
    let next = sheet.releases.iter().position(|r| !r.is_open(ask.now)).unwrap_or(0);
    let first = sheet.units.get(next).map_or_else(String::new, |u| u.number.to_string());
    let closes = format!(
        "Discussions close on {}. Access to units ends on {}.",
        day_with_year(closes_on(cohort, &sheet.releases)),
        day_with_year(cohort.zone.local_date(cohort.access_ends_at()))
    );
    List {
        frame: sheet.place.frame(ask),
        eyebrow: sheet.eyebrow(),
        rows: rows(ask.now, sheet),
        closes,
        move_unit: Field::new("unit", "First unit to move").value(&first),
        units: (0..sheet.units.len()).map(|i| (sheet.units[i].number.to_string(), named(i))).collect(),
        by: super::unit::by_field().value("1"),
        of: Field::new("of", "Weeks or days").value("weeks"),
        spans: super::unit::spans(),
        path: sheet.path(),
        calendar: format!("{}/calendar/{}", cohort.path(), month_to_show(ask.now, sheet).format("%Y-%m")),
        look: format!("{}/manage/look", cohort.path()),
        last_change: last.map(|entry| changed_by(entry, &cohort.zone, ask.now)).unwrap_or_default(),
    }
}

/// The month of the next unit to open, or of the last.
fn month_to_show(now: Instant, sheet: &Sheet<'_>) -> NaiveDate {
    let next = sheet.releases.iter().find(|r| !r.is_open(now)).or(sheet.releases.last());
    next.map_or(sheet.place.cohort.starts_on, |release| release.local_time.date())
}

/// 'Priya Raman, Tuesday at 10:05: Unit 8 and all later units moved 1 week later'
fn changed_by(entry: &Entry, zone: &Zone, now: Instant) -> String {
    format!("{}, {}: {}", entry.actor, zone.recent(entry.changed_at, now), entry.title)
}

fn rows(now: Instant, sheet: &Sheet<'_>) -> Vec<Row> {
    let newest = sheet.releases.iter().rposition(|r| r.is_open(now));
    let mut breaks = sheet.breaks.iter().peekable();
    let mut rows = Vec::new();
    for (place, release) in sheet.releases.iter().enumerate() {
        while let Some(pause) = breaks.next_if(|b| b.first_day <= release.local_time.date()) {
            rows.push(break_row(pause));
        }
        let mut row = unit_row(place, now, sheet);
        if newest == Some(place) {
            row.stage = Stage::Current;
        }
        rows.push(row);
    }
    rows.extend(breaks.map(break_row));
    rows
}

fn break_row(pause: &Break) -> Row {
    Row {
        number: String::new(),
        title: pause.name.clone(),
        datetime: pause.first_day.to_string(),
        when: days_of(pause),
        stage: Stage::Pause,
        state: "Nothing opens".into(),
        notes: Vec::new(),
        turned: false,
    }
}

fn unit_row(place: usize, now: Instant, sheet: &Sheet<'_>) -> Row {
    let (unit, release, zone) = (sheet.units[place], &sheet.releases[place], &sheet.place.cohort.zone);
    let ahead = place.checked_sub(1).map(|i| &sheet.releases[i]);
    let open = release.is_open(now);
    let turn = ahead.filter(|_| !open).and_then(|ahead| turn_between(zone, ahead, release));
    let mut notes = Vec::new();
    if let Some(turn) = &turn {
        notes.push(turn.clone());
    }
    let holiday = bank_holiday(release.local_time.date()).filter(|_| !open && zone.name() == "Europe/London");
    if let Some(name) = holiday {
        notes.push(format!("It is {name}, a bank holiday in England."));
    }
    if !open && release.set_by_hand {
        notes.push("Set by hand: it stays when the cohort’s dates change.".into());
    }
    if release.held {
        notes.push("Closed until you open it or let it go.".into());
    } else if !open && ahead.is_some_and(|ahead| ahead.held) {
        notes.push(format!("Opens although unit {} is held.", sheet.units[place - 1].number));
    }
    Row {
        number: unit.number.to_string(),
        title: unit.title.clone(),
        datetime: release.opens_at.rfc3339(),
        when: zone.exact(release.opens_at),
        stage: if open { Stage::Past } else { Stage::Coming },
        state: state(release, zone, now),
        notes,
        turned: turn.is_some(),
    }
}

fn turn_between(zone: &Zone, ahead: &Release, release: &Release) -> Option<String> {
    if zone.offset_minutes(ahead.opens_at) == zone.offset_minutes(release.opens_at) {
        return None;
    }
    let (day, _) = clock_change(zone, ahead.local_time.date(), release.local_time.date())?;
    Some(format!("The first unit after the clock change on {}.", day_in_words(day)))
}

/// 'Open since 22 February', 'Held', 'Opens in 6 days'
pub(super) fn state(release: &Release, zone: &Zone, now: Instant) -> String {
    let day = zone.local_date(release.opens_at);
    if release.held {
        return "Held".into();
    }
    if release.is_open(now) {
        return format!("Open since {}", day.format("%-d\u{a0}%B"));
    }
    match (day - zone.local_date(now)).num_days() {
        0 => "Opens today".into(),
        1 => "Opens tomorrow".into(),
        days => format!("Opens in {days} days"),
    }
}
