//! Home: what is left of the week, and what is new in the threads that somebody follows.

use diesel::prelude::*;
use trellis::cohort::Role;
use trellis::platform::text::Slug;
use trellis::schema::{enrolments, posts, releases};

use crate::world::*;

const TALK: &str = "/cohorts/spring/units/1/one-strength-one-puzzle";
const NEWS: &str = "New where you have posted";

async fn say(person: &Person, words: &str) {
    person.submit(&format!("{TALK}/posts"), &[("body", words)]).await.expect(303);
}

/// The thread's address, as home gives it.
async fn way(person: &Person) -> String {
    let page = person.get("/").await.expect(200);
    assert!(page.has(NEWS), "{}", page.html);
    let found = crate::person::between(&page.html, "<a href=\"/cohorts/spring/discussions/", "\"").unwrap();
    format!("/cohorts/spring/discussions/{found}")
}

/// What a page notes beside its answer is there soon.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it did not come true");
}

stories! {
    async fn what_others_post_where_one_has_posted_is_news_until_it_is_seen(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben, cai) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cai").await);
        say(&ada, "Our strength is the night staff.").await;
        assert!(!ada.get("/").await.has(NEWS), "one's own post is no news");
        say(&ben, "Ours is the tea.").await;
        say(&ben, "And the puzzle is parking.").await;
        let page = ada.get("/").await.expect(200);
        assert!(page.has("2 new posts") && page.has("Week 1"), "{}", page.html);
        assert!(!ben.get("/").await.has(NEWS), "his own are the newest");
        assert!(!cai.get("/").await.has(NEWS), "who has not posted follows nothing");
        let lands = ada.get(&way(&ada).await).await.expect(303);
        assert!(lands.location().contains("#post-"), "{}", lands.location());
        ada.get(lands.location().split('#').next().unwrap()).await.expect(200);
        until(async || !ada.get("/").await.has(NEWS)).await;
        say(&cai, "Here it is the porter.").await;
        assert!(ada.get("/").await.has("1 new post"));
        assert!(ben.get("/").await.has("1 new post"));
        let page = ada.get(ada.get(&way(&ada).await).await.location().split('#').next().unwrap()).await;
        page.expect(200);
        until(async || !ada.get("/").await.has(NEWS)).await;
        assert!(ben.get("/").await.has("1 new post"), "what one has seen the other has not");
    }

    async fn a_removed_post_and_a_unit_that_closed_again_are_no_news(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        say(&ada, "Our strength is the night staff.").await;
        say(&ben, "Ours is the tea.").await;
        assert!(ada.get("/").await.has(NEWS));
        let unit = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].unit(1).unwrap().slug.clone();
        let hold = move |held: bool| {
            let unit = unit.clone();
            move |conn: &mut trellis::platform::db::Conn| {
                let own = releases::table.filter(releases::unit.eq(unit));
                diesel::update(own).set(releases::held.eq(held)).execute(conn).unwrap()
            }
        };
        course.write(hold(true)).await;
        assert!(!ada.get("/").await.has("Ours is") && !ada.get("/").await.has(NEWS));
        course.write(hold(false)).await;
        assert!(ada.get("/").await.has(NEWS));
        let (him, now) = (ben.enrolment.unwrap(), course.now());
        course
            .write(move |conn| {
                let own = posts::table.filter(posts::enrolment_id.eq(him));
                diesel::update(own).set(posts::removed_at.eq(now)).execute(conn).unwrap()
            })
            .await;
        assert!(!ada.get("/").await.has(NEWS));
    }

    async fn home_says_how_many_minutes_are_left_of_the_week(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let unit = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].unit(1).unwrap();
        let left = |done: usize| unit.steps.iter().filter(|step| step.required).skip(done).map(|step| step.minutes).sum();
        let words = |minutes| format!("About {} left.", trellis::platform::text::duration(minutes));
        assert!(ada.get("/").await.has(&words(left(0))), "{}", words(left(0)));
        let first = unit.steps.iter().find(|step| step.required).unwrap();
        ada.submit(&format!("/cohorts/spring/units/1/{}/complete", first.slug), &[]).await.expect(303);
        assert!(ada.get("/").await.has(&words(left(1))), "{}", words(left(1)));
    }

    async fn whoever_learns_in_two_cohorts_continues_where_they_were_last(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let (now, me) = (course.now(), ada.enrolment.unwrap());
        course
            .write(move |conn| {
                let other = make_cohort(conn, "autumn", now);
                let account = enrolments::table.find(me).select(enrolments::account_id).first(conn).unwrap();
                make_enrolment(conn, other, account, Role::Learner, now);
            })
            .await;
        for (cohort, other, when) in [("autumn", "spring", "10:30"), ("spring", "autumn", "11:00")] {
            course.travel_to(&format!("2027-01-11 {when}"));
            ada.get(&format!("/cohorts/{cohort}")).await.expect(200);
            let now = course.now();
            let noted = || course.write(move |conn| {
                let seen = enrolments::table.filter(enrolments::last_seen_at.eq(now)).count();
                seen.get_result::<i64>(conn).unwrap() == 1
            });
            until(async || noted().await).await;
            let page = ada.get("/").await.expect(200);
            assert!(page.html.contains(&format!("href=\"/cohorts/{cohort}/units/")), "{}", page.html);
            assert!(page.has("Your other courses") && page.has(&format!("{other} 2027")), "{}", page.html);
        }
    }
}
