//! Stories of who is told of what was said: at once or in a digest, once for each post, never of one's own.

mod answers;

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::notice::NotSent;
use trellis::schema::{enrolments, notices};

use crate::conversations::settled;
use crate::discussion::{posted, start};
use crate::smtp::Received;
use crate::world::*;

const LIST: &str = "/cohorts/spring/discussions";
const MAILS: &str = "/cohorts/spring/discussions/mails";

/// The mails about discussions that somebody got.
async fn told(course: &Course, person: &Person) -> Vec<Received> {
    let about = |mail: &Received| mail.header("List-Id").is_some_and(|id| id.contains("discussions."));
    course.mails_to(&person.email).await.into_iter().filter(about).collect()
}

async fn subjects(course: &Course, person: &Person) -> Vec<String> {
    told(course, person).await.into_iter().map(|mail| mail.subject).collect()
}

/// The slug of a unit.
fn unit(number: u16) -> &'static str {
    catalogue().programmes.values().next().unwrap().unit(number).unwrap().slug.as_str()
}

/// Lets the author's second thoughts pass, and the jobs run.
async fn minutes_later(course: &Course) {
    course.clock.set(course.now() + TimeDelta::minutes(3));
    course.run_jobs().await;
}

const WISHES: [(&str, &str); 5] =
    [("mentions", "at-once"), ("replies", "at-once"), ("threads", "daily"), ("units", "daily"), ("people", "daily")];

/// Chooses how to be told, besides what comes by itself.
async fn choose(person: &Person, chosen: &[(&str, &str)]) {
    let mut fields: Vec<(&str, &str)> =
        WISHES.into_iter().filter(|(name, _)| !chosen.iter().any(|(other, _)| other == name)).collect();
    fields.extend(chosen);
    person.submit(MAILS, &fields).await.expect(303);
}

stories! {
    async fn a_reply_comes_at_once_and_what_is_followed_in_one_mail_next_morning(course: Course) {
        let (ada, ben, cy) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cy").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        posted(&cy, &thread, "I do not know.", None).await;
        minutes_later(&course).await;
        assert_eq!(subjects(&course, &ada).await.len(), 0, "a thread that one follows waits for the digest");
        let page = ada.get(&thread).await;
        let first = crate::discussion::post_in(&page, "Who writes them?");
        settled().await;
        posted(&ben, &thread, "I **will**.", Some(first)).await;
        course.run_jobs().await;
        assert_eq!(subjects(&course, &ada).await.len(), 0, "its author has two minutes for second thoughts");
        minutes_later(&course).await;
        let mail = told(&course, &ada).await.pop().unwrap();
        assert_eq!(mail.subject, "Re: Minutes");
        let conversation = mail.header("References").unwrap();
        assert!(conversation.starts_with("<thread-") && mail.header("In-Reply-To").unwrap() == conversation);
        assert!(mail.text().contains("Ben answers your post.") && mail.text().contains("I **will**."), "{}", mail.text());
        assert!(mail.raw.replace("=\r\n", "").contains("<strong>will</strong>"), "{}", mail.raw);
        assert!(mail.header("List-Unsubscribe").unwrap().contains("/discussions>"));
        assert_eq!(mail.header("Auto-Submitted").unwrap(), "auto-generated");
        assert!(told(&course, &ben).await.is_empty() && told(&course, &cy).await.is_empty());

        course.travel_to("2027-01-11 08:59");
        course.run_jobs().await;
        assert!(told(&course, &cy).await.is_empty());
        course.travel_to("2027-01-11 09:00");
        for _ in 0..3 {
            course.run_jobs().await;
        }
        let digest = told(&course, &cy).await;
        assert_eq!(digest.len(), 1);
        let text = digest[0].text();
        assert!(digest[0].subject == "1 new post in your discussions" && text.contains("MINUTES"), "{text}");
        assert!(text.contains("Ben: I will.") && !text.contains("I do not know"), "never one's own: {text}");
        assert_eq!(told(&course, &ada).await.len(), 1, "she has read the rest");
        assert!(ben.get(MAILS).await.has("Nothing so far."), "what stood there before he wrote is no news");
    }

    async fn one_post_is_told_once_whatever_the_reasons_and_however_often_it_is_edited(course: Course) {
        let (ada, ben) = (course.enrol("Ada Byron").await, course.enrol("Ben").await);
        choose(&ada, &[("course", "1"), ("people", "at-once"), ("threads", "at-once"), ("units", "at-once")]).await;
        ada.submit(&format!("/cohorts/spring/people/{}/follow", ben.enrolment.unwrap()), &[("follow", "yes")]).await.expect(303);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = crate::discussion::post_in(&ada.get(&thread).await, "Who writes them?");
        let reply = posted(&ben, &thread, "Perhaps @ada byron, who asks.", Some(first)).await;
        let page = ada.get(&thread).await;
        let card = format!("<a href=\"/cohorts/spring/people/{}\">@ada byron</a>", ada.enrolment.unwrap());
        assert!(page.html.contains(&card), "{}", page.html);
        for n in 0..8 {
            let edit = format!("{thread}/posts/{reply}/edit");
            ben.submit(&edit, &[("body", &format!("Perhaps @Ada Byron, who asks {n} times."))]).await.expect(303);
        }
        // She looked at the thread: what she has seen would not come by mail.
        course.write(|conn| diesel::delete(trellis::schema::thread_marks::table).execute(conn).unwrap()).await;
        let (one, other) = (course.app.clone(), course.app.at(course.clock.clone()).unwrap());
        course.clock.set(course.now() + TimeDelta::minutes(3));
        for _ in 0..3 {
            tokio::join!(trellis::worker::run_due(&one), trellis::worker::run_due(&other));
        }
        let mails = told(&course, &ada).await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text().contains("Ben names you.") && mails[0].text().contains("7 times"), "{}", mails[0].text());
        // An edit tells those whom it names for the first time, and nobody else.
        let (cy, edit) = (course.enrol("Cy").await, format!("{thread}/posts/{reply}/edit"));
        ben.submit(&edit, &[("body", "Perhaps @Ada Byron, or @Cy.")]).await.expect(303);
        minutes_later(&course).await;
        assert_eq!((told(&course, &ada).await.len(), told(&course, &cy).await.len()), (1, 1));
        assert!(told(&course, &ben).await.is_empty());
    }

    async fn what_is_removed_hidden_or_read_in_time_is_not_sent_and_the_page_says_why(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = crate::discussion::post_in(&ada.get(&thread).await, "Who writes them?");
        let gone = posted(&ben, &thread, "Not me.", Some(first)).await;
        ben.submit(&format!("{thread}/posts/{gone}/remove"), &[]).await.expect(303);
        minutes_later(&course).await;
        assert!(told(&course, &ada).await.is_empty() && ada.get(MAILS).await.has("Nothing so far."));
        let hidden = posted(&ben, &thread, "Rude words.", Some(first)).await;
        let moderate = format!("{thread}/posts/{hidden}/moderate");
        priya.submit(&moderate, &[("act", "hide"), ("reason", "Be kind to others.")]).await.expect(303);
        minutes_later(&course).await;
        assert!(told(&course, &ada).await.is_empty());
        let mail = told(&course, &ben).await.pop().expect("its author is told");
        assert_eq!(mail.subject, "A post of yours is hidden");
        assert!(mail.text().contains("Be kind to others.") && mail.text().contains("Rude words."), "{}", mail.text());
        priya.submit(&moderate, &[("act", "show")]).await.expect(303);
        minutes_later(&course).await;
        assert_eq!(subjects(&course, &ada).await, ["Re: Minutes"], "now there is something to read");
        posted(&ben, &thread, "A good idea.", Some(first)).await;
        ada.get(&thread).await.expect(200);
        settled().await;
        minutes_later(&course).await;
        assert_eq!(told(&course, &ada).await.len(), 1);
        let page = ada.get(MAILS).await;
        assert!(page.has(", because it had been read by then.") && page.has("Ben in ‘Minutes’"), "{}", page.html);
        assert!(page.has("Reply to you") && page.has("Sent</span> Monday 11 January 2027"), "{}", page.html);
    }

    async fn a_unit_and_a_person_can_be_followed_and_each_kind_in_its_own_way(course: Course) {
        let (ada, ben, cy) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cy").await);
        let followed = ada.submit(&format!("{LIST}/follow"), &[("unit", "0"), ("follow", "yes")]).await.expect(303);
        assert!(ada.get(followed.location()).await.has("You follow what is said about"), "{}", followed.location());
        ada.submit(&format!("{LIST}/follow"), &[("unit", "7"), ("follow", "yes")]).await.expect(404);
        let card = format!("/cohorts/spring/people/{}", cy.enrolment.unwrap());
        ada.submit(&format!("{card}/follow"), &[("follow", "yes")]).await.expect(303);
        assert!(ada.get(&card).await.has("Stop following them") && ada.get(MAILS).await.has("Cy"));
        let own = format!("/cohorts/spring/people/{}/follow", ada.enrolment.unwrap());
        ada.submit(&own, &[("follow", "yes")]).await.expect(400);
        assert!(ada.get(MAILS).await.html.matches("checked").count() == 1);

        start(&ben, "About the beginning", unit(0), "How do we begin?").await;
        start(&ben, "About everything", "", "Not followed.").await;
        start(&cy, "Of Cy", "", "Followed.").await;
        course.travel_to("2027-01-12 09:00");
        course.run_jobs().await;
        let text = told(&course, &ada).await.pop().unwrap().text();
        assert!(text.contains("How do we begin?") && text.contains("Followed.") && !text.contains("Not followed"), "{text}");

        choose(&ada, &[("unit-0", "1"), ("people", "never"), ("units", "weekly")]).await;
        start(&ben, "Once more", unit(0), "Weekly?").await;
        start(&cy, "Of Cy again", "", "By mail?").await;
        course.live_until("2027-01-15 08:59").await;
        assert_eq!(told(&course, &ada).await.len(), 1);
        course.travel_to("2027-01-15 09:00");
        course.run_jobs().await;
        let mails = told(&course, &ada).await;
        assert!(mails.len() == 2 && mails[1].text().contains("Weekly?") && !mails[1].text().contains("By mail?"));

        choose(&ada, &[]).await;
        ada.submit(&format!("{card}/follow"), &[("follow", "no")]).await.expect(303);
        start(&ben, "Last", unit(0), "Followed no more.").await;
        start(&cy, "Last of Cy", "", "Followed no more.").await;
        course.live_until("2027-01-23 09:00").await;
        assert_eq!(told(&course, &ada).await.len(), 2);
        ada.submit(MAILS, &[("mentions", "at-once")]).await.expect(400);
        ada.submit(MAILS, &[("mentions", "hourly"), ("replies", "daily"), ("threads", "daily"), ("units", "daily"), ("people", "daily")]).await.expect(400);
    }

    async fn nobody_is_told_of_what_is_not_open_to_them_or_does_not_want_it_any_more(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        for person in [&ada, &ben] {
            person.submit(&format!("/cohorts/spring/people/{}/follow", priya.enrolment.unwrap()), &[("follow", "yes")]).await.expect(303);
        }
        choose(&ada, &[("people", "at-once")]).await;
        choose(&ben, &[("people", "at-once")]).await;
        let ahead = start(&priya, "Seven", unit(7), "For later: @Ada, @Ben").await;
        minutes_later(&course).await;
        assert!(told(&course, &ada).await.is_empty() && told(&course, &ben).await.is_empty());
        assert!(ada.get(MAILS).await.has("because what it is about was not open"));
        ada.get(&ahead).await.expect(404);

        start(&priya, "One", "", "For now.").await;
        let bens = ben.enrolment.unwrap();
        course.write(move |conn| {
            diesel::update(enrolments::table.find(bens)).set(enrolments::state.eq(trellis::cohort::Standing::Withdrawn)).execute(conn).unwrap()
        }).await;
        minutes_later(&course).await;
        assert_eq!((told(&course, &ada).await.len(), told(&course, &ben).await.len()), (1, 0));

        // One click, with no session, and back again.
        let text = told(&course, &ada).await.pop().unwrap().text();
        let at = text.find("/unsubscribe/").unwrap();
        let link = text[at..].split_whitespace().next().unwrap();
        course.visitor().get(link).await.expect(200);
        course.visitor().send_raw(link, &[("List-Unsubscribe", "One-Click")]).await.expect(200);
        assert!(ada.get(MAILS).await.has("You have stopped them."));
        start(&priya, "Two", "", "Nobody hears of it.").await;
        minutes_later(&course).await;
        assert_eq!(told(&course, &ada).await.len(), 1);
        assert!(ada.get(MAILS).await.has("because mails about discussions had been stopped"));
        ada.submit(&format!("{MAILS}/stop"), &[("mails", "resume")]).await.expect(303);
        start(&priya, "Three", "", "And back.").await;
        minutes_later(&course).await;
        assert_eq!(told(&course, &ada).await.len(), 2);
        ada.submit(&format!("{MAILS}/stop"), &[("mails", "perhaps")]).await.expect(400);
    }

    async fn more_than_a_day_bears_waits_for_the_morning(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.travel_to("2027-01-11 07:00");
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = crate::discussion::post_in(&ada.get(&thread).await, "Who writes them?");
        for n in 0..6 {
            posted(&ben, &thread, &format!("Answer number {n}."), Some(first)).await;
        }
        minutes_later(&course).await;
        assert_eq!(told(&course, &ada).await.len(), 2, "of three a day one is left for a reminder");
        let page = ada.get(MAILS).await;
        assert!(page.has("for the mail of Monday 11 January at 9am"), "{}", page.text());
        let hide = [("act", "hide"), ("reason", "It says the same as another.")];
        priya.submit(&format!("{thread}/posts/{first}/moderate"), &hide).await.expect(303);
        minutes_later(&course).await;
        assert_eq!(subjects(&course, &ada).await.last().unwrap(), "A post of yours is hidden", "that waits for nothing");
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        course.run_jobs().await;
        let mails = told(&course, &ada).await;
        assert_eq!(mails.len(), 4);
        let (digest, text) = (&mails[3].subject, mails[3].text());
        assert!(digest == "4 new posts in your discussions" && text.contains("Answer number 2."), "{digest}: {text}");
        assert!(text.contains("And 1 more post."), "{text}");
        assert!(course.mails_to(&ada.email).await.len() > 3, "the reminder came as well");
    }

    async fn what_is_hidden_before_a_digest_leaves_is_not_in_it(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let rude = posted(&ben, &thread, "Rude words.", None).await;
        posted(&ben, &thread, "Kind words.", None).await;
        course.smtp.set(crate::smtp::Behaviour::Busy);
        course.travel_to("2027-01-12 09:00");
        course.run_jobs().await;
        let moderate = format!("{thread}/posts/{rude}/moderate");
        priya.submit(&moderate, &[("act", "hide"), ("reason", "Be kind.")]).await.expect(303);
        course.smtp.set(crate::smtp::Behaviour::Ok);
        course.live_until("2027-01-12 12:00").await;
        let mails = told(&course, &ada).await;
        assert_eq!(mails.len(), 1, "{}", ada.get(MAILS).await.text());
        assert!(mails[0].text().contains("Kind words.") && !mails[0].text().contains("Rude words."), "{}", mails[0].text());
        let adas = ada.enrolment.unwrap();
        let why: Vec<Option<NotSent>> = course.write(move |conn| notices::table.filter(notices::enrolment_id.eq(adas)).select(notices::not_sent).load(conn).unwrap()).await;
        assert!(why.iter().all(Option::is_none), "the mail's own reason says it: {why:?}");
        assert!(ada.get(MAILS).await.has("because the post could be read no more"));
    }
}
