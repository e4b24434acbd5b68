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

/// How long word of a change of password, or of who administers, is worth sending.
const NOTICE_LASTS: TimeDelta = TimeDelta::hours(72);

/// What a mail may say. Text and HTML say the same.
struct Facts<'a> {
    /// Empty where nobody has confirmed the address.
    name: &'a str,
    /// The one thing to do.
    link: String,
    sign_in: String,
}

macro_rules! halves {
    ($($name:ident in $path:literal;)+) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            f: &'a Facts<'a>,
        }
    )+};
}

halves! {
    VerifyText in "emails/accounts/verify.txt";
    VerifyHtml in "emails/accounts/verify.html";
    ArrivesText in "emails/accounts/arrives.txt";
    ArrivesHtml in "emails/accounts/arrives.html";
    ChoosePasswordText in "emails/accounts/choose_password.txt";
    ChoosePasswordHtml in "emails/accounts/choose_password.html";
    AlreadyHereText in "emails/accounts/already_here.txt";
    AlreadyHereHtml in "emails/accounts/already_here.html";
    ResetText in "emails/accounts/reset.txt";
    ResetHtml in "emails/accounts/reset.html";
    FirstPasswordText in "emails/accounts/first_password.txt";
    FirstPasswordHtml in "emails/accounts/first_password.html";
    NewPasswordText in "emails/accounts/new_password.txt";
    NewPasswordHtml in "emails/accounts/new_password.html";
    PasswordSetText in "emails/accounts/password_set.txt";
    PasswordSetHtml in "emails/accounts/password_set.html";
}

/// What a mail says of a change of who administers.
struct Told<'a> {
    sentence: String,
    /// It is about its reader.
    is_own: bool,
    facts: Facts<'a>,
}

#[derive(Template)]
#[template(path = "emails/accounts/administering.txt")]
struct AdministeringText<'a> {
    told: &'a Told<'a>,
}

#[derive(Template)]
#[template(path = "emails/accounts/administering.html")]
struct AdministeringHtml<'a> {
    told: &'a Told<'a>,
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
            let f = &Facts::new(site, to, reset_path(secret));
            let halves = (ChoosePasswordText { f }, ChoosePasswordHtml { f });
            letter(to, "Choose your password for Trellis", halves, now + VERIFY_LASTS)
        }
        SignedUp::Already => {
            let f = &Facts::new(site, to, reset_path(secret));
            let halves = (AlreadyHereText { f }, AlreadyHereHtml { f });
            letter(to, "You have an account already", halves, now + RESET_LASTS)
        }
    }
}

pub fn verify(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, format!("/verify/{}", secret.as_str()));
    letter(to, "Confirm your email address", (VerifyText { f }, VerifyHtml { f }), now + VERIFY_LASTS)
}

/// To an address from which mail came back.
pub fn arrives(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, format!("/verify/{}", secret.as_str()));
    letter(to, "Does mail reach you again?", (ArrivesText { f }, ArrivesHtml { f }), now + VERIFY_LASTS)
}

pub fn reset(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, reset_path(secret));
    letter(to, "Set a new password", (ResetText { f }, ResetHtml { f }), now + RESET_LASTS)
}

/// As [`reset`], because an administrator wants it.
pub fn new_password(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, reset_path(secret));
    letter(to, "Choose a new password for Trellis", (NewPasswordText { f }, NewPasswordHtml { f }), now + RESET_LASTS)
}

/// The same to somebody who has confirmed nothing yet: choosing a password does that too.
pub fn first_password(site: &Site, to: &Account, secret: &Secret, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, reset_path(secret));
    let halves = (FirstPasswordText { f }, FirstPasswordHtml { f });
    letter(to, "Choose your password for Trellis", halves, now + VERIFY_LASTS)
}

/// That somebody administers from now on, or does so no more.
#[derive(Debug, Clone, Copy)]
pub struct Administering<'a> {
    pub whom: &'a Account,
    /// The name of whoever decided it.
    pub by: &'a str,
    pub begins: bool,
}

pub fn administering(
    site: &Site,
    to: &Account,
    change: Administering<'_>,
    now: Instant,
) -> Result<Letter, askama::Error> {
    let Administering { whom, by, begins } = change;
    let is_own = to.id == whom.id;
    let (sentence, path) = match (is_own, begins) {
        (true, true) => (format!("{by} has made you an administrator of Trellis."), "/sign-in"),
        (true, false) => (format!("{by} has taken the role of administrator of Trellis from you."), "/sign-in"),
        (false, true) => (format!("{by} has made {} an administrator of Trellis.", whom.name), "/admin/audit"),
        (false, false) => {
            (format!("{by} has taken the role of administrator of Trellis from {}.", whom.name), "/admin/audit")
        }
    };
    let told = &Told { sentence, is_own, facts: Facts::new(site, to, path.into()) };
    let subject = if begins { "There is a new administrator" } else { "Somebody administers no more" };
    letter(to, subject, (AdministeringText { told }, AdministeringHtml { told }), now + NOTICE_LASTS)
}

pub fn password_set(site: &Site, to: &Account, now: Instant) -> Result<Letter, askama::Error> {
    let f = &Facts::new(site, to, "/password/forgot".into());
    letter(to, "Your password has been set", (PasswordSetText { f }, PasswordSetHtml { f }), now + NOTICE_LASTS)
}

/// Puts it on its way, in the transaction of its cause.
pub fn queue(conn: &mut Conn, site: &Site, letter: &Letter, now: Instant) -> QueryResult<MessageId> {
    outbox::store::queue(conn, letter, site.base_url.host(), now)
}

impl<'a> Facts<'a> {
    fn new(site: &Site, to: &'a Account, path: String) -> Self {
        let link = site.base_url.join(&path);
        Self { name: confirmed_name(to), link, sign_in: site.base_url.join("/sign-in") }
    }
}

fn reset_path(secret: &Secret) -> String {
    format!("/password/reset/{}", secret.as_str())
}

fn confirmed_name(account: &Account) -> &str {
    if account.verified_at.is_some() { &account.name } else { "" }
}

fn letter(
    to: &Account,
    subject: &str,
    (text, html): (impl Template, impl Template),
    expires_at: Instant,
) -> Result<Letter, askama::Error> {
    Ok(Letter {
        class: Class::Account,
        account: Some(to.id.0),
        to_name: confirmed_name(to).to_owned(),
        to: to.email.clone(),
        subject: subject.to_owned(),
        text: text.render()?,
        html: Some(html.render()?),
        reply_to: None,
        list: None,
        expires_at,
        calendar: None,
        attachment: None,
        conversation: None,
    })
}
