//! Two people with a thread open: each hears of what the other posts, and nothing on their page moves.

use serde_json::json;

use crate::browser::{Browser, Script};
use crate::site::{FACILITATOR, LEARNER, PASSWORD, Site};

#[tokio::test]
async fn two_browsers_see_each_others_posts() {
    let site = Site::start().await;
    let (ours, theirs) = (Browser::on(&site, Script::On).await, Browser::on(&site, Script::On).await);
    ours.sign_in(LEARNER, PASSWORD).await;
    theirs.sign_in(FACILITATOR, PASSWORD).await;
    ours.open(&format!("{}/discussions/new", site.cohort)).await;
    ours.fill("Title", "Who keeps the minutes?").await;
    ours.fill("Your post", "I can, in March.").await;
    ours.press("Post").await;
    ours.sees_words("Your post is there").await;
    let thread = ours.path().await;
    theirs.open(&thread).await;
    ours.fill("Your reply", "Or in").await;
    ours.run("window.stayed = document.documentElement.scrollHeight").await;

    theirs.fill("Your reply", "Then I take April.").await;
    theirs.press("Post reply").await;
    theirs.sees_words("Your post is there").await;
    ours.sees("//*[@role='status']/a[. = 'Show 1 new post']", "word of the post").await;
    let unmoved = "return window.stayed === document.documentElement.scrollHeight";
    assert_eq!(ours.run(unmoved).await, json!(true), "the page has moved");
    assert_eq!(ours.text_in("Your reply").await, "Or in");
    assert_eq!(ours.faults("a thread with word of a new post").await, Vec::<String>::new());
    ours.follow("Show 1 new post").await;
    ours.sees_words("Then I take April.").await;
    assert_eq!(ours.text_in("Your reply").await, "Or in", "what was begun is there");

    ours.fill("Your reply", "And I take May.").await;
    ours.press("Post reply").await;
    theirs.follow("Show 1 new post").await;
    theirs.sees_words("And I take May.").await;
    for browser in [ours, theirs] {
        assert_eq!(browser.complaints().await, Vec::<String>::new(), "the browser's console");
        browser.quit().await;
    }
}
