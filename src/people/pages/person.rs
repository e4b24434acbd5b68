//! `/cohorts/{cohort}/people/{enrolment}`: what one person shows of their card, and what they share of their portfolio.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Shown;
use crate::cohort::{EnrolmentId, gate};
use crate::discussion::store::{follows_person, set_follows_person};
use crate::people::{path, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::portfolio::pages::{ShownProduct, visible};
use crate::portfolio::store::list_shared;
use crate::programme::{Catalogue, Content};
use crate::schedule::gate::open_units;
use crate::schedule::store::list_seen;

/// How many products there are at most: one a unit.
const PRODUCTS: i64 = 100;

#[derive(Template)]
#[template(path = "people/person.html")]
struct Person {
    frame: Frame,
    people: String,
    cohort: String,
    person: Shown,
    products: Vec<ShownProduct>,
    /// Whether the viewer follows what they write. None: it is their own card, or they are not enrolled.
    follows: Option<bool>,
    /// Where its owner changes the card. Empty: it is somebody else's.
    change: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &address)).await?;
    ask.page(page)
}

/// Five queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, (cohort, id): &(String, String)) -> Result<Person, Error> {
    let place = gate::place(conn, ask, cohort)?;
    let id = number(id)?;
    let member = store::find(conn, place.cohort.id, id)?.ok_or(Error::NotFound)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let units = visible(&open_units(ask, &place, programme, &releases));
    let products = list_shared(conn, place.cohort.id, &units, (Some(id), None), PRODUCTS)?;
    let (people, person) = (path(&place.cohort), Shown::new(&place, &member));
    let follows = match &place.enrolment {
        Some(own) if own.id != id => Some(follows_person(conn, own.id, id)?),
        _ => None,
    };
    Ok(Person {
        follows,
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        products: products.into_iter().filter_map(|one| ShownProduct::new(&place, programme, one, ask.now)).collect(),
        change: if person.is_own { format!("{people}/me") } else { String::new() },
        people,
        person,
    })
}

fn number(id: &str) -> Result<EnrolmentId, Error> {
    id.parse().ok().filter(|n: &i64| n.to_string() == id).map(EnrolmentId).ok_or(Error::NotFound)
}

/// `follow=yes` or `no`: whether the viewer is told of what somebody else writes.
pub async fn follow(ask: Ask, db: Data<Db>, address: Path<(String, String)>, fields: Fields) -> Answer {
    let asked = ask.clone();
    let (to, follows) = db
        .write(move |conn| {
            let place = gate::place(conn, &asked, &address.0)?;
            fields.only(&["follow"])?;
            let own = place.enrolment.as_ref().ok_or(Error::NotFound)?.id;
            let member = store::find(conn, place.cohort.id, number(&address.1)?)?.ok_or(Error::NotFound)?;
            let follows = match fields.get("follow") {
                "yes" if member.enrolment == own => return Err(Error::BadRequest("It is your own card.")),
                "yes" => true,
                "no" => false,
                _ => return Err(Error::BadRequest("It says neither yes nor no.")),
            };
            set_follows_person(conn, own, member.enrolment, follows, asked.now)?;
            Ok::<_, Error>((format!("{}/{}", path(&place.cohort), member.enrolment), follows))
        })
        .await?;
    ask.done(to, if follows { "person-followed" } else { "person-unfollowed" })
}
