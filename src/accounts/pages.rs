//! The doors: sign up, confirm, sign in, sign out, a forgotten password; and the few pages of words for everybody.
//!
//! Hashing a password stands between two visits to the database, so that no transaction waits for it: these handlers
//! read, hash, and then write, and the write checks again what the read had found.

pub mod address;
pub mod forgot;
pub mod reset;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod verify;
pub mod words;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, REFERRER_POLICY};
use askama::Template;
use diesel::QueryResult;

use super::store::Account;
use super::{Person, gate};
use crate::platform::db::{Conn, Db};
use crate::platform::secret::{Secret, SecretHash};
use crate::platform::web::{Answer, Ask, Error, Frame};

/// Called in the same transaction whenever somebody has signed in.
#[derive(Clone, Copy)]
pub struct OnSignIn(pub fn(&mut Conn, &Ask, &Account) -> QueryResult<()>);

/// One heading, a few plain words: the answer to a sign-up, a forgotten password, an address not confirmed.
#[derive(Template)]
#[template(path = "accounts/check_email.html")]
struct CheckEmail {
    frame: Frame,
    heading: &'static str,
    what: String,
}

/// A link that was used, has expired, was replaced by a newer one or never was: the answer is the same.
#[derive(Template)]
#[template(path = "accounts/dead_link.html")]
struct DeadLink {
    frame: Frame,
}

/// Who asks, or nobody; no visit to the database for a request without a session.
async fn person(ask: &Ask, db: &Db) -> Result<Option<Person>, Error> {
    if ask.session.is_none() {
        return Ok(None);
    }
    let ask = ask.clone();
    db.read(move |conn| gate::person(conn, &ask)).await
}

fn dead_link(ask: &Ask) -> Answer {
    unreferred(ask.page_with(StatusCode::GONE, DeadLink { frame: Frame::plain(ask) })?)
}

/// A page whose address is a secret: no other address gets to know it.
fn unreferred(mut response: HttpResponse) -> Answer {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

fn hash_of(token: &str) -> Option<SecretHash> {
    Secret::parse(token).map(|secret| secret.hash())
}
