//! `/cohorts/{cohort}/calendar`: what is ahead and what was, by month; and the private address by which somebody's own
//! calendar program follows it.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;
use diesel::QueryResult;

use super::{Visit, note_visit};
use crate::cohort::store::list_breaks;
use crate::cohort::{Cohort, EnrolmentId, Place, gate, zone_in_words};
use crate::learner::calendar::{Date, Dates, Occasion, Planned, dates};
use crate::learner::{Link, calendar_path, step_path, store, unit_path};
use crate::live;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::Secret;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::{Catalogue, Content, Step, Unit};
use crate::schedule::Release;
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

#[derive(Template)]
#[template(path = "learner/calendar.html")]
struct Calendar {
    frame: Frame,
    path: String,
    /// The way back.
    programme: String,
    cohort: String,
    times: String,
    /// The same, a month on each page.
    sheets: Option<Link>,
    ahead: Vec<Month>,
    /// Units without a date.
    held: Vec<Row>,
    was: Vec<Month>,
    /// None: not for who is not enrolled, nor after the end of access.
    private: Option<Private>,
}

struct Month {
    /// `March 2027`.
    name: String,
    rows: Vec<Row>,
}

pub(super) struct Row {
    /// Empty: no date.
    pub when: String,
    /// For machines: the instant, or the first day.
    pub at: String,
    pub title: String,
    /// Empty: not open.
    pub href: String,
    pub note: &'static str,
    pub preview: bool,
}

/// The private address as its owner sees it.
struct Private {
    /// The address itself, when it has just been made; otherwise empty.
    fresh: String,
    /// Empty: there is none.
    made_on: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let read = move |conn: &mut Conn| {
        let place = gate::place(conn, &asked, &cohort)?;
        Ok::<_, Error>((load(conn, &asked, &catalogue, &place, None)?, Visit::of(&place, asked.now)))
    };
    let (page, visit) = db.read(read).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Makes a private address in the place of any earlier one. The answer is the page itself, not a way to it: the secret
/// is on it, this once, and travels in no address or cookie.
pub async fn make_address(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    cohort: Path<String>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let make = move |conn: &mut Conn| {
        let place = gate::place(conn, &asked, &cohort)?;
        let own = may_have_address(&place, &asked).ok_or(Error::NotFound)?;
        let secret = Secret::random();
        store::keep_calendar_token(conn, own, &secret.hash(), asked.now)?;
        load(conn, &asked, &catalogue, &place, Some(&secret))
    };
    let page = db.write(make).await?;
    ask.page(page)
}

pub async fn stop(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let stop = move |conn: &mut Conn| {
        let place = gate::place(conn, &asked, &cohort)?;
        let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
        store::revoke_calendar_token(conn, own.id)?;
        Ok::<_, Error>(calendar_path(&place.cohort))
    };
    let path = db.write(stop).await?;
    ask.done(path, "calendar-stopped")
}

/// Two queries.
pub(super) fn planned(conn: &mut Conn, cohort: &Cohort, releases: Vec<Release>) -> QueryResult<Planned> {
    Ok(Planned { releases, breaks: list_breaks(conn, cohort.id)?, sessions: live::store::list(conn, cohort.id)? })
}

/// The enrolment that an address would be for.
fn may_have_address(place: &Place, ask: &Ask) -> Option<EnrolmentId> {
    let own = place.enrolment.as_ref().filter(|_| ask.now < place.cohort.access_ends_at());
    own.map(|enrolment| enrolment.id)
}

/// Four queries, besides the one for the place. `fresh`: the secret that was just made.
fn load(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    place: &Place,
    fresh: Option<&Secret>,
) -> Result<Calendar, Error> {
    let cohort = &place.cohort;
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, place)?;
    let planned = planned(conn, cohort, releases)?;
    let own = may_have_address(place, ask);
    let private = own.map(|own| private(conn, ask, place, own, fresh)).transpose()?;
    let open = open_units(ask, place, programme, &planned.releases);
    let Dates { listed, held } = dates(cohort, programme, &planned);
    let sheets = super::month::nearest(cohort, cohort.zone.local_date(ask.now), &listed);
    let (was, ahead): (Vec<Date<'_>>, Vec<_>) = listed.into_iter().partition(|date| date.is_past(cohort, ask.now));
    Ok(Calendar {
        frame: place.frame(ask),
        path: calendar_path(cohort),
        programme: cohort.path(),
        cohort: cohort.name.clone(),
        times: zone_in_words(&cohort.zone),
        sheets,
        ahead: months(&ahead, place, &open),
        held: held.into_iter().map(|unit| held_row(unit, place, &open)).collect(),
        was: months(&was, place, &open),
        private,
    })
}

fn private(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    own: EnrolmentId,
    fresh: Option<&Secret>,
) -> Result<Private, Error> {
    let made = store::calendar_token_made_at(conn, own)?;
    let address = |secret: &Secret| ask.site.base_url.join(&format!("/calendar/{}.ics", secret.as_str()));
    Ok(Private {
        fresh: fresh.map(address).unwrap_or_default(),
        made_on: made.map(|at| day_in_words(place.cohort.zone.local_date(at))).unwrap_or_default(),
    })
}

fn months(dates: &[Date<'_>], place: &Place, open: &[OpenUnit<'_>]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    for date in dates {
        let (name, row) = (date.first.format("%B %Y").to_string(), row(date, place, open));
        match months.last_mut() {
            Some(month) if month.name == name => month.rows.push(row),
            _ => months.push(Month { name, rows: vec![row] }),
        }
    }
    months
}

/// A date as a list shows it.
pub(super) fn row(date: &Date<'_>, place: &Place, open: &[OpenUnit<'_>]) -> Row {
    let zone = &place.cohort.zone;
    let (title, note) = match date.what {
        Occasion::Opening(unit, release) => {
            let row = unit_row(unit, place, open);
            let (when, at) = (zone.plain(release.opens_at), release.opens_at.rfc3339());
            return Row { when, at, ..row };
        }
        Occasion::Live(unit, step, session) => {
            let row = live_row(unit, step, place, open);
            let (when, at) = (zone.plain(session.starts_at), session.starts_at.rfc3339());
            return Row { when, at, note: if session.called_off { "Called off." } else { "" }, ..row };
        }
        Occasion::Break(pause) => (pause.name.clone(), "No unit opens."),
        Occasion::LastToTakePart => (
            "Last day to take part".into(),
            "From the next day on, everything can be read, but nothing posted or completed.",
        ),
        Occasion::LastOfAccess => ("Last day of access".into(), "From the next day on, units can no longer be read."),
    };
    Row {
        when: days(date.first, date.last),
        at: date.first.to_string(),
        title,
        href: String::new(),
        note,
        preview: false,
    }
}

fn live_row(unit: &Unit, step: &Step, place: &Place, open: &[OpenUnit<'_>]) -> Row {
    let seen = open.iter().find(|open| open.unit.number == unit.number);
    Row {
        title: live::title(unit, step, seen.is_some()),
        href: seen.map(|_| step_path(&place.cohort, unit, step)).unwrap_or_default(),
        ..unit_row(unit, place, open)
    }
}

/// `Monday 15 February to Sunday 21 February`.
fn days(first: NaiveDate, last: NaiveDate) -> String {
    if first == last { day_in_words(first) } else { format!("{} to {}", day_in_words(first), day_in_words(last)) }
}

fn held_row(unit: &Unit, place: &Place, open: &[OpenUnit<'_>]) -> Row {
    Row { note: "Held. Your facilitators will open it by hand.", ..unit_row(unit, place, open) }
}

/// A unit without its time; it leads somewhere only for whom it is open.
fn unit_row(unit: &Unit, place: &Place, open: &[OpenUnit<'_>]) -> Row {
    let seen = open.iter().find(|open| open.unit.number == unit.number);
    Row {
        when: String::new(),
        at: String::new(),
        title: unit.full_title(),
        href: seen.map(|_| unit_path(&place.cohort, unit)).unwrap_or_default(),
        note: "",
        preview: seen.is_some_and(|open| open.preview),
    }
}
