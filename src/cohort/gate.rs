//! Who may be in a cohort's pages. Everybody else is told that there is no such page.

use super::{Place, store};
use crate::accounts::gate::signed_in;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error};

/// The person's place in the cohort: enrolled and active, or an administrator. Two queries.
pub fn place(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Place, Error> {
    let person = signed_in(conn, ask)?;
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    let (cohort, enrolment) = store::cohort_and_enrolment(conn, &slug, person.id)?.ok_or(Error::NotFound)?;
    if enrolment.is_none() && !person.is_administrator {
        return Err(Error::NotFound);
    }
    Ok(Place { cohort, person, enrolment })
}

/// The same for facilitators (and administrators) alone.
pub fn facilitated(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Place, Error> {
    let place = place(conn, ask, slug)?;
    if place.facilitates() { Ok(place) } else { Err(Error::NotFound) }
}
