//! `mail`: the outbox from the machine itself.

use super::{Outcome, block_on, open, say};
use crate::outbox::{MessageId, store};
use crate::platform::config::Settings;
use crate::platform::db::DbError;
use crate::platform::web::Mode;

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
}

pub fn run(settings: Settings, command: Command) -> Outcome {
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
        })
    });
    say(&block_on(told).map_err(anyhow::Error::from)?);
    Ok(())
}
