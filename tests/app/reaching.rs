//! Whom mail does not reach, and who is not to be reached any more: what each sees of it, and what is not sent.

use diesel::prelude::*;
use trellis::cohort::{Role, Standing};
use trellis::outbox::State;
use trellis::schema::{accounts, enrolments, messages};

use crate::smtp::Behaviour;
use crate::world::*;

const ADA: &str = "ada@example.org";
const BANNER: &str = "comes back, so no reminder reaches you.";

async fn comes_back(course: &Course, address: &'static str) {
    let now = course.now();
    course
        .write(move |conn| {
            let account = accounts::table.filter(accounts::email.eq(address));
            diesel::update(account).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap()
        })
        .await;
}

/// What became of the mails with this subject, and why.
async fn fates(course: &Course, subject: &'static str) -> Vec<(State, Option<String>)> {
    course
        .write(move |conn| {
            let like = messages::table.filter(messages::subject.like(format!("{subject}%"))).order(messages::id);
            like.select((messages::state, messages::reason)).load(conn).unwrap()
        })
        .await
}

stories! {
    async fn who_gets_no_mail_sees_so_and_shows_that_it_arrives_again(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        assert!(ada.get("/address").await.expect(200).has("none has come back lately"));
        comes_back(&course, ADA).await;
        for page in ["/cohorts/spring", "/cohorts/spring/discussions", "/cohorts/spring/calendar"] {
            assert!(ada.get(page).await.expect(200).has(BANNER), "{page}");
            assert!(!ben.get(page).await.expect(200).has(BANNER), "{page}");
        }
        assert!(ada.get("/address").await.has("came back"));

        let asked = ada.submit("/address", &[]).await.expect(303);
        assert!(ada.get(asked.location()).await.has("A mail with the link is on its way."));
        for _ in 0..2 {
            ada.submit("/address", &[]).await.expect(303);
        }
        let enough = ada.submit("/address", &[]).await.expect(303);
        assert!(ada.get(enough.location()).await.has("the most there are"));
        course.run_jobs().await;
        let mail = course.mails_to(ADA).await.pop().unwrap();
        assert_eq!(mail.subject, "Does mail reach you again?");
        let text = mail.text();
        let link = text[text.find("/verify/").unwrap()..].split_whitespace().next().unwrap();
        let done = ada.submit(link, &[]).await.expect(303);
        assert_eq!(done.location(), "/");
        assert!(!ada.get("/cohorts/spring").await.has(BANNER));
        assert!(ada.get("/address").await.has("none has come back lately"));
        ada.get(link).await.expect(410);

        ada.submit("/address", &[]).await.expect(303);
        course.run_jobs().await;
        assert_eq!(course.mails_to(ADA).await.pop().unwrap().text(), text, "nothing comes back, so nothing is asked");
    }

    async fn facilitators_see_whom_no_mail_reaches(course: Course) {
        let (ada, _ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let priya = course.facilitator().await;
        assert!(!priya.get("/cohorts/spring/manage").await.expect(200).has("cannot be reached"));
        comes_back(&course, ADA).await;
        assert!(priya.get("/cohorts/spring/manage").await.has("1 learner cannot be reached: mail comes back"));
        let all = priya.get("/cohorts/spring/manage/learners").await.expect(200);
        assert_eq!(all.html.matches(">Mail comes back<").count(), 1, "{}", all.html);
        let list = priya.get("/cohorts/spring/manage/learners?mail=returned").await.expect(200);
        assert!(list.has("Ada") && !list.html.contains("<bdi>Ben</bdi>"), "{}", list.html);
        priya.get("/cohorts/spring/manage/learners?mail=lost").await.expect(400);
        let page = priya.get(&format!("/cohorts/spring/manage/learners/{}", ada.enrolment.unwrap())).await.expect(200);
        assert!(page.has("Mail to them comes back since"), "{}", page.html);
    }

    async fn a_welcome_that_waits_goes_to_nobody_who_has_left_or_wants_no_mail(course: Course) {
        course.smtp.set(Behaviour::Busy);
        for name in ["Nora", "Omar", "Pia"] {
            course.newcomer(name).await.submit("/cohorts/spring/join", &[]).await.expect(303);
        }
        course.run_jobs().await;
        let now = course.now();
        course.write(move |conn| {
            let of = |name: &'static str| {
                let account = accounts::table.filter(accounts::name.eq(name)).select(accounts::id).single_value();
                enrolments::table.filter(enrolments::account_id.nullable().eq(account))
            };
            let left = diesel::update(of("Nora")).set(enrolments::state.eq(Standing::Withdrawn)).execute(conn).unwrap();
            let stopped = diesel::update(of("Omar")).set(enrolments::reminders_stopped_at.eq(now)).execute(conn).unwrap();
            assert_eq!((left, stopped), (1, 1));
        }).await;
        course.smtp.set(Behaviour::Ok);
        course.travel_to("2027-01-11 08:30");
        course.run_jobs().await;
        let cancelled = |why: &str| (State::Cancelled, Some(why.to_owned()));
        assert_eq!(fates(&course, "Welcome to").await[..2], [
            cancelled("the place in the course had been given up"),
            cancelled("mail about the course had been stopped"),
        ]);
        assert_eq!(fates(&course, "Welcome to").await[2].0, State::Sent);
        assert_eq!(course.mails_to("pia@example.org").await.len(), 1);
    }

    async fn a_reminder_that_waits_goes_to_nobody_who_facilitates_by_now(course: Course) {
        let ada = course.enrol("Ada").await;
        course.smtp.set(Behaviour::Busy);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let enrolment = ada.enrolment.unwrap();
        let role = enrolments::role.eq(Role::Facilitator);
        course.write(move |conn| diesel::update(enrolments::table.find(enrolment)).set(role).execute(conn).unwrap()).await;
        course.smtp.set(Behaviour::Ok);
        course.live_until("2027-01-12 09:00").await;
        assert!(course.mails_to(ADA).await.is_empty());
        let why = course.write(|conn| {
            let reasons = messages::table.filter(messages::state.eq(State::Cancelled)).select(messages::reason);
            reasons.load::<Option<String>>(conn).unwrap()
        }).await;
        assert_eq!(why, [Some("they were not a learner in this course any more".to_owned())]);
    }
}
