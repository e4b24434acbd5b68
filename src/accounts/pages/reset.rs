//! `/password/reset/{token}`: a new password, once. It proves the address, ends every session, and signs nobody in.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{dead_link, hash_of, unreferred};
use crate::accounts::password::Password;
use crate::accounts::passwords::Passwords;
use crate::accounts::store::{self, Account};
use crate::accounts::{Purpose, emails};
use crate::platform::db::{Conn, Db};
use crate::platform::secret::SecretHash;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "accounts/reset.html")]
struct Reset {
    frame: Frame,
    faults: Faults,
    password: Field,
}

impl Reset {
    fn new(ask: &Ask, fields: &Fields, faults: Faults) -> Self {
        let password = Field::new("password", "New password")
            .hint("At least 12 characters. Three random words do well. You may paste it.")
            .sent(fields, &faults);
        Self { frame: Frame::plain(ask), password, faults }
    }
}

pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    match holder(&ask, &db, hash_of(&token)).await? {
        Some(_) => unreferred(ask.page(Reset::new(&ask, &Fields::default(), Faults::default()))?),
        None => dead_link(&ask),
    }
}

pub async fn submit(ask: Ask, db: Data<Db>, passwords: Data<Passwords>, token: Path<String>, fields: Fields) -> Answer {
    fields.only(&["password"])?;
    let Some(secret) = hash_of(&token) else { return dead_link(&ask) };
    let Some(account) = holder(&ask, &db, Some(secret.clone())).await? else { return dead_link(&ask) };
    let mut faults = Faults::default();
    let chosen = Password::chosen(fields.get("password"), &account.name, &account.email);
    let Some(password) = faults.check("password", chosen) else {
        return unreferred(ask.page_with(StatusCode::UNPROCESSABLE_ENTITY, Reset::new(&ask, &fields, faults))?);
    };
    let hash = passwords.hash(&password).await?;
    let again = ask.clone();
    match db.write(move |conn| set(conn, &again, &secret, &hash)).await? {
        true => ask.done("/sign-in", "password-set"),
        false => dead_link(&ask),
    }
}

async fn holder(ask: &Ask, db: &Db, secret: Option<SecretHash>) -> Result<Option<Account>, Error> {
    let (Some(secret), now) = (secret, ask.now) else { return Ok(None) };
    db.read(move |conn| Ok(store::holder_of_link(conn, Purpose::Reset, &secret, now)?)).await
}

/// False if the link was used, or replaced, in the meantime.
fn set(conn: &mut Conn, ask: &Ask, secret: &SecretHash, hash: &str) -> Result<bool, Error> {
    let Some(account) = store::use_link(conn, Purpose::Reset, secret, ask.now)? else { return Ok(false) };
    let account = store::set_password(conn, account, hash, ask.now)?;
    let letter = emails::password_set(&ask.site, &account, ask.now)?;
    emails::queue(conn, &ask.site, &letter, ask.now)?;
    tracing::info!(account = account.id.0, "a password was set by a link");
    Ok(true)
}
