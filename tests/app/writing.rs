//! Stories of a facilitator who writes to some learners: who gets it and who does not is shown before it is sent.

use diesel::prelude::*;
use trellis::audit::Act;
use trellis::cohort::Standing;
use trellis::schema::{audit_log, enrolments};

use crate::world::*;

const LEARNERS: &str = "/cohorts/spring/manage/learners";
const WRITE: &str = "/cohorts/spring/manage/learners/write";
const PREVIEW: &str = "/cohorts/spring/manage/learners/write/preview";

/// Writes to those whom the query chooses, as far as the preview.
async fn previewed(priya: &Person, query: &str, title: &str) -> Page {
    let form = priya.get(&format!("{WRITE}?{query}")).await.expect(200);
    let mut fields = form.hidden();
    fields.extend([("title", title), ("body", "Where are **you**?")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    priya.submit_all(PREVIEW, &fields).await
}

async fn send(priya: &Person, preview: &Page) -> Page {
    priya.submit_all(WRITE, &preview.hidden()).await
}

async fn with_subject(course: &Course, person: &Person, subject: &str) -> usize {
    course.mails_to(&person.email).await.iter().filter(|mail| mail.subject == subject).count()
}

stories! {
    async fn those_who_have_not_started_get_it_once_and_nobody_else(course: Course) {
        let (ada, ben, cy, dee, priya) = (
            course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cy").await, course.enrol("Dee").await, course.facilitator().await,
        );
        course.travel_to("2027-01-13 10:00");
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/complete", &[]).await.expect(303);
        cy.submit("/cohorts/spring/reminders", &[("announcements", "stop")]).await.expect(303);
        let gone = dee.enrolment.unwrap();
        course.write(move |conn| {
            diesel::update(enrolments::table.find(gone)).set(enrolments::state.eq(Standing::Withdrawn)).execute(conn).unwrap();
        }).await;
        let list = priya.get(&format!("{LEARNERS}?unit=1-not-started")).await.expect(200);
        assert!(!list.has(">Ada<") && list.has(">Ben<") && list.has(">Cy<"), "{}", list.html);
        assert!(list.html.contains(&format!("{WRITE}?to=all&#38;unit=1-not-started")), "{}", list.html);

        let preview = previewed(&priya, "to=all&unit=1-not-started", "Shall we begin?").await.expect(200);
        assert!(preview.has("To 1 learner; 1 of those you chose get none"), "{}", preview.html);
        assert!(preview.has("announcements by mail had been stopped") && preview.has("<strong>you</strong>"), "{}", preview.html);
        assert_eq!(with_subject(&course, &ben, "Shall we begin?").await, 0, "nothing is sent yet");
        for _ in 0..2 {
            assert_eq!(send(&priya, &preview).await.expect(303).location(), LEARNERS);
            course.run_jobs().await;
        }
        assert_eq!(with_subject(&course, &ben, "Shall we begin?").await, 1, "sent twice is sent once");
        for other in [&ada, &cy, &dee, &priya] {
            assert_eq!(with_subject(&course, other, "Shall we begin?").await, 0, "{}", other.email);
        }
        let mail = course.mails_to(&ben.email).await.pop().unwrap();
        assert!(mail.text().contains("to some people in ") && mail.header("List-Unsubscribe").unwrap().contains("/announcements>"));
        assert!(!ben.get("/cohorts/spring/announcements").await.expect(200).has("Shall we begin?"), "it stands on no page");
        let managed = priya.get("/cohorts/spring/manage/announcements").await.expect(200);
        assert!(managed.has("To some learners, by mail alone") && managed.has("1 mail: 1 sent"), "{}", managed.html);
        let acts = course.write(|conn| {
            let acts = audit_log::table.filter(audit_log::act.eq(Act::WriteToLearners));
            acts.select((audit_log::subject, audit_log::reason)).load::<(String, String)>(conn).unwrap()
        }).await;
        assert_eq!(acts, [("Shall we begin?".into(), "To 1 learner".into())]);
    }

    async fn if_others_would_get_it_than_were_shown_one_looks_again(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.travel_to("2027-01-13 10:00");
        let preview = previewed(&priya, "to=all&unit=1-not-done", "Come back").await.expect(200);
        assert!(preview.has("To 2 learners."), "{}", preview.html);
        ben.submit("/cohorts/spring/reminders", &[("announcements", "stop")]).await.expect(303);
        let anew = send(&priya, &preview).await.expect(422);
        assert!(anew.has("has changed since you looked") && anew.has("To 1 learner; 1 of"), "{}", anew.html);
        send(&priya, &anew).await.expect(303);
        ada.submit("/cohorts/spring/reminders", &[("announcements", "stop")]).await.expect(303);
        course.run_jobs().await;
        assert_eq!(with_subject(&course, &ada, "Come back").await, 0, "who stops them meanwhile gets none");
    }

    async fn those_who_were_ticked_and_nobody_of_another_cohort(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let now = course.now();
        let stranger = course.write(move |conn| {
            let other = make_cohort(conn, "autumn", now);
            let account = make_account(conn, "Eve", "eve@example.org", false, now);
            make_enrolment(conn, other, account, trellis::cohort::Role::Learner, now)
        }).await;
        let query = format!("learner={}&learner={stranger}", ben.enrolment.unwrap());
        let preview = previewed(&priya, &query, "For you").await.expect(200);
        assert!(preview.has("To 1 learner.") && !preview.has("Eve"), "{}", preview.html);
        send(&priya, &preview).await.expect(303);
        course.run_jobs().await;
        assert_eq!((with_subject(&course, &ada, "For you").await, with_subject(&course, &ben, "For you").await), (0, 1));
        let nobody = priya.get(&format!("{WRITE}?to=all&words=nobody-like-that")).await.expect(200);
        assert!(nobody.has("You ticked nobody") || nobody.has("Nobody gets it") && nobody.has("Choose others"), "{}", nobody.html);
        for unsaid in ["", "unit=1-not-started"] {
            let none = priya.get(&format!("{WRITE}?{unsaid}")).await.expect(200);
            assert!(none.has("You ticked nobody") && !none.has("Preview it"), "nobody ticked is nobody: {}", none.html);
        }
        let empty = previewed(&priya, &query, " ").await.expect(422);
        assert!(empty.has("href=\"#title\"") && empty.has("Where are **you**?"), "{}", empty.html);
        priya.get(&format!("{WRITE}?to=all&unit=3")).await.expect(400);
        priya.get(&format!("{WRITE}?learner=x")).await.expect(400);
    }
}
