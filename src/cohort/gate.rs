//! Who may be in a cohort's pages. A learner who has left is told so, everybody else that there is no such page.

use actix_web::http::StatusCode;
use askama::Template;

use super::{Cohort, Enrolment, EnrolmentId, Joining, Looking, Place, store};
use crate::accounts::Person;
use crate::accounts::gate::signed_in;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error, Frame, Look};

/// To a learner who was in it once: that it is there is no secret from them.
#[derive(Template)]
#[template(path = "cohort/left.html")]
struct Left {
    frame: Frame,
    name: String,
    /// Where to join again, in a cohort that is not by invitation only.
    join: Option<String>,
}

fn left(ask: &Ask, person: &Person, cohort: &Cohort) -> Error {
    let page = Left {
        frame: Frame::of_person(ask, &person.name),
        name: cohort.name.clone(),
        join: (cohort.joining != Joining::Invitation).then(|| format!("{}/join", cohort.path())),
    };
    Error::page(StatusCode::FORBIDDEN, page)
}

/// The person's place in the cohort: enrolled and active, or an administrator. One query.
pub fn place(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Place, Error> {
    let sign_in = || Error::SignIn { next: ask.page.clone() };
    let secret = ask.session.as_ref().ok_or_else(sign_in)?;
    let Some(slug) = Slug::parse(slug) else {
        signed_in(conn, ask)?;
        return Err(Error::NotFound);
    };
    let found = store::place_of_session(conn, secret, &slug, ask.clock_now)?;
    let (person, cohort, enrolment) = found.ok_or_else(sign_in)?;
    let cohort = cohort.ok_or(Error::NotFound)?;
    if enrolment.is_none() && !person.is_administrator {
        let has_left = store::has_left(conn, cohort.id, person.id)?;
        return Err(if has_left { left(ask, &person, &cohort) } else { Error::NotFound });
    }
    let person = Person { from: ask.peer, ..person };
    let place = Place { cohort, person, enrolment, looking: None };
    match &ask.look {
        Some(look) => looked(conn, ask, look, place),
        None => Ok(place),
    }
}

/// The course as a learner sees it, before a facilitator who looks at it.
fn looked(conn: &mut Conn, ask: &Ask, look: &Look, place: Place) -> Result<Place, Error> {
    if !place.facilitates() {
        return Err(Error::NotFound);
    }
    let cohort_id = place.cohort.id;
    let learner = match look.who {
        Some(id) => Some(store::learner_of(conn, cohort_id, EnrolmentId(id))?.ok_or(Error::NotFound)?),
        None => None,
    };
    let enrolled_at = learner.as_ref().map_or(ask.now, |learner| learner.enrolled_at);
    let who = learner.as_ref().map_or_else(|| "any learner".to_owned(), |learner| learner.name.clone());
    let when = match look.at {
        Some(at) => format!("will on {}, as it is planned and written now", place.cohort.zone.exact(at)),
        None => "does now".into(),
    };
    Ok(Place {
        cohort: Cohort {
            before: look.prefix.clone(),
            extra_until: learner.as_ref().and_then(|learner| learner.extra_until),
            ..place.cohort
        },
        enrolment: Some(Enrolment::nobodys(enrolled_at, ask.now)),
        looking: Some(Looking {
            learner: learner.map(|learner| learner.enrolment),
            words: format!("You see the course as {who} {when}, without what only they may read."),
        }),
        ..place
    })
}

/// The same for facilitators (and administrators) alone.
pub fn facilitated(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Place, Error> {
    let place = place(conn, ask, slug)?;
    if !place.facilitates() {
        return Err(Error::NotFound);
    }
    // Whoever learns there too has their own last day; here it is about the cohort's.
    Ok(Place { cohort: Cohort { extra_until: None, ..place.cohort }, ..place })
}

/// The place of somebody who proves otherwise who they are, as by an answer to a mail that went to them alone. `None`:
/// they gave it up, or may not sign in. One query.
pub fn enrolled(conn: &mut Conn, ask: &Ask, enrolment: EnrolmentId) -> Result<Option<Place>, Error> {
    let found = store::active(conn, enrolment, ask.now)?;
    Ok(found.map(|(person, cohort, enrolment)| Place { cohort, person, enrolment: Some(enrolment), looking: None }))
}
