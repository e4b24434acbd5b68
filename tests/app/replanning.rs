//! Stories of a schedule that is changed with a reason: breaks, what was changed, taking it back, bank holidays and live
//! sessions.

use diesel::prelude::*;
use trellis::audit::Act;
use trellis::cohort::store::list_breaks;
use trellis::schema::{audit_log, live_sessions};

use crate::schedule::{PREVIEW, SCHEDULE, change, releases, save, status, times_from};
use crate::world::*;

const BREAKS: &str = "/cohorts/spring/manage/schedule/breaks";
const HISTORY: &str = "/cohorts/spring/manage/schedule/history";

/// The fields of the form with these breaks.
fn with_breaks<'a>(rows: &[(&'a str, &'a str, &'a str)]) -> Vec<(String, &'a str)> {
    let mut fields = vec![("change".to_owned(), "breaks")];
    for (n, (name, first, last)) in rows.iter().enumerate() {
        let n = n + 1;
        let named = [("name", *name), ("first", *first), ("last", *last)];
        fields.extend(named.map(|(part, value)| (format!("break_{part}_{n}"), value)));
    }
    fields
}

async fn look(person: &Person, fields: &[(String, &str)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    person.submit(PREVIEW, &fields).await
}

async fn breaks(course: &Course) -> Vec<String> {
    let cohort = course.cohort;
    let kept = course.write(move |conn| list_breaks(conn, cohort).unwrap()).await;
    kept.iter().map(|pause| format!("{} {} {}", pause.name, pause.first_day, pause.last_day)).collect()
}

/// Sends the button that takes the newest change back.
async fn undo(person: &Person) -> Page {
    let page = person.get(HISTORY).await.expect(200);
    let entry = crate::person::between(&page.html, "name=\"entry\" value=\"", "\"").unwrap();
    person.submit(PREVIEW, &[("change", "undo"), ("entry", entry)]).await
}

stories! {
    async fn a_new_break_is_shown_whole_before_it_is_kept(course: Course) {
        let priya = course.facilitator().await;
        course.travel_to("2027-02-23 12:00");
        course.run_jobs().await;
        assert!(priya.get(BREAKS).await.expect(200).has("value=\"Easter break\""));
        let snow = [("Half-term", "2027-02-15", "2027-02-21"), ("Snow", "2027-03-08", "2027-03-10"), ("Easter break", "2027-03-29", "2027-04-11")];
        let preview = look(&priya, &with_breaks(&snow)).await.expect(200);
        assert!(preview.has("The breaks would change") && preview.has("‘Snow’ is new: Monday 8 to Wednesday 10 March 2027.") && preview.has("Monday 19 April 2027, 09:00 BST"), "{}", preview.html);
        assert_eq!(times_from(&course, 8).await, ["03-08 09:00", "03-15 09:00", "03-22 09:00", "04-12 09:00"]);
        save(&priya, &preview, &[]).await.expect(303);
        assert_eq!(times_from(&course, 8).await, ["03-15 09:00", "03-22 09:00", "04-12 09:00", "04-19 09:00"]);
        assert_eq!(breaks(&course).await[1], "Snow 2027-03-08 2027-03-10");

        let undone = undo(&priya).await.expect(200);
        assert!(undone.has("This would be undone: The breaks were changed"), "{}", undone.html);
        save(&priya, &undone, &[]).await.expect(303);
        assert_eq!(times_from(&course, 8).await, ["03-08 09:00", "03-15 09:00", "03-22 09:00", "04-12 09:00"]);
        assert_eq!(breaks(&course).await.len(), 2);
    }

    async fn what_is_wrong_with_a_break_is_said_beside_it(course: Course) {
        let priya = course.facilitator().await;
        for (row, field) in [
            (("", "2027-03-08", "2027-03-10"), "break_name_1"),
            (("Snow", "soon", "2027-03-10"), "break_first_1"),
            (("Snow", "2027-03-10", "2027-03-08"), "break_last_1"),
        ] {
            let page = look(&priya, &with_breaks(&[row])).await.expect(422);
            assert!(page.has("<title>Error: Breaks") && page.has(&format!("href=\"#{field}\"")), "{}", page.html);
            assert!(page.has(&format!("value=\"{}\"", row.1)));
        }
        let same = with_breaks(&[("Half-term break", "2027-02-15", "2027-02-21"), ("Easter break", "2027-03-29", "2027-04-11")]);
        assert!(look(&priya, &same).await.expect(200).has("nothing would change"));
        assert_eq!(breaks(&course).await.len(), 2);
    }

    async fn nothing_is_saved_without_a_reason_and_the_history_says_who_and_why(course: Course) {
        let priya = course.facilitator().await;
        course.travel_to("2027-02-23 12:00");
        let later = [("unit", "8"), ("change", "move"), ("by", "1"), ("of", "weeks")];
        let nameless = priya.submit(SCHEDULE, &[&later[..], &[("version", "1"), ("reason", "  ")]].concat()).await.expect(422);
        assert!(nameless.has("href=\"#reason\"") && nameless.has("<title>Error:"), "{}", nameless.html);
        assert_eq!(times_from(&course, 8).await[0], "03-08 09:00");
        assert!(priya.get(HISTORY).await.expect(200).has("Nothing was changed yet."));

        change(&priya, &later).await;
        let page = priya.get(HISTORY).await.expect(200);
        for words in ["Unit 8 and all later units moved 1 week later", "Priya", "The venue was double booked.", "Unit 11: from Monday 12 April 2027, 09:00 BST to Monday 19 April 2027, 09:00 BST"] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        assert!(priya.get(SCHEDULE).await.expect(200).has("Unit 8 and all later units moved 1 week later"));
        let cohort = course.cohort;
        let noted = course.write(move |conn| {
            let acts = audit_log::table.filter(audit_log::cohort_id.eq(cohort)).filter(audit_log::act.eq(Act::ChangeSchedule));
            acts.select((audit_log::subject, audit_log::reason)).load::<(String, String)>(conn).unwrap()
        }).await;
        assert_eq!(noted, [("Unit 8 and all later units moved 1 week later".into(), "The venue was double booked.".into())]);
    }

    async fn a_change_is_undone_once_and_not_over_a_later_one(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.travel_to("2027-01-15 12:34");
        course.run_jobs().await;
        change(&priya, &[("unit", "2"), ("change", "open")]).await;
        assert_eq!(status(&ada, 2).await, 200);
        let preview = undo(&priya).await.expect(200);
        assert!(preview.has("Close again what is open now: unit 2"), "{}", preview.html);
        save(&priya, &preview, &[("confirmed", "1")]).await.expect(303);
        assert_eq!((status(&ada, 2).await, times_from(&course, 2).await[0].as_str()), (403, "01-18 09:00"));
        assert!(!releases(&course).await[2].set_by_hand, "it follows the cohort's dates again");

        change(&priya, &[("unit", "9"), ("change", "hold")]).await;
        let page = priya.get(HISTORY).await.expect(200);
        let first = page.html.rfind("Unit 2 was opened").unwrap();
        assert!(page.html[first..].contains("It was changed again since."), "{}", page.html);
        let entries: Vec<&str> = page.html.match_indices("name=\"entry\"").map(|(at, _)| &page.html[at..at + 30]).collect();
        assert_eq!(entries.len(), 2, "the hold, and what was undone: {entries:?}");
        let stale = priya.submit(PREVIEW, &[("change", "undo"), ("entry", "1")]).await.expect(422);
        assert!(stale.has("was changed again since. Undo the later change first"), "{}", stale.html);
        priya.submit(PREVIEW, &[("change", "undo"), ("entry", "999")]).await.expect(404);
        assert!(releases(&course).await[9].held);
    }

    async fn a_hold_that_outlasts_the_units_time_is_undone_from_now_on(course: Course) {
        let (priya, ada) = (course.facilitator().await, course.enrol("Ada").await);
        course.travel_to("2027-01-15 12:00");
        course.run_jobs().await;
        change(&priya, &[("unit", "2"), ("change", "hold")]).await;
        course.travel_to("2027-01-21 12:00");
        course.run_jobs().await;
        let preview = undo(&priya).await.expect(200);
        assert!(preview.has("As soon as you save"), "{}", preview.html);
        save(&priya, &preview, &[]).await.expect(303);
        assert_eq!((status(&ada, 2).await, releases(&course).await[2].opens_at), (200, course.now()));
        course.run_jobs().await;
        let told = course.mails_to(&ada.email).await.into_iter().filter(|mail| mail.text().contains("/units/2")).count();
        assert_eq!(told, 1, "it opened just now, so learners are told of it");
    }

    async fn bank_holidays_and_live_sessions_are_named(course: Course) {
        let priya = course.facilitator().await;
        let cohort = course.cohort;
        let starts_at = course.zone.instant(local("2027-03-17 13:00"));
        course.write(move |conn| {
            let unit = releases_unit(conn, cohort, 9);
            let session = (
                live_sessions::cohort_id.eq(cohort),
                live_sessions::unit.eq(unit),
                live_sessions::step.eq("live"),
                live_sessions::local_time.eq("2027-03-17T13:00:00".parse::<chrono::NaiveDateTime>().unwrap()),
                live_sessions::starts_at.eq(starts_at),
                live_sessions::minutes.eq(60),
                live_sessions::link.eq(""),
                live_sessions::recording.eq(""),
                live_sessions::version.eq(1),
                live_sessions::called_off.eq(false),
            );
            diesel::insert_into(live_sessions::table).values(session).execute(conn).unwrap();
        }).await;
        course.travel_to("2027-02-23 12:00");
        let later = [("unit", "11"), ("change", "set"), ("date", "2027-05-03"), ("time", "09:00")];
        let preview = priya.submit(PREVIEW, &later).await.expect(200);
        assert!(preview.has("Monday 3 May, the early May bank holiday: a bank holiday in England."), "{}", preview.html);
        save(&priya, &preview, &[]).await.expect(303);
        assert!(priya.get(SCHEDULE).await.expect(200).has("It is the early May bank holiday, a bank holiday in England."));

        let week = [("unit", "9"), ("change", "set"), ("date", "2027-03-19"), ("time", "09:00")];
        let preview = priya.submit(PREVIEW, &week).await.expect(200);
        assert!(preview.has("is on Wednesday 17 March, 13:00: that would be before unit 9 opens. Move the session too."), "{}", preview.html);
    }
}

fn releases_unit(
    conn: &mut trellis::platform::db::Conn,
    cohort: trellis::cohort::CohortId,
    number: usize,
) -> trellis::platform::text::Slug {
    trellis::schedule::store::list_releases(conn, cohort).unwrap()[number].unit.clone()
}
