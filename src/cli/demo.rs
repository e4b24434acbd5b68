//! `demo`: a course in its sixth week in `data/demo`, on the loopback, lived through on its first start.

use chrono::TimeDelta;

use super::seed::{self, Past, Plan};
use super::serve::listen;
use super::{Failure, Outcome, block_on, open, say};
use crate::app::App;
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::Flags;
use crate::platform::db::DbError;
use crate::platform::web::Mode;
use crate::reminder::due::timetable;
use crate::{accounts, reminder, worker};

/// Printed, and so no secret: it works only in demo mode, which answers on the loopback alone.
const PASSWORD: &str = "nine quiet herons";

const PLAN: Plan = Plan { learners: 40, week: 6, posts: None, seed: 7, password: None };

pub fn run(mut flags: Flags) -> Outcome {
    if flags.database_url.is_some() || flags.smtp_url.is_some() {
        let why = "demo keeps its own database and writes its mail to files: leave --database-url and --smtp-url out";
        return Err(Failure::Settings(vec![why.into()]));
    }
    flags.data = flags.data.join("demo");
    let settings = flags.check().map_err(Failure::Settings)?;
    if !settings.bind.ip().is_loopback() || !settings.base_url.is_loopback() {
        let why = "demo has passwords that everybody knows, so it answers on the loopback only: leave --bind and --base-url out";
        return Err(Failure::Settings(vec![why.into()]));
    }
    let listener = listen(&settings)?;
    let app = open(settings, Mode::Demo)?;
    block_on(async {
        let empty = app.db.read(|conn| accounts::store::count_administrators(conn).map_err(DbError::from));
        if empty.await.map_err(anyhow::Error::from)? == 0 {
            say("Making a course in its sixth week. This takes some seconds, once.");
            fill(&app).await?;
        }
        app.follow_content().await.map_err(anyhow::Error::from)?;
        introduce(&app);
        app.serve(listener, true).await.map_err(Failure::from)
    })
}

fn introduce(app: &App) {
    say(&format!("\nTrellis, a demonstration: {}\n", app.settings.base_url.as_str()));
    say("  a learner        learner0001@example.org");
    say("  a facilitator    facilitator1@example.org");
    say("  an administrator admin@example.org\n");
    say(&format!("  The password of each is: {PASSWORD}"));
    say(&format!("  Mail is written to {}\n", app.settings.data.join("mail").display()));
}

/// Lives through the weeks: at each instant at which something is due, what was done before it is written down, and the
/// real planner and the real outbox do their work.
async fn fill(app: &App) -> anyhow::Result<()> {
    let past = seed::begin(app, &PLAN, PASSWORD).await?;
    let clock = Clock::standing_at(past.now);
    let lived = app.at(clock.clone())?;
    for moment in moments(app, &past).await? {
        past.live_through(&app.db, moment).await?;
        clock.set(moment);
        worker::run_due(&lived).await;
    }
    past.live_through(&app.db, past.now).await
}

/// Every instant up to now at which a unit opened or a reminder fell due, in order.
async fn moments(app: &App, past: &Past) -> anyhow::Result<Vec<Instant>> {
    let cohort = past.cohort.id;
    let course = app.db.read(move |conn| reminder::store::course(conn, cohort).map_err(DbError::from)).await?;
    let catalogue = app.content.current();
    let dues = course.iter().flat_map(|course| {
        let programme = catalogue.programme(&course.cohort.programme);
        programme.map(|programme| timetable(course, programme)).unwrap_or_default()
    });
    let mut moments: Vec<Instant> = dues
        .map(|due| due.at)
        .chain(past.releases.iter().map(|release| release.opens_at))
        .map(|moment| moment + TimeDelta::minutes(1))
        .filter(|moment| *moment <= past.now)
        .collect();
    moments.sort_unstable();
    moments.dedup();
    Ok(moments)
}
