//! When every place is taken: who is accepted then, who is taken off the list, whom nobody can invite; and what goes out
//! when somebody is invited anew.

use super::*;

stories! {
    async fn whoever_is_accepted_when_all_places_are_taken_stands_in_line(course: Course) {
        let (priya, _ada, ben) = (course.facilitator().await, course.enrol("Ada").await, course.newcomer("Ben").await);
        set(&priya, "approval", "1", "").await;
        ben.submit(JOIN, &[("why", "I lead a network")]).await.expect(303);
        let id = course.write(|conn| place_requests::table.select(place_requests::id).first::<i64>(conn).unwrap()).await;
        let answer = format!("{MANAGE}/requests/{id}");
        priya.submit(&answer, &[("decision", "accept"), ("words", "We would love to have you")]).await.expect(303);
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("Every place is taken, so they wait for the next") && page.has("1 person waits for a place"), "{}", page.html);
        course.run_jobs().await;
        let said = said_to(&course, "ben@example.org").await;
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("We would love to have you") && said[0].contains("on the waiting list"), "{}", said[0]);
        assert!(said[0].contains("/cohorts/spring/join"));
        assert!(ben.get(JOIN).await.expect(200).has("You are number 1 on the waiting list"));
        assert_eq!(learners(&course).await, 1);

        // Taken off the list, they get no place when one comes free.
        assert!(priya.get(MANAGE).await.has("Take off the list"));
        priya.submit(&answer, &[("decision", "decline"), ("words", "The course is about to end")]).await.expect(303);
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("They are told by mail") && !page.has("Take off the list"), "{}", page.html);
        set(&priya, "approval", "2", "").await;
        course.run_jobs().await;
        ben.get("/cohorts/spring").await.expect(404);
        let said = said_to(&course, "ben@example.org").await;
        assert!(said.len() == 2 && said[1].contains("The course is about to end"), "{said:?}");
        let reasons = course.write(|conn| audit_log::table.select(audit_log::reason).load::<String>(conn).unwrap()).await;
        assert!(reasons.iter().all(String::is_empty), "the log is for good, and words to somebody are not for it: {reasons:?}");
    }

    async fn nobody_is_invited_again_to_a_place_that_somebody_else_has_by_now(course: Course) {
        let (priya, ben) = (course.facilitator().await, course.newcomer("Ben").await);
        set(&priya, "open", "1", "").await;
        invite(&priya, "ada@example.org").await.expect(303);
        course.run_jobs().await;
        let invitation = only_invitation(&course).await;
        course.travel_to("2027-02-01 09:00");
        assert_eq!(ben.submit(JOIN, &[]).await.expect(303).location(), "/cohorts/spring", "an invitation that ended keeps no place");
        priya.submit(&invitation, &[("act", "again")]).await.expect(303);
        assert!(priya.get(MANAGE).await.expect(200).has("No place is left, so nobody was invited"));
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), 1, "the first");
        assert_eq!(only_invitation(&course).await, invitation);
    }

    async fn whoever_is_invited_anew_gets_one_mail_with_a_link_that_works(course: Course) {
        let priya = course.facilitator().await;
        invite(&priya, "ada@example.org").await.expect(303);
        queue_invitations(&course).await;
        let invitation = only_invitation(&course).await;
        priya.submit(&invitation, &[("act", "again")]).await.expect(303);
        priya.submit(&invitation, &[("act", "again")]).await.expect(303);
        assert!(priya.get(MANAGE).await.expect(200).has("Somebody had decided that already"), "the second press");
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), 1);
        course.visitor().get(&link_to(&course, "ada@example.org").await).await.expect(200);
        assert_eq!(acts(&course).await, ["invite-people", "invite-again"]);
    }

    async fn a_reminder_takes_the_place_of_a_first_mail_that_still_waits(course: Course) {
        let priya = course.facilitator().await;
        let fields = [("joining", "open"), ("places", ""), ("domains", ""), ("days", "1")];
        priya.submit(&format!("{MANAGE}/settings"), &fields).await.expect(303);
        invite(&priya, "ada@example.org").await.expect(303);
        queue_invitations(&course).await;
        course.travel_to("2027-01-12 10:00");
        queue_invitations(&course).await;
        course.run_jobs().await;
        let said = said_to(&course, "ada@example.org").await;
        assert!(said.len() == 1 && said[0].contains("No other reminder will come"), "{said:?}");
        course.visitor().get(&link_to(&course, "ada@example.org").await).await.expect(200);
    }

    async fn an_address_is_found_by_any_part_of_it(course: Course) {
        let priya = course.facilitator().await;
        invite(&priya, "a_b@example.org, axb@example.org").await.expect(303);
        let page = priya.get(&format!("{MANAGE}?words=a_b")).await.expect(200);
        assert!(page.has("a_b@example.org") && !page.has("axb@example.org"), "{}", page.html);
        assert!(priya.get(&format!("{MANAGE}?words=%25")).await.expect(200).has("No open invitation has that"));
    }

    async fn after_the_close_nobody_waits_in_vain(course: Course) {
        let (priya, ada, ben) = (course.facilitator().await, course.enrol("Ada").await, course.newcomer("Ben").await);
        set(&priya, "open", "1", "").await;
        ben.submit(JOIN, &[]).await.expect(303);
        course.travel_to("2027-05-20 09:00");
        let page = ben.get(JOIN).await.expect(200);
        assert!(page.has("This course has closed") && page.has("Leave the waiting list"), "{}", page.html);
        let place = format!("/cohorts/spring/manage/learners/{}/place", ada.enrolment.unwrap());
        priya.submit(&place, &[("place", "out"), ("reason", "She asked to")]).await.expect(303);
        course.run_jobs().await;
        assert_eq!(learners(&course).await, 0);
    }

    async fn a_code_that_was_switched_off_stays_off_whatever_else_is_saved(course: Course) {
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        set(&priya, "code", "", "").await;
        let settings = format!("{MANAGE}/settings");
        assert!(priya.get(&settings).await.expect(200).html.contains("<p class=\"app-big\">"));
        priya.submit(&format!("{MANAGE}/code"), &[("code", "off")]).await.expect(303);
        set(&priya, "code", "40", "").await;
        assert!(priya.get(&settings).await.has("There is none, so nobody can join with one"));
        // A new cohort that is joined by a code has one.
        let new = [
            ("programme", "effective-networks"), ("name", "Coded"), ("starts_on", "2027-09-06"), ("release_time", "09:00"),
            ("time_zone", "Europe/London"), ("joining", "code"),
        ];
        assert_eq!(root.submit("/admin/cohorts/new", &new).await.expect(303).location(), "/admin/cohorts/coded");
        let page = root.get("/cohorts/coded/manage/enrol/settings").await.expect(200);
        assert!(page.html.contains("<p class=\"app-big\">"), "{}", page.html);
    }
}
