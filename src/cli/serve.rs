//! `serve` and `work`: the running installation.

use std::net::TcpListener;

use anyhow::Context as _;

use super::{Failure, Outcome, block_on, open, say};
use crate::accounts;
use crate::app::{App, stop_signal};
use crate::platform::config::Settings;
use crate::platform::db::DbError;
use crate::platform::text::EmailAddress;
use crate::worker;

/// The sign-in name of whoever comes first; `.example` is nobody's domain (RFC 2606).
const FIRST_ADMINISTRATOR: &str = "administrator@trellis.example";

pub fn serve(settings: Settings, jobs: bool) -> Outcome {
    let listener = listen(&settings)?;
    let app = open(settings, false)?;
    block_on(async {
        app.follow_content().await.map_err(anyhow::Error::from)?;
        welcome_first_administrator(&app).await?;
        say(&format!("Trellis answers at {}", app.settings.base_url.as_str()));
        app.serve(listener, jobs).await.map_err(Failure::from)
    })
}

pub fn work(settings: Settings, once: bool) -> Outcome {
    let app = open(settings, false)?;
    block_on(async {
        app.follow_content().await.map_err(anyhow::Error::from)?;
        if once {
            worker::run_due(&app).await;
            worker::run_daily(&app).await;
            return Ok(());
        }
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let jobs = worker::start(app);
                stop_signal().await;
                jobs.stop().await;
            })
            .await;
        Ok(())
    })
}

pub fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(settings.bind).with_context(|| format!("listening on {}", settings.bind))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// While nobody can administer the platform, each start prints a link that lets somebody: the newest link holds.
async fn welcome_first_administrator(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let address = EmailAddress::parse(FIRST_ADMINISTRATOR).map_err(anyhow::Error::msg)?;
    let secret = app
        .db
        .write(move |conn| match accounts::store::count_administrators(conn)? {
            0 => Ok::<_, DbError>(Some(accounts::store::invite_first_administrator(
                conn,
                "Administrator",
                &address,
                now,
            )?)),
            _ => Ok(None),
        })
        .await?;
    if let Some(secret) = secret {
        let link = app.settings.base_url.join(&format!("/password/reset/{}", secret.as_str()));
        say("Nobody administers this Trellis yet. Open this link within 7 days and set a password:");
        say(&format!("  {link}"));
        say(&format!(
            "Then sign in as {FIRST_ADMINISTRATOR}. To administer under your own address, or for a new link:"
        ));
        say("  trellis admin create --email you@example.org --name 'Your Name'");
    }
    Ok(())
}
