//! Answering who asks for a place, and changing an invitation that nobody has answered.

use actix_web::web::{Data, Path};

use super::overview::Enrol;
use super::{path, people};
use crate::audit::Act;
use crate::cohort::sender::Sender;
use crate::cohort::{Place, Role, gate, store::list_facilitators};
use crate::enrolling::emails;
use crate::enrolling::inviting::note;
use crate::enrolling::list::Invitee;
use crate::enrolling::usher::{Came, Usher};
use crate::enrolling::{Invitation, InvitationId, Request, RequestId, Wish, store};
use crate::outbox;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{EmailAddress, paragraphs};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::Content;

const LONGEST_ANSWER: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Accept,
    Decline,
}

/// `decision` is `accept` or `decline`, with `words` to the person or none.
pub async fn answer_request(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&["decision", "words"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, flash) = db
        .write(move |conn| {
            let (cohort, id) = &*address;
            let place = gate::facilitated(conn, &asked, cohort)?;
            let decision = match fields.get("decision") {
                "accept" => Decision::Accept,
                "decline" => Decision::Decline,
                _ => return Err(Error::BadRequest("It says neither to accept nor to decline.")),
            };
            let id = id.parse().map(RequestId).map_err(|_| Error::NotFound)?;
            let words = match words(fields.get("words")) {
                Ok(words) => words,
                Err(why) => return Err(Enrol::refused(conn, &asked, &place, (id, fields.get("words")), why)?),
            };
            store::lock(conn, place.cohort.id)?;
            let request = store::find_request(conn, place.cohort.id, id)?.ok_or(Error::NotFound)?;
            let usher = Usher { catalogue: &catalogue, base_url: &asked.site.base_url, now: asked.now };
            let flash = decide(conn, &place, &usher, &request, decision, &words)?;
            Ok((path(&place.cohort), flash))
        })
        .await?;
    ask.done(to, flash)
}

/// They may be left away.
fn words(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Ok(String::new()) } else { paragraphs(text, LONGEST_ANSWER, "the words to them") }
}

/// What was done, as a flash says it.
fn decide(
    conn: &mut Conn,
    place: &Place,
    usher: &Usher<'_>,
    request: &Request,
    decision: Decision,
    words: &str,
) -> Result<&'static str, Error> {
    let (cohort, now) = (&place.cohort, usher.now);
    let facilitators = list_facilitators(conn, cohort.id)?;
    let sender = Sender { cohort, facilitators: &facilitators, base_url: usher.base_url };
    let (letter, act, flash) = match (decision, request.wish) {
        (Decision::Accept, Wish::Asked) => {
            let settings = store::settings(conn, cohort.id)?;
            match usher.come_in(conn, cohort.id, request.account, &settings)? {
                Came::Already => return Ok("request-gone"),
                Came::In => (emails::accepted(&sender, request, words, now)?, Act::AcceptRequest, "request-accepted"),
                Came::InLine => (emails::in_line(&sender, request, words, now)?, Act::AcceptRequest, "request-in-line"),
            }
        }
        (Decision::Decline, Wish::Asked | Wish::Waiting) => {
            store::decide(conn, request.id, &[Wish::Asked, Wish::Waiting], Wish::Declined, words, now)?;
            (emails::declined(&sender, request, words, now)?, Act::DeclineRequest, "request-declined")
        }
        _ => return Ok("request-gone"),
    };
    outbox::store::queue(conn, &letter, usher.base_url.host(), now)?;
    note(conn, place, act, (&request.name, Some(request.account)), "", now)?;
    Ok(flash)
}

/// `act` is `again` or `withdraw`.
pub async fn change_invitation(ask: Ask, db: Data<Db>, address: Path<(String, String)>, fields: Fields) -> Answer {
    fields.only(&["act"])?;
    let asked = ask.clone();
    let (to, flash) = db
        .write(move |conn| {
            let (cohort, id) = &*address;
            let place = gate::facilitated(conn, &asked, cohort)?;
            let again = match fields.get("act") {
                "again" => true,
                "withdraw" => false,
                _ => return Err(Error::BadRequest("It says neither to invite again nor to withdraw.")),
            };
            let id = id.parse().map(InvitationId).map_err(|_| Error::NotFound)?;
            store::lock(conn, place.cohort.id)?;
            let flash =
                if again { invite_again(conn, &asked, &place, id)? } else { withdraw(conn, &asked, &place, id)? };
            Ok((path(&place.cohort), flash))
        })
        .await?;
    ask.done(to, flash)
}

/// One that is not answered yet, if they may change it: who facilitates is for administrators to decide. None: it is gone
/// from the list already, or they have come.
fn unanswered(conn: &mut Conn, place: &Place, id: InvitationId) -> Result<Option<Invitation>, Error> {
    let found = store::find_invitation(conn, place.cohort.id, id)?;
    match found.as_ref().is_none_or(|one| one.role == Role::Learner || place.person.is_administrator) {
        true => Ok(found),
        false => Err(Error::NotFound),
    }
}

fn invite_again(conn: &mut Conn, ask: &Ask, place: &Place, id: InvitationId) -> Result<&'static str, Error> {
    let cohort = place.cohort.id;
    let Some(one) = unanswered(conn, place, id)? else { return Ok("request-gone") };
    let keeps_a_place = one.expires_at > ask.now || one.role == Role::Facilitator;
    if !keeps_a_place {
        let settings = store::settings(conn, cohort)?;
        if store::places(conn, cohort, &settings, ask.now)?.free() == Some(0) {
            return Ok("no-place-left");
        }
    }
    let email = EmailAddress::parse(&one.email).map_err(anyhow::Error::msg)?;
    store::invite_all(conn, cohort, one.role, &[Invitee { name: one.name, email }], ask.now)?;
    note(conn, place, Act::InviteAgain, (&people(1), None), "", ask.now)?;
    Ok("invited")
}

fn withdraw(conn: &mut Conn, ask: &Ask, place: &Place, id: InvitationId) -> Result<&'static str, Error> {
    let Some(one) = unanswered(conn, place, id)? else { return Ok("request-gone") };
    store::withdraw_invitation(conn, one.id, ask.now)?;
    note(conn, place, Act::WithdrawInvitation, (&people(1), None), "", ask.now)?;
    Ok("invitation-withdrawn")
}
