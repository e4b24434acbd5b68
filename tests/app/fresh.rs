//! Stories of a thread's page that stays open: it hears of what others post, through whichever process, and of nothing that
//! its reader may not see.

use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::prelude::*;
use trellis::cohort::Standing;
use trellis::platform::db::Url;
use trellis::schema::enrolments;

use crate::discussion::{fill, posted, start};
use crate::person::between;
use crate::world::*;

/// What an open page hears.
struct Stream(reqwest::Response);

impl Stream {
    /// As the script of a thread's page opens it.
    async fn of(person: &Person, thread: &str) -> Self {
        let page = person.get(thread).await.expect(200);
        let address = between(&page.html, "data-fresh=\"", "\"").unwrap().to_owned();
        Self::at(person, &address).await
    }

    async fn at(person: &Person, address: &str) -> Self {
        let ask = person.request("GET", address).header("accept-encoding", "br");
        let mut stream = Self(ask.send().await.unwrap());
        assert_eq!(stream.0.status(), 200);
        assert!(stream.said().await.unwrap().starts_with("retry: "));
        stream
    }

    /// What is said next; nothing: it is over.
    async fn said(&mut self) -> Option<String> {
        let chunk = tokio::time::timeout(Duration::from_secs(30), self.0.chunk()).await;
        let chunk = chunk.expect("the page hears nothing").unwrap_or(None)?;
        Some(String::from_utf8(chunk.to_vec()).unwrap())
    }

    async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(900), self.0.chunk()).await.is_err()
    }
}

stories! {
    async fn an_open_page_hears_of_what_others_post(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let other = start(&ada, "Chairs", "", "Who brings them?").await;
        let mut adas = Stream::of(&ada, &thread).await;
        let header = |name: &str| adas.0.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("text/event-stream"));
        assert_eq!(header("content-encoding").as_deref(), Some("identity"), "compression would keep it back");
        assert_eq!(header("x-accel-buffering").as_deref(), Some("no"));

        posted(&ada, &thread, "I asked first.", None).await;
        posted(&ben, &other, "I do.", None).await;
        assert!(adas.is_quiet().await, "neither one's own posts nor other threads are news");
        let first = posted(&ben, &thread, "I do.", None).await;
        let event = format!("data: {{\"words\":\"Show 1 new post\",\"href\":\"{thread}?post={first}\"}}\n\n");
        assert_eq!(adas.said().await, Some(event));
        posted(&ben, &thread, "And you?", None).await;
        assert!(adas.said().await.unwrap().contains("Show 2 new posts"));
        let to = ada.get(&format!("{thread}?post={first}")).await.expect(303);
        assert!(to.location().ends_with(&format!("#post-{first}")));
    }

    async fn what_came_between_page_and_listening_is_told_at_once(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let page = ada.get(&thread).await;
        let address = between(&page.html, "data-fresh=\"", "\"").unwrap();
        posted(&ben, &thread, "I do.", None).await;
        let mut stream = ada.request("GET", address).send().await.unwrap();
        let said = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
        assert!(said.starts_with("retry: ") && said.contains("Show 1 new post"), "{said}");
    }

    async fn who_signs_out_or_leaves_hears_nothing_more(course: Course) {
        let (ada, ben, chi) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Chi").await);
        let thread = start(&ben, "Minutes", "", "Who writes them?").await;
        let (mut adas, mut chis) = (Stream::of(&ada, &thread).await, Stream::of(&chi, &thread).await);
        ada.submit("/sign-out", &[]).await.expect(303);
        let left = chi.enrolment.unwrap();
        course.write(move |conn| {
            let withdrawn = enrolments::state.eq(Standing::Withdrawn);
            diesel::update(enrolments::table.find(left)).set(withdrawn).execute(conn).unwrap()
        }).await;
        posted(&ben, &thread, "Nobody?", None).await;
        assert_eq!((adas.said().await, chis.said().await), (None, None));
    }

    async fn of_more_than_a_hundred_new_posts_a_hundred_are_counted(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Busy", "", "Go").await;
        ben.submit(&format!("{thread}/follow"), &[("follow", "yes")]).await.expect(303);
        ben.get(&thread).await.expect(200);
        settled().await;
        for (numbers, words) in [(1..=99, "99 new"), (100..=130, "100+ new")] {
            fill(&course, &thread, &ada, None, numbers).await;
            assert!(ben.get("/cohorts/spring/discussions").await.has(&format!("<b>{words}</b>")), "{words}");
            let home = ben.get("/").await;
            assert!(home.has(&format!("{words} posts")), "{}", home.html);
        }
    }

    async fn many_open_pages_cost_little(course: Course) {
        let ben = course.enrol("Ben").await;
        let thread = start(&ben, "Minutes", "", "Who writes them?").await;
        let mut streams = Vec::new();
        for n in 0..40 {
            let reader = course.enrol(&format!("Reader {n}")).await;
            streams.push(Stream::of(&reader, &thread).await);
        }
        settled().await;
        assert_eq!(course.app.listeners.count(), 40);
        // They hold no connection, so pages come as before; and while nothing happens, they ask nothing.
        ben.get("/help").await.expect(200);
        let before = course.db.statements();
        settled().await;
        assert_eq!(course.db.statements(), before);
        posted(&ben, &thread, "Nobody?", None).await;
        posted(&ben, &thread, "Really?", None).await;
        for stream in &mut streams {
            assert!(stream.said().await.unwrap().contains("new post"));
        }
        let asked = course.db.statements() - before;
        assert!(asked < 40 * 10 + 60, "{asked} statements for 40 pages and two posts");
        drop(streams);
        course.app.listeners.close();
    }

    async fn the_fifth_page_of_one_person_ends_the_first(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let mut streams = Vec::new();
        for _ in 0..5 {
            streams.push(Stream::of(&ada, &thread).await);
        }
        assert_eq!(streams[0].said().await, None);
        assert!(streams[1].is_quiet().await);
        course.app.listeners.close();
        assert_eq!(streams[1].said().await, None, "the end of the process ends them all");
        let late = ada.get(&format!("{thread}/events?after=1")).await;
        assert_eq!(late.status, 429);
    }
}

/// Another process on the same database.
struct Elsewhere(std::process::Child, String);

impl Elsewhere {
    async fn start(course: &Course, folder: &std::path::Path) -> Self {
        let Url::Postgres(url) = &course.app.settings.database else { panic!("only PostgreSQL serves several") };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let bind = format!("127.0.0.1:{port}");
        let process = Command::new(env!("CARGO_BIN_EXE_trellis"))
            .args(["serve", "--no-jobs", "--bind", &bind, "--database-url", url, "--data"])
            .arg(folder)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("TRELLIS_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..300 {
            if std::net::TcpStream::connect(&bind).is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self(process, format!("http://{bind}"))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::test]
async fn a_post_to_one_process_is_heard_in_another_over_postgresql() {
    let course = Course::on(Backend::Postgres).await;
    let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
    let thread = start(&ada, "Minutes", "", "Who writes them?").await;
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Elsewhere::start(&course, folder.path()).await;
    let ada_there = ada.at(&elsewhere.1);
    let (mut here, mut there) = (Stream::of(&ben, &thread).await, Stream::of(&ada_there, &thread).await);
    posted(&ben, &thread, "I do.", None).await;
    assert!(there.said().await.unwrap().contains("Show 1 new post"));
    assert!(here.is_quiet().await);
    posted(&ada_there, &thread, "Good.", None).await;
    assert!(here.said().await.unwrap().contains("Show 1 new post"));
}

/// What is written beside an answer is there.
async fn settled() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}
