//! Stories of a facilitator who looks at the course as learners see it: on a day to come, or as one of them now. Nothing is
//! changed by it, and nothing is seen that is a learner's alone.

use std::collections::{BTreeSet, VecDeque};

use diesel::prelude::*;
use trellis::audit::Act;
use trellis::cohort::Role;
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::schema::{accounts, audit_log, completions, drafts, enrolments, messages, sessions, thread_marks};

use crate::discussion::{posted, start};
use crate::world::*;

const LOOK: &str = "/cohorts/spring/manage/look";
const REFLECTION: &str = "/cohorts/spring/units/0/what-would-make-this-worth-your-time";

async fn look_at(priya: &Person, day: &str) -> String {
    priya.submit(LOOK, &[("date", day), ("time", "12:00")]).await.expect(303).location().to_owned()
}

async fn look_as(priya: &Person, learner: &Person) -> String {
    let id = learner.enrolment.unwrap().to_string();
    priya.submit(LOOK, &[("learner", &id)]).await.expect(303).location().to_owned()
}

/// When sessions and people were here, and how much there is of the rest.
type State = (Vec<(i64, Instant)>, Vec<(i64, Option<Instant>, Option<Instant>)>, [i64; 6]);

/// All that a page might change by being looked at.
fn state(conn: &mut Conn) -> State {
    let held = sessions::table.order(sessions::id).select((sessions::id, sessions::last_seen_at)).load(conn).unwrap();
    let columns = (enrolments::id, enrolments::last_seen_at, enrolments::announcements_seen_at);
    let here = enrolments::table.order(enrolments::id).select(columns).load(conn).unwrap();
    let counts = [
        thread_marks::table.count().get_result(conn).unwrap(),
        completions::table.count().get_result(conn).unwrap(),
        drafts::table.count().get_result(conn).unwrap(),
        messages::table.count().get_result(conn).unwrap(),
        accounts::table.count().get_result(conn).unwrap(),
        audit_log::table.count().get_result(conn).unwrap(),
    ];
    (held, here, counts)
}

/// The addresses that a page leads to under the same look.
fn ways(page: &Page, prefix: &str) -> BTreeSet<String> {
    let hrefs = page.html.match_indices("href=\"").map(|(at, _)| &page.html[at + 6..]);
    let hrefs = hrefs.filter_map(|rest| Some(rest.split('"').next()?.split('#').next()?.replace("&amp;", "&")));
    hrefs.filter(|href| href.starts_with(prefix)).collect()
}

stories! {
    async fn the_course_on_a_day_to_come_is_what_any_learner_will_see(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-01-13 10:00");
        course.run_jobs().await;
        assert!(priya.get(LOOK).await.expect(200).has("On a day to come"));
        let home = look_at(&priya, "2027-03-02").await;
        let page = priya.get(&home).await.expect(200);
        assert!(page.has("You see the course as any learner will on Tuesday 2 March 2027, 12:00 GMT"), "{}", page.html);
        let status = async |unit: u16| priya.get(&format!("{home}/units/{unit}")).await.status;
        assert_eq!((status(7).await, status(8).await), (200, 403));
        assert!(priya.get(&format!("{home}/units/8")).await.has("Opens Monday 8 March 2027"));
        assert!(!page.has("Facilitate"), "a learner has no such row");
        assert_eq!(ada.get("/cohorts/spring/units/7").await.status, 403, "for learners it is today");
        for (day, time, field) in [("", "12:00", "date"), ("2027-02-30", "12:00", "date"), ("2031-01-01", "12:00", "date"), ("2027-01-12", "12:00", "date"), ("2027-03-02", "noon", "time")] {
            let told = priya.submit(LOOK, &[("date", day), ("time", time)]).await.expect(422);
            assert!(told.has(&format!("href=\"#{field}\"")) && told.has(&format!("value=\"{day}\"")), "{}", told.html);
        }
        let acts = course.write(|conn| {
            let acts = audit_log::table.filter(audit_log::act.eq(Act::LookAsLearner));
            acts.select((audit_log::subject, audit_log::reason)).load::<(String, String)>(conn).unwrap()
        }).await;
        assert_eq!(acts, [("any learner".into(), "Tuesday 2\u{a0}March 2027, 12:00\u{a0}GMT".into())], "who looked is kept");
    }

    async fn as_one_learner_one_sees_what_is_open_and_done_and_nothing_that_is_theirs_alone(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-01-13 10:00");
        course.run_jobs().await;
        ada.submit(&format!("{REFLECTION}/reflection"), &[("body", "A hope that is mine alone")]).await.expect(303);
        ada.submit(&format!("{REFLECTION}/note"), &[("my-note", "A note that is mine alone")]).await.expect(303);
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/complete", &[]).await.expect(303);
        let early = format!("/cohorts/spring/manage/learners/{}/early-access", ada.enrolment.unwrap());
        priya.submit(&early, &[("unit", "5"), ("early_reason", "On leave.")]).await.expect(303);

        let home = look_as(&priya, &ada).await;
        let page = priya.get(&home).await.expect(200);
        assert!(page.has("You see the course as Ada does now"), "{}", page.html);
        let status = async |unit: u16| priya.get(&format!("{home}/units/{unit}")).await.status;
        assert_eq!((status(1).await, status(5).await, status(4).await), (200, 200, 403));
        let unit = priya.get(&format!("{home}/units/1")).await.expect(200);
        assert!(unit.has("1 of "), "what they have done: {}", unit.html);
        let step = priya.get(&format!("{home}{}", REFLECTION.trim_start_matches("/cohorts/spring"))).await.expect(200);
        assert!(!step.has("mine alone"), "{}", step.html);
        for own in ["notes", "portfolio", "reminders", "certificate", "people/me", "discussions/mails", "discussions/feed", "search", "manage", "join"] {
            assert_eq!(priya.get(&format!("{home}/{own}")).await.status, 404, "{own}");
        }
    }

    async fn whoever_looks_changes_nothing_wherever_they_go(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.travel_to("2027-02-24 10:00");
        course.run_jobs().await;
        let thread = start(&ada, "Who keeps the minutes?", "", "Anybody?").await;
        posted(&ben, &thread, "I do.", None).await;
        for home in [look_at(&priya, "2027-04-13").await, look_as(&priya, &ben).await] {
            let prefix = home.trim_end_matches("/cohorts/spring").to_owned();
            let before = course.write(state).await;
            let (mut seen, mut next) = (BTreeSet::from([home.clone()]), VecDeque::from([home.clone()]));
            while let Some(path) = next.pop_front().filter(|_| seen.len() < 400) {
                let page = priya.get(&path).await;
                assert!([200, 303, 403, 404].contains(&page.status), "{path}: {}", page.status);
                for way in ways(&page, &prefix) {
                    if seen.insert(way.clone()) {
                        next.push_back(way);
                    }
                }
            }
            assert!(seen.len() > 60, "{}", seen.len());
            assert_eq!(course.write(state).await, before);
            for form in ["units/1/why-work-as-a-network/complete", "discussions/new"] {
                let sent = priya.submit(&format!("{home}/{form}"), &[("title", "x"), ("body", "x")]).await.expect(403);
                assert!(sent.has("You are only looking"), "{}", sent.html);
            }
            let draft = [("draft", format!("{home}/units/0/{}#reflection", REFLECTION.rsplit('/').next().unwrap())), ("body", "x".into())];
            let draft: Vec<(&str, &str)> = draft.iter().map(|(name, value)| (*name, value.as_str())).collect();
            priya.submit("/drafts", &draft).await.expect(403);
            assert_eq!(course.write(state).await, before);
        }
    }

    async fn a_look_is_for_the_session_that_was_given_it(course: Course) {
        let (ada, ben, priya, root) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await, course.administrator().await);
        course.travel_to("2027-01-13 10:00");
        let home = look_as(&priya, &ada).await;
        for other in [&ada, &ben, &root, &course.visitor()] {
            other.get(&home).await.expect(404);
        }
        let other = home.replace(&format!("/{}/cohorts", ada.enrolment.unwrap()), &format!("/{}/cohorts", ben.enrolment.unwrap()));
        assert_ne!(home, other);
        priya.get(&other).await.expect(404);
        priya.get(&home.replace("/now/", "/1900000000/")).await.expect(404);
        let (now, cohort) = (course.now(), course.cohort);
        let elsewhere = course.write(move |conn| {
            let account = enrolments::table.filter(enrolments::cohort_id.eq(cohort)).filter(enrolments::role.eq(Role::Facilitator));
            let account = account.select(enrolments::account_id).first(conn).unwrap();
            let other = make_cohort(conn, "autumn", now);
            make_enrolment(conn, other, account, Role::Facilitator, now);
        });
        elsewhere.await;
        priya.get("/cohorts/autumn").await.expect(200);
        let seal = look_at(&priya, "2027-03-02").await;
        priya.get(&seal).await.expect(200);
        priya.get(&seal.replace("/cohorts/spring", "/cohorts/autumn")).await.expect(404);
        ada.submit(LOOK, &[("learner", &ben.enrolment.unwrap().to_string())]).await.expect(404);
        priya.submit(LOOK, &[("learner", "999")]).await.expect(404);
        let facilitator = priya.enrolment.unwrap().to_string();
        priya.submit(LOOK, &[("learner", &facilitator)]).await.expect(404);
        look_at(&root, "2027-03-02").await;
    }
}
