//! What learners write for themselves: reflections, sheets, readings.

use trellis::schema::{readings, reflections};

use crate::person::between;

use super::*;

stories! {
    async fn a_reflection_is_kept_and_private(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let refused = ada.submit(&format!("{REFLECTION}/reflection"), &[("body", " \n ")]).await.expect(422);
        assert!(refused.has("Write your note") && refused.html.contains("<title>Error:"), "{}", refused.html);
        let long = "x".repeat(20_001);
        let refused = ada.submit(&format!("{REFLECTION}/reflection"), &[("body", &long)]).await.expect(422);
        assert!(refused.html.contains(&long), "what was typed is kept");
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "I fear the <silence>")]).await.expect(303);
        let own = ada.get(REFLECTION).await;
        assert!(own.has("Your note is saved. Only you can read it.") && own.has("I fear the") && !own.html.contains("<silence>"), "{}", own.html);
        assert!(own.has("You finished this step today"));
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "I fear nothing")]).await.expect(303);
        assert!(!ada.get(REFLECTION).await.has("silence"));
        assert_eq!(course.write(|conn| reflections::table.count().get_result::<i64>(conn).unwrap()).await, 1);

        for other in [&ben, &priya, &course.administrator().await] {
            assert!(!other.get(REFLECTION).await.expect(200).has("I fear"));
            assert_eq!(other.get(&format!("{REFLECTION}/reflection")).await.status, 404);
        }
    }

    async fn a_reading_needs_every_answer_and_becomes_five_temperatures(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        assert!(ada.get(DIAGNOSTIC).await.expect(200).has("Hand in my reading"));
        let some = [("p1", "4"), ("p2", "cannot-say"), ("comment", "More tea")];
        let refused = ada.submit(&format!("{DIAGNOSTIC}/reading"), &some).await.expect(422);
        assert!(refused.html.contains("<a href=\"#p3-1\">Purpose and direction 3: choose an answer</a>"), "{}", refused.html);
        assert!(!refused.has("Purpose and direction 2: choose") && refused.has("More tea"));
        assert_eq!(refused.html.matches(" checked").count(), 2);
        ada.submit(&format!("{DIAGNOSTIC}/reading"), &[("p1", "6")]).await.expect(400);

        let mut answers = statements("4");
        // T: 4, 4, 3, 4, 4 is 3.8; two that one cannot say leave a part without a score.
        for (field, value) in [("t3", "3"), ("v1", "cannot-say"), ("v2", "cannot-say"), ("p1", "1"), ("p2", "1"), ("p3", "1")] {
            answers.iter_mut().find(|(name, _)| name == field).unwrap().1 = value.into();
        }
        ada.submit(&format!("{DIAGNOSTIC}/reading"), &borrowed(&answers)).await.expect(303);
        let result = ada.get(DIAGNOSTIC).await.expect(200);
        let row = |name: &str, temperature: &str, word: &str| {
            let cell = format!("{name}</th><td class=\"is-num\" data-label=\"Temperature\">{temperature}</td><td>{word}</td>");
            assert!(result.html.contains(&cell), "{cell} in {}", result.html);
        };
        row("Trust and learning", "70", "Warm");
        row("People and participation", "75", "Warm");
        row("Purpose and direction", "30", "Needs kindling");
        row("Value and staying power", "–", "Too few answers to say");
        assert!(result.has("It is not validated. It exists to start a better conversation."));
        let later = "<p class=\"app-small\">Week 2: A purpose worth turning up for</p>";
        assert!(result.html.contains(later), "advice names a week, and links to it when it is open: {}", result.html);
        assert!(ada.get(UNIT_1).await.has("1 of 7 steps"));

        ada.submit(&format!("{DIAGNOSTIC}/reading"), &borrowed(&statements("5"))).await.expect(303);
        assert!(ada.get(DIAGNOSTIC).await.has("Glowing"));
        assert_eq!(course.write(|conn| readings::table.count().get_result::<i64>(conn).unwrap()).await, 1);
        assert!(!course.facilitator().await.get(DIAGNOSTIC).await.expect(200).has("One thing to do for each"));
    }

    async fn the_closing_reading_looks_back_and_stands_beside_the_first(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{DIAGNOSTIC}/reading"), &borrowed(&statements("2"))).await.expect(303);
        course.travel_to("2027-04-12 10:00");
        ada.submit("/sign-in", &[("email", &ada.email), ("password", PASSWORD)]).await.expect(303);
        let closing = "/cohorts/spring/units/11/second-reading";
        let form = ada.get(closing).await.expect(200);
        assert!(form.has("how would you have scored this area in week 1?"), "{}", form.html);
        ada.submit(&format!("{closing}/reading"), &borrowed(&statements("4"))).await.expect(422);
        let mut answers = statements("4");
        answers.extend(["p", "m", "s", "t", "v"].map(|letter| (format!("look-back-{letter}"), "3".to_owned())));
        ada.submit(&format!("{closing}/reading"), &borrowed(&answers)).await.expect(303);
        let result = ada.get(closing).await;
        assert!(result.html.contains("data-label=\"Week 1\">25</td>") && result.html.contains("data-label=\"Now\">75</td>"), "{}", result.html);
        assert!(result.html.contains("<a href=\"/cohorts/spring/units/2\">Week 2: A purpose worth turning up for</a>"), "{}", result.html);
    }

    async fn the_first_note_is_read_again_in_the_last_week_by_its_author_alone(course: Course) {
        const LAST: &str = "/cohorts/spring/units/11/what-i-will-keep";
        course.travel_to("2027-01-11 09:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "I hope for <one> call\nI worry about time")]).await.expect(303);
        course.travel_to("2027-04-12 10:00");
        let page = ada.get(LAST).await.expect(200);
        assert!(page.has("What you wrote in the orientation") && page.has("I worry about time"), "{}", page.html);
        assert!(page.html.contains("I hope for &#60;one&#62; call") || page.html.contains("I hope for &lt;one&gt; call"), "{}", page.html);
        assert!(page.has("Saved Monday 11 January at 9am. Only you can read it.") && page.html.contains(&format!("href=\"{REFLECTION}\"")));
        let without = ben.get(LAST).await.expect(200);
        assert!(without.has("You wrote no note then.") && !without.has("I hope for"), "{}", without.html);
        let seen = priya.get(LAST).await.expect(200);
        assert!(seen.has("Nobody else can see it.") && !seen.has("I hope for"), "{}", seen.html);
        assert!(!ada.get(DISCUSSION).await.has("What you wrote in"));
    }

    async fn a_sheet_prints_as_it_is_filled_in_and_blank(course: Course) {
        const SHEET: &str = "/cohorts/spring/units/0/choose-your-network";
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let page = ada.get(SHEET).await.expect(200);
        let field = between(&page.html, "name=\"answer-", "\"").unwrap().to_owned();
        assert!(!ada.get(&format!("{SHEET}/sheet")).await.expect(200).has("print it blank"));
        ada.submit(&format!("{SHEET}/exercise"), &[(&format!("answer-{field}"), "The falls network")]).await.expect(303);
        let filled = ada.get(&format!("{SHEET}/sheet")).await.expect(200);
        assert!(filled.has("The falls network") && filled.has("print it blank"), "{}", filled.html);
        let blank = ada.get(&format!("{SHEET}/sheet?blank=1")).await.expect(200);
        assert!(!blank.has("The falls network") && blank.has("Room to write"), "{}", blank.html);
        course.travel_to("2027-06-01 10:00");
        ada.submit("/sign-in", &[("email", &ada.email), ("password", PASSWORD)]).await.expect(303);
        let closed = ada.get(SHEET).await.expect(200);
        assert!(closed.has("This is what you wrote. Only you can read it.") && closed.has("The falls network"), "{}", closed.html);
    }
}
