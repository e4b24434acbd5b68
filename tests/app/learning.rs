//! Learning: home, the outline, a unit, and every kind of step.

use diesel::prelude::*;
use trellis::platform::clock::Instant;
use trellis::platform::text::Slug;
use trellis::schema::{completions, enrolments, quiz_attempts, readings, reflections};

use crate::person::between;
use crate::world::*;

const UNIT_1: &str = "/cohorts/spring/units/1";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const QUIZ: &str = "/cohorts/spring/units/1/check-your-understanding";
const DIAGNOSTIC: &str = "/cohorts/spring/units/1/take-the-temperature";
const DISCUSSION: &str = "/cohorts/spring/units/1/one-strength-one-puzzle";
const REFLECTION: &str = "/cohorts/spring/units/0/what-would-make-this-worth-your-time";
const PLAN: &str = "/cohorts/spring/units/11/development-plan";

/// Four questions right, one wrong: the several-answers question misses one.
const ANSWERS: [(&str, &str); 6] = [
    ("best-reason", "d"),
    ("brown-review", "c"),
    ("five-features", "a"),
    ("five-features", "c"),
    ("collaborative-inertia", "b"),
    ("single-view", "a"),
];

fn steps_in_all() -> usize {
    catalogue().programmes[&Slug::parse("effective-networks").unwrap()].required_steps().count()
}

fn statements(answer: &str) -> Vec<(String, String)> {
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    let dimensions = &programme.diagnostic.as_ref().unwrap().dimensions;
    dimensions.iter().flat_map(|d| &d.statements).map(|s| (s.slug.to_string(), answer.to_owned())).collect()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn count_completions(course: &Course) -> i64 {
    course.write(|conn| completions::table.count().get_result(conn).unwrap()).await
}

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

    async fn a_step_is_marked_complete_once_and_can_be_taken_back(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let step = ada.get(ARTICLE).await.expect(200);
        assert!(step.has("Step 1.1 · Article") && step.has("Mark as complete"));
        let done = ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        assert_eq!(done.location(), format!("{ARTICLE}#finish"));
        let step = ada.get(ARTICLE).await;
        assert!(step.has("This step is done.") && step.has("You finished this step today at 9am."), "{}", step.html);
        assert!(step.has("Go on to 1.2") && !step.has(">Mark as complete<"));

        course.travel_to("2027-01-12 10:00");
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        assert!(ada.get(ARTICLE).await.has("You finished this step yesterday at 9am."), "the first time stands");
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

    async fn unanswered_questions_are_named_and_the_others_kept(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let page = ada.submit(&format!("{QUIZ}/answers"), &ANSWERS[..2]).await.expect(422);
        assert!(page.html.contains("<title>Error: Check your understanding"), "{}", page.html);
        assert!(page.html.contains("<a href=\"#q3-1\">Question 3: choose at least one answer</a>"));
        assert!(page.html.contains("<a href=\"#q5-1\">Question 5: choose one answer</a>"));
        assert!(!page.has("Question 1: choose") && page.has("Your other answers are kept."));
        assert!(page.html.contains("name=\"best-reason\" type=\"radio\" value=\"d\" checked"));
        assert_eq!(page.html.matches(" checked").count(), 2);
        assert_eq!(course.write(|conn| quiz_attempts::table.count().get_result::<i64>(conn).unwrap()).await, 0);

        ada.submit(&format!("{QUIZ}/answers"), &[("best-reason", "zzz")]).await.expect(400);
        ada.submit(&format!("{QUIZ}/answers"), &[("best-reason", "a"), ("best-reason", "d")]).await.expect(400);
        ada.submit(&format!("{QUIZ}/answers"), &[("admin", "1")]).await.expect(400);
    }

    async fn a_quiz_gives_all_its_feedback_and_can_be_answered_again(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let form = ada.get(QUIZ).await.expect(200);
        assert!(form.has("Hand in my answers") && form.has("Choose all that are right."), "{}", form.html);
        assert!(!form.has("earn their keep"), "feedback leaked before the answers");
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        let result = ada.get(QUIZ).await.expect(200);
        assert!(result.has("Four of five right. This step is done;"), "{}", result.html);
        assert!(result.has("Question 1 of 5 · Right") && result.has("Question 3 of 5 · Not this time"));
        assert!(result.has("earn their keep") && result.has("a right answer"));
        assert!(result.has("Answer again") && result.has("Go on to 1.7"));

        // The same again is the same attempt.
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        assert_eq!(course.write(|conn| quiz_attempts::table.count().get_result::<i64>(conn).unwrap()).await, 1);
        let again = ada.get(&format!("{QUIZ}?again=1")).await;
        assert!(again.has("Hand in my answers") && !again.html.contains(" checked"));
        let mut better = ANSWERS.to_vec();
        better.push(("five-features", "e"));
        ada.submit(&format!("{QUIZ}/answers"), &better).await.expect(303);
        assert!(ada.get(QUIZ).await.has("Five of five right."));
        assert_eq!(count_completions(&course).await, 1);
    }

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

    async fn peer_work_is_done_when_handed_in_and_two_comments_are_given(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, ben, cyd) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cyd").await);
        let page = ada.get(PLAN).await.expect(200);
        assert!(page.has("Hand in your own work first."), "{}", page.html);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "")]).await.expect(422);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "1. **Purpose** of Ada")]).await.expect(303);
        assert!(ada.get(PLAN).await.has("somebody else has to hand theirs in first"));
        ben.submit(&format!("{PLAN}/submission"), &[("body", "Plan of Ben")]).await.expect(303);
        cyd.submit(&format!("{PLAN}/submission"), &[("body", "Plan of Cyd")]).await.expect(303);
        ada.submit(&format!("{PLAN}/submission"), &[("body", "1. **Purpose** of Ada, again")]).await.expect(303);

        let page = ada.get(PLAN).await;
        assert!(page.has("By Ben") && page.has("Plan of Ben") && page.has("You have commented on none of two."), "{}", page.html);
        let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        let partly = [("answer-1", "Yes"), ("answer-2", "Yes")];
        let refused = ada.submit(&format!("{PLAN}/reviews/{offered}"), &partly).await.expect(422);
        assert!(refused.html.contains("href=\"#answer-3\"") && refused.html.contains(">\nYes</textarea>"), "{}", refused.html);
        let whole = [("answer-1", "Yes"), ("answer-2", "Nearer"), ("answer-3", "It is"), ("answer-4", "Keep the tea")];
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &whole).await.expect(303);
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &whole).await.expect(303);
        assert!(ben.get(PLAN).await.has("Keep the tea"));
        ben.submit(&format!("{PLAN}/submission"), &[("body", "Changed")]).await.expect(403);

        let page = ada.get(PLAN).await;
        assert!(page.has("By Cyd") && page.has("You have commented on one of two.") && !page.has("You finished"), "{}", page.html);
        let offered = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        ada.submit(&format!("{PLAN}/reviews/{offered}"), &whole).await.expect(303);
        assert!(ada.get(PLAN).await.has("You finished this step today"));

        // Fewest comments first: Ada's own plan has none yet.
        let page = cyd.get(PLAN).await;
        assert!(page.has("By Ada"), "{}", page.html);
        let of_ada = between(&page.html, "/reviews/", "\"").unwrap().to_owned();
        ada.submit(&format!("{PLAN}/reviews/{of_ada}"), &whole).await.expect(404);
        course.outsider("Eve").await.submit(&format!("{PLAN}/reviews/{of_ada}"), &whole).await.expect(404);
        ada.submit(&format!("{PLAN}/reviews/nonsense"), &whole).await.expect(404);
        ada.submit(&format!("{PLAN}/reviews/99999999999999999999"), &whole).await.expect(404);
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

    async fn each_page_makes_a_fixed_number_of_queries(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        for person in [&ada, &ben] {
            person.submit(&format!("{PLAN}/submission"), &[("body", "A plan")]).await.expect(303);
            person.submit(&format!("{DISCUSSION}/posts"), &[("body", "Hello")]).await.expect(303);
            person.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        }
        // Notes the visit, so that none of the pages below does.
        ada.get("/").await.expect(200);
        for (path, most) in [
            ("/", 7),
            ("/cohorts/spring", 6),
            (UNIT_1, 5),
            (ARTICLE, 5),
            (QUIZ, 7),
            (DIAGNOSTIC, 6),
            (REFLECTION, 6),
            (DISCUSSION, 7),
            (PLAN, 8),
        ] {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
            let before = course.db.statements();
            ada.get(path).await.expect(200);
            let made = course.db.statements() - before;
            assert!(made <= most, "{path} made {made} queries");
        }
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
}
