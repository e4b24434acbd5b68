//! Quizzes: attempts, scores, feedback, and looking at them again.

use trellis::schema::quiz_attempts;

use super::*;

stories! {
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

    async fn every_attempt_can_be_looked_at_again_also_after_the_end(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        assert!(!ada.get(QUIZ).await.has("Your attempts"), "one alone needs no list");
        let mut better = ANSWERS.to_vec();
        better.push(("five-features", "e"));
        course.travel_to("2027-01-12 10:00");
        ada.submit(&format!("{QUIZ}/answers"), &better).await.expect(303);
        let mut worse = ANSWERS;
        worse[0].1 = "a";
        ada.submit(&format!("{QUIZ}/answers"), &worse).await.expect(303);
        let page = ada.get(QUIZ).await.expect(200);
        assert!(page.has("Three of five right. This step is done;") && page.has("Your attempts"), "{}", page.html);
        assert!(page.has("today at 10am: five of five right <span class=\"app-badge\">Best</span>"), "{}", page.html);
        assert!(page.html.contains(&format!("<a href=\"{QUIZ}?attempt=1\">Attempt 1</a>, yesterday at 9am: four of five right")));
        assert!(ada.get(&format!("{QUIZ}?again=1")).await.has("Your attempts"));

        course.travel_to("2027-06-01 10:00");
        ada.submit("/sign-in", &[("email", &ada.email), ("password", PASSWORD)]).await.expect(303);
        let first = ada.get(&format!("{QUIZ}?attempt=1")).await.expect(200);
        assert!(first.has("Your attempt 1 of 3, handed in Monday 11 January at 9am: four of five right."), "{}", first.html);
        assert!(first.has("Question 3 of 5 · Not this time") && first.has("earn their keep") && !first.has("Answer again"));
        assert!(first.html.contains(&format!("href=\"{QUIZ}?attempt=2\"")));
        for nothing in ["0", "4", "x", "-1", "99999999999"] {
            ada.get(&format!("{QUIZ}?attempt={nothing}")).await.expect(404);
        }
        assert_eq!(ben.get(&format!("{QUIZ}?attempt=1")).await.status, 404, "nobody sees another's");
    }

    async fn a_pass_mark_and_a_limit_are_said_beforehand_and_hold(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        with_step(&course, QUIZ, |step| {
            let quiz = step.quiz.as_mut().unwrap();
            (quiz.pass_mark, quiz.attempts) = (Some(5), Some(2));
        });
        let form = ada.get(QUIZ).await.expect(200);
        assert!(form.has("Complete when you have five right of five. You may answer two times; the best score stands."), "{}", form.html);
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        let page = ada.get(QUIZ).await;
        assert!(page.has("Four of five right. Five right answers complete this step, and you may answer again once."), "{}", page.html);
        assert_eq!(count_completions(&course).await, 0);
        let mut better = ANSWERS.to_vec();
        better.push(("five-features", "e"));
        ada.submit(&format!("{QUIZ}/answers"), &better).await.expect(303);
        assert!(ada.get(QUIZ).await.has("it was your last attempt"));
        assert_eq!(count_completions(&course).await, 1);
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(403);
        // A rule that becomes harder, or a best that is not the last, takes nothing back.
        with_step(&course, QUIZ, |step| step.quiz.as_mut().unwrap().attempts = None);
        ada.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        assert_eq!(count_completions(&course).await, 1);
    }
}
