//! `/cohorts/{cohort}/portfolio`: all of one's own products on one page, week by week.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Worked, state};
use crate::cohort::{Place, gate};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::portfolio::{Product, Sheet, named, path, store};
use crate::programme::{Catalogue, Content, Unit};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;
use crate::schedule::{Release, release_of};

#[derive(Template)]
#[template(path = "portfolio/own.html")]
struct Portfolio {
    frame: Frame,
    cohort: String,
    author: String,
    shared: String,
    weeks: Vec<Week>,
}

struct Week {
    number: u16,
    /// `Week 2: A purpose worth turning up for`.
    unit: String,
    /// None: the unit is not open, and nothing more is told of it.
    product: Option<OwnProduct>,
    /// When the unit opens. Empty: it is open.
    opens: String,
}

struct OwnProduct {
    title: String,
    state: String,
    look: &'static str,
    html: String,
    /// Where it is written and shared. Empty: not now.
    href: String,
    is_written: bool,
    sheets: Vec<Sheet>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    ask.page(page)
}

/// Five queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<Portfolio, Error> {
    let place = gate::place(conn, ask, cohort)?;
    let learner = place.learner().ok_or(Error::NotFound)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let open = open_units(ask, &place, programme, &releases);
    let products = store::list_own(conn, learner)?;
    let worked = Worked::read(conn, learner)?;
    let asked_for = programme.units.iter().filter(|unit| named(unit).is_some());
    let weeks = asked_for.map(|unit| {
        let written = products.iter().find(|product| product.unit == unit.slug);
        let open = open.iter().find(|open| open.unit.slug == unit.slug);
        week(&place, unit, &releases, (open, written), &worked, ask.now)
    });
    Ok(Portfolio {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        author: place.person.name.clone(),
        shared: format!("{}/shared", path(&place.cohort)),
        weeks: weeks.collect(),
    })
}

fn week(
    place: &Place,
    unit: &Unit,
    releases: &[Release],
    (open, written): (Option<&OpenUnit<'_>>, Option<&Product>),
    worked: &Worked,
    now: Instant,
) -> Week {
    let (state, look) = state(place, written, now);
    // One's own text stays to be read, whatever became of its unit.
    let product = (open.is_some() || written.is_some()).then(|| OwnProduct {
        title: named(unit).unwrap_or_default().to_owned(),
        state,
        look,
        html: written.map(|product| product.html.clone()).unwrap_or_default(),
        href: open.map(|_| format!("{}/{}", path(&place.cohort), unit.number)).unwrap_or_default(),
        is_written: written.is_some(),
        sheets: open.map(|open| worked.sheets(&place.cohort, open)).unwrap_or_default(),
    });
    let opens = if open.is_some() { String::new() } else { opens(place, unit, releases, now) };
    Week { number: unit.number, unit: unit.full_title(), product, opens }
}

fn opens(place: &Place, unit: &Unit, releases: &[Release], now: Instant) -> String {
    match release_of(unit, releases) {
        _ if now >= place.cohort.access_ends_at() => "Not open to you now".into(),
        Some(release) if !release.held => format!("Opens {}", place.cohort.zone.plain(release.opens_at)),
        _ => "Opened by your facilitators".into(),
    }
}
