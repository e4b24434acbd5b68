//! What operators and administrators see of the jobs and the mail.

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::outbox::{Class, Letter, State, store};
use trellis::schema::{accounts, messages};

use crate::smtp::Behaviour;
use crate::world::*;

fn letter(course: &Course, class: Class) -> Letter {
    Letter {
        class,
        account: None,
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
        expires_at: course.now() + TimeDelta::hours(72),
    }
}

async fn queue(course: &Course, class: Class) {
    let (letter, now) = (letter(course, class), course.now());
    course.write(move |conn| store::queue(conn, &letter, "learn.example.org", now).unwrap()).await;
}

stories! {
    async fn a_process_is_not_ready_when_nobody_plans_or_sends(course: Course) {
        let visitor = Person::visiting(&course.base);
        visitor.get("/readyz").await.expect(200);
        course.clock.set(course.now() + TimeDelta::minutes(3));
        let page = visitor.get("/readyz").await.expect(503);
        assert!(page.html.contains("no process has opened units and planned mail since 2027-01-11T08:00:00Z"), "{}", page.html);
        assert!(page.html.contains("no process has sent mail since"), "{}", page.html);
        course.run_jobs().await;
        visitor.get("/readyz").await.expect(200);
        course.clock.set(course.now() + TimeDelta::minutes(3));
        visitor.get("/readyz").await.expect(503);
        visitor.get("/healthz").await.expect(200);
    }

    async fn a_planner_that_fails_each_time_is_an_alarm_too(course: Course) {
        let visitor = Person::visiting(&course.base);
        course.run_jobs().await;
        course.write(|conn| {
            diesel::sql_query("ALTER TABLE reminder_runs RENAME TO runs_of_reminders").execute(conn).unwrap();
        }).await;
        for _ in 0..3 {
            course.clock.set(course.now() + TimeDelta::minutes(1));
            course.run_jobs().await;
        }
        let page = visitor.get("/readyz").await.expect(503);
        assert!(page.html.contains("no process has opened units and planned mail since"), "{}", page.html);
        assert!(!page.html.contains("sent mail"), "{}", page.html);
    }

    async fn the_metrics_tell_of_the_queue_but_not_through_a_proxy(course: Course) {
        queue(&course, Class::Bulk).await;
        course.clock.set(course.now() + TimeDelta::seconds(50));
        let visitor = Person::visiting(&course.base);
        let text = visitor.get("/metrics").await.expect(200).html;
        assert!(text.contains("\ntrellis_mail_waiting 1\n") && text.contains("\ntrellis_mail_oldest_seconds 50\n"), "{text}");
        course.run_jobs().await;
        let text = visitor.get("/metrics").await.expect(200).html;
        assert!(text.contains("\ntrellis_mail_waiting 0\n"), "{text}");
        assert!(text.contains("\ntrellis_mail_settled_last_day{state=\"sent\"} 1\n"), "{text}");
        assert!(text.contains("\ntrellis_job_round_age_seconds{job=\"send\"} 0\n"), "{text}");
        let proxied = visitor.request("GET", "/metrics").header("X-Forwarded-For", "192.0.2.7");
        visitor.read(proxied).await.expect(404);
    }

    async fn a_server_that_puts_off_every_mail_makes_mail_late(course: Course) {
        let root = course.administrator().await;
        course.smtp.set(Behaviour::GreyForEver);
        queue(&course, Class::Bulk).await;
        for _ in 0..9 {
            course.run_jobs().await;
            assert!(!root.get("/admin").await.has("Mail is late"));
            course.clock.set(course.now() + TimeDelta::seconds(110));
        }
        course.run_jobs().await;
        assert!(root.get("/admin").await.has("Mail is late. The first was due 16 minutes ago."));
        let page = root.get("/admin/mail").await.expect(200);
        for words in ["0 mails to send now.", "1 mail waiting for another attempt.", "The first was due 16 minutes ago."] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        let text = Person::visiting(&course.base).get("/metrics").await.expect(200).html;
        assert!(text.contains("\ntrellis_mail_tried 1\n") && text.contains("\ntrellis_mail_oldest_seconds 990\n"), "{text}");

        course.smtp.set(Behaviour::Ok);
        course.clock.set(course.now() + TimeDelta::hours(1));
        course.run_jobs().await;
        let page = root.get("/admin/mail").await.expect(200);
        assert!(page.has("0 mails waiting for another attempt.") && page.has("Nothing is late."), "{}", page.html);
        assert!(!root.get("/admin").await.has("Mail is late"));
    }

    async fn an_administrator_sees_whether_mail_flows(course: Course) {
        let root = course.administrator().await;
        course.enrol("Ben").await;
        let page = root.get("/admin/mail").await.expect(200);
        assert!(page.has("0 mails to send now") && page.has("No process has told of itself"), "{}", page.html);

        queue(&course, Class::Bulk).await;
        let now = course.now();
        course.write(move |conn| {
            let ben = accounts::table.filter(accounts::email.eq("ben@example.org"));
            diesel::update(ben).set(accounts::undeliverable_at.eq(now)).execute(conn).unwrap();
        }).await;
        course.run_jobs().await;
        course.write(move |conn| store::halt(conn, "the mail server answered: 535 5.7.8 Wrong password", now).unwrap()).await;
        queue(&course, Class::Bulk).await;
        course.clock.set(course.now() + TimeDelta::minutes(5));
        let page = root.get("/admin/mail").await.expect(200);
        for words in [
            "1 mail to send now.",
            "The first was due 5 minutes ago.",
            "1 sent",
            "535 5.7.8 Wrong password",
            "Let mail flow again",
            "No process has sent mail for two minutes.",
            "ben@example.org",
        ] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        course.run_jobs().await;
        assert!(!root.get("/admin/mail").await.has("No process has sent mail"));
        let states = course.write(|conn| messages::table.select(messages::state).order(messages::id).load::<State>(conn).unwrap()).await;
        assert_eq!(states, [State::Sent, State::Pending]);
    }
}
