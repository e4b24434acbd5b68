//! Somebody new, from the front page to their first post.

use crate::browser::{Browser, Script};
use crate::site::Site;

const EMAIL: &str = "nadia.newcomer@example.org";
const PASSWORD: &str = "seven lanterns by the canal";

#[tokio::test]
async fn a_newcomer_takes_a_first_step_and_says_hello() {
    from_sign_up_to_sign_out(Script::On).await;
}

#[tokio::test]
async fn a_newcomer_does_the_same_without_javascript() {
    from_sign_up_to_sign_out(Script::Off).await;
}

async fn from_sign_up_to_sign_out(script: Script) {
    let site = Site::start().await;
    let browser = Browser::on(&site, script).await;
    make_an_account(&browser, &site).await;
    join(&browser).await;
    complete_a_step_of_unit_1(&browser, &site).await;
    say_hello(&browser).await;
    browser.sign_out().await;
    browser.open(&site.cohort).await;
    browser.sees("//input[@type='password']", "the door: who is signed out sees no course").await;
    browser.quit().await;
}

pub async fn make_an_account(browser: &Browser, site: &Site) {
    browser.open("/").await;
    browser.follow("Sign in").await;
    browser.follow("Create an account|Sign up").await;
    browser.fill("Name", "Nadia Newcomer").await;
    browser.fill("Email", EMAIL).await;
    browser.fill("Password", PASSWORD).await;
    browser.tick("agree").await;
    browser.press("Create").await;
    browser.sees_words("Check your email").await;
    browser.open(&site.link_in_mail_to(EMAIL, "/verify/").await).await;
    browser.press("Confirm").await;
    browser.sees_words("confirmed").await;
    browser.sign_in(EMAIL, PASSWORD).await;
}

pub async fn join(browser: &Browser) {
    browser.open("/").await;
    browser.follow("Join").await;
    browser.press("Join").await;
    browser.sees_words("You have joined").await;
}

async fn complete_a_step_of_unit_1(browser: &Browser, site: &Site) {
    browser.open(&site.cohort).await;
    browser.follow_to("/units/1").await;
    browser.follow_into("/units/1/").await;
    let step = browser.path().await;
    browser.press("Mark as complete|Mark as done").await;
    browser.sees("//button[contains(., 'not') or contains(., 'Undo')]", "a way to undo it").await;
    browser.open(&site.cohort).await;
    browser.sees_words("1 of ").await;
    browser.open(&step).await;
    browser.sees("//button[contains(., 'not') or contains(., 'Undo')]", "a way to undo it").await;
}

async fn say_hello(browser: &Browser) {
    browser.follow("Discussions").await;
    browser.follow("Start a thread").await;
    browser.fill("Title", "Hello from the coast").await;
    browser.choose("What is it about|Unit", "1").await;
    browser.fill("Your ", "I look after a network of *twelve* practices, and I came to listen.").await;
    browser.press("Post").await;
    browser.sees_words("I look after a network of twelve practices").await;
    assert_eq!(browser.heading().await, "Hello from the coast");
    browser.fill("Your ", "And to ask: who else is by the sea?").await;
    browser.press("Post|Reply").await;
    browser.sees_words("who else is by the sea?").await;
}
