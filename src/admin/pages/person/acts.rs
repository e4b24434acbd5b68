//! What an administrator does with an account. Each act that changes something is a row of the log, in the transaction that
//! does it.
//!
//! Nobody can dismiss or suspend themselves, and all who administer are held meanwhile: so of two who dismiss each other at
//! once the later has no such page any more, and there is always one left.

use actix_web::web::{Data, Path};

use super::page;
use crate::accounts::doors::Doors;
use crate::accounts::gate::administrator;
use crate::accounts::once_more::own_password;
use crate::accounts::passwords::Passwords;
use crate::accounts::store::{self, Account};
use crate::accounts::{AccountId, Person, Purpose, RESET_LASTS, VERIFY_LASTS, emails};
use crate::admin::pages::{note, number};
use crate::audit::{Act, Deed};
use crate::discussion;
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};

/// The longest reason, in characters.
const LONGEST: usize = 500;

/// An account before an administrator.
struct Desk {
    me: Person,
    them: Account,
    path: String,
}

impl Desk {
    fn at(conn: &mut Conn, ask: &Ask, id: &str) -> Result<Self, Error> {
        let me = administrator(conn, ask)?;
        let id = AccountId(number(id)?);
        let them = store::account(conn, id)?.ok_or(Error::NotFound)?;
        Ok(Self { me, them, path: format!("/admin/people/{id}") })
    }

    /// The same while nobody else changes who administers.
    fn alone(conn: &mut Conn, ask: &Ask, id: &str) -> Result<Self, Error> {
        administrator(conn, ask)?;
        store::hold_administrators(conn)?;
        Self::at(conn, ask, id)
    }

    fn is_oneself(&self) -> bool {
        self.me.id == self.them.id
    }

    fn note(&self, conn: &mut Conn, ask: &Ask, act: Act, reason: &str) -> Result<(), Error> {
        let deed = Deed { act, subject: &self.them.name, path: &self.path, reason, about: Some(self.them.id) };
        note(conn, &self.me, None, deed, ask.now)
    }

    /// The page again, with what is wrong with a field.
    fn refused(
        &self,
        conn: &mut Conn,
        ask: &Ask,
        fields: &Fields,
        (field, what): (&str, String),
    ) -> Result<Error, Error> {
        let mut faults = Faults::default();
        faults.add(field, what);
        Ok(Error::refused(page(conn, ask, &self.me, self.them.id, fields, faults)?))
    }

    fn suspend(&self, conn: &mut Conn, ask: &Ask, fields: &Fields) -> Result<&'static str, Error> {
        if self.is_oneself() {
            let what = "Ask another administrator to suspend your own account".into();
            return Err(self.refused(conn, ask, fields, ("reason", what))?);
        }
        let reason = match paragraphs(fields.get("reason"), LONGEST, "why") {
            Ok(reason) => reason,
            Err(what) => return Err(self.refused(conn, ask, fields, ("reason", what))?),
        };
        discussion::store::give_up_claims(conn, None, self.them.id)?;
        if store::suspend(conn, self.them.id, ask.now)? {
            self.note(conn, ask, Act::SuspendAccount, &reason)?;
        }
        Ok("account-suspended")
    }

    fn lift_suspension(&self, conn: &mut Conn, ask: &Ask) -> Result<&'static str, Error> {
        if store::lift_suspension(conn, self.them.id)? {
            self.note(conn, ask, Act::LiftSuspension, "")?;
        }
        Ok("suspension-lifted")
    }

    fn appoint(&self, conn: &mut Conn, ask: &Ask) -> Result<&'static str, Error> {
        if self.them.verified_at.is_none() || self.them.suspended_at.is_some() {
            return Err(Error::BadRequest("Who administers has confirmed their address and is not suspended."));
        }
        if store::set_administrator(conn, self.them.id, true)? {
            self.note(conn, ask, Act::AppointAdministrator, "")?;
            self.tell(conn, ask, true)?;
        }
        Ok("administrator-appointed")
    }

    fn dismiss(&self, conn: &mut Conn, ask: &Ask) -> Result<&'static str, Error> {
        if self.is_oneself() {
            return Err(Error::BadRequest("Nobody dismisses themselves. Another administrator can do it."));
        }
        if store::set_administrator(conn, self.them.id, false)? {
            self.note(conn, ask, Act::DismissAdministrator, "")?;
            self.tell(conn, ask, false)?;
        }
        Ok("administrator-dismissed")
    }

    /// Tells them and all who administer besides, by mail, that they do so from now on, or do so no more.
    fn tell(&self, conn: &mut Conn, ask: &Ask, begins: bool) -> Result<(), Error> {
        let others = store::list_administrators(conn)?;
        let others = others.iter().filter(|other| ![self.me.id, self.them.id].contains(&other.id));
        for to in std::iter::once(&self.them).chain(others) {
            let change = emails::Administering { whom: &self.them, by: &self.me.name, begins };
            let letter = emails::administering(&ask.site, to, change, ask.now)?;
            emails::queue(conn, &ask.site, &letter, ask.now)?;
        }
        Ok(())
    }
}

/// `standing` is `suspended` (with a `reason`) or `active`.
pub async fn change_standing(ask: Ask, db: Data<Db>, path: Path<String>, fields: Fields) -> Answer {
    fields.only(&["standing", "reason"])?;
    let asked = ask.clone();
    let (to, done) = db
        .write(move |conn| {
            let desk = Desk::alone(conn, &asked, &path)?;
            let done = match fields.get("standing") {
                "suspended" => desk.suspend(conn, &asked, &fields)?,
                "active" => desk.lift_suspension(conn, &asked)?,
                _ => return Err(Error::BadRequest("It says neither to suspend the account nor to lift that.")),
            };
            Ok::<_, Error>((desk.path, done))
        })
        .await?;
    ask.done(to, done)
}

/// `administrator` is `yes` or `no`, and `password` the own one of whoever asks.
pub async fn change_administrator(
    ask: Ask,
    db: Data<Db>,
    (passwords, doors): (Data<Passwords>, Data<Doors>),
    path: Path<String>,
    fields: Fields,
) -> Answer {
    let asked = ask.clone();
    let me = db.read(move |conn| administrator(conn, &asked)).await?;
    fields.only(&["administrator", "password"])?;
    let appoints = match fields.get("administrator") {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::BadRequest("It says neither yes nor no.")),
    };
    let typed = own_password(&ask, &db, (&passwords, &doors), &me, fields.get("password")).await?;
    let asked = ask.clone();
    let (to, done) = db
        .write(move |conn| {
            let desk = Desk::alone(conn, &asked, &path)?;
            if let Err(what) = typed {
                return Err(desk.refused(conn, &asked, &fields, ("password", what))?);
            }
            let done = if appoints { desk.appoint(conn, &asked)? } else { desk.dismiss(conn, &asked)? };
            Ok::<_, Error>((desk.path, done))
        })
        .await?;
    ask.done(to, done)
}

/// They are signed out everywhere.
pub async fn end_sessions(ask: Ask, db: Data<Db>, path: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let desk = Desk::at(conn, &asked, &path)?;
            if store::end_all_sessions(conn, desk.them.id)? > 0 {
                desk.note(conn, &asked, Act::EndSessions, "")?;
            }
            Ok::<_, Error>(desk.path)
        })
        .await?;
    ask.done(to, "sessions-ended")
}

/// The mail that confirms the address or, where that is done or a password was never chosen, the one that sets it.
pub async fn send_letter(ask: Ask, db: Data<Db>, path: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let desk = Desk::at(conn, &asked, &path)?;
            let them = &desk.them;
            if them.suspended_at.is_some() {
                return Err(Error::BadRequest("A suspended account gets no such mail."));
            }
            let (purpose, lasts) = match (them.verified_at, &them.password_hash) {
                (None, Some(_)) => (Purpose::Verify, VERIFY_LASTS),
                (None, None) => (Purpose::Reset, VERIFY_LASTS),
                (Some(_), _) => (Purpose::Reset, RESET_LASTS),
            };
            let secret = store::issue_link(conn, them.id, purpose, lasts, asked.now)?;
            let letter = match (purpose, them.verified_at) {
                (Purpose::Verify, _) => emails::verify(&asked.site, them, &secret, asked.now)?,
                (Purpose::Reset, None) => emails::first_password(&asked.site, them, &secret, asked.now)?,
                (Purpose::Reset, Some(_)) => emails::new_password(&asked.site, them, &secret, asked.now)?,
            };
            emails::queue(conn, &asked.site, &letter, asked.now)?;
            desk.note(conn, &asked, Act::SendLetter, "")?;
            Ok::<_, Error>(desk.path)
        })
        .await?;
    ask.done(to, "letter-sent")
}

/// Mail goes to the address again. `back` is `mail` where the form stood on the page of mails.
pub async fn lift_address(ask: Ask, db: Data<Db>, path: Path<String>, fields: Fields) -> Answer {
    fields.only(&["back"])?;
    let asked = ask.clone();
    let own = db
        .write(move |conn| {
            let desk = Desk::at(conn, &asked, &path)?;
            if store::lift_undeliverable(conn, desk.them.id)? {
                desk.note(conn, &asked, Act::LiftAddress, "")?;
            }
            Ok::<_, Error>(desk.path)
        })
        .await?;
    ask.done(if fields.get("back") == "mail" { "/admin/mail" } else { &own }, "address-lifted")
}
