//! `seed`: fills an empty database with one cohort under way, the same for the same seed and day.
//!
//! It writes the tables of many slices at once, in large batches: that is what it is for, and nothing else may.

mod deeds;
mod live;
mod meeting;
mod people;
mod words;
mod write;

use anyhow::{Context as _, bail};
use chrono::{Datelike as _, Days, NaiveTime, TimeDelta};
use diesel::prelude::*;

use super::{Outcome, block_on, open, say};
use crate::accounts::password::Password;
use crate::accounts::passwords::hash_now;
use crate::app::App;
use crate::cohort::store::{NewCohort, create};
use crate::cohort::{Cohort, Joining};
use crate::platform::clock::Instant;
use crate::platform::config::Settings;
use crate::platform::db::{Conn, Db, DbError};
use crate::platform::secret::Secret;
use crate::platform::text::Slug;
use crate::platform::web::Mode;
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Programme};
use crate::schedule::{self, Release};
use crate::schema::accounts;
use deeds::Deed;
use people::People;

#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// How many learners
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub learners: u32,
    /// The week that the course is in now
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=60))]
    pub week: u16,
    /// How many posts [default: some, in the units that have words of their own]
    #[arg(long)]
    pub posts: Option<u32>,
    /// Another number, other people and deeds
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The password of everybody [default: a random one, printed]
    #[arg(long)]
    pub password: Option<String>,
}

pub fn run(settings: &Settings, plan: &Plan) -> Outcome {
    let app = open(settings.clone(), Mode::Usual)?;
    let password = plan.password.clone().unwrap_or_else(|| Secret::random().as_str().to_owned());
    let filled = block_on(async {
        let past = begin(&app, plan, &password).await?;
        past.live_through(&app.db, past.now).await.map(|()| past)
    })?;
    say(&format!("Made the cohort {}, now in week {}.", filled.cohort.path(), plan.week));
    say("Sign in as admin@example.org, facilitator1@example.org or learner0001@example.org and up.");
    if plan.password.is_none() {
        say(&format!("Their password: {password}"));
    }
    Ok(())
}

/// A cohort with its people, and what they will have done by now.
pub struct Past {
    pub cohort: Cohort,
    pub releases: Vec<Release>,
    pub now: Instant,
    /// By time; taken from the front as time goes by.
    deeds: std::cell::RefCell<std::collections::VecDeque<Deed>>,
}

impl Past {
    /// Writes down everything that was done up to an instant.
    pub async fn live_through(&self, db: &Db, until: Instant) -> anyhow::Result<()> {
        loop {
            let batch: Vec<Deed> = {
                let mut deeds = self.deeds.borrow_mut();
                let due = deeds.partition_point(|deed| deed.at <= until).min(write::BATCH);
                deeds.drain(..due).collect()
            };
            if batch.is_empty() {
                break;
            }
            let cohort = self.cohort.id;
            db.write(move |conn| write::deeds(conn, cohort, &batch).map_err(DbError::from)).await?;
        }
        let cohort = self.cohort.id;
        db.write(move |conn| {
            live::attend(conn, cohort)?;
            write::settle(conn, until).map_err(DbError::from)
        })
        .await?;
        Ok(())
    }
}

/// Makes accounts, cohort and enrolments as they were when the course began, and plans the deeds.
pub async fn begin(app: &App, plan: &Plan, password: &str) -> anyhow::Result<Past> {
    let now = app.clock.now();
    let catalogue = app.content.current();
    let hash = hash_now(&Password::typed(password))?;
    let (slug, plan_) = (first_programme(&catalogue)?, plan.clone());
    let known = catalogue.clone();
    let (cohort, releases, people) = app
        .db
        .write(move |conn| {
            if accounts::table.count().get_result::<i64>(conn)? > 0 {
                return Ok(None);
            }
            make(conn, &known, &slug, &plan_, &hash, now).map(Some).map_err(DbError::from)
        })
        .await?
        .context("the database is not empty: seed fills only an empty one")?;
    let programme = catalogue.programme(&cohort.programme).context("the programme is gone")?;
    let deeds = deeds::plan(programme, &releases, &people, plan, now)?;
    Ok(Past { cohort, releases, now, deeds: std::cell::RefCell::new(deeds.into()) })
}

fn first_programme(catalogue: &Catalogue) -> anyhow::Result<Slug> {
    let longest = catalogue.programmes.values().max_by_key(|programme| programme.units.len());
    match longest {
        Some(programme) => Ok(programme.slug.clone()),
        None => bail!("there is no programme to teach"),
    }
}

type Made = (Cohort, Vec<Release>, People);

fn make(
    conn: &mut Conn,
    catalogue: &Catalogue,
    programme: &Slug,
    plan: &Plan,
    hash: &str,
    now: Instant,
) -> QueryResult<Made> {
    let zone = Zone::named("Europe/London").unwrap_or_else(Zone::utc);
    // Before Monday's release the week has not begun.
    let today = zone.local_date(now - TimeDelta::hours(9));
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let starts_on = monday - Days::new(7 * (u64::from(plan.week) - 1));
    let new = NewCohort {
        programme: programme.clone(),
        name: format!("{} cohort", starts_on.format("%B %Y")),
        starts_on,
        release_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
        zone: zone.clone(),
        joining: Joining::Open,
        breaks: Vec::new(),
    };
    let before = zone.instant(starts_on.and_time(NaiveTime::MIN)) - TimeDelta::days(21);
    let cohort = create(conn, &new, before)?;
    schedule::store::plan_cohort(conn, &cohort.slug, catalogue)?;
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    if let Some(programme) = catalogue.programme(programme) {
        live::plan(conn, &cohort, programme, &releases, now)?;
    }
    let people = people::enrol(conn, cohort.id, plan.learners as usize, hash, before)?;
    if let Some(programme) = catalogue.programme(programme) {
        meeting::write(conn, (&cohort, &releases), programme, &people, now)?;
    }
    Ok((cohort, releases, people))
}

/// The units that have opened by now, with their opening.
fn open_units<'p>(
    programme: &'p Programme,
    releases: &'p [Release],
    now: Instant,
) -> impl Iterator<Item = (&'p crate::programme::Unit, Instant)> {
    releases
        .iter()
        .filter(move |release| release.is_open(now))
        .filter_map(|release| Some((programme.unit_named(&release.unit)?, release.opens_at)))
}
