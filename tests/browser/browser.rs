//! Chromium, driven as somebody would: by the words on links, buttons and labels.

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::prelude::*;

use crate::html::Shown;
use crate::process::{Running, free_port};
use crate::site::Site;

const CHROMIUM: &str = "/usr/bin/chromium";
const PACKAGES: &str = "chromium chromium-driver";
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=en-GB",
    "--window-size=1280,900",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// Fields are dropped in this order: the profile goes when nobody uses it any more.
pub struct Browser {
    pub driver: WebDriver,
    _chromedriver: Running,
    _profile: TempDir,
    base: String,
    /// The page on which something was pressed last, until words were looked for: its path and its words.
    pressed_on: Mutex<(String, String)>,
    /// For the checker of HTML.
    pub shown: Shown,
}

impl Browser {
    pub async fn on(site: &Site, script: Script) -> Self {
        Self::logging(site, script, &["browser"]).await
    }

    /// One that keeps these logs for [`SessionHandle::get_log`](thirtyfour::session::handle::SessionHandle::get_log).
    pub async fn logging(site: &Site, script: Script, logs: &[&str]) -> Self {
        assert!(std::path::Path::new(CHROMIUM).exists(), "chromium is missing: apt-get install {PACKAGES}");
        let profile = tempfile::tempdir().unwrap();
        let port = free_port();
        let chromedriver =
            Running::start(Command::new("chromedriver").arg(format!("--port={port}")), port, PACKAGES).await;
        let mut caps = DesiredCapabilities::chrome();
        caps.set_binary(CHROMIUM).unwrap();
        for flag in FLAGS {
            caps.add_arg(flag).unwrap();
        }
        caps.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
        if script == Script::Off {
            let off = serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
            caps.add_experimental_option("prefs", off).unwrap();
        }
        for log in logs {
            caps.set_logging_prefs(*log, LoggingPrefsLogLevel::All).unwrap();
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), caps).await.unwrap();
        // No window manager gives the window the focus, and some versions of Chromium then draw none.
        let focused = serde_json::json!({ "enabled": true });
        driver.cdp().send_raw("Emulation.setFocusEmulationEnabled", focused).await.unwrap();
        Self {
            driver,
            _chromedriver: chromedriver,
            _profile: profile,
            base: site.base.clone(),
            pressed_on: Mutex::default(),
            shown: Shown::nothing(),
        }
    }

    pub async fn quit(self) {
        self.driver.clone().quit().await.unwrap();
    }

    /// Goes to a path of the site, or to a whole address.
    pub async fn open(&self, address: &str) {
        let address = if address.contains(':') { address.into() } else { format!("{}{address}", self.base) };
        std::mem::take(&mut *self.pressed_on.lock().unwrap());
        self.driver.goto(address).await.unwrap();
    }

    pub async fn path(&self) -> String {
        self.driver.current_url().await.unwrap().path().to_owned()
    }

    /// Follows the first visible link that has these words, in any case; `a|b` means either.
    pub async fn follow(&self, words: &str) {
        self.click(words, &format!("//a[{}]", has("normalize-space(.)", words))).await;
    }

    /// Follows the first visible link whose address ends so.
    pub async fn follow_to(&self, end: &str) {
        let ends = format!("substring(@href, string-length(@href) - {}) = '{end}'", end.len() - 1);
        self.click(end, &format!("//a[{ends}]")).await;
    }

    /// Follows the first visible link whose address has this in it.
    pub async fn follow_into(&self, part: &str) {
        self.click(part, &format!("//main//a[contains(@href, '{part}')]")).await;
    }

    pub async fn press(&self, words: &str) {
        self.click(words, &format!("//button[{}]", has("normalize-space(.)", words))).await;
    }

    /// Types into the field with this label, instead of what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.labelled(label, "").await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// By its label, as the box itself is drawn.
    pub async fn tick(&self, label: &str) {
        self.click(label, &format!("//label[{}]", has("normalize-space(.)", label))).await;
    }

    /// Chooses, in the list with this label, the first choice that has these words.
    pub async fn choose(&self, label: &str, words: &str) {
        let choice = format!("/option[{}]", has("normalize-space(.)", words));
        self.labelled(label, &choice).await.click().await.unwrap();
    }

    pub async fn sign_in(&self, email: &str, password: &str) {
        self.open("/sign-in").await;
        self.fill("Email", email).await;
        self.fill("Password", password).await;
        self.press("Sign in").await;
        self.sees("//header//details", "account menu").await;
    }

    pub async fn sign_out(&self) {
        self.click("the account menu", "//header//details/summary").await;
        self.press("Sign out").await;
        self.sees_words("You are signed out.").await;
    }

    /// What stands in the field with this label now.
    pub async fn text_in(&self, label: &str) -> String {
        self.labelled(label, "").await.value().await.unwrap().unwrap_or_default()
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        self.driver.find(By::Tag("body")).await.unwrap().text().await.unwrap()
    }

    /// Asks the page itself.
    pub async fn run(&self, script: &str) -> serde_json::Value {
        self.driver.execute(script, vec![]).await.unwrap().json().clone()
    }

    /// As in a tunnel; and out of it again.
    pub async fn offline(&self, offline: bool) {
        let none =
            serde_json::json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.driver.cdp().send_raw("Network.enable", serde_json::json!({})).await.unwrap();
        self.driver.cdp().send_raw("Network.emulateNetworkConditions", none).await.unwrap();
    }

    /// What the console says of scripts and policies; requests that fail are no news, nor that signing out has cleared up.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.get_log("browser").await.unwrap();
        let said = log.into_iter().filter(|entry| entry.source.as_deref() != Some("network"));
        said.map(|entry| entry.message).filter(|message| !message.contains("Clear-Site-Data header")).collect()
    }

    /// The server ends the session, and the browser does not know.
    pub async fn end_session_behind_its_back(&self) {
        let cookie = self.driver.get_named_cookie("session").await.unwrap();
        let sign_out = "const done = arguments[arguments.length - 1], form = document.querySelector('[action=\"/sign-out\"]');
             fetch('/sign-out', {method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual'}).then(done);";
        self.driver.execute_async(sign_out, vec![]).await.unwrap();
        self.driver.add_cookie(cookie).await.unwrap();
    }

    /// Chooses the first answer of each question, and writes where there is something to write.
    pub async fn answer_everything(&self) {
        for group in self.driver.find_all(By::Css("main fieldset")).await.unwrap() {
            group.find(By::Tag("label")).await.unwrap().click().await.unwrap();
        }
    }

    /// On how many pages of A4 the page prints.
    pub async fn printed_pages(&self) -> usize {
        let mut a4 = thirtyfour::common::print::PrintParameters::default();
        (a4.page.width, a4.page.height) = (21.0, 29.7);
        let pdf = self.driver.print_page(a4).await.unwrap();
        let text = String::from_utf8_lossy(&pdf);
        text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
    }

    /// The words that the page has on paper.
    pub async fn shown_in_print(&self) -> String {
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setEmulatedMedia", serde_json::json!({ "media": "print" })).await.unwrap();
        let shown = self.driver.execute("return document.body.innerText", vec![]).await.unwrap();
        cdp.send_raw("Emulation.setEmulatedMedia", serde_json::json!({ "media": "" })).await.unwrap();
        shown.json().as_str().unwrap_or_default().to_owned()
    }

    /// Remembers what stands here, before something is pressed that leads on.
    pub async fn leaves(&self) {
        let body = self.driver.find(By::Tag("body")).await.unwrap();
        let words = body.prop("textContent").await.unwrap().unwrap_or_default().to_lowercase();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        *self.pressed_on.lock().unwrap() = (self.path().await, words);
    }

    /// Waits until the page has these words, in any case. They must not have stood on this very page before something was
    /// pressed: who looks for those would go on before the answer is there.
    pub async fn sees_words(&self, words: &str) {
        let (path, before) = std::mem::take(&mut *self.pressed_on.lock().unwrap());
        let stood = words.split('|').find(|one| before.contains(&one.to_lowercase()));
        assert!(stood.is_none() || path != self.path().await, "{path}: {stood:?} stood there before");
        self.sees(&format!("//body[{}]", has("normalize-space(.)", words)), words).await;
    }

    pub async fn sees(&self, path: &str, what: &str) {
        self.first(path, what, false).await;
    }

    pub async fn heading(&self) -> String {
        self.first("//h1", "a heading", true).await.text().await.unwrap()
    }

    async fn click(&self, what: &str, path: &str) {
        let target = self.first(path, what, true).await;
        self.leaves().await;
        target.click().await.unwrap();
    }

    /// The field of the first visible label with these words, or what lies below the field.
    async fn labelled(&self, label: &str, below: &str) -> WebElement {
        let label_is = has("normalize-space(.)", label);
        self.first(&format!("//*[@id = //label[{label_is}]/@for]{below}"), label, below.is_empty()).await
    }

    /// The first match (visible, if need be), waiting for it as somebody would for a page to come.
    pub async fn first(&self, path: &str, what: &str, visible: bool) -> WebElement {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            for found in self.driver.find_all(By::XPath(path)).await.unwrap_or_default() {
                if !visible || found.is_displayed().await.unwrap_or(false) {
                    return found;
                }
            }
            if Instant::now() > patience {
                let text = self.text().await;
                panic!("{}: no '{what}' on this page:\n{text}", self.path().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Else the driver would wait for an answer that this thread, which is ending, cannot take. What it started is ended
        // with it.
        let _ = self.driver.clone().leak();
    }
}

/// An XPath condition: the text has one of `a|b`, in any case.
fn has(text: &str, words: &str) -> String {
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let lower = upper.to_lowercase();
    let one = |word: &str| {
        let word = word.to_lowercase();
        assert!(!word.contains('"'), "{word}");
        format!("contains(translate({text}, '{upper}', '{lower}'), \"{word}\")")
    };
    words.split('|').map(one).collect::<Vec<_>>().join(" or ")
}
