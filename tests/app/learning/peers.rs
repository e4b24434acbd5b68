//! Peer assignments: own work, comments given and got, and facilitators who fill the gaps.

use trellis::cohort::Role;
use trellis::schema::submissions;

use crate::person::between;

use super::*;

const WHOLE: [(&str, &str); 4] =
    [("answer-1", "Yes"), ("answer-2", "Nearer"), ("answer-3", "It is"), ("answer-4", "Keep the tea")];

stories! {
    async fn peer_work_is_done_when_handed_in_and_two_comments_are_given(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, ben, cyd) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cyd").await);
        let page = ada.get(PLAN).await.expect(200);
        assert!(page.has("Hand in your own work first."), "{}", page.html);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "")]).await.expect(422);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "1. **Purpose** of Ada")]).await.expect(303);
        assert!(ada.get(PLAN).await.has("somebody else has to hand theirs in first"));
        ben.submit(&format!("{PLAN}/submission"), &[("body", "Plan of Ben")]).await.expect(303);
        cyd.submit(&format!("{PLAN}/submission"), &[("body", "Plan of Cyd")]).await.expect(303);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "1. **Purpose** of Ada, again")]).await.expect(303);

        let page = ada.get(PLAN).await;
        assert!(page.has("By Ben") && page.has("Plan of Ben") && page.has("You have commented on none of two."), "{}", page.html);
        let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        let partly = [("answer-1", "Yes"), ("answer-2", "Yes")];
        let refused = ada.submit(&format!("{PLAN}/reviews/{offered}"), &partly).await.expect(422);
        assert!(refused.html.contains("href=\"#answer-3\"") && refused.html.contains(">\nYes</textarea>"), "{}", refused.html);
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &WHOLE).await.expect(303);
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &WHOLE).await.expect(303);
        assert!(ben.get(PLAN).await.has("Keep the tea"));
        ben.submit(&format!("{PLAN}/submission"), &[("body", "Changed")]).await.expect(403);

        let page = ada.get(PLAN).await;
        assert!(page.has("By Cyd") && page.has("You have commented on one of two.") && !page.has("You finished"), "{}", page.html);
        let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &WHOLE).await.expect(303);
        assert!(ada.get(PLAN).await.has("You finished this step today"));

        // Fewest comments first: Ada's own plan has none yet.
        let page = cyd.get(PLAN).await;
        assert!(page.has("By Ada"), "{}", page.html);
        let of_ada = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        ada.submit(&format!("{PLAN}/reviews/{of_ada}"), &WHOLE).await.expect(404);
        course.outsider("Eve").await.submit(&format!("{PLAN}/reviews/{of_ada}"), &WHOLE).await.expect(404);
        ada.submit(&format!("{PLAN}/reviews/nonsense"), &WHOLE).await.expect(404);
        ada.submit(&format!("{PLAN}/reviews/99999999999999999999"), &WHOLE).await.expect(404);
    }

    async fn each_piece_of_work_gets_its_comments_before_any_gets_more(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let mut people = Vec::new();
        for n in 0..5 {
            let person = course.enrol(&format!("Person{n}")).await;
            person.submit(&format!("{PLAN}/submission"), &[("body", &format!("Plan {n}"))]).await.expect(303);
            people.push(person);
        }
        for _ in 0..2 {
            for person in &people {
                let page = person.get(PLAN).await;
                let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
                person.submit(&format!("{PLAN}/reviews/{offered}"), &WHOLE).await.expect(303);
            }
        }
        let counts: Vec<i32> = course.write(|conn| submissions::table.select(submissions::review_count).load(conn).unwrap()).await;
        assert_eq!(counts, [2; 5]);
        assert_eq!(count_completions(&course).await, 5);
        let page = people[0].get(PLAN).await;
        assert!(page.has("You have commented on two pieces of work.") && page.has("What you said") && page.has("To Person"), "{}", page.html);
        assert!(page.html.matches("Keep the tea").count() >= 4, "two got and two given: {}", page.html);
        assert_eq!(course.write(|conn| trellis::completion::store::peers::gaps::recount(conn).unwrap()).await, 0);
    }

    async fn a_facilitator_fills_the_gaps_after_five_days(course: Course) {
        const LIST: &str = "/cohorts/spring/manage/assignments";
        course.travel_to("2027-04-12 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        assert!(priya.get(LIST).await.expect(200).has("Nothing waits now."));
        ada.submit(&format!("{PLAN}/submission"), &[("body", "The **plan** of Ada")]).await.expect(303);
        let page = ada.get(PLAN).await;
        assert!(page.has("Two others will comment on it. What is missing after five days comes from your facilitators."), "{}", page.html);
        course.travel_to("2027-04-13 10:00");
        ben.submit(&format!("{PLAN}/submission"), &[("body", "The plan of Ben")]).await.expect(303);
        course.travel_to("2027-04-17 09:59");
        assert!(priya.get(LIST).await.has("Nothing waits now."));
        course.travel_to("2027-04-17 10:01");
        let list = priya.get(LIST).await;
        assert!(list.has(">Ada</a>") && list.has("0 of 2 comments") && !list.has(">Ben</a>"), "{}", list.html);
        let work = between(&list.html, &format!("href=\"{LIST}/"), "\"").unwrap().to_owned();
        let work = format!("{LIST}/{work}");
        let page = priya.get(&work).await.expect(200);
        assert!(page.html.contains("The <strong>plan</strong> of Ada") && page.has("Send my comments to Ada"), "{}", page.html);
        let refused = priya.submit(&work, &[("answer-1", "Yes")]).await.expect(422);
        assert!(refused.html.contains("<title>Error:") && refused.html.contains("href=\"#answer-2\"") && refused.has(">\nYes</textarea>"), "{}", refused.html);
        priya.submit(&work, &[("grade", "A")]).await.expect(400);
        assert_eq!(priya.submit(&work, &WHOLE).await.expect(303).location(), LIST);
        priya.submit(&work, &WHOLE).await.expect(303);
        assert!(priya.get(&work).await.has("You have commented on this work."));
        let page = ada.get(PLAN).await;
        assert!(page.has("Comment from your facilitator") && page.has("Keep the tea"), "{}", page.html);
        assert!(priya.get(LIST).await.has("1 of 2 comments"), "one is missing still");
        assert_eq!(count_completions(&course).await, 0);

        for other in [&ada, &course.outsider("Eve").await] {
            other.get(&work).await.expect(404);
            other.submit(&work, &WHOLE).await.expect(404);
        }
        let root = course.administrator().await;
        assert!(root.get(&work).await.expect(200).has("Facilitators who are enrolled"));
        root.submit(&work, &WHOLE).await.expect(404);
        for nothing in ["0", "9999", "x"] {
            priya.get(&format!("{LIST}/{nothing}")).await.expect(404);
        }
        priya.get(&format!("{LIST}?after=x")).await.expect(400);
    }

    async fn the_list_of_gaps_goes_on_page_by_page(course: Course) {
        const LIST: &str = "/cohorts/spring/manage/assignments";
        course.travel_to("2027-04-12 10:00");
        let priya = course.facilitator().await;
        let (cohort, now) = (course.cohort, course.now());
        course.write(move |conn| {
            let unit = Slug::parse("staying-power").unwrap();
            let step = Slug::parse("development-plan").unwrap();
            for n in 0..45 {
                let name = format!("Learner {n:02}");
                let account = make_account(conn, &name, &format!("learner{n}@example.org"), false, now);
                let enrolment = make_enrolment(conn, cohort, account, Role::Learner, now);
                // Some at the same instant: then the earlier piece of work comes first.
                let at = now + chrono::TimeDelta::minutes(n / 3);
                trellis::completion::store::peers::hand_in(conn, (cohort, enrolment), (&unit, &step), ("x", "<p>x</p>"), at).unwrap();
            }
        }).await;
        course.travel_to("2027-04-20 10:00");
        let (mut seen, mut path, mut pages) = (Vec::new(), LIST.to_owned(), 0);
        loop {
            let page = priya.get(&path).await.expect(200);
            pages += 1;
            seen.extend(page.html.split(">Learner ").skip(1).map(|rest| rest[..2].to_owned()));
            let Some(next) = between(&page.html, "manage/assignments?after=", "\"") else { break };
            path = format!("{LIST}?after={next}");
        }
        assert_eq!(pages, 3);
        assert_eq!(seen, (0..45).map(|n| format!("{n:02}")).collect::<Vec<_>>());
    }

    async fn whoever_would_wait_for_ever_is_given_a_facilitators_piece(course: Course) {
        const LIST: &str = "/cohorts/spring/manage/assignments";
        course.travel_to("2027-04-12 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        for person in [&ada, &ben] {
            person.submit(&format!("{PLAN}/submission"), &[("body", "My plan")]).await.expect(303);
        }
        let comment = async |person: &Person| {
            let page = person.get(PLAN).await;
            let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
            person.submit(&format!("{PLAN}/reviews/{offered}"), &WHOLE).await.expect(303);
            page
        };
        comment(&ada).await;
        let page = ada.get(PLAN).await;
        assert!(page.has("your facilitators put in a piece of their own for you to comment on"), "{}", page.html);
        let list = priya.get(LIST).await;
        assert!(list.has("2 learners have handed in, and find 1 piece of work too few to comment on."), "{}", list.html);
        let step = priya.get(PLAN).await;
        assert!(step.has("A piece for learners who would wait") && !step.has("Hand in your own work first"), "{}", step.html);
        priya.submit(&format!("{PLAN}/submission"), &[("body", " ")]).await.expect(422);
        priya.submit(&format!("{PLAN}/submission"), &[("body", "A plan to practise on")]).await.expect(303);
        assert!(!priya.get(LIST).await.has("Too little to comment on"));
        let page = comment(&ada).await;
        assert!(page.has("A plan to practise on") && page.html.contains("By Priya <span class=\"app-badge\">Facilitator</span>"), "{}", page.html);
        assert!(ada.get(PLAN).await.has("You finished this step today"));
        assert!(comment(&ben).await.has("By Ada"), "learners' own work comes first");
        assert!(priya.get(PLAN).await.has("Keep the tea"), "what a learner said about it");
        assert_eq!(count_completions(&course).await, 1, "a facilitator's own completions count nowhere");
    }
}
