//! `admin`: making somebody an administrator from the machine itself.

use super::{Failure, Outcome, block_on, open, say};
use crate::accounts;
use crate::audit::{self, Act, Actor, Deed};
use crate::platform::config::Settings;
use crate::platform::db::DbError;
use crate::platform::text::{EmailAddress, line};
use crate::platform::web::Mode;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make an account an administrator (made if there is none), and print a link that sets its password
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
    },
}

pub fn run(settings: Settings, command: Command) -> Outcome {
    let Command::Create { email, name } = command;
    let wrong = |flag: &str, why: String| Failure::Settings(vec![format!("--{flag}: {why}")]);
    let email = EmailAddress::parse(&email).map_err(|why| wrong("email", why))?;
    let name = line(&name, 80, "the name").map_err(|why| wrong("name", why))?;
    let app = open(settings, Mode::Usual)?;
    let now = app.clock.now();
    let made = app.db.write(move |conn| {
        let (account, secret) = accounts::store::invite_first_administrator(conn, &name, &email, now)?;
        let path = format!("/admin/people/{account}");
        let act = Act::AppointAdministrator;
        let deed = Deed { act, subject: &name, path: &path, reason: "", about: Some(account) };
        audit::store::note_of(conn, Actor::MACHINE, None, deed, now)?;
        Ok::<_, DbError>(secret)
    });
    let secret = block_on(made).map_err(anyhow::Error::from)?;
    say("Open this link within 7 days to set the password:");
    say(&app.settings.base_url.join(&format!("/password/reset/{}", secret.as_str())));
    Ok(())
}
