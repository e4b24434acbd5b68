//! `/sign-up`: an account, to be confirmed by mail. The answer never tells whether the address had one.

use actix_web::web::Data;
use askama::Template;

use super::{CheckEmail, person};
use crate::accounts::doors::Doors;
use crate::accounts::password::Password;
use crate::accounts::passwords::Passwords;
use crate::accounts::store::{self, NewAccount, SignedUp};
use crate::accounts::{Purpose, RESET_LASTS, VERIFY_LASTS, emails};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{EmailAddress, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "accounts/sign_up.html")]
struct SignUp {
    frame: Frame,
    faults: Faults,
    name: Field,
    email: Field,
    password: Field,
    agreed: bool,
}

impl SignUp {
    fn new(ask: &Ask, fields: &Fields, faults: Faults) -> Self {
        let field = |id, label, hint| Field::new(id, label).hint(hint).sent(fields, &faults);
        Self {
            frame: Frame::plain(ask),
            name: field("name", "Your name", "As other learners will see it, and as it stands on your certificate."),
            email: field("email", "Email address", "Use one that you can read at work and at home."),
            password: field(
                "password",
                "Password",
                "At least 12 characters. Three random words do well. You may paste it.",
            ),
            agreed: fields.has("terms"),
            faults,
        }
    }
}

struct Wish {
    name: String,
    email: EmailAddress,
    password: Password,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    match person(&ask, &db).await? {
        Some(_) => ask.done("/", ""),
        None => ask.page(SignUp::new(&ask, &Fields::default(), Faults::default())),
    }
}

pub async fn submit(ask: Ask, db: Data<Db>, passwords: Data<Passwords>, doors: Data<Doors>, fields: Fields) -> Answer {
    fields.only(&["name", "email", "password", "terms"])?;
    let wish = read(&fields).map_err(|faults| Error::refused(SignUp::new(&ask, &fields, faults)))?;
    doors.may_sign_up(ask.peer)?;
    let may_mail = doors.may_mail(wish.email.key(), ask.peer)?;
    let hash = passwords.hash(&wish.password).await?;
    let new = NewAccount::learner(&wish.name, &wish.email, Some(hash), ask.now);
    if may_mail {
        let ask = ask.clone();
        db.write(move |conn| sign_up(conn, &ask, &new)).await?;
    }
    ask.page(CheckEmail {
        frame: Frame::plain(&ask),
        heading: "Check your email",
        what: format!("We have written to {}. Open the link in the mail within 24\u{a0}hours.", wish.email.as_str()),
    })
}

fn read(fields: &Fields) -> Result<Wish, Faults> {
    let mut faults = Faults::default();
    let name = faults.check("name", line(fields.get("name"), 80, "your name"));
    let email = faults.check("email", EmailAddress::parse(fields.get("email")));
    let password = Password::chosen(fields.get("password"), fields.get("name"), fields.get("email"));
    let password = faults.check("password", password);
    if !fields.has("terms") {
        faults.add("terms", "Read how your data is used and the ground rules, and tick the box if you agree");
    }
    match (name, email, password) {
        (Some(name), Some(email), Some(password)) if faults.is_empty() => Ok(Wish { name, email, password }),
        _ => Err(faults),
    }
}

fn sign_up(conn: &mut Conn, ask: &Ask, new: &NewAccount) -> Result<(), Error> {
    let (found, account) = store::sign_up(conn, new)?;
    let (purpose, lasts) = match found {
        SignedUp::New => (Purpose::Verify, VERIFY_LASTS),
        SignedUp::Again => (Purpose::Reset, VERIFY_LASTS),
        SignedUp::Already => (Purpose::Reset, RESET_LASTS),
    };
    let secret = store::issue_link(conn, account.id, purpose, lasts, ask.now)?;
    let letter = emails::signed_up(&ask.site, found, &account, &secret, ask.now)?;
    emails::queue(conn, &ask.site, &letter, ask.now)?;
    Ok(())
}
