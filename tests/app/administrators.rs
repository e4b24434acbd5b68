//! What administrators see and do: accounts, mail, content, the system, and what needs them.

use diesel::prelude::*;
use trellis::outbox::{Class, Letter, MessageId, State, store as outbox};
use trellis::programme::ContentFault;
use trellis::schema::{accounts, cohorts, messages};

use crate::person::between;
use crate::world::*;

const YES: (&str, &str) = ("administrator", "yes");
const NO: (&str, &str) = ("administrator", "no");

/// With the password of whoever does it.
fn by(change: (&'static str, &'static str)) -> [(&'static str, &'static str); 2] {
    [change, ("password", PASSWORD)]
}

/// A mail to Ada's address, in a state.
async fn mail(course: &Course, account: Option<i64>, state: State, answer: &'static str) -> MessageId {
    let now = course.now();
    let letter = Letter {
        class: Class::Bulk,
        account,
        to_name: "Ada".into(),
        to: "ada@example.org".into(),
        subject: "Unit 1 is open".into(),
        text: "It is.".into(),
        html: None,
        reply_to: None,
        list: None,
        calendar: None,
        attachment: None,
        conversation: None,
        expires_at: now + chrono::TimeDelta::hours(72),
    };
    let made = course.write(move |conn| {
        let id = outbox::queue(conn, &letter, "learn.example.org", now).unwrap();
        let row = (messages::state.eq(state), messages::server_answer.eq(answer), messages::settled_at.eq(now));
        diesel::update(messages::table.find(id)).set(row).execute(conn).unwrap();
        id
    });
    made.await
}

stories! {
    async fn people_are_found_by_name_address_and_what_is_special(course: Course) {
        let root = course.administrator().await;
        course.facilitator().await;
        course.enrol("Ada Byron").await;
        let now = course.now();
        course.write(move |conn| {
            make_account(conn, "Élodie Durand", "durand@example.org", false, now);
            for n in 0..60 {
                make_account(conn, &format!("Learner {n:02}"), &format!("l{n}@wards.example"), false, now);
            }
            let of = |email: &'static str| accounts::table.filter(accounts::email.eq(email));
            diesel::update(of("l1@wards.example")).set(accounts::suspended_at.eq(now)).execute(conn).unwrap();
            diesel::update(of("l2@wards.example")).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap();
            diesel::update(of("l3@wards.example")).set(accounts::verified_at.eq(None::<trellis::platform::clock::Instant>)).execute(conn).unwrap();
        }).await;
        for (filter, names) in [
            ("words=byron", &["Ada Byron"][..]),
            ("words=ADA.B", &["Ada Byron"]),
            ("words=%C3%89LO", &["Élodie Durand"]),
            ("words=%C3%A9lodie", &["Élodie Durand"]),
            ("show=administrators", &["Root"]),
            ("show=facilitators", &["Priya"]),
            ("show=suspended", &["Learner 01"]),
            ("show=undeliverable", &["Learner 02"]),
            ("show=unverified", &["Learner 03"]),
            ("show=suspended&words=ada", &[]),
            ("words=l%25", &[]),
        ] {
            let page = root.get(&format!("/admin/people?{filter}")).await.expect(200);
            let shown: Vec<String> = page.html.split("<th scope=\"row\">").skip(1).filter_map(|row| between(row, "<bdi>", "</bdi>").map(str::to_owned)).collect();
            assert_eq!(shown, names, "{filter}");
        }
        let (mut path, mut seen) = ("/admin/people?words=wards".to_owned(), 0);
        loop {
            let page = root.get(&path).await.expect(200);
            seen += page.html.matches("<bdi>Learner ").count();
            let Some(next) = between(&page.html, "<a href=\"/admin/people?words=wards&", "\"") else { break };
            if !next.contains("after=") { break }
            path = format!("/admin/people?words=wards&{}", next.trim_start_matches("amp;").trim_start_matches("#38;").replace("&amp;", "&").replace("&#38;", "&"));
        }
        assert_eq!(seen, 60);
        for wrong in ["show=everybody", "after=x", "after=-1", "role=admin"] {
            let status = root.get(&format!("/admin/people?{wrong}")).await.status;
            assert!(status == 400 || status == 404, "{wrong}: {status}");
        }
    }

    async fn a_person_is_told_of_with_places_sessions_mails_and_acts(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let id = course.account_of("ada@example.org").await;
        mail(&course, Some(id), State::Failed, "550 5.1.1 No such user").await;
        root.submit(&format!("/admin/people/{id}/sessions/end"), &[]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(303);
        let page = root.get(&format!("/admin/people/{id}")).await.expect(200);
        let learner = format!("/cohorts/spring/manage/learners/{}", ada.enrolment.unwrap());
        for words in ["spring 2027", &learner, "Nowhere.", "Unit 1 is open", "550 5.1.1 No such user", "signed somebody out everywhere", "ada@example.org"] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        ada.submit("/sign-in", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
        for wrong in ["/admin/people/999999", "/admin/people/x", "/admin/people/0", "/admin/people/01"] {
            root.get(wrong).await.expect(404);
        }
    }

    async fn who_is_suspended_is_out_at_once_until_it_is_lifted(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let id = course.account_of("ada@example.org").await;
        let standing = format!("/admin/people/{id}/standing");
        let refused = root.submit(&standing, &[("standing", "suspended"), ("reason", " ")]).await.expect(422);
        assert!(refused.has("<title>Error: Ada") && refused.has("href=\"#reason\""), "{}", refused.html);
        ada.get("/cohorts/spring").await.expect(200);
        root.submit(&standing, &[("standing", "suspended"), ("reason", "They sent advertisements")]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(303);
        let door = course.visitor();
        let sign_in = [("email", "ada@example.org"), ("password", PASSWORD)];
        assert!(door.submit("/sign-in", &sign_in).await.expect(422).has("This account is suspended"));
        root.submit(&format!("/admin/people/{id}/letter"), &[]).await.expect(400);
        let page = root.get(&format!("/admin/people/{id}")).await;
        assert!(page.has("Because: They sent advertisements") && page.has("Lift the suspension of Ada"), "{}", page.html);
        root.submit(&standing, &[("standing", "active")]).await.expect(303);
        door.submit("/sign-in", &sign_in).await.expect(303);
        root.submit(&standing, &[("standing", "gone")]).await.expect(400);
    }

    async fn there_is_always_an_administrator(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let (own, other) = (course.account_of("root@example.org").await, course.account_of("ada@example.org").await);
        let role = |id: i64| format!("/admin/people/{id}/administrator");
        root.submit(&role(own), &by(NO)).await.expect(400);
        root.submit(&format!("/admin/people/{own}/standing"), &[("standing", "suspended"), ("reason", "Tired")]).await.expect(422);
        ada.submit(&role(other), &by(YES)).await.expect(404);
        root.submit(&role(other), &by(YES)).await.expect(303);
        ada.get("/cohorts/spring").await.expect(303);
        ada.get("/sign-in").await;
        ada.submit("/sign-in", &[("email", "ada@example.org"), ("password", PASSWORD)]).await.expect(303);
        ada.get("/admin/people").await.expect(200);
        // They dismiss each other at once.
        let (to_ada, to_root, no) = (role(other), role(own), by(NO));
        let (one, two) = tokio::join!(root.submit(&to_ada, &no), ada.submit(&to_root, &no));
        let left: i64 = course.write(|conn| accounts::table.filter(accounts::is_administrator).count().get_result(conn).unwrap()).await;
        assert_eq!(left, 1, "{} and {}", one.status, two.status);
        let done = [&one, &two].iter().filter(|page| page.location().starts_with("/admin/people/")).count();
        assert_eq!(done, 1, "the later was signed out: {} and {}", one.location(), two.location());
    }

    async fn a_change_of_who_administers_asks_for_ones_own_password_and_is_told_by_mail(course: Course) {
        let (root, rita) = (course.administrator().await, course.another_administrator("Rita").await);
        course.enrol("Ada").await;
        let id = course.account_of("ada@example.org").await;
        let (page, role) = (format!("/admin/people/{id}"), format!("/admin/people/{id}/administrator"));
        for (typed, what) in [("", "Enter your own password"), ("not this one at all", "That is not your password")] {
            let refused = root.submit(&role, &[YES, ("password", typed)]).await.expect(422);
            assert!(refused.has("<title>Error: Ada") && refused.has(what) && refused.has("href=\"#password\""), "{}", refused.html);
        }
        course.run_jobs().await;
        assert!(course.smtp.received().is_empty() && root.get(&page).await.has("Nothing yet. What they do as"), "nothing was done");

        root.submit(&role, &by(YES)).await.expect(303);
        root.submit(&role, &by(YES)).await.expect(303);
        rita.submit(&role, &by(NO)).await.expect(303);
        course.run_jobs().await;
        for (email, told) in [
            ("ada@example.org", &["Root has made you an administrator of Trellis.", "Rita has taken the role of administrator of Trellis from you."][..]),
            ("rita@example.org", &["Root has made Ada an administrator of Trellis."]),
            ("root@example.org", &["Rita has taken the role of administrator of Trellis from Ada."]),
        ] {
            let mails: Vec<String> = course.mails_to(email).await.iter().map(|mail| mail.text()).collect();
            assert!(mails.len() == told.len() && told.iter().all(|words| mails.concat().contains(words)), "{mails:?}");
        }
    }

    async fn a_mail_is_sent_again_and_an_address_is_tried_again(course: Course) {
        let root = course.administrator().await;
        course.enrol("Ada").await;
        let now = course.now();
        let (id, new, made) = course.write(move |conn| {
            let new = make_account(conn, "Nia", "nia@example.org", false, now);
            let made = make_account(conn, "Mia", "mia@example.org", false, now);
            for account in [new, made] {
                diesel::update(accounts::table.find(account)).set(accounts::verified_at.eq(None::<trellis::platform::clock::Instant>)).execute(conn).unwrap();
            }
            diesel::update(accounts::table.find(made)).set(accounts::password_hash.eq(None::<String>)).execute(conn).unwrap();
            let ada = accounts::table.filter(accounts::email.eq("ada@example.org"));
            diesel::update(ada).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap();
            (accounts::table.filter(accounts::email.eq("ada@example.org")).select(accounts::id).first::<i64>(conn).unwrap(), new.0, made.0)
        }).await;
        let confirm = "Send the mail that confirms the address again";
        for (who, button) in [(id, "Send them a mail to set a new password"), (new, confirm), (made, confirm)] {
            assert!(root.get(&format!("/admin/people/{who}")).await.has(button));
            root.submit(&format!("/admin/people/{who}/letter"), &[]).await.expect(303);
        }
        root.submit(&format!("/admin/people/{id}/deliverable"), &[("back", "mail")]).await.expect(303);
        course.run_jobs().await;
        let sent = |mails: Vec<crate::smtp::Received>| mails.iter().map(|mail| mail.raw.replace("=\r\n", "")).collect::<String>();
        for email in ["ada@example.org", "mia@example.org"] {
            let mail = sent(course.mails_to(email).await);
            assert!(mail.contains("/password/reset/") && mail.contains("An administrator of Trellis sent you this so that"), "{mail}");
        }
        assert!(sent(course.mails_to("nia@example.org").await).contains("/verify/"));
        assert!(!root.get(&format!("/admin/people/{id}")).await.has("Nothing is sent to the address"));
    }

    async fn mail_is_held_let_flow_and_sent_again(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let id = course.account_of("ada@example.org").await;
        let failed = mail(&course, Some(id), State::Failed, "550 5.7.1 Refused").await;
        let lost = mail(&course, Some(id), State::Unknown, "").await;
        let now = course.now();
        course.write(move |conn| {
            let ada = accounts::table.filter(accounts::email.eq("ada@example.org"));
            diesel::update(ada).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap();
        }).await;
        let page = root.get("/admin/mail").await.expect(200);
        for words in ["1 failed", "1 unknown", "550 5.7.1 Refused", "Let mail go there again", "Hold all mail"] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        assert!(root.submit("/admin/mail/hold", &[("reason", "")]).await.expect(422).has("<title>Error: Mail"));
        root.submit("/admin/mail/hold", &[("reason", "The mail server moves")]).await.expect(303);
        for id in [failed, lost] {
            root.submit(&format!("/admin/mail/messages/{id}/retry"), &[]).await.expect(303);
        }
        course.run_jobs().await;
        assert!(course.mails_to("ada@example.org").await.is_empty());
        let page = root.get("/admin/mail").await.expect(200);
        assert!(page.has("Nothing is sent since") && page.has(": The mail server moves.") && page.has("2 mails to send now."), "{}", page.html);
        root.submit("/admin/mail/resume", &[]).await.expect(303);
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), 2);
        let twice = root.submit(&format!("/admin/mail/messages/{failed}/retry"), &[]).await.expect(303);
        assert_eq!(twice.location(), "/admin/mail");
        assert!(root.get("/admin/mail").await.has("That mail cannot be sent again"));
        ada.submit("/admin/mail/hold", &[("reason", "Why not")]).await.expect(404);
    }

    async fn content_that_was_not_taken_is_told_with_every_fault(course: Course) {
        let root = course.administrator().await;
        let page = root.get("/admin/content").await.expect(200);
        assert!(page.has("12 units, 84 steps") && !page.has("A later state was not taken"), "{}", page.html);
        let fault = ContentFault {
            file: "course_content/effective-networks/programme.toml".into(),
            line: 7,
            what: "the key 'title' is missing".into(),
            mend: "write title = \"…\"".into(),
        };
        course.app.content.take(Err(vec![fault]), course.now()).unwrap_err();
        let page = root.get("/admin/content").await.expect(200);
        assert!(page.has("A later state was not taken") && page.has("1 fault"), "{}", page.html);
        assert!(page.has("effective-networks/programme.toml:7") && page.has("To mend it: write title = \"…\"."), "{}", page.html);
        assert!(root.get("/admin").await.has("has 1 fault, and was not taken"));
        root.submit("/admin/content/reload", &[]).await.expect(303);
        let page = root.get("/admin/content").await;
        assert!(page.has("Pages show it from now on.") && !page.has("A later state was not taken"), "{}", page.html);
        assert!(root.get("/admin/audit").await.has("had the content read again"));
    }

    async fn the_system_is_told_of_in_words(course: Course) {
        let root = course.administrator().await;
        let page = root.get("/admin/status").await.expect(200);
        assert!(page.has("No process has sent mail for two minutes."), "{}", page.html);
        course.run_jobs().await;
        let page = root.get("/admin/status").await.expect(200);
        let database = if course.db.kind() == trellis::platform::db::Kind::Sqlite { "SQLite 3." } else { "PostgreSQL 1" };
        for words in ["Ready: the database answers", database, "changes of its tables", "Version 0.", " free of ", "just now", "0 mails to send now."] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
    }

    async fn an_administrator_sees_first_what_needs_one(course: Course) {
        let root = course.administrator().await;
        course.run_jobs().await;
        let page = root.get("/admin").await.expect(200);
        assert!(page.has("Nobody facilitates spring 2027.") && page.has("There is one administrator."), "{}", page.html);
        assert!(page.has("2 things need an administrator."), "{}", page.html);
        let now = course.now();
        course.write(move |conn| {
            let old = make_cohort(conn, "old", now);
            diesel::update(cohorts::table.find(old)).set(cohorts::starts_on.eq(day("2025-01-06"))).execute(conn).unwrap();
        }).await;
        assert!(!root.get("/admin").await.has("old 2027"), "nobody comes to it any more");
        course.facilitator().await;
        let id = course.account_of("priya@example.org").await;
        root.submit(&format!("/admin/people/{id}/administrator"), &by(YES)).await.expect(303);
        assert!(root.get("/admin").await.has("Nothing needs an administrator now."));
        mail(&course, None, State::Failed, "550 5.7.1 Refused").await;
        root.submit("/admin/mail/hold", &[("reason", "The mail server moves")]).await.expect(303);
        course.clock.set(course.now() + chrono::TimeDelta::minutes(3));
        let page = root.get("/admin").await.expect(200);
        for words in ["4 things need an administrator.", ": The mail server moves.", "1 mail did not get through", "No process has sent mail"] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        assert!(root.get("/").await.has("/admin"));
    }
}
