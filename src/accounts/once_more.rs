//! The password once more, from somebody who is signed in: before what nobody else at an open browser may do.

use super::doors::Doors;
use super::password::Password;
use super::passwords::Passwords;
use super::{Person, store};
use crate::platform::db::Db;
use crate::platform::text::EmailAddress;
use crate::platform::web::{Ask, Error};

/// What is wrong with what they typed, if it is not their password. A wrong one counts as at the door.
pub async fn own_password(
    ask: &Ask,
    db: &Db,
    (passwords, doors): (&Passwords, &Doors),
    person: &Person,
    typed: &str,
) -> Result<Result<(), String>, Error> {
    if typed.is_empty() {
        return Ok(Err("Enter your own password".into()));
    }
    let email = EmailAddress::parse(&person.email).map_err(anyhow::Error::msg)?;
    doors.may_sign_in(email.key(), ask.peer)?;
    let id = person.id;
    let account = db.read(move |conn| Ok::<_, Error>(store::account(conn, id)?)).await?;
    let kept = account.and_then(|account| account.password_hash);
    if passwords.verify(kept.as_deref(), &Password::typed(typed)).await? {
        return Ok(Ok(()));
    }
    doors.failed_sign_in(email.key(), ask.peer);
    Ok(Err("That is not your password".into()))
}
