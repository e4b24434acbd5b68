//! A learner's own progress: the weeks at a glance, and what is missing for the certificate.

use diesel::prelude::*;
use trellis::platform::text::Slug;
use trellis::programme::{Programme, StepKind};
use trellis::schema::completions;

use crate::world::*;

const PROGRESS: &str = "/cohorts/spring/progress";

fn programme() -> &'static Programme {
    &catalogue().programmes[&Slug::parse("effective-networks").unwrap()]
}

/// As if the learner had done these steps.
async fn do_steps(course: &Course, person: &Person, which: impl Fn(u16, StepKind) -> bool) {
    let (me, now) = (person.enrolment.unwrap(), course.now());
    let steps: Vec<(Slug, Slug)> = programme()
        .required_steps()
        .filter(|(unit, step)| which(unit.number, step.kind))
        .map(|(unit, step)| (unit.slug.clone(), step.slug.clone()))
        .collect();
    course
        .write(move |conn| {
            for (unit, step) in &steps {
                trellis::completion::store::mark(conn, me, (unit, step), trellis::completion::How::Mark, now).unwrap();
            }
        })
        .await;
}

stories! {
    async fn each_week_says_how_it_stands_and_what_is_left(course: Course) {
        course.travel_to("2027-01-18 10:00");
        let ada = course.enrol("Ada").await;
        do_steps(&course, &ada, |unit, _| unit == 0).await;
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/complete", &[]).await.expect(303);
        let page = ada.get(PROGRESS).await.expect(200);
        let (all, first) = (programme().required_steps().count(), programme().unit(1).unwrap());
        let done = programme().unit(0).unwrap().required_count() + 1;
        assert!(page.has(&format!("{done} of {all} steps done. About ")), "{}", page.html);
        assert!(page.has("Part done") && page.has("Open now") && page.has("Continue with step 2.1"), "{}", page.html);
        assert!(page.has(&format!("1 of {}", first.required_count())), "{}", page.html);
        let left: u32 = first.steps.iter().filter(|s| s.required).skip(1).map(|s| s.minutes).sum();
        assert!(page.has(&trellis::platform::text::duration(left)), "{}", page.html);
        assert!(page.has("Opens Monday 25 January at 9am GMT"), "{}", page.html);
        let outline = ada.get("/cohorts/spring").await;
        assert!(outline.html.contains(&format!("href=\"{PROGRESS}\"")), "{}", outline.html);
        assert!(page.html.contains("href=\"/cohorts/spring/notes\""));
        assert!(ada.get("/cohorts/spring/notes").await.html.contains(&format!("href=\"{PROGRESS}\"")));
        assert!(!course.facilitator().await.get("/cohorts/spring").await.html.contains(PROGRESS));
    }

    async fn what_is_missing_for_the_certificate_is_named_once_it_is_open(course: Course) {
        course.travel_to("2027-01-18 10:00");
        let ada = course.enrol("Ada").await;
        do_steps(&course, &ada, |unit, kind| unit == 0 || kind == StepKind::Quiz && unit == 1).await;
        let page = ada.get(PROGRESS).await.expect(200);
        assert!(page.has("The certificate asks for four things."), "{}", page.html);
        assert!(page.has("Eight quizzes") && page.has("2 of 8 done"), "{}", page.html);
        assert!(page.has("Six more to do. Any of these count"), "{}", page.html);
        // Week 2 is open and is named; week 11 is not, and its step's own title stays unsaid.
        assert!(page.html.contains("href=\"/cohorts/spring/units/2/check-your-understanding\""), "{}", page.html);
        let plan = programme().unit(11).unwrap().step(&Slug::parse("development-plan").unwrap()).unwrap();
        assert!(page.has("One step that everybody does") && !page.has(&plan.title), "{}", page.html);
        assert!(page.has("One peer assignment. Opens Monday 12 April at 9am BST"), "{}", page.html);
        for unit in &programme().units[3..] {
            assert!(!page.html.contains(&format!("/units/{}/", unit.number)), "a step of {} is linked", unit.title);
        }
        course.travel_to("2027-04-12 10:00");
        let page = ada.get(PROGRESS).await.expect(200);
        assert!(page.has(&plan.title) && page.html.contains("/units/11/development-plan"), "{}", page.html);
    }

    async fn when_all_is_done_it_says_so_and_promises_nothing(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = course.enrol("Ada").await;
        let asked = [StepKind::Diagnostic, StepKind::Quiz, StepKind::Discussion];
        do_steps(&course, &ada, |unit, kind| asked.contains(&kind) && unit < 11).await;
        let page = ada.get(PROGRESS).await.expect(200);
        assert!(!page.has("You have done everything that the certificate asks for."), "{}", page.html);
        do_steps(&course, &ada, |unit, kind| asked.contains(&kind) || unit == 11).await;
        let page = ada.get(PROGRESS).await.expect(200);
        assert!(page.has("You have done everything that the certificate asks for."), "{}", page.html);
        assert!(!page.html.to_lowercase().contains("download") && !page.has("to do. Any"), "{}", page.html);
        let (me, all) = (ada.enrolment.unwrap(), programme().required_steps().count());
        let done: i64 = course.write(move |conn| completions::table.filter(completions::enrolment_id.eq(me)).count().get_result(conn).unwrap()).await;
        assert!((done as usize) < all, "the certificate asks for fewer than all steps");
        // When access has ended, nothing leads to what is closed.
        course.travel_to("2028-01-12 10:00");
        let ben = course.enrol("Ben").await;
        let page = ben.get(PROGRESS).await.expect(200);
        assert!(page.has("Access to this course ended") && page.has("No longer open to you"), "{}", page.html);
        assert!(!page.html.contains("/units/2/"), "{}", page.html);
    }
}
