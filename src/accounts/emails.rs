//! The mails about an account: short, plain, with one thing to do.
//!
//! A mail to an address that nobody has confirmed yet says nothing that the one who asked for it typed, name included:
//! else our sign-up form would carry their words to anybody.

use askama::Template;
use chrono::TimeDelta;
use diesel::QueryResult;

use super::store::{Account, SignedUp};
use super::{RESET_LASTS, VERIFY_LASTS};
use crate::outbox::{self, Class, Letter, MessageId};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;
use crate::platform::web::Site;

/// How long word of a change of password is worth sending.
const NOTICE_LASTS: TimeDelta = TimeDelta::hours(72);

#[derive(Template)]
#[template(path = "emails/accounts/verify.txt")]
struct Verify {
    link: String,
}

#[derive(Template)]
#[template(path = "emails/accounts/choose_password.txt")]
struct ChoosePassword {
    link: String,
}

#[derive(Template)]
#[template(path = "emails/accounts/already_here.txt")]
struct AlreadyHere<'a> {
    name: &'a str,
    sign_in: String,
    link: String,
}

#[derive(Template)]
#[template(path = "emails/accounts/reset.txt")]
struct Reset<'a> {
    /// Empty where nobody has confirmed the address.
    name: &'a str,
    link: String,
}

#[derive(Template)]
#[template(path = "emails/accounts/password_set.txt")]
struct PasswordSet<'a> {
    name: &'a str,
    forgot: String,
}

/// The answer to a sign-up, by what it found.
pub fn signed_up(
    site: &Site,
    found: SignedUp,
    to: &Account,
    secret: &Secret,
    now: Instant,
) -> Result<Letter, askama::Error> {
    match found {
        SignedUp::New => verify(site, to, secret, now),
        SignedUp::Again => {
            let text = ChoosePassword { link: reset_link(site, secret) };
            letter(to, "Choose your password for Trellis", &text, now + VERIFY_LASTS)
        }
        SignedUp::Already => {
            let sign_in = site.base_url.join("/sign-in");
            let text = AlreadyHere { name: &to.name, sign_in, link: reset_link(site, secret) };
            letter(to, "You have an account already", &text, now + RESET_LASTS)
        }
    }
}

pub fn verify(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let text = Verify { link: site.base_url.join(&format!("/verify/{}", secret.as_str())) };
    letter(to, "Confirm your email address", &text, now + VERIFY_LASTS)
}

pub fn reset(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let text = Reset { name: confirmed_name(to), link: reset_link(site, secret) };
    letter(to, "Set a new password", &text, now + RESET_LASTS)
}

pub fn password_set(site: &Site, to: &Account, now: Instant) -> Result<Letter, askama::Error> {
    let text = PasswordSet { name: &to.name, forgot: site.base_url.join("/password/forgot") };
    letter(to, "Your password has been set", &text, now + NOTICE_LASTS)
}

/// Puts it on its way, in the transaction of its cause.
pub fn queue(conn: &mut Conn, site: &Site, letter: &Letter, now: Instant) -> QueryResult<MessageId> {
    let host = site.base_url.host();
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    outbox::store::queue(conn, letter, name, now)
}

fn reset_link(site: &Site, secret: &Secret) -> String {
    site.base_url.join(&format!("/password/reset/{}", secret.as_str()))
}

fn confirmed_name(account: &Account) -> &str {
    if account.verified_at.is_some() { &account.name } else { "" }
}

fn letter(to: &Account, subject: &str, text: &impl Template, expires_at: Instant) -> Result<Letter, askama::Error> {
    Ok(Letter {
        class: Class::Account,
        account: Some(to.id.0),
        to_name: confirmed_name(to).to_owned(),
        to: to.email.clone(),
        subject: subject.to_owned(),
        text: text.render()?,
        html: None,
        reply_to: None,
        list: None,
        expires_at,
    })
}
