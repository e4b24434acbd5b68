//! `serve` and `work`: the running installation.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Failure, Outcome, block_on, open, say};
use crate::accounts;
use crate::app::{App, stop_signal};
use crate::platform::config::Settings;
use crate::platform::db::DbError;
use crate::platform::text::EmailAddress;
use crate::platform::web::Mode;
use crate::worker;

const PID_FILE: &str = "trellis.pid";
/// The sign-in name of whoever comes first; `.example` is nobody's domain (RFC 2606).
const FIRST_ADMINISTRATOR: &str = "administrator@trellis.example";

pub fn serve(settings: Settings, jobs: bool) -> Outcome {
    let listener = listen(&settings)?;
    let app = open(settings, Mode::Usual)?;
    block_on(async {
        app.follow_content().await.map_err(anyhow::Error::from)?;
        welcome_first_administrator(&app).await?;
        let _named = PidFile::write(&app.settings.data)?;
        say(&format!("Trellis answers at {}", app.settings.base_url.as_str()));
        app.serve(listener, jobs).await.map_err(Failure::from)
    })
}

pub fn work(settings: Settings, once: bool) -> Outcome {
    let app = open(settings, Mode::Usual)?;
    block_on(async {
        app.follow_content().await.map_err(anyhow::Error::from)?;
        if once {
            worker::run_all(&app).await;
            return Ok(());
        }
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                let reloads = tokio::task::spawn_local(app.clone().reload_on_hangup());
                let jobs = worker::start(app);
                stop_signal().await;
                reloads.abort();
                jobs.stop().await;
            })
            .await;
        Ok(())
    })
}

/// The file by which `content reload` finds this process; gone when it ends.
struct PidFile(PathBuf);

impl PidFile {
    fn write(data: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data).with_context(|| format!("making the folder {}", data.display()))?;
        let path = data.join(PID_FILE);
        std::fs::write(&path, std::process::id().to_string()).with_context(|| format!("writing {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Tells the running process to read its content again.
pub fn reload(data: &Path) -> anyhow::Result<()> {
    let path = data.join(PID_FILE);
    let pid =
        std::fs::read_to_string(&path).with_context(|| format!("no `trellis serve` runs on {}", data.display()))?;
    let told = std::process::Command::new("kill").args(["-HUP", pid.trim()]).status().context("telling the process")?;
    anyhow::ensure!(told.success(), "the process {} of {} is gone", pid.trim(), path.display());
    Ok(())
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
    if let Some((_, secret)) = secret {
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
