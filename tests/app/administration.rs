//! Making cohorts, appointing facilitators, joining, and what facilitators see of their learners.

use trellis::platform::secret::Secret;
use trellis::schema::completions;

use diesel::prelude::*;

use crate::person::between;
use crate::world::*;

const AUTUMN: &[(&str, &str)] = &[
    ("programme", "effective-networks"),
    ("name", "Autumn 2027"),
    ("starts_on", "2027-09-06"),
    ("release_time", "09:00"),
    ("time_zone", "Europe/London"),
    ("joining", "open"),
    ("break_name_1", "Half-term"),
    ("break_first_1", "2027-10-25"),
    ("break_last_1", "2027-10-31"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = AUTUMN.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.copied().chain(changes.iter().copied()).collect()
}

stories! {
    async fn an_administrator_makes_a_cohort_appoints_a_facilitator_and_somebody_joins(course: Course) {
        let root = course.administrator().await;
        let priya = course.newcomer("Priya").await;
        let ada = course.newcomer("Ada").await;
        let made = root.submit("/admin/cohorts/new", AUTUMN).await.expect(303);
        assert_eq!(made.location(), "/admin/cohorts/autumn-2027");
        root.submit("/admin/cohorts/autumn-2027/facilitators", &[("facilitator", "PRIYA@example.org")]).await.expect(303);
        assert!(root.get("/admin/cohorts/autumn-2027").await.expect(200).has("priya@example.org"));
        let schedule = priya.get("/cohorts/autumn-2027/manage/schedule").await.expect(200);
        // The eighth week is half-term, and the clocks go back in it.
        assert!(schedule.has("Monday 18 October 2027, 09:00 BST") && schedule.has("Monday 1 November 2027, 09:00 GMT"));
        ada.get("/cohorts/autumn-2027").await.expect(404);
        assert!(ada.get("/cohorts/autumn-2027/join").await.expect(200).has("Join Autumn 2027"));
        ada.submit("/cohorts/autumn-2027/join", &[]).await.expect(303);
        ada.submit("/cohorts/autumn-2027/join", &[]).await.expect(303);
        ada.get("/cohorts/autumn-2027").await.expect(200);
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), 1, "one mail greets who has joined");
        assert!(root.get("/admin/cohorts/autumn-2027").await.has("1 learner"));
    }

    async fn a_second_cohort_of_the_same_name_gets_an_address_of_its_own(course: Course) {
        let root = course.administrator().await;
        root.submit("/admin/cohorts/new", AUTUMN).await.expect(303);
        let second = root.submit("/admin/cohorts/new", AUTUMN).await.expect(303);
        assert_eq!(second.location(), "/admin/cohorts/autumn-2027-2");
    }

    async fn a_cohort_with_faults_is_refused_and_nothing_typed_is_lost(course: Course) {
        let root = course.administrator().await;
        for (field, value, words) in [
            ("name", "", "Enter the cohort's name"),
            ("name", "Aut\u{202e}umn", "invisible characters"),
            ("programme", "no-such-programme", "Choose a programme"),
            ("starts_on", "2027-02-30", "Enter the first day as year-month-day"),
            ("starts_on", "9999-01-01", "a year from 2000 to 2199"),
            ("release_time", "25:00", "Enter a time like 09:00"),
            ("time_zone", "Europe/Lundon", "Enter a time zone like Europe/London"),
            ("joining", "nobody", "Choose who may join"),
            ("break_last_1", "2027-10-01", "lies before its first"),
            ("break_name_1", "", "Enter a name for the break"),
        ] {
            let refused = root.submit("/admin/cohorts/new", &with(&[(field, value)])).await.expect(422);
            assert!(refused.has(words), "{field}={value:?}: {}", refused.html);
            assert!(refused.has("<title>Error: Make a cohort"));
            assert!(refused.html.contains(&format!("href=\"#{field}\"")), "{field} has no link in the summary");
            assert!(refused.has("value=\"2027-10-25\""), "the break's first day is lost");
        }
        root.submit("/admin/cohorts/new", &with(&[("is_administrator", "1")])).await.expect(400);
    }

    async fn a_cohort_by_invitation_is_open_to_who_is_invited_alone(course: Course) {
        let root = course.administrator().await;
        let (ada, ben) = (course.newcomer("Ada").await, course.newcomer("Ben").await);
        root.submit("/admin/cohorts/new", &with(&[("joining", "invitation")])).await.expect(303);
        ada.get("/cohorts/autumn-2027/join").await.expect(404);
        ada.submit("/cohorts/autumn-2027/join", &[]).await.expect(404);
        let refused = root.submit("/admin/cohorts/autumn-2027/invitations", &[("invited", "ada")]).await.expect(422);
        assert!(refused.has("like name@example.org") && refused.has("value=\"ada\""));
        root.submit("/admin/cohorts/autumn-2027/invitations", &[("invited", "ada@example.org")]).await.expect(303);
        course.run_jobs().await;
        let mails = course.mails_to("ada@example.org").await;
        let mail = mails[0].raw.replace("=\r\n", "");
        let token = mail.split("/invitations/").nth(1).unwrap();
        let link = format!("/invitations/{}", &token[..43]);
        assert!(!ben.get(&link).await.expect(200).has("Accept the invitation"), "it is not Ben's");
        ben.submit(&link, &[]).await.expect(404);
        assert!(ada.get(&link).await.expect(200).has("Accept the invitation"));
        ada.submit(&link, &[]).await.expect(303);
        ada.get("/cohorts/autumn-2027").await.expect(200);
        ada.get(&link).await.expect(404);
    }

    async fn a_facilitator_who_is_dismissed_is_out_at_once(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        priya.get("/cohorts/spring/manage/learners").await.expect(200);
        let dismiss = format!("/admin/cohorts/spring/facilitators/{}/dismiss", priya.enrolment.unwrap());
        root.submit(&dismiss, &[]).await.expect(303);
        priya.get("/cohorts/spring/manage/learners").await.expect(404);
        root.submit("/admin/cohorts/spring/facilitators/999999/dismiss", &[]).await.expect(404);
    }

    async fn facilitators_see_who_has_done_what_and_who_has_not_started(course: Course) {
        course.travel_to("2027-01-25 10:00");
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.enrol("=cmd|' /C calc'!A0").await;
        course.outsider("Eve").await;
        let (now, enrolment) = (course.now(), ada.enrolment.unwrap());
        let programme = &catalogue().programmes[&trellis::platform::text::Slug::parse("effective-networks").unwrap()];
        let unit = programme.unit(1).unwrap();
        course.write(move |conn| {
            for step in &unit.steps {
                let row = (
                    completions::enrolment_id.eq(enrolment),
                    completions::unit.eq(&unit.slug),
                    completions::step.eq(&step.slug),
                    completions::completed_at.eq(now),
                );
                diesel::insert_into(completions::table).values(row).execute(conn).unwrap();
            }
        }).await;
        let page = priya.get("/cohorts/spring/manage/learners").await.expect(200);
        assert!(page.has("7 of 84") && page.has("0 of 84") && page.has("Not started"));
        assert!(!page.has("<bdi>Eve"), "she is in another cohort");
        let table = priya.get("/cohorts/spring/manage/learners.csv").await.expect(200);
        assert!(table.header("content-type").starts_with("text/csv") && table.header("content-disposition").contains("attachment"));
        let rows: Vec<&str> = table.html.lines().collect();
        assert_eq!(rows.len(), 3, "{}", table.html);
        assert!(rows.iter().any(|row| row.starts_with("Ada,ada@example.org,Reading but silent,2027-01-25 10:00,,0,7,0,")), "{}", table.html);
        assert!(rows.iter().any(|row| row.contains("'=cmd|")), "a name is taken for a formula: {}", table.html);
    }

    async fn the_list_of_learners_is_paged_by_name(course: Course) {
        let priya = course.facilitator().await;
        let (cohort, now) = (course.cohort, course.now());
        course.write(move |conn| {
            for n in 0..120 {
                let account = make_account(conn, &format!("Learner {n:03}"), &format!("l{n}@example.org"), false, now);
                make_enrolment(conn, cohort, account, trellis::cohort::Role::Learner, now);
            }
        }).await;
        let (mut path, mut seen) = ("/cohorts/spring/manage/learners".to_owned(), 0);
        loop {
            let page = priya.get(&path).await.expect(200);
            seen += page.html.matches("<bdi>Learner ").count();
            let Some(next) = between(&page.html, "<a href=\"/cohorts/spring/manage/learners?", "\"") else { break };
            path = format!("/cohorts/spring/manage/learners?{}", next.replace("&amp;", "&").replace("&#38;", "&"));
        }
        assert_eq!(seen, 120);
        for wrong in ["after=x", "after=1e9", "after=-1&name=%00", "after=99999999999999999999"] {
            let answer = priya.get(&format!("/cohorts/spring/manage/learners?{wrong}")).await;
            assert!(answer.status == 400 || answer.status == 200, "{wrong}: {}", answer.status);
        }
    }

    async fn an_invitation_that_is_none_leads_nowhere(course: Course) {
        let ada = course.newcomer("Ada").await;
        let secret = Secret::random();
        for wrong in [secret.as_str(), "short", "%2e%2e%2f", "a'b"] {
            ada.get(&format!("/invitations/{wrong}")).await.expect(404);
        }
    }
}
