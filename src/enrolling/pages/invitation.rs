//! Taking up an invitation: the link leads here, the button does it.

use actix_web::web::{Data, Path};
use askama::Template;

use crate::accounts::gate::{person, signed_in};
use crate::cohort::{self, Role, zone_in_words};
use crate::enrolling::store;
use crate::enrolling::usher::Usher;
use crate::platform::db::Db;
use crate::platform::secret::{Secret, SecretHash};
use crate::platform::text::EmailAddress;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::Content;

#[derive(Template)]
#[template(path = "enrolling/invitation.html")]
struct Invitation {
    frame: Frame,
    name: String,
    path: String,
    starts: String,
    zone: String,
    facilitates: bool,
    /// Signed in with the invited address.
    may_accept: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    let secret = parse(&token)?;
    let asked = ask.clone();
    let (person, invited) = db
        .read(move |conn| {
            let invited = store::invitation(conn, &secret, asked.now)?.ok_or(Error::NotFound)?;
            Ok::<_, Error>((person(conn, &asked)?, invited))
        })
        .await?;
    let frame = person.as_ref().map_or_else(|| Frame::plain(&ask), |p| Frame::of_person(&ask, &p.name));
    ask.page(Invitation {
        frame,
        path: ask.path.clone(),
        starts: day_in_words(invited.cohort.starts_on),
        zone: zone_in_words(&invited.cohort.zone),
        name: invited.cohort.name,
        facilitates: invited.role == Role::Facilitator,
        may_accept: person.is_some_and(|p| is_invited(&p.email, &invited.email_key)),
    })
}

/// The invitation had kept a place for them, so no limit is asked.
pub async fn submit(ask: Ask, db: Data<Db>, content: Data<Content>, token: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let secret = parse(&token)?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let cohort = db
        .write(move |conn| {
            let person = signed_in(conn, &asked)?;
            let invited = store::invitation(conn, &secret, asked.now)?.ok_or(Error::NotFound)?;
            store::lock(conn, invited.cohort.id)?;
            let theirs = is_invited(&person.email, &invited.email_key);
            if !theirs || !store::accept_invitation(conn, invited.id, asked.now)? {
                return Err(Error::NotFound);
            }
            let id = invited.cohort.id;
            if invited.role == Role::Learner {
                let usher = Usher { catalogue: &catalogue, base_url: &asked.site.base_url, now: asked.now };
                usher.place(conn, id, person.id)?;
            } else {
                cohort::store::enrol(conn, id, person.id, invited.role, asked.now)?;
                store::settle(conn, id, person.id, asked.now)?;
            }
            Ok::<_, Error>(invited.cohort)
        })
        .await?;
    ask.done(cohort.path(), "joined")
}

fn parse(token: &str) -> Result<SecretHash, Error> {
    Secret::parse(token).map(|secret| secret.hash()).ok_or(Error::NotFound)
}

fn is_invited(email: &str, key: &str) -> bool {
    EmailAddress::parse(email).is_ok_and(|address| address.key() == key)
}
