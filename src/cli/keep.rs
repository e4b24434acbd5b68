//! Keeping it well: `backup`, `restore`, `check`, `doctor`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{Outcome, block_on, open, say};
use crate::app::App;
use crate::platform::config::{MailRoute, Settings};
use crate::platform::db::{self, DbError, Url};
use crate::platform::web::Mode;
use crate::{accounts, completion, discussion, facilitator, outbox};

pub fn backup(settings: &Settings, file: &Path) -> Outcome {
    db::copy_to(&settings.database, file)?;
    db::integrity(&Url::Sqlite(file.into()))?;
    say(&format!("{} holds a whole copy.", file.display()));
    Ok(())
}

pub fn restore(settings: Settings, file: &Path) -> Outcome {
    let Url::Sqlite(own) = settings.database.clone() else {
        return Err(anyhow::anyhow!("this is for the embedded database; for PostgreSQL use pg_restore").into());
    };
    db::integrity(&Url::Sqlite(file.into()))?;
    put_in_place(file, &own)?;
    let app = open(settings, Mode::Usual)?;
    let now = app.clock.now();
    // A restored database believes that mail of the past is still to be sent.
    let held = app.db.write(move |conn| outbox::store::halt(conn, "restored from a copy", now).map_err(DbError::from));
    block_on(held).map_err(anyhow::Error::from)?;
    say("Restored. Mail is on hold: look at `trellis mail status`, then `trellis mail resume`.");
    Ok(())
}

/// The old database stays beside the new, under another name.
fn put_in_place(copy: &Path, own: &Path) -> anyhow::Result<()> {
    let aside = |path: &Path| PathBuf::from(format!("{}.before-restore", path.display()));
    for part in ["", "-wal", "-shm"] {
        let old = PathBuf::from(format!("{}{part}", own.display()));
        if !old.exists() {
            continue;
        }
        if part.is_empty() && aside(&old).exists() {
            bail!("{} is still there from an earlier restore: move it away", aside(&old).display());
        }
        fs::rename(&old, aside(&old)).with_context(|| format!("moving {} aside", old.display()))?;
    }
    if let Some(folder) = own.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(copy, own).with_context(|| format!("copying {} to {}", copy.display(), own.display()))?;
    Ok(())
}

pub fn check(settings: Settings) -> Outcome {
    if settings.database.kind() == db::Kind::Sqlite {
        db::integrity(&settings.database)?;
        say("The database file is whole.");
    }
    let app = open(settings, Mode::Usual)?;
    let mended = app.db.write(|conn| {
        let threads = discussion::store::recount(conn)?;
        let works = completion::store::peers::gaps::recount(conn)?;
        Ok::<_, DbError>((threads, works, facilitator::store::sums::recount(conn)?))
    });
    let (threads, works, sums) = block_on(mended).map_err(anyhow::Error::from)?;
    say(&format!("{threads} threads said something wrong of their posts and are mended."));
    say(&format!("{works} pieces of work had a wrong count of comments and are mended."));
    say(&format!("{sums} sums for facilitators were wrong and are mended."));
    Ok(())
}

pub fn doctor(settings: Settings) -> Outcome {
    let app = open(settings, Mode::Usual)?;
    say(&format!("Database   {}", db::version(&app.settings.database)?));
    let catalogue = app.content.current();
    let steps: usize = catalogue.programmes.values().flat_map(|p| &p.units).map(|u| u.steps.len()).sum();
    say(&format!("Content    {} programmes, {steps} steps, no faults", catalogue.programmes.len()));
    say(&format!("Address    {}", app.settings.base_url.as_str()));
    say(&match &app.settings.mail {
        MailRoute::Files(folder) => format!("Mail       written to {}, sent to nobody", folder.display()),
        MailRoute::Smtp(_) => "Mail       through the server of --smtp-url".into(),
    });
    let (administrators, halt) = block_on(facts(&app))?;
    say(&format!("Administrators {administrators}"));
    if let Some(reason) = halt {
        say(&format!("Mail is on hold: {reason}. `trellis mail resume` ends that."));
    }
    Ok(())
}

async fn facts(app: &App) -> anyhow::Result<(i64, Option<String>)> {
    let facts = app.db.read(|conn| {
        let halt = outbox::store::halted(conn)?.map(|halt| halt.reason);
        Ok::<_, DbError>((accounts::store::count_administrators(conn)?, halt))
    });
    Ok(facts.await?)
}
