//! Three mails for each unit: to whom, when, once; how to stop them; and what the pages say became of each.

use diesel::prelude::*;
use trellis::cohort::Standing;
use trellis::platform::text::Slug;
use trellis::schema::{audit_log, completions, enrolments, releases};

use crate::smtp::Behaviour;
use crate::world::*;

const ADA: &str = "ada@example.org";

/// The required steps of a unit, or all but the last so many, are done now.
async fn complete(course: &Course, person: &Person, unit: u16, but_last: usize) {
    let (enrolment, now) = (person.enrolment.unwrap(), course.now());
    let programme = catalogue().programmes.values().next().unwrap();
    let unit = programme.unit(unit).unwrap();
    let required: Vec<_> = unit.steps.iter().filter(|step| step.required).map(|step| step.slug.clone()).collect();
    let (slug, done) = (unit.slug.clone(), required[..required.len() - but_last].to_vec());
    course
        .write(move |conn| {
            for step in done {
                diesel::insert_into(completions::table)
                    .values((
                        completions::enrolment_id.eq(enrolment),
                        completions::unit.eq(&slug),
                        completions::step.eq(step),
                        completions::completed_at.eq(now),
                    ))
                    .execute(conn)
                    .unwrap();
            }
        })
        .await;
}

fn unit_slug(number: u16) -> Slug {
    catalogue().programmes.values().next().unwrap().unit(number).unwrap().slug.clone()
}

/// The subject of the mail that says that a unit is open.
fn opening(number: u16) -> String {
    let unit = catalogue().programmes.values().next().unwrap().unit(number).unwrap();
    unit.reminders.opens.as_ref().unwrap().subject.clone()
}

async fn move_unit(course: &Course, unit: u16, to: &str) {
    let (slug, time, cohort) = (unit_slug(unit), local(to), course.cohort);
    let opens_at = course.zone.instant(time);
    course
        .write(move |conn| {
            diesel::update(releases::table.filter(releases::cohort_id.eq(cohort)).filter(releases::unit.eq(slug)))
                .set((
                    releases::local_time.eq(time),
                    releases::opens_at.eq(opens_at),
                    releases::opened_at.eq(None::<trellis::platform::clock::Instant>),
                ))
                .execute(conn)
                .unwrap()
        })
        .await;
}

async fn subjects(course: &Course, address: &str) -> Vec<String> {
    course.mails_to(address).await.into_iter().map(|mail| mail.subject).collect()
}

async fn times_mailed(course: &Course, address: &str) -> usize {
    course.mails_to(address).await.len()
}

/// The address in the last mail that stops reminders, without the host.
async fn stop_link(course: &Course, address: &str) -> String {
    let text = course.mails_to(address).await.last().unwrap().text();
    let at = text.find("/unsubscribe/").unwrap();
    text[at..].split_whitespace().next().unwrap().to_owned()
}

stories! {
    async fn each_unit_sends_three_mails_when_they_are_due_to_those_they_are_for(course: Course) {
        let ada = course.enrol("Ada").await;
        let ben = course.enrol("Ben").await;
        let _priya = course.facilitator().await;

        course.travel_to("2027-01-11 08:59");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 0);

        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 1);

        complete(&course, &ada, 1, 0).await;
        complete(&course, &ben, 1, 1).await;
        course.live_until("2027-01-18 09:00").await;

        let ada = subjects(&course, ADA).await;
        assert_eq!(ada.len(), 2, "{ada:?}");
        assert_eq!(ada, [opening(1), opening(2)]);
        let ben = subjects(&course, "ben@example.org").await;
        assert_eq!(ben.len(), 4, "{ben:?}");
        let texts = &catalogue().programmes.values().next().unwrap().unit(1).unwrap().reminders;
        assert_eq!(ben[1], texts.nudge.as_ref().unwrap().subject);
        assert_eq!(ben[2], texts.wrap_up.as_ref().unwrap().subject);
        assert_eq!(times_mailed(&course, "priya@example.org").await, 0);
    }

    async fn a_step_done_while_the_mail_server_was_down_leaves_the_nudge_unsent(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;

        course.smtp.set(Behaviour::Busy);
        course.travel_to("2027-01-15 09:00");
        course.run_jobs().await;
        complete(&course, &ada, 1, 0).await;
        course.smtp.set(Behaviour::Ok);
        course.live_until("2027-01-15 12:00").await;

        assert_eq!(times_mailed(&course, ADA).await, 1);
        let page = ada.get("/cohorts/spring/reminders").await.expect(200);
        assert!(page.has("because every required step of the unit was done."), "{}", page.html);
    }

    async fn a_mail_program_stops_reminders_with_one_click_and_no_cookie(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let link = stop_link(&course, ADA).await;

        for _ in 0..50 {
            course.visitor().get(&link).await.expect(200);
        }
        assert!(ada.get("/cohorts/spring/reminders").await.has("Stop these reminders"));

        let program = course.visitor();
        for _ in 0..2 {
            let page = program.send_raw(&link, &[("List-Unsubscribe", "One-Click")]).await.expect(200);
            assert!(page.has("Reminders are stopped"), "{}", page.html);
        }
        course.travel_to("2027-01-15 09:00");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 1);
        let page = ada.get("/cohorts/spring/reminders").await.expect(200);
        assert!(page.has("You have stopped reminders") && page.has("because reminders had been stopped."));

        let back = program.submit(&link, &[("mails", "resume")]).await.expect(200);
        assert!(back.has("You will get reminders again"), "{}", back.html);
        course.travel_to("2027-01-17 09:00");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 2);
    }

    async fn a_mail_program_may_post_another_kind_of_form_from_anywhere(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let link = stop_link(&course, ADA).await;
        let body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        let visitor = course.visitor();
        let request = visitor
            .request("POST", &link)
            .header("content-type", "multipart/form-data; boundary=b")
            .header("origin", "https://mail.example.com")
            .header("sec-fetch-site", "cross-site")
            .body(body);
        visitor.read(request).await.expect(200);
        assert!(ada.get("/cohorts/spring/reminders").await.has("You have stopped reminders"));
    }

    async fn a_link_that_was_made_up_leads_nowhere(course: Course) {
        let visitor = course.visitor();
        for token in ["x", "0123456789012345678901234567890123456789012", "%00", "a%0Ab", &"a".repeat(500)] {
            visitor.get(&format!("/unsubscribe/{token}")).await.expect(404);
            visitor.send_raw(&format!("/unsubscribe/{token}"), &[("List-Unsubscribe", "One-Click")]).await.expect(404);
        }
    }

    async fn a_learner_stops_and_resumes_reminders_on_their_own_page(course: Course) {
        let ada = course.enrol("Ada").await;
        let page = ada.get("/cohorts/spring/reminders").await.expect(200);
        assert!(page.has("Nothing has been due to you yet"), "{}", page.html);
        let stopped = ada.submit("/cohorts/spring/reminders", &[("reminders", "stop")]).await.expect(303);
        assert!(ada.get(stopped.location()).await.has("You will get no more reminders for this course."));
        ada.submit("/cohorts/spring/reminders", &[("reminders", "resume")]).await.expect(303);
        ada.submit("/cohorts/spring/reminders", &[("reminders", "perhaps")]).await.expect(400);
        ada.submit("/cohorts/spring/reminders", &[("reminders", "stop"), ("role", "x")]).await.expect(400);
        ada.send_raw("/cohorts/spring/reminders", &[("reminders", "stop")]).await.expect(403);
        assert!(ada.get("/cohorts/spring/reminders").await.has("They go to ada@example.org"));
    }

    async fn who_withdrew_gets_nothing_that_was_still_queued(course: Course) {
        let ada = course.enrol("Ada").await;
        course.smtp.set(Behaviour::Busy);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let enrolment = ada.enrolment.unwrap();
        let state = enrolments::state.eq(Standing::Withdrawn);
        course.write(move |conn| diesel::update(enrolments::table.find(enrolment)).set(state).execute(conn).unwrap()).await;
        course.smtp.set(Behaviour::Ok);
        course.live_until("2027-01-16 09:00").await;
        assert_eq!(times_mailed(&course, ADA).await, 0);
        let priya = course.facilitator().await;
        let opens = priya.get("/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens").await.expect(200);
        assert!(opens.has("because the place in the course had been given up."), "{}", opens.html);
        let nudge = priya.get("/cohorts/spring/manage/reminders/ledger?unit=1&kind=nudge").await.expect(200);
        assert!(nudge.has("because the place in the course had been given up."), "{}", nudge.html);
    }

    async fn who_enrols_in_week_five_gets_no_flood_of_what_was_before(course: Course) {
        let _ben = course.enrol("Ben").await;
        course.live_until("2027-02-09 10:00").await;
        let ada = course.enrol("Ada").await;
        course.live_until("2027-02-12 08:59").await;
        assert_eq!(times_mailed(&course, ADA).await, 0);
        assert!(ada.get("/cohorts/spring/reminders").await.has("Nothing has been due to you yet"));
        course.live_until("2027-02-12 09:00").await;
        assert_eq!(times_mailed(&course, ADA).await, 1);
    }

    async fn reminders_follow_a_unit_that_moves_and_none_goes_twice(course: Course) {
        let _ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        move_unit(&course, 1, "2027-01-14 09:00").await;
        let preview = course.facilitator().await.get("/cohorts/spring/manage/reminders/preview").await.expect(200);
        assert!(preview.has("1: it went to them before the unit was moved"), "{}", preview.html);
        course.live_until("2027-01-16 09:00").await;
        // That unit 1 opens she was told before. The orientation's wrap-up was due before she came; now it is due once more.
        let so_far = subjects(&course, ADA).await;
        assert_eq!((so_far.len(), so_far[0].clone()), (2, opening(1)), "{so_far:?}");
        assert_eq!(so_far[1], "Before the first week, one small thing");
        // The wrap-up (17th) comes before the nudge (18th), with which unit 2 opens.
        course.live_until("2027-01-18 09:00").await;
        let subjects = subjects(&course, ADA).await;
        assert_eq!(subjects.len(), 4, "{subjects:?}");
        assert_eq!(subjects[3], opening(2), "{subjects:?}");
        let last = course.mails_to(ADA).await.pop().unwrap().text();
        assert!(last.contains("STILL TO DO IN UNIT 1"), "{last}");
    }

    async fn a_process_that_was_down_for_ten_hours_sends_and_for_three_days_does_not(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 19:00");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 1);
        course.travel_to("2027-01-18 19:00");
        course.run_jobs().await;
        // The nudge fell due three and a half days ago; unit 2 opened ten hours ago, the wrap-up a day before.
        let subjects = subjects(&course, ADA).await;
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert_eq!(subjects[1], opening(2), "{subjects:?}");
        let page = ada.get("/cohorts/spring/reminders").await;
        assert!(page.has("because its time had passed when Trellis came to it."), "{}", page.html);
    }

    async fn however_often_and_wherever_the_jobs_run_a_reminder_is_sent_once(course: Course) {
        for name in ["Ada", "Ben", "Cat", "Dan", "Eve"] {
            course.enrol(name).await;
        }
        course.travel_to("2027-01-11 09:00");
        for _ in 0..3 {
            tokio::join!(course.run_jobs(), course.run_jobs(), course.run_jobs());
        }
        assert_eq!(course.smtp.received().len(), 5);
        // A clock that is set back sends nothing again, and one that is right again neither.
        course.travel_to("2027-01-11 03:00");
        course.run_jobs().await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        assert_eq!(course.smtp.received().len(), 5);
    }

    async fn two_mails_to_one_learner_are_twenty_hours_apart(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        // A facilitator opens unit 2 the same morning.
        move_unit(&course, 2, "2027-01-11 11:00").await;
        course.travel_to("2027-01-11 11:00");
        course.run_jobs().await;
        assert_eq!(times_mailed(&course, ADA).await, 1);
        let page = ada.get("/cohorts/spring/reminders").await;
        assert!(page.has(": goes out Tuesday 12 January 2027, 05:00 GMT, 20 hours after the mail before it."), "{}", page.html);
        course.live_until("2027-01-12 04:00").await;
        assert_eq!(times_mailed(&course, ADA).await, 1);
        course.live_until("2027-01-12 05:00").await;
        assert_eq!(times_mailed(&course, ADA).await, 2);
        course.live_until("2027-01-15 09:00").await;
        let both = course.mails_to(ADA).await.pop().unwrap();
        assert_eq!(times_mailed(&course, ADA).await, 3, "the nudges of both units are one mail");
        assert!(both.text().contains("STILL TO DO IN UNIT 1"), "{}", both.text());
    }

    async fn a_facilitator_reads_what_became_of_each_mail(course: Course) {
        let priya = course.facilitator().await;
        for name in ["Ada", "Ben", "Cat", "Dan"] {
            course.enrol(name).await;
        }
        course.smtp.set_for("ben@example.org", Behaviour::Refuse);
        course.smtp.set_for("cat@example.org", Behaviour::HangAfterData);
        course.smtp.set_for("dan@example.org", Behaviour::Data4);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;

        let before = course.db.statements();
        let all = priya.get("/cohorts/spring/manage/reminders").await.expect(200);
        assert!(course.db.statements() - before <= 8);
        assert!(all.has("1 sent, 1 waiting, 1 failed, 1 unknown"), "{}", all.html);
        assert!(all.has("Friday 15 January 2027, 09:00 GMT") && all.has("Monday 12 April 2027, 09:00 BST"), "{}", all.html);

        let before = course.db.statements();
        let each = priya.get("/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens").await.expect(200);
        assert!(course.db.statements() - before <= 8);
        assert!(each.has(" Monday 11 January 2027, 09:00 GMT. The mail server accepted it with ‘250"), "{}", each.html);
        assert!(each.has(": 550 5.7.1") && each.has("not accepted yet") && each.has("it may have arrived"), "{}", each.html);

        course.smtp.set_for("cat@example.org", Behaviour::Ok);
        let cat = between_rows(&each.html, "Cat");
        let reminder = crate::person::between(cat, "name=\"reminder\" value=\"", "\"").unwrap();
        let fields = [("reminder", reminder)];
        let again = priya.submit("/cohorts/spring/manage/reminders", &fields).await.expect(303);
        assert!(priya.get(again.location()).await.has("It goes out again in a moment."));
        let noted = audit_log::table.filter(audit_log::act.eq("retry-mail")).select((audit_log::actor, audit_log::subject));
        let noted = course.write(move |conn| noted.load::<(String, String)>(conn).unwrap()).await;
        assert!(noted.len() == 1 && noted[0].0 == "Priya" && noted[0].1.ends_with("unit 1, to cat@example.org"), "{noted:?}");
        course.live_until("2027-01-11 11:00").await;
        let each = priya.get("/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens").await;
        assert!(!each.has("it may have arrived"), "{}", each.html);
    }

    async fn the_ledger_is_for_the_facilitators_of_the_cohort(course: Course) {
        let ada = course.enrol("Ada").await;
        let eve = course.outsider("Eve").await;
        let one = "/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens";
        for path in ["/cohorts/spring/manage/reminders", one] {
            ada.get(path).await.expect(404);
            eve.get(path).await.expect(404);
            course.visitor().get(path).await.expect(303);
        }
        eve.get("/cohorts/spring/reminders").await.expect(404);
        let fields = [("reminder", "1")];
        ada.submit("/cohorts/spring/manage/reminders", &fields).await.expect(404);
        let priya = course.facilitator().await;
        for wrong in ["unit=99&kind=opens", "unit=x&kind=opens", "unit=1&kind=x", "outcome=x"] {
            priya.get(&format!("/cohorts/spring/manage/reminders/ledger?{wrong}")).await.expect(404);
        }
        priya.get(&format!("{one}&before=x")).await.expect(400);
        assert!(priya.get(one).await.expect(200).has("A reminder that is not due yet has no lines"));
        assert!(priya.get("/cohorts/spring/reminders").await.expect(200).has("As a facilitator you get none"));
    }

    async fn a_long_list_of_learners_is_read_page_by_page(course: Course) {
        let priya = course.facilitator().await;
        for n in 0..60 {
            course.enrol(&format!("Learner {n:02}")).await;
        }
        course.smtp.set(Behaviour::Busy);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let first = priya.get("/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens").await.expect(200);
        assert!(first.has("Learner 59") && first.has("Learner 10") && !first.has("Learner 09"));
        let next = crate::person::between(&first.html, "&#38;before=", "\"").or(crate::person::between(&first.html, "&amp;before=", "\"")).unwrap();
        let second = priya.get(&format!("/cohorts/spring/manage/reminders/ledger?unit=1&kind=opens&before={next}")).await;
        assert!(!second.has("Learner 10") && second.has("Learner 09") && second.has("Learner 00"));
        assert!(!second.has("Earlier mails"));
    }

    async fn every_reminder_says_how_to_stop_it_and_whom_a_reply_reaches(course: Course) {
        let _ada = course.enrol("Ada").await;
        let _priya = course.facilitator().await;
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let mail = course.mails_to(ADA).await.pop().unwrap();
        let header = |name: &str| mail.header(name).unwrap_or_else(|| panic!("no {name} in {}", mail.raw));
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert!(header("List-Unsubscribe").starts_with(&format!("<{}/unsubscribe/", course.base)));
        assert!(header("List-Id").contains("spring."));
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert!(header("Reply-To").contains("priya@example.org"));
        assert!(header("Message-ID").ends_with('>'));
        assert!(header("Content-Type").starts_with("multipart/alternative"));
        let text = mail.text();
        assert!(text.contains(&format!("{}/cohorts/spring/units/1/", course.base)), "{text}");
        assert!(text.contains("You get this mail because you are enrolled in spring 2027."), "{text}");
    }

    async fn a_local_nine_stays_nine_when_the_clocks_go_forward(course: Course) {
        let _ada = course.enrol("Ada").await;
        for (before, at) in [
            ("2027-03-26 08:59", "2027-03-26 09:00"),
            // Unit 11 opens after Easter, on 12 April; the wrap-up of unit 10 is the day before, in summer time.
            ("2027-04-11 08:59", "2027-04-11 09:00"),
            ("2027-04-12 08:59", "2027-04-12 09:00"),
        ] {
            course.travel_to(before);
            course.run_jobs().await;
            let sent = times_mailed(&course, ADA).await;
            course.travel_to(at);
            course.run_jobs().await;
            assert_eq!(times_mailed(&course, ADA).await, sent + 1, "{at}");
        }
    }
}

/// The row of the table that begins with this name.
fn between_rows<'a>(html: &'a str, name: &str) -> &'a str {
    crate::person::between(html, &format!("<th scope=\"row\"><bdi>{name}</bdi>"), "</tr>").unwrap()
}
