//! People who come in by another way than the one on which they waited: appointed, invited to facilitate, brought back; and
//! whom an administrator invites.

use super::*;

const FACILITATORS: &str = "/admin/cohorts/spring/facilitators";
const INVITATIONS: &str = "/admin/cohorts/spring/invitations";

stories! {
    async fn whoever_waits_and_is_appointed_still_facilitates_when_a_place_comes_free(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        let (_ada, ben, cy) = (course.enrol("Ada").await, course.newcomer("Ben").await, course.newcomer("Cy").await);
        invite(&priya, "ben@example.org").await.expect(303);
        course.run_jobs().await;
        let older = link_to(&course, "ben@example.org").await;
        set(&priya, "open", "1", "").await;
        for person in [&ben, &cy] {
            assert_eq!(person.submit(JOIN, &[]).await.expect(303).location(), JOIN);
        }
        for _ in 0..2 {
            root.submit(FACILITATORS, &[("facilitator", "ben@example.org")]).await.expect(303);
        }
        ben.submit(&older, &[]).await.expect(404);
        set(&priya, "open", "3", "").await;
        course.run_jobs().await;
        course.run_jobs().await;
        ben.get(MANAGE).await.expect(200);
        cy.get("/cohorts/spring").await.expect(200);
        assert_eq!(learners(&course).await, 2, "Ada and Cy");
        assert!(said_to(&course, "ben@example.org").await.iter().all(|text| !text.contains("came free")));
        let expected = ["invite-people", "change-enrolling", "appoint-facilitator", "change-enrolling"];
        assert_eq!(acts(&course).await, expected, "appointed twice is appointed once");
    }

    async fn whoever_accepts_to_facilitate_waits_for_no_place_any_more(course: Course) {
        let (root, priya, _ada) = (course.administrator().await, course.facilitator().await, course.enrol("Ada").await);
        root.submit(FACILITATORS, &[("facilitator", "dee@example.org")]).await.expect(303);
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("Root invited people: 1 person (as a facilitator)") && !page.has("Invite again"), "{}", page.html);
        let invitation = only_invitation(&course).await;
        for act in ["again", "withdraw"] {
            priya.submit(&invitation, &[("act", act)]).await.expect(404);
        }
        assert!(root.get(MANAGE).await.expect(200).has("Invite again"));
        root.submit(&invitation, &[("act", "again")]).await.expect(303);
        let dee = course.newcomer("Dee").await;
        set(&priya, "open", "1", "").await;
        assert_eq!(dee.submit(JOIN, &[]).await.expect(303).location(), JOIN);
        course.run_jobs().await;
        dee.submit(&link_to(&course, "dee@example.org").await, &[]).await.expect(303);
        set(&priya, "open", "5", "").await;
        course.run_jobs().await;
        dee.get(MANAGE).await.expect(200);
        assert_eq!(learners(&course).await, 1);
        assert_eq!(acts(&course).await, ["invite-people", "invite-again", "change-enrolling", "change-enrolling"]);
    }

    async fn whoever_is_brought_back_has_a_place_once_and_within_the_limit(course: Course) {
        let (priya, _ada, ben) = (course.facilitator().await, course.enrol("Ada").await, course.enrol("Ben").await);
        set(&priya, "open", "1", "").await;
        let place = format!("/cohorts/spring/manage/learners/{}/place", ben.enrolment.unwrap());
        priya.submit(&place, &[("place", "out"), ("reason", "He asked to")]).await.expect(303);
        assert_eq!(ben.submit(JOIN, &[]).await.expect(303).location(), JOIN);
        let back = [("place", "back"), ("reason", "He has time again")];
        let refused = priya.submit(&place, &back).await.expect(422);
        assert!(refused.has("All places are taken. Raise the number of places first"), "{}", refused.html);
        assert!(refused.has("He has time again") && refused.html.contains("href=\"#reason\""));
        ben.get("/cohorts/spring").await.expect(403);
        set(&priya, "open", "2", "").await;
        for _ in 0..2 {
            priya.submit(&place, &back).await.expect(303);
        }
        course.run_jobs().await;
        ben.get("/cohorts/spring").await.expect(200);
        assert_eq!(learners(&course).await, 2);
        assert!(said_to(&course, "ben@example.org").await.iter().all(|text| !text.contains("came free")));
        let of_ben = acts(&course).await.into_iter().filter(|act| act == "bring-back-learner").count();
        assert_eq!(of_ben, 1);
    }

    async fn an_administrator_invites_nobody_who_is_here_and_nobody_beyond_the_limit(course: Course) {
        let (root, priya, _ada) = (course.administrator().await, course.facilitator().await, course.enrol("Ada").await);
        set(&priya, "open", "1", "nhs.net").await;
        for (address, words) in [
            ("ada@example.org", "They are in the course already"),
            ("priya@example.org", "They are in the course already"),
            ("cy@example.org", "All places are taken"),
        ] {
            let refused = root.submit(INVITATIONS, &[("invited", address)]).await.expect(422);
            assert!(refused.has(words) && refused.has(&format!("value=\"{address}\"")), "{address}: {}", refused.html);
            assert!(refused.html.contains("href=\"#invited\""));
        }
        set(&priya, "open", "2", "nhs.net").await;
        for _ in 0..2 {
            // From wherever they come; the second time, they keep the place that they have.
            root.submit(INVITATIONS, &[("invited", "cy@example.org")]).await.expect(303);
        }
        root.submit(INVITATIONS, &[("invited", "dee@example.org")]).await.expect(422);
    }

    async fn a_facilitator_is_dismissed_once_however_often_it_is_pressed(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        let dismiss = format!("{FACILITATORS}/{}/dismiss", priya.enrolment.unwrap());
        for _ in 0..2 {
            root.submit(&dismiss, &[]).await.expect(303);
        }
        priya.get(MANAGE).await.expect(404);
        assert_eq!(acts(&course).await, ["dismiss-facilitator"]);
        let about = course.write(|conn| {
            let acts = audit_log::table.filter(audit_log::act.eq("dismiss-facilitator"));
            acts.select((audit_log::subject, audit_log::about_id)).first::<(String, Option<i64>)>(conn).unwrap()
        });
        assert_eq!(about.await, ("Priya".to_owned(), Some(course.account_of("priya@example.org").await)));
    }
}
