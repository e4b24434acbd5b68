//! The program as its operator meets it: settings, the first administrator, filling, copies, commands.

use std::path::Path;
use std::process::{Command, Output};

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
    assert!(told(&check).contains("0 threads had a wrong count"), "{}", told(&check));
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
}
