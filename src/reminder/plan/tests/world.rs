//! One cohort in a database of its own, from Monday 11 January 2027, with learners who do what the tests say.

mod choosing;

use std::sync::Mutex;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use super::Kept;
use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::outbox::{Answer, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, Url, migrate};
use crate::platform::secret::Secret;
use crate::programme::{Catalogue, Content};
use crate::reminder::plan::plan_due;
use crate::reminder::sample::{at, cohort, programme, releases, slug};
use crate::reminder::wanted::ask;
use crate::reminder::{Kind, NotSent};
use crate::schema::{accounts, cohorts, completions, enrolments, messages, releases as release_rows, reminders};

pub struct World {
    pub db: Db,
    conn: Mutex<Conn>,
    content: Content,
    base_url: BaseUrl,
    cohort: CohortId,
    _folder: tempfile::TempDir,
}

/// One on each database there is, with a course of so many units.
pub fn worlds(units: u16) -> Vec<World> {
    let mut urls = vec![None];
    urls.extend(std::env::var("TRELLIS_TEST_POSTGRES").ok().map(Some));
    urls.into_iter().map(|url| World::new(url, units)).collect()
}

fn fresh_database(server: &str) -> String {
    let name = format!("r{}", fastrand::u64(..));
    let mut conn = PgConnection::establish(server).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    server.replace("/postgres?", &format!("/{name}?"))
}

impl World {
    pub fn new(server: Option<String>, units: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match &server {
            Some(server) => fresh_database(server),
            None => format!("sqlite:{}", folder.path().join("test.sqlite3").display()),
        };
        let parsed: Url = url.parse().unwrap();
        migrate(&parsed).unwrap();
        let mut conn = match &parsed {
            Url::Sqlite(path) => Conn::Sqlite(SqliteConnection::establish(&path.to_string_lossy()).unwrap()),
            Url::Postgres(url) => Conn::Postgres(PgConnection::establish(url).unwrap()),
        };
        if let Conn::Sqlite(conn) = &mut conn {
            conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON").unwrap();
        }
        let cohort = insert_cohort(&mut conn, units);
        let programme = programme(units);
        let mut catalogue = Catalogue::default();
        catalogue.programmes.insert(programme.slug.clone(), programme);
        Self {
            db: Db::open(&parsed, 4).unwrap(),
            conn: Mutex::new(conn),
            content: Content::new(catalogue),
            base_url: BaseUrl::parse("https://learn.example.org").unwrap(),
            cohort,
            _folder: folder,
        }
    }

    pub fn cohort(&self) -> CohortId {
        self.cohort
    }

    pub fn database(&self) -> &'static str {
        self.with(|conn| if matches!(conn, Conn::Sqlite(_)) { "SQLite" } else { "PostgreSQL" })
    }

    pub fn at(&self, local: &str) -> Instant {
        at(&crate::platform::zone::Zone::named("Europe/London").unwrap(), local)
    }

    pub fn catalogue(&self) -> std::sync::Arc<Catalogue> {
        self.content.current()
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut Conn) -> T) -> T {
        f(&mut self.conn.lock().unwrap())
    }

    /// Plans what is due at that local time; how many mails were queued.
    pub async fn plan(&self, local: &str) -> usize {
        self.plan_at(self.at(local)).await
    }

    pub async fn plan_at(&self, now: Instant) -> usize {
        plan_due(&self.db, &self.content, &self.base_url, now).await.unwrap()
    }

    pub fn enrol(&self, name: &str, local: &str) {
        let now = self.at(local);
        self.with(|conn| {
            let account: AccountId = diesel::insert_into(accounts::table)
                .values((
                    accounts::name.eq(name),
                    accounts::email.eq(format!("{name}@example.org")),
                    accounts::email_key.eq(format!("{name}@example.org")),
                    accounts::is_administrator.eq(false),
                    accounts::created_at.eq(now),
                    accounts::verified_at.eq(now),
                ))
                .returning(accounts::id)
                .get_result(conn)
                .unwrap();
            crate::cohort::store::enrol(conn, self.cohort, account, Role::Learner, now).unwrap();
        });
    }

    pub fn enrol_many(&self, learners: usize) {
        let now = self.at("2027-01-01 12:00");
        self.with(|conn| {
            let names: Vec<String> = (0..learners).map(|n| format!("learner{n}@example.org")).collect();
            let rows: Vec<_> = names
                .iter()
                .map(|name| {
                    (
                        accounts::name.eq("Somebody"),
                        accounts::email.eq(name),
                        accounts::email_key.eq(name),
                        accounts::is_administrator.eq(false),
                        accounts::created_at.eq(now),
                        accounts::verified_at.eq(now),
                    )
                })
                .collect();
            for rows in rows.chunks(1_000) {
                crate::each!(&mut *conn, c => diesel::insert_into(accounts::table).values(rows).execute(c)).unwrap();
            }
            let ids: Vec<AccountId> = accounts::table.select(accounts::id).load(conn).unwrap();
            let rows: Vec<_> = ids
                .iter()
                .map(|id| {
                    (
                        enrolments::cohort_id.eq(self.cohort),
                        enrolments::account_id.eq(*id),
                        enrolments::role.eq(Role::Learner),
                        enrolments::state.eq(Standing::Active),
                        enrolments::enrolled_at.eq(now),
                        enrolments::unsubscribe_token.eq(Secret::random().as_str().to_owned()),
                    )
                })
                .collect();
            for rows in rows.chunks(1_000) {
                crate::each!(&mut *conn, c => diesel::insert_into(enrolments::table).values(rows).execute(c)).unwrap();
            }
        });
    }

    fn enrolment(&self, name: &str) -> EnrolmentId {
        self.with(|conn| {
            enrolments::table
                .inner_join(accounts::table)
                .filter(accounts::email.eq(format!("{name}@example.org")))
                .select(enrolments::id)
                .first(conn)
                .unwrap()
        })
    }

    pub fn complete(&self, name: &str, unit: u16, steps: &[&str]) {
        let enrolment = self.enrolment(name);
        for step in steps {
            self.with(|conn| {
                diesel::insert_into(completions::table)
                    .values((
                        completions::enrolment_id.eq(enrolment),
                        completions::unit.eq(slug(&format!("unit-{unit}"))),
                        completions::step.eq(slug(step)),
                        completions::completed_at.eq(self.at("2027-01-12 10:00")),
                    ))
                    .execute(conn)
                    .unwrap()
            });
        }
    }

    pub fn withdraw(&self, name: &str) {
        let own = self.enrolment(name);
        let state = enrolments::state.eq(Standing::Withdrawn);
        self.with(|conn| diesel::update(enrolments::table.find(own)).set(state).execute(conn).unwrap());
    }

    pub fn stop(&self, name: &str, stopped: bool) {
        let (own, now) = (self.enrolment(name), self.at("2027-01-12 10:00"));
        self.with(|conn| {
            crate::cohort::store::set_stopped(conn, own, crate::cohort::store::Bulk::Reminders, stopped, now).unwrap()
        });
    }

    pub fn account(&self, name: &str, kept: Kept) {
        let now = self.at("2027-01-12 10:00");
        let own = accounts::table.filter(accounts::email.eq(format!("{name}@example.org")));
        self.with(|conn| match kept {
            Kept::Suspended => diesel::update(own).set(accounts::suspended_at.eq(now)).execute(conn).unwrap(),
            Kept::Undeliverable => diesel::update(own).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap(),
            Kept::Unverified => {
                diesel::update(own).set(accounts::verified_at.eq(None::<Instant>)).execute(conn).unwrap()
            }
        });
    }

    pub fn move_unit(&self, unit: u16, local: &str) {
        self.move_unit_to(unit, self.at(local));
    }

    pub fn move_unit_to(&self, unit: u16, to: Instant) {
        let zone = crate::platform::zone::Zone::named("Europe/London").unwrap();
        let moved = (release_rows::local_time.eq(zone.local(to)), release_rows::opens_at.eq(to));
        let row = release_rows::table.filter(release_rows::unit.eq(slug(&format!("unit-{unit}"))));
        self.with(|conn| diesel::update(row).set(moved).execute(conn).unwrap());
    }

    pub fn message(&self, email: &str, unit: u16, kind: Kind) -> Option<MessageId> {
        self.with(|conn| {
            reminders::table
                .inner_join(enrolments::table.inner_join(accounts::table))
                .filter(accounts::email.eq(email))
                .filter(reminders::unit.eq(slug(&format!("unit-{unit}"))))
                .filter(reminders::kind.eq(kind))
                .select(reminders::message_id)
                .first(conn)
                .unwrap()
        })
    }

    pub fn fail(&self, email: &str, unit: u16, kind: Kind) {
        let row = messages::table.find(self.message(email, unit, kind).unwrap());
        let failed = (messages::state.eq(State::Failed), messages::reason.eq("no such user"));
        self.with(|conn| diesel::update(row).set(failed).execute(conn).unwrap());
    }

    pub fn next_attempt(&self, email: &str, unit: u16, kind: Kind) -> Instant {
        let id = self.message(email, unit, kind).unwrap();
        self.with(|conn| messages::table.find(id).select(messages::next_attempt_at).first(conn).unwrap())
    }

    pub fn fate(&self, email: &str, unit: u16, kind: Kind) -> Option<Result<State, NotSent>> {
        let row: Option<(Option<NotSent>, Option<State>)> = self.with(|conn| {
            reminders::table
                .inner_join(enrolments::table.inner_join(accounts::table))
                .left_join(messages::table)
                .filter(accounts::email.eq(email))
                .filter(reminders::unit.eq(slug(&format!("unit-{unit}"))))
                .filter(reminders::kind.eq(kind))
                .select((reminders::not_sent_because, messages::state.nullable()))
                .first(conn)
                .optional()
                .unwrap()
        });
        row.and_then(|(reason, state)| reason.map(Err).or(state.map(Ok)))
    }

    /// Every mail that waits is accepted by the mail server then.
    pub fn settle(&self, local: &str) {
        let sent = (messages::state.eq(State::Sent), messages::settled_at.eq(self.at(local)));
        let waiting = messages::table.filter(messages::state.eq(State::Pending));
        self.with(|conn| diesel::update(waiting).set(sent).execute(conn).unwrap());
    }

    pub fn settle_one(&self, email: &str, local: &str) {
        let sent = (messages::state.eq(State::Sent), messages::settled_at.eq(self.at(local)));
        let own = messages::table.filter(messages::recipient.eq(email));
        self.with(|conn| diesel::update(own).set(sent).execute(conn).unwrap());
    }

    fn next_waiting(&self, now: Instant) -> Vec<MessageId> {
        self.with(|conn| {
            messages::table
                .filter(messages::state.eq(State::Pending))
                .filter(messages::next_attempt_at.le(now))
                .order(messages::id)
                .select(messages::id)
                .load(conn)
                .unwrap()
        })
    }

    /// As the outbox would: gives up what has lost its meaning, asks whether each mail is wanted, and sends or cancels it.
    pub fn deliver(&self, now: Instant) {
        let expired = messages::table.filter(messages::state.eq(State::Pending)).filter(messages::expires_at.le(now));
        let missed = (messages::state.eq(State::Missed), messages::settled_at.eq(now));
        self.with(|conn| diesel::update(expired).set(missed).execute(conn).unwrap());
        for id in self.next_waiting(now) {
            self.hand_over(id, now);
        }
    }

    /// Why the mail would be cancelled if it was claimed then.
    pub fn ask(&self, id: MessageId, now: Instant) -> Option<String> {
        match self.answer(id, now) {
            Answer::Unwanted(reason) => Some(reason),
            _ => None,
        }
    }

    fn answer(&self, id: MessageId, now: Instant) -> Answer {
        let catalogue = self.catalogue();
        self.with(|conn| ask(conn, (&catalogue, &self.base_url), id, now)).unwrap().unwrap()
    }

    fn hand_over(&self, id: MessageId, now: Instant) -> Option<String> {
        let reason = match self.answer(id, now) {
            Answer::Unwanted(reason) => Some(reason),
            Answer::Later(at) => {
                let waits = diesel::update(messages::table.find(id)).set(messages::next_attempt_at.eq(at));
                self.with(|conn| waits.execute(conn).unwrap());
                return None;
            }
            _ => None,
        };
        let state = if reason.is_some() { State::Cancelled } else { State::Sent };
        let settled = (messages::state.eq(state), messages::reason.eq(&reason), messages::settled_at.eq(now));
        self.with(|conn| diesel::update(messages::table.find(id)).set(settled).execute(conn).unwrap());
        reason
    }

    /// The one mail that waits for this address is claimed: why it is cancelled, if it is.
    pub fn claim(&self, email: &str, local: &str) -> Option<String> {
        let id = self.with(|conn| {
            messages::table
                .filter(messages::state.eq(State::Pending))
                .filter(messages::recipient.eq(email))
                .select(messages::id)
                .first(conn)
                .unwrap()
        });
        self.hand_over(id, self.at(local))
    }

    /// Of the newest mail to this address, as it would be written then.
    pub fn subject(&self, email: &str, local: &str) -> String {
        let own = messages::table.filter(messages::recipient.eq(email)).order(messages::id.desc());
        let id = self.with(|conn| own.select(messages::id).first(conn).unwrap());
        match self.answer(id, self.at(local)) {
            Answer::Anew(anew) => (anew.write)().unwrap().subject,
            _ => String::new(),
        }
    }

    pub fn sent_at(&self, email: &str) -> Vec<Instant> {
        let sent = messages::table.filter(messages::recipient.eq(email)).filter(messages::state.eq(State::Sent));
        let when = sent.order(messages::settled_at).select(messages::settled_at.assume_not_null());
        self.with(|conn| when.load(conn).unwrap())
    }

    pub fn count_messages(&self) -> i64 {
        self.with(|conn| messages::table.count().get_result(conn).unwrap())
    }
}

fn insert_cohort(conn: &mut Conn, units: u16) -> CohortId {
    let cohort = cohort("Europe/London", "2027-01-11");
    let id: CohortId = diesel::insert_into(cohorts::table)
        .values((
            cohorts::slug.eq(&cohort.slug),
            cohorts::programme.eq(&cohort.programme),
            cohorts::name.eq(&cohort.name),
            cohorts::starts_on.eq(cohort.starts_on),
            cohorts::release_time.eq(cohort.release_time),
            cohorts::time_zone.eq(cohort.zone.name()),
            cohorts::orientation_days.eq(7),
            cohorts::joining.eq(cohort.joining),
            cohorts::schedule_version.eq(1),
            cohorts::created_at.eq(Instant::from_micros(0)),
        ))
        .returning(cohorts::id)
        .get_result(conn)
        .unwrap();
    for release in releases(&cohort, units) {
        diesel::insert_into(release_rows::table)
            .values((
                release_rows::cohort_id.eq(id),
                release_rows::unit.eq(&release.unit),
                release_rows::local_time.eq(release.local_time),
                release_rows::opens_at.eq(release.opens_at),
                release_rows::set_by_hand.eq(false),
                release_rows::held.eq(false),
            ))
            .execute(conn)
            .unwrap();
    }
    id
}
