//! The log of acts: what stands in it, how it is looked through, and that nobody changes it.

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::audit::ADDRESSES_KEPT;
use trellis::platform::db::DbError;
use trellis::schema::{accounts, audit_log, cohorts};

use crate::world::*;

const LOG: &str = "/admin/audit";

/// What the log holds: who, what, on whom or what, from where.
async fn acts(course: &Course) -> Vec<[String; 4]> {
    let columns = (audit_log::actor, audit_log::act, audit_log::subject, audit_log::came_from);
    let rows = course.write(move |conn| {
        audit_log::table.order(audit_log::id).select(columns).load::<(String, String, String, String)>(conn).unwrap()
    });
    rows.await.into_iter().map(|(a, b, c, d)| [a, b, c, d]).collect()
}

/// Fails as the database fails it.
async fn refused(course: &Course, statement: &'static str) {
    let done = course.db.write(move |conn| diesel::sql_query(statement).execute(conn).map_err(DbError::from)).await;
    let error = done.expect_err(statement).to_string();
    assert!(error.contains("the audit log is never changed"), "{statement}: {error}");
}

stories! {
    async fn nobody_changes_the_log_and_it_outlives_whom_it_names(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        root.submit("/admin/cohorts/spring/invitations", &[("invited", "ada@example.org")]).await.expect(303);
        let dismiss = format!("/admin/cohorts/spring/facilitators/{}/dismiss", priya.enrolment.unwrap());
        root.submit(&dismiss, &[]).await.expect(303);
        let before = acts(&course).await;
        assert_eq!(before.len(), 2, "{before:?}");
        refused(&course, "DELETE FROM audit_log").await;
        refused(&course, "DELETE FROM audit_log WHERE id = 1").await;
        refused(&course, "UPDATE audit_log SET actor = 'Nobody'").await;
        refused(&course, "UPDATE audit_log SET reason = '', came_from = ''").await;
        refused(&course, "UPDATE audit_log SET account_id = NULL").await;
        refused(&course, "UPDATE audit_log SET came_from = '192.0.2.9'").await;
        match course.db.kind() {
            trellis::platform::db::Kind::Postgres => refused(&course, "TRUNCATE audit_log").await,
            trellis::platform::db::Kind::Sqlite => {
                let again = "INSERT OR REPLACE INTO audit_log SELECT id, at, account_id, 'Nobody', cohort_id, act, subject, path, reason, about_id, came_from FROM audit_log";
                refused(&course, again).await;
            }
        }
        let cohort = course.cohort;
        course.write(move |conn| {
            diesel::delete(cohorts::table.find(cohort)).execute(conn).unwrap();
            diesel::delete(accounts::table.filter(accounts::email.ne("root@example.org"))).execute(conn).unwrap();
        }).await;
        assert_eq!(acts(&course).await, before, "names stay as they were");
        let page = root.get(LOG).await.expect(200);
        assert!(page.has("dismissed a facilitator: ") && page.has("Priya"), "{}", page.html);
    }

    async fn what_an_administrator_does_is_kept_with_the_address_it_came_from(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let id = course.account_of("ada@example.org").await;
        root.get("/admin").await.expect(200);
        let path = format!("/admin/people/{id}/letter");
        let request = root.request("POST", &path).header("X-Forwarded-For", "203.0.113.9, 192.0.2.7");
        root.read(request.form(&[("form_token", &root.token())])).await.expect(303);
        for (path, fields) in [
            ("/admin/cohorts/spring/facilitators", &[("facilitator", "ada@example.org")][..]),
            ("/admin/mail/hold", &[("reason", "The mail server moves")]),
            ("/admin/mail/hold", &[("reason", "Once more")]),
            ("/admin/mail/resume", &[]),
            ("/admin/mail/resume", &[]),
        ] {
            root.submit(path, fields).await.expect(303);
        }
        let kept = acts(&course).await;
        let expected = [
            ["Root", "send-letter", "Ada", "192.0.2.7"],
            ["Root", "appoint-facilitator", "ada@example.org", "127.0.0.1"],
            ["Root", "hold-mail", "", "127.0.0.1"],
            ["Root", "resume-mail", "", "127.0.0.1"],
        ];
        assert_eq!(kept, expected.map(|row| row.map(str::to_owned)), "what changes nothing is not kept");
        ada.get(LOG).await.expect(404);
    }

    async fn the_sign_in_of_an_administrator_is_kept_and_nobody_elses(course: Course) {
        course.administrator().await;
        course.enrol("Ada").await;
        for email in ["ada@example.org", "root@example.org"] {
            let somebody = course.visitor();
            somebody.submit("/sign-in", &[("email", email), ("password", PASSWORD)]).await.expect(303);
            somebody.submit("/sign-in", &[("email", email), ("password", "not this one")]).await;
        }
        assert_eq!(acts(&course).await, [["Root", "sign-in", "", "127.0.0.1"].map(str::to_owned)]);
    }

    async fn the_log_is_looked_through_by_person_act_cohort_and_day(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let priya = course.facilitator().await;
        let place = format!("/cohorts/spring/manage/learners/{}/place", ada.enrolment.unwrap());
        priya.submit(&place, &[("place", "out"), ("reason", "=1+1 is why")]).await.expect(303);
        course.travel_to("2027-01-12 10:00");
        root.submit("/admin/mail/hold", &[("reason", "The mail server moves")]).await.expect(303);
        let cohort = course.cohort;
        for (filter, shown) in [
            (String::new(), (true, true)),
            ("words=PRI".into(), (true, false)),
            ("words=ada".into(), (true, false)),
            ("words=100%25".into(), (false, false)),
            ("act=hold-mail".into(), (false, true)),
            (format!("cohort={cohort}"), (true, false)),
            ("day=2027-01-11".into(), (true, false)),
            ("day=2027-01-12".into(), (false, true)),
            ("words=root&act=hold-mail&day=2027-01-12".into(), (false, true)),
        ] {
            let page = root.get(&format!("{LOG}?{filter}")).await.expect(200);
            assert_eq!((page.has("<bdi>Priya</bdi>"), page.has("Because: The mail server moves")), shown, "{filter}: {}", page.html);
        }
        for wrong in ["act=anything", "day=2027-02-30", "cohort=x", "before=0", "who=ada", "account=x"] {
            let status = root.get(&format!("{LOG}?{wrong}")).await.status;
            assert!(status == 400 || status == 404, "{wrong}: {status}");
        }
        let table = root.submit(&format!("{LOG}.csv"), &[("act", "withdraw-learner")]).await.expect(200);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert_eq!(table.html.lines().count(), 2, "{}", table.html);
        assert!(table.html.contains("Priya,withdraw-learner,Ada") && table.html.contains("'=1+1 is why"), "{}", table.html);
        assert!(root.get(LOG).await.has("downloaded the log of acts"));
        root.submit(&format!("{LOG}.csv"), &[("act", "anything")]).await.expect(400);
        priya.submit(&format!("{LOG}.csv"), &[]).await.expect(404);
    }

    async fn what_is_done_to_somebody_stands_on_their_account_whatever_they_are_called(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        let (ada, other) = (course.enrol("Ada").await, course.enrol("Ada B").await);
        let place = format!("/cohorts/spring/manage/learners/{}/place", ada.enrolment.unwrap());
        priya.submit(&place, &[("place", "out"), ("reason", "They asked for it")]).await.expect(303);
        let eyes = other.enrolment.unwrap().to_string();
        priya.submit("/cohorts/spring/manage/look", &[("learner", &eyes)]).await.expect(303);
        for (email, done) in [("ada@example.org", (true, false)), ("ada.b@example.org", (false, true)), ("priya@example.org", (true, true))] {
            let id = course.account_of(email).await;
            for path in [format!("/admin/people/{id}"), format!("{LOG}?account={id}")] {
                let page = root.get(&path).await.expect(200);
                let found = (page.has("Because: They asked for it"), page.has("looked at the course as a learner sees it: "));
                assert_eq!(found, done, "{path}: {}", page.html);
            }
            assert!(root.get(&format!("/admin/people/{id}")).await.has(&format!("href=\"{LOG}?account={id}\"")));
            let table = root.submit(&format!("{LOG}.csv"), &[("account", &id.to_string())]).await.expect(200);
            assert_eq!(table.html.contains("They asked for it"), done.0, "{}", table.html);
        }
        assert!(root.get(&format!("{LOG}?account=999999")).await.expect(200).has("somebody whose account is gone"));
    }

    async fn the_log_is_paged_newest_first(course: Course) {
        let root = course.administrator().await;
        let now = course.now();
        course.write(move |conn| {
            for n in 0..120_i64 {
                let row = (
                    audit_log::at.eq(now + TimeDelta::seconds(n)), audit_log::actor.eq(format!("Actor {n:03}")),
                    audit_log::act.eq("hide-post"), audit_log::subject.eq("A post"), audit_log::path.eq(""), audit_log::reason.eq(""),
                );
                diesel::insert_into(audit_log::table).values(row).execute(conn).unwrap();
            }
        }).await;
        let (mut path, mut seen) = (LOG.to_owned(), Vec::new());
        loop {
            let page = root.get(&path).await.expect(200);
            seen.extend(page.html.split("<bdi>Actor ").skip(1).map(|rest| rest[..3].parse::<i64>().unwrap()));
            let Some(next) = crate::person::between(&page.html, "<a href=\"/admin/audit?before=", "\"") else { break };
            path = format!("{LOG}?before={next}");
        }
        assert_eq!(seen, (0..120).rev().collect::<Vec<_>>());
    }

    async fn from_where_somebody_acted_is_forgotten_after_a_year(course: Course) {
        let root = course.administrator().await;
        root.submit("/admin/mail/hold", &[("reason", "Moving")]).await.expect(303);
        course.clock.set(course.now() + ADDRESSES_KEPT - TimeDelta::hours(1));
        root.submit("/admin/mail/resume", &[]).await.expect(303);
        trellis::worker::run_daily(&course.app).await;
        let addresses = |acts: Vec<[String; 4]>| acts.into_iter().map(|[.., from]| from).collect::<Vec<_>>();
        assert_eq!(addresses(acts(&course).await), ["127.0.0.1", "127.0.0.1"]);
        course.clock.set(course.now() + TimeDelta::hours(2));
        trellis::worker::run_daily(&course.app).await;
        assert_eq!(addresses(acts(&course).await), ["", "127.0.0.1"]);
        assert!(root.get("/privacy").await.has("deleted after 12 months"));
    }
}
