//! Saying that one answers a thread, so that no two facilitators write the same; and giving it up.

use actix_web::web::{Data, Path};

use super::Room;
use crate::discussion::{Claim, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Catalogue, Content};

/// `claim` is `yes` or `no`.
pub async fn change(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&["claim"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, done) = db.write(move |conn| set(conn, &asked, &catalogue, &path, fields.get("claim"))).await?;
    ask.done(to, done)
}

/// Where to go then, and what was done, as a flash says it. Whoever comes second sees in the thread who has it.
fn set(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (cohort, thread): &(String, String),
    word: &str,
) -> Result<(String, &'static str), Error> {
    let subject = Room::enter(conn, ask, catalogue, cohort)?.subject(conn, thread)?.facilitated()?;
    let (me, thread) = (subject.room.place.person.id, subject.thread.id);
    match word {
        "yes" => {
            subject.poster().map_err(|why| subject.room.closed(ask, why))?;
            let there = format!("{}?post=newest", subject.path());
            if subject.thread.waiting_since.is_none() {
                return Ok((there, "thread-waits-not"));
            }
            store::claim(conn, thread, me, ask.now)?;
            let has_it = store::claim_of(conn, thread, ask.now)?.is_some_and(|claim| claim.by == me);
            Ok((there, if has_it { "thread-claimed" } else { "thread-taken" }))
        }
        "no" => {
            store::release(conn, thread, me)?;
            Ok((format!("{}/manage/discussions", subject.room.place.cohort.path()), "thread-unclaimed"))
        }
        _ => Err(Error::BadRequest("It says neither yes nor no.")),
    }
}

/// `Priya Raman answers this, since today at 9am.`
pub(super) fn claimed(room: &Room<'_>, claim: &Claim) -> String {
    let since = room.place.cohort.zone.recent(claim.at, room.now);
    match claim.by == room.place.person.id {
        true => format!("You answer this, since {since}."),
        false => format!("{} answers this, since {since}.", claim.name),
    }
}
