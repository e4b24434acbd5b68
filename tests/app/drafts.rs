//! Drafts: what somebody has begun stands in its form again, wherever they sign in, until it is sent or thrown away.

use diesel::prelude::*;
use trellis::schema::drafts;

use crate::person::between;
use crate::world::*;

const DISCUSSION: &str = "/cohorts/spring/units/1/one-strength-one-puzzle";
const REFLECTION: &str = "/cohorts/spring/units/0/what-would-make-this-worth-your-time";
const NEW: &str = "/cohorts/spring/discussions/new";
const BEGUN: &str = "This is your draft from today at 10am. It is not";

async fn draft(person: &Person, form: &str, fields: &[(&str, &str)]) -> Page {
    let named = [("draft", form)];
    person.submit("/drafts", &[fields, &named].concat()).await
}

async fn count(course: &Course) -> i64 {
    course.write(|conn| drafts::table.count().get_result(conn).unwrap()).await
}

fn form(page: &str, id: &str) -> String {
    format!("{page}#{id}")
}

stories! {
    async fn what_somebody_began_stands_in_its_form_again(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let page = ada.get(DISCUSSION).await.expect(200);
        assert!(page.has("formaction=\"/drafts\"") && !page.has("Discard"), "{}", page.html);
        let kept = draft(&ada, &form(DISCUSSION, "reply"), &[("body", "Half a <thought>\r\nand more")]).await.expect(303);
        assert_eq!(kept.location(), form(DISCUSSION, "reply"));
        let page = ada.get(DISCUSSION).await.expect(200);
        assert!(page.has("Your draft is kept. Only you can see it."), "{}", page.html);
        assert!(page.has(&format!("{BEGUN} posted yet.")) && page.has("Discard this draft"), "{}", page.html);
        assert!(page.has("Half a &#60;thought&#62;\nand more</textarea>"), "{}", page.html);
        for other in [&ben, &priya, &course.administrator().await] {
            assert!(!other.get(DISCUSSION).await.html.contains("Half a"));
        }
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "A whole thought")]).await.expect(303);
        assert_eq!(count(&course).await, 0, "sending the form ends its draft");
        assert!(!ada.get(DISCUSSION).await.has("This is your draft"));
    }

    async fn an_announcement_that_is_being_written_keeps_its_draft(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let priya = course.facilitator().await;
        let new = "/cohorts/spring/manage/announcements/new";
        let begun = [("title", "Half a title"), ("body", "Half a sentence"), ("when", "now")];
        draft(&priya, &form(new, "announcement"), &begun).await.expect(303);
        let page = priya.get(new).await.expect(200);
        assert!(page.has(&format!("{BEGUN} published yet.")) && page.has("value=\"Half a title\""), "{}", page.html);
        assert!(page.has("Half a sentence</textarea>"), "{}", page.html);
        let key = between(&page.html, "name=\"key\" value=\"", "\"").unwrap().to_owned();
        let whole = [("title", "Hello"), ("body", "A whole one"), ("when", "now"), ("key", &key)];
        priya.submit("/cohorts/spring/manage/announcements", &whole).await.expect(303);
        assert_eq!(count(&course).await, 0, "publishing it ends its draft");
    }

    async fn each_form_in_which_people_write_keeps_its_draft(course: Course) {
        course.travel_to("2027-02-09 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let programme = catalogue().programmes.values().find(|p| p.units.len() > 7).unwrap();
        let first = |kind: &str, units: std::ops::Range<u16>| {
            let unit = |n: u16| programme.unit(n).unwrap();
            let steps = units.flat_map(|n| unit(n).steps.iter().map(move |step| (n, step)));
            let found = steps.into_iter().find(|(_, s)| s.kind.as_str() == kind).unwrap();
            (format!("/cohorts/spring/units/{}/{}", found.0, found.1.slug), found.1)
        };
        let (exercise, step) = first("exercise", 0..1);
        let answer = format!("answer-{}", step.fields[0].slug);
        let (assignment, step) = first("peer-assignment", 0..5);
        ada.submit("/cohorts/spring/discussions/new", &[("title", "Hello"), ("body", "First post")]).await.expect(303);
        let thread = "/cohorts/spring/discussions/1";
        for (page, id, field, sent_to) in [
            (REFLECTION, "reflection", "body", "reflection"),
            (REFLECTION, "note-form", "my-note", "note"),
            (exercise.as_str(), "answers", answer.as_str(), "exercise"),
            (assignment.as_str(), "own-work", "body", "submission"),
            (NEW, "thread", "body", ""),
            (thread, "reply", "body", "posts"),
            ("/cohorts/spring/discussions/1/posts/1/edit", "post", "body", ""),
        ] {
            let place = form(page, id);
            assert_eq!(draft(&ada, &place, &[(field, "Begun here")]).await.expect(303).location(), place);
            let shown = ada.get(page).await.expect(200);
            assert!(shown.has("Begun here</textarea>") && shown.has(BEGUN), "{place}: {}", shown.html);
            assert!(shown.html.contains(&format!("<form id=\"{id}\"")) || shown.html.contains(&format!("id=\"{id}\" action")));
            let to = if sent_to.is_empty() { page.to_owned() } else { format!("{page}/{sent_to}") };
            let title = if page == NEW { vec![("title", "One more")] } else { Vec::new() };
            ada.submit(&to, &[vec![(field, "Sent")], title].concat()).await.expect(303);
            assert_eq!(count(&course).await, 0, "{to} ends the draft");
        }
        // Comments go by the work that they are about.
        ben.submit(&format!("{assignment}/submission"), &[("body", "Ben's own work")]).await.expect(303);
        let page = ben.get(&assignment).await.expect(200);
        let work = between(&page.html, "id=\"review-", "\"").unwrap().to_owned();
        let place = form(&assignment, &format!("review-{work}"));
        draft(&ben, &place, &[("answer-1", "I see that")]).await.expect(303);
        assert!(ben.get(&assignment).await.has("I see that</textarea>"));
        let names: Vec<String> = (1..=step.questions.len()).map(|n| format!("answer-{n}")).collect();
        let answers: Vec<_> = names.iter().map(|name| (name.as_str(), "Yes")).collect();
        ben.submit(&format!("{assignment}/reviews/{work}"), &answers).await.expect(303);
        assert_eq!(count(&course).await, 0);
    }

    async fn a_reply_to_a_post_has_its_own_draft(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        ada.submit(NEW, &[("title", "Hello"), ("body", "First post")]).await.expect(303);
        let reply = "/cohorts/spring/discussions/1?reply=1";
        draft(&ada, &form(reply, "reply"), &[("body", "To the post"), ("parent", "1")]).await.expect(303);
        assert!(ada.get(reply).await.has("To the post</textarea>"));
        assert!(!ada.get("/cohorts/spring/discussions/1").await.has("To the post"));
        ada.submit("/cohorts/spring/discussions/1/posts", &[("body", "To the post"), ("parent", "1")]).await.expect(303);
        assert_eq!(count(&course).await, 0);
    }

    async fn a_draft_is_thrown_away_or_emptied(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let place = form(REFLECTION, "reflection");
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "What is saved")]).await.expect(303);
        draft(&ada, &place, &[("body", "What is new")]).await.expect(303);
        assert!(ada.get(REFLECTION).await.has("What is new</textarea>"));
        let gone = ada.submit("/drafts/discard", &[("draft", &place), ("body", "What is new")]).await.expect(303);
        assert_eq!(gone.location(), place);
        let page = ada.get(REFLECTION).await;
        assert!(page.has("Your draft is gone.") && page.has("What is saved</textarea>"), "{}", page.html);
        draft(&ada, &place, &[("body", "Again")]).await.expect(303);
        draft(&ada, &place, &[("body", " \r\n ")]).await.expect(303);
        assert_eq!(count(&course).await, 0, "a form that is empty has no draft");
    }

    async fn a_draft_has_its_limits(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let long = format!("{} {}", "a".repeat(10_000), "b".repeat(10_000));
        let refused = draft(&ada, &form(DISCUSSION, "reply"), &[("body", &long)]).await.expect(422);
        assert!(refused.has("This draft is too long to keep") && refused.has(&long), "it stands there to be copied");
        for wrong in ["", "/a", "//evil.test#a", "https://evil.test/#a", "/a#", "/a#b c", "/a#<b>"] {
            draft(&ada, wrong, &[("body", "x")]).await.expect(400);
        }
        for n in 0..103 {
            course.clock.set(course.now() + chrono::TimeDelta::seconds(1));
            draft(&ada, &form(&format!("/cohorts/spring/units/{n}/x"), "reply"), &[("body", "x")]).await.expect(303);
        }
        assert_eq!(count(&course).await, 100, "one more pushes out the oldest");
        let newest = drafts::table.filter(drafts::page.eq("/cohorts/spring/units/102/x")).count();
        assert_eq!(course.write(move |conn| newest.get_result::<i64>(conn).unwrap()).await, 1);
        let mut refused = 0;
        for _ in 0..310 {
            refused += u32::from(draft(&ada, &form(DISCUSSION, "reply"), &[("body", "x")]).await.status == 429);
        }
        assert!(refused > 0, "nobody types so much");
    }

    async fn drafts_are_forgotten_after_90_days_and_with_the_course(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        draft(&ada, &form(REFLECTION, "reflection"), &[("body", "Begun in January")]).await.expect(303);
        course.travel_to("2027-04-11 09:00");
        trellis::worker::run_daily(&course.app).await;
        assert!(ada.get(REFLECTION).await.has("Begun in January</textarea>"));
        course.travel_to("2027-04-11 11:01");
        assert!(!ada.get(REFLECTION).await.has("Begun in January"));
        trellis::worker::run_daily(&course.app).await;
        assert_eq!(count(&course).await, 0);
        // Four weeks after the last release nothing can be done any more.
        course.travel_to("2027-05-09 10:00");
        draft(&ada, &form(REFLECTION, "reflection"), &[("body", "Begun in May")]).await.expect(303);
        assert!(ada.get(REFLECTION).await.has("Begun in May"));
        course.travel_to("2027-05-11 10:00");
        assert!(!ada.get(REFLECTION).await.expect(200).has("Begun in May"));
    }

    async fn whoever_was_signed_out_while_writing_loses_nothing(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let me = ada.enrolment.unwrap();
        ada.get(DISCUSSION).await.expect(200);
        course
            .write(move |conn| {
                use trellis::schema::{enrolments, sessions};
                let account: i64 = enrolments::table.find(me).select(enrolments::account_id).first(conn).unwrap();
                diesel::delete(sessions::table.filter(sessions::account_id.eq(account))).execute(conn).unwrap();
            })
            .await;
        let quiet = ada.request("POST", "/drafts").header("accept", "text/plain");
        assert_ne!(ada.read(quiet).await.status, 204, "the little script is told that nothing was kept");
        let lost = ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "Two <lines>\r\nof mine")]).await.expect(403);
        assert!(lost.has("You are signed out") && lost.has("Two &#60;lines&#62;\nof mine"), "{}", lost.html);
        assert!(lost.html.contains("href=\"/sign-in?next="), "{}", lost.html);
        ada.submit(&format!("{DISCUSSION}/complete"), &[]).await.expect(303);
    }

    async fn signing_in_leads_back_to_the_page_that_held_the_form(course: Course) {
        let visitor = course.visitor();
        visitor.get("/sign-in").await.expect(200);
        let token = visitor.token();
        let sent = visitor
            .request("POST", &format!("{DISCUSSION}/complete"))
            .header("referer", format!("{}{DISCUSSION}?from=mail", course.base))
            .form(&[("form_token", token)]);
        let page = visitor.read(sent).await.expect(303);
        assert_eq!(page.location(), format!("/sign-in?next={}%3Ffrom%3Dmail", DISCUSSION.replace('/', "%2F")));
    }
}
