//! `content preview`: all programmes with all their units open, in a database that is gone afterwards; what is saved is
//! shown at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use actix_web::web::Data;
use anyhow::Context as _;
use chrono::{Days, NaiveTime, TimeDelta};
use diesel::QueryResult;

use crate::accounts::store::{NewAccount, create_accounts};
use crate::app::App;
use crate::cli::{Failure, Outcome, block_on, complain, say, serve::listen};
use crate::cohort::store::{NewCohort, create, enrol};
use crate::cohort::{Joining, Role};
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::Flags;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::EmailAddress;
use crate::platform::web::Mode;
use crate::platform::zone::Zone;
use crate::preview::Preview;
use crate::programme::{self, Catalogue, Content};
use crate::schedule;

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(400);

pub fn run(mut flags: Flags, path: PathBuf) -> Outcome {
    let catalogue = programme::load_at(&path)
        .map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
    let folder = Folder::make()?;
    (flags.data, flags.content) = (folder.0.clone(), path.clone());
    (flags.database_url, flags.smtp_url) = (None, None);
    let settings = flags.check().map_err(Failure::Settings)?;
    if !settings.bind.ip().is_loopback() || !settings.base_url.is_loopback() {
        let why = "preview lets everybody in, so it answers on the loopback only: leave --bind and --base-url out";
        return Err(Failure::Settings(vec![why.into()]));
    }
    let listener = listen(&settings)?;
    let mut app = App::open(settings, Content::new(catalogue), Clock::system(), Mode::Preview)?;
    block_on(async {
        let preview = Data::new(people(&app).await?);
        app.preview = Some(preview.clone());
        let base = app.settings.base_url.as_str();
        say(&format!("All units, as a learner:     {base}/preview"));
        say(&format!("All units, as a facilitator: {base}/preview?as=facilitator"));
        say("What you save is shown at once. Faults are named here, and the last good text stays.");
        let watch = actix_web::rt::spawn(follow(path, app.clone(), preview));
        let served = app.serve(listener, false).await.map_err(Failure::from);
        watch.abort();
        served
    })
}

/// Gone with the process.
struct Folder(PathBuf);

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("trellis-preview-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("making the folder {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Two people, and a cohort of each programme whose last unit opened a week ago.
async fn people(app: &App) -> anyhow::Result<Preview> {
    let (catalogue, now) = (app.content.current(), app.clock.now());
    let made = app.db.write(move |conn| make(conn, &catalogue, now).map_err(DbError::from)).await?;
    made.context("the preview has nobody in it")
}

fn make(conn: &mut Conn, catalogue: &Catalogue, now: Instant) -> QueryResult<Option<Preview>> {
    let account = |name: &str, address: &str| {
        let email = EmailAddress::parse(address).ok()?;
        Some(NewAccount::learner(name, &email, None, now).verified())
    };
    let new: Vec<NewAccount> =
        [account("A learner", "learner@trellis.example"), account("A facilitator", "facilitator@trellis.example")]
            .into_iter()
            .flatten()
            .collect();
    let accounts = create_accounts(conn, &new)?;
    let [learner, facilitator] = accounts[..] else { return Ok(None) };
    let zone = Zone::utc();
    for programme in catalogue.programmes.values() {
        let weeks = u64::try_from(programme.weeks()).unwrap_or(0);
        let new = NewCohort {
            programme: programme.slug.clone(),
            name: "Preview".into(),
            starts_on: zone.local_date(now) - Days::new(7 * weeks),
            release_time: NaiveTime::MIN,
            zone: zone.clone(),
            joining: Joining::Invitation,
            breaks: Vec::new(),
        };
        let cohort = create(conn, &new, now - TimeDelta::weeks(20))?;
        schedule::store::plan_cohort(conn, &cohort.slug, catalogue)?;
        enrol(conn, cohort.id, learner, Role::Learner, now)?;
        enrol(conn, cohort.id, facilitator, Role::Facilitator, now)?;
    }
    schedule::store::open_due(conn, now)?;
    Ok(Some(Preview::new(learner, facilitator)))
}

/// Reads again when a file was saved, made or taken away.
async fn follow(path: PathBuf, app: App, preview: Data<Preview>) {
    let mut seen = files(&path);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = files(&path);
        if now == seen {
            continue;
        }
        seen = now;
        match programme::load_at(&path) {
            Ok(catalogue) => {
                app.content.replace(catalogue);
                match app.follow_content().await {
                    Ok(()) => say("Read again."),
                    Err(error) => complain(&format!("the database did not follow: {error}")),
                }
                preview.changed();
            }
            Err(faults) => faults.iter().for_each(|fault| complain(&fault.to_string())),
        }
    }
}

/// Every file below, and when it was saved.
fn files(path: &Path) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let about = entry.metadata().ok();
            match about {
                Some(about) if about.is_dir() => folders.push(entry.path()),
                about => _ = found.insert(entry.path(), about.and_then(|about| about.modified().ok())),
            }
        }
    }
    found
}
