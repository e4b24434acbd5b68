//! `trellis mail`: what did not get through, and what mail servers send back.

use std::path::Path;
use std::process::{Command, Output};

use diesel::prelude::*;
use trellis::accounts::store::{NewAccount, create_accounts};
use trellis::cohort::store::{NewCohort, create, enrol};
use trellis::cohort::{Joining, Role};
use trellis::outbox::return_path::ReturnPath;
use trellis::outbox::{Class, Letter, MessageId, State, store as outbox};
use trellis::platform::clock::Clock;
use trellis::platform::text::{EmailAddress, Slug};
use trellis::platform::zone::Zone;
use trellis::schema::{accounts, enrolments, messages};

use super::{told, trellis, trellis_outbox};

/// Pipes a message in, as a mail server would.
fn receive(data: &Path, message: &str) -> String {
    receive_with(data, message, &[])
}

fn receive_with(data: &Path, message: &str, words: &[&str]) -> String {
    let output = piped(data, message, words);
    assert!(output.status.success(), "{}", told(&output));
    told(&output)
}

fn piped(data: &Path, message: &str, words: &[&str]) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(["mail", "receive", "--data"])
        .arg(data)
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TRELLIS_LOG", "error")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // With wrong settings it is read by nobody.
    let _ = child.stdin.take().unwrap().write_all(message.as_bytes());
    child.wait_with_output().unwrap()
}

/// A report about one mail, as `delivery-status` or `feedback-report`.
fn report(kind: &str, fields: &str, message_id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type={kind}; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    )
}

const GONE: &str = "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user";
const FULL: &str = "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full";

#[actix_web::test]
async fn what_mail_servers_send_back_is_taken_from_standard_input() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    let sent = sent_mails(data.path()).await;
    let standing = |id: MessageId| trellis_outbox(data.path(), move |conn| outbox::find(conn, id).unwrap().unwrap());
    let undeliverable = || {
        trellis_outbox(data.path(), |conn| {
            accounts::table.filter(accounts::undeliverable_at.is_not_null()).count().get_result::<i64>(conn).unwrap()
        })
    };
    let stopped = || {
        trellis_outbox(data.path(), |conn| {
            let rows = enrolments::table.filter(enrolments::reminders_stopped_at.is_not_null());
            rows.count().get_result::<i64>(conn).unwrap()
        })
    };

    assert!(receive(data.path(), "Subject: Hello\r\n\r\nHello.\r\n").contains("nothing was changed"));
    assert!(receive(data.path(), &report("delivery-status", GONE, "<x@y>")).contains("No mail here is called <x@y>"));

    receive(data.path(), &report("delivery-status", FULL, &standing(sent[0]).await.message_id));
    assert_eq!((standing(sent[0]).await.state, undeliverable().await), (State::Failed, 0));
    let told = receive(data.path(), &report("delivery-status", GONE, &standing(sent[1]).await.message_id));
    assert!(told.contains("550 no such user") && told.contains("Nothing more goes to that address"), "{told}");
    let gone = standing(sent[1]).await;
    assert_eq!((gone.state, undeliverable().await), (State::Failed, 1));
    assert!(gone.reason.unwrap().starts_with("it came back: 5.1.1 550 no such user"));
    assert!(gone.server_answer.unwrap().contains("550 no such user"), "what it said as it took the mail holds no more");

    assert_eq!(stopped().await, 0);
    receive(data.path(), &report("feedback-report", "Feedback-Type: abuse", &standing(sent[2]).await.message_id));
    assert_eq!((standing(sent[2]).await.state, stopped().await), (State::Sent, 1));
}

#[actix_web::test]
async fn what_did_not_get_through_is_named_held_and_sent_again() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    let mail = |words: &[&str]| {
        let output = trellis(data.path(), &[&["mail"], words].concat());
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let sent = sent_mails(data.path()).await;
    let state = |id: MessageId| trellis_outbox(data.path(), move |conn| outbox::find(conn, id).unwrap().unwrap().state);
    assert!(!mail(&["status"]).contains("mail retry"));
    let (failed, unknown) = (sent[0], sent[1]);
    trellis_outbox(data.path(), move |conn| {
        for (id, state, why) in [(failed, State::Failed, "552 \u{1b}[2J full"), (unknown, State::Unknown, "broke off")]
        {
            let row = (messages::state.eq(state), messages::reason.eq(why));
            diesel::update(messages::table.find(id)).set(row).execute(conn).unwrap();
        }
    })
    .await;
    let status = mail(&["status"]);
    for (id, why) in [(failed, "UTC  552  [2J full\n"), (unknown, "UTC  broke off\n")] {
        assert!(
            status.contains(&format!("\n  {id}  ada@example.org  'Week 3'  20")) && status.contains(why),
            "{status}"
        );
    }
    assert!(status.contains("due now: 0, waiting for another attempt: 0; nothing is late"), "{status}");

    assert!(mail(&["hold"]).contains("Nothing is sent until `trellis mail resume`."));
    assert!(mail(&["status"]).contains("on hold: held by an operator"));
    for id in [failed, unknown] {
        assert!(mail(&["retry", &id.to_string()]).contains(&format!("Mail {id} waits to be sent again.")));
        assert!(mail(&["retry", &id.to_string()]).contains("nothing was changed"));
    }
    assert!(trellis(data.path(), &["work", "--once"]).status.success());
    assert_eq!((state(failed).await, state(unknown).await), (State::Pending, State::Pending));
    mail(&["resume"]);
    assert!(trellis(data.path(), &["work", "--once"]).status.success());
    assert_eq!((state(failed).await, state(unknown).await), (State::Sent, State::Sent));
}

#[test]
fn a_mail_server_comes_again_unless_the_message_is_at_fault() {
    let data = tempfile::tempdir().unwrap();
    let content = data.path().join("content");
    std::fs::create_dir_all(content.join("p/units")).unwrap();
    std::fs::write(content.join("p/programme.toml"), "title = 5\n").unwrap();
    let hello = "Subject: Hello\r\n\r\nHello.\r\n";
    for (words, why) in [
        (["--content", content.to_str().unwrap()], "programme.toml:1: "),
        (["--content", "/no/such"], "--content: "),
        (["--database-url", "postgres://nobody@127.0.0.1:1/none"], "trellis: "),
    ] {
        let output = piped(data.path(), hello, &words);
        assert_eq!(output.status.code(), Some(75), "{words:?}: {}", told(&output));
        assert!(told(&output).contains(why), "{words:?}: {}", told(&output));
    }
    let endless = piped(data.path(), &"a: b\r\n".repeat(2 * 1024 * 1024), &[]);
    assert_eq!(endless.status.code(), Some(1), "{}", told(&endless));
    assert!(piped(data.path(), hello, &[]).status.success());
}

#[actix_web::test]
async fn only_what_finds_fault_with_an_address_counts_against_it() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    let undeliverable = || {
        trellis_outbox(data.path(), |conn| {
            accounts::table.filter(accounts::undeliverable_at.is_not_null()).count().get_result::<i64>(conn).unwrap()
        })
    };
    let comes_back = async |id: MessageId, fields: &str| {
        let mail = trellis_outbox(data.path(), move |conn| outbox::find(conn, id).unwrap().unwrap()).await;
        receive(data.path(), &report("delivery-status", fields, &mail.message_id))
    };
    let ours = FULL.replace("5.2.2", "5.1.8");
    for id in sent_mails(data.path()).await {
        assert!(comes_back(id, &ours).await.contains("the address that we send from"));
    }
    assert_eq!(undeliverable().await, 0, "three that blame the sender");

    let sent_again = || {
        trellis_outbox(data.path(), |conn| {
            diesel::update(messages::table)
                .set((messages::state.eq(State::Sent), messages::server_answer.eq("250 2.0.0 Ok")))
                .execute(conn)
                .unwrap();
            messages::table.order(messages::id).select(messages::id).load::<MessageId>(conn).unwrap()
        })
    };
    let expired = FULL.replace("5.2.2", "4.4.7").replace("552 mailbox full", "delivery time expired");
    for id in sent_again().await {
        let told = comes_back(id, &expired).await;
        assert!(told.contains(&format!("Mail {id} failed: it came back: 4.4.7 delivery time expired.")), "{told}");
        let failed = trellis_outbox(data.path(), move |conn| outbox::find(conn, id).unwrap().unwrap()).await;
        assert_eq!((failed.state, failed.server_answer), (State::Failed, None));
    }
    assert_eq!(undeliverable().await, 0, "three that did not arrive in time");

    let (first, last) = (FULL, "Nothing more goes to that address");
    let ids = sent_again().await;
    for id in &ids[..2] {
        assert!(!comes_back(*id, first).await.contains(last));
    }
    assert!(comes_back(ids[2], first).await.contains(last), "the third full mailbox in a row");
    assert_eq!(undeliverable().await, 1);
}

#[actix_web::test]
async fn what_comes_back_without_its_message_id_is_known_by_its_address() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    let sent = sent_mails(data.path()).await;
    let standing = |id: MessageId| trellis_outbox(data.path(), move |conn| outbox::find(conn, id).unwrap().unwrap());
    let path = ReturnPath::new("bounces@learn.example.org".parse().unwrap()).unwrap();
    let address = |message_id: &str| path.of(message_id).to_string();
    let settings = ["--bounce-address", "bounces@learn.example.org", "--base-url", "https://learn.example.org"];
    let report = report("delivery-status", GONE, "").replace("Message-ID: \r\n", "");

    assert!(receive_with(data.path(), &report, &settings).contains("nothing was changed"));
    let first = address(&standing(sent[0]).await.message_id);
    receive_with(data.path(), &report, &[&[first.as_str()], &settings[..]].concat());
    assert_eq!((standing(sent[0]).await.state, standing(sent[1]).await.state), (State::Failed, State::Sent));
    let second = format!("Delivered-To: {}\r\n{report}", address(&standing(sent[1]).await.message_id).to_uppercase());
    receive_with(data.path(), &second, &settings);
    assert_eq!((standing(sent[1]).await.state, standing(sent[2]).await.state), (State::Failed, State::Sent));
    let guessed = address(&format!("<{}@learn.example.org>", trellis::platform::secret::Secret::random().as_str()));
    assert!(
        receive_with(data.path(), &report, &[&[guessed.as_str()], &settings[..]].concat()).contains("No mail here")
    );
}

/// Three mails that a server took, to somebody in a cohort.
async fn sent_mails(data: &Path) -> Vec<MessageId> {
    let now = Clock::system().now();
    trellis_outbox(data, move |conn| {
        let email = EmailAddress::parse("ada@example.org").unwrap();
        let account = create_accounts(conn, &[NewAccount::learner("Ada", &email, None, now).verified()]).unwrap()[0];
        let new = NewCohort {
            programme: Slug::parse("effective-networks").unwrap(),
            name: "Spring".into(),
            starts_on: "2027-01-11".parse().unwrap(),
            release_time: "09:00:00".parse().unwrap(),
            zone: Zone::utc(),
            joining: Joining::Open,
            breaks: Vec::new(),
        };
        let cohort = create(conn, &new, now).unwrap();
        enrol(conn, cohort.id, account, Role::Learner, now).unwrap();
        let letter = Letter {
            class: Class::Bulk,
            account: Some(account.0),
            to_name: "Ada".into(),
            to: "ada@example.org".into(),
            subject: "Week 3".into(),
            text: "Hello".into(),
            html: None,
            reply_to: None,
            list: None,
            expires_at: now,
            calendar: None,
            attachment: None,
            conversation: None,
        };
        let ids: Vec<MessageId> =
            (0..3).map(|_| outbox::queue(conn, &letter, "learn.example.org", now).unwrap()).collect();
        diesel::update(messages::table).set(messages::state.eq(State::Sent)).execute(conn).unwrap();
        ids
    })
    .await
}
