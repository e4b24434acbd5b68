//! Stories of answers that come by mail: each becomes a post once, or its writer is told why not.

use std::io::Write as _;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::app::App;
use trellis::cohort::EnrolmentId;
use trellis::discussion::PostId;
use trellis::learner::pages::talk::ON_STEP_POSTS;
use trellis::notice::incoming::Incoming;
use trellis::notice::receive::receive;
use trellis::outbox::return_path::ReturnPath;
use trellis::platform::db::Url;
use trellis::platform::web::{Ask, Error};
use trellis::schema::posts;

use super::{minutes_later, told};
use crate::discussion::{posted, start};
use crate::smtp::Received;
use crate::world::*;

/// The same process, which takes answers by mail.
fn with_answers(course: &Course) -> App {
    let mut app = course.app.clone();
    app.settings.delivery.replies = Some("replies@example.org".parse().unwrap());
    app.at(course.clock.clone()).unwrap()
}

/// Hands in what somebody answers to the mail; says what became of it.
async fn answer(course: &Course, from: &str, mail: &Received, head: &str, body: &str) -> String {
    let to = mail.header("Reply-To").unwrap();
    let host = mail.header("Message-ID").unwrap().trim_end_matches('>').rsplit_once('@').unwrap().1.to_owned();
    let message = format!("From: {from}\r\nTo: {to}\r\n{head}\r\n{body}");
    let path = ReturnPath::new("replies@example.org".parse().unwrap()).unwrap();
    let read = Incoming::read(message.as_bytes(), None, |address| path.message_id(address, &host)).expect("to us");
    let (ask, catalogue) = (Ask::unattended(&course.app.site, course.now()), course.app.content.current());
    let taken = course.db.write(move |conn| receive(conn, &ask, &catalogue, &ON_STEP_POSTS, &read));
    taken.await.unwrap_or_else(|why: Error| panic!("{why:?}"))
}

stories! {
    async fn an_answer_by_mail_is_a_post(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let app = with_answers(&course);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = crate::discussion::post_in(&ada.get(&thread).await, "Who writes them?");
        let bens = posted(&ben, &thread, "Perhaps you?", Some(first)).await;
        course.clock.set(course.now() + TimeDelta::minutes(3));
        trellis::worker::run_due(&app).await;
        let mail = told(&course, &ada).await.pop().unwrap();
        assert!(mail.header("Reply-To").unwrap().starts_with("replies+"), "{:?}", mail.header("Reply-To"));
        assert!(mail.text().starts_with("--- Write your answer above this line ---"), "{}", mail.text());
        let quoted: String = mail.text().lines().map(|line| format!("> {line}\r\n")).collect();
        let body = format!("Yes, *I*.\r\n\r\nOn Mon, 11 Jan 2027 at 08:05, Trellis <trellis@example.org> wrote:\r\n{quoted}\r\n-- \r\nAda\r\n");
        let said = answer(&course, "Ada <ADA@example.org>", &mail, "Message-ID: <1@x>\r\n", &body).await;
        assert!(said.starts_with("It is posted at /cohorts/spring/discussions/"), "{said}");
        let page = ada.get(&thread).await;
        assert!(page.html.contains("Yes, <em>I</em>.") && !page.has("On Mon, 11 Jan"), "{}", page.html);
        let (answers, by): (Option<PostId>, EnrolmentId) = course
            .write(|conn| posts::table.order(posts::id.desc()).select((posts::answers_id, posts::enrolment_id)).first(conn).unwrap())
            .await;
        assert_eq!((answers, by), (Some(bens), ada.enrolment.unwrap()), "it answers what the mail told of");
        minutes_later(&course).await;
        assert_eq!(told(&course, &ben).await.len(), 1, "and whoever is answered hears of it");

        // Twice is once; and nothing comes of what no person wrote, or another person.
        for (from, head, body, became) in [
            ("ada@example.org", "Message-ID: <1@x>\r\n", "Yes, *I*.", "It came before"),
            ("ben@example.org", "Message-ID: <2@x>\r\n", "Me too.", "another address"),
            ("ada@example.org", "Message-ID: <3@x>\r\nAuto-Submitted: auto-replied\r\n", "Away.", "no answer of a person"),
            ("ada@example.org", "Message-ID: <4@x>\r\n", "-- \r\nAda", "Its writer is told"),
        ] {
            let said = answer(&course, from, &mail, head, body).await;
            assert!(said.contains(became), "{became}: {said}");
        }
        assert_eq!(course.write(|conn| posts::table.count().get_result::<i64>(conn).unwrap()).await, 3);
        let file = "Message-ID: <5@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
        let body = "--b\r\nContent-Type: text/plain\r\n\r\nSee the plan.\r\n--b\r\nContent-Type: application/pdf\r\n\
                    Content-Disposition: attachment; filename=plan.pdf\r\n\r\nPDF\r\n--b--\r\n";
        assert!(answer(&course, "ada@example.org", &mail, file, body).await.contains("It is posted"));
        course.run_jobs().await;
        let letters: Vec<String> = course.mails_to(&ada.email).await.into_iter().filter(|mail| mail.subject == "About your answer by mail").map(|mail| mail.text()).collect();
        assert_eq!(letters.len(), 2);
        assert!(letters[0].contains("Nothing in it is new") && letters[1].contains("files cannot be\nposted here"), "{letters:?}");
    }

    async fn an_answer_by_mail_does_its_step_and_is_refused_where_nobody_may_write(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let app = with_answers(&course);
        course.travel_to("2027-01-11 09:30");
        course.run_jobs().await;
        let unit = catalogue().programmes.values().next().unwrap().unit(1).unwrap();
        let step = unit.steps.iter().find(|step| step.kind == trellis::programme::StepKind::Discussion).unwrap();
        let page = format!("/cohorts/spring/units/1/{}", step.slug);
        ben.submit(&format!("{page}/posts"), &[("body", "What do you think, @Ada?")]).await.expect(303);
        course.clock.set(course.now() + TimeDelta::minutes(3));
        trellis::worker::run_due(&app).await;
        let mail = told(&course, &ada).await.pop().unwrap();
        assert!(!ada.get(&page).await.has("You have done this step"));
        let said = answer(&course, "ada@example.org", &mail, "Message-ID: <1@x>\r\n", "I think so.").await;
        assert!(said.contains("It is posted"), "{said}");
        let done = ada.enrolment.unwrap();
        let completed = course.write(move |conn| {
            let own = trellis::schema::completions::table.filter(trellis::schema::completions::enrolment_id.eq(done));
            own.select(trellis::schema::completions::step).load::<String>(conn).unwrap()
        }).await;
        assert_eq!(completed, [step.slug.as_str()]);

        let path = said.split(" at ").nth(1).unwrap().split('?').next().unwrap().to_owned();
        priya.submit(&format!("{path}/manage"), &[("act", "lock")]).await.expect(303);
        let said = answer(&course, "ada@example.org", &mail, "Message-ID: <2@x>\r\n", "And more.").await;
        assert!(said.contains("locked") && said.contains("Its writer is told"), "{said}");
        course.run_jobs().await;
        let letter = course.mails_to(&ada.email).await.pop().unwrap();
        assert!(letter.text().contains("And more.") && letter.subject == "About your answer by mail", "{}", letter.text());
    }

    async fn a_mail_server_pipes_answers_in(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let app = with_answers(&course);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        posted(&ben, &thread, "You, @Ada?", None).await;
        course.clock.set(course.now() + TimeDelta::minutes(3));
        trellis::worker::run_due(&app).await;
        let mail = told(&course, &ada).await.pop().unwrap();
        let database = match &course.app.settings.database {
            Url::Sqlite(path) => format!("sqlite:{}", path.display()),
            Url::Postgres(url) => url.clone(),
        };
        let mut child = Command::new(env!("CARGO_BIN_EXE_trellis"))
            .args(["mail", "receive", "--reply-address", "replies@example.org", "--base-url", &course.base])
            .args(["--database-url", &database, "--data"])
            .arg(&course.app.settings.data)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("TRELLIS_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let message = format!("From: ada@example.org\r\nTo: {}\r\nMessage-ID: <1@x>\r\n\r\nBy pipe.\r\n", mail.header("Reply-To").unwrap());
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("It is posted"), "{said}");
        assert!(ben.get(&thread).await.has("By pipe."));
    }
}
