//! `/sign-out`: the session is gone, here and in the browser.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;

use crate::accounts::store;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Fields};

pub async fn submit(ask: Ask, db: Data<Db>, fields: Fields) -> Answer {
    fields.only(&[])?;
    if let Some(session) = ask.session.clone() {
        db.write(move |conn| Ok::<_, Error>(store::end_session(conn, &session)?)).await?;
    }
    let mut response = ask.done("/", "signed-out")?;
    response.add_cookie(&ask.no_session_cookie()).map_err(anyhow::Error::from)?;
    // What the browser kept of private pages goes too. Not its cookies: one of them says that this was done.
    let cleared = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), cleared);
    Ok(response)
}
