//! Each page's HTML by the Nu checker, which the W3C runs too: as it was served, or for a refused form as it stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde::Deserialize;
use tempfile::TempDir;

use crate::browser::{Browser, Script};
use crate::site::Site;

const CHECKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/node_modules/vnu-jar/build/dist/vnu.jar");

/// What the browser has been shown, a file a page.
pub struct Shown {
    folder: TempDir,
    names: Mutex<Vec<String>>,
}

#[derive(Deserialize)]
struct Verdict {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    url: Option<String>,
    message: String,
    #[serde(default)]
    extract: String,
}

impl Shown {
    pub fn nothing() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), names: Mutex::default() }
    }

    fn keep(&self, name: &str, html: &str) {
        let mut names = self.names.lock().unwrap();
        fs::write(self.file(names.len()), html).unwrap();
        names.push(name.to_owned());
    }

    fn file(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.html"))
    }

    /// What the checker has against them, a line a fault.
    fn faults(&self) -> Vec<String> {
        let names = self.names.lock().unwrap();
        assert!(Path::new(CHECKER).exists(), "the Nu checker is missing: tests/run installs it");
        let mut java = Command::new("java");
        java.args(["-Xss2m", "-jar", CHECKER, "--errors-only", "--format", "json", "--exit-zero-always"]);
        let files = (0..names.len()).map(|number| self.file(number));
        let told = java.args(files).stdin(Stdio::null()).output().expect("java is missing: tests/run installs it");
        let verdict: Verdict = serde_json::from_slice(&told.stderr)
            .unwrap_or_else(|e| panic!("the Nu checker says {}: {e}", String::from_utf8_lossy(&told.stderr)));
        println!("{} pages by the Nu checker", names.len());
        verdict.messages.into_iter().map(|m| format!("{}: {} ({})", named(&names, &m), m.message, m.extract)).collect()
    }
}

fn named(names: &[String], message: &Message) -> String {
    let file = message.url.as_deref().and_then(|url| url.rsplit('/').next()?.strip_suffix(".html")?.parse().ok());
    file.and_then(|number: usize| names.get(number)).cloned().unwrap_or_default()
}

impl Browser {
    /// Keeps the page for the checker. A name that is an address: it can be had again as it was served.
    pub async fn show_to_checker(&self, name: &str) {
        let html = if name.starts_with('/') {
            let fetch = "const done = arguments[arguments.length - 1];
                         fetch(location.href).then(r => r.text()).then(done, e => done('not fetched: ' + e));";
            self.driver.execute_async(fetch, vec![]).await.unwrap().json().clone()
        } else {
            self.run("return '<!DOCTYPE html>' + document.documentElement.outerHTML").await
        };
        self.shown.keep(name, html.as_str().unwrap());
    }

    /// What is wrong with the HTML of everything that it has been shown.
    pub fn faults_of_html(&self) -> Vec<String> {
        self.shown.faults()
    }
}

#[tokio::test]
async fn what_is_wrong_with_html_is_found() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.open("/help").await;
    browser.show_to_checker("/help").await;
    browser.open("data:text/html,<!DOCTYPE html><html lang=en><title>A</title><p id=a><p id=a><ul><b>no").await;
    browser.show_to_checker("a bad page").await;
    let faults = browser.faults_of_html();
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.starts_with("a bad page: ")), "{faults:?}");
    assert!(faults.join("\n").contains("Duplicate ID"), "{faults:?}");
    browser.quit().await;
}
