//! A facilitator gives everybody a week more.

use crate::browser::{Browser, Script};
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

impl Browser {
    /// When a unit opens, as the schedule has it for machines.
    async fn opening_of(&self, unit: u16) -> String {
        let row = format!("//li[.//a[substring-after(@href, '/manage/schedule/') = '{unit}']]//time");
        self.first(&row, "the unit's time", true).await.attr("datetime").await.unwrap().unwrap()
    }
}
