//! Every page, and every form that was refused, by axe-core (WCAG 2.2 A and AA and good practice, light and dark, wide and
//! narrow), by checks of our own, and by the Nu checker of HTML.

use trellis::programme::StepKind;

use crate::browser::{Browser, Script};
use crate::learner::{join, make_an_account};
use crate::pages;
use crate::site::{ADMINISTRATOR, FACILITATOR, LEARNER, PASSWORD, Site};

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} to mend:\n  {}", faults.len(), faults.join("\n  "));
}

#[tokio::test]
async fn what_a_visitor_sees() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    let mut faults = pages::look_at_all(&browser, pages::for_visitors(), "/").await;

    browser.open("/sign-up").await;
    browser.fill("Email", "not an address").await;
    browser.press("Create").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("sign-up refused").await);

    browser.open("/sign-in").await;
    browser.fill("Email", LEARNER).await;
    browser.fill("Password", "not the password").await;
    browser.press("Sign in").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("sign-in refused").await);

    browser.open("/password/forgot").await;
    browser.fill("Email", LEARNER).await;
    browser.press("Send").await;
    faults.extend(browser.faults("a link is on its way").await);
    let link = site.link_in_mail_to(LEARNER, "/password/reset/").await;
    browser.open(&link).await;
    browser.fill("Password", "short").await;
    browser.press("Save").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a new password refused").await);

    faults.extend(browser.faults_of_html());
    browser.quit().await;
    none(&faults);
}

#[tokio::test]
async fn what_a_learner_sees() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    let mut faults = pages::look_at_all(&browser, pages::for_learners(&site), "/").await;

    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.press("Post").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a thread refused").await);

    let long = "a".repeat(101);
    browser.open(&format!("{}/search?q={long}", site.cohort)).await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a search refused").await);

    browser.open(&pages::a_thread(&browser, &site).await).await;
    browser.follow_into("/report").await;
    browser.press("Send this report").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a report refused").await);

    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.fill("Your post", "Begun, and not sent yet").await;
    browser.press("Save draft").await;
    browser.sees_words("Draft kept at").await;
    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.sees_words("This is your draft").await;
    faults.extend(browser.faults("a draft that came back").await);
    browser.end_session_behind_its_back().await;
    browser.press("Post this thread").await;
    browser.sees_words("You are signed out").await;
    assert_eq!(browser.text_in("What you wrote").await, "Begun, and not sent yet");
    faults.extend(browser.faults("signed out while writing").await);

    faults.extend(browser.faults_of_html());
    browser.quit().await;
    none(&faults);
}

#[tokio::test]
async fn what_work_in_a_step_looks_like() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    make_an_account(&browser, &site).await;
    join(&browser).await;
    let mut faults = Vec::new();
    for kind in [StepKind::Quiz, StepKind::Diagnostic] {
        browser.open(&pages::first_of(kind, &site)).await;
        browser.press("Hand in").await;
        browser.sees_words("There is a problem").await;
        faults.extend(browser.faults(&format!("{kind} refused")).await);
        browser.answer_everything().await;
        browser.press("Hand in").await;
        browser.sees_words("Answer again").await;
        faults.extend(browser.faults(&format!("{kind} handed in")).await);
    }
    for (kind, button) in [(StepKind::Reflection, "Save"), (StepKind::PeerAssignment, "Hand in")] {
        browser.open(&pages::first_of(kind, &site)).await;
        browser.press(button).await;
        browser.sees_words("There is a problem").await;
        faults.extend(browser.faults(&format!("{kind} refused")).await);
    }
    faults.extend(browser.faults_of_html());
    browser.quit().await;
    none(&faults);
}

/// A blank sheet is one page of A4, whichever exercise it belongs to.
#[tokio::test]
async fn a_sheet_prints_on_one_page() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::Off).await;
    browser.sign_in(FACILITATOR, PASSWORD).await;
    let mut faults = Vec::new();
    let sheets = pages::sheets(&site);
    assert!(sheets.len() > 9, "{sheets:?}");
    for sheet in sheets {
        browser.open(&sheet).await;
        let count = browser.printed_pages().await;
        if count != 1 {
            faults.push(format!("{sheet} prints on {count} pages"));
        }
    }
    browser.quit().await;
    none(&faults);
}

/// A unit is a document of several pages, with nothing of the site round it.
#[tokio::test]
async fn a_unit_prints_as_one_clean_document() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    browser.open(&format!("{}/units/1/print", site.cohort)).await;
    let count = browser.printed_pages().await;
    assert!((4..30).contains(&count), "{count} pages");
    let shown = browser.shown_in_print().await;
    assert!(shown.contains("Printed from") && shown.contains("1.1 "), "{shown}");
    for word in ["Sign out", "Skip to main content", "Discussions", "Print it with your browser", "Accessibility"] {
        assert!(!shown.contains(word), "{word} is on paper: {shown}");
    }
    browser.quit().await;
}

#[tokio::test]
async fn what_is_wrong_is_found() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser
        .open("data:text/html,<title>Error: no</title><h1>A</h1><h1>B</h1><img src=x><p style='width:2000px'>wide")
        .await;
    let faults = browser.faults("a bad page").await.join("\n");
    for fault in ["2 h1", "tells an error", "image-alt", "html-has-lang", "scrolls sideways"] {
        assert!(faults.contains(fault), "{fault} is not in {faults}");
    }
    browser.quit().await;
}

#[tokio::test]
async fn what_a_facilitator_sees() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(FACILITATOR, PASSWORD).await;
    let mut faults = pages::look_at_all(&browser, pages::for_facilitators(&site), "/manage").await;

    browser.open(&format!("{}/manage/schedule/7", site.cohort)).await;
    browser.fill("How many later", "some").await;
    browser.fill("How many", "many").await;
    browser.press("Show what would move").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a move refused").await);

    browser.open(&format!("{}/manage/assignments", site.cohort)).await;
    browser.follow_into("/manage/assignments/").await;
    browser.press("Send my comments").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("comments refused").await);

    faults.extend(announce(&browser, &site).await);
    faults.extend(moderate(&browser, &site).await);

    faults.extend(browser.faults_of_html());
    browser.quit().await;
    none(&faults);
}

/// A thread and a post as facilitators handle them, and the post as it stands hidden.
async fn moderate(browser: &Browser, site: &Site) -> Vec<String> {
    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.fill("Title", "Who writes the minutes?").await;
    browser.fill("Your post", "Ours are written by nobody.").await;
    browser.press("Preview").await;
    browser.sees_words("Not posted yet").await;
    let mut faults = browser.faults("a thread before it is posted").await;
    browser.press("Post this thread").await;
    browser.sees_words("Your post is there").await;
    let thread = browser.path().await;
    browser.follow("Manage this thread").await;
    browser.sees_words("Merge it into that thread").await;
    faults.extend(browser.faults("a thread to manage").await);
    browser.press("Merge it into that thread").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a merge refused").await);
    browser.open(&thread).await;
    browser.follow_into("/moderate").await;
    browser.press("Hide this post").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("hiding refused").await);
    browser.fill("Why do you hide it", "It names a patient").await;
    browser.press("Hide this post").await;
    browser.sees_words("The post is hidden").await;
    faults.extend(browser.faults("a thread with a hidden post").await);
    browser.open(&format!("{}/manage/discussions", site.cohort)).await;
    browser.sees_words("because: It names a patient").await;
    faults.extend(browser.faults("discussions to look at").await);
    faults
}

/// The forms of an announcement, from a refused one to its withdrawal.
async fn announce(browser: &Browser, site: &Site) -> Vec<String> {
    browser.open(&format!("{}/manage/announcements/new", site.cohort)).await;
    browser.press("Preview it").await;
    browser.sees_words("There is a problem").await;
    let mut faults = browser.faults("an announcement refused").await;
    browser.fill("Title", "The live session moves to Thursday").await;
    browser.fill("Your text|What you want to tell them|Announcement", "Same *time*, same link.").await;
    browser.press("Preview it").await;
    browser.sees_words("Not saved yet").await;
    faults.extend(browser.faults("an announcement to confirm").await);
    browser.press("Publish").await;
    browser.sees_words("See them as learners do").await;
    browser.follow("Withdraw").await;
    browser.sees_words("You cannot bring it back").await;
    faults.extend(browser.faults("an announcement to withdraw").await);
    browser.press("Withdraw this announcement").await;
    browser.sees_words("See them as learners do").await;
    faults.extend(browser.faults("announcements with one withdrawn").await);
    faults
}

#[tokio::test]
async fn what_an_administrator_sees() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(ADMINISTRATOR, PASSWORD).await;
    let mut faults = pages::look_at_all(&browser, pages::for_administrators(&site), "/admin").await;

    browser.open("/admin/cohorts/new").await;
    browser.press("Make this cohort").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("a cohort refused").await);

    faults.extend(browser.faults_of_html());
    browser.quit().await;
    none(&faults);
}
