//! A cohort's own name and last days, as an administrator changes them.

use crate::person::Page;
use crate::world::*;

const DETAILS: &str = "/admin/cohorts/spring/details";

/// What the form sends, with the mark of what the page has shown.
fn sent<'a>(name: &'a str, last_day: &'a str, last_look: &'a str, shown: &'a str) -> [(&'a str, &'a str); 5] {
    [("name", name), ("last_day", last_day), ("last_look", last_look), ("reason", "Half-term moved"), ("shown", shown)]
}

/// Of the button that saves what is shown.
fn mark(page: &Page) -> String {
    let before = page.html.split("\">Save these changes").next().unwrap();
    before.rsplit("value=\"").next().unwrap().to_owned()
}

stories! {
    async fn the_last_day_is_shown_with_what_comes_of_it_and_then_kept(course: Course) {
        course.travel_to("2027-04-20 10:00");
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let page = root.get(DETAILS).await.expect(200);
        assert!(page.has("value=\"spring 2027\"") && page.has("If it is left empty: Sunday 9 May 2027."), "{}", page.html);
        let shown = root.submit(DETAILS, &sent("spring 2027", "2027-04-19", "", "")).await.expect(200);
        assert!(shown.has("Sunday 9 May 2027, by the rule") && shown.has("Monday 19 April 2027"), "{}", shown.html);
        assert!(shown.has("Discussions can only be read from now on.") && !shown.has("Last day to look back</th>"));
        let write = "/cohorts/spring/discussions/new";
        assert!(ada.get(write).await.expect(200).has("<textarea"), "nothing is saved yet");
        let done = root.submit(DETAILS, &sent("spring 2027", "2027-04-19", "", &mark(&shown))).await.expect(303);
        assert_eq!(done.location(), "/admin/cohorts/spring");
        assert!(root.get("/admin/cohorts/spring").await.has("Monday 19 April 2027"));
        assert!(!ada.get(write).await.has("<textarea"), "the cohort has closed");
        let log = root.get("/admin/audit").await;
        let act = "Last day to take part: Monday 19 April 2027, was Sunday 9 May 2027, by the rule. Half-term moved";
        assert!(log.has("changed a cohort’s name or last days") && log.has(act), "{}", log.html);
        // And open again, by the rule.
        let shown = root.submit(DETAILS, &sent("spring 2027", "", "", "")).await.expect(200);
        assert!(shown.has("Discussions open again at once."));
        root.submit(DETAILS, &sent("spring 2027", "", "", &mark(&shown))).await.expect(303);
        assert!(ada.get(write).await.expect(200).has("<textarea"));
    }

    async fn reminders_that_would_come_too_late_are_counted_and_do_not_go_out(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let root = course.administrator().await;
        course.enrol("Ada").await;
        course.run_jobs().await;
        let before = course.mails_to("ada@example.org").await.len();
        let shown = root.submit(DETAILS, &sent("spring 2027", "2027-04-14", "", "")).await.expect(200);
        assert!(shown.has("2 reminders of the schedule will not go out."), "{}", shown.html);
        root.submit(DETAILS, &sent("spring 2027", "2027-04-14", "", &mark(&shown))).await.expect(303);
        course.travel_to("2027-04-16 10:00");
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), before, "no nudge");
        let shown = root.submit(DETAILS, &sent("spring 2027", "2027-05-30", "", "")).await.expect(200);
        assert!(!shown.has("will not go out"));
        root.submit(DETAILS, &sent("spring 2027", "2027-05-30", "", &mark(&shown))).await.expect(303);
        course.run_jobs().await;
        assert_eq!(course.mails_to("ada@example.org").await.len(), before + 1);
    }

    async fn a_new_name_is_everywhere_and_the_address_stays(course: Course) {
        let (root, ada) = (course.administrator().await, course.enrol("Ada").await);
        let shown = root.submit(DETAILS, &sent("Spring 2027, north", "", "2028-06-30", "")).await.expect(200);
        assert!(shown.has("The cohort’s address stays as it is.") && shown.has("Friday 30 June 2028"), "{}", shown.html);
        root.submit(DETAILS, &sent("Spring 2027, north", "", "2028-06-30", &mark(&shown))).await.expect(303);
        assert!(ada.get("/cohorts/spring").await.expect(200).has("Spring 2027, north"));
        course.travel_to("2028-06-30 22:00");
        let ben = course.enrol("Ben").await;
        ben.get("/cohorts/spring/units/1/why-work-as-a-network").await.expect(200);
        course.travel_to("2028-07-01 00:30");
        ben.get("/cohorts/spring/units/1/why-work-as-a-network").await.expect(403);
    }

    async fn what_two_administrators_do_at_once_is_shown_before_it_is_kept(course: Course) {
        let (root, rita) = (course.administrator().await, course.another_administrator("Rita").await);
        let one = mark(&root.submit(DETAILS, &sent("spring 2027", "2027-05-20", "", "")).await.expect(200));
        let two = mark(&rita.submit(DETAILS, &sent("spring 2027", "2027-05-30", "", "")).await.expect(200));
        root.submit(DETAILS, &sent("spring 2027", "2027-05-20", "", &one)).await.expect(303);
        let anew = rita.submit(DETAILS, &sent("spring 2027", "2027-05-30", "", &two)).await.expect(200);
        assert!(anew.has("Thursday 20 May 2027") && anew.has("Sunday 30 May 2027"), "{}", anew.html);
        assert!(root.get(DETAILS).await.has("value=\"2027-05-20\""));
        // The same once more has nothing to change.
        root.submit(DETAILS, &sent("spring 2027", "2027-05-20", "", "")).await.expect(303);
        assert!(root.get("/admin/cohorts/spring").await.has("Nothing of the cohort had to change."));
    }

    async fn days_that_make_no_sense_are_refused_beside_their_field(course: Course) {
        let root = course.administrator().await;
        for (field, value, words) in [
            ("name", "", "Enter the cohort's name"),
            ("last_day", "soon", "Enter the last day to take part as year-month-day"),
            ("last_day", "2027-04-11", "The last unit opens on Monday 12 April 2027. Choose that day or a later one"),
            ("last_look", "2027-05-08", "Learners take part until Sunday 9 May 2027. Choose that day or a later one"),
            ("last_look", "9999-12-31", "a year from 2000 to 2199"),
            ("reason", " ", "Enter why you change it"),
        ] {
            let mut fields = sent("spring 2027", "", "", "");
            fields.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, typed)| *typed = value);
            let refused = root.submit(DETAILS, &fields).await.expect(422);
            assert!(refused.has(words), "{field}={value:?}: {}", refused.html);
            assert!(refused.has("<title>Error: Name and last days") && refused.html.contains(&format!("href=\"#{field}\"")));
        }
        root.submit("/admin/cohorts/winter/details", &sent("Winter", "", "", "")).await.expect(404);
        root.submit(DETAILS, &[("slug", "x")]).await.expect(400);
    }
}
