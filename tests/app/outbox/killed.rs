//! Processes that are killed, and what whoever comes after them knows. `benches/kills` does the same at length.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};

use trellis::outbox::notebook::{Notebook, Step};
use trellis::platform::db::Url;

use super::crashes::a_crash;
use super::*;

/// A crash after DATA began, with what the courier had noted by then.
async fn a_noted_crash(office: &Office, letter: Letter, step: Step) -> MessageId {
    let id = a_crash(office, letter, true).await;
    let notebook = Notebook::open(&office.folder.path().join("couriers"), "crashed");
    notebook.note(id, &step).unwrap();
    id
}

/// A process of its own that sends what is due.
fn worker(office: &Office) -> Child {
    let database = match &office.settings.database {
        Url::Sqlite(path) => format!("sqlite:{}", path.display()),
        Url::Postgres(url) => url.clone(),
    };
    Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(["work", "--database-url", &database, "--smtp-url", &office.server.url(), "--data"])
        .arg(office.folder.path())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TRELLIS_LOG", "off")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sends until so many more mails have left and a moment more, and is killed.
async fn killed_after(office: &Office, mails: usize, moment: std::time::Duration) {
    let mut worker = worker(office);
    let enough = office.server.received().len() + mails;
    while office.server.received().len() < enough {
        assert_eq!(worker.try_wait().unwrap(), None, "it ended by itself");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    tokio::time::sleep(moment).await;
    worker.kill().unwrap();
    worker.wait().unwrap();
}

stories! {
    async fn what_was_only_offered_when_its_courier_died_is_sent_at_once(office: Office) {
        let id = a_noted_crash(&office, bulk("Unit 5"), Step::Offered).await;
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Sent);
        assert_eq!(office.subjects(), ["Unit 5"]);
    }

    async fn what_the_server_had_taken_when_its_courier_died_was_sent(office: Office) {
        let id = a_noted_crash(&office, bulk("Unit 5"), Step::Taken("250 Ok: queued as 9".into())).await;
        assert_eq!(office.run().await, 1);
        let standing = office.standing(id).await;
        assert_eq!((standing.state, standing.server_answer.as_deref()), (State::Sent, Some("250 Ok: queued as 9")));
        assert_eq!(office.subjects(), [""; 0]);
    }

    async fn what_was_on_its_way_when_its_courier_died_is_unknown_but_account_mail_is_sent_again(office: Office) {
        let id = a_noted_crash(&office, bulk("Unit 5"), Step::HandedOver).await;
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Unknown);
        let id = a_noted_crash(&office, account_mail("Reset"), Step::HandedOver).await;
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Sent);
        assert_eq!(office.subjects(), ["Reset"]);
    }

    async fn a_note_about_another_mail_says_nothing_of_this_one(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), true).await;
        let notebook = Notebook::open(&office.folder.path().join("couriers"), "crashed");
        notebook.note(MessageId(id.0 + 1), &Step::Offered).unwrap();
        drop(notebook);
        assert_eq!(office.run().await, 0);
        assert_eq!(office.state(id).await, State::DataStarted);
        office.travel(TimeDelta::minutes(2));
        office.run().await;
        assert_eq!(office.state(id).await, State::Unknown);
    }

    async fn processes_that_are_killed_send_nothing_twice_and_lose_nothing(office: Office) {
        office.clock.set(Clock::system().now());
        let expires_at = office.clock.now() + TimeDelta::hours(72);
        for number in 0..120 {
            let letter = if number % 10 == 0 { account_mail("Reset") } else { bulk("Unit 5") };
            office.queue(Letter { expires_at, ..letter }).await;
        }
        for number in 0..8 {
            killed_after(&office, 8, std::time::Duration::from_millis(number * 3)).await;
        }
        // Those that came after see the rest through; a quarter of an hour later no lease holds any more.
        office.clock.set(office.clock.now() + TimeDelta::minutes(15));
        office.run().await;

        let mut times: HashMap<String, usize> = HashMap::new();
        for mail in office.server.received() {
            *times.entry(mail.header("Message-ID").unwrap()).or_default() += 1;
        }
        let unknown = office.write(|conn| store::list_in(conn, State::Unknown, 200)).await;
        let counts = office.write(store::count_by_state).await;
        let sent = counts.iter().find(|(state, _)| *state == State::Sent).map(|(_, count)| *count);
        assert_eq!(sent, Some(120 - unknown.len() as i64), "{counts:?}");
        // How many depends on how long the server takes to answer: benches/kills measures that.
        assert!(unknown.len() <= 8, "one for each crash at most: {unknown:?}");
        assert!(unknown.iter().all(|mail| mail.class == Class::Bulk), "{unknown:?}");
        let unheard = unknown.iter().filter(|mail| !times.contains_key(&mail.message_id)).count();
        assert_eq!(times.len() + unheard, 120);
        let again: usize = times.values().map(|times| times - 1).sum();
        assert!(again <= 8, "only account mail comes again, once for each crash: {again}");
        for mail in office.server.received().iter().filter(|mail| mail.subject == "Unit 5") {
            assert_eq!(times[&mail.header("Message-ID").unwrap()], 1);
        }
    }
}
