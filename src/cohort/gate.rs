//! Who may be in a cohort's pages. Everybody else is told that there is no such page.

use super::{Place, store};
use crate::accounts::gate::signed_in;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error};

/// The person's place in the cohort: enrolled and active, or an administrator. One query.
pub fn place(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Place, Error> {
    let sign_in = || Error::SignIn { next: ask.page.clone() };
    let secret = ask.session.as_ref().ok_or_else(sign_in)?;
    let Some(slug) = Slug::parse(slug) else {
        signed_in(conn, ask)?;
        return Err(Error::NotFound);
    };
    let found = store::place_of_session(conn, secret, &slug, ask.now)?;
    let (person, cohort, enrolment) = found.ok_or_else(sign_in)?;
    let cohort = cohort.ok_or(Error::NotFound)?;
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
