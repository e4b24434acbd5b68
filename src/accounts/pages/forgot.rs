//! `/password/forgot`: a link by mail, if the address has an account; the answer is the same if it has none.

use actix_web::web::Data;
use askama::Template;

use super::CheckEmail;
use crate::accounts::doors::Doors;
use crate::accounts::{Purpose, RESET_LASTS, emails, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::EmailAddress;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "accounts/forgot.html")]
struct Forgot {
    frame: Frame,
    faults: Faults,
    email: Field,
}

impl Forgot {
    fn new(ask: &Ask, fields: &Fields, faults: Faults) -> Self {
        let email = Field::new("email", "Email address").hint("The one you sign in with.").sent(fields, &faults);
        Self { frame: Frame::plain(ask), email, faults }
    }
}

pub async fn show(ask: Ask) -> Answer {
    ask.page(Forgot::new(&ask, &Fields::default(), Faults::default()))
}

pub async fn submit(ask: Ask, db: Data<Db>, doors: Data<Doors>, fields: Fields) -> Answer {
    fields.only(&["email"])?;
    let mut faults = Faults::default();
    let Some(email) = faults.check("email", EmailAddress::parse(fields.get("email"))) else {
        return Err(Error::refused(Forgot::new(&ask, &fields, faults)));
    };
    if doors.may_mail(email.key(), ask.peer)? {
        let (ask, key) = (ask.clone(), email.key().to_owned());
        db.write(move |conn| send_link(conn, &ask, &key)).await?;
    }
    ask.page(CheckEmail {
        frame: Frame::plain(&ask),
        heading: "Check your email",
        what: format!(
            "If {} has an account, we have written to it. Open the link in the mail within 30\u{a0}minutes.",
            email.as_str()
        ),
    })
}

fn send_link(conn: &mut Conn, ask: &Ask, key: &str) -> Result<(), Error> {
    let Some(account) = store::find_account(conn, key)? else {
        return Ok(store::issue_link_to_nobody(conn, RESET_LASTS, ask.now)?);
    };
    let secret = store::issue_link(conn, account.id, Purpose::Reset, RESET_LASTS, ask.now)?;
    let letter = emails::reset(&ask.site, &account, &secret, ask.now)?;
    emails::queue(conn, &ask.site, &letter, ask.now)?;
    Ok(())
}
