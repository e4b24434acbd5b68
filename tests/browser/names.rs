//! Somebody types an @ and the beginning of a name: the people are offered, taken by keys, linked and told.

use thirtyfour::Key;

use crate::browser::{Browser, Script};
use crate::site::{LEARNER, PASSWORD, Site};

const OFFERED: &str = "//*[@role='listbox']/*[@role='option' and . = 'Priya Raman']";

#[tokio::test]
async fn a_name_behind_an_at_is_offered_and_linked() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    browser.open(&format!("{}/discussions/new", site.cohort)).await;
    browser.fill("Title", "Who keeps the minutes?").await;
    browser.fill("Your post", "Can you, @priy").await;
    browser.sees(OFFERED, "her name").await;
    assert_eq!(browser.faults("names that are offered").await, Vec::<String>::new());
    // That look took the focus away, and with it the list.
    let field = browser.first("//textarea[@name='body']", "the field", true).await;
    field.send_keys("a").await.unwrap();
    browser.sees(OFFERED, "her name again").await;
    field.send_keys(Key::Down).await.unwrap();
    field.send_keys(Key::Enter).await.unwrap();
    assert_eq!(browser.text_in("Your post").await, "Can you, @Priya Raman ");
    field.send_keys("please? Or @zzz").await.unwrap();
    browser.sees("//ul[@role='listbox' and @hidden]", "no list where nobody is called so").await;
    browser.press("Post").await;
    browser.sees_words("Your post is there").await;
    browser.follow("@Priya Raman").await;
    assert_eq!(browser.heading().await, "Priya Raman");
    assert_eq!(browser.complaints().await, Vec::<String>::new(), "the browser's console");
    browser.quit().await;
}
