//! `/verify/{token}`: looking changes nothing, for mail scanners look too; the button confirms the address.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{dead_link, hash_of, unreferred};
use crate::accounts::{Purpose, store};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

#[derive(Template)]
#[template(path = "accounts/verify.html")]
struct Verify {
    frame: Frame,
    email: String,
}

pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    let Some(secret) = hash_of(&token) else { return dead_link(&ask) };
    let now = ask.now;
    let holder =
        db.read(move |conn| Ok::<_, Error>(store::holder_of_link(conn, Purpose::Verify, &secret, now)?)).await?;
    match holder {
        Some(account) => unreferred(ask.page(Verify { frame: Frame::plain(&ask), email: account.email })?),
        None => dead_link(&ask),
    }
}

pub async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let Some(secret) = hash_of(&token) else { return dead_link(&ask) };
    let now = ask.now;
    let verified = db
        .write(move |conn| {
            let Some(account) = store::use_link(conn, Purpose::Verify, &secret, now)? else { return Ok(false) };
            store::verify(conn, account, now)?;
            Ok::<_, Error>(true)
        })
        .await?;
    match verified {
        true if ask.session.is_some() => ask.done("/", "verified-again"),
        true => ask.done("/sign-in", "verified"),
        false => dead_link(&ask),
    }
}
