//! Proof that a unit or a step is open to somebody now. No other code can make one.

use askama::Template;

use super::{Release, store};
use crate::cohort::Place;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error, Frame};
use crate::programme::{Catalogue, Programme, Step, Unit};

/// This person may see this unit now: it is open to them, or they facilitate.
#[derive(Debug, Clone, Copy)]
pub struct OpenUnit<'c> {
    pub programme: &'c Programme,
    pub unit: &'c Unit,
    /// A facilitator sees it before its learners do.
    pub preview: bool,
    pub opens_at: Instant,
    _made_by_the_gate: (),
}

/// This person may see this step now.
#[derive(Debug, Clone, Copy)]
pub struct OpenStep<'c> {
    pub unit: OpenUnit<'c>,
    pub step: &'c Step,
}

/// A unit not yet open: its number, title and opening time, and nothing else.
#[derive(Template)]
#[template(path = "schedule/locked.html")]
struct Locked<'a> {
    frame: Frame,
    label: String,
    title: &'a str,
    opens: String,
}

/// The unit by its number, if it is open to the holder of the place. One query. A unit not yet open is 403.
pub fn open_unit<'c>(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    catalogue: &'c Catalogue,
    number: u16,
) -> Result<OpenUnit<'c>, Error> {
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let unit = programme.unit(number).ok_or(Error::NotFound)?;
    let release = store::release(conn, place.cohort.id, &unit.slug)?.ok_or(Error::NotFound)?;
    let open = release.is_open(ask.now) && ask.now < place.cohort.access_ends_at();
    if !open && !place.facilitates() {
        return Err(locked(ask, place, unit, &release));
    }
    Ok(OpenUnit { programme, unit, preview: !open, opens_at: release.opens_at, _made_by_the_gate: () })
}

/// Every unit that the holder of the place may see now, by releases that were read before.
pub fn open_units<'c>(ask: &Ask, place: &Place, programme: &'c Programme, releases: &[Release]) -> Vec<OpenUnit<'c>> {
    let has_access = ask.now < place.cohort.access_ends_at();
    let open_unit = |unit: &'c Unit| {
        let release = releases.iter().find(|r| r.unit == unit.slug)?;
        let open = has_access && release.is_open(ask.now);
        let made = OpenUnit { programme, unit, preview: !open, opens_at: release.opens_at, _made_by_the_gate: () };
        (open || place.facilitates()).then_some(made)
    };
    programme.units.iter().filter_map(open_unit).collect()
}

/// The step by its unit's number and its own slug. A slug that it had formerly leads nowhere here: see `programme`.
pub fn open_step<'c>(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    catalogue: &'c Catalogue,
    number: u16,
    step: &str,
) -> Result<OpenStep<'c>, Error> {
    let unit = open_unit(conn, ask, place, catalogue, number)?;
    let slug = Slug::parse(step).ok_or(Error::NotFound)?;
    let step = unit.unit.step(&slug).ok_or(Error::NotFound)?;
    Ok(OpenStep { unit, step })
}

fn locked(ask: &Ask, place: &Place, unit: &Unit, release: &Release) -> Error {
    let opens = if ask.now >= place.cohort.access_ends_at() {
        format!("Access to this course ended on {}", place.cohort.zone.plain_with_year(place.cohort.access_ends_at()))
    } else if release.held {
        "Your facilitators hold this unit and will open it by hand".into()
    } else {
        format!("Opens {}", place.cohort.zone.plain_with_year(release.opens_at))
    };
    let label = format!("Unit {}", unit.number);
    let page = Locked { frame: place.frame(ask), label, title: &unit.title, opens };
    Error::page(actix_web::http::StatusCode::FORBIDDEN, page)
}
