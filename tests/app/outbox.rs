//! What the outbox promises: at most once for bulk mail, at least once for account mail, nothing lost in silence.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::outbox::deliver::{Courier, Deadlines};
use trellis::outbox::{Class, Letter, List, MessageId, Rules, Standing, State, store};
use trellis::platform::clock::{Clock, Instant};
use trellis::platform::config::{BaseUrl, MailRoute, Settings};
use trellis::platform::db::{Conn, Db, DbError, Url, migrate};
use trellis::schema::accounts;

use crate::smtp::{Behaviour, SmtpServer};

/// An empty, migrated database, and what has to live as long as it.
fn outbox_db() -> (Url, Db, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(folder.path().join("trellis.sqlite3"));
    migrate(&url).unwrap();
    let db = Db::open(&url, 4).unwrap();
    (url, db, folder)
}

/// A post office: a database, a mail server and a clock.
struct Office {
    db: Db,
    clock: Clock,
    server: SmtpServer,
    settings: Settings,
    rules: Rules,
    folder: tempfile::TempDir,
}

/// Monday 1 March 2027, 09:00 UTC.
const OPENING: i64 = 1_803_891_600_000_000;

impl Office {
    async fn open() -> Self {
        let (database, db, folder) = outbox_db();
        let server = SmtpServer::start().await;
        let settings = Settings {
            bind: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().into(),
            database,
            base_url: BaseUrl::parse("https://learn.example.org").unwrap(),
            content: folder.path().into(),
            mail: MailRoute::Smtp(server.url()),
            mail_from: "Trellis <trellis@example.org>".parse().unwrap(),
        };
        let clock = Clock::standing_at(Instant::from_micros(OPENING));
        Self { db, clock, server, settings, rules: Rules { unwanted, undeliverable }, folder }
    }

    fn courier(&self) -> Courier {
        let quick = Duration::from_millis(300);
        Courier::new(&self.settings, self.db.clone(), self.clock.clone(), self.rules, "test")
            .unwrap()
            .with_deadlines(Deadlines { connect: quick, command: quick, end_of_data: quick })
    }

    /// A round of a courier that is new each time, as after a restart.
    async fn run(&self) -> usize {
        self.courier().run_once().await
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

fn unwanted(conn: &mut Conn, id: MessageId, _: Instant) -> QueryResult<Option<String>> {
    let subject = store::find(conn, id)?.map(|message| message.subject).unwrap_or_default();
    match subject.as_str() {
        "Withdrawn" => Ok(Some("has withdrawn".into())),
        "Unanswerable" => diesel::sql_query("SELECT nonsense FROM nowhere").execute(conn).map(|_| None),
        _ => Ok(None),
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

#[actix_web::test]
async fn a_mail_goes_out_once_and_the_servers_answer_is_kept() {
    let office = Office::open().await;
    let id = office.queue(bulk("Unit 5 is open")).await;

    assert_eq!(office.run().await, 1);
    assert_eq!(office.run().await, 0);

    let standing = office.standing(id).await;
    assert_eq!((standing.state, standing.attempts), (State::Sent, 1));
    assert_eq!(standing.server_answer.unwrap(), "250 2.0.0 Ok: queued as 1");
    assert_eq!(standing.settled_at, Some(office.clock.now()));
    let received = office.server.received();
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("trellis@example.org", "ada@example.org"));
    assert_eq!(received[0].text(), "Unit 5 is open.\n.\nSee you there.");
}

#[actix_web::test]
async fn bulk_mail_says_who_sent_it_and_how_to_stop_it() {
    let office = Office::open().await;
    let id = office.queue(bulk("Unit 5 \u{2013} opens")).await;
    office.run().await;

    let mail = office.server.received().remove(0);
    let message_id = office.standing(id).await.message_id;
    for (name, value) in [
        ("From", "Trellis <trellis@example.org>"),
        ("To", "\"Ada Lovelace\" <ada@example.org>"),
        ("Message-ID", message_id.as_str()),
        ("Date", "Mon, 01 Mar 2027 09:00:00 +0000"),
        ("Reply-To", "\"Priya Raman\" <priya@example.org>, Tom <tom@example.org>"),
        ("List-Id", "<spring-2027.learn.example.org>"),
        ("List-Unsubscribe", "<https://learn.example.org/unsubscribe/k3v9kJ2mQ7xT4wZ8bN1cR5>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(value), "{name}\n{}", mail.raw);
    }
    assert_eq!(mail.subject, "Unit 5 \u{2013} opens");
    assert!(mail.header("Content-Type").unwrap().starts_with("multipart/alternative"), "{}", mail.raw);
    assert!(mail.raw.contains("text/html") && mail.raw.contains("<p>Unit 5 is open.</p>"), "{}", mail.raw);
    assert!(message_id.starts_with('<') && message_id.ends_with("@learn.example.org>"), "{message_id}");
}

#[actix_web::test]
async fn account_mail_without_html_is_plain_text() {
    let office = Office::open().await;
    office.queue(account_mail("Reset your password")).await;
    office.run().await;

    let mail = office.server.received().remove(0);
    assert!(mail.header("Content-Type").unwrap().starts_with("text/plain"), "{}", mail.raw);
    assert_eq!(mail.header("List-Unsubscribe"), None);
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
}

#[actix_web::test]
async fn a_greylisting_server_gets_it_again_a_minute_later() {
    let office = Office::open().await;
    office.server.set(Behaviour::Grey);
    let id = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 0);
    let waits = office.standing(id).await;
    assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
    assert!(waits.reason.unwrap().contains("451 4.7.1 Come back later"));
    let wait = waits.next_attempt_at.since(office.clock.now());
    assert!((48..=72).contains(&wait.num_seconds()), "{wait}");

    assert_eq!(office.run().await, 0);
    office.travel(TimeDelta::seconds(72));
    assert_eq!(office.run().await, 1);
    assert_eq!(office.standing(id).await.attempts, 2);
    assert_eq!(office.server.received().len(), 1);
}

#[actix_web::test]
async fn an_address_that_does_not_exist_is_marked_and_holds_up_nobody() {
    let office = Office::open().await;
    office.server.set_for("gone@example.org", Behaviour::Reject);
    let account = office.account("gone@example.org").await;
    let gone = office.queue(Letter { account: Some(account), ..to("gone@example.org", bulk("Unit 5")) }).await;
    let other = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 2);
    let failed = office.standing(gone).await;
    assert_eq!(failed.state, State::Failed);
    assert_eq!(failed.server_answer.unwrap(), "550 5.1.1 No such user");
    assert!(office.is_undeliverable(account).await);
    assert_eq!(office.state(other).await, State::Sent);
    assert_eq!(office.server.connections(), 1);
}

#[actix_web::test]
async fn three_refusals_in_a_row_mark_an_address_too() {
    let office = Office::open().await;
    let account = office.account("ada@example.org").await;
    let mine = |subject| Letter { account: Some(account), ..bulk(subject) };
    for behaviour in [Behaviour::Refuse, Behaviour::Refuse, Behaviour::Ok, Behaviour::Refuse, Behaviour::Data5] {
        office.server.set(behaviour);
        office.queue(mine("Unit 5")).await;
        office.run().await;
        office.travel(TimeDelta::minutes(1));
        assert!(!office.is_undeliverable(account).await);
    }
    office.server.set(Behaviour::Refuse);
    office.queue(mine("Unit 6")).await;
    office.run().await;
    assert!(office.is_undeliverable(account).await);
}

#[actix_web::test]
async fn an_answer_after_data_is_believed() {
    let office = Office::open().await;
    office.server.set_for("later@example.org", Behaviour::Data4);
    office.server.set_for("never@example.org", Behaviour::Data5);
    let later = office.queue(to("later@example.org", bulk("Unit 5"))).await;
    let never = office.queue(to("never@example.org", bulk("Unit 5"))).await;
    let fine = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 2);
    assert_eq!(office.state(later).await, State::Pending);
    assert_eq!(office.state(never).await, State::Failed);
    assert_eq!(office.state(fine).await, State::Sent);

    office.server.set_for("later@example.org", Behaviour::Ok);
    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 1);
}

#[actix_web::test]
async fn a_mail_that_may_have_arrived_is_not_sent_again_by_itself() {
    for silence in [Behaviour::DropAfterData, Behaviour::HangAfterData] {
        let office = Office::open().await;
        office.server.set(silence);
        let id = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Unknown, "{silence:?}");

        office.server.set(Behaviour::Ok);
        office.travel(TimeDelta::hours(2));
        assert_eq!(office.run().await, 0);
        assert_eq!(office.server.received().len(), 1);
    }
}

#[actix_web::test]
async fn account_mail_that_may_have_arrived_is_sent_again_under_the_same_message_id() {
    let office = Office::open().await;
    office.server.set(Behaviour::DropAfterData);
    let id = office.queue(account_mail("Reset your password")).await;
    assert_eq!(office.run().await, 0);
    assert_eq!(office.state(id).await, State::Pending);

    office.server.set(Behaviour::Ok);
    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 1);
    let ids: Vec<_> = office.server.received().iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[actix_web::test]
async fn a_connection_that_breaks_before_the_mail_is_on_its_way_is_no_doubt() {
    let office = Office::open().await;
    office.server.set_for("ada@example.org", Behaviour::DropBeforeData);
    let broken = office.queue(bulk("Unit 5")).await;
    let other = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

    assert_eq!(office.run().await, 1);
    assert_eq!(office.state(broken).await, State::Pending);
    assert_eq!(office.state(other).await, State::Sent);
}

#[actix_web::test]
async fn a_server_that_never_answers_costs_one_deadline_and_one_message() {
    let office = Office::open().await;
    office.server.set(Behaviour::Hang);
    let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 5")).await);

    assert_eq!(office.run().await, 0);
    let waits = office.standing(first).await;
    assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
    assert!(waits.reason.unwrap().contains("cannot be reached"));
    assert_eq!(office.standing(second).await.attempts, 0);

    office.server.set(Behaviour::Ok);
    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 2);
}

#[actix_web::test]
async fn a_recipient_who_makes_the_server_hang_waits_alone() {
    let office = Office::open().await;
    office.server.set_for("ada@example.org", Behaviour::Hang);
    let stuck = office.queue(bulk("Unit 5")).await;
    let other = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

    assert_eq!(office.run().await, 1);
    assert_eq!(office.state(stuck).await, State::Pending);
    assert_eq!(office.state(other).await, State::Sent);
}

#[actix_web::test]
async fn a_busy_server_is_left_alone_for_a_while() {
    let office = Office::open().await;
    office.server.set(Behaviour::Busy);
    let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 6")).await);

    assert_eq!(office.run().await, 0);
    assert_eq!(office.server.connections(), 1);
    assert!(office.standing(first).await.reason.unwrap().contains("421"));
    assert_eq!(office.standing(second).await.attempts, 0);
}

#[actix_web::test]
async fn a_server_that_is_down_is_tried_by_one_message_at_a_time() {
    let mut office = Office::open().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    office.settings.mail = MailRoute::Smtp(format!("smtp://{free}"));
    let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 6")).await);

    assert_eq!(office.run().await, 0);
    assert_eq!((office.standing(first).await.attempts, office.standing(second).await.attempts), (1, 0));

    office.settings.mail = MailRoute::Smtp(office.server.url());
    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 2);
    assert_eq!(office.server.connections(), 1);
}

#[actix_web::test]
async fn a_connection_that_the_server_ends_after_a_mail_is_opened_anew() {
    let office = Office::open().await;
    office.server.set(Behaviour::OneMailEach);
    for subject in ["1", "2", "3"] {
        office.queue(bulk(subject)).await;
    }
    assert_eq!(office.run().await, 3);
    assert_eq!(office.subjects(), ["1", "2", "3"]);
    assert_eq!(office.server.connections(), 3);
}

#[actix_web::test]
async fn wrong_settings_halt_the_queue_and_cost_no_mail() {
    for (behaviour, query) in
        [(Behaviour::AuthRequired, ""), (Behaviour::BadLogin, "login"), (Behaviour::BadTls, "?tls=required"), (Behaviour::Ok, "?tls=required")]
    {
        let mut office = Office::open().await;
        office.server.set(behaviour);
        let plain = office.server.url();
        let url = match query {
            "login" => plain.replace("smtp://", "smtp://ada:wrong@"),
            query => format!("{plain}{query}"),
        };
        office.settings.mail = MailRoute::Smtp(url);
        let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(account_mail("Reset")).await);

        assert_eq!(office.run().await, 0);
        assert!(office.write(store::halted).await.is_some(), "{behaviour:?}");
        for id in [first, second] {
            let waits = office.standing(id).await;
            assert_eq!((waits.state, waits.attempts), (State::Pending, 0), "{behaviour:?}");
        }
        let connections = office.server.connections();
        assert_eq!(office.run().await, 0);
        assert_eq!(office.server.connections(), connections);

        office.server.set(Behaviour::Ok);
        office.settings.mail = MailRoute::Smtp(plain);
        let now = office.clock.now();
        assert!(office.write(move |conn| store::resume(conn, now)).await);
        assert_eq!(office.run().await, 2);
    }
}

#[actix_web::test]
async fn a_held_queue_sends_nothing_until_it_is_resumed() {
    let office = Office::open().await;
    let now = office.clock.now();
    assert!(office.write(move |conn| store::halt(conn, "held by hand", now)).await);
    assert!(!office.write(move |conn| store::halt(conn, "again", now)).await);
    let id = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 0);
    assert_eq!(office.write(store::halted).await.unwrap().reason, "held by hand");
    assert_eq!(office.server.connections(), 0);

    assert!(office.write(move |conn| store::resume(conn, now)).await);
    assert!(!office.write(move |conn| store::resume(conn, now)).await);
    assert_eq!(office.run().await, 1);
    assert_eq!(office.state(id).await, State::Sent);
}

#[actix_web::test]
async fn couriers_who_run_at_once_send_each_mail_once() {
    let office = Office::open().await;
    let subjects: Vec<String> = (0..40).map(|n| format!("Mail {n:02}")).collect();
    for subject in &subjects {
        office.queue(bulk(subject)).await;
    }
    let couriers = [office.courier(), office.courier(), office.courier()];
    let rounds = couriers.iter().map(Courier::run_once);
    let sent: Vec<usize> = futures_util::future::join_all(rounds).await;

    assert_eq!(sent.iter().sum::<usize>(), 40, "{sent:?}");
    let mut received = office.subjects();
    received.sort();
    assert_eq!(received, subjects);
    assert!(sent.iter().all(|n| *n > 0), "{sent:?}");
}

/// A courier who claims and is heard of no more.
async fn a_crash(office: &Office, letter: Letter, after_data_began: bool) -> MessageId {
    let id = office.queue(letter).await;
    let now = office.clock.now();
    let lease = TimeDelta::seconds(60);
    office
        .write(move |conn| {
            let claim = store::claim(conn, "crashed", now, lease)?;
            assert_eq!(claim.map(|claim| claim.id), Some(id));
            if after_data_began {
                assert!(store::mark_data_started(conn, id, "crashed", now, lease)?);
            }
            Ok(())
        })
        .await;
    id
}

#[actix_web::test]
async fn a_crash_before_data_costs_only_the_lease() {
    let office = Office::open().await;
    let id = a_crash(&office, bulk("Unit 5"), false).await;

    office.travel(TimeDelta::seconds(59));
    assert_eq!(office.run().await, 0);
    assert_eq!(office.state(id).await, State::Claimed);
    office.travel(TimeDelta::seconds(1));
    assert_eq!(office.run().await, 1);
    assert_eq!(office.subjects(), ["Unit 5"]);
}

#[actix_web::test]
async fn whoever_crashes_its_courier_again_and_again_waits_for_the_others() {
    let office = Office::open().await;
    let id = office.queue(bulk("Deadly")).await;
    let lease = TimeDelta::seconds(60);
    for _ in 0..3 {
        let now = office.clock.now();
        office.write(move |conn| store::claim(conn, "crashed", now, lease)).await.unwrap();
        office.travel(lease);
        let now = office.clock.now();
        office.write(move |conn| store::take_back(conn, now)).await;
    }
    assert_eq!(office.standing(id).await.next_attempt_at, office.clock.now() + TimeDelta::minutes(10));
}

#[actix_web::test]
async fn a_crash_after_data_began_leaves_bulk_mail_unknown_until_a_person_decides() {
    let office = Office::open().await;
    let id = a_crash(&office, bulk("Unit 5"), true).await;

    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 1);
    assert_eq!(office.state(id).await, State::Unknown);
    office.travel(TimeDelta::days(2));
    assert_eq!(office.run().await, 0);
    assert_eq!(office.subjects(), [""; 0]);

    let now = office.clock.now();
    assert!(office.write(move |conn| store::retry(conn, id, now)).await);
    assert_eq!(office.run().await, 1);
    assert_eq!(office.subjects(), ["Unit 5"]);
    assert!(!office.write(move |conn| store::retry(conn, id, now)).await);
}

#[actix_web::test]
async fn a_crash_after_data_began_sends_account_mail_again() {
    let office = Office::open().await;
    let id = a_crash(&office, account_mail("Reset"), true).await;
    let message_id = office.standing(id).await.message_id;

    office.travel(TimeDelta::minutes(2));
    assert_eq!(office.run().await, 1);
    assert_eq!(office.server.received()[0].header("Message-ID"), Some(message_id));
}

#[actix_web::test]
async fn a_slow_courier_can_still_say_that_what_was_unknown_was_sent() {
    let office = Office::open().await;
    let id = a_crash(&office, bulk("Unit 5"), true).await;
    office.travel(TimeDelta::minutes(2));
    office.run().await;

    let now = office.clock.now();
    assert!(office.write(move |conn| store::settle_sent(conn, id, "crashed", "250 Ok", now)).await);
    assert_eq!(office.state(id).await, State::Sent);
}

#[actix_web::test]
async fn nobody_delivers_under_a_lease_that_has_run_out_or_is_not_theirs() {
    let office = Office::open().await;
    let id = a_crash(&office, bulk("Unit 5"), false).await;
    let (now, lease) = (office.clock.now(), TimeDelta::seconds(60));

    assert!(!office.write(move |conn| store::mark_data_started(conn, id, "other", now, lease)).await);
    assert!(!office.write(move |conn| store::settle_sent(conn, id, "other", "250 Ok", now)).await);
    assert!(!office.write(move |conn| store::mark_data_started(conn, id, "crashed", now + lease, lease)).await);
    assert!(office.write(move |conn| store::mark_data_started(conn, id, "crashed", now, lease)).await);
}

#[actix_web::test]
async fn claims_that_are_given_back_wait_for_no_lease() {
    let office = Office::open().await;
    let id = a_crash(&office, bulk("Unit 5"), false).await;
    assert_eq!(office.write(|conn| store::give_back(conn, "crashed")).await, 1);
    assert_eq!(office.run().await, 1);
    assert_eq!(office.state(id).await, State::Sent);
}

#[actix_web::test]
async fn a_mail_that_cannot_be_written_fails_alone() {
    let office = Office::open().await;
    let poison = office.queue(to("no address at all", bulk("Poison"))).await;
    let unreadable = Letter { reply_to: Some("<<<".into()), ..bulk("Poison") };
    let second = office.queue(unreadable).await;
    let accented = office.queue(to("s\u{e9}b@example.org", bulk("Poison"))).await;
    let fine = office.queue(Letter { to_name: "Eve\r\nBcc: x@y.org".into(), ..bulk("Fine\0") }).await;

    assert_eq!(office.run().await, 4);
    for id in [poison, second, accented] {
        let failed = office.standing(id).await;
        assert_eq!((failed.state, failed.server_answer), (State::Failed, None));
    }
    assert_eq!(office.state(fine).await, State::Sent);
    assert_eq!(office.subjects(), ["Fine"]);
}

#[actix_web::test]
async fn account_mail_goes_first_and_then_what_waited_longest() {
    let office = Office::open().await;
    office.queue(bulk("Bulk 1")).await;
    office.queue(bulk("Bulk 2")).await;
    office.travel(TimeDelta::minutes(1));
    office.queue(account_mail("Account 1")).await;
    office.queue(account_mail("Account 2")).await;

    assert_eq!(office.run().await, 4);
    assert_eq!(office.subjects(), ["Account 1", "Account 2", "Bulk 1", "Bulk 2"]);
    assert_eq!(office.server.connections(), 1);
}

#[actix_web::test]
async fn what_has_lost_its_meaning_is_not_sent_late() {
    let office = Office::open().await;
    office.server.set(Behaviour::Grey);
    let tried = office.queue(bulk("Unit 5")).await;
    office.run().await;
    let untried = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

    office.travel(TimeDelta::hours(72));
    assert_eq!(office.run().await, 2);
    let (failed, missed) = (office.standing(tried).await, office.standing(untried).await);
    assert_eq!((failed.state, missed.state), (State::Failed, State::Missed));
    assert!(failed.reason.unwrap().contains("451 4.7.1"));
    assert!(missed.reason.unwrap().contains("its time had passed"));
    assert_eq!(office.server.received().len(), 0);
}

#[actix_web::test]
async fn what_is_no_longer_wanted_is_cancelled_with_its_reason() {
    let office = Office::open().await;
    let id = office.queue(bulk("Withdrawn")).await;
    let other = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 2);
    let cancelled = office.standing(id).await;
    assert_eq!((cancelled.state, cancelled.reason.as_deref()), (State::Cancelled, Some("has withdrawn")));
    assert_eq!(office.state(other).await, State::Sent);
    assert_eq!(office.subjects(), ["Unit 5"]);
}

#[actix_web::test]
async fn a_question_that_fails_holds_up_only_its_own_message() {
    let office = Office::open().await;
    let id = office.queue(bulk("Unanswerable")).await;
    office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 1);
    let waits = office.standing(id).await;
    assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
    assert_eq!(office.subjects(), ["Unit 5"]);
}

#[actix_web::test]
async fn without_a_mail_server_mail_becomes_files() {
    let mut office = Office::open().await;
    let mails = office.folder.path().join("mail");
    office.settings.mail = MailRoute::Files(mails.clone());
    let id = office.queue(to("a/da@example.org", bulk("Unit 5"))).await;

    assert_eq!(office.run().await, 1);
    let names: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, [format!("{id}-a_da@example.org.eml").as_str()]);
    let mail = std::fs::read_to_string(mails.join(&names[0])).unwrap();
    assert!(mail.contains("Subject: Unit 5\r\n"), "{mail}");
    assert!(office.standing(id).await.server_answer.unwrap().starts_with("written to "));
}

#[actix_web::test]
async fn a_mail_folder_that_cannot_be_written_to_loses_nothing() {
    let mut office = Office::open().await;
    let file = office.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    office.settings.mail = MailRoute::Files(file.join("mail"));
    let id = office.queue(bulk("Unit 5")).await;

    assert_eq!(office.run().await, 0);
    assert!(office.standing(id).await.reason.unwrap().contains("cannot be written to"));
}

#[actix_web::test]
async fn bodies_go_after_90_days_and_rows_after_a_year() {
    let office = Office::open().await;
    let (sent, waits) = (office.queue(bulk("Sent")).await, office.queue(bulk("Waits")).await);
    office.run().await;
    let (start, forget) = (office.clock.now(), |now| move |conn: &mut Conn| store::forget_old(conn, now));
    office
        .write(move |conn| {
            use trellis::schema::messages;
            diesel::update(messages::table.find(waits)).set(messages::state.eq(State::Failed)).execute(conn)
        })
        .await;

    assert_eq!(office.write(forget(start + TimeDelta::days(90))).await, 0);
    assert_eq!(office.write(forget(start + TimeDelta::days(91))).await, 2);
    assert_eq!(office.state(sent).await, State::Sent);
    assert!(!office.write(move |conn| store::retry(conn, waits, start)).await, "there is nothing left to send");
    assert_eq!(office.write(forget(start + TimeDelta::days(366))).await, 2);
    assert!(office.write(move |conn| store::find(conn, sent)).await.is_none());
}

#[actix_web::test]
async fn the_states_are_counted_and_listed() {
    let office = Office::open().await;
    office.server.set_for("gone@example.org", Behaviour::Reject);
    office.queue(bulk("Unit 5")).await;
    let failed = office.queue(to("gone@example.org", bulk("Unit 5"))).await;
    office.run().await;
    office.queue(bulk("Unit 6")).await;

    let counts = office.write(store::count_by_state).await;
    let some: Vec<_> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
    assert_eq!(some, [(State::Pending, 1), (State::Sent, 1), (State::Failed, 1)]);
    let listed = office.write(|conn| store::list_in(conn, State::Failed, 10)).await;
    assert_eq!(listed.iter().map(|message| message.id).collect::<Vec<_>>(), [failed]);
}

#[actix_web::test]
async fn a_courier_who_is_stopped_ends_after_the_mail_in_hand() {
    let office = Office::open().await;
    office.queue(bulk("Unit 5")).await;
    let courier = office.courier();
    courier.stop();
    assert_eq!(courier.run_once().await, 0);
    assert_eq!(courier.give_back().await.unwrap(), 0);
    assert_eq!(office.run().await, 1);
}
