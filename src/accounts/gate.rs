//! Who asks: the signed-in person, or nobody.

use super::{Person, store};
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error};

/// The person of the request's session, if there is one. One query.
pub fn person(conn: &mut Conn, ask: &Ask) -> Result<Option<Person>, Error> {
    match &ask.session {
        Some(secret) => {
            let person = store::person_of_session(conn, secret, ask.now)?;
            Ok(person.map(|person| Person { from: ask.peer, ..person }))
        }
        None => Ok(None),
    }
}

/// The person, or the way to the sign-in page and back.
pub fn signed_in(conn: &mut Conn, ask: &Ask) -> Result<Person, Error> {
    person(conn, ask)?.ok_or_else(|| Error::SignIn { next: ask.page.clone() })
}

/// The administrator; for anybody else the page does not exist.
pub fn administrator(conn: &mut Conn, ask: &Ask) -> Result<Person, Error> {
    let person = signed_in(conn, ask)?;
    if person.is_administrator { Ok(person) } else { Err(Error::NotFound) }
}
