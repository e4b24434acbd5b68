//! Stories of the facilitators' figures: what is counted, that it is counted rightly, and that nothing waits for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::cohort::{CohortId, EnrolmentId, Role, Standing};
use trellis::completion::openings::Opening;
use trellis::discussion::{post_body, store as discussions};
use trellis::facilitator::analytics::{monday, talk_weeks};
use trellis::facilitator::store::{analytics as store, sums};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::schema::{certificates, completions, enrolments, posts, quiz_attempts, step_openings, threads};

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
        let row = |opened, done, median| format!("<td class=\"is-num\">2</td><td class=\"is-num\">{opened}</td><td class=\"is-num\">{done}</td><td class=\"nw\">{median}</td>");
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
        let (told, counted) = course.write(move |conn| (told(conn, cohort, now), recount(conn, cohort, now))).await;
        assert_eq!(told, counted);
    }
}

/// Steps with who opened and did them; stops; first answers; weeks with posts and writers.
type Figures =
    (BTreeMap<String, (i64, i64)>, BTreeMap<String, i64>, BTreeMap<String, i64>, BTreeMap<String, (i64, i64)>);

/// As the pages have it.
fn told(conn: &mut Conn, cohort: CohortId, now: Instant) -> Figures {
    let steps = store::list_step_sums(conn, cohort).unwrap().into_iter().filter(|sum| sum.opened + sum.done > 0);
    let steps = steps.map(|sum| (sum.step.to_string(), (sum.opened, sum.done))).collect();
    let stops = store::count_stops(conn, cohort, now).unwrap().into_iter().map(|(_, step, n)| (step.to_string(), n));
    let mut answers = BTreeMap::new();
    for alike in store::list_first_answers(conn, cohort, None).unwrap() {
        *answers.entry(alike.answers).or_insert(0) += alike.attempts;
    }
    let written = store::list_written(conn, cohort).unwrap();
    let begun = store::list_begun(conn, cohort).unwrap();
    let weeks = talk_weeks(&written, &begun).into_iter().filter(|week| week.posts > 0);
    let weeks = weeks.map(|week| (week.week.to_string(), (week.posts, week.writers))).collect();
    (steps, stops.collect(), answers, weeks)
}

/// By reading every row, and no query of the pages.
fn recount(conn: &mut Conn, cohort: CohortId, now: Instant) -> Figures {
    type Person = (EnrolmentId, Role, Standing, Instant, Option<Instant>);
    let people: Vec<Person> = enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .select((
            enrolments::id,
            enrolments::role,
            enrolments::state,
            enrolments::enrolled_at,
            enrolments::last_seen_at,
        ))
        .load(conn)
        .unwrap();
    let counts: BTreeSet<i64> =
        people.iter().filter(|p| p.1 == Role::Learner && p.2 == Standing::Active).map(|p| p.0.0).collect();
    let done: Vec<(EnrolmentId, String, Instant)> = completions::table
        .select((completions::enrolment_id, completions::step, completions::completed_at))
        .load(conn)
        .unwrap();
    let opened: Vec<(EnrolmentId, String)> =
        step_openings::table.select((step_openings::enrolment_id, step_openings::step)).load(conn).unwrap();
    let mut steps: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    opened
        .iter()
        .filter(|(who, _)| counts.contains(&who.0))
        .for_each(|(_, step)| steps.entry(step.clone()).or_default().0 += 1);
    done.iter()
        .filter(|(who, ..)| counts.contains(&who.0))
        .for_each(|(_, step, _)| steps.entry(step.clone()).or_default().1 += 1);
    let certified: Vec<EnrolmentId> = certificates::table.select(certificates::enrolment_id).load(conn).unwrap();
    let mut stops = BTreeMap::new();
    for (who, _, _, joined, seen) in people.iter().filter(|p| counts.contains(&p.0.0)) {
        let last = done.iter().filter(|(by, ..)| by == who).max_by_key(|(_, _, at)| *at);
        let away = now.since(seen.unwrap_or(*joined)) > TimeDelta::days(7);
        if let (Some((_, step, _)), true, false) = (last, away, certified.contains(who)) {
            *stops.entry(step.clone()).or_insert(0) += 1;
        }
    }
    let tried: Vec<(EnrolmentId, String, String)> = quiz_attempts::table
        .order(quiz_attempts::id)
        .select((quiz_attempts::enrolment_id, quiz_attempts::step, quiz_attempts::answers))
        .load(conn)
        .unwrap();
    let mut answers = BTreeMap::new();
    let mut met = BTreeSet::new();
    for (who, step, text) in tried {
        if met.insert((who.0, step)) {
            *answers.entry(text).or_insert(0) += 1;
        }
    }
    let readable: Vec<(EnrolmentId, Instant)> = posts::table
        .filter(posts::removed_at.is_null())
        .filter(posts::hidden_at.is_null())
        .select((posts::enrolment_id, posts::created_at))
        .load(conn)
        .unwrap();
    let mut weeks: BTreeMap<String, (i64, BTreeSet<i64>)> = BTreeMap::new();
    for (who, at) in readable {
        let week = weeks.entry(monday(at.utc().date_naive()).to_string()).or_default();
        week.0 += 1;
        week.1.insert(who.0);
    }
    let weeks =
        weeks.into_iter().map(|(week, (posts, who))| (week, (posts, i64::try_from(who.len()).unwrap()))).collect();
    (steps, stops, answers, weeks)
}

/// Some people more, and a thousand things that they and others do.
fn live(conn: &mut Conn, cohort: CohortId, seed: u64, now: Instant) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut people = Vec::new();
    for n in 0..20 {
        let account = make_account(conn, &format!("L {seed} {n}"), &format!("f{seed}n{n}@example.org"), false, now);
        let who = make_enrolment(conn, cohort, account, Role::Learner, now - TimeDelta::days(dice.i64(1..30)));
        people.push(who);
    }
    let unit = slug("why-networks");
    let begun = now - TimeDelta::days(29);
    let thread: trellis::discussion::ThreadId = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::title.eq("Talk"),
            threads::created_at.eq(begun),
            threads::last_post_at.eq(begun),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap();
    for n in 0..400 {
        let who = people[dice.usize(0..people.len())];
        let step = slug(&format!("step-{}", dice.u8(0..6)));
        let at = now - TimeDelta::minutes(dice.i64(1..28 * 24 * 60)) - TimeDelta::microseconds(n);
        match dice.u8(0..20) {
            0..7 => {
                trellis::completion::store::mark(conn, who, (&unit, &step), trellis::completion::How::Mark, at)
                    .unwrap();
            }
            7..10 => {
                let opening = Opening { cohort, unit: unit.clone(), step, enrolment: who, at };
                trellis::completion::store::note_opened(conn, &[opening]).unwrap();
            }
            10 => trellis::completion::store::unmark(conn, who, (&unit, &step)).unwrap(),
            11 => {
                let state = if dice.bool() { Standing::Active } else { Standing::Withdrawn };
                diesel::update(enrolments::table.find(who)).set(enrolments::state.eq(state)).execute(conn).unwrap();
            }
            12 => {
                diesel::update(enrolments::table.find(who)).set(enrolments::last_seen_at.eq(at)).execute(conn).unwrap();
            }
            13..15 => {
                let tried = (
                    quiz_attempts::enrolment_id.eq(who),
                    quiz_attempts::unit.eq(&unit),
                    quiz_attempts::step.eq(&step),
                    quiz_attempts::answers.eq(format!("q={}", dice.u8(0..3))),
                    quiz_attempts::right_count.eq(0),
                    quiz_attempts::question_count.eq(1),
                    quiz_attempts::handed_in_at.eq(at),
                );
                diesel::insert_into(quiz_attempts::table).values(tried).execute(conn).unwrap();
            }
            15..18 => {
                let body = post_body(&format!("Words {seed} {n}")).unwrap();
                let post = discussions::add_post(conn, thread, who, None, &body, at).unwrap();
                if dice.u8(0..3) == 0 {
                    diesel::update(posts::table.find(post)).set(posts::hidden_at.eq(now)).execute(conn).unwrap();
                }
            }
            18 => {
                let mine = posts::table.filter(posts::enrolment_id.eq(who)).filter(posts::hidden_at.is_not_null());
                diesel::update(mine).set(posts::hidden_at.eq(None::<Instant>)).execute(conn).unwrap();
            }
            _ => {
                let renamed =
                    completions::table.filter(completions::enrolment_id.eq(who)).filter(completions::step.eq("step-0"));
                diesel::delete(renamed).execute(conn).unwrap();
            }
        }
    }
}
