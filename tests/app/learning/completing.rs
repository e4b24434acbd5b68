//! What makes a step done, how that is told, and that it stays so.

use std::collections::BTreeMap;

use trellis::platform::clock::Instant;
use trellis::programme::StepKind;

use crate::person::between;

use super::*;

stories! {
    async fn a_step_is_marked_complete_once_and_can_be_taken_back(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let step = ada.get(ARTICLE).await.expect(200);
        assert!(step.has("Step 1.1 · Article") && step.has("Mark as complete"));
        let done = ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        assert_eq!(done.location(), format!("{ARTICLE}#finish"));
        let step = ada.get(ARTICLE).await;
        assert!(step.has("This step is done.") && step.has("You finished this step today at 9am, when you marked it as complete."), "{}", step.html);
        assert!(step.has("Go on to 1.2") && !step.has(">Mark as complete<"));

        course.travel_to("2027-01-12 10:00");
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        assert!(ada.get(ARTICLE).await.has("You finished this step yesterday at 9am, "), "the first time stands");
        assert_eq!(count_completions(&course).await, 1);

        ada.submit(&format!("{ARTICLE}/incomplete"), &[]).await.expect(303);
        ada.submit(&format!("{ARTICLE}/incomplete"), &[]).await.expect(303);
        assert!(ada.get(ARTICLE).await.has("Mark as complete"));
        assert_eq!(count_completions(&course).await, 0);
    }

    async fn only_what_is_marked_by_hand_can_be_marked(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        for path in [QUIZ, DIAGNOSTIC, DISCUSSION, REFLECTION] {
            ada.submit(&format!("{path}/complete"), &[]).await.expect(404);
            ada.submit(&format!("{path}/incomplete"), &[]).await.expect(404);
        }
        ada.submit(&format!("{ARTICLE}/complete"), &[("done", "yes")]).await.expect(400);
        ada.submit(&format!("{ARTICLE}/answers"), &[]).await.expect(404);
        ada.submit(&format!("{ARTICLE}/reflection"), &[("body", "x")]).await.expect(404);
        ada.submit(&format!("{ARTICLE}/reading"), &[]).await.expect(404);
        ada.submit(&format!("{ARTICLE}/submission"), &[("body", "x")]).await.expect(404);
        ada.submit(&format!("{ARTICLE}/posts"), &[("body", "x")]).await.expect(404);
        assert_eq!(count_completions(&course).await, 0);
    }

    async fn a_discussion_is_done_by_a_post(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let blank = ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "")]).await.expect(422);
        assert!(blank.html.contains("<title>Error:") && blank.html.contains("href=\"#body\""), "{}", blank.html);
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "We **help** one another.")]).await.expect(303);
        let page = ada.get(DISCUSSION).await.expect(200);
        assert!(page.html.contains("We <strong>help</strong> one another.") && page.has("You finished this step today"), "{}", page.html);
        assert!(ada.get(UNIT_1).await.has("1 of 7 steps"));
        assert!(ben.get(DISCUSSION).await.has("one another.") && ben.get(UNIT_1).await.has("0 of 7 steps"));
    }

    async fn a_facilitator_sees_everything_and_completes_nothing(course: Course) {
        let priya = course.facilitator().await;
        let unit = priya.get("/cohorts/spring/units/7").await.expect(200);
        assert!(unit.has("Preview") && unit.has("Learners see this unit from"), "{}", unit.html);
        let step = priya.get(ARTICLE).await.expect(200);
        assert!(step.has("Preview") && step.has("Only learners complete steps"), "{}", step.html);
        assert!(!step.has(">Mark as complete<"));
        let refused = priya.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(403);
        assert!(refused.has("Only learners complete steps"));
        priya.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(403);
        priya.submit(&format!("{REFLECTION}/reflection"), &[("body", "x")]).await.expect(403);
        assert!(priya.get(QUIZ).await.expect(200).has("the right answer"));
        assert_eq!(count_completions(&course).await, 0);
        let home = priya.get("/").await.expect(200);
        assert!(home.has("Cohorts you look after") && home.has("/cohorts/spring/manage/schedule"), "{}", home.html);
        priya.get("/cohorts/spring").await.expect(200);
    }

    async fn after_the_course_has_closed_one_reads_and_completes_nothing(course: Course) {
        course.travel_to("2027-05-09 12:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        course.travel_to("2027-05-11 12:00");
        let step = ada.get("/cohorts/spring/units/1/six-jobs").await.expect(200);
        assert!(step.has("This course closed on") && !step.has(">Mark as complete<"), "{}", step.html);
        let refused = ada.submit("/cohorts/spring/units/1/six-jobs/complete", &[]).await.expect(403);
        assert!(refused.has("This course closed on"));
        ada.submit(&format!("{ARTICLE}/incomplete"), &[]).await.expect(403);
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "Late")]).await.expect(403);
        assert!(ada.get("/").await.expect(200).has("The course closed on"));
        course.travel_to("2028-01-11 12:00");
        ada.submit("/sign-in", &[("email", &ada.email), ("password", PASSWORD)]).await.expect(303);
        assert!(ada.get(ARTICLE).await.expect(403).has("Access to this course ended"));
        assert!(ada.get("/").await.expect(200).has("Access to this course ended"));
        assert!(ada.get("/cohorts/spring").await.expect(200).has("Access to this course ended"));
    }

    async fn what_people_have_done_follows_a_step_that_was_renamed(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        for person in [&ada, &ben] {
            person.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        }
        ada.submit("/cohorts/spring/units/1/six-jobs/complete", &[]).await.expect(303);
        let mut programme = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].clone();
        let unit = programme.units.iter_mut().find(|u| u.number == 1).unwrap();
        // Six jobs takes over the article's name of before; Ada has done both, and what she did first under it stands.
        unit.steps[1].formerly = vec![unit.steps[0].slug.clone()];
        unit.steps.remove(0);
        for _ in 0..2 {
            let renamed = programme.clone();
            course.write(move |conn| trellis::completion::store::follow_renames(conn, &renamed).unwrap()).await;
        }
        let steps_of = |enrolment| {
            completions::table.filter(completions::enrolment_id.eq(enrolment)).order(completions::step).select(completions::step)
        };
        let (of_ada, of_ben) = (ada.enrolment.unwrap(), ben.enrolment.unwrap());
        let ada_did: Vec<String> = course.write(move |conn| steps_of(of_ada).load(conn).unwrap()).await;
        let ben_did: Vec<String> = course.write(move |conn| steps_of(of_ben).load(conn).unwrap()).await;
        assert_eq!((ada_did.len(), ben_did), (2, vec!["six-jobs".to_owned()]));
    }

    async fn each_step_says_its_rule_and_later_how_it_was_done(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let says = async |path: &str, words: &str| {
            let page = ada.get(path).await.expect(200);
            assert!(page.has(words), "'{words}' is not in {}", page.html);
        };
        says(ARTICLE, "Complete when you mark it as complete.").await;
        says(DISCUSSION, "Complete when you have posted once in this discussion.").await;
        says(REFLECTION, "Complete when you have saved your note, however short.").await;
        says(QUIZ, "Complete when you have handed in your answers, whatever the score. You may answer as often as you like").await;
        says(DIAGNOSTIC, "Complete when you have handed in your reading").await;
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "Hello")]).await.expect(303);
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "A hope")]).await.expect(303);
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        ada.submit(&format!("{DIAGNOSTIC}/reading"), &borrowed(&statements("4"))).await.expect(303);
        let ways = [
            (ARTICLE, "when you marked it as complete."),
            (DISCUSSION, "with your first post here."),
            (REFLECTION, "when you saved your note."),
            (QUIZ, "when you handed in your answers."),
            (DIAGNOSTIC, "when you handed in your reading."),
        ];
        for (path, way) in ways {
            says(path, &format!("You finished this step today at 9am, {way}")).await;
            assert!(!ada.get(path).await.has("Complete when"), "{path}");
        }
        // Of what was done before the way was kept, the step's kind tells it.
        course.write(|conn| diesel::update(completions::table).set(completions::how.eq(None::<String>)).execute(conn).unwrap()).await;
        for (path, way) in ways {
            says(path, &format!("You finished this step today at 9am, {way}")).await;
        }
        course.travel_to("2027-04-12 10:00");
        says(PLAN, "Complete when you have handed in your own work and commented on the work of two others.").await;
        assert!(!course.facilitator().await.get(ARTICLE).await.has("Complete when"));
    }

    async fn what_was_done_by_work_cannot_be_taken_back(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "Hello")]).await.expect(303);
        let thread = ada.get("/cohorts/spring/discussions").await;
        let thread = between(&thread.html, "/cohorts/spring/discussions/", "\"").filter(|id| id.parse::<i64>().is_ok()).unwrap_or("1").to_owned();
        let removed = ada.submit(&format!("/cohorts/spring/discussions/{thread}/posts/1/remove"), &[]).await;
        assert_eq!(removed.status, 303, "{}", removed.html);
        let page = ada.get(DISCUSSION).await;
        assert!(page.has("You finished this step today at 10am, with your first post here."), "{}", page.html);
        assert_eq!(count_completions(&course).await, 1);

        // The programme makes an article of it: then it could be unmarked, had it been marked.
        with_step(&course, DISCUSSION, |step| step.kind = StepKind::Article);
        let page = ada.get(DISCUSSION).await;
        assert!(page.has("You finished this step today at 10am, with your first post here."), "{}", page.html);
        ada.submit(&format!("{DISCUSSION}/incomplete"), &[]).await.expect(303);
        assert_eq!(count_completions(&course).await, 1);
    }

    async fn done_never_goes_backwards_whatever_people_do(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        // Always the same choices, and others on each database would say nothing more.
        let mut rng = fastrand::Rng::with_seed(20_270_111);
        let mut known: BTreeMap<String, Instant> = BTreeMap::new();
        let mut post = 0;
        for n in 0..60 {
            course.clock.set(course.now() + chrono::TimeDelta::minutes(7));
            match rng.u32(0..10) {
                0 => ada.submit(&format!("{ARTICLE}/complete"), &[]).await,
                1 => ada.submit(&format!("{ARTICLE}/incomplete"), &[]).await,
                2 | 3 => {
                    post += 1;
                    ada.submit(&format!("{DISCUSSION}/posts"), &[("body", &format!("Post {n}"))]).await
                }
                4 | 5 => ada.submit(&format!("/cohorts/spring/discussions/1/posts/{}/remove", rng.u32(0..=post)), &[]).await,
                6 => ada.submit(&format!("{REFLECTION}/reflection"), &[("body", if rng.bool() { "A note" } else { " " })]).await,
                7 => ada.submit(&format!("{QUIZ}/answers"), &ANSWERS[..rng.usize(1..=2) * 3]).await,
                8 => ada.submit(&format!("{QUIZ}/incomplete"), &[]).await,
                _ => ada.submit(&format!("{DIAGNOSTIC}/reading"), &borrowed(&statements("3"))).await,
            };
            let now: BTreeMap<String, Instant> = course
                .write(|conn| completions::table.select((completions::step, completions::completed_at)).load(conn).unwrap())
                .await
                .into_iter()
                .filter(|(step, _): &(String, Instant)| !ARTICLE.ends_with(step.as_str()))
                .collect();
            for (step, at) in &known {
                assert_eq!(now.get(step), Some(at), "{step} went backwards at choice {n}");
            }
            known = now;
        }
        assert_eq!(known.len(), 4, "{known:?}");
    }
}
