//! One learner from joining to the end of the course, by keyboard alone: over half-term, Easter and the change of the
//! clocks, each kind of step done by its rule. With JavaScript and without.

use std::time::Instant;

use trellis::programme::{Step, StepKind};

use crate::browser::{Browser, Script};
use crate::keys::{Focus, Keys};
use crate::travel::Travel;

const EMAIL: &str = "nadia.newcomer@example.org";
const PASSWORD: &str = "seven lanterns by the canal";

#[tokio::test]
async fn eleven_weeks_by_keyboard() {
    eleven_weeks(Script::On).await;
}

#[tokio::test]
async fn eleven_weeks_by_keyboard_without_javascript() {
    eleven_weeks(Script::Off).await;
}

async fn eleven_weeks(script: Script) {
    let started = Instant::now();
    let travel = Travel::from("2027-01-03 10:00").await;
    let browser = Browser::on(&travel.site, script).await;
    let keys = Keys::on(&browser);
    make_an_account(&keys, &browser, &travel).await;
    join(&keys, &browser).await;
    let mut steps = 0;
    for (unit, opens) in travel.weeks() {
        travel.to(&format!("{opens} 08:59")).await;
        let path = format!("{}/units/{}", travel.site.cohort, unit.number);
        come_back(&keys, &browser, &path).await;
        browser.sees_words("Opens Monday").await;
        travel.to(&format!("{opens} 09:00")).await;
        browser.open(&path).await;
        keys.skip_to_main().await;
        keys.go(&unit.steps[0].title).await;
        for step in &unit.steps {
            arrives(&browser, &format!("{path}/{}", step.slug)).await;
            do_step(&keys, &browser, step).await;
            // Wherever the form left the focus: the way on lies ahead.
            keys.go("Go on to").await;
            steps += 1;
        }
        arrives(&browser, &path).await;
        browser.sees_words("Done").await;
    }
    come_to_the_end(&keys, &browser, &travel).await;
    println!("{steps} steps in {} s", started.elapsed().as_secs());
    if script == Script::On {
        let faults = look_at_the_certificate(&browser).await;
        assert!(faults.is_empty(), "{} to mend:\n  {}", faults.len(), faults.join("\n  "));
    }
    browser.quit().await;
}

/// Its pages in every state: private and public, with another name refused, asked again, and printed.
async fn look_at_the_certificate(browser: &Browser) -> Vec<String> {
    let mut faults = browser.faults("a certificate").await;
    browser.follow_into("/certificates/").await;
    browser.sees_words("This certificate is genuine").await;
    faults.extend(browser.faults("a certificate without a name").await);
    browser.driver.back().await.unwrap();
    browser.fill("Name", " ").await;
    browser.press("See the new name").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a name refused").await);
    browser.fill("Name", "Nadia N. Newcomer").await;
    browser.press("See the new name").await;
    browser.sees_words("It takes the place of").await;
    faults.extend(browser.faults("a name to confirm").await);
    browser.press("Print this name").await;
    browser.sees_words("You changed it on").await;
    browser.press("Show my name there").await;
    browser.sees_words("It shows your name").await;
    faults.extend(browser.faults("a certificate with its name changed").await);
    browser.follow_into("/certificates/").await;
    browser.sees_words("Nadia N. Newcomer").await;
    faults.extend(browser.faults("a certificate with a name").await);
    faults.extend(browser.faults_of_html());
    faults
}

async fn make_an_account(keys: &Keys<'_>, browser: &Browser, travel: &Travel) {
    browser.open("/sign-up").await;
    keys.fill("Name", "Nadia Newcomer").await;
    keys.fill("Email", EMAIL).await;
    keys.fill("Password", PASSWORD).await;
    keys.work_until("Create my account", |_| true).await;
    browser.sees_words("Check your email").await;
    travel.run_jobs().await;
    browser.open(&travel.site.link_in_mail_to(EMAIL, "/verify/").await).await;
    keys.skip_to_main().await;
    keys.go("Confirm").await;
    browser.sees_words("confirmed").await;
    browser.open("/sign-in").await;
    sign_in(keys).await;
    browser.sees("//header//details", "account menu").await;
}

async fn sign_in(keys: &Keys<'_>) {
    keys.fill("Email", EMAIL).await;
    keys.fill("Password", PASSWORD).await;
    keys.enter().await;
}

async fn join(keys: &Keys<'_>, browser: &Browser) {
    browser.open("/").await;
    keys.skip_to_main().await;
    keys.go("Join").await;
    browser.sees("//h1[contains(., 'Join')]", "what joining means").await;
    keys.skip_to_main().await;
    keys.go("Join this course").await;
    browser.sees_words("You have joined").await;
}

/// A week later; after a fortnight away the session has ended, and signing in leads to where one wanted to be.
async fn come_back(keys: &Keys<'_>, browser: &Browser, path: &str) {
    browser.open(path).await;
    if browser.path().await == "/sign-in" {
        sign_in(keys).await;
        arrives(browser, path).await;
    }
}

/// Waits until the page is there, with its end.
async fn arrives(browser: &Browser, path: &str) {
    for _ in 0..200 {
        if browser.path().await == path && browser.run("return document.readyState").await == "complete" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("on {} instead of {path}", browser.path().await);
}

async fn do_step(keys: &Keys<'_>, browser: &Browser, step: &Step) {
    let is_right = |focus: &Focus| {
        step.quiz.as_ref().is_none_or(|quiz| {
            let question = quiz.questions.iter().find(|question| question.slug.as_str() == focus.group);
            question.is_none_or(|q| q.options.iter().any(|option| option.right && option.text == focus.name))
        })
    };
    keys.skip_to_main().await;
    let button = match step.kind {
        StepKind::Article | StepKind::Video | StepKind::LiveSession => "Mark as complete",
        StepKind::Exercise if step.fields.is_empty() => "Mark as complete",
        StepKind::Exercise => "Save and mark as complete",
        StepKind::Discussion => "Post",
        StepKind::Reflection => "Save my note",
        StepKind::Quiz => "Hand in my answers",
        StepKind::Diagnostic => "Hand in my reading",
        StepKind::PeerAssignment => "Hand in my work",
    };
    keys.work_until(button, is_right).await;
    if step.kind == StepKind::PeerAssignment {
        for given in 1..=step.reviews {
            browser
                .sees_words(if given == 1 { "You handed it in" } else { "Your comments are with their author" })
                .await;
            keys.skip_to_main().await;
            keys.work_until("Send my comments to", |_| true).await;
        }
    }
    browser.sees("//main//a[contains(., 'Go on to')]", "the way on").await;
}

async fn come_to_the_end(keys: &Keys<'_>, browser: &Browser, travel: &Travel) {
    browser.open(&travel.site.cohort).await;
    keys.skip_to_main().await;
    // The menu under one's name lies behind: back to it, open it, and on to its first item.
    keys.go_back_to("Nadia Newcomer").await;
    keys.go("Your progress").await;
    browser.sees_words("You have done everything that the certificate asks for").await;
    browser.sees_words("You have done all ").await;
    keys.skip_to_main().await;
    keys.go("Your certificate, issued on").await;
    arrives(browser, &format!("{}/certificate", travel.site.cohort)).await;
    browser.sees_words("Nadia Newcomer").await;
}
