//! Makes an answer that came by mail a post, or tells its writer why not.

use chrono::TimeDelta;
use diesel::QueryResult;

use super::incoming::Incoming;
use super::store::{self, Answered};
use crate::cohort::Place;
use crate::cohort::gate::enrolled;
use crate::discussion::pages::take_answer;
use crate::discussion::post_body;
use crate::discussion::posting::OnStepPosts;
use crate::outbox::{self, Class, Letter};
use crate::platform::db::Conn;
use crate::platform::text::count;
use crate::platform::web::{Ask, Error};
use crate::programme::Catalogue;
use crate::reminder::emails::fold::fold;

/// So many answers an hour one person may send.
const AN_HOUR: i64 = 30;

/// Does what can be done with it, once, and says what that was.
pub fn receive(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    told: &OnStepPosts,
    mail: &Incoming,
) -> Result<String, Error> {
    if let Some(why) = mail.automatic {
        return Ok(format!("It is no answer of a person, for {why}: nothing was changed."));
    }
    let Some(answered) = store::answered(conn, &mail.answers)? else {
        return Ok("It answers no mail that is known here: nothing was changed.".into());
    };
    let Some(place) = enrolled(conn, ask, answered.reader)? else {
        return Ok("Whoever was told by that mail is here no more: nothing was changed.".into());
    };
    if !mail.from.eq_ignore_ascii_case(&place.person.email) {
        return Ok("It comes from another address than the mail it answers went to: nothing was changed.".into());
    }
    if store::count_received(conn, answered.reader, ask.now - TimeDelta::hours(1))? >= AN_HOUR {
        return Ok(format!(
            "{} have come from there within an hour: nothing was changed.",
            count(AN_HOUR as usize, "answer")
        ));
    }
    if !store::note_received(conn, &mail.message_id, answered.reader, ask.now)? {
        return Ok("It came before: nothing was changed.".into());
    }
    post(conn, ask, (catalogue, told), &place, answered, mail)
}

fn post(
    conn: &mut Conn,
    ask: &Ask,
    (catalogue, told): (&Catalogue, &OnStepPosts),
    place: &Place,
    Answered { thread, post, .. }: Answered,
    mail: &Incoming,
) -> Result<String, Error> {
    let body = match (mail.text.is_empty(), mail.attachments) {
        (false, _) => post_body(&mail.text),
        (true, 0) => Err("Nothing in it is new. Write what you want to say above the line at the top".into()),
        (true, _) => Err("It holds a file and no text. Write what you want to say above the line at the top".into()),
    };
    match take_answer(conn, ask, (catalogue, told), place.clone(), (thread, post), body)? {
        Ok(path) => {
            if mail.attachments > 0 {
                let why = "Your answer is posted. What was attached to it is not: files cannot be posted here. \
                           You can add a link to the post instead.";
                reply(conn, ask, place, why, mail, &path)?;
            }
            Ok(format!("It is posted at {path}."))
        }
        Err(why) => {
            let path = format!("{}/discussions", place.cohort.path());
            reply(conn, ask, place, &format!("Your answer could not be posted. {why}."), mail, &path)?;
            Ok(format!("It was not posted: {why}. Its writer is told."))
        }
    }
}

/// To the address that the answer came from, which is that of the account.
fn reply(conn: &mut Conn, ask: &Ask, place: &Place, why: &str, mail: &Incoming, path: &str) -> QueryResult<()> {
    let why = why.replace("..", ".");
    let base = &ask.site.base_url;
    let said =
        if mail.text.is_empty() { String::new() } else { format!("This is what you wrote:\n\n{}\n\n", mail.text) };
    let text =
        format!("Dear {},\n\n{why}\n\n{}\n\n{said}-- \n{}", place.person.name, base.join(path), place.cohort.name);
    let letter = Letter {
        class: Class::Account,
        account: Some(place.person.id.0),
        to_name: place.person.name.clone(),
        to: place.person.email.clone(),
        subject: "About your answer by mail".into(),
        text: fold(&text),
        html: None,
        reply_to: None,
        list: None,
        expires_at: ask.now + TimeDelta::hours(72),
        calendar: None,
        attachment: None,
        conversation: None,
    };
    outbox::store::queue(conn, &letter, base.host(), ask.now).map(drop)
}
