//! A cohort made of an earlier one: what it takes over, what is looked at first, and that it is made once.

use diesel::prelude::*;
use trellis::audit::Act;
use trellis::cohort::store::{find, list_breaks};
use trellis::cohort::{Cohort, CohortId, Joining};
use trellis::enrolling::{self, Code};
use trellis::live;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::schedule::{self, Choices};
use trellis::schema::{audit_log, cohorts, enrolments};

use crate::person::between;
use crate::schedule::{change, releases};
use crate::world::*;

const COPY: &str = "/admin/cohorts/spring/copy";
const NEXT_YEAR: &str = "/admin/cohorts/spring/copy?starts_on=2028-01-10";
/// Easter of 2028 lies later in the year than that of 2027, so a break that only moved by 52 weeks misses it.
const EASTER: [(&str, &str); 2] = [("break_first_2", "2028-04-10"), ("break_last_2", "2028-04-23")];

/// The second page's form as it stands, with some fields typed over.
fn sent(page: &Page, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.html.split("action=\"/admin/cohorts/spring/copy\" method=\"post\"").nth(1).unwrap();
    let fields = form.split("<input ").skip(1).filter_map(|input| {
        let input = input.split('>').next()?;
        Some((between(input, "name=\"", "\"")?.to_owned(), between(input, "value=\"", "\"")?.to_owned()))
    });
    let typed_over = |name: &str| typed.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    let fields = fields.filter(|(name, _)| name != "form_token");
    let own: Vec<_> =
        fields.map(|(name, value)| (typed_over(&name).unwrap_or(value), name)).map(|(v, n)| (n, v)).collect();
    let new = typed.iter().filter(|(name, _)| !own.iter().any(|(n, _)| n == name));
    own.iter().cloned().chain(new.map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))).collect()
}

async fn send(root: &Person, page: &Page, typed: &[(&str, &str)]) -> Page {
    let fields = sent(page, typed);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    root.submit(COPY, &fields).await
}

async fn cohort(course: &Course, slug: &'static str) -> Cohort {
    course.write(move |conn| find(conn, &Slug::parse(slug).unwrap()).unwrap().unwrap()).await
}

async fn opens(course: &Course, cohort: &Cohort) -> Vec<String> {
    let id = cohort.id;
    let kept = course.write(move |conn| schedule::store::list_releases(conn, id).unwrap()).await;
    kept.iter().map(|r| r.local_time.format("%m-%d %H:%M").to_string()).collect()
}

async fn how_many(course: &Course) -> i64 {
    course.write(|conn| cohorts::table.count().get_result(conn).unwrap()).await
}

/// What a cohort's people chose: when it closes and who may join, reminders, a live session.
fn choose(conn: &mut Conn, old: CohortId) {
    let dates = (cohorts::closes_on.eq(day("2027-05-30")), cohorts::joining.eq(Joining::Code));
    diesel::update(cohorts::table.find(old)).set(dates).execute(conn).unwrap();
    let choices = Choices { version: 1, nudge: Some(false), opens_note: "Bring a map".into(), ..Choices::default() };
    let programme = catalogue().programmes.values().next().unwrap();
    let unit = programme.unit(1).unwrap();
    schedule::store::save_choices(conn, old, None, &Choices { nudge_days: Some(3), ..choices.clone() }).unwrap();
    schedule::store::save_choices(conn, old, Some(&unit.slug), &choices).unwrap();
    let (unit, step) = live::steps(&programme.units).next().unwrap();
    let local_time = local("2027-01-14 12:30");
    let session = live::Session {
        unit: unit.slug.clone(),
        step: step.slug.clone(),
        local_time,
        starts_at: trellis::platform::zone::Zone::named("Europe/London").unwrap().instant(local_time),
        minutes: 45,
        link: "https://meet.example.org/spring".into(),
        recording: String::new(),
        version: 1,
        called_off: false,
    };
    live::store::save(conn, old, &session).unwrap();
}

/// How people come in: with a code, forty of them, from one domain.
fn open_the_door(conn: &mut Conn, old: CohortId) {
    enrolling::store::lock(conn, old).unwrap();
    let domains = enrolling::domains::Domains::parse("nhs.net").unwrap();
    let settings = enrolling::Settings { places: Some(40), domains, remind_after_days: None, code: None };
    enrolling::store::save_settings(conn, old, &settings).unwrap();
    enrolling::store::set_code(conn, old, Some(&Code::kept("kq7mz-3hxwp".into()))).unwrap();
}

/// All that was chosen for the earlier cohort holds in the new one too, and nobody is in it.
fn assert_taken_over(conn: &mut Conn, id: CohortId) {
    let breaks = list_breaks(conn, id).unwrap();
    assert_eq!((breaks[1].first_day, breaks[1].last_day), (day("2028-03-27"), day("2028-04-09")));
    let settings = schedule::store::find_settings(conn, id).unwrap();
    assert_eq!((settings.cohort.nudge_days, settings.units[0].1.opens_note.as_str()), (Some(3), "Bring a map"));
    let session = live::store::list(conn, id).unwrap().remove(0);
    assert_eq!((session.local_time, session.minutes, session.link.as_str()), (local("2028-01-13 12:30"), 45, ""));
    let door = enrolling::store::settings(conn, id).unwrap();
    assert_eq!((door.places, door.domains.lines().as_str(), door.remind_after_days), (Some(40), "nhs.net", None));
    assert!(door.code.is_some_and(|code| !code.is("kq7mz-3hxwp")), "who knows the old code stays outside");
    let people: i64 = enrolments::table.filter(enrolments::cohort_id.eq(id)).count().get_result(conn).unwrap();
    assert_eq!(people, 0);
}

stories! {
    async fn last_years_cohort_becomes_this_years_with_one_date(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        course.enrol("Ada").await;
        change(&priya, &[("unit", "7"), ("change", "set"), ("date", "2027-03-03"), ("time", "14:00")]).await;
        let old = course.cohort;
        course.write(move |conn| {
            choose(conn, old);
            open_the_door(conn, old);
        }).await;

        let start = root.get(COPY).await.expect(200);
        assert!(start.has("value=\"2028-01-10\"") && start.has("Monday 11 January 2027"), "{}", start.html);
        let page = root.get(NEXT_YEAR).await.expect(200);
        for words in [
            "value=\"spring 2028\"", "value=\"spring-2028\"", "Monday 17 April 2028, Easter Monday",
            "Half-term break was Monday 15 to Sunday 21 February 2027.", "value=\"2028-02-14\"",
            "Wednesday 3 March 2027, 14:00 GMT", "Wednesday 1 March 2028, 14:00 GMT", "Was set by hand",
            "Thursday 13 January 2028, 12:30 GMT", "After the clock change", "It gets a code of its own.", "40 places.",
            "1 unit with a note in its mails",
        ] {
            assert!(page.has(words), "no {words}: {}", page.text());
        }
        let made = send(&root, &page, &[]).await.expect(303);
        assert_eq!(made.location(), "/admin/cohorts/spring-2028");
        root.get(made.location()).await.expect(200);

        let new = cohort(&course, "spring-2028").await;
        assert_eq!((new.name.as_str(), new.starts_on, new.closes_on), ("spring 2028", day("2028-01-10"), Some(day("2028-05-28"))));
        let weeks = ["01-03 09:00", "01-10 09:00", "01-17 09:00", "01-24 09:00", "01-31 09:00", "02-07 09:00", "02-21 09:00",
            "03-01 14:00", "03-06 09:00", "03-13 09:00", "03-20 09:00", "04-10 09:00"];
        assert_eq!(opens(&course, &new).await, weeks);
        let id = new.id;
        course.write(move |conn| assert_taken_over(conn, id)).await;
        assert_eq!(releases(&course).await.iter().filter(|r| r.set_by_hand).count(), 1, "the earlier one stays as it was");
        let acts: Vec<(Act, String)> = course.write(move |conn| {
            let own = audit_log::table.filter(audit_log::cohort_id.eq(id));
            own.select((audit_log::act, audit_log::reason)).load(conn).unwrap()
        }).await;
        assert_eq!(acts, [(Act::CopyCohort, "From spring 2027.".into())]);
    }

    async fn other_breaks_are_looked_at_before_anything_is_made(course: Course) {
        let root = course.administrator().await;
        let page = root.get(NEXT_YEAR).await.expect(200);
        let refused = send(&root, &page, &EASTER).await.expect(422);
        assert!(refused.has("The dates follow what you changed") && refused.has("value=\"2028-04-10\""), "{}", refused.html);
        assert!(refused.has("Monday 27 March 2028, 09:00 BST"), "the last unit comes before Easter now");
        assert_eq!(how_many(&course).await, 1);
        let again = send(&root, &page, &[EASTER[0], EASTER[1], ("again", "1")]).await.expect(200);
        send(&root, &again, &[]).await.expect(303);
        let new = cohort(&course, "spring-2028").await;
        assert_eq!(opens(&course, &new).await[9..], ["03-13 09:00", "03-20 09:00", "03-27 09:00"]);
    }

    async fn a_unit_set_by_hand_into_a_break_or_out_of_order_is_a_fault_at_its_row(course: Course) {
        let (root, priya) = (course.administrator().await, course.facilitator().await);
        change(&priya, &[("unit", "7"), ("change", "set"), ("date", "2027-03-03"), ("time", "14:00")]).await;
        let page = root.get(NEXT_YEAR).await.expect(200);
        for (typed, words) in [
            ([("day_7", "2028-02-16"), ("time_7", "14:00")], "Unit 7 would open in the break ‘Half-term break’"),
            ([("day_7", "2028-02-07"), ("time_7", "14:00")], "Unit 7 would open before unit 6"),
            ([("day_7", "2028-03-08"), ("time_7", "14:00")], "Unit 8 would open before unit 7"),
            ([("day_7", "2028-03-08"), ("time_7", "2pm")], "Enter a time like 09:00"),
        ] {
            for again in [&[][..], &[("again", "1")]] {
                let refused = send(&root, &page, &[&typed[..], again].concat()).await.expect(422);
                assert!(refused.has(words) && refused.has("<title>Error: Check the new cohort"), "{}", refused.html);
                assert!(refused.html.contains("id=\"day_7\"") && refused.has(&format!("value=\"{}\"", typed[0].1)));
            }
        }
        assert_eq!(how_many(&course).await, 1);
    }

    async fn sent_twice_makes_one_and_another_of_its_address_is_refused(course: Course) {
        let root = course.administrator().await;
        let page = root.get(NEXT_YEAR).await.expect(200);
        let (one, other) = futures_util::future::join(send(&root, &page, &[]), send(&root, &page, &[])).await;
        assert_eq!((one.expect(303).location(), other.expect(303).location()), ("/admin/cohorts/spring-2028", "/admin/cohorts/spring-2028"));
        assert_eq!(how_many(&course).await, 2);
        let refused = send(&root, &page, &[("name", "Another")]).await.expect(422);
        assert!(refused.has("Another cohort has this address"));
        // Back from what was made, with a break mended: it would not be the same cohort.
        let refused = send(&root, &page, &EASTER).await.expect(422);
        assert!(refused.has("Another cohort has this address") && refused.has("value=\"2028-04-10\""), "{}", refused.html);
        assert_eq!(how_many(&course).await, 2);
        assert!(root.get(NEXT_YEAR).await.expect(200).has("value=\"spring-2028-2\""));
    }

    async fn a_closing_day_that_comes_before_the_last_unit_is_marked(course: Course) {
        let (root, old) = (course.administrator().await, course.cohort);
        assert!(!root.get(NEXT_YEAR).await.expect(200).has("Discussions would close"));
        course.write(move |conn| {
            let early = cohorts::closes_on.eq(day("2027-04-05"));
            diesel::update(cohorts::table.find(old)).set(early).execute(conn).unwrap();
        }).await;
        let page = root.get(NEXT_YEAR).await.expect(200);
        assert!(page.has("Discussions would close before unit 11 opens."), "{}", page.html);
    }

    async fn what_is_wrong_is_named_and_another_weekday_is_said(course: Course) {
        let root = course.administrator().await;
        for (date, words) in [("", "Enter the first day"), ("2026-01-05", "has not gone by"), ("2028-02-30", "Enter the first day")] {
            let refused = root.get(&format!("{COPY}?starts_on={date}")).await.expect(422);
            assert!(refused.has(words) && refused.has("<title>Error: Copy a cohort"), "{}", refused.html);
        }
        root.get(&format!("{COPY}?starts_on=2028-01-10&name=x")).await.expect(400);
        let page = root.get(&format!("{COPY}?starts_on=2028-01-13")).await.expect(200);
        assert!(page.has("Units opened on Mondays, and would open on Thursdays"), "{}", page.html);
        for (field, value, words) in [
            ("name", "", "Enter the cohort's name"),
            ("slug", "Spring 2028", "Use small letters"),
            ("break_last_1", "2028-01-01", "lies before its first"),
        ] {
            let refused = send(&root, &page, &[(field, value)]).await.expect(422);
            assert!(refused.has(words) && refused.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", refused.html);
        }
        send(&root, &page, &[("joining", "open")]).await.expect(400);
        assert_eq!(how_many(&course).await, 1);
    }
}
