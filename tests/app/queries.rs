//! How many statements a page takes: few, and no more when there is more to show.

use actix_web::ResponseError as _;
use actix_web::http::StatusCode;
use diesel::connection::SimpleConnection as _;
use trellis::cohort::Role;
use trellis::discussion::{post_body, store};
use trellis::platform::db::{Conn, DbError};
use trellis::platform::text::Slug;
use trellis::platform::web::Error;

use crate::world::*;

/// The most that a page may ask the database.
const MOST: u64 = 8;

const LEARNER: &[&str] = &[
    "/",
    "/cohorts/spring",
    "/cohorts/spring/units/1",
    "/cohorts/spring/units/1/why-work-as-a-network",
    "/cohorts/spring/units/1/one-strength-one-puzzle",
    "/cohorts/spring/units/1/check-your-understanding",
    "/cohorts/spring/discussions",
    "/cohorts/spring/discussions/1",
    "/cohorts/spring/discussions/new",
    "/cohorts/spring/reminders",
    "/cohorts/spring/progress",
    "/cohorts/spring/notes",
    "/cohorts/spring/calendar",
    "/cohorts/spring/search?q=network",
    "/cohorts/spring/search?q=see+same",
    "/cohorts/spring/library",
    "/cohorts/spring/glossary",
    "/cohorts/spring/units/1/print",
    "/cohorts/spring/certificate",
    "/cohorts/spring/people",
    "/cohorts/spring/people/me",
    "/cohorts/spring/people/1",
    "/cohorts/spring/portfolio",
    "/cohorts/spring/portfolio/1",
    "/cohorts/spring/portfolio/shared",
    "/cohorts/spring/announcements",
    "/cohorts/spring/calendar/2027-03",
    "/cohorts/spring/units/1/live-session",
];
const FACILITATOR: &[&str] = &[
    "/cohorts/spring/manage/schedule",
    "/cohorts/spring/manage/schedule/breaks",
    "/cohorts/spring/manage/schedule/history",
    "/cohorts/spring/manage/look",
    "/cohorts/spring/manage/schedule/7",
    "/cohorts/spring/manage",
    "/cohorts/spring/manage/learners",
    "/cohorts/spring/manage/learners?stage=silent&sort=last-here&words=learner&joined=2027-01-01",
    "/cohorts/spring/manage/learners/1",
    "/cohorts/spring/manage/discussions",
    "/cohorts/spring/manage/answers",
    "/cohorts/spring/manage/analytics",
    "/cohorts/spring/manage/analytics/1",
    "/cohorts/spring/manage/reports",
    "/cohorts/spring/manage/export",
    "/cohorts/spring/manage/assignments",
    "/cohorts/spring/manage/live",
    "/cohorts/spring/manage/live/1/live-session",
    "/cohorts/spring/manage/reminders",
    "/cohorts/spring/manage/announcements",
    "/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens",
    "/cohorts/spring/manage/reminders/preview",
    "/cohorts/spring/manage/reminders/preview/1/nudge",
    "/cohorts/spring/manage/reminders/settings",
    "/cohorts/spring/manage/reminders/settings/1",
    "/cohorts/spring/manage/enrol",
    "/cohorts/spring/manage/enrol/invite",
    "/cohorts/spring/manage/enrol/settings",
];

/// Statements for each page, asked for one after another.
async fn count(course: &Course, person: &Person, paths: &[&str]) -> Vec<u64> {
    let mut counts = Vec::new();
    for path in paths {
        // The first visit may note that somebody was here.
        person.get(path).await.expect(200);
        // What was opened is written now, and not while statements are counted.
        course.app.openings.write(&course.db).await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let before = course.db.statements();
        person.get(path).await.expect(200);
        counts.push(course.db.statements() - before);
    }
    counts
}

stories! {
    async fn a_page_takes_the_same_few_statements_however_much_it_shows(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.app.follow_content().await.unwrap();
        grow(&course, 2).await;
        course.run_jobs().await;
        let few = (count(&course, &ada, LEARNER).await, count(&course, &priya, FACILITATOR).await);
        for (path, count) in LEARNER.iter().chain(FACILITATOR).zip(few.0.iter().chain(&few.1)) {
            assert!(*count <= MOST, "{path} takes {count} statements");
        }
        grow(&course, 60).await;
        let many = (count(&course, &ada, LEARNER).await, count(&course, &priya, FACILITATOR).await);
        assert_eq!(few, many, "the pages {LEARNER:?} and {FACILITATOR:?} take more when there is more");
    }
}

/// So many more learners, each with a post and an answer in the step's thread.
async fn grow(course: &Course, number: usize) {
    let (cohort, now) = (course.cohort, course.now());
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    let unit = programme.unit(1).unwrap();
    let step = unit.step(&Slug::parse("one-strength-one-puzzle").unwrap()).unwrap();
    course
        .write(move |conn| {
            let thread = store::step_thread_made(conn, cohort, unit, step, now).unwrap();
            let body = post_body("What we see is **not** the same.").unwrap();
            for n in 0..number {
                let email = format!("{number}-{n}@example.org");
                let account = make_account(conn, &format!("Learner {n}"), &email, false, now);
                let enrolment = make_enrolment(conn, cohort, account, Role::Learner, now);
                let post = store::add_post(conn, thread, enrolment, None, &body, now).unwrap();
                store::add_post(conn, thread, enrolment, Some(post), &body, now).unwrap();
            }
        })
        .await;
}

/// Who waited in vain for others is asked to try again; it is no fault of the page.
#[actix_web::test]
async fn a_statement_that_others_held_up_is_told_as_that() {
    let course = Course::on(Backend::Postgres).await;
    let held_up = course.db.read(|conn| {
        let Conn::Postgres(conn) = conn else { panic!("PostgreSQL was asked for") };
        conn.batch_execute("SET statement_timeout = 1")?;
        conn.batch_execute("SELECT pg_sleep(60)").map_err(DbError::from)
    });
    let error = Error::from(held_up.await.unwrap_err());
    assert_eq!(error.status_code(), StatusCode::SERVICE_UNAVAILABLE, "{error}");
}
