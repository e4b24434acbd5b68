//! What opens when, and what a facilitator does about it.

use diesel::prelude::*;
use trellis::platform::text::Slug;
use trellis::schedule::{Release, store};
use trellis::schema::completions;

use crate::world::*;

pub const SCHEDULE: &str = "/cohorts/spring/manage/schedule";
pub const PREVIEW: &str = "/cohorts/spring/manage/schedule/preview";

/// Sends the preview's form with a reason, and anything else that was ticked.
pub async fn save(person: &Person, preview: &Page, ticked: &[(&str, &str)]) -> Page {
    let ticked = [ticked, &[("reason", "The venue was double booked.")]].concat();
    let ticked = ticked.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    person.submit_all(SCHEDULE, &preview.hidden().into_iter().chain(ticked).collect::<Vec<_>>()).await
}

/// Looks at a change and saves it.
pub async fn change(person: &Person, fields: &[(&str, &str)]) {
    let preview = person.submit(PREVIEW, fields).await.expect(200);
    assert_eq!(save(person, &preview, &[]).await.expect(303).location(), SCHEDULE);
}

pub async fn status(person: &Person, unit: u16) -> u16 {
    person.get(&format!("/cohorts/spring/units/{unit}")).await.status
}

pub async fn releases(course: &Course) -> Vec<Release> {
    let cohort = course.cohort;
    course.write(move |conn| store::list_releases(conn, cohort).unwrap()).await
}

/// The local time of each unit from this one on: `03-15 09:00`.
pub async fn times_from(course: &Course, unit: usize) -> Vec<String> {
    releases(course).await[unit..].iter().map(|r| r.local_time.format("%m-%d %H:%M").to_string()).collect()
}

stories! {
    async fn a_unit_opens_to_the_millisecond_at_the_hour_on_the_wall(course: Course) {
        let ada = course.enrol("Ada").await;
        for (unit, before, then) in [
            (1, "2027-01-11 08:59:59.999", "2027-01-11 09:00:00.000"),
            (6, "2027-02-22 08:59:59.999", "2027-02-22 09:00:00.000"),
            (11, "2027-04-12 08:59:59.999", "2027-04-12 09:00:00.000"),
        ] {
            course.travel_to(before);
            let locked = ada.get(&format!("/cohorts/spring/units/{unit}")).await.expect(403);
            assert!(locked.has(&format!("Unit {unit}")) && locked.has("at 9am"));
            course.travel_to(then);
            assert_eq!(status(&ada, unit).await, 200);
        }
        assert_eq!(releases(&course).await[11].opens_at.rfc3339(), "2027-04-12T08:00:00Z");
    }

    async fn a_locked_page_says_number_title_and_time_and_nothing_else(course: Course) {
        let ada = course.enrol("Ada").await;
        let unit = &catalogue().programme(&Slug::parse("effective-networks").unwrap()).unwrap().unit(6).unwrap();
        let page = ada.get("/cohorts/spring/units/6").await.expect(403);
        assert!(page.has(&unit.title) && page.has("Opens Monday 22 February 2027 at 9am GMT"));
        assert!(!page.has(&unit.summary) && unit.steps.iter().all(|step| !page.has(&step.title)));
        let step = ada.get(&format!("/cohorts/spring/units/6/{}", unit.steps[0].slug)).await.expect(403);
        assert!(!step.has(&unit.steps[0].title));
        course.travel_to("2028-01-11 00:00");
        assert!(ada.get("/cohorts/spring/units/1").await.expect(403).has("Access to this course ended on"));
    }

    async fn a_facilitator_looks_ahead_and_a_learner_never_manages(course: Course) {
        let (priya, root, ada) = (course.facilitator().await, course.administrator().await, course.enrol("Ada").await);
        let eve = course.outsider("Eve").await;
        assert_eq!((status(&priya, 11).await, status(&root, 11).await, status(&eve, 1).await), (200, 200, 404));
        for staff in [&priya, &root] {
            assert!(staff.get(SCHEDULE).await.expect(200).has("Monday 12 April 2027, 09:00 BST"));
            staff.get(&format!("{SCHEDULE}/7")).await.expect(200);
        }
        let hold = [("unit", "7"), ("change", "hold"), ("version", "1")];
        for stranger in [&ada, &eve] {
            stranger.get(SCHEDULE).await.expect(404);
            stranger.get(&format!("{SCHEDULE}/7")).await.expect(404);
            stranger.submit(PREVIEW, &hold[..2]).await.expect(404);
            stranger.submit(SCHEDULE, &hold).await.expect(404);
        }
        assert_eq!(course.visitor().get(SCHEDULE).await.expect(303).location(), "/sign-in?next=%2Fcohorts%2Fspring%2Fmanage%2Fschedule");
        assert!(releases(&course).await.iter().all(|r| !r.held));
    }

    async fn a_held_unit_stays_closed_until_it_is_let_go(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.travel_to("2027-01-15 12:00");
        change(&priya, &[("unit", "2"), ("change", "hold")]).await;
        course.travel_to("2027-01-19 12:00");
        course.run_jobs().await;
        assert!(ada.get("/cohorts/spring/units/2").await.expect(403).has("Your facilitators hold this unit"));
        assert!(priya.get(SCHEDULE).await.has("Held"));
        change(&priya, &[("unit", "2"), ("change", "let-go")]).await;
        assert_eq!(status(&ada, 2).await, 200);
        assert_eq!(releases(&course).await[2].opens_at, course.now(), "what follows from its opening counts from now");
    }

    async fn a_unit_is_opened_now(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.travel_to("2027-01-15 12:34");
        let preview = priya.submit(PREVIEW, &[("unit", "2"), ("change", "open")]).await.expect(200);
        assert!(preview.has("As soon as you save") && preview.has("cannot be called back"));
        assert_eq!(status(&ada, 2).await, 403);
        save(&priya, &preview, &[]).await.expect(303);
        assert_eq!(status(&ada, 2).await, 200);
        let again = priya.submit(SCHEDULE, &[("unit", "2"), ("change", "open"), ("version", "2")]).await;
        assert!(again.expect(303).header("set-cookie").contains("schedule-same"));
    }

    async fn one_unit_gets_its_own_time(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        let own = [("unit", "2"), ("change", "set"), ("date", "2027-01-20"), ("time", "07:30")];
        let preview = priya.submit(PREVIEW, &own).await.expect(200);
        assert!(preview.has("Monday 18 January 2027, 09:00 GMT") && preview.has("Wednesday 20 January 2027, 07:30 GMT"));
        save(&priya, &preview, &[]).await.expect(303);
        course.travel_to("2027-01-20 07:29:59.999");
        assert_eq!(status(&ada, 2).await, 403);
        course.travel_to("2027-01-20 07:30");
        assert_eq!(status(&ada, 2).await, 200);
        change(&priya, &[("unit", "3"), ("change", "set"), ("date", "2027-01-20"), ("time", "07:30")]).await;
        assert_eq!(status(&ada, 3).await, 200, "a time that has passed opens it at once");
    }

    async fn unit_7_and_all_after_it_move_by_a_week(course: Course) {
        let priya = course.facilitator().await;
        course.travel_to("2027-02-23 12:00");
        course.run_jobs().await;
        let preview = priya.submit(PREVIEW, &[("unit", "7"), ("change", "move"), ("by", "1"), ("of", "weeks")]).await.expect(200);
        for words in [
            "Unit 7 and all later units would move 1 week later",
            "Monday 12 April 2027, 09:00 BST",
            "After the clock change",
            "16 reminders move.",
            "The ‘wrap-up’ of unit 6 moves from Sunday 28 February to Sunday 7 March.",
            "20 reminders have fallen due already.",
            "UK clocks go forward on Sunday 28 March.",
            "08:00 UTC, where it was 09:00 UTC",
            "Discussions would close on Monday 17 May 2027, not Monday 10 May.",
        ] {
            assert!(preview.has(words), "{words}");
        }
        assert_eq!(times_from(&course, 7).await[0], "03-01 09:00", "nothing is saved yet");
        save(&priya, &preview, &[]).await.expect(303);
        let moved = ["03-08 09:00", "03-15 09:00", "03-22 09:00", "04-12 09:00", "04-19 09:00"];
        assert_eq!(times_from(&course, 7).await, moved);
        let again = save(&priya, &preview, &[]).await;
        assert!(again.expect(422).has("changed the schedule meanwhile (Unit 7 and all later units moved 1 week later)"), "sent twice is not moved twice");
        assert_eq!(times_from(&course, 7).await, moved);
    }

    async fn a_unit_may_not_open_before_the_one_ahead_of_it(course: Course) {
        let priya = course.facilitator().await;
        let early = [("unit", "8"), ("change", "set"), ("date", "2027-02-26"), ("time", "09:00")];
        for page in [
            priya.submit(PREVIEW, &early).await,
            priya.submit(SCHEDULE, &[&early[..], &[("version", "1")]].concat()).await,
        ] {
            let page = page.expect(422);
            assert!(page.has("Error: Change unit 8") && page.has("value=\"2027-02-26\""));
            assert!(page.has("Unit 8 (Collective intelligence: learning together) would open before unit 7 (Trust, safety and belonging)"));
        }
        let open = priya.submit(PREVIEW, &[("unit", "2"), ("change", "open")]).await.expect(422);
        assert!(open.has("would be open before unit 1"), "unit 1 opens in an hour");
        assert_eq!(times_from(&course, 8).await[0], "03-08 09:00");
    }

    async fn an_open_unit_closes_again_only_on_purpose_and_keeps_what_was_done(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.travel_to("2027-01-12 09:00");
        course.run_jobs().await;
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/complete", &[]).await.expect(303);
        let later = [("unit", "1"), ("change", "set"), ("date", "2027-01-14"), ("time", "09:00")];
        let preview = priya.submit(PREVIEW, &later).await.expect(200);
        assert!(preview.has("Close again what is open now: unit 1"));
        let asked = save(&priya, &preview, &[]).await.expect(422);
        assert!(asked.has("href=\"#confirmed\"") && asked.has("<title>Error:"));
        assert_eq!(status(&ada, 1).await, 200);
        save(&priya, &asked, &[("confirmed", "1")]).await.expect(303);
        assert_eq!(status(&ada, 1).await, 403);
        course.run_jobs().await;
        assert_eq!(status(&ada, 1).await, 403, "what had opened is forgotten");
        course.travel_to("2027-01-14 09:00");
        assert_eq!(status(&ada, 1).await, 200);
        let enrolment = ada.enrolment.unwrap();
        let count = completions::table.filter(completions::enrolment_id.eq(enrolment)).count();
        let done = course.write(move |conn| count.get_result::<i64>(conn).unwrap()).await;
        assert_eq!(done, 1);
    }

    async fn a_clock_that_steps_back_closes_nothing(course: Course) {
        let ada = course.enrol("Ada").await;
        course.travel_to("2027-01-18 09:00");
        course.run_jobs().await;
        course.travel_to("2027-01-17 09:00");
        assert_eq!(status(&ada, 2).await, 200);
        course.run_jobs().await;
        assert_eq!(status(&ada, 2).await, 200);
        assert_eq!(status(&ada, 3).await, 403);
    }

    async fn of_two_facilitators_at_once_the_second_looks_again(course: Course) {
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        let by_a_week = [("unit", "8"), ("change", "move"), ("by", "1"), ("of", "weeks")];
        let first = priya.submit(PREVIEW, &by_a_week).await.expect(200);
        let second = root.submit(PREVIEW, &[("unit", "10"), ("change", "move"), ("by", "2"), ("of", "days")]).await.expect(200);
        save(&priya, &first, &[]).await.expect(303);
        let anew = save(&root, &second, &[]).await.expect(422);
        assert!(anew.has("<title>Error:") && anew.has("changed the schedule meanwhile (Unit 8 and all later units moved 1 week later)") && anew.has("Wednesday 14 April 2027, 09:00 BST"));
        assert_eq!(times_from(&course, 10).await, ["04-12 09:00", "04-19 09:00"]);
        save(&root, &anew, &[]).await.expect(303);
        assert_eq!(times_from(&course, 10).await, ["04-14 09:00", "04-21 09:00"]);
    }

    async fn of_many_at_the_same_moment_one_is_kept(course: Course) {
        let priya = course.facilitator().await;
        let fields = [("unit", "8"), ("change", "move"), ("by", "1"), ("of", "weeks"), ("version", "1"), ("reason", "Snow.")];
        let all = futures_util::future::join_all((0..8).map(|_| priya.submit(SCHEDULE, &fields))).await;
        let saved = all.iter().filter(|page| page.status == 303).count();
        assert_eq!((saved, all.iter().filter(|page| page.status == 422).count()), (1, 7));
        assert_eq!(times_from(&course, 8).await[0], "03-15 09:00");
    }

    async fn what_is_wrong_is_named_and_kept(course: Course) {
        let priya = course.facilitator().await;
        for (date, time, field) in [
            ("2027-02-30", "09:00", "date"),
            ("", "09:00", "date"),
            ("tomorrow", "09:00", "date"),
            ("99999-01-01", "09:00", "date"),
            ("2090-01-01", "09:00", "date"),
            ("2027-03-02", "25:00", "time"),
            ("2027-03-02", "", "time"),
            ("2027-03-02", "nine", "time"),
        ] {
            let page = priya.submit(PREVIEW, &[("unit", "7"), ("change", "set"), ("date", date), ("time", time)]).await.expect(422);
            assert!(page.has(&format!("href=\"#{field}\"")) && page.has("<title>Error:"), "{date} {time}");
            assert!(page.has(&format!("value=\"{date}\"")) && page.has(&format!("value=\"{time}\"")));
        }
        for (by, of) in [("99999", "weeks"), ("", "weeks"), ("a few", "days"), ("0", "days"), ("1", "years"), ("3.5", "days"), ("29", "days")] {
            let page = priya.submit(PREVIEW, &[("unit", "7"), ("change", "move"), ("by", by), ("of", of)]).await.expect(422);
            assert!(page.has("href=\"#by\"") && page.has(&format!("value=\"{by}\"")), "{by} {of}");
        }
        let in_break = priya.submit(PREVIEW, &[("unit", "9"), ("change", "move"), ("by", "9"), ("of", "days")]).await.expect(422);
        assert!(in_break.has("Unit 10") && in_break.has("in the break ‘Easter break’ (Monday 29 March to Sunday 11 April 2027)"));
        priya.submit(PREVIEW, &[("unit", "12"), ("change", "open")]).await.expect(404);
        priya.submit(PREVIEW, &[("unit", "7"), ("change", "explode")]).await.expect(400);
        priya.submit(PREVIEW, &[("unit", "7"), ("change", "open"), ("held", "1")]).await.expect(400);
        priya.submit(SCHEDULE, &[("unit", "1"), ("change", "hold"), ("version", "one")]).await.expect(400);
        assert_eq!(times_from(&course, 7).await[0], "03-01 09:00");
    }

    async fn the_pages_take_few_queries(course: Course) {
        let priya = course.facilitator().await;
        let count = |path: String| {
            let (course, priya) = (&course, &priya);
            async move {
                let before = course.db.statements();
                priya.get(&path).await.expect(200);
                course.db.statements() - before
            }
        };
        assert_eq!(count(SCHEDULE.into()).await, 7);
        assert_eq!(count(format!("{SCHEDULE}/7")).await, 6);
    }
}
