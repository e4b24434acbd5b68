//! A Trellis whose clock travels: the program itself, within the test, on a folder of its own. Nobody else is there but
//! two learners who hand in work, so that there is some to comment on.

use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use actix_web::rt::System;
use actix_web::web::Data;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use tokio::sync::oneshot;
use trellis::accounts::AccountId;
use trellis::accounts::store::NewAccount;
use trellis::app::App;
use trellis::cohort::store::{NewCohort, create, enrol};
use trellis::cohort::{Break, Cohort, EnrolmentId, Joining, Role};
use trellis::completion::store::peers;
use trellis::discussion::posting::PostLimits;
use trellis::platform::clock::Clock;
use trellis::platform::config::{BaseUrl, MailRoute, Settings};
use trellis::platform::db::{Conn, DbError, Url};
use trellis::platform::text::{EmailAddress, Slug};
use trellis::platform::web::Mode;
use trellis::platform::zone::Zone;
use trellis::programme::{Content, Programme, Step, StepKind, Unit};
use trellis::schema::{accounts, enrolments};

use crate::pages::catalogue;
use crate::site::{Server, Site};

/// The site and its clock. The cohort is the real programme's, from Monday 11 January 2027, with half-term and Easter off.
pub struct Travel {
    pub site: Site,
    pub programme: Programme,
    app: App,
    zone: Zone,
    cohort: Cohort,
}

impl Travel {
    /// It is `when`, in the cohort's zone.
    pub async fn from(when: &str) -> Self {
        let zone = Zone::named("Europe/London").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let clock = Clock::standing_at(zone.instant(local(when)));
        let mut app =
            App::open(settings(folder.path(), &listener), Content::new(catalogue()), clock, Mode::Usual).unwrap();
        // All the posts of eleven weeks come within minutes.
        app.post_limits = Data::new(PostLimits::new(1_000, 1_000, 1_000));
        let programme = catalogue().programmes.remove(&Slug::parse("effective-networks").unwrap()).unwrap();
        let (new, now) = (new_cohort(&programme, &zone), app.clock.now());
        let made = app.db.write(move |conn| {
            let cohort = create(conn, &new, now)?;
            trellis::schedule::store::plan_cohort(conn, &cohort.slug, &catalogue())?;
            Ok::<_, DbError>(cohort)
        });
        let cohort = made.await.unwrap();
        let site = Site {
            base: app.settings.base_url.as_str().trim_end_matches('/').to_owned(),
            cohort: cohort.path(),
            server: Server::Within(Within::start(app.clone(), listener)),
            folder,
        };
        let travel = Self { site, programme, app, zone, cohort };
        travel.others_hand_in_work().await;
        travel
    }

    /// Sets the clock, and lets the jobs do what fell due.
    pub async fn to(&self, when: &str) {
        self.app.clock.set(self.zone.instant(local(when)));
        self.run_jobs().await;
    }

    pub async fn run_jobs(&self) {
        trellis::worker::run_due(&self.app).await;
    }

    async fn others_hand_in_work(&self) {
        let units = self.programme.units.iter();
        let steps = units.flat_map(|unit| unit.steps.iter().map(move |step| (unit.slug.clone(), step.clone())));
        let steps: Vec<(Slug, Step)> = steps.filter(|(_, step)| step.kind == StepKind::PeerAssignment).collect();
        let (cohort, now) = (self.cohort.id, self.app.clock.now());
        let handed_in = self.app.db.write(move |conn| {
            for name in ["Ines", "Tom"] {
                let account = account(conn, name, now);
                enrol(conn, cohort, account, Role::Learner, now)?;
                let of_account = enrolments::table.filter(enrolments::account_id.eq(account));
                let learner: EnrolmentId = of_account.select(enrolments::id).first(conn)?;
                for (unit, step) in &steps {
                    let work = ("What we tried.", "<p>What we tried.</p>");
                    peers::hand_in(conn, (cohort, learner), (unit, &step.slug), work, now)?;
                }
            }
            Ok::<_, DbError>(())
        });
        handed_in.await.unwrap();
    }

    /// The units with the local times at which they open, the orientation first.
    pub fn weeks(&self) -> impl Iterator<Item = (&Unit, &'static str)> {
        const OPEN: [&str; 12] = [
            "2027-01-04",
            "2027-01-11",
            "2027-01-18",
            "2027-01-25",
            "2027-02-01",
            "2027-02-08",
            "2027-02-22",
            "2027-03-01",
            "2027-03-08",
            "2027-03-15",
            "2027-03-22",
            "2027-04-12",
        ];
        self.programme.units.iter().zip(OPEN)
    }
}

fn account(conn: &mut Conn, name: &str, now: trellis::platform::clock::Instant) -> AccountId {
    let email = EmailAddress::parse(&format!("{}@example.org", name.to_lowercase())).unwrap();
    let new = NewAccount::learner(name, &email, None, now).verified();
    diesel::insert_into(accounts::table).values(new).returning(accounts::id).get_result(conn).unwrap()
}

fn settings(folder: &Path, listener: &TcpListener) -> Settings {
    let bind = listener.local_addr().unwrap();
    Settings {
        bind,
        data: folder.into(),
        database: Url::Sqlite(folder.join("trellis.sqlite3")),
        base_url: BaseUrl::parse(&format!("http://{bind}")).unwrap(),
        content: "course_content".into(),
        mail: MailRoute::Files(folder.join("mail")),
        mail_from: "Trellis <trellis@example.org>".parse().unwrap(),
        delivery: Default::default(),
        metrics_token: None,
    }
}

fn new_cohort(programme: &Programme, zone: &Zone) -> NewCohort {
    let day = |text: &str| text.parse().unwrap();
    let pause = |name: &str, first, last| Break { name: name.into(), first_day: day(first), last_day: day(last) };
    NewCohort {
        programme: programme.slug.clone(),
        name: "Spring 2027".into(),
        starts_on: day("2027-01-11"),
        release_time: "09:00:00".parse().unwrap(),
        zone: zone.clone(),
        joining: Joining::Open,
        breaks: vec![
            pause("Half-term break", "2027-02-15", "2027-02-21"),
            pause("Easter break", "2027-03-29", "2027-04-11"),
        ],
    }
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

/// The server on a thread of its own; it ends with the value that holds it.
pub struct Within {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Within {
    fn start(app: App, listener: TcpListener) -> Self {
        let (stop, stopped) = oneshot::channel();
        let serve = move || {
            System::new().block_on(async {
                let server = app.start(listener, 1).unwrap();
                let handle = server.handle();
                tokio::select! { _ = server => {}, _ = stopped => handle.stop(false).await }
            });
        };
        Self { stop: Some(stop), thread: Some(std::thread::spawn(serve)) }
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
