//! A facilitator names whoever is to get the report by mail, or takes it back. Both are kept in the log of acts.

use actix_web::web::{Data, Path};
use anyhow::Context as _;
use chrono::TimeDelta;

use super::{list, path};
use crate::audit::{self, Act, Deed};
use crate::cohort::sender::Sender;
use crate::cohort::store::list_facilitators;
use crate::cohort::{Place, gate};
use crate::outbox;
use crate::platform::db::{Conn, Db};
use crate::platform::text::EmailAddress;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::report::ReaderId;
use crate::report::emails;
use crate::report::store::{self, READERS, Reader};

/// Nobody is asked again sooner.
const PAUSE: TimeDelta = TimeDelta::days(1);

pub async fn add(ask: Ask, db: Data<Db>, slug: Path<String>, sent: Fields) -> Answer {
    let asked = ask.clone();
    sent.only(&["email"])?;
    let to = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &slug)?;
            match named(conn, &asked, &place, &sent)? {
                Ok(email) => ask_reader(conn, &asked, &place, &email)?,
                Err(faults) => return Err(Error::refused(list::page(conn, &asked, &place, &sent, faults)?)),
            }
            Ok(path(&place.cohort))
        })
        .await?;
    ask.done(to, "report-asked")
}

/// The address, unless the report goes there already, or its holder was asked only now.
fn named(conn: &mut Conn, ask: &Ask, place: &Place, sent: &Fields) -> Result<Result<EmailAddress, Faults>, Error> {
    let mut faults = Faults::default();
    let Some(email) = faults.check("email", EmailAddress::parse(sent.get("email"))) else { return Ok(Err(faults)) };
    let readers = store::list_readers(conn, place.cohort.id)?;
    let is_same = |known: &Reader| EmailAddress::parse(&known.email).is_ok_and(|known| known.key() == email.key());
    let known = readers.iter().find(|reader| is_same(reader));
    if known.is_some_and(|reader| reader.stopped_at.is_none()) {
        faults.add("email", "This person was asked already");
    } else if known.is_some_and(|reader| ask.now.since(reader.added_at) < PAUSE) {
        faults.add("email", "This person was asked less than a day ago. You can ask them again tomorrow");
    } else if readers.iter().filter(|reader| reader.stopped_at.is_none()).count() >= READERS {
        faults.add("email", format!("The report can go to {READERS} people. Stop it for somebody first"));
    }
    Ok(if faults.is_empty() { Ok(email) } else { Err(faults) })
}

fn ask_reader(conn: &mut Conn, ask: &Ask, place: &Place, email: &EmailAddress) -> Result<(), Error> {
    let reader = store::ask_again(conn, place.cohort.id, email, ask.now)?;
    let facilitators = list_facilitators(conn, place.cohort.id)?;
    let base_url = &ask.site.base_url;
    let sender = Sender { cohort: &place.cohort, facilitators: &facilitators, base_url };
    let letter = emails::confirm(&sender, &reader, &place.person.name, ask.now).context("writing to a reader")?;
    outbox::store::queue(conn, &letter, base_url.host(), ask.now)?;
    note(conn, ask, place, email.as_str(), "asked whether they want it")
}

pub async fn stop(ask: Ask, db: Data<Db>, address: Path<(String, String)>, sent: Fields) -> Answer {
    let asked = ask.clone();
    sent.only(&[])?;
    let to = db
        .write(move |conn| {
            let (slug, reader) = address.into_inner();
            let place = gate::facilitated(conn, &asked, &slug)?;
            let id = ReaderId(reader.parse().map_err(|_| Error::NotFound)?);
            let reader = store::find_reader(conn, place.cohort.id, id)?.ok_or(Error::NotFound)?;
            if reader.stopped_at.is_none() {
                store::stop(conn, id, asked.now)?;
                note(conn, &asked, &place, &reader.email, "stopped")?;
            }
            Ok::<_, Error>(path(&place.cohort))
        })
        .await?;
    ask.done(to, "report-stopped")
}

fn note(conn: &mut Conn, ask: &Ask, place: &Place, email: &str, what: &str) -> Result<(), Error> {
    let path = path(&place.cohort);
    let deed = Deed { act: Act::ChangeReaders, subject: email, path: &path, reason: what, about: None };
    Ok(audit::store::note(conn, place, deed, ask.now)?)
}
