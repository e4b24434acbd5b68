//! Notes: what somebody keeps for themselves on a step, and all of it on one page.

use diesel::prelude::*;
use trellis::completion::store::{records, rename};
use trellis::platform::text::Slug;
use trellis::schema::notes;

use crate::world::*;

const NOTES: &str = "/cohorts/spring/notes";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const REFLECTION: &str = "/cohorts/spring/units/0/what-would-make-this-worth-your-time";

async fn count(course: &Course) -> i64 {
    course.write(|conn| notes::table.count().get_result(conn).unwrap()).await
}

async fn note(person: &Person, step: &str, text: &str) -> Page {
    person.submit(&format!("{step}/note"), &[("my-note", text)]).await
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

stories! {
    async fn a_note_is_kept_for_its_author_alone(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        let page = ada.get(ARTICLE).await.expect(200);
        assert!(page.html.contains("<details class=\"app-more app-note\"><summary>My note"), "{}", page.html);
        let saved = note(&ada, ARTICLE, "Ask <Tom>\r\nabout handovers").await.expect(303);
        assert_eq!(saved.location(), format!("{ARTICLE}#my-note"));
        let page = ada.get(ARTICLE).await.expect(200);
        assert!(page.has("Your note is saved. Only you can read it."), "{}", page.html);
        assert!(page.html.contains("<details class=\"app-more app-note\" open>"), "{}", page.html);
        assert!(page.has("Ask &#60;Tom&#62;\nabout handovers"), "{}", page.html);
        for other in [&ben, &priya, &root] {
            assert!(!other.get(ARTICLE).await.expect(200).html.contains("handovers"));
        }
        for other in [&ben, &priya] {
            assert!(!other.get(NOTES).await.expect(200).html.contains("handovers"));
        }
        root.get(NOTES).await.expect(404);
        assert!(!root.get(ARTICLE).await.html.contains("My note"), "whoever is not enrolled keeps none");
        // A facilitator keeps notes too, also on what learners cannot see yet.
        let ahead = "/cohorts/spring/units/7/";
        let step = &catalogue().programmes[&slug("effective-networks")].unit(7).unwrap().steps[0].slug;
        note(&priya, &format!("{ahead}{step}"), "Say this slowly").await.expect(303);
        assert!(priya.get(NOTES).await.has("Say this slowly"));
        note(&ada, &format!("{ahead}{step}"), "Too early").await.expect(403);
        assert_eq!(count(&course).await, 2);
    }

    async fn a_note_is_changed_and_taken_away(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        note(&ada, ARTICLE, "First thought").await.expect(303);
        note(&ada, ARTICLE, "Second thought").await.expect(303);
        let page = ada.get(ARTICLE).await;
        assert!(page.has("Second thought") && !page.has("First thought"), "{}", page.html);
        assert_eq!(count(&course).await, 1);
        let removed = note(&ada, ARTICLE, " \r\n ").await.expect(303);
        assert_eq!(removed.location(), ARTICLE);
        let page = ada.get(ARTICLE).await;
        assert!(page.has("You have no note on this step now.") && !page.has("Second thought"), "{}", page.html);
        note(&ada, ARTICLE, "").await.expect(303);
        assert_eq!(count(&course).await, 0);
    }

    async fn a_note_that_is_too_long_is_refused_and_nothing_is_lost(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        note(&ada, REFLECTION, "Short").await.expect(303);
        let long = "é".repeat(5_001);
        let refused = note(&ada, REFLECTION, &long).await.expect(422);
        assert!(refused.has(&long) && refused.has("<title>Error: "), "{}", refused.html);
        assert!(refused.html.contains("href=\"#my-note\"") && refused.html.contains("id=\"my-note-error\""));
        assert!(refused.has("Save my note") && refused.html.contains("/reflection\""), "the step's own form is there");
        assert!(ada.get(REFLECTION).await.has("Short"), "the earlier note stands");
        ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "x"), ("enrolment", "1")]).await.expect(400);
        note(&ada, REFLECTION, &"é".repeat(5_000)).await.expect(303);
    }

    async fn all_notes_are_on_one_page_newest_first(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        assert!(ada.get(NOTES).await.expect(200).has("You have no notes yet."));
        note(&ada, REFLECTION, "Zeit für Brücken").await.expect(303);
        course.travel_to("2027-01-11 10:05");
        note(&ada, ARTICLE, "Trust takes\ntime").await.expect(303);
        let page = ada.get(NOTES).await.expect(200);
        let (newer, older) = (page.html.find("Trust takes").unwrap(), page.html.find("Brücken").unwrap());
        assert!(newer < older && page.has("2 notes"), "{}", page.html);
        assert!(page.html.contains(&format!("<a href=\"{ARTICLE}\">1.1 Why work as a network?</a>")), "{}", page.html);
        assert!(page.has("Week 1: ") && page.has("Saved today at 10:05am"), "{}", page.html);
        let found = ada.get(&format!("{NOTES}?q=BR%C3%9CCKEN")).await.expect(200);
        assert!(found.has("1 of 2 notes") && found.has("Zeit für") && !found.has("Trust takes"), "{}", found.html);
        assert!(ada.get(&format!("{NOTES}?q=takes+time")).await.has("1 of 2 notes"), "over the end of a line");
        assert!(ada.get(&format!("{NOTES}?q=%25")).await.expect(422).has("Use letters in the word"));
        assert!(ada.get(&format!("{NOTES}?q=nowhere")).await.has("None of your notes holds ‘nowhere’."));
        assert!(ada.get(&format!("{NOTES}?q=+")).await.has("2 notes"));
        let long = "a".repeat(101);
        let refused = ada.get(&format!("{NOTES}?q={long}")).await.expect(422);
        assert!(refused.has("Shorten the word to 100 characters or fewer") && refused.has(&long), "{}", refused.html);
        ada.get(&format!("{NOTES}?q={}", "a".repeat(100))).await.expect(200);
        ada.get(&format!("{NOTES}?sort=step")).await.expect(400);
        let outline = ada.get("/cohorts/spring").await;
        assert!(outline.html.contains(&format!("href=\"{NOTES}\"")), "{}", outline.html);
    }

    async fn a_note_stays_when_its_step_cannot_be_read_any_more(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        note(&ada, ARTICLE, "Worth keeping").await.expect(303);
        let (me, now) = (ada.enrolment.unwrap(), course.now());
        course
            .write(move |conn| {
                let (unit, step) = (slug("why-networks"), slug("gone"));
                trellis::completion::store::notes::save(conn, me, (&unit, &step), "On what is gone", now).unwrap();
            })
            .await;
        let page = ada.get(NOTES).await.expect(200);
        assert!(page.has("A step that is no longer in the course") && page.has("On what is gone"), "{}", page.html);
        assert!(!page.html.contains("/gone"), "{}", page.html);
        // A year after the start nothing is open to learners.
        course.travel_to("2028-01-12 10:00");
        ada.get(ARTICLE).await.expect(403);
        note(&ada, ARTICLE, "Too late").await.expect(403);
        let page = ada.get(NOTES).await.expect(200);
        assert!(page.has("Worth keeping") && page.has("1.1 Why work as a network?"), "{}", page.html);
        assert!(page.has("not open to you now") && !page.html.contains(ARTICLE), "{}", page.html);
    }

    async fn notes_follow_a_step_that_is_renamed_and_are_counted(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        note(&ada, ARTICLE, "Mine").await.expect(303);
        course
            .write(|conn| {
                let programme = slug("effective-networks");
                let unit = catalogue().programmes[&programme].unit(1).unwrap().slug.clone();
                let (old, new) = (slug("why-work-as-a-network"), slug("why-work-together"));
                rename(conn, &programme, (&unit, &old), (&unit, &new)).unwrap();
                let there = records(conn, &programme).unwrap();
                assert_eq!(there[&(unit.to_string(), new.to_string())], 1);
            })
            .await;
    }
}
