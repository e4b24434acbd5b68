//! A facilitator gives everybody a week more, and answers with a text that they keep.

use crate::browser::{Browser, Script};
use crate::pages::a_thread;
use crate::site::{FACILITATOR, PASSWORD, Site};

#[tokio::test]
async fn a_facilitator_moves_week_7_and_all_after_it() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(FACILITATOR, PASSWORD).await;
    browser.open(&site.cohort).await;
    browser.follow("Schedule").await;
    let before = browser.opening_of(7).await;

    browser.follow_to("/manage/schedule/7").await;
    browser.fill("How many|By how", "1").await;
    browser.choose("Weeks or days", "weeks").await;
    browser.press("Show what would move").await;
    browser.sees_words("Not saved yet").await;
    browser.sees("//tr[contains(., '11')]//del", "the last unit's old date").await;
    browser.fill("Why do you change it", "Half of the cohort is on strike.").await;
    browser.press("Save this change").await;
    browser.sees_words("The schedule is saved").await;

    let after = browser.opening_of(7).await;
    assert_ne!(after, before);
    browser.open(&format!("{}/manage/schedule", site.cohort)).await;
    assert_eq!(browser.opening_of(7).await, after);
    browser.quit().await;
}

#[tokio::test]
async fn a_saved_answer_goes_into_the_text_where_one_writes() {
    let site = Site::start().await;
    for script in [Script::On, Script::Off] {
        let browser = Browser::on(&site, script).await;
        browser.sign_in(FACILITATOR, PASSWORD).await;
        let title = format!("Recording {}", if script == Script::On { "one" } else { "two" });
        browser.open(&format!("{}/manage/answers", site.cohort)).await;
        browser.fill("Name", &title).await;
        browser.fill("Text", "It is in the library.").await;
        browser.press("Keep this text").await;
        browser.sees_words("The text is saved").await;
        let thread = a_thread(&browser, &site).await;
        browser.open(&thread).await;
        browser.fill("Your reply", "Thank you for asking.").await;
        browser.first("//summary[contains(., 'saved answer')]", "the texts", true).await.click().await.unwrap();
        browser.choose("Which?", &title).await;
        browser.press("Put it into my text").await;
        browser.has_text("Your reply", "Thank you for asking.\n\nIt is in the library.").await;
        browser.quit().await;
    }
}

impl Browser {
    /// Waits until the field holds this.
    async fn has_text(&self, label: &str, text: &str) {
        for _ in 0..50 {
            if self.text_in(label).await == text {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the field holds {:?}", self.text_in(label).await);
    }

    /// When a unit opens, as the schedule has it for machines.
    async fn opening_of(&self, unit: u16) -> String {
        let row = format!("//li[.//a[substring-after(@href, '/manage/schedule/') = '{unit}']]//time");
        self.first(&row, "the unit's time", true).await.attr("datetime").await.unwrap().unwrap()
    }
}
