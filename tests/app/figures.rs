//! Stories of the facilitators' figures: what is counted, that it is counted rightly, and that nothing waits for it.

mod history;

use diesel::prelude::*;
use trellis::cohort::CohortId;
use trellis::discussion::store::list_begun;
use trellis::facilitator::analytics::talk_weeks;
use trellis::facilitator::store::{analytics as store, sums};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::schema::enrolments;

use self::history::{Figures, live, recount};
use crate::discussion::{posted, start};
use crate::world::*;

const ANALYTICS: &str = "/cohorts/spring/manage/analytics";
const QUIZ: &str = "/cohorts/spring/units/1/check-your-understanding";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

stories! {
    async fn a_step_that_was_opened_counts_once_and_one_that_was_done_too(course: Course) {
        course.travel_to("2027-01-13 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        for _ in 0..3 {
            ada.get(ARTICLE).await.expect(200);
        }
        priya.get(ARTICLE).await.expect(200);
        course.app.openings.write(&course.db).await;
        ben.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let page = priya.get(&format!("{ANALYTICS}/1")).await.expect(200);
        let row = |opened, done, median| format!("\"Open to\">2</td><td class=\"is-num\" data-label=\"Opened\">{opened}</td><td class=\"is-num\" data-label=\"Done\">{done}</td><td class=\"nw\" data-label=\"Median time to done\">{median}</td>");
        assert!(page.has("Open to 2 learners since Monday 11 January at 9am GMT.") && page.html.contains(&row(2, 1, "2 days")), "{}", page.html);
        ben.submit(&format!("{ARTICLE}/incomplete"), &[]).await.expect(303);
        assert!(priya.get(&format!("{ANALYTICS}/1")).await.html.contains(&row(2, 0, "–")));
        assert!(priya.get(&format!("{ANALYTICS}/7")).await.expect(200).has("Its figures will stand here from then on."));
        assert!(priya.get(&format!("{ANALYTICS}/steps.csv")).await.expect(200).has(",Why work as a network?,yes,2,2,0,\n"));
        priya.get(&format!("{ANALYTICS}/secrets.csv")).await.expect(404);
    }

    async fn a_question_shows_who_was_right_at_first_and_what_they_chose_instead(course: Course) {
        course.travel_to("2027-01-13 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let right = [("best-reason", "d"), ("brown-review", "c"), ("five-features", "a"), ("five-features", "c"), ("collaborative-inertia", "b"), ("single-view", "a")];
        let mut wrong = right;
        wrong[0] = ("best-reason", "a");
        ada.submit(&format!("{QUIZ}/answers"), &wrong).await.expect(303);
        ada.submit(&format!("{QUIZ}/answers"), &right).await.expect(303);
        ben.submit(&format!("{QUIZ}/answers"), &right).await.expect(303);
        let page = priya.get(&format!("{ANALYTICS}/1")).await.expect(200);
        assert!(!page.has("Not answered yet"));
        let programme = &catalogue().programmes[&slug("effective-networks")];
        let quiz = programme.unit(1).unwrap().step(&slug("check-your-understanding")).unwrap().quiz.as_ref().unwrap();
        let question = quiz.questions.iter().find(|q| q.slug.as_str() == "best-reason").unwrap();
        let chosen = &question.options.iter().find(|o| o.slug.as_str() == "a").unwrap().text;
        let row = page.text().split("<tr>").find(|row| row.contains(&question.text) && row.contains("Right at first")).unwrap().to_owned();
        assert!(row.contains("50% (1 of 2)") && row.contains(&format!("{chosen} (1)")), "{row}");
        // Of several right options two were chosen: nobody was right, and what was left out is named.
        let row = page.text().split("<tr>").find(|row| row.contains("0% (0 of 2)")).unwrap().to_owned();
        assert!(row.contains("Left out: ") && row.contains(" (2)</li>"), "{row}");
        assert_eq!(page.text().matches("100% (2 of 2)").count(), quiz.questions.len() - 2, "{}", page.html);
    }

    async fn where_people_stop_and_how_soon_somebody_answers(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let page = priya.get(ANALYTICS).await.expect(200);
        assert!(page.has("Nobody is stalled.") && page.has("Nobody has written yet."), "{}", page.html);
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let (who, now) = (ada.enrolment.unwrap(), course.now());
        course.write(move |conn| diesel::update(enrolments::table.find(who)).set(enrolments::last_seen_at.eq(now)).execute(conn).unwrap()).await;
        let thread = start(&ben, "Minutes", "", "Who writes them?").await;
        course.travel_to("2027-01-12 15:00");
        posted(&priya, &thread, "I do.", None).await;
        course.travel_to("2027-01-20 10:00");
        let page = priya.get(ANALYTICS).await.expect(200);
        assert!(page.has("Why work as a network") && page.html.contains("data-label=\"Learners\">1</td>"), "{}", page.html);
        assert!(page.has("11 January</th>") && page.has("5 hours</td>"), "{}", page.html);
        assert!(page.html.contains("role=\"img\"") && !page.html.contains("style="));
        for (table, holds) in [("stops", ",Why work as a network?,1\n"), ("discussions", "2027-01-11,2,2,1,1,300")] {
            assert!(priya.get(&format!("{ANALYTICS}/{table}.csv")).await.expect(200).has(holds), "{table}");
        }
    }

    /// What is older than the thread came from elsewhere, and is no answer to it.
    async fn a_merged_thread_waits_from_when_it_was_asked(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ben, priya) = (course.enrol("Ben").await, course.facilitator().await);
        let elsewhere = start(&priya, "Housekeeping", "", "Minutes are in the library.").await;
        course.travel_to("2027-01-12 12:00");
        let asked = start(&ben, "Minutes", "", "Who writes them?").await;
        let into = format!("https://x.example{asked}");
        priya.submit(&format!("{elsewhere}/manage"), &[("act", "merge"), ("into", &into)]).await.expect(303);
        let discussions = async || priya.get(&format!("{ANALYTICS}/discussions.csv")).await.expect(200);
        assert!(discussions().await.has("2027-01-11,2,2,1,0,\n"));
        course.travel_to("2027-01-12 15:00");
        posted(&priya, &asked, "I do.", None).await;
        assert!(discussions().await.has("2027-01-11,3,2,1,1,180\n"));
    }

    async fn who_begins_stops_and_is_taken_out_at_once_leaves_no_mark_wrong(course: Course) {
        course.travel_to("2027-01-13 10:00");
        let priya = course.facilitator().await;
        let mut learners = Vec::new();
        for n in 0..16 {
            learners.push(course.enrol(&format!("Learner{n}")).await);
        }
        let (done, undone) = (format!("{ARTICLE}/complete"), format!("{ARTICLE}/incomplete"));
        let (out, back) = ([("place", "out"), ("reason", "On leave")], [("place", "back"), ("reason", "Is back")]);
        let at_once = learners.iter().map(|learner| {
            let desk = format!("/cohorts/spring/manage/learners/{}/place", learner.enrolment.unwrap());
            let (priya, done, undone, out, back) = (&priya, &done, &undone, &out, &back);
            async move {
                tokio::join!(
                    learner.submit(done, &[]),
                    priya.submit(&desk, out),
                    learner.submit(undone, &[]),
                    priya.submit(&desk, back),
                    learner.submit(done, &[]),
                )
            }
        });
        for (a, b, c, d, e) in futures_util::future::join_all(at_once).await {
            let statuses = [a, b, c, d, e].map(|page| page.status);
            assert!(statuses.iter().all(|status| *status < 500), "somebody waited in a circle: {statuses:?}");
        }
        assert_eq!(course.write(|conn| sums::count_wrong(conn).unwrap()).await, 0);
    }

    /// Random histories: the sums that are kept are those of somebody who counts every row.
    async fn the_kept_sums_are_those_of_an_independent_count(course: Course) {
        course.travel_to("2027-02-10 10:00");
        let (cohort, now) = (course.cohort, course.now());
        for seed in 1..=3 {
            course.write(move |conn| live(conn, cohort, seed, now)).await;
            let (told, counted) = course.write(move |conn| (told(conn, cohort, now), recount(conn, cohort, now))).await;
            assert_eq!(told, counted, "seed {seed}");
            assert_eq!(course.write(|conn| sums::recount(conn).unwrap()).await, 0, "seed {seed}");
        }
        // What somebody spoils past the triggers is mended.
        course.write(|conn| diesel::sql_query("UPDATE step_days SET done = done + 1").execute(conn).unwrap()).await;
        assert!(course.write(|conn| sums::recount(conn).unwrap()).await > 0);
        let marks = "UPDATE enrolments SET has_certificate = NOT has_certificate, has_begun = NOT has_begun, has_written = NOT has_written";
        let spoilt = course.write(move |conn| diesel::sql_query(marks).execute(conn).unwrap()).await;
        assert_eq!(course.write(|conn| sums::recount(conn).unwrap()).await, spoilt as i64);
        assert_eq!(course.write(|conn| sums::count_wrong(conn).unwrap()).await, 0);
        let (told, counted) = course.write(move |conn| (told(conn, cohort, now), recount(conn, cohort, now))).await;
        assert_eq!(told, counted);
    }
}

/// As the pages have it.
fn told(conn: &mut Conn, cohort: CohortId, now: Instant) -> Figures {
    let steps = store::list_step_sums(conn, cohort).unwrap().into_iter().filter(|sum| sum.opened + sum.done > 0);
    let stops = store::count_stops(conn, cohort, now).unwrap().into_iter().map(|(_, step, n)| (step.to_string(), n));
    let given = store::list_first_answers(conn, cohort, None).unwrap();
    let written = store::list_written(conn, cohort).unwrap();
    let begun = list_begun(conn, cohort).unwrap();
    let weeks = talk_weeks(&written, &begun).into_iter().filter(|week| week.posts + week.threads > 0);
    Figures {
        steps: steps.map(|sum| (sum.step.to_string(), (sum.opened, sum.done))).collect(),
        stops: stops.collect(),
        answers: given.into_iter().map(|alike| ((alike.step.to_string(), alike.answers), alike.attempts)).collect(),
        weeks: weeks.collect(),
    }
}
