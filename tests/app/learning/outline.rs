//! The outline, a unit and home: what is open, how far one has come, and the reason for every lock.

use trellis::cohort::Standing;
use trellis::platform::clock::Instant;
use trellis::schema::{enrolments, releases};

use super::*;

stories! {
    async fn a_unit_not_yet_open_shows_its_number_title_and_time_and_nothing_else(course: Course) {
        let ada = course.enrol("Ada").await;
        for path in ["/cohorts/spring/units/2", "/cohorts/spring/units/2/purpose-as-the-glue"] {
            let page = ada.get(path).await.expect(403);
            assert!(page.has("Unit 2") && page.has("A purpose worth turning up for"), "{}", page.html);
            assert!(page.has("Opens Monday 18 January 2027 at 9am GMT"));
            assert!(!page.has("Purpose as the glue"), "a step's title leaked");
        }
        ada.submit("/cohorts/spring/units/2/purpose-as-the-glue/complete", &[]).await.expect(403);
        course.travel_to("2027-01-18 08:59:59.999");
        ada.get("/cohorts/spring/units/2").await.expect(403);
        course.travel_to("2027-01-18 09:00");
        ada.get("/cohorts/spring/units/2").await.expect(200);
        ada.get("/cohorts/spring/units/2/purpose-as-the-glue").await.expect(200);
        ada.get("/cohorts/spring/units/2/no-such-step").await.expect(404);
        ada.get("/cohorts/spring/units/12").await.expect(404);
        ada.get("/cohorts/spring/units/02").await.expect(404);
    }

    async fn home_leads_to_the_very_next_step(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let home = ada.get("/").await.expect(200);
        assert!(home.has("Week 1 of 11"), "{}", home.html);
        assert!(home.has("Continue with step 1.1") && home.has(&format!("href=\"{ARTICLE}\"")));
        assert!(home.has("Week 2 opens: A purpose worth turning up for."));
        assert!(home.has("Monday 18 January at 9am GMT"));
        assert!(home.has(&format!("0 of {} steps done.", steps_in_all())));
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let home = ada.get("/").await;
        assert!(home.has("Continue with step 1.2"), "{}", home.html);
        assert!(home.has(&format!("1 of {} steps done.", steps_in_all())));
    }

    async fn one_starts_where_the_others_are(course: Course) {
        course.travel_to("2027-02-23 12:00");
        let ada = course.enrol("Ada").await;
        ada.submit("/cohorts/spring/units/5/three-modes/complete", &[]).await.expect(303);
        let home = ada.get("/").await;
        assert!(home.has("Week 6 of 11") && home.has("Continue with step 6.1"), "{}", home.html);
        assert!(home.has("week 5 part done, week 6 open now"), "{}", home.html);
    }

    async fn the_outline_shows_units_breaks_and_how_far_one_has_come(course: Course) {
        course.travel_to("2027-02-23 12:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let outline = ada.get("/cohorts/spring").await.expect(200);
        assert!(outline.has("spring 2027, 11 January to 18 April"), "{}", outline.html);
        assert!(outline.has("1 of 7 steps") && outline.has("Not started"));
        assert!(outline.has("Open now, 0 of 7 steps") && outline.has("Continue with step 6.1"));
        assert!(outline.has("Half-term break") && outline.has("15 to 21 February"));
        assert!(outline.has("29 March to 11 April") && outline.has("Break, 2 weeks"));
        assert!(outline.has("Opens Monday 12 April at 9am BST"));
        let order: Vec<_> = ["Shaping it", "Half-term break", "Leading without", "Easter break", "Keep going"]
            .iter()
            .map(|title| outline.html.find(title).unwrap())
            .collect();
        assert!(order.is_sorted(), "{order:?}");
    }

    async fn a_unit_says_what_it_is_for_and_what_is_left(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let unit = ada.get(UNIT_1).await.expect(200);
        assert!(unit.has("Start with step 1.1") && unit.has("What you will be able to do"), "{}", unit.html);
        assert!(unit.has("In your network this week") && unit.has("The running case"));
        assert!(unit.has("/cohorts/spring/discussions?unit=1"));
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let unit = ada.get(UNIT_1).await;
        assert!(unit.has("Continue with step 1.2") && unit.has("Open now, 1 of 7 steps"), "{}", unit.html);
    }

    async fn a_visitor_and_a_newcomer_find_what_there_is_to_join(course: Course) {
        let front = course.visitor().get("/").await.expect(200);
        assert!(front.has("Developing networks for change and improvement") && front.has("/cohorts/spring/join"), "{}", front.html);
        assert!(front.has("/programmes/effective-networks"));
        let newcomer = course.newcomer("Nan").await;
        let home = newcomer.get("/").await.expect(200);
        assert!(home.has("Choose a course to join") && home.has("/cohorts/spring/join"), "{}", home.html);
        let root = course.administrator().await.get("/").await.expect(200);
        assert!(root.has("Cohorts you look after") && root.has("/admin/cohorts"), "{}", root.html);
    }

    async fn before_the_orientation_one_hears_when_it_opens(course: Course) {
        course.travel_to("2027-01-01 12:00");
        let ada = course.enrol("Ada").await;
        let home = ada.get("/").await.expect(200);
        assert!(home.has("The orientation opens Monday 4 January at 9am GMT"), "{}", home.html);
        ada.get("/cohorts/spring").await.expect(200);
    }

    async fn whoever_is_not_in_the_cohort_finds_nothing(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let eve = course.outsider("Eve").await;
        for path in ["/cohorts/spring", UNIT_1, ARTICLE, QUIZ, "/cohorts/spring/units/9"] {
            eve.get(path).await.expect(404);
            let visitor = course.visitor().get(path).await.expect(303);
            assert!(visitor.location().starts_with("/sign-in?next="));
        }
        eve.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(404);
        eve.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(404);
    }

    async fn a_visit_is_noted_every_ten_minutes_at_most(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let enrolment = ada.enrolment.unwrap();
        let seen = async || {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(150)).await;
            course.write(move |conn| enrolments::table.find(enrolment).select(enrolments::last_seen_at).first::<Option<Instant>>(conn).unwrap()).await
        };
        assert_eq!(seen().await, None);
        ada.get(ARTICLE).await.expect(200);
        let first = course.now();
        assert_eq!(seen().await, Some(first));
        course.travel_to("2027-01-11 09:09");
        ada.get("/cohorts/spring").await.expect(200);
        assert_eq!(seen().await, Some(first));
        course.travel_to("2027-01-11 09:10");
        ada.get(UNIT_1).await.expect(200);
        assert_eq!(seen().await, Some(course.now()));
    }

    async fn nonsense_in_an_address_or_a_form_is_refused_and_never_an_error_of_ours(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        for path in [
            "/cohorts/spring/units/-1", "/cohorts/spring/units/99999999999", "/cohorts/spring/units/1%00",
            "/cohorts/spring/units/%FF/x", "/cohorts/spring/units/1/%2e%2e", "/cohorts/SPRING", "/cohorts/spring/units/1/x%00y",
            "/cohorts/spring/units/1/check-your-understanding?again=%FF",
        ] {
            let status = ada.get(path).await.status;
            assert!((400..500).contains(&status), "{path}: {status}");
        }
        let long = "x".repeat(70_000);
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", &long)]).await.expect(413);
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "a\0b")]).await.expect(400);
        ada.send_raw(&format!("{ARTICLE}/complete"), &[]).await.expect(403);
        assert_eq!(count_completions(&course).await, 0);
    }

    async fn every_lock_says_why_and_what_to_do(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        course.write(|conn| {
            let third = releases::table.filter(releases::unit.eq("members"));
            assert_eq!(diesel::update(third).set(releases::held.eq(true)).execute(conn).unwrap(), 1);
        }).await;
        let waits = ada.get("/cohorts/spring/units/2").await.expect(403);
        assert!(waits.has("Opens Monday 18 January 2027 at 9am GMT") && waits.has("nothing that you have to do before"), "{}", waits.html);
        assert!(waits.html.contains("href=\"/cohorts/spring/calendar\""));
        let held = ada.get("/cohorts/spring/units/3").await.expect(403);
        assert!(held.has("Your facilitators hold this unit") && held.has("ask in the discussions"), "{}", held.html);
        assert!(ada.get("/cohorts/spring").await.has("Held: your facilitators will open it"));

        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        course.travel_to("2028-01-12 10:00");
        let ended = ada.get(UNIT_1).await.expect(403);
        assert!(ended.has("Unit 1 is closed") && ended.has("Access to this course ended on"), "{}", ended.html);
        assert!(ended.html.contains("href=\"/cohorts/spring/notes\""));
        ada.get("/cohorts/spring/notes").await.expect(200);
        let outline = ada.get("/cohorts/spring").await.expect(200);
        assert!(outline.has("Closed, 1 of 7 steps done") && outline.has("Access to this course ended on"), "{}", outline.html);
        assert!(!outline.has("Open now") && !outline.has("Not started"), "{}", outline.html);
    }

    async fn each_open_unit_says_its_share_and_what_is_left(course: Course) {
        course.travel_to("2027-01-25 10:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let outline = ada.get("/cohorts/spring").await.expect(200);
        assert!(outline.has("1 of 7 steps") && outline.has("Not started, 0 of 7 steps") && outline.has("Open now, 0 of "), "{}", outline.html);
        let unit = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].unit(1).unwrap();
        let left: u32 = unit.steps.iter().skip(1).filter(|step| step.required).map(|step| step.minutes).sum();
        assert!(outline.has(&format!(", {} left", trellis::platform::text::duration(left))), "{}", outline.html);
        assert!(outline.html.contains("aria-label=\"Week 1: steps done\"") && !outline.html.contains("aria-label=\"Week 2: steps done\""));
    }

    async fn whoever_has_left_hears_so_and_can_come_back(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, me) = (course.enrol("Ada").await, enrolments::table);
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let id = ada.enrolment.unwrap();
        course.write(move |conn| diesel::update(me.find(id)).set(enrolments::state.eq(Standing::Withdrawn)).execute(conn).unwrap()).await;
        for path in ["/cohorts/spring", ARTICLE] {
            let page = ada.get(path).await.expect(403);
            assert!(page.has("You have left this course") && page.has("Join again"), "{}", page.html);
            assert!(!page.has("Why work as a network"), "{}", page.html);
        }
        ada.submit("/cohorts/spring/join", &[]).await.expect(303);
        assert!(ada.get(ARTICLE).await.expect(200).has("You finished this step today"));
        course.outsider("Eve").await.get("/cohorts/spring").await.expect(404);
    }
}
