//! Stories of a learner who is allowed more than the others: a unit before its time, and more days.

use diesel::prelude::*;
use trellis::schema::audit_log;

use crate::schedule::status;
use crate::world::*;

fn page_of(learner: &Person) -> String {
    format!("/cohorts/spring/manage/learners/{}", learner.enrolment.unwrap())
}

async fn acts(course: &Course) -> Vec<(String, String)> {
    let log = audit_log::table.order(audit_log::id).select((audit_log::subject, audit_log::reason));
    course.write(move |conn| log.load(conn).unwrap()).await
}

stories! {
    async fn early_access_opens_a_unit_to_one_learner_in_every_channel(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.travel_to("2027-01-20 10:00");
        course.run_jobs().await;
        let page = page_of(&ada);
        assert!(priya.get(&page).await.expect(200).has("Open a unit to them before its time"));
        assert_eq!((status(&ada, 5).await, status(&ben, 5).await), (403, 403));
        priya.submit(&format!("{page}/early-access"), &[("unit", "5"), ("early_reason", "On leave in February.")]).await.expect(303);
        assert_eq!((status(&ada, 5).await, status(&ben, 5).await, status(&ada, 4).await), (200, 403, 403));
        let unit = ada.get("/cohorts/spring/units/5").await;
        assert!(unit.has("Open to you. The others see it from Monday 8 February at 9am"), "{}", unit.html);
        let programme = catalogue().programmes.values().find(|p| p.slug.to_string() == "effective-networks").unwrap().clone();
        let fifth = programme.unit(5).unwrap();
        let step = fifth.steps.iter().find(|s| !matches!(s.kind, trellis::programme::StepKind::LiveSession)).unwrap();
        let address = format!("/cohorts/spring/units/5/{}", step.slug);
        assert_eq!((ada.get(&address).await.status, ben.get(&address).await.status), (200, 403));
        for list in ["/cohorts/spring/discussions?unit=5", "/cohorts/spring/units/5/print"] {
            assert_eq!(ada.get(list).await.status, 200, "{list}");
            assert_ne!(ben.get(list).await.status, 200, "{list}");
        }
        course.app.follow_content().await.unwrap();
        let rare = fifth.title.split(' ').max_by_key(|word| word.len()).unwrap().to_lowercase();
        let search = format!("/cohorts/spring/search?q={}", rare.trim_matches(|c: char| !c.is_alphanumeric()));
        let found = async |who: &Person| who.get(&search).await.expect(200).html.contains("/cohorts/spring/units/5");
        assert_eq!((found(&ada).await, found(&ben).await), (true, false), "{search}");
        let home = ada.get("/").await.expect(200);
        assert!(home.has("Week 2 of 11"), "one goes on where the others are: {}", home.html);

        let again = priya.submit(&format!("{page}/early-access"), &[("unit", "5"), ("early_reason", "Again.")]).await;
        again.expect(303);
        assert!(priya.get(&page).await.has("Open to them before its time"));
        priya.submit(&format!("{page}/early-access/5/take-back"), &[]).await.expect(303);
        assert_eq!(status(&ada, 5).await, 403);
        assert_eq!(acts(&course).await, [("Ada", "Week 5: On leave in February."), ("Ada", "Week 5")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    async fn a_held_unit_can_be_given_early_and_an_open_one_needs_none(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-01-15 12:00");
        crate::schedule::change(&priya, &[("unit", "2"), ("change", "hold")]).await;
        let early = format!("{}/early-access", page_of(&ada));
        for (unit, reason, field) in [("1", "Why not.", "unit"), ("12", "Why not.", "unit"), ("", "Why not.", "unit"), ("2", " ", "early_reason")] {
            let page = priya.submit(&early, &[("unit", unit), ("early_reason", reason)]).await.expect(422);
            assert!(page.has(&format!("href=\"#{field}\"")) && page.has("<title>Error:"), "{unit}: {}", page.html);
        }
        priya.submit(&early, &[("unit", "2"), ("early_reason", "They asked.")]).await.expect(303);
        assert_eq!(status(&ada, 2).await, 200);
        ada.submit(&early, &[("unit", "3"), ("early_reason", "Me.")]).await.expect(404);
    }

    async fn extra_time_lets_one_learner_go_on_when_the_course_is_over(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let step = "/cohorts/spring/units/1/why-work-as-a-network/complete";
        course.travel_to("2027-04-20 10:00");
        let page = page_of(&ada);
        for (day, reason, field) in [("2027-05-09", "Ill.", "last_day"), ("soon", "Ill.", "last_day"), ("2029-01-01", "Ill.", "last_day"), ("2027-06-30", "", "extra_reason")] {
            let told = priya.submit(&format!("{page}/extra-time"), &[("last_day", day), ("extra_reason", reason)]).await.expect(422);
            assert!(told.has(&format!("href=\"#{field}\"")) && told.has(&format!("value=\"{day}\"")), "{day}: {}", told.html);
        }
        priya.submit(&format!("{page}/extra-time"), &[("last_day", "2027-06-30"), ("extra_reason", "Ill for six weeks.")]).await.expect(303);
        assert!(priya.get(&page).await.has("May take part until Wednesday 30 June"));

        course.travel_to("2027-05-20 10:00");
        ben.submit(step, &[]).await.expect(403);
        ada.submit(step, &[]).await.expect(303);
        course.travel_to("2027-06-30 23:59");
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/incomplete", &[]).await.expect(303);
        course.travel_to("2027-07-01 00:00");
        ada.submit(step, &[]).await.expect(403);

        course.travel_to("2027-06-01 10:00");
        priya.submit(&format!("{page}/extra-time"), &[("last_day", ""), ("extra_reason", "Well again.")]).await.expect(303);
        ada.submit(step, &[]).await.expect(403);
        let said: Vec<String> = acts(&course).await.into_iter().map(|(_, reason)| reason).collect();
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("Ill for six weeks.") && said[1].starts_with("As for the others"));
    }
}
