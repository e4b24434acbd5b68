//! `mail`: the outbox from the machine itself.

use std::io::Read as _;

use anyhow::Context as _;
use diesel::QueryResult;

use super::{Outcome, block_on, open, say};
use crate::outbox::returned::Returned;
use crate::outbox::{MessageId, store};
use crate::platform::clock::Instant;
use crate::platform::config::Settings;
use crate::platform::db::{Conn, DbError};
use crate::platform::web::Mode;
use crate::{accounts, cohort};

/// In bytes.
const LONGEST: u64 = 10 * 1024 * 1024;

#[derive(clap::Subcommand)]
pub enum Command {
    /// How many mails are in which state, and whether the queue is on hold
    Status,
    /// Send a failed or unknown mail again
    Retry { id: i64 },
    /// Send nothing until `mail resume`
    Hold,
    /// Send again after a hold or a fault of the settings
    Resume,
    /// Read one message on standard input, as a mail server pipes it: a mail that came back, or a complaint
    Receive,
}

pub fn run(settings: Settings, command: Command) -> Outcome {
    let message = if matches!(command, Command::Receive) { message()? } else { Vec::new() };
    let app = open(settings, Mode::Usual)?;
    let now = app.clock.now();
    let told = app.db.write(move |conn| {
        Ok::<_, DbError>(match command {
            Command::Status => {
                let counts = store::count_by_state(conn)?;
                let halt = store::halted(conn)?.map(|halt| format!("on hold: {}", halt.reason));
                let lines = counts.into_iter().map(|(state, count)| format!("{state}: {count}"));
                lines.chain(halt).collect::<Vec<_>>().join("\n")
            }
            Command::Retry { id } => match store::retry(conn, MessageId(id), now)? {
                true => format!("Mail {id} waits to be sent again."),
                false => format!("Mail {id} is neither failed nor unknown: nothing was changed."),
            },
            Command::Hold => {
                store::halt(conn, "held by an operator", now)?;
                "Nothing is sent until `trellis mail resume`.".into()
            }
            Command::Resume => {
                store::resume(conn, now)?;
                "Mail goes out again.".into()
            }
            Command::Receive => take(conn, &message, now)?,
        })
    });
    say(&block_on(told).map_err(anyhow::Error::from)?);
    Ok(())
}

/// One message, no longer than any report is.
fn message() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).context("reading standard input")?;
    anyhow::ensure!(bytes.len() as u64 <= LONGEST, "the message is longer than 10 MiB");
    Ok(bytes)
}

/// Does what the report asks for, and says what was done.
fn take(conn: &mut Conn, message: &[u8], now: Instant) -> QueryResult<String> {
    let Some(returned) = Returned::read(message) else {
        return Ok("It is neither a mail that came back nor a complaint: nothing was changed.".into());
    };
    match &returned {
        Returned::Bounce { message_id, status, words } => {
            let reason = format!("it came back: {status} {words}");
            let Some((id, account)) = store::settle_returned(conn, message_id, reason.trim(), now)? else {
                return Ok(format!("No mail here is called {message_id}: nothing was changed."));
            };
            let gone = account.filter(|_| returned.nobody_is_there());
            if let Some(account) = gone {
                accounts::store::mark_undeliverable(conn, account, now)?;
            }
            let more = if gone.is_some() { " Nothing more goes to that address." } else { "" };
            Ok(format!("Mail {id} failed: {reason}.{more}"))
        }
        Returned::Complaint { message_id } => match store::account_of(conn, message_id)? {
            Some(account) => {
                cohort::store::stop_all_bulk_mail(conn, account, now)?;
                Ok("Its reader called it unwanted: they get no more reminders or announcements.".into())
            }
            None => Ok(format!("No mail here is called {message_id}: nothing was changed.")),
        },
    }
}
