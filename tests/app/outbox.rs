//! What the outbox promises: at most once for bulk mail, at least once for account mail, nothing lost in silence.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

/// Makes each story two tests: one for each database.
macro_rules! stories {
    ($(async fn $name:ident($office:ident: Office) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($office: Office) $body
            #[actix_web::test]
            async fn sqlite() {
                story(Office::on(Backend::Sqlite).await).await;
            }
            #[actix_web::test]
            async fn postgres() {
                story(Office::on(Backend::Postgres).await).await;
            }
        }
    )+};
}

mod crashes;
mod keeping;
mod killed;
mod posting;
mod sending;
mod servers;

use std::sync::Arc;

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::outbox::deliver::{Courier, Deadlines};
use trellis::outbox::{Answer, Class, Letter, List, MessageId, Rules, Standing, State, store};
use trellis::platform::clock::{Clock, Instant};
use trellis::platform::config::{BaseUrl, MailRoute, Settings};
use trellis::platform::db::{Conn, Db, DbError};
use trellis::schema::accounts;

use crate::smtp::{Behaviour, SmtpServer};
use crate::world::{Backend, fresh_database};

/// A post office: a database, a mail server and a clock.
struct Office {
    db: Db,
    clock: Clock,
    server: SmtpServer,
    settings: Settings,
    rules: Rules,
    folder: tempfile::TempDir,
    backend: Backend,
}

/// Monday 1 March 2027, 09:00 UTC.
const OPENING: i64 = 1_803_891_600_000_000;

impl Office {
    async fn on(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = fresh_database(backend, folder.path());
        let db = Db::open(&database, 4).unwrap();
        let server = SmtpServer::start().await;
        let settings = Settings {
            bind: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().into(),
            database,
            base_url: BaseUrl::parse("https://learn.example.org").unwrap(),
            content: folder.path().into(),
            mail: MailRoute::Smtp(server.url()),
            mail_from: "Trellis <trellis@example.org>".parse().unwrap(),
            delivery: Default::default(),
            metrics_token: None,
        };
        let rules = Rules { ask: Arc::new(ask), undeliverable };
        let clock = Clock::standing_at(Instant::from_micros(OPENING));
        Self { db, clock, server, settings, rules, folder, backend }
    }

    fn courier(&self) -> Courier {
        Courier::new(&self.settings, self.db.clone(), self.clock.clone(), self.rules.clone(), "test")
            .unwrap()
            .with_deadlines(Deadlines::short())
    }

    /// A round of a courier that is new each time, as after a restart.
    async fn run(&self) -> usize {
        self.courier().run_once().await.unwrap()
    }

    async fn queue(&self, letter: Letter) -> MessageId {
        let now = self.clock.now();
        self.write(move |conn| store::queue(conn, &letter, "learn.example.org", now)).await
    }

    async fn standing(&self, id: MessageId) -> Standing {
        self.write(move |conn| store::find(conn, id)).await.unwrap()
    }

    async fn state(&self, id: MessageId) -> State {
        self.standing(id).await.state
    }

    fn travel(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    async fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static) -> T {
        self.db.write(move |conn| f(conn).map_err(DbError::from)).await.unwrap()
    }

    async fn account(&self, email: &'static str) -> i64 {
        let now = self.clock.now();
        self.write(move |conn| {
            diesel::insert_into(accounts::table)
                .values((
                    accounts::name.eq("Ada"),
                    accounts::email.eq(email),
                    accounts::email_key.eq(email),
                    accounts::is_administrator.eq(false),
                    accounts::created_at.eq(now),
                ))
                .returning(accounts::id)
                .get_result(conn)
        })
        .await
    }

    async fn is_undeliverable(&self, account: i64) -> bool {
        let at = accounts::table.find(account).select(accounts::undeliverable_at);
        self.write(move |conn| at.first::<Option<Instant>>(conn)).await.is_some()
    }

    fn subjects(&self) -> Vec<String> {
        self.server.received().into_iter().map(|mail| mail.subject).collect()
    }
}

fn ask(conn: &mut Conn, id: MessageId, now: Instant) -> QueryResult<Answer> {
    let subject = store::find(conn, id)?.map(|message| message.subject).unwrap_or_default();
    match subject.as_str() {
        "Withdrawn" => Ok(Answer::Unwanted("has withdrawn".into())),
        "Not yet" => Ok(Answer::Later(now + TimeDelta::hours(1))),
        "Unanswerable" => diesel::sql_query("SELECT nonsense FROM nowhere").execute(conn).map(|_| Answer::AsQueued),
        _ => Ok(Answer::AsQueued),
    }
}

fn undeliverable(conn: &mut Conn, account: i64, now: Instant) -> QueryResult<()> {
    let marked = diesel::update(accounts::table.find(account)).set(accounts::undeliverable_at.eq(now));
    marked.execute(conn).map(drop)
}

fn letter(class: Class, to: &str, subject: &str) -> Letter {
    Letter {
        class,
        account: None,
        to_name: "Ada Lovelace".into(),
        to: to.into(),
        subject: subject.into(),
        text: "Unit 5 is open.\n.\nSee you there.\n".into(),
        html: None,
        reply_to: None,
        list: None,
        expires_at: Instant::from_micros(OPENING) + TimeDelta::hours(72),
        calendar: None,
        attachment: None,
        conversation: None,
    }
}

fn bulk(subject: &str) -> Letter {
    let list = List {
        id: "spring-2027.learn.example.org".into(),
        unsubscribe_url: "https://learn.example.org/unsubscribe/k3v9kJ2mQ7xT4wZ8bN1cR5".into(),
    };
    Letter {
        html: Some("<p>Unit 5 is open.</p>".into()),
        reply_to: Some("Priya Raman <priya@example.org>, Tom <tom@example.org>".into()),
        list: Some(list),
        ..letter(Class::Bulk, "ada@example.org", subject)
    }
}

fn account_mail(subject: &str) -> Letter {
    letter(Class::Account, "ada@example.org", subject)
}

fn to(recipient: &str, letter: Letter) -> Letter {
    Letter { to: recipient.into(), ..letter }
}
