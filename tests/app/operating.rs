//! The program as its operator meets it: settings, the first administrator, filling, copies, commands.

mod mail;

use std::path::Path;
use std::process::{Command, Output};

use diesel::prelude::*;
use trellis::heartbeat::store::list as list_beats;
use trellis::platform::db::{Conn, Db, DbError, Url};

fn trellis(data: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(words)
        .arg("--data")
        .arg(data)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TRELLIS_LOG", "error")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn wrong_settings_are_all_named_and_nothing_starts() {
    let data = tempfile::tempdir().unwrap();
    let wrong = [
        "serve",
        "--bind",
        "nowhere",
        "--base-url",
        "learn.example.org/path",
        "--mail-from",
        "x",
        "--content",
        "/no/such",
        "--database-url",
        "mysql://x",
        "--smtp-url",
        "http://x",
    ];
    let output = trellis(data.path(), &wrong);
    assert_eq!(output.status.code(), Some(78));
    for flag in ["--bind", "--base-url", "--mail-from", "--content", "--database-url", "--smtp-url"] {
        assert!(told(&output).contains(&format!("{flag}: ")), "{flag}: {}", told(&output));
    }
    assert_eq!(trellis(data.path(), &["no-such-command"]).status.code(), Some(2));
}

#[test]
fn wrong_content_stops_a_start_with_file_and_line() {
    let data = tempfile::tempdir().unwrap();
    let content = data.path().join("content");
    std::fs::create_dir_all(content.join("p/units")).unwrap();
    std::fs::write(content.join("p/programme.toml"), "title = 5\n").unwrap();
    let output = trellis(data.path(), &["content", "check", content.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(78));
    assert!(told(&output).contains("programme.toml:1: "), "{}", told(&output));
    let start = trellis(data.path(), &["work", "--once", "--content", content.to_str().unwrap()]);
    assert_eq!(start.status.code(), Some(78), "{}", told(&start));
}

#[test]
fn the_programme_of_the_repository_has_no_fault() {
    let data = tempfile::tempdir().unwrap();
    let output = trellis(data.path(), &["content", "check"]);
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn a_demonstration_answers_on_the_loopback_alone() {
    let data = tempfile::tempdir().unwrap();
    for words in [&["demo", "--bind", "0.0.0.0:0"][..], &["demo", "--base-url", "https://learn.example.org"]] {
        let output = trellis(data.path(), words);
        assert_eq!(output.status.code(), Some(78), "{words:?}");
        assert!(told(&output).contains("loopback"), "{}", told(&output));
    }
}

#[test]
fn an_administrator_is_made_from_the_command_line() {
    let data = tempfile::tempdir().unwrap();
    let output = trellis(data.path(), &["admin", "create", "--email", "ada@example.org", "--name", "Ada"]);
    assert!(output.status.success() && told(&output).contains("/password/reset/"), "{}", told(&output));
    let wrong = trellis(data.path(), &["admin", "create", "--email", "ada", "--name", "\u{202e}"]);
    assert_eq!(wrong.status.code(), Some(78));
    let doctor = trellis(data.path(), &["doctor"]);
    assert!(told(&doctor).contains("Administrators "), "{}", told(&doctor));
}

#[test]
fn a_seeded_database_is_copied_checked_and_put_back() {
    let data = tempfile::tempdir().unwrap();
    let seed = ["seed", "--learners", "12", "--week", "3", "--posts", "60", "--password", "a long enough one"];
    let output = trellis(data.path(), &seed);
    assert!(output.status.success(), "{}", told(&output));
    let again = trellis(data.path(), &seed);
    assert!(!again.status.success() && told(&again).contains("not empty"), "{}", told(&again));
    let check = trellis(data.path(), &["check"]);
    assert!(told(&check).contains("0 threads said something wrong"), "{}", told(&check));
    let copy = data.path().join("copy.sqlite3");
    assert!(trellis(data.path(), &["backup", copy.to_str().unwrap()]).status.success());
    let twice = trellis(data.path(), &["backup", copy.to_str().unwrap()]);
    assert!(!twice.status.success() && told(&twice).contains("exists already"));
    let back = trellis(data.path(), &["restore", copy.to_str().unwrap()]);
    assert!(back.status.success(), "{}", told(&back));
    assert!(told(&trellis(data.path(), &["mail", "status"])).contains("on hold: restored"));
    assert!(trellis(data.path(), &["mail", "resume"]).status.success());
    assert!(!told(&trellis(data.path(), &["mail", "status"])).contains("on hold"));
    assert!(trellis(data.path(), &["work", "--once"]).status.success());
}

#[test]
fn the_schema_goes_down_and_up_again() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    assert!(trellis(data.path(), &["migrate", "--down", "1"]).status.success());
    let up = trellis(data.path(), &["migrate"]);
    assert!(told(&up).contains("1 migrations were missing"), "{}", told(&up));
    let back = trellis(data.path(), &["migrate", "--to", "2026-11-23-000001"]);
    let behind_the_first = std::fs::read_dir("migrations/sqlite").unwrap().count() - 1;
    let taken_back = format!("{behind_the_first} migrations were done or taken back");
    assert!(told(&back).contains(&taken_back), "{}", told(&back));
    let there = trellis(data.path(), &["migrate", "--to", "2026-11-23-000001"]);
    assert!(told(&there).contains("0 migrations"), "{}", told(&there));
    let nowhere = trellis(data.path(), &["migrate", "--to", "1999"]);
    assert!(!nowhere.status.success() && told(&nowhere).contains("there is no migration '1999'"), "{}", told(&nowhere));
    assert_eq!(trellis(data.path(), &["migrate", "--to", "1999", "--down", "1"]).status.code(), Some(2));
}

#[test]
fn a_check_against_a_database_names_what_would_be_orphaned() {
    let data = tempfile::tempdir().unwrap();
    let seed = ["seed", "--learners", "12", "--week", "3", "--posts", "20", "--password", "a long enough one"];
    assert!(trellis(data.path(), &seed).status.success());
    let url = data.path().join("trellis.sqlite3");
    let content = data.path().join("content");
    let copied = Command::new("cp").arg("-r").arg("course_content").arg(&content).status().unwrap();
    assert!(copied.success());
    let check =
        || trellis(data.path(), &["content", "check", content.to_str().unwrap(), "--against", url.to_str().unwrap()]);
    let fine = check();
    assert!(fine.status.success(), "{}", told(&fine));
    let unit = content.join("effective-networks/units/00-orientation");
    std::fs::rename(unit.join("03-choose-your-network.md"), unit.join("03-pick-a-network.md")).unwrap();
    let orphaned = check();
    assert_eq!(orphaned.status.code(), Some(78), "{}", told(&orphaned));
    assert!(
        told(&orphaned).contains("under the step 'orientation/choose-your-network', which is not there"),
        "{}",
        told(&orphaned)
    );
    let step = unit.join("03-pick-a-network.md");
    let text = std::fs::read_to_string(&step).unwrap();
    std::fs::write(&step, text.replacen("+++\n", "+++\nformerly = [\"choose-your-network\"]\n", 1)).unwrap();
    let mended = check();
    assert!(mended.status.success(), "{}", told(&mended));
    let missing = trellis(data.path(), &["content", "check", "--against", "/no/such.sqlite3"]);
    assert_eq!(missing.status.code(), Some(78));
}

#[tokio::test]
async fn posts_are_rendered_anew_when_the_rules_have_changed() {
    use trellis::schema::posts;
    let data = tempfile::tempdir().unwrap();
    let seed = ["seed", "--learners", "12", "--week", "3", "--posts", "150", "--password", "a long enough one"];
    assert!(trellis(data.path(), &seed).status.success());
    let htmls =
        || trellis_outbox(data.path(), |conn| posts::table.order(posts::id).select(posts::html).load(conn).unwrap());
    let before: Vec<String> = htmls().await;
    let old = "<p>As an earlier version drew it</p>";
    trellis_outbox(data.path(), move |conn| {
        diesel::update(posts::table.filter(posts::id.gt(100))).set(posts::html.eq(old)).execute(conn).unwrap();
        let deep =
            posts::table.order(posts::id.desc()).select(posts::id).first::<trellis::discussion::PostId>(conn).unwrap();
        diesel::update(posts::table.find(deep)).set(posts::body.eq(">".repeat(5000))).execute(conn).unwrap();
    })
    .await;
    let rendered = trellis(data.path(), &["posts", "render"]);
    assert!(rendered.status.success(), "{}", told(&rendered));
    assert!(told(&rendered).contains("49 posts made anew, 1 left as they were."), "{}", told(&rendered));
    let after: Vec<String> = htmls().await;
    let (last, others) = after.split_last().unwrap();
    assert_eq!((last.as_str(), others), (old, &before[..before.len() - 1]));
}

/// Starts a command, and ends it, by its id.
struct Started(std::process::Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::test]
async fn a_preview_opens_all_units_and_shows_what_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("course_content/running-good-meetings");
    std::fs::create_dir_all(&content).unwrap();
    assert!(Command::new("cp").arg("-r").arg(source).arg(&content).status().unwrap().success());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}");
    let child = Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(["content", "preview", content.to_str().unwrap(), "--bind", &format!("127.0.0.1:{port}")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TRELLIS_LOG", "error")
        .env("TMPDIR", folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let _ended = Started(child);
    let author = crate::person::Person::visiting(&base);
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    author.get("/preview").await.expect(303);
    let path = "/cohorts/preview/units/3";
    let before = author.get(path).await.expect(200);
    assert!(before.html.contains("/preview/reload.js"), "{}", before.html);
    author.get("/preview/reload.js").await.expect(200);
    let version = author.get("/preview/changes").await.expect(200).html;
    let unit = content.join("running-good-meetings/units/03-after-the-meeting/unit.toml");
    let text = std::fs::read_to_string(&unit).unwrap();
    let title = text.lines().find(|line| line.starts_with("title")).unwrap().to_owned();
    std::fs::write(&unit, text.replace(&title, "title = \"Seen at once\"")).unwrap();
    let changed = author.get(&format!("/preview/changes?after={version}")).await.expect(200).html;
    assert_ne!(changed, version);
    assert!(author.get(path).await.expect(200).has("Seen at once"));
    // A fault leaves the last good text.
    std::fs::write(&unit, "title = 5").unwrap();
    author.get(&format!("/preview/changes?after={changed}x")).await.expect(200);
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert!(author.get(path).await.expect(200).has("Seen at once"));
    author.get("/preview?as=facilitator").await.expect(303);
    author.get("/cohorts/preview/manage/guide/3").await.expect(200);
}

#[actix_web::test]
async fn a_process_that_only_works_reads_its_content_again_at_a_signal() {
    let data = tempfile::tempdir().unwrap();
    assert!(trellis(data.path(), &["migrate"]).status.success());
    let content = data.path().join("content");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("course_content/running-good-meetings");
    std::fs::create_dir_all(&content).unwrap();
    assert!(Command::new("cp").arg("-r").arg(source).arg(&content).status().unwrap().success());
    let child = Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(["work", "--content", content.to_str().unwrap(), "--data"])
        .arg(data.path())
        .env("TRELLIS_LOG", "trellis=info")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ended = Started(child);
    let (tell, heard) = std::sync::mpsc::channel();
    let said = std::io::BufRead::lines(std::io::BufReader::new(ended.0.stderr.take().unwrap()));
    std::thread::spawn(move || said.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
    let hears = |words: &str| loop {
        let line = heard.recv_timeout(std::time::Duration::from_secs(30)).unwrap_or_else(|e| panic!("{words}: {e}"));
        if line.contains(words) {
            break;
        }
    };
    // Whoever tells of a round listens for signals.
    for _ in 0..600 {
        if trellis_outbox(data.path(), |conn| !list_beats(conn).unwrap().is_empty()).await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let hang_up = || {
        let told = Command::new("kill").args(["-HUP", &ended.0.id().to_string()]).status().unwrap();
        assert!(told.success());
    };
    hang_up();
    hears("the content was read again");
    std::fs::write(content.join("running-good-meetings/programme.toml"), "title = 5").unwrap();
    hang_up();
    hears("the content was not taken");
}

#[actix_web::test]
async fn a_demonstration_is_a_course_in_its_sixth_week() {
    let data = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(env!("CARGO_BIN_EXE_trellis"))
        .args(["demo", "--bind", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data.path())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TRELLIS_LOG", "error")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ended = Started(child);
    // It says how to sign in when it is filled.
    let said = ended.0.stdout.take().unwrap();
    let said = tokio::task::spawn_blocking(move || {
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(said)).map_while(Result::ok);
        let mut until_mail = Vec::new();
        for line in lines.by_ref() {
            until_mail.push(line);
            if until_mail.last().is_some_and(|line| line.contains("Mail is written to")) {
                break;
            }
        }
        // What it says later finds somebody who listens, until it is ended.
        std::thread::spawn(move || lines.for_each(drop));
        until_mail.join("\n")
    });
    let said = said.await.unwrap();
    for words in ["learner0001@example.org", "facilitator1@example.org", "admin@example.org", "nine quiet herons"] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let base = format!("http://127.0.0.1:{port}");
    let ada = crate::person::Person::visiting(&base);
    let sign_in = [("email", "learner0001@example.org"), ("password", "nine quiet herons")];
    ada.submit("/sign-in", &sign_in).await.expect(303);
    assert!(ada.get("/").await.expect(200).has("Week 6 of 11"));
    let mails = std::fs::read_dir(data.path().join("demo/mail")).unwrap().count();
    assert!(mails > 100, "only {mails} reminders were sent");
}

async fn trellis_outbox<T: Send + 'static>(data: &Path, work: impl FnOnce(&mut Conn) -> T + Send + 'static) -> T {
    let db = Db::open(&Url::Sqlite(data.join("trellis.sqlite3")), 1).unwrap();
    db.write(move |conn| Ok::<_, DbError>(work(conn))).await.unwrap()
}
