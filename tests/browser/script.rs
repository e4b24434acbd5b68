//! The little script: it marks a step where one stands, keeps drafts, and does no harm where something fails.

use serde_json::json;
use trellis::programme::StepKind;

use crate::browser::{Browser, Script};
use crate::pages;
use crate::site::{LEARNER, PASSWORD, Site};

#[tokio::test]
async fn the_little_script_marks_and_keeps_drafts() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    a_step_is_marked_in_place(&browser, &site).await;
    let page = pages::first_of(StepKind::Reflection, &site);
    a_draft_is_kept_while_one_types(&browser, &page).await;
    a_lost_connection_loses_nothing(&browser, &page).await;
    a_form_is_sent_once(&browser, &site).await;
    a_fault_is_read_first(&browser, &site).await;
    nothing_breaks_when_the_session_is_gone(&browser, &site, &page).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new(), "the browser's console");
    browser.quit().await;
}

#[tokio::test]
async fn a_film_goes_on_where_one_stopped() {
    let site = Site::with_a_film().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    let film = format!("{}/units/0/welcome", site.cohort);
    browser.open(&film).await;
    // Nothing is played: what a player would tell its page is enough.
    let stop = "const film = document.querySelector('video'); \
         Object.defineProperty(film, 'currentTime', { value: 200.7 }); film.dispatchEvent(new Event('pause'))";
    browser.run(stop).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    browser.open(&film).await;
    browser.sees_words("You were at 3:20").await;
    browser.sees("//video[contains(@src, 'welcome.webm#t=200')]", "the film from there").await;
    assert_eq!(browser.faults("a film").await, Vec::<String>::new());
    browser.quit().await;
}

#[tokio::test]
async fn a_draft_needs_no_script() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::Off).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    let page = pages::first_of(StepKind::Discussion, &site);
    browser.open(&page).await;
    browser.fill("Your post", "Half of what I mean to say").await;
    browser.press("Save draft").await;
    browser.sees_words("Your draft is kept").await;
    browser.sign_out().await;
    browser.sign_in(LEARNER, PASSWORD).await;
    browser.open(&page).await;
    browser.sees_words("This is your draft from today").await;
    assert_eq!(browser.text_in("Your post").await, "Half of what I mean to say");
    browser.press("Discard this draft").await;
    browser.sees_words("Your draft is gone").await;
    assert_eq!(browser.text_in("Your post").await, "");
    browser.quit().await;
}

/// The page stays, its state and the list beside it change, a screen reader is told, and the keyboard goes on from there.
async fn a_step_is_marked_in_place(browser: &Browser, site: &Site) {
    browser.open(&pages::undone(browser, site).await).await;
    browser.run("window.stayed = true").await;
    let done_in_list = "return document.querySelector('[data-live=steps] [aria-current] ~ span').textContent";
    assert!(!browser.run(done_in_list).await.as_str().unwrap().contains("done"));
    browser.press("Mark as complete").await;
    browser.sees("//*[@role='status'][contains(., 'This step is done.')]", "a word for screen readers").await;
    browser.sees_words("You finished this step today").await;
    assert!(browser.run(done_in_list).await.as_str().unwrap().contains("done"));
    assert_eq!(browser.run("return window.stayed").await, json!(true), "the page was loaded again");
    let focus = "return document.activeElement.closest('#finish') !== null";
    assert_eq!(browser.run(focus).await, json!(true), "the keyboard lost its place");
    browser.press("Mark as not done").await;
    browser.sees("//*[@role='status'][contains(., 'to do again')]", "a word for screen readers").await;
    browser.sees("//button[contains(., 'Mark as complete')]", "the way to do it again").await;
    assert_eq!(browser.run("return window.stayed").await, json!(true), "the page was loaded again");
}

async fn a_draft_is_kept_while_one_types(browser: &Browser, page: &str) {
    browser.open(page).await;
    browser.fill("Your note", "What I would lose otherwise").await;
    browser.sees_words("Draft kept at").await;
    browser.open(page).await;
    browser.sees_words("This is your draft from today").await;
    assert_eq!(browser.text_in("Your note").await, "What I would lose otherwise");
    // Whoever leaves within the pause after the last key leaves nothing behind either.
    browser.fill("Your note", "Typed and gone at once").await;
    browser.open("/help").await;
    browser.sign_out().await;
    browser.sign_in(LEARNER, PASSWORD).await;
    browser.open(page).await;
    assert_eq!(browser.text_in("Your note").await, "Typed and gone at once");
}

async fn a_lost_connection_loses_nothing(browser: &Browser, page: &str) {
    browser.open(page).await;
    browser.offline(true).await;
    browser.fill("Your note", "Written in a tunnel").await;
    browser.sees_words("not kept yet: there is no connection").await;
    browser.press("Save").await;
    browser.sees_words("Nothing was sent: there is no connection").await;
    assert_eq!(browser.text_in("Your note").await, "Written in a tunnel");
    browser.offline(false).await;
    browser.sees_words("Draft kept at").await;
    browser.open(page).await;
    assert_eq!(browser.text_in("Your note").await, "Written in a tunnel");
    browser.press("Save").await;
    browser.sees_words("Your note is saved").await;
    browser.open(page).await;
    assert_eq!(browser.text_in("Your note").await, "Written in a tunnel");
    assert!(!browser.text().await.contains("This is your draft"), "what is saved is no draft");
}

async fn a_form_is_sent_once(browser: &Browser, site: &Site) {
    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.fill("Title", "Said once").await;
    browser.fill("Your post", "And heard once.").await;
    browser.run("const b = document.querySelector('main .nhsuk-button'); b.click(); b.click(); b.click()").await;
    browser.sees_words("Your post is there").await;
    browser.open(&format!("{}/discussions", site.cohort)).await;
    let count = "return [...document.querySelectorAll('main h2')].filter(h => h.textContent === 'Said once').length";
    assert_eq!(browser.run(count).await, json!(1));
}

async fn a_fault_is_read_first(browser: &Browser, site: &Site) {
    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.press("Post").await;
    browser.sees_words("There is a problem").await;
    let focus = "return document.activeElement.className";
    assert_eq!(browser.run(focus).await, json!("nhsuk-error-summary"));
}

async fn nothing_breaks_when_the_session_is_gone(browser: &Browser, site: &Site, page: &str) {
    browser.open(page).await;
    browser.driver.delete_cookie("session").await.unwrap();
    browser.fill("Your note", "Who am I now?").await;
    browser.sees_words("you are signed out. Copy what you wrote").await;
    browser.press("Save").await;
    browser.sees_words("This form is out of date").await;
    browser.sign_in(LEARNER, PASSWORD).await;
    browser.open(&pages::undone(browser, site).await).await;
    browser.driver.delete_cookie("session").await.unwrap();
    browser.press("Mark as complete").await;
    browser.sees_words("This form is out of date").await;
}
