//! Who is answered first and by whom, and texts that facilitators keep to answer with.

use diesel::prelude::*;
use trellis::accounts::AccountId;
use trellis::cohort::Role;
use trellis::discussion::store::{NewAnswer, add_answer};
use trellis::schema::{saved_answers, thread_claims};

use crate::discussion::{posted, start};
use crate::world::*;

const QUEUE: &str = "/cohorts/spring/manage/discussions";
const ANSWERS: &str = "/cohorts/spring/manage/answers";

/// The text box, as its reader finds it.
fn written(page: &Page) -> String {
    let text = page.text();
    crate::person::between(&text, "name=\"body\"", "</textarea>")
        .and_then(|rest| rest.split_once('>'))
        .map_or(String::new(), |(_, text)| text.trim().to_owned())
}

stories! {
    async fn who_writes_for_the_first_time_is_answered_first(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let first = start(&ada, "Ada begins", "", "Hello").await;
        posted(&priya, &first, "Welcome, Ada.", None).await;
        course.travel_to("2027-01-11 10:00");
        start(&ada, "Ada goes on", "", "And another thing").await;
        course.travel_to("2027-01-11 11:00");
        let bens = start(&ben, "Ben begins", "", "Is anybody here?").await;
        course.travel_to("2027-01-12 12:00");
        let queue = priya.get(QUEUE).await.expect(200);
        let at = |words: &str| queue.html.find(words).unwrap_or_else(|| panic!("{words}: {}", queue.html));
        assert!(at("Ben begins") < at("Ada goes on"), "{}", queue.html);
        assert_eq!(queue.html.matches("Their first post").count(), 1);
        let overview = priya.get("/cohorts/spring/manage").await.expect(200);
        assert!(overview.has("Their first post. 25 hours"), "{}", overview.html);
        // What they write next is no first post any more.
        posted(&ben, &bens, "Anybody?", None).await;
        course.travel_to("2027-01-13 13:00");
        assert!(!priya.get(QUEUE).await.has("Their first post"));
    }

    async fn of_two_who_answer_at_once_the_second_is_told_who_has_it(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let omar = course.another_facilitator("Omar").await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        course.travel_to("2027-01-12 12:00");
        let claim = format!("{thread}/claim");
        assert!(priya.get(QUEUE).await.has("\">I answer this"));
        ada.submit(&claim, &[("claim", "yes")]).await.expect(404);
        let (one, two) = tokio::join!(priya.submit(&claim, &[("claim", "yes")]), omar.submit(&claim, &[("claim", "yes")]));
        one.expect(303);
        two.expect(303);
        let pages = [priya.get(QUEUE).await, omar.get(QUEUE).await];
        let has = |page: &Page| (page.has("You answer this, since today at"), page.has("\">I answer this"));
        assert_eq!(pages.iter().filter(|page| has(page).0).count(), 1, "{}", pages[0].html);
        assert!(pages.iter().all(|page| !has(page).1));
        let (winner, loser) = if has(&pages[0]).0 { (&priya, &omar) } else { (&omar, &priya) };
        let told = loser.submit(&claim, &[("claim", "yes")]).await.expect(303);
        assert!(told.location().ends_with("?post=newest"));
        let page = loser.get(&thread).await;
        assert!(page.has("Somebody else was quicker") && page.has(" answers this, since today at"), "{}", page.html);
        // Only who has it gives it up.
        loser.submit(&claim, &[("claim", "no")]).await.expect(303);
        assert!(has(&winner.get(QUEUE).await).0);
        winner.submit(&claim, &[("claim", "no")]).await.expect(303);
        assert!(has(&loser.get(QUEUE).await).1);
        assert!(!ada.get(&thread).await.has("answers this"), "learners do not see who was to answer");
        priya.submit(&claim, &[("claim", "perhaps")]).await.expect(400);
    }

    async fn a_claim_ends_with_an_answer_or_with_a_day(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let omar = course.another_facilitator("Omar").await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let claim = format!("{thread}/claim");
        course.travel_to("2027-01-12 12:00");
        priya.submit(&claim, &[("claim", "yes")]).await.expect(303);
        course.travel_to("2027-01-13 11:59");
        omar.submit(&claim, &[("claim", "yes")]).await.expect(303);
        assert!(omar.get(QUEUE).await.has("Priya answers this, since yesterday"));
        course.travel_to("2027-01-13 12:00");
        assert!(omar.get(QUEUE).await.has("\">I answer this"));
        omar.submit(&claim, &[("claim", "yes")]).await.expect(303);
        assert!(priya.get(QUEUE).await.has("Omar answers this, since today"));
        // Whoever answers, it is answered.
        posted(&priya, &thread, "Whoever chairs.", None).await;
        let claims: i64 = course.write(|conn| thread_claims::table.count().get_result(conn).unwrap()).await;
        assert_eq!(claims, 0);
        omar.submit(&claim, &[("claim", "yes")]).await.expect(303);
        assert!(omar.get(&thread).await.has("Nobody waits here any more"));
    }

    async fn what_is_reported_stands_on_the_overview(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let thread = start(&ada, "Buy this", "", "Best prices on beds.").await;
        let post = crate::discussion::post_in(&ada.get(&thread).await, "Best prices");
        assert!(!priya.get("/cohorts/spring/manage").await.has("reported"));
        ben.submit(&format!("{thread}/posts/{post}/report"), &[("reason", "An advertisement")]).await.expect(303);
        assert!(priya.get("/cohorts/spring/manage").await.has("1 post is reported"));
        priya.submit(&format!("{thread}/posts/{post}/moderate"), &[("act", "keep")]).await.expect(303);
        assert!(!priya.get("/cohorts/spring/manage").await.has("is reported"));
    }

    async fn a_saved_answer_is_made_changed_shared_and_removed(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let omar = course.another_facilitator("Omar").await;
        let finn = course.facilitator_elsewhere("Finn").await;
        ada.get(ANSWERS).await.expect(404);
        let refused = priya.submit(ANSWERS, &[("title", "Recording"), ("body", ""), ("shared", "1")]).await.expect(422);
        assert!(refused.has("<title>Error: Saved answers") && refused.has("value=\"Recording\"") && refused.has("checked"), "{}", refused.html);
        priya.submit(ANSWERS, &[("title", "Recording"), ("body", "It is in the library.")]).await.expect(303);
        let id: i64 = course.write(|conn| saved_answers::table.select(saved_answers::id).first(conn).unwrap()).await;
        let own = format!("{ANSWERS}/{id}");
        assert!(priya.get(ANSWERS).await.has("Yours alone"));
        omar.get(&own).await.expect(404);
        priya.submit(&own, &[("title", "Recording"), ("body", "It is in the **library**."), ("shared", "1")]).await.expect(303);
        assert!(omar.get(ANSWERS).await.has("By Priya, for the whole team"));
        finn.get(&own.replace("spring", "other-finn")).await.expect(404);
        // A colleague mends it, and cannot take it from the team by that.
        omar.submit(&own, &[("title", "The recording"), ("body", "It is in the library.")]).await.expect(303);
        assert!(priya.get(ANSWERS).await.has("The recording") && priya.get(ANSWERS).await.has("Yours, for the whole team"));
        omar.submit(&format!("{own}/remove"), &[]).await.expect(303);
        assert!(priya.get(ANSWERS).await.has("None yet."));
        priya.submit(&own, &[("title", "Recording"), ("body", "Again")]).await.expect(404);
    }

    async fn a_saved_answer_comes_behind_what_is_typed(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&ada, "Recording", "", "Where is it?").await;
        let post = crate::discussion::post_in(&ada.get(&thread).await, "Where is it?");
        priya.submit(ANSWERS, &[("title", "Recording"), ("body", "It is in the library.")]).await.expect(303);
        let id: i64 = course.write(|conn| saved_answers::table.select(saved_answers::id).first(conn).unwrap()).await;
        let (id, parent) = (id.to_string(), post.to_string());
        assert!(priya.get(&thread).await.has("Put in a saved answer") && !ada.get(&thread).await.has("Put in a saved answer"));
        let posts = format!("{thread}/posts");
        let fields = [("body", "Dear Ada,\nthank you."), ("parent", parent.as_str()), ("saved", id.as_str()), ("insert", "1")];
        let page = priya.submit(&posts, &fields).await.expect(200);
        assert_eq!(written(&page), "Dear Ada,\nthank you.\n\nIt is in the library.", "{}", page.html);
        assert!(page.has(&format!("name=\"parent\" value=\"{parent}\"")), "it stays an answer to Ada's post: {}", page.html);
        assert!(!ada.get(&thread).await.has("It is in the library."), "nothing is posted by that");
        // Whoever has no such text keeps what they typed.
        let page = ada.submit(&posts, &[("body", "My own words"), ("saved", &id), ("insert", "1")]).await.expect(200);
        assert_eq!(written(&page), "My own words");
        // Nor has a learner what the team shares.
        priya.submit(&format!("{ANSWERS}/{id}"), &[("title", "Recording"), ("body", "It is in the library."), ("shared", "1")]).await.expect(303);
        let page = ada.submit(&posts, &[("body", "My own words"), ("saved", &id), ("insert", "1")]).await.expect(200);
        assert_eq!(written(&page), "My own words");
    }

    async fn a_saved_answer_stays_with_the_team_that_has_it(course: Course) {
        let (priya, finn) = (course.facilitator().await, course.facilitator_elsewhere("Finn").await);
        let (account, cohort, now) = (AccountId(course.account_of("finn@example.org").await), course.cohort, course.now());
        course.write(move |conn| make_enrolment(conn, cohort, account, Role::Facilitator, now)).await;
        let elsewhere = "/cohorts/other-finn/manage/answers";
        let shared = |body: &'static str| [("title", "Recording"), ("body", body), ("shared", "1")];
        finn.submit(ANSWERS, &shared("It is in the library.")).await.expect(303);
        let id: i64 = course.write(|conn| saved_answers::table.select(saved_answers::id).first(conn).unwrap()).await;
        assert!(finn.get(elsewhere).await.has("Yours, shared in another cohort"));
        assert!(finn.get(&format!("{elsewhere}/{id}")).await.has("of the other cohort in which you shared it"));
        finn.submit(&format!("{elsewhere}/{id}"), &shared("It is on the first page.")).await.expect(303);
        assert!(finn.get(elsewhere).await.has("Yours, shared in another cohort"));
        assert!(priya.get(ANSWERS).await.has("It is on the first page."), "the team still has it");
        // Taken back, it is shared where that is said next.
        finn.submit(&format!("{elsewhere}/{id}"), &[("title", "Recording"), ("body", "It is on the first page.")]).await.expect(303);
        finn.submit(&format!("{elsewhere}/{id}"), &shared("It is on the first page.")).await.expect(303);
        assert!(finn.get(elsewhere).await.has("Yours, for the whole team"));
        assert!(priya.get(ANSWERS).await.has("None yet."));
    }

    async fn a_hundred_answers_are_kept_and_the_next_is_refused(course: Course) {
        let (priya, omar) = (course.facilitator().await, course.another_facilitator("Omar").await);
        let (account, cohort, now) = (AccountId(course.account_of("priya@example.org").await), course.cohort, course.now());
        course.write(move |conn| {
            for n in 0..100 {
                let new = NewAnswer { title: &format!("Answer {n:03}"), body: "Yes.", is_shared: true };
                add_answer(conn, (cohort, account), new, now).unwrap();
            }
        }).await;
        let one_more = [("title", "Zebra"), ("body", "It is in the library."), ("shared", "1")];
        let refused = priya.submit(ANSWERS, &one_more).await.expect(422);
        assert!(refused.has("You have 100 saved answers. Remove one first") && refused.has("value=\"Zebra\""), "{}", refused.html);
        omar.submit(ANSWERS, &one_more).await.expect(303);
        let page = priya.get(ANSWERS).await.expect(200);
        assert!(page.has("Answer 099") && page.has("Zebra"), "what the team shares does not push out one's own");
    }

    async fn a_claim_goes_with_the_account_and_with_the_thread(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        let (ada, omar) = (course.enrol("Ada").await, course.another_facilitator("Omar").await);
        let (one, two) = (start(&ada, "Minutes", "", "Who writes them?").await, start(&ada, "Notes", "", "Who takes them?").await);
        course.travel_to("2027-01-12 12:00");
        priya.submit(&format!("{one}/claim"), &[("claim", "yes")]).await.expect(303);
        // Who answers what is merged answers the thread that takes it in.
        priya.submit(&format!("{one}/manage"), &[("act", "merge"), ("into", &two)]).await.expect(303);
        assert!(omar.get(&two).await.has("Priya answers this"));
        let id = course.account_of("priya@example.org").await;
        let suspended = [("standing", "suspended"), ("reason", "They asked for it")];
        root.submit(&format!("/admin/people/{id}/standing"), &suspended).await.expect(303);
        let page = omar.get(QUEUE).await.expect(200);
        assert!(page.has("\">I answer this") && !page.has("Priya answers this"), "{}", page.html);
    }
}
