//! `/address`: whether mail reaches somebody, and how they show that it does again after it came back.

use actix_web::web::Data;
use askama::Template;

use crate::accounts::doors::Doors;
use crate::accounts::gate::signed_in;
use crate::accounts::{Purpose, VERIFY_LASTS, emails, store};
use crate::platform::db::Db;
use crate::platform::text::EmailAddress;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

#[derive(Template)]
#[template(path = "accounts/address.html")]
struct Address {
    frame: Frame,
    email: String,
    comes_back: bool,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let asked = ask.clone();
    let person = db.read(move |conn| signed_in(conn, &asked)).await?;
    let frame = Frame::of_person(&ask, &person.name);
    ask.page(Address { frame, email: person.email, comes_back: person.undeliverable_at.is_some() })
}

/// Sends a link there: whoever opens it reads that mailbox.
pub async fn submit(ask: Ask, db: Data<Db>, doors: Data<Doors>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let person = db.read(move |conn| signed_in(conn, &asked)).await?;
    if person.undeliverable_at.is_none() {
        return ask.done("/address", "");
    }
    let key = EmailAddress::parse(&person.email).map_or_else(|_| person.email.clone(), |email| email.key().to_owned());
    if !doors.may_mail(&key, ask.peer)? {
        return ask.done("/address", "address-links-enough");
    }
    let asked = ask.clone();
    db.write(move |conn| {
        let Some(account) = store::find_account(conn, &key)? else { return Err(Error::NotFound) };
        let secret = store::issue_link(conn, account.id, Purpose::Verify, VERIFY_LASTS, asked.now)?;
        let letter = emails::arrives(&asked.site, &account, &secret, asked.now)?;
        Ok(emails::queue(conn, &asked.site, &letter, asked.now).map(drop)?)
    })
    .await?;
    ask.done("/address", "address-link-sent")
}
