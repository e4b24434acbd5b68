//! Proof that a unit or a step is open to somebody now. No other code can make one.

use askama::Template;

use super::Release;
use crate::cohort::Place;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error, Frame};
use crate::programme::{Catalogue, Programme, Step, Unit};

/// Only this file can make one.
#[derive(Debug, Clone, Copy)]
struct Seal;

/// This person may see this unit now: it is open to them, or they facilitate.
#[derive(Debug, Clone, Copy)]
pub struct OpenUnit<'c> {
    pub programme: &'c Programme,
    pub unit: &'c Unit,
    /// Its learners do not see it yet: a facilitator looks ahead.
    pub preview: bool,
    pub opens_at: Instant,
    _seal: Seal,
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
    /// Ends the page's name: 'Unit 7 is not open yet'.
    is: &'static str,
    opens: String,
    meanwhile: &'static str,
    /// Address and words.
    way: (String, &'static str),
    /// The way back.
    programme: String,
}

/// The unit by its number, if it is open to the holder of the place; `releases` are the cohort's. A unit not yet open
/// is 403.
pub fn open_unit<'c>(
    ask: &Ask,
    place: &Place,
    catalogue: &'c Catalogue,
    releases: &[Release],
    number: u16,
) -> Result<OpenUnit<'c>, Error> {
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let unit = programme.unit(number).ok_or(Error::NotFound)?;
    let release = super::release_of(unit, releases).ok_or(Error::NotFound)?;
    seen(ask, place, programme, unit, release).ok_or_else(|| locked(ask, place, unit, release))
}

/// Those of the programme's units that are open to the holder of the place, in order: for pages that show many.
pub fn open_units<'c>(ask: &Ask, place: &Place, programme: &'c Programme, releases: &[Release]) -> Vec<OpenUnit<'c>> {
    let (units, releases) = super::in_order(programme, releases);
    units.into_iter().zip(&releases).filter_map(|(unit, release)| seen(ask, place, programme, unit, release)).collect()
}

/// The units that every learner of a cohort may see now, while they have access: for what goes to people who ask with
/// no session.
pub fn released_units<'c>(programme: &'c Programme, releases: &[Release], now: Instant) -> Vec<&'c Unit> {
    let (units, releases) = super::in_order(programme, releases);
    units.into_iter().zip(&releases).filter(|(_, release)| release.is_open(now)).map(|(unit, _)| unit).collect()
}

/// The one place that decides.
fn seen<'c>(
    ask: &Ask,
    place: &Place,
    programme: &'c Programme,
    unit: &'c Unit,
    release: &Release,
) -> Option<OpenUnit<'c>> {
    let released = release.is_open(ask.now);
    let open = released && ask.now < place.cohort.access_ends_at();
    let seen = OpenUnit { programme, unit, preview: !released, opens_at: release.opens_at, _seal: Seal };
    (open || place.facilitates()).then_some(seen)
}

/// The step by its unit's number and its own slug. A slug that it had formerly leads nowhere here: see `programme`.
pub fn open_step<'c>(
    ask: &Ask,
    place: &Place,
    catalogue: &'c Catalogue,
    releases: &[Release],
    number: u16,
    step: &str,
) -> Result<OpenStep<'c>, Error> {
    let unit = open_unit(ask, place, catalogue, releases, number)?;
    let slug = Slug::parse(step).ok_or(Error::NotFound)?;
    let step = unit.unit.step(&slug).ok_or(Error::NotFound)?;
    Ok(OpenStep { unit, step })
}

/// Says why, and what one can do meanwhile.
fn locked(ask: &Ask, place: &Place, unit: &Unit, release: &Release) -> Error {
    let (zone, path) = (&place.cohort.zone, place.cohort.path());
    let ends = place.cohort.access_ends_at();
    let (is, opens, meanwhile, way) = if ask.now >= ends {
        (
            "is closed",
            format!("Access to this course ended on {}", zone.plain_with_year(ends)),
            "Its texts and discussions can be read no more. What you noted for yourself is still yours to read.",
            (format!("{path}/notes"), "Your notes"),
        )
    } else if release.held {
        (
            "is not open yet",
            "Your facilitators hold this unit and will open it by hand".into(),
            "There is nothing that you have to do for it. If you expected it to be open, ask in the discussions.",
            (format!("{path}/discussions"), "Discussions"),
        )
    } else {
        (
            "is not open yet",
            format!("Opens {}", zone.plain_with_year(release.opens_at)),
            "There is nothing that you have to do before. All dates of the course are in its calendar.",
            (format!("{path}/calendar"), "Calendar"),
        )
    };
    let label = format!("Unit {}", unit.number);
    let frame = place.frame(ask);
    let page = Locked { frame, label, title: &unit.title, is, opens, meanwhile, way, programme: path };
    Error::page(actix_web::http::StatusCode::FORBIDDEN, page)
}
