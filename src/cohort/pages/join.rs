//! Joining an open cohort.

use actix_web::web::{Data, Path};
use askama::Template;

use super::OnJoining;
use crate::accounts::AccountId;
use crate::accounts::gate::signed_in;
use crate::cohort::{Cohort, Joining, Role, store, zone_in_words};
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::Content;

#[derive(Template)]
#[template(path = "cohort/join.html")]
struct Join {
    frame: Frame,
    name: String,
    path: String,
    starts: String,
    zone: String,
}

/// A cohort that the person may join, or is in already.
enum Way {
    In(Cohort),
    Joined(Cohort),
}

pub async fn show(ask: Ask, db: Data<Db>, slug: Path<String>) -> Answer {
    let asked = ask.clone();
    let (person, way) = db
        .read(move |conn| {
            let person = signed_in(conn, &asked)?;
            let way = way_in(conn, &slug, person.id)?;
            Ok::<_, Error>((person, way))
        })
        .await?;
    match way {
        Way::Joined(cohort) => ask.done(cohort.path(), ""),
        Way::In(cohort) => ask.page(Join {
            frame: Frame::of_person(&ask, &person.name),
            path: cohort.path(),
            starts: day_in_words(cohort.starts_on),
            zone: zone_in_words(&cohort.zone),
            name: cohort.name,
        }),
    }
}

pub async fn submit(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    greet: Data<OnJoining>,
    slug: Path<String>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (cohort, flash) = db
        .write(move |conn| {
            let person = signed_in(conn, &asked)?;
            match way_in(conn, &slug, person.id)? {
                Way::Joined(cohort) => Ok::<_, Error>((cohort, "")),
                Way::In(cohort) => {
                    store::enrol(conn, cohort.id, person.id, Role::Learner, asked.now)?;
                    (greet.0)(conn, &asked, &catalogue, (cohort.id, person.id))?;
                    Ok((cohort, "joined"))
                }
            }
        })
        .await?;
    ask.done(cohort.path(), flash)
}

/// A cohort by invitation does not exist for whoever is not in it.
fn way_in(conn: &mut Conn, slug: &str, account: AccountId) -> Result<Way, Error> {
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    match store::cohort_and_enrolment(conn, &slug, account)? {
        Some((cohort, Some(_))) => Ok(Way::Joined(cohort)),
        Some((cohort, None)) if cohort.joining == Joining::Open => Ok(Way::In(cohort)),
        _ => Err(Error::NotFound),
    }
}
