//! A facilitator invites the people of a spreadsheet, and asks for a list that is none.

use crate::browser::{Browser, Script};
use crate::site::{FACILITATOR, PASSWORD, Site};

#[tokio::test]
async fn a_facilitator_invites_the_people_of_a_file() {
    let site = Site::start().await;
    let browser = Browser::on(&site, Script::On).await;
    browser.sign_in(FACILITATOR, PASSWORD).await;
    browser.open(&site.cohort).await;
    browser.follow("Enrol").await;
    let mut faults = browser.faults("who comes, and how").await;

    browser.follow("Invite people").await;
    browser.press("Show who will be invited").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("an empty list").await);

    // As a spreadsheet on Windows writes it: semicolons, and an accent that is no UTF-8.
    let file = site.folder.path().join("people.csv");
    std::fs::write(&file, b"Name;Email\r\nZo\xeb Okri;zoe@example.org\r\nNobody;nobody\r\n").unwrap();
    let input = browser.first("//input[@type='file']", "a place for a file", true).await;
    input.send_keys(file.to_str().unwrap()).await.unwrap();
    browser.sees_words("What is in people.csv stands in the box now").await;
    browser.press("Show who will be invited").await;
    browser.sees_words("1 person will be invited").await;
    browser.sees("//tr[contains(., 'nobody')]", "the row that is left out").await;
    faults.extend(browser.faults("the preview of a list").await);

    browser.press("Invite 1 person").await;
    browser.sees_words("The invitations are on their way").await;
    browser.sees("//tr[contains(., 'Zoë Okri')]", "the invitation").await;
    faults.extend(browser.faults("somebody is invited").await);

    browser.follow("Change how people join").await;
    browser.choose("Who may join", "Who has the enrolment code").await;
    browser.fill("How many places", "none").await;
    browser.press("Save how people join").await;
    browser.sees_words("There is a problem").await;
    faults.extend(browser.faults("settings refused").await);

    let link = site.link_in_mail_to("zoe@example.org", "/invitations/").await;
    browser.open(&link).await;
    browser.sees_words("Your invitation to").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new(), "the browser's console");
    assert_eq!(faults, Vec::<String>::new());
    browser.quit().await;
}
