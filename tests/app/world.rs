//! One world for every story: a cohort that starts on Monday 11 January 2027, people who act through HTTP, a clock that
//! travels, and an SMTP server that can be read.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};
use std::time::Duration;

use actix_web::web::Data;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::prelude::*;
use trellis::accounts::AccountId;
use trellis::accounts::password::Password;
use trellis::app::App;
use trellis::cohort::{CohortId, EnrolmentId, Joining, Role, Standing};
use trellis::discussion::posting::PostLimits;
use trellis::outbox::deliver::{Courier, Deadlines};
use trellis::platform::clock::{Clock, Instant};
use trellis::platform::config::{BaseUrl, MailRoute, Settings};
use trellis::platform::db::{self, Conn, Db};
use trellis::platform::secret::Secret;
use trellis::platform::text::Slug;
use trellis::platform::web::Mode;
use trellis::platform::zone::Zone;
use trellis::programme::{Catalogue, Content};
use trellis::schema::{accounts, breaks, cohorts, enrolments, sessions};

use crate::smtp::{Received, SmtpServer};

pub use crate::person::{Page, Person};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Makes each story two tests: one for each database.
#[macro_export]
macro_rules! stories {
    ($($(#[$meta:meta])* async fn $name:ident($course:ident: Course) $body:block)+) => {$(
        mod $name {
            use super::*;
            $(#[$meta])*
            async fn story($course: Course) $body
            #[actix_web::test]
            async fn sqlite() {
                story(Course::on(Backend::Sqlite).await).await;
            }
            #[actix_web::test]
            async fn postgres() {
                story(Course::on(Backend::Postgres).await).await;
            }
        }
    )+};
}
pub use crate::stories;

/// The password of everybody whom the world makes.
pub const PASSWORD: &str = "a winter garden wall";

/// A mail server that hangs is given up soon.
const SHORT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    command: Duration::from_millis(500),
    end_of_data: Duration::from_millis(500),
    patience: Duration::from_millis(200),
};

/// The real course, read once.
pub fn catalogue() -> &'static Catalogue {
    static READ: LazyLock<Catalogue> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("course_content");
        trellis::programme::load(&root).unwrap_or_else(|faults| panic!("{}", faults.first().unwrap()))
    });
    &READ
}

/// A running Trellis with one cohort, `spring`, of the real programme.
pub struct Course {
    pub app: App,
    pub db: Db,
    pub clock: Clock,
    pub zone: Zone,
    pub cohort: CohortId,
    pub smtp: SmtpServer,
    pub base: String,
    server: actix_web::dev::ServerHandle,
    _folder: tempfile::TempDir,
    database: Option<String>,
}

impl Course {
    /// The usual: Europe/London, half-term 15–21 February, Easter 29 March–11 April; it is Monday 11 January, 08:00.
    pub async fn on(backend: Backend) -> Self {
        let zone = Zone::named("Europe/London").unwrap();
        let clock = Clock::standing_at(zone.instant(local("2027-01-11 08:00")));
        let folder = tempfile::tempdir().unwrap();
        let smtp = SmtpServer::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let bind = listener.local_addr().unwrap();
        let (url, database) = fresh_database(backend, folder.path());
        let settings = Settings {
            bind,
            data: folder.path().into(),
            database: url,
            base_url: BaseUrl::parse(&format!("http://{bind}")).unwrap(),
            content: "course_content".into(),
            mail: MailRoute::Smtp(smtp.url()),
            mail_from: "Trellis <trellis@example.org>".parse().unwrap(),
            delivery: Default::default(),
            metrics_token: None,
        };
        let content = Content::new(Catalogue { programmes: catalogue().programmes.clone() });
        let mut app = App::open(settings, content, clock.clone(), Mode::Usual).unwrap();
        let rules = trellis::worker::rules(&app.content, &app.settings.base_url);
        let courier = Courier::new(&app.settings, app.db.clone(), clock.clone(), rules, "story").unwrap();
        app.courier = Arc::new(courier.with_deadlines(SHORT));
        // Everybody in a story is new; that one writes more slowly then is a story of its own.
        app.post_limits = Data::new(PostLimits::new(10, 100, 30));
        let server = app.start(listener, 1).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let db = app.db.clone();
        let now = clock.now();
        let cohort = db.write(move |conn| Ok::<_, db::DbError>(make_cohort(conn, "spring", now))).await.unwrap();
        let base = format!("http://{bind}");
        Self { app, db, clock, zone, cohort, smtp, base, server: handle, _folder: folder, database }
    }

    /// Sets the clock to a local time in the cohort's zone, such as `2027-02-09 09:00`.
    pub fn travel_to(&self, when: &str) {
        self.clock.set(self.zone.instant(local(when)));
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Everything that is due now: openings, reminders, mail.
    pub async fn run_jobs(&self) {
        trellis::worker::run_due(&self.app).await;
    }

    /// Goes through time in steps of an hour and runs the jobs at each, as a process that is always up would.
    pub async fn live_until(&self, when: &str) {
        let end = self.zone.instant(local(when));
        while self.clock.now() < end {
            let next = self.clock.now() + chrono::TimeDelta::hours(1);
            self.clock.set(next.min(end));
            self.run_jobs().await;
        }
    }

    /// A learner of the cohort, signed in; the address is the name in lower case at example.org.
    pub async fn enrol(&self, name: &str) -> Person {
        self.person_in(name, Some((self.cohort, Role::Learner)), false).await
    }

    pub async fn facilitator(&self) -> Person {
        self.person_in("Priya", Some((self.cohort, Role::Facilitator)), false).await
    }

    pub async fn another_facilitator(&self, name: &str) -> Person {
        self.person_in(name, Some((self.cohort, Role::Facilitator)), false).await
    }

    pub async fn administrator(&self) -> Person {
        self.another_administrator("Root").await
    }

    pub async fn another_administrator(&self, name: &str) -> Person {
        self.person_in(name, None, true).await
    }

    /// A learner of another cohort of the same programme.
    pub async fn outsider(&self, name: &str) -> Person {
        let now = self.now();
        let slug = format!("other-{}", name.to_lowercase());
        let other = self.write(move |conn| make_cohort(conn, &slug, now)).await;
        self.person_in(name, Some((other, Role::Learner)), false).await
    }

    /// A facilitator of another cohort of the same programme.
    pub async fn facilitator_elsewhere(&self, name: &str) -> Person {
        let now = self.now();
        let slug = format!("other-{}", name.to_lowercase());
        let other = self.write(move |conn| make_cohort(conn, &slug, now)).await;
        self.person_in(name, Some((other, Role::Facilitator)), false).await
    }

    /// Signed in, in no cohort.
    pub async fn newcomer(&self, name: &str) -> Person {
        self.person_in(name, None, false).await
    }

    /// Nobody yet: no account, no session.
    pub fn visitor(&self) -> Person {
        Person::visiting(&self.base)
    }

    /// Works on the database directly; whatever fails, fails the story.
    pub async fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> T + Send + 'static) -> T {
        self.db.write(move |conn| Ok::<_, db::DbError>(f(conn))).await.unwrap()
    }

    /// The number of the account with this address.
    pub async fn account_of(&self, address: &str) -> i64 {
        let account = accounts::table.filter(accounts::email.eq(address.to_owned())).select(accounts::id);
        self.write(move |conn| account.first(conn).unwrap()).await
    }

    pub async fn mails_to(&self, address: &str) -> Vec<Received> {
        self.smtp.received().into_iter().filter(|mail| mail.to == address).collect()
    }

    async fn person_in(&self, name: &str, place: Option<(CohortId, Role)>, administrator: bool) -> Person {
        let (name, now) = (name.to_owned(), self.now());
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let secret = Secret::random();
        let hash = secret.hash();
        let made = self.write(move |conn| {
            let account = make_account(conn, &name, &email, administrator, now);
            let enrolment = place.map(|(cohort, role)| make_enrolment(conn, cohort, account, role, now));
            make_session(conn, account, hash.as_str(), now);
            (enrolment, email)
        });
        let (enrolment, email) = made.await;
        Person::signed_in(&self.base, &secret, enrolment, email)
    }
}

impl Drop for Course {
    fn drop(&mut self) {
        // The database goes with the cluster (PostgreSQL) or the folder (SQLite).
        let _ = &self.database;
        actix_web::rt::spawn(self.server.stop(false));
    }
}

pub fn local(text: &str) -> NaiveDateTime {
    let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A cohort like `spring`, with its releases.
pub fn make_cohort(conn: &mut Conn, slug: &str, now: Instant) -> CohortId {
    let id: CohortId = diesel::insert_into(cohorts::table)
        .values((
            cohorts::slug.eq(slug),
            cohorts::programme.eq("effective-networks"),
            cohorts::name.eq(format!("{slug} 2027")),
            cohorts::starts_on.eq(day("2027-01-11")),
            cohorts::release_time.eq(NaiveTime::from_hms_opt(9, 0, 0).unwrap()),
            cohorts::time_zone.eq("Europe/London"),
            cohorts::orientation_days.eq(7),
            cohorts::joining.eq(Joining::Open),
            cohorts::schedule_version.eq(1),
            cohorts::created_at.eq(now),
        ))
        .returning(cohorts::id)
        .get_result(conn)
        .unwrap();
    for (name, first, last) in
        [("Half-term break", "2027-02-15", "2027-02-21"), ("Easter break", "2027-03-29", "2027-04-11")]
    {
        diesel::insert_into(breaks::table)
            .values((
                breaks::cohort_id.eq(id),
                breaks::name.eq(name),
                breaks::first_day.eq(day(first)),
                breaks::last_day.eq(day(last)),
            ))
            .execute(conn)
            .unwrap();
    }
    trellis::schedule::store::plan_cohort(conn, &Slug::parse(slug).unwrap(), catalogue()).unwrap();
    id
}

pub fn make_account(conn: &mut Conn, name: &str, email: &str, administrator: bool, now: Instant) -> AccountId {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| trellis::accounts::passwords::hash_now(&Password::typed(PASSWORD)).unwrap());
    diesel::insert_into(accounts::table)
        .values((
            accounts::name.eq(name),
            accounts::email.eq(email),
            accounts::email_key.eq(email),
            accounts::password_hash.eq(hash),
            accounts::is_administrator.eq(administrator),
            accounts::created_at.eq(now),
            accounts::verified_at.eq(now),
        ))
        .returning(accounts::id)
        .get_result(conn)
        .unwrap()
}

pub fn make_enrolment(conn: &mut Conn, cohort: CohortId, account: AccountId, role: Role, now: Instant) -> EnrolmentId {
    diesel::insert_into(enrolments::table)
        .values((
            enrolments::cohort_id.eq(cohort),
            enrolments::account_id.eq(account),
            enrolments::role.eq(role),
            enrolments::state.eq(Standing::Active),
            enrolments::enrolled_at.eq(now),
            enrolments::unsubscribe_token.eq(Secret::random().as_str()),
        ))
        .returning(enrolments::id)
        .get_result(conn)
        .unwrap()
}

pub fn make_session(conn: &mut Conn, account: AccountId, hash: &str, now: Instant) {
    diesel::insert_into(sessions::table)
        .values((
            sessions::account_id.eq(account),
            sessions::token_hash.eq(hash),
            sessions::created_at.eq(now),
            // People in stories travel for months without being away.
            sessions::last_seen_at.eq(now + chrono::TimeDelta::days(400)),
            sessions::expires_at.eq(now + chrono::TimeDelta::days(400)),
        ))
        .execute(conn)
        .unwrap();
}

/// An empty, migrated database for one story: a copy of one that was migrated once.
pub fn fresh_database(backend: Backend, folder: &Path) -> (db::Url, Option<String>) {
    match backend {
        Backend::Sqlite => (sqlite_copy(folder), None),
        Backend::Postgres => {
            let (url, name) = postgres_copy();
            (url, Some(name))
        }
    }
}

fn sqlite_copy(folder: &Path) -> db::Url {
    static TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.sqlite3");
        db::migrate(&db::Url::Sqlite(path.clone())).unwrap();
        std::fs::read(path).unwrap()
    });
    let path = folder.join("trellis.sqlite3");
    std::fs::write(&path, &*TEMPLATE).unwrap();
    db::Url::Sqlite(path)
}

fn postgres_copy() -> (db::Url, String) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static TEMPLATE: Mutex<Option<String>> = Mutex::new(None);
    let server = std::env::var("TRELLIS_TEST_POSTGRES")
        .expect("PostgreSQL for the stories is started by tests/run: run that instead of cargo test");
    let mut template = TEMPLATE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut admin = PgConnection::establish(&server).unwrap();
    let source = template.get_or_insert_with(|| {
        let name = format!("template_{}", std::process::id());
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
        db::migrate(&named(&server, &name)).unwrap();
        name
    });
    let name = format!("story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    diesel::sql_query(format!("CREATE DATABASE {name} TEMPLATE {source}")).execute(&mut admin).unwrap();
    (named(&server, &name), name)
}

fn named(server: &str, database: &str) -> db::Url {
    server.replace("/postgres?", &format!("/{database}?")).parse().unwrap()
}
