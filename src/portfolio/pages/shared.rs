//! `/cohorts/{cohort}/portfolio/shared`: what people of the cohort share, newest first.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{ShownProduct, visible};
use crate::cohort::gate;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::portfolio::store::{self, After};
use crate::portfolio::{ProductId, Shared, path};
use crate::programme::{Catalogue, Content};
use crate::schedule::gate::open_units;
use crate::schedule::store::list_seen;

/// How many products a page shows.
const PAGE: usize = 10;

#[derive(Template)]
#[template(path = "portfolio/shared.html")]
struct SharedProducts {
    frame: Frame,
    cohort: String,
    products: Vec<ShownProduct>,
    /// Empty for those who have none.
    own: String,
    is_first: bool,
    path: String,
    next: Option<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    ask.page(page)
}

/// Three queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<SharedProducts, Error> {
    let asked = ask.parameters()?;
    asked.only(&["after"])?;
    let after = Some(asked.get("after")).filter(|text| !text.is_empty()).map(after_of).transpose()?;
    let place = gate::place(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let units = visible(&open_units(ask, &place, programme, &releases));
    let mut shared = store::list_shared(conn, place.cohort.id, &units, (None, after), PAGE as i64 + 1)?;
    let more = shared.len() > PAGE;
    shared.truncate(PAGE);
    let own = path(&place.cohort);
    Ok(SharedProducts {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        path: format!("{own}/shared"),
        next: shared.last().filter(|_| more).map(|last| format!("{own}/shared?after={}", written(last))),
        own: place.learner().map(|_| own).unwrap_or_default(),
        is_first: after.is_none(),
        products: shared.into_iter().filter_map(|one| ShownProduct::new(&place, programme, one, ask.now)).collect(),
    })
}

/// A place in the list, as addresses write it: the microsecond of sharing, and the product.
fn written(shared: &Shared) -> String {
    format!("{}-{}", shared.shared_at.micros(), shared.id)
}

fn after_of(text: &str) -> Result<After, Error> {
    let read = || {
        let (micros, id) = text.split_once('-')?;
        Some(After { shared_at: Instant::from_micros(micros.parse().ok()?), id: ProductId(id.parse().ok()?) })
    };
    read().ok_or(Error::BadRequest("The address names no place in the list."))
}
