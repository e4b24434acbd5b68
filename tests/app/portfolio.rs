//! The portfolio: what learners make, week by week, theirs alone until they share it.

use diesel::prelude::*;
use trellis::platform::text::Slug;
use trellis::schema::products;

use crate::world::*;

const MINE: &str = "/cohorts/spring/portfolio";
const SHARED: &str = "/cohorts/spring/portfolio/shared";
const PROFILE: &str = "/cohorts/spring/portfolio/0";
const SHEET: &str = "/cohorts/spring/units/0/choose-your-network";

async fn write(person: &Person, path: &str, text: &str) -> Page {
    person.submit(path, &[("body", text)]).await
}

async fn share(person: &Person, path: &str, shared: &str) -> Page {
    person.submit(&format!("{path}/share"), &[("shared", shared)]).await
}

stories! {
    async fn a_product_is_its_authors_alone_until_it_is_shared_and_again_when_taken_back(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        let adas = format!("/cohorts/spring/people/{}", ada.enrolment.unwrap());
        write(&ada, PROFILE, "We are **forty six** people").await.expect(303);
        let page = ada.get(PROFILE).await.expect(200);
        assert!(page.has("Only you can read this") && page.html.contains("<strong>forty six</strong>"), "{}", page.html);
        assert!(page.has("If you share it, the learners and facilitators of your cohort can read it"), "{}", page.html);
        for reader in [&ben, &priya, &root] {
            assert!(!reader.get(SHARED).await.expect(200).has("forty six"));
            assert!(!reader.get(&adas).await.expect(200).has("forty six"));
        }
        for staff in [&priya, &root] {
            staff.get(MINE).await.expect(404);
            staff.get(PROFILE).await.expect(404);
        }
        assert!(!ben.get(MINE).await.has("forty six") && !ben.get(PROFILE).await.has("forty six"));

        share(&ada, PROFILE, "yes").await.expect(303);
        assert!(ada.get(PROFILE).await.has("Make it private again"));
        for reader in [&ben, &priya, &root] {
            let list = reader.get(SHARED).await.expect(200);
            assert!(list.has("Network profile card") && list.has("forty six") && list.has("Ada"), "{}", list.html);
            assert!(reader.get(&adas).await.has("forty six"));
        }
        write(&ada, PROFILE, "We are fifty").await.expect(303);
        assert!(ben.get(SHARED).await.has("We are fifty"), "a change shows at once");

        share(&ada, PROFILE, "no").await.expect(303);
        assert!(!ben.get(SHARED).await.has("We are fifty") && !ben.get(&adas).await.has("We are fifty"));
        share(&ada, PROFILE, "perhaps").await.expect(400);
        write(&ada, PROFILE, " ").await.expect(303);
        assert_eq!(course.write(|conn| products::table.count().get_result::<i64>(conn).unwrap()).await, 0);
    }

    async fn a_text_may_start_from_the_sheet_and_nothing_is_saved_or_shared_by_that(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        assert!(!ada.get(PROFILE).await.has("Start from my sheet"), "there is no sheet yet");
        ada.submit(&format!("{SHEET}/exercise"), &[("answer-name", "Marsh <Coast>"), ("answer-my-part", "I take notes")])
            .await
            .expect(303);
        let mine = ada.get(MINE).await.expect(200);
        assert!(mine.has("I take notes") && mine.html.contains(&format!("href=\"{SHEET}\"")), "{}", mine.html);
        let blank = ada.get(PROFILE).await;
        assert!(blank.html.contains("/portfolio/0?from=sheet#body"), "{}", blank.html);
        let started = ada.get(&format!("{PROFILE}?from=sheet")).await.expect(200);
        assert!(started.has("**My part in it**\n\nI take notes"), "{}", started.html);
        assert_eq!(course.write(|conn| products::table.count().get_result::<i64>(conn).unwrap()).await, 0);
        assert!(!ben.get(MINE).await.has("I take notes"));
        write(&ada, PROFILE, "My own words").await.expect(303);
        share(&ada, PROFILE, "yes").await.expect(303);
        let others = ben.get(SHARED).await;
        assert!(others.has("My own words") && !others.has("I take notes"), "the sheet itself is never shared");
        ada.get(&format!("{PROFILE}?sheet=1")).await.expect(400);
    }

    async fn of_a_unit_that_is_not_open_nothing_is_told_but_title_and_time(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let page = ada.get(MINE).await.expect(200);
        assert!(page.has("Baseline diagnostic") && !page.has("Purpose card"), "{}", page.html);
        assert!(page.has("Opens Monday 18 January at 9am GMT"), "{}", page.html);
        ada.get("/cohorts/spring/portfolio/2").await.expect(403);
        write(&ada, "/cohorts/spring/portfolio/2", "Too early").await.expect(403);
        for nowhere in ["/cohorts/spring/portfolio/99", "/cohorts/spring/portfolio/02", "/cohorts/spring/portfolio/x"] {
            ada.get(nowhere).await.expect(404);
        }
        // A unit that is moved into the future again: its author keeps the text, the others see it no more.
        course.travel_to("2027-01-18 10:00");
        write(&ada, "/cohorts/spring/portfolio/2", "So that nobody falls twice").await.expect(303);
        share(&ada, "/cohorts/spring/portfolio/2", "yes").await.expect(303);
        assert!(ben.get(SHARED).await.has("So that nobody falls twice"));
        let cohort = course.cohort;
        course
            .write(move |conn| {
                use trellis::schema::releases;
                let purpose = releases::table.filter(releases::cohort_id.eq(cohort)).filter(releases::unit.eq("purpose"));
                diesel::update(purpose).set((releases::held.eq(true), releases::opened_at.eq(None::<trellis::platform::clock::Instant>))).execute(conn).unwrap()
            })
            .await;
        assert!(!ben.get(SHARED).await.has("So that nobody falls twice"));
        assert!(priya.get(SHARED).await.has("So that nobody falls twice"));
        assert!(ada.get(MINE).await.has("So that nobody falls twice"));
    }

    async fn a_text_that_is_too_long_is_refused_and_nothing_is_lost(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let long = "a".repeat(20_001);
        let refused = write(&ada, PROFILE, &long).await.expect(422);
        assert!(refused.has(&long) && refused.has("<title>Error: ") && refused.html.contains("href=\"#body\""));
        write(&ada, PROFILE, &"a".repeat(20_000)).await.expect(303);
        let script = write(&ada, PROFILE, "<script>alert(1)</script> [x](javascript:alert(1)) seen").await;
        script.expect(303);
        let page = ada.get(PROFILE).await;
        assert!(!page.html.contains("<script>alert") && !page.html.contains("href=\"javascript"), "{}", page.html);
    }

    async fn products_follow_a_unit_that_is_renamed(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        write(&ada, PROFILE, "Mine").await.expect(303);
        write(&ben, PROFILE, "His").await.expect(303);
        let (cohort, bens, now) = (course.cohort, ben.enrolment.unwrap(), course.now());
        course
            .write(move |conn| {
                let slug = |text: &str| Slug::parse(text).unwrap();
                let programme = slug("effective-networks");
                let unit = catalogue().programmes[&programme].unit(0).unwrap().slug.clone();
                let text = trellis::portfolio::product_text("Newer").unwrap();
                trellis::portfolio::store::save(conn, (cohort, bens), &slug("start"), &text, now).unwrap();
                trellis::portfolio::store::rename(conn, &programme, &unit, &slug("start")).unwrap();
                let there = trellis::portfolio::store::records(conn, &programme).unwrap();
                assert_eq!(there["start"], 2, "where somebody has both, that of now stands");
                assert_eq!(there[unit.as_str()], 1);
            })
            .await;
    }

    async fn the_unit_page_leads_to_its_product(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        assert!(ada.get("/cohorts/spring/units/1").await.html.contains("href=\"/cohorts/spring/portfolio/1\""));
        assert!(!priya.get("/cohorts/spring/units/1").await.html.contains("/portfolio/1\""));
    }

    async fn what_is_shared_is_read_page_by_page(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let (cohort, now) = (course.cohort, course.now());
        course
            .write(move |conn| {
                let unit = catalogue().programmes.values().next().unwrap().unit(0).unwrap().slug.clone();
                for n in 0..23 {
                    let email = format!("crowd{n}@example.org");
                    let account = make_account(conn, &format!("Learner {n}"), &email, false, now);
                    let enrolment = make_enrolment(conn, cohort, account, trellis::cohort::Role::Learner, now);
                    let text = trellis::portfolio::product_text(&format!("Product number {n}.")).unwrap();
                    trellis::portfolio::store::save(conn, (cohort, enrolment), &unit, &text, now).unwrap();
                    trellis::portfolio::store::set_shared(conn, enrolment, &unit, true, now).unwrap();
                }
            })
            .await;
        let (mut path, mut seen) = (SHARED.to_owned(), 0);
        for _ in 0..3 {
            let page = ada.get(&path).await.expect(200);
            seen += page.html.matches("Product number").count();
            let links = page.html.split("href=\"").filter_map(|rest| rest.split('"').next());
            match links.into_iter().find(|href| href.contains("after=")) {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, 23);
    }
}
