//! How people come in: invited by a list, with a code, by approval, one after another when places are few.

mod places;
mod roles;

use chrono::TimeDelta;
use diesel::prelude::*;
use futures_util::future::join_all;
use trellis::cohort::{Role, Standing};
use trellis::schema::{audit_log, enrolments, invitations, place_requests};

use crate::person::between;
use crate::world::*;

const MANAGE: &str = "/cohorts/spring/manage/enrol";
const JOIN: &str = "/cohorts/spring/join";

/// The settings page's form, with these fields filled.
async fn set(priya: &Person, joining: &str, places: &str, domains: &str) {
    let fields = [("joining", joining), ("places", places), ("domains", domains), ("days", "5")];
    priya.submit(&format!("{MANAGE}/settings"), &fields).await.expect(303);
}

/// Pastes a list, looks at the preview and presses its button.
async fn invite(priya: &Person, list: &str) -> Page {
    let preview = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", list)]).await.expect(200);
    confirm(priya, &preview).await
}

async fn confirm(priya: &Person, preview: &Page) -> Page {
    let text = preview.text();
    let list = between(&text, "name=\"list\" value=\"", "\"></p>")
        .or_else(|| between(&text, "name=\"list\" value=\"", "\"><p"));
    let number = between(&text, "name=\"number\" value=\"", "\"").unwrap();
    let fields = [("list", list.unwrap()), ("number", number)];
    priya.submit(&format!("{MANAGE}/invite"), &fields).await
}

/// The link in the newest mail to somebody.
async fn link_to(course: &Course, address: &str) -> String {
    let mails = course.mails_to(address).await;
    let text = mails.last().unwrap_or_else(|| panic!("no mail to {address}")).text();
    let token = text.split("/invitations/").nth(1).unwrap();
    format!("/invitations/{}", &token[..43])
}

/// What the mails to somebody say, each in one line.
async fn said_to(course: &Course, address: &str) -> Vec<String> {
    let in_a_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    course.mails_to(address).await.iter().map(|mail| in_a_line(mail.text())).collect()
}

/// The address at which the only invitation is changed.
async fn only_invitation(course: &Course) -> String {
    let ids = course.write(|conn| invitations::table.select(invitations::id).load::<i64>(conn).unwrap()).await;
    assert_eq!(ids.len(), 1);
    format!("{MANAGE}/invitations/{}", ids[0])
}

/// Queues what invitations and reminders of them are due, and delivers nothing.
async fn queue_invitations(course: &Course) {
    trellis::enrolling::mails::mail_due(&course.db, &course.app.site.base_url, course.now()).await.unwrap();
}

async fn learners(course: &Course) -> i64 {
    let cohort = course.cohort;
    course.write(move |conn| trellis::cohort::store::count_learners(conn, cohort).unwrap()).await
}

async fn acts(course: &Course) -> Vec<String> {
    course
        .write(|conn| audit_log::table.order(audit_log::id).select(audit_log::act).load::<String>(conn).unwrap())
        .await
}

stories! {
    async fn a_list_is_shown_before_it_is_invited_and_each_fault_has_its_row(course: Course) {
        let priya = course.facilitator().await;
        course.enrol("Ada").await;
        let table = "Name;E-Mail\r\n\"Lovelace; Ada\";ada@example.org\r\nBen Okri;ben@example.org\r\n\r\nNobody;nobody\r\n\
                     Ben again;BEN@example.org\r\n=cmd();cy@example.org\r\n";
        let preview = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", table)]).await.expect(200);
        assert!(preview.has("2 people will be invited") && preview.has("3 rows of the list are left out"), "{}", preview.html);
        for (why, row, typed) in [
            ("In the course already: 1", 2, "ada@example.org"),
            ("Not an email address: 1", 5, "nobody"),
            ("In the list before: 1", 6, "BEN@example.org"),
        ] {
            assert!(preview.has(why), "{why}: {}", preview.html);
            assert!(preview.has(&format!("<th scope=\"row\">{row}</th><td>{typed}</td>")), "{why}: {}", preview.html);
        }
        assert!(course.mails_to("ben@example.org").await.is_empty(), "nothing is sent before somebody agrees");
        assert_eq!(confirm(&priya, &preview).await.expect(303).location(), MANAGE);
        course.run_jobs().await;
        let mails = course.mails_to("ben@example.org").await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text().contains("Dear Ben Okri,") && mails[0].text().contains("works until Monday 25\u{a0}January"));
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("cy@example.org") && page.has("Priya invited people: 2 people"), "{}", page.html);
        // The same form again, and the same list again, invite nobody a second time.
        confirm(&priya, &preview).await.expect(303);
        let again = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", table)]).await.expect(200);
        assert!(again.has("Nobody of this list can be invited") && again.has("Invited already: 2"));
        course.run_jobs().await;
        assert_eq!(course.mails_to("ben@example.org").await.len(), 1);
        assert_eq!(acts(&course).await, ["invite-people"]);
    }

    async fn ten_thousand_rows_are_one_small_page_and_one_transaction(course: Course) {
        let priya = course.facilitator().await;
        let row = |n: usize| if n % 10 == 3 { format!("broken {n}\n") } else { format!("person{n}@example.org\n") };
        let list: String = (0..10_000).map(row).collect();
        let preview = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", &list)]).await.expect(200);
        assert!(preview.has("9000 people will be invited") && preview.has("Not an email address: 1000"));
        assert!(preview.has("<th scope=\"row\">994</th>") && preview.has("1004, 1014"), "every row has its number");
        assert!(preview.html.len() < 400_000, "{} bytes", preview.html.len());
        confirm(&priya, &preview).await.expect(303);
        let invited = course.write(|conn| invitations::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!(invited, 9_000);
        let too_many = format!("{list}one.more@example.org");
        let refused = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", &too_many)]).await.expect(422);
        assert!(refused.has("<title>Error: Invite people") && refused.has("10000 are the most at once"));
        assert!(refused.has("one.more@example.org</textarea>"), "what was pasted is lost");
    }

    async fn what_changed_since_the_preview_is_shown_again(course: Course) {
        let priya = course.facilitator().await;
        let preview = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", "ada@example.org, ben@example.org")]).await;
        course.enrol("Ada").await;
        let refused = confirm(&priya, &preview).await.expect(422);
        assert!(refused.has("<title>Error: ") && refused.has("Things have changed meanwhile") && refused.has("1 person will be invited"));
        confirm(&priya, &refused).await.expect(303);
        course.run_jobs().await;
        assert!(course.mails_to("ada@example.org").await.is_empty());
        assert_eq!(course.mails_to("ben@example.org").await.len(), 1);
    }

    async fn who_has_not_answered_is_reminded_once_and_both_links_work(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.newcomer("Ada").await);
        invite(&priya, "ada@example.org; ben@example.org; cy@example.org; dee@example.org").await.expect(303);
        course.run_jobs().await;
        let first = link_to(&course, "ada@example.org").await;
        let ben = course.newcomer("Ben").await;
        ben.submit(&link_to(&course, "ben@example.org").await, &[]).await.expect(303);
        let page = priya.get(&format!("{MANAGE}?words=cy")).await.expect(200);
        let withdraw = between(&page.html, &format!("action=\"{MANAGE}/invitations/"), "\"").unwrap();
        priya.submit(&format!("{MANAGE}/invitations/{withdraw}"), &[("act", "withdraw")]).await.expect(303);
        for day in ["2027-01-15 08:00", "2027-01-16 08:30", "2027-01-20 08:30"] {
            course.travel_to(day);
            course.run_jobs().await;
        }
        let mails = course.mails_to("ada@example.org").await;
        assert_eq!(mails.len(), 2, "the invitation and one reminder");
        let reminder = mails[1].text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(reminder.contains("On Monday 11 January you were invited") && reminder.contains("No other reminder will come"));
        assert_eq!(course.mails_to("cy@example.org").await.len(), 1, "withdrawn");
        assert_eq!(course.mails_to("ben@example.org").await.iter().filter(|mail| mail.text().contains("reminded")).count(), 0);
        for link in [first.clone(), link_to(&course, "ada@example.org").await] {
            assert!(ada.get(&link).await.expect(200).has("Accept the invitation"));
        }
        ada.submit(&first, &[]).await.expect(303);
        // Switched off, nobody is reminded; expired, a link leads nowhere, and one is invited again by hand.
        let dee = link_to(&course, "dee@example.org").await;
        course.travel_to("2027-02-01 08:00");
        course.visitor().get(&dee).await.expect(404);
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("Expired"), "{}", page.html);
        let id = between(&page.html, &format!("action=\"{MANAGE}/invitations/"), "\"").unwrap();
        priya.submit(&format!("{MANAGE}/settings"), &[("joining", "open"), ("places", ""), ("domains", ""), ("days", "")]).await.expect(303);
        priya.submit(&format!("{MANAGE}/invitations/{id}"), &[("act", "again")]).await.expect(303);
        course.run_jobs().await;
        course.travel_to("2027-02-10 08:00");
        course.run_jobs().await;
        assert_eq!(course.mails_to("dee@example.org").await.len(), 3, "invited, reminded, invited again");
        course.visitor().get(&link_to(&course, "dee@example.org").await).await.expect(200);
    }

    async fn an_invitation_that_is_withdrawn_before_its_mail_leaves_is_not_sent(course: Course) {
        let priya = course.facilitator().await;
        invite(&priya, "ada@example.org").await.expect(303);
        trellis::enrolling::mails::mail_due(&course.db, &course.app.site.base_url, course.now()).await.unwrap();
        let id = course.write(|conn| invitations::table.select(invitations::id).first::<i64>(conn).unwrap()).await;
        priya.submit(&format!("{MANAGE}/invitations/{id}"), &[("act", "withdraw")]).await.expect(303);
        priya.submit(&format!("{MANAGE}/invitations/{id}"), &[("act", "withdraw")]).await.expect(303);
        course.run_jobs().await;
        assert!(course.mails_to("ada@example.org").await.is_empty());
        assert_eq!(acts(&course).await, ["invite-people", "withdraw-invitation"]);
    }

    async fn a_code_opens_the_course_to_who_has_it_until_it_is_changed(course: Course) {
        let (priya, ada, ben) = (course.facilitator().await, course.newcomer("Ada").await, course.newcomer("Ben").await);
        set(&priya, "code", "", "").await;
        let code = || async {
            let page = priya.get(&format!("{MANAGE}/settings")).await.expect(200);
            between(&page.html, "<p class=\"app-big\">", "<").map(str::to_owned)
        };
        let first = code().await.unwrap();
        let wrong = ada.submit(JOIN, &[("code", "abcde-fghjk")]).await.expect(422);
        assert!(wrong.has("<title>Error: ") && wrong.has("this one does not open the course") && wrong.has("abcde-fghjk"));
        assert!(ada.get(&format!("{JOIN}?code={first}")).await.expect(200).has(&format!("value=\"{first}\"")));
        ada.submit(JOIN, &[("code", &first.to_uppercase())]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(200);
        priya.submit(&format!("{MANAGE}/code"), &[("code", "new")]).await.expect(303);
        ben.submit(JOIN, &[("code", &first)]).await.expect(422);
        priya.submit(&format!("{MANAGE}/code"), &[("code", "off")]).await.expect(303);
        assert_eq!(code().await, None);
        ben.submit(JOIN, &[("code", "")]).await.expect(422);
        course.run_jobs().await;
        assert!(course.mails_to("ada@example.org").await[0].text().contains("You have joined"), "one mail greets her");
        assert_eq!(acts(&course).await, ["change-enrolling", "make-code", "stop-code"]);
        // Nobody tries codes for long.
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(ben.submit(JOIN, &[("code", "abcde-fghjk")]).await.status);
        }
        assert_eq!(answers.last(), Some(&429), "{answers:?}");
        let visitor = course.visitor().get(&format!("{JOIN}?code=kq7mz-3hxwp")).await.expect(303);
        assert!(visitor.location().contains("code%3Dkq7mz-3hxwp"), "the code is lost on the way: {}", visitor.location());
    }

    async fn whoever_asks_is_accepted_or_declined_with_a_word(course: Course) {
        let priya = course.facilitator().await;
        let (ada, ben, cy) = (course.newcomer("Ada").await, course.newcomer("Ben").await, course.newcomer("Cy").await);
        set(&priya, "approval", "", "").await;
        assert!(ada.get("/").await.has("/cohorts/spring/join"), "it is among the courses that one can come into");
        ada.submit(JOIN, &[("why", "I lead a stroke network")]).await.expect(303);
        ada.submit(JOIN, &[("why", "Again")]).await.expect(303);
        ben.submit(JOIN, &[]).await.expect(303);
        cy.submit(JOIN, &[]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(404);
        assert!(ada.get(JOIN).await.expect(200).has("You have asked for a place"));
        cy.submit(&format!("{JOIN}/leave"), &[]).await.expect(303);
        assert!(cy.get(JOIN).await.expect(200).has("Ask for a place in"));
        let page = priya.get(MANAGE).await.expect(200);
        assert!(page.has("I lead a stroke network") && page.has("2 people wait for an answer") && !page.has("<bdi>Cy"), "{}", page.html);
        let ids = course.write(|conn| place_requests::table.order(place_requests::id).select(place_requests::id).load::<i64>(conn).unwrap()).await;
        let answer = |id: i64| format!("{MANAGE}/requests/{id}");
        let long = "a".repeat(1_001);
        let refused = priya.submit(&answer(ids[1]), &[("decision", "decline"), ("words", &long)]).await.expect(422);
        assert!(refused.has("<title>Error: ") && refused.has(&long) && refused.has("Shorten the words to them"));
        priya.submit(&answer(ids[0]), &[("decision", "accept"), ("words", "See you on Monday")]).await.expect(303);
        priya.submit(&answer(ids[0]), &[("decision", "decline")]).await.expect(303);
        priya.submit(&answer(ids[1]), &[("decision", "decline"), ("words", "This course is for leads")]).await.expect(303);
        priya.submit(&answer(ids[2]), &[("decision", "accept")]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(200);
        cy.get("/cohorts/spring").await.expect(404);
        assert!(ben.get(JOIN).await.expect(200).has("This course is for leads"));
        ben.submit(JOIN, &[]).await.expect(303);
        assert_eq!(learners(&course).await, 1);
        course.run_jobs().await;
        let to_ada = course.mails_to("ada@example.org").await;
        assert_eq!(to_ada.len(), 2, "the answer, and the mail that greets her");
        assert!(to_ada.iter().any(|mail| mail.text().contains("See you on Monday")));
        let to_ben = course.mails_to("ben@example.org").await;
        assert_eq!(to_ben.len(), 1);
        assert!(to_ben[0].text().contains("This course is for leads") && to_ben[0].text().contains("/cohorts/spring/join"));
        assert_eq!(acts(&course).await, ["change-enrolling", "accept-request", "decline-request"]);
        course.outsider("Eve").await.submit(&answer(ids[1]), &[("decision", "accept")]).await.expect(404);
    }

    async fn when_all_places_are_taken_the_first_in_line_gets_the_next(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        let (ben, cy, dee) = (course.newcomer("Ben").await, course.newcomer("Cy").await, course.newcomer("Dee").await);
        set(&priya, "open", "1", "").await;
        assert!(ben.get(JOIN).await.expect(200).has("Every place is taken just now"));
        for person in [&ben, &cy, &dee] {
            assert_eq!(person.submit(JOIN, &[]).await.expect(303).location(), JOIN);
            course.clock.set(course.now() + TimeDelta::minutes(1));
        }
        assert!(cy.get(JOIN).await.expect(200).has("You are number 2 on the waiting list"));
        course.run_jobs().await;
        assert_eq!(learners(&course).await, 1);
        ben.submit(&format!("{JOIN}/leave"), &[]).await.expect(303);
        assert!(cy.get(JOIN).await.expect(200).has("You are number 1 on the waiting list"));
        let list = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", "eve@example.org")]).await.expect(200);
        assert!(list.has("No place left: 1"));
        let place = format!("/cohorts/spring/manage/learners/{}/place", ada.enrolment.unwrap());
        priya.submit(&place, &[("place", "out"), ("reason", "She asked to")]).await.expect(303);
        course.run_jobs().await;
        cy.get("/cohorts/spring").await.expect(200);
        dee.get("/cohorts/spring").await.expect(404);
        let mails: Vec<String> = course.mails_to("cy@example.org").await.iter().map(|mail| mail.text()).collect();
        assert!(mails.iter().any(|text| text.contains("came free")) && mails.iter().any(|text| text.contains("You have joined")));
        set(&priya, "open", "2", "").await;
        course.run_jobs().await;
        course.run_jobs().await;
        dee.get("/cohorts/spring").await.expect(200);
        ben.get("/cohorts/spring").await.expect(404);
        assert_eq!(learners(&course).await, 2);
        assert_eq!(course.mails_to("dee@example.org").await.len(), 2, "once, however often the job runs");
    }

    async fn an_invitation_keeps_its_place(course: Course) {
        let (priya, ada, ben) = (course.facilitator().await, course.newcomer("Ada").await, course.newcomer("Ben").await);
        set(&priya, "open", "1", "").await;
        invite(&priya, "ada@example.org").await.expect(303);
        course.run_jobs().await;
        assert_eq!(ben.submit(JOIN, &[]).await.expect(303).location(), JOIN, "the place is kept for Ada");
        course.run_jobs().await;
        ben.get("/cohorts/spring").await.expect(404);
        ada.submit(&link_to(&course, "ada@example.org").await, &[]).await.expect(303);
        course.run_jobs().await;
        assert_eq!(learners(&course).await, 1);
        assert!(ben.get(JOIN).await.expect(200).has("You are number 1"));
    }

    async fn sixty_four_who_join_at_once_never_exceed_the_limit(course: Course) {
        let priya = course.facilitator().await;
        set(&priya, "open", "10", "").await;
        let mut people = Vec::new();
        for n in 0..64 {
            people.push(course.newcomer(&format!("Person {n}")).await);
        }
        join_all(people.iter().map(|person| person.get(JOIN))).await;
        let answers = join_all(people.iter().map(|person| person.submit(JOIN, &[]))).await;
        assert!(answers.iter().all(|answer| [303, 503].contains(&answer.status)), "somebody met with an error");
        let is_in = answers.iter().filter(|answer| answer.status == 303 && answer.location() == "/cohorts/spring").count();
        let answered = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!((learners(&course).await, is_in), (10, 10));
        let cohort = course.cohort;
        let waiting = course.write(move |conn| {
            let rows = enrolments::table.filter(enrolments::cohort_id.eq(cohort)).filter(enrolments::state.eq(Standing::Active));
            let learners = rows.filter(enrolments::role.eq(Role::Learner)).count().get_result::<i64>(conn).unwrap();
            assert_eq!(learners, 10);
            place_requests::table.filter(place_requests::state.eq("waiting")).count().get_result::<i64>(conn).unwrap()
        }).await;
        assert_eq!(waiting as usize, answered - 10, "everybody else who was answered stands in line");
    }

    async fn only_addresses_of_the_welcome_domains_join(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.newcomer("Ada").await);
        set(&priya, "open", "", "nhs.net\n*.nhs.uk").await;
        let page = ada.get(JOIN).await.expect(200);
        assert!(page.has("an email address at nhs.net, or nhs.uk or anything that ends in .nhs.uk") && !page.has("Join this course"));
        assert_eq!(ada.submit(JOIN, &[]).await.expect(303).location(), JOIN);
        ada.get("/cohorts/spring").await.expect(404);
        let preview = priya.submit(&format!("{MANAGE}/invite/preview"), &[("list", "a@trust.nhs.uk, b@example.org")]).await;
        assert!(preview.has("1 person will be invited") && preview.has("At a domain that is not welcome: 1"));
        set(&priya, "open", "", ".example.org").await;
        ada.submit(JOIN, &[]).await.expect(303);
        ada.get("/cohorts/spring").await.expect(200);
    }

    async fn settings_with_faults_are_refused_and_nothing_typed_is_lost(course: Course) {
        let priya = course.facilitator().await;
        for (field, value, words) in [
            ("joining", "nobody", "Choose who may join"),
            ("places", "0", "Enter a number of places from 1"),
            ("places", "many", "Enter a number of places"),
            ("domains", "nhs", "‘nhs’ is not a domain"),
            ("days", "14", "Enter a number of days from 1 to 13"),
        ] {
            let usual = [("joining", "open"), ("places", "40"), ("domains", "nhs.net"), ("days", "5")];
            let fields = usual.map(|(name, usual)| (name, if name == field { value } else { usual }));
            let refused = priya.submit(&format!("{MANAGE}/settings"), &fields).await.expect(422);
            assert!(refused.has(words) && refused.has("<title>Error: How people join"), "{field}={value}: {}", refused.html);
            assert!(refused.html.contains(&format!("href=\"#{field}\"")));
        }
        assert!(acts(&course).await.is_empty());
    }
}
