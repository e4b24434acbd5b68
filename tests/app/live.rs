//! Live sessions: planned by facilitators, joined and caught up by learners, on the calendar without a word too much.

use trellis::live::store;
use trellis::platform::text::Slug;

use crate::person::between;
use crate::world::*;

const STEP: &str = "/cohorts/spring/units/1/live-session";
const PLAN: &str = "/cohorts/spring/manage/live/1/live-session";
const LINK: &str = "https://meet.example.org/spring-1";
const RECORDING: &str = "https://video.example.org/spring-1";

/// What a facilitator types, as the next version after `version`.
fn plan<'f>(version: &'f str, date: &'f str, time: &'f str) -> [(&'f str, &'f str); 6] {
    [("date", date), ("time", time), ("minutes", "60"), ("link", LINK), ("recording", ""), ("version", version)]
}

fn with<'f>(fields: [(&'f str, &'f str); 6], name: &str, value: &'f str) -> [(&'f str, &'f str); 6] {
    fields.map(|(n, v)| if n == name { (n, value) } else { (n, v) })
}

async fn thursday_at_half_past_twelve(priya: &Person) {
    priya.submit(PLAN, &plan("0", "2027-01-14", "12:30")).await.expect(303);
}

stories! {
    async fn the_way_in_is_shown_from_a_quarter_of_an_hour_before(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        assert!(!ada.get(STEP).await.expect(200).has("When and how"), "nothing is planned yet");
        thursday_at_half_past_twelve(&priya).await;
        let page = ada.get(STEP).await.expect(200);
        assert!(page.has("Thursday 14 January at 12:30pm GMT, for 1 hour"), "{}", page.html);
        assert!(!page.has("Mark as complete") && !page.has(LINK), "{}", page.html);
        assert!(page.has("Once the session has begun, you can say here that you were there."), "{}", page.html);
        assert!(priya.get(STEP).await.has(LINK), "facilitators try it beforehand");
        for (when, shown) in [
            ("2027-01-14 12:14:59.999", false),
            ("2027-01-14 12:15", true),
            ("2027-01-14 13:59:59", true),
            ("2027-01-14 14:00", false),
        ] {
            course.travel_to(when);
            assert_eq!(ada.get(STEP).await.has(LINK), shown, "{when}");
        }
    }

    async fn who_was_there_says_so_and_who_caught_up_too(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        thursday_at_half_past_twelve(&priya).await;
        course.travel_to("2027-01-14 12:20");
        ada.submit(&format!("{STEP}/attendance"), &[("presence", "there")]).await.expect(403);
        course.travel_to("2027-01-14 12:40");
        assert!(ada.get(STEP).await.has("I was there"));
        let said = ada.submit(&format!("{STEP}/attendance"), &[("presence", "there")]).await.expect(303);
        let page = ada.get(said.location()).await.expect(200);
        assert!(page.has("You were there.") && page.has("You finished this step today at 12:40pm"), "{}", page.html);
        course.travel_to("2027-01-16 09:00");
        assert!(ben.get(STEP).await.has("It is over. If there is a recording, it will be here."));
        priya.submit(PLAN, &with(plan("1", "2027-01-14", "12:30"), "recording", RECORDING)).await.expect(303);
        assert!(ben.get(STEP).await.has(RECORDING));
        ben.submit(&format!("{STEP}/attendance"), &[("presence", "caught-up")]).await.expect(303);
        assert!(ben.get(STEP).await.has("You caught up afterwards."));
        ben.submit(&format!("{STEP}/attendance"), &[("presence", "asleep")]).await.expect(400);
        let list = priya.get("/cohorts/spring/manage/live").await.expect(200);
        assert!(list.has("1 there, 1 caught up") && list.has("Over, with a recording"), "{}", list.html);
        let page = priya.get(PLAN).await.expect(200);
        assert!(page.has("Was there") && page.has("Caught up afterwards") && page.has("Ben"), "{}", page.html);
        // What is taken back is gone from both.
        ada.submit(&format!("{STEP}/incomplete"), &[]).await.expect(303);
        assert!(!ada.get(STEP).await.has("You were there."));
        assert!(priya.get("/cohorts/spring/manage/live").await.has("0 there, 1 caught up"));
    }

    async fn a_plan_that_nobody_could_follow_is_refused_and_nothing_is_lost(course: Course) {
        course.travel_to("2027-01-11 08:30");
        let priya = course.facilitator().await;
        for (name, value, says) in [
            ("date", "2027-01-11", "Choose a time after unit 1 opens, on Monday 11 January 2027, 09:00 GMT"),
            ("date", "2028-01-12", "Choose a time before access to the course ends"),
            ("date", "2027-02-30", "Enter a date that exists"),
            ("date", "", "Enter a date, or leave both empty"),
            ("time", "", "Enter a time, or leave both empty"),
            ("time", "25:00", "Enter a time of the day"),
            ("minutes", "4", "Enter a number of minutes from 5 to 480"),
            ("minutes", "an hour", "Enter a number of minutes"),
            ("link", "http://meet.example.org", "Enter a web address that begins with https://"),
            ("recording", "javascript:alert(1)", "Enter a web address that begins with https://"),
        ] {
            let fields = with(plan("0", "2027-01-11", "08:45"), name, value);
            let fields = if name == "date" { fields } else { with(fields, "date", "2027-01-14") };
            let fields = if name == "time" || value.starts_with("2027-01-11") { fields } else { with(fields, "time", "12:30") };
            let refused = priya.submit(PLAN, &fields).await.expect(422);
            assert!(refused.has(says) && refused.has("<title>Error: "), "{name} {value}: {}", refused.html);
            assert!(refused.html.contains(LINK) || name == "link", "{name} {value}: {}", refused.html);
        }
        priya.submit(PLAN, &with(plan("0", "2027-01-14", "12:30"), "version", "")).await.expect(400);
        let planned = course.write(|conn| store::list(conn, trellis::cohort::CohortId(1)).unwrap()).await;
        assert!(planned.is_empty(), "{planned:?}");
    }

    async fn the_second_of_two_facilitators_sees_what_the_first_saved(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let priya = course.facilitator().await;
        thursday_at_half_past_twelve(&priya).await;
        let refused = priya.submit(PLAN, &plan("0", "2027-01-15", "16:00")).await.expect(422);
        assert!(refused.has("Somebody else has changed this session since you opened it"), "{}", refused.html);
        assert!(refused.has("Thursday 14 January 2027, 12:30 GMT") && refused.html.contains("2027-01-15"), "{}", refused.html);
        let version = between(&refused.html, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        priya.submit(PLAN, &plan(&version, "2027-01-15", "16:00")).await.expect(303);
        assert!(priya.get(PLAN).await.has("Friday 15 January 2027, 16:00 GMT"));
    }

    async fn home_and_calendar_tell_the_time_but_no_word_of_a_locked_unit(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let unit = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].unit(7).unwrap();
        let title = &unit.steps.iter().find(|step| step.slug.as_str() == "live-session").unwrap().title;
        let later = "/cohorts/spring/manage/live/7/live-session";
        let opens = priya.get(later).await.expect(200);
        assert!(opens.has("It has no date yet."), "{}", opens.html);
        priya.submit(later, &plan("0", "2027-03-04", "12:30")).await.expect(303);
        for page in ["/", "/cohorts/spring/calendar", "/cohorts/spring/calendar/2027-03"] {
            let page = ada.get(page).await.expect(200);
            assert!(page.has("Thursday 4 March at 12:30pm GMT") && page.has("Live session of week 7"), "{}", page.html);
            assert!(!page.has(title) && !page.html.contains("units/7/live-session"), "{}", page.html);
        }
        assert!(ada.get("/cohorts/spring/calendar/2027-03").await.has("Live at 12:30pm"));
        assert!(priya.get("/cohorts/spring/calendar").await.has(title), "facilitators read ahead");
        course.travel_to("2027-03-02 10:00");
        let page = ada.get("/").await.expect(200);
        assert!(page.has(title) && page.html.contains("/units/7/live-session"), "{}", page.html);
        course.travel_to("2027-03-04 12:20");
        assert!(ada.get("/").await.has("You can come in now."));
        course.travel_to("2027-03-04 13:31");
        assert!(!ada.get("/").await.has("Thursday 4 March"), "it is over");
    }

    async fn calendars_hear_of_a_change_and_of_a_session_called_off(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let page = ada.submit("/cohorts/spring/calendar", &[]).await.expect(200);
        let address = between(&page.html, "value=\"http://", "\"").unwrap();
        let address = address[address.find('/').unwrap()..].to_owned();
        let event = async || {
            let text = course.visitor().get(&address).await.expect(200).html.replace("\r\n ", "");
            let live = text.split("BEGIN:VEVENT").find(|event| event.contains(".live.spring@")).map(str::to_owned);
            live.unwrap_or_default()
        };
        assert_eq!(event().await, "", "nothing is planned yet");
        thursday_at_half_past_twelve(&priya).await;
        let first = event().await;
        assert!(first.contains("DTSTART:20270114T123000Z\r\nDURATION:PT60M\r\n"), "{first}");
        assert!(first.contains("SEQUENCE:1\r\n") && first.contains("TRANSP:OPAQUE\r\n") && !first.contains(LINK), "{first}");
        priya.submit(PLAN, &plan("1", "2027-01-15", "16:00")).await.expect(303);
        let moved = event().await;
        let uid = |event: &str| between(event, "UID:", "\r\n").unwrap().to_owned();
        assert_eq!(uid(&first), uid(&moved));
        assert!(moved.contains("SEQUENCE:2\r\n") && moved.contains("DTSTART:20270115T160000Z"), "{moved}");
        priya.submit(PLAN, &plan("2", "", "")).await.expect(303);
        let gone = event().await;
        assert_eq!(uid(&first), uid(&gone));
        assert!(gone.contains("SEQUENCE:3\r\n") && gone.contains("STATUS:CANCELLED\r\n"), "{gone}");
        assert!(ada.get(STEP).await.has("This session is called off."));
        assert!(ada.get("/cohorts/spring/calendar").await.has("Called off."));
        assert!(priya.get(PLAN).await.has("It is called off."));
    }

    async fn a_session_follows_its_step_to_a_new_name(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        thursday_at_half_past_twelve(&priya).await;
        course.travel_to("2027-01-14 12:40");
        ada.submit(&format!("{STEP}/attendance"), &[("presence", "there")]).await.expect(303);
        let me = ada.enrolment.unwrap();
        course
            .write(move |conn| {
                let mut programme = catalogue().programmes[&Slug::parse("effective-networks").unwrap()].clone();
                let (old, new) = (Slug::parse("live-session").unwrap(), Slug::parse("meet").unwrap());
                let unit = programme.units.iter_mut().find(|unit| unit.number == 1).unwrap();
                let name = unit.slug.clone();
                let step = unit.steps.iter_mut().find(|step| step.slug == old).unwrap();
                (step.slug, step.formerly) = (new.clone(), vec![old]);
                store::follow_renames(conn, &programme).unwrap();
                store::follow_renames(conn, &programme).unwrap();
                let sessions = store::list(conn, trellis::cohort::CohortId(1)).unwrap();
                assert_eq!(sessions.iter().map(|s| &s.step).collect::<Vec<_>>(), [&new]);
                assert!(store::presence(conn, me, (&name, &new)).unwrap().is_some());
            })
            .await;
    }
}
