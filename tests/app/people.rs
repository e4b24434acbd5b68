//! Who is here: everybody by name, each with a card of which others read only what its owner ticked.

use diesel::prelude::*;
use trellis::cohort::{Role, Standing};
use trellis::schema::{accounts, enrolments};

use crate::world::*;

const PEOPLE: &str = "/cohorts/spring/people";
const ME: &str = "/cohorts/spring/people/me";

fn page_of(person: &Person) -> String {
    format!("{PEOPLE}/{}", person.enrolment.unwrap())
}

/// More learners, called `Learner 001` and so on.
async fn crowd(course: &Course, number: usize) {
    let (cohort, now) = (course.cohort, course.now());
    course
        .write(move |conn| {
            for n in 1..=number {
                let name = format!("Learner {n:03}");
                let account = make_account(conn, &name, &format!("crowd{n}@example.org"), false, now);
                make_enrolment(conn, cohort, account, Role::Learner, now);
            }
        })
        .await;
}

async fn withdraw(course: &Course, person: &Person) {
    let enrolment = person.enrolment.unwrap();
    course
        .write(move |conn| {
            diesel::update(enrolments::table.find(enrolment))
                .set(enrolments::state.eq(Standing::Withdrawn))
                .execute(conn)
                .unwrap()
        })
        .await;
}

stories! {
    async fn a_card_shows_nothing_but_the_name_until_its_owner_ticks_it(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let (priya, root, eve) =
            (course.facilitator().await, course.administrator().await, course.outsider("Eve").await);
        let blank = ada.get(ME).await.expect(200);
        assert!(!blank.html.contains(" checked"), "all off at first: {}", blank.html);
        assert!(blank.has("Your name, and nothing else."), "{}", blank.html);

        let lines = [("role", "Stroke nurse"), ("network", "Marsh & Coast"), ("offers", "A one-page induction")];
        ada.submit(ME, &lines).await.expect(303);
        for reader in [&ben, &priya, &root] {
            for page in [reader.get(PEOPLE).await.expect(200), reader.get(&page_of(&ada)).await.expect(200)] {
                assert!(page.has("Ada") && !page.has("Stroke nurse") && !page.has("induction"), "{}", page.html);
            }
        }
        assert!(ada.get(ME).await.has("Stroke nurse"), "its owner finds it again");

        let shown = [lines.as_slice(), &[("show-offers", "1"), ("show-needs", "1")]].concat();
        ada.submit(ME, &shown).await.expect(303);
        for reader in [&ben, &priya, &root] {
            for page in [reader.get(PEOPLE).await, reader.get(&page_of(&ada)).await] {
                assert!(page.has("Can help with") && page.has("A one-page induction"), "{}", page.html);
                assert!(!page.has("Stroke nurse") && !page.has("Is looking for"), "{}", page.html);
            }
        }
        eve.get(PEOPLE).await.expect(404);
        eve.get(&page_of(&ada)).await.expect(404);
        eve.get(&format!("/cohorts/other-eve/people/{}", ada.enrolment.unwrap())).await.expect(404);
    }

    async fn a_card_that_is_too_long_is_refused_and_nothing_is_lost(course: Course) {
        let ada = course.enrol("Ada").await;
        let long = "é".repeat(601);
        let refused = ada.submit(ME, &[("role", "Nurse"), ("offers", &long), ("show-role", "1")]).await.expect(422);
        assert!(refused.has("<title>Error: My card") && refused.html.contains("href=\"#offers\""), "{}", refused.html);
        assert!(refused.has(&long) && refused.has("value=\"Nurse\"") && refused.html.contains(" checked"));
        ada.submit(ME, &[("role", "Nurse"), ("enrolment", "1")]).await.expect(400);
        let two_lines = ada.submit(ME, &[("needs", "One\r\n\r\nTwo <b>"), ("show-needs", "1")]).await.expect(303);
        assert_eq!(two_lines.location(), ME);
        let page = ada.get(PEOPLE).await;
        assert!(page.has("One\n\nTwo &#60;b&#62;") || page.has("One\n\nTwo <b>"), "{}", page.html);
    }

    async fn facilitators_come_first_then_learners_by_name_and_nobody_who_has_left(course: Course) {
        let (zoe, ada) = (course.enrol("zoe").await, course.enrol("Ada").await);
        let (priya, gone, bad) = (course.facilitator().await, course.enrol("Gone").await, course.enrol("Bad").await);
        withdraw(&course, &gone).await;
        let (email, now) = (bad.email.clone(), course.now());
        course
            .write(move |conn| {
                diesel::update(accounts::table.filter(accounts::email.eq(email)))
                    .set(accounts::suspended_at.eq(now))
                    .execute(conn)
                    .unwrap()
            })
            .await;
        let page = ada.get(PEOPLE).await.expect(200);
        let at = |name: &str| page.html.find(&format!("<bdi>{name}</bdi>")).unwrap_or_else(|| panic!("no {name}"));
        assert!(at("Priya") < at("Ada") && at("Ada") < at("zoe"), "{}", page.html);
        assert!(page.has("Facilitator") && page.has("3 people"), "{}", page.html);
        assert!(!page.has("Gone") && !page.has("Bad"), "{}", page.html);
        for left in [&gone, &bad] {
            ada.get(&page_of(left)).await.expect(404);
        }
        assert!(zoe.get(&page_of(&priya)).await.expect(200).has("Facilitator"));
    }

    async fn a_large_cohort_is_read_page_by_page_and_found_by_a_word(course: Course) {
        let ada = course.enrol("Ada").await;
        crowd(&course, 120).await;
        ada.submit(ME, &[("offers", "Notes that people READ"), ("needs", "Secret 50%"), ("show-offers", "1")]).await;
        let (mut path, mut seen) = (PEOPLE.to_owned(), Vec::new());
        for _ in 0..3 {
            let page = ada.get(&path).await.expect(200);
            seen.extend(page.html.split("<bdi>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
            let next = page.html.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|h| h.contains("after="));
            match next {
                Some(next) => path = next.replace("&amp;", "&"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 121, "{seen:?}");
        assert_eq!((seen[0].as_str(), seen[1].as_str(), seen[120].as_str()), ("Ada", "Learner 001", "Learner 120"));

        let found = ada.get(&format!("{PEOPLE}?q=that+people+read")).await.expect(200);
        assert!(found.has("<bdi>Ada</bdi>") && !found.has("Learner 001"), "{}", found.html);
        assert!(ada.get(&format!("{PEOPLE}?q=learner+00")).await.has("Learner 009"), "by name too");
        assert!(ada.get(&format!("{PEOPLE}?q=secret")).await.has("Nobody’s name or card"), "what is hidden is not found");
        assert!(ada.get(&format!("{PEOPLE}?q=50%25")).await.has("Nobody’s name or card"), "a % is a %");
        assert!(ada.get(&format!("{PEOPLE}?q=learner&after=1")).await.expect(200).has("Learner 050"));
        ada.get(&format!("{PEOPLE}?q=%21")).await.expect(422);
        ada.get(&format!("{PEOPLE}?after=x")).await.expect(400);
    }

    async fn the_orientation_leads_to_the_card_and_posts_to_their_authors(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        assert!(ada.get("/cohorts/spring/units/0").await.html.contains(&format!("href=\"{ME}\"")));
        assert!(!ada.get("/cohorts/spring/units/1").await.has("Who you are"));
        assert!(ada.get("/cohorts/spring").await.html.contains(&format!("href=\"{PEOPLE}\"")));
    }
}
