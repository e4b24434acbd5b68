//! `/sign-in`: a session for whoever knows the password of a confirmed address. An address without an account is
//! answered as one with another password, in the same time.

use actix_web::web::Data;
use askama::Template;

use super::{CheckEmail, OnSignIn, person};
use crate::accounts::doors::Doors;
use crate::accounts::next::safe_next;
use crate::accounts::password::Password;
use crate::accounts::passwords::Passwords;
use crate::accounts::store::{self, Account};
use crate::accounts::{Purpose, Stay, VERIFY_LASTS, emails};
use crate::platform::db::{Conn, Db};
use crate::platform::secret::Secret;
use crate::platform::text::EmailAddress;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

const WRONG: &str = "Check the email address and the password: they do not belong together";
const SUSPENDED: &str = "This account is suspended. Write to the people who run your course";

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignIn {
    frame: Frame,
    faults: Faults,
    email: Field,
    password: Field,
    shared: bool,
    /// Empty: home.
    next: String,
}

impl SignIn {
    fn new(ask: &Ask, fields: &Fields, faults: Faults) -> Self {
        let field = |id, label| Field::new(id, label).sent(fields, &faults);
        Self {
            frame: Frame::plain(ask),
            email: field("email", "Email address"),
            password: field("password", "Password"),
            shared: fields.has("shared"),
            next: safe_next(fields.get("next")).unwrap_or_default().to_owned(),
            faults,
        }
    }

    fn refused(ask: &Ask, fields: &Fields, why: &str) -> Error {
        let mut faults = Faults::default();
        faults.add("email", why);
        Error::refused(Self::new(ask, fields, faults))
    }
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let parameters = ask.parameters()?;
    if person(&ask, &db).await?.is_some() {
        return ask.done(safe_next(parameters.get("next")).unwrap_or("/"), "");
    }
    let mut page = SignIn::new(&ask, &Fields::default(), Faults::default());
    page.next = safe_next(parameters.get("next")).unwrap_or_default().to_owned();
    ask.page(page)
}

pub async fn submit(
    ask: Ask,
    db: Data<Db>,
    (passwords, doors, told): (Data<Passwords>, Data<Doors>, Data<OnSignIn>),
    fields: Fields,
) -> Answer {
    fields.only(&["email", "password", "shared", "next"])?;
    let (email, password) = read(&fields).map_err(|faults| Error::refused(SignIn::new(&ask, &fields, faults)))?;
    doors.may_sign_in(email.key(), ask.peer)?;
    let key = email.key().to_owned();
    let account = db.read(move |conn| Ok::<_, Error>(store::find_account(conn, &key)?)).await?;
    let kept = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let right = passwords.verify(kept, &password).await?;
    let Some(account) = account.filter(|_| right) else {
        doors.failed_sign_in(email.key(), ask.peer);
        tracing::info!(request = ask.request_id, "a sign-in failed");
        return Err(SignIn::refused(&ask, &fields, WRONG));
    };
    if account.suspended_at.is_some() {
        return Err(SignIn::refused(&ask, &fields, SUSPENDED));
    }
    if account.verified_at.is_none() {
        let may_mail = doors.may_mail(email.key(), ask.peer)?;
        return confirm_first(&ask, &db, account, may_mail).await;
    }
    enter(&ask, (&db, **told), &passwords, account, &password, &fields).await
}

fn read(fields: &Fields) -> Result<(EmailAddress, Password), Faults> {
    let mut faults = Faults::default();
    let email = faults.check("email", EmailAddress::parse(fields.get("email")));
    if fields.get("password").is_empty() {
        faults.add("password", "Enter your password");
    }
    match email {
        Some(email) if faults.is_empty() => Ok((email, Password::typed(fields.get("password")))),
        _ => Err(faults),
    }
}

/// The password was right, but nobody has confirmed the address: a new link, and no session.
async fn confirm_first(ask: &Ask, db: &Db, account: Account, may_mail: bool) -> Answer {
    let what = format!(
        "The password is right, but nobody has confirmed {} yet. We have sent a new link. Open it within 24\u{a0}hours, then \
         sign in.",
        account.email
    );
    if may_mail {
        let ask = ask.clone();
        db.write(move |conn| send_verify_link(conn, &ask, &account)).await?;
    }
    ask.page(CheckEmail { frame: Frame::plain(ask), heading: "Confirm your address first", what })
}

fn send_verify_link(conn: &mut Conn, ask: &Ask, account: &Account) -> Result<(), Error> {
    let secret = store::issue_link(conn, account.id, Purpose::Verify, VERIFY_LASTS, ask.now)?;
    let letter = emails::verify(&ask.site, account, &secret, ask.now)?;
    emails::queue(conn, &ask.site, &letter, ask.now)?;
    Ok(())
}

/// A new session, whatever the browser had before, and on to where the person wanted to go.
async fn enter(
    ask: &Ask,
    (db, told): (&Db, OnSignIn),
    passwords: &Passwords,
    account: Account,
    password: &Password,
    fields: &Fields,
) -> Answer {
    let seen = account.password_hash.clone().unwrap_or_default();
    let better = if passwords.is_weak(&seen) { passwords.hash(password).await? } else { seen.clone() };
    let stay = Stay::of(account.is_administrator, fields.has("shared"));
    let secret = Secret::random();
    let (session, before, now, asked) = (secret.hash(), ask.session.clone(), ask.now, ask.clone());
    let opened = db
        .write(move |conn| {
            if !store::rehash(conn, account.id, &seen, &better)? {
                return Ok::<_, Error>(false);
            }
            if let Some(before) = before {
                store::end_session(conn, &before)?;
            }
            store::open_session(conn, account.id, &session, stay, now)?;
            told.0(conn, &asked, &account)?;
            tracing::info!(account = account.id.0, "signed in");
            Ok(true)
        })
        .await?;
    if !opened {
        return Err(SignIn::refused(ask, fields, WRONG));
    }
    let mut response = ask.done(safe_next(fields.get("next")).unwrap_or("/"), "")?;
    let cookie = ask.session_cookie(&secret, stay.kept.then_some(stay.lasts));
    response.add_cookie(&cookie).map_err(anyhow::Error::from)?;
    Ok(response)
}
