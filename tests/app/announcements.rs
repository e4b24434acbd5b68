//! Announcements: on the course's pages now or at a time, and by mail as each chose.

use diesel::prelude::*;
use trellis::cohort::Standing;
use trellis::schema::{accounts, announcement_mails, announcements, enrolments};

use crate::smtp::Behaviour;
use crate::world::*;

const MANAGE: &str = "/cohorts/spring/manage/announcements";
const PUBLIC: &str = "/cohorts/spring/announcements";
const MAILS: &str = "/cohorts/spring/reminders";

/// Goes through form and preview, changes some fields, and saves. Gives the answer to the last form.
async fn announce(priya: &Person, title: &str, fields: &[(&str, &str)]) -> Page {
    let form = priya.get(&format!("{MANAGE}/new")).await.expect(200);
    let key = crate::person::between(&form.html, "name=\"key\" value=\"", "\"").unwrap().to_owned();
    let mut all = vec![("key", key.as_str()), ("title", title), ("body", "Read **this** first.\r\n\r\n- One\r\n- Two")];
    all.extend(fields);
    let preview = priya.submit(&format!("{MANAGE}/preview"), &all).await;
    if preview.status != 200 {
        return preview;
    }
    assert!(preview.html.contains("<strong>this</strong>") && preview.has("Not saved yet"), "{}", preview.html);
    priya.submit(MANAGE, &all).await
}

async fn now(priya: &Person, title: &str) {
    announce(priya, title, &[("when", "now"), ("mail", "1")]).await.expect(303);
}

async fn newest_id(course: &Course) -> i64 {
    course
        .write(|conn| {
            announcements::table.select(announcements::id).order(announcements::id.desc()).first(conn).unwrap()
        })
        .await
}

async fn with_subject(course: &Course, address: &str, subject: &str) -> usize {
    course.mails_to(address).await.iter().filter(|mail| mail.subject == subject).count()
}

/// The address in the last mail that stops announcements, without the host.
async fn stop_link(course: &Course, address: &str) -> String {
    let text = course.mails_to(address).await.last().unwrap().text();
    let at = text.find("/unsubscribe/").unwrap();
    text[at..].split_whitespace().next().unwrap().to_owned()
}

stories! {
    async fn what_is_published_stands_on_home_and_goes_out_by_mail_once(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        now(&priya, "The live session moves").await;
        for page in [ada.get("/").await, ada.get("/cohorts/spring").await] {
            assert!(page.has("The live session moves") && page.has("Read this first. One Two"), "{}", page.html);
            assert!(page.has("Priya") && page.has("New"), "{}", page.html);
        }
        for _ in 0..3 {
            course.run_jobs().await;
        }
        for person in [&ada, &ben, &priya] {
            assert_eq!(with_subject(&course, &person.email, "The live session moves").await, 1);
        }
        let mail = course.mails_to(&ada.email).await.pop().unwrap();
        assert_eq!(mail.header("Reply-To").unwrap(), "priya@example.org");
        assert!(mail.header("List-Id").unwrap().contains("announcements.spring."), "{:?}", mail.header("List-Id"));
        assert!(mail.header("List-Unsubscribe").unwrap().contains("/announcements>"));
        assert_eq!(mail.header("List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
        assert!(mail.text().contains("Read **this** first.") && mail.text().contains("/cohorts/spring/announcements"));
        let list = ada.get(PUBLIC).await.expect(200);
        assert!(list.html.contains("<strong>this</strong>") && list.has("New"), "{}", list.html);
        assert!(!ada.get("/").await.has(">New<"), "once looked at, it is new no more");
        assert!(priya.get(MANAGE).await.has("3 mails: 3 sent"), "the facilitator reads what became of the mails");
    }

    async fn an_announcement_comes_out_at_its_local_time_and_not_before(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let at = [("when", "at"), ("date", "2027-03-29"), ("time", "09:00"), ("mail", "1")];
        announce(&priya, "Back after Easter", &at).await.expect(303);
        assert!(priya.get(MANAGE).await.has("To be published Monday 29 March 2027, 09:00 BST"));
        course.travel_to("2027-03-29 08:59");
        course.run_jobs().await;
        assert!(!ada.get(PUBLIC).await.has("Back after Easter"));
        assert_eq!(with_subject(&course, &ada.email, "Back after Easter").await, 0);
        course.travel_to("2027-03-29 09:00");
        for _ in 0..2 {
            course.run_jobs().await;
        }
        assert!(ada.get(PUBLIC).await.has("Back after Easter"));
        assert_eq!(with_subject(&course, &ada.email, "Back after Easter").await, 1);
        // A clock that steps back takes nothing back.
        course.travel_to("2027-03-29 08:00");
        course.run_jobs().await;
        assert!(ada.get(PUBLIC).await.has("Back after Easter"));
        let past = [("when", "at"), ("date", "2027-03-29"), ("time", "07:00")];
        let refused = announce(&priya, "Too late", &past).await.expect(422);
        assert!(refused.has("Choose a time that is still to come") && refused.has("Read **this** first."));
        announce(&priya, "", &[("when", "now")]).await.expect(422);
    }

    async fn mail_goes_only_to_those_who_are_here_and_want_it(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let (cy, dee, eli, fay) = (
            course.enrol("Cy").await,
            course.enrol("Dee").await,
            course.enrol("Eli").await,
            course.enrol("Fay").await,
        );
        let (bens, now_) = (ben.enrolment.unwrap(), course.now());
        ada.submit(MAILS, &[("announcements", "stop")]).await.expect(303);
        course
            .write(move |conn| {
                diesel::update(enrolments::table.find(bens)).set(enrolments::state.eq(Standing::Withdrawn)).execute(conn).unwrap();
                let of = |email: &'static str| accounts::table.filter(accounts::email.eq(email));
                diesel::update(of("cy@example.org")).set(accounts::suspended_at.eq(now_)).execute(conn).unwrap();
                diesel::update(of("dee@example.org")).set(accounts::undeliverable_at.eq(now_)).execute(conn).unwrap();
                let never = accounts::verified_at.eq(None::<trellis::platform::clock::Instant>);
                diesel::update(of("eli@example.org")).set(never).execute(conn).unwrap();
            })
            .await;
        now(&priya, "Hello all").await;
        course.travel_to("2027-01-11 08:01");
        let gil = course.enrol("Gil").await;
        course.run_jobs().await;
        for none in [&ada, &ben, &cy, &dee, &eli, &gil] {
            assert_eq!(with_subject(&course, &none.email, "Hello all").await, 0, "{}", none.email);
        }
        for some in [&fay, &priya] {
            assert_eq!(with_subject(&course, &some.email, "Hello all").await, 1, "{}", some.email);
        }
        assert!(ada.get("/").await.has("Hello all") && gil.get("/").await.has("Hello all"), "the pages have it");
    }

    async fn one_click_stops_announcements_and_leaves_the_reminders(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        now(&priya, "First").await;
        course.run_jobs().await;
        let link = stop_link(&course, &ada.email).await;
        for _ in 0..10 {
            course.visitor().get(&link).await.expect(200);
        }
        assert!(ada.get(MAILS).await.has("Stop announcements by mail"), "looking changes nothing");
        let program = course.visitor();
        for _ in 0..2 {
            let page = program.send_raw(&link, &[("List-Unsubscribe", "One-Click")]).await.expect(200);
            assert!(page.has("Announcements by mail are stopped"), "{}", page.html);
        }
        now(&priya, "Second").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        assert_eq!(with_subject(&course, &ada.email, "Second").await, 0);
        assert_eq!(course.mails_to(&ada.email).await.len(), 2, "the reminder that week 1 is open came");
        let page = ada.get(MAILS).await.expect(200);
        assert!(page.has("You have stopped announcements by mail.") && page.has("Stop these reminders"), "{}", page.html);
        program.submit(&link, &[("mails", "resume")]).await.expect(200);
        now(&priya, "Third").await;
        course.run_jobs().await;
        assert_eq!(with_subject(&course, &ada.email, "Third").await, 1);
        ada.submit(MAILS, &[("announcements", "stop"), ("reminders", "stop")]).await.expect(400);
        ada.submit(MAILS, &[("announcements", "perhaps")]).await.expect(400);
    }

    async fn what_is_withdrawn_goes_from_every_page_and_its_waiting_mails_are_cancelled(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.smtp.set(Behaviour::Busy);
        now(&priya, "A mistake").await;
        course.run_jobs().await;
        let id = newest_id(&course).await;
        assert!(priya.get(&format!("{MANAGE}/{id}/withdraw")).await.expect(200).has("You cannot bring it back."));
        for _ in 0..2 {
            priya.submit(&format!("{MANAGE}/{id}/withdraw"), &[]).await.expect(303);
        }
        course.smtp.set(Behaviour::Ok);
        course.live_until("2027-01-11 11:00").await;
        assert_eq!(with_subject(&course, &ada.email, "A mistake").await, 0);
        for path in ["/", "/cohorts/spring", PUBLIC] {
            assert!(!ada.get(path).await.has("A mistake"));
        }
        let list = priya.get(MANAGE).await;
        assert!(list.has("Withdrawn") && list.has("2 not sent because they were wanted no more"), "{}", list.html);
        priya.get(&format!("{MANAGE}/{id}")).await.expect(404);
        // One that was only planned never comes out.
        let at = [("when", "at"), ("date", "2027-01-12"), ("time", "09:00")];
        announce(&priya, "Not to be", &at).await.expect(303);
        let id = newest_id(&course).await;
        priya.submit(&format!("{MANAGE}/{id}/withdraw"), &[]).await.expect(303);
        course.live_until("2027-01-12 10:00").await;
        assert!(!ada.get(PUBLIC).await.has("Not to be"));
    }

    async fn a_published_one_is_changed_in_sight_and_a_form_sent_twice_is_one(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let form = priya.get(&format!("{MANAGE}/new")).await.expect(200);
        let key = crate::person::between(&form.html, "name=\"key\" value=\"", "\"").unwrap().to_owned();
        let fields = [("key", key.as_str()), ("title", "Rooms"), ("body", "Room 1"), ("when", "now")];
        for _ in 0..2 {
            priya.submit(MANAGE, &fields).await.expect(303);
        }
        assert_eq!(course.write(|conn| announcements::table.count().get_result::<i64>(conn).unwrap()).await, 1);
        let id = newest_id(&course).await.to_string();
        assert!(priya.get(&format!("{MANAGE}/{id}")).await.expect(200).has("Room 1"));
        let same = [("key", key.as_str()), ("announcement", id.as_str()), ("title", "Rooms"), ("body", "Room 1")];
        priya.submit(MANAGE, &same).await.expect(303);
        assert!(!ada.get(PUBLIC).await.has("changed"), "the same words are no change");
        let other = [("key", key.as_str()), ("announcement", id.as_str()), ("title", "Rooms"), ("body", "Room 2")];
        let preview = priya.submit(&format!("{MANAGE}/preview"), &other).await.expect(200);
        assert!(preview.has("It will be marked as changed."), "{}", preview.html);
        let back = priya.submit(&format!("{MANAGE}/preview"), &[other.as_slice(), &[("back", "1")]].concat()).await;
        assert!(back.expect(200).has("Room 2"), "nothing typed is lost");
        priya.submit(MANAGE, &other).await.expect(303);
        let list = ada.get(PUBLIC).await;
        assert!(list.has("Room 2") && list.has(", changed today at"), "{}", list.html);
        course.run_jobs().await;
        assert_eq!(course.write(|conn| announcement_mails::table.count().get_result::<i64>(conn).unwrap()).await, 0);
        priya.submit(MANAGE, &[("title", "x"), ("body", "y"), ("when", "now"), ("author", "1")]).await.expect(400);
    }

    async fn a_large_cohort_gets_one_mail_each_in_several_transactions(course: Course) {
        let priya = course.facilitator().await;
        let (cohort, at) = (course.cohort, course.now());
        course
            .write(move |conn| {
                for n in 0..1_100 {
                    let account = make_account(conn, &format!("L {n}"), &format!("l{n}@example.org"), false, at);
                    make_enrolment(conn, cohort, account, trellis::cohort::Role::Learner, at);
                }
            })
            .await;
        course.smtp.set(Behaviour::Busy);
        now(&priya, "To everybody").await;
        let (db, base) = (course.db.clone(), course.app.site.base_url.clone());
        let queue = || trellis::announcement::publish::publish_due(&db, &base, at);
        // Two processes at once.
        let (one, other) = futures_util::future::join(queue(), queue()).await;
        assert_eq!(one.unwrap() + other.unwrap(), 1_101);
        assert_eq!(queue().await.unwrap(), 0);
        let mails = course.write(|conn| announcement_mails::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!(mails, 1_101);
    }
}
