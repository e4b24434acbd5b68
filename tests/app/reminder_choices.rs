//! What facilitators choose about reminders and learners want of them; what will be sent; the mails about live sessions.

use diesel::prelude::*;
use mail_parser::MessageParser;
use trellis::schema::audit_log;

use crate::calendar::python;
use crate::smtp::Received;
use crate::world::*;

const ADA: &str = "ada@example.org";
const MANAGE: &str = "/cohorts/spring/manage/reminders";
const SETTINGS: &str = "/cohorts/spring/manage/reminders/settings";

type Form<'f> = Vec<(&'f str, &'f str)>;

/// The course's settings as they come, for the version that stands.
fn usual(version: &str) -> Form<'_> {
    vec![
        ("version", version),
        ("starting_soon", "on"),
        ("opens", "on"),
        ("nudge", "on"),
        ("wrap_up", "on"),
        ("live", "on"),
        ("nudge_days", ""),
        ("hour", ""),
    ]
}

/// The same of a unit, which goes by its course.
fn as_the_course(version: &str) -> Form<'_> {
    let as_it = usual(version).into_iter().map(|(name, value)| (name, if value == "on" { "" } else { value }));
    as_it.chain([("opens_note", ""), ("nudge_note", ""), ("wrap_up_note", "")]).collect()
}

fn with<'f>(form: Form<'f>, name: &str, value: &'f str) -> Form<'f> {
    form.into_iter().map(|(n, v)| if n == name { (n, value) } else { (n, v) }).collect()
}

fn wishes<'f>(kinds: &[&'f str], until: &'f str, cap: &'f str) -> Form<'f> {
    kinds.iter().map(|kind| (*kind, "1")).chain([("paused_until", until), ("daily_cap", cap)]).collect()
}

/// The plan of the session of unit 1, as the version after this one.
async fn plan(priya: &Person, version: &str, date: &str, time: &str) {
    plan_of(1, priya, version, date, time).await;
}

async fn plan_of(unit: u16, priya: &Person, version: &str, date: &str, time: &str) {
    let link = ("link", "https://meet.example.org/spring-1");
    let fields = [("date", date), ("time", time), ("minutes", "60"), link, ("recording", ""), ("version", version)];
    priya.submit(&format!("/cohorts/spring/manage/live/{unit}/live-session"), &fields).await.expect(303);
}

async fn subjects(course: &Course, address: &str) -> Vec<String> {
    course.mails_to(address).await.into_iter().map(|mail| mail.subject).collect()
}

/// Of a mail with an event: how its parts are typed, and what the event says, as Python reads them.
fn event(mail: &Received) -> Vec<String> {
    const READ: &str = "import sys, email, email.policy, icalendar
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [part for part in mail.walk() if part.get_content_type() in ('text/calendar', 'application/ics')]
inline, attached = parts
assert mail.get_content_type() == 'multipart/mixed' and attached.get_filename() == 'session.ics'
read = [icalendar.Calendar.from_ical(part.get_payload(decode=True)) for part in parts]
assert read[0].to_ical() == read[1].to_ical()
one, = read[0].walk('VEVENT')
assert inline.get_param('method') == read[0]['METHOD']
assert one['ORGANIZER'] == 'mailto:priya@example.org' and one['ATTENDEE'] == 'mailto:ada@example.org'
print(read[0]['METHOD'], one['SEQUENCE'], one.decoded('DTSTART').strftime('%Y%m%dT%H%M%SZ'), one.get('STATUS', '-'))
print(one['UID'])";
    python(READ, &mail.raw)
}

stories! {
    async fn what_facilitators_switch_off_goes_to_nobody_and_the_ledger_says_so(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let page = priya.get(SETTINGS).await.expect(200);
        assert!(page.has("Leave it empty for 4.") && page.has("As in the whole course"), "{}", page.html);
        let saved = priya.submit(SETTINGS, &with(usual("0"), "nudge", "off")).await.expect(303);
        assert!(priya.get(saved.location()).await.has("The settings are saved."));
        let all = priya.get(MANAGE).await.expect(200);
        assert!(all.has("Switched off"), "{}", all.html);
        course.live_until("2027-01-17 09:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 2, "{:?}", subjects(&course, ADA).await);
        let page = ada.get("/cohorts/spring/reminders").await.expect(200);
        assert!(page.has("because it was switched off by your facilitators."), "{}", page.html);
        // On again, for what is still to come.
        priya.submit(SETTINGS, &usual("1")).await.expect(303);
        course.live_until("2027-01-22 09:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 4, "{:?}", subjects(&course, ADA).await);
    }

    async fn a_unit_has_its_own_day_hour_and_word_from_the_facilitators(course: Course) {
        let (_ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let unit = format!("{SETTINGS}/1");
        let own = with(with(as_the_course("0"), "nudge_days", "2"), "hour", "17:30");
        let own = with(own, "nudge_note", "Bring a <question>.\nWe read them all.");
        priya.submit(&unit, &own).await.expect(303);
        assert!(priya.get(SETTINGS).await.has("a note on nudge, nudge after 2 days, at 17:30"));
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        course.travel_to("2027-01-13 17:29");
        course.run_jobs().await;
        assert_eq!(course.mails_to(ADA).await.len(), 1);
        course.travel_to("2027-01-13 17:30");
        course.run_jobs().await;
        let nudge = course.mails_to(ADA).await.pop().unwrap();
        let parsed = MessageParser::default().parse(nudge.raw.as_bytes()).unwrap();
        let (text, html) = (parsed.body_text(0).unwrap().replace("\r\n", "\n"), parsed.body_html(0).unwrap());
        assert!(text.contains("\nFROM YOUR FACILITATORS\n\nBring a <question>.\nWe read them all.\n"), "{text}");
        assert!(html.contains("Bring a &#60;question&#62;.<br>We read them all."), "{html}");
        course.live_until("2027-01-16 12:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 2, "a unit is nudged about once");
    }

    async fn what_facilitators_change_about_reminders_is_kept_in_the_log(course: Course) {
        let priya = course.facilitator().await;
        let unit = format!("{SETTINGS}/1");
        priya.submit(SETTINGS, &with(with(usual("0"), "nudge", "off"), "nudge_days", "2")).await.expect(303);
        priya.submit(SETTINGS, &with(with(usual("1"), "nudge", "off"), "nudge_days", "2")).await.expect(303);
        priya.submit(&unit, &with(with(as_the_course("0"), "hour", "17:30"), "nudge", "on")).await.expect(303);
        priya.submit(&unit, &with(as_the_course("1"), "opens_note", "Bring a question.")).await.expect(303);
        priya.submit(&unit, &with(as_the_course("1"), "hour", "25:00")).await.expect(422);
        let acts: Vec<(String, String, String)> = course
            .write(|conn| {
                let columns = (audit_log::actor, audit_log::act, audit_log::reason);
                audit_log::table.order(audit_log::id).select(columns).load(conn).unwrap()
            })
            .await;
        let act = |what: &str| ("Priya".to_owned(), "change-reminders".to_owned(), what.to_owned());
        let expected = [
            act("nudge off, nudge after 2 days"),
            act("nudge on, at 17:30"),
            act("another note on opens, nudge as in the whole course, at the usual hour"),
        ];
        assert_eq!(acts, expected);
        assert!(!priya.get("/cohorts/spring/manage/discussions").await.has("changed the reminders"));
    }

    async fn what_facilitators_say_to_the_whole_course_stands_where_a_unit_says_nothing(course: Course) {
        let priya = course.facilitator().await;
        let notes = [("opens_note", ""), ("nudge_note", "We are here to help."), ("wrap_up_note", "")];
        priya.submit(SETTINGS, &[usual("0"), notes.to_vec()].concat()).await.expect(303);
        priya.submit(&format!("{SETTINGS}/2"), &with(as_the_course("0"), "nudge_note", "Bring a map.")).await.expect(303);
        let mail = async |unit: u16| priya.get(&format!("{MANAGE}/preview/{unit}/nudge")).await.expect(200);
        assert!(mail(1).await.has("We are here to help."));
        let own = mail(2).await;
        assert!(own.has("Bring a map.") && !own.has("We are here to help."));
        assert!(priya.get(&format!("{SETTINGS}/1")).await.has("Leave it empty to say what the whole course says."));
    }

    async fn each_mail_is_seen_as_a_change_of_the_schedule_would_send_it_before_it_is_saved(course: Course) {
        let _ada = course.enrol("Ada").await;
        let priya = course.facilitator().await;
        plan(&priya, "0", "2027-01-13", "12:00").await;
        let change = [("unit", "1"), ("change", "set"), ("date", "2027-01-14"), ("time", "07:30")];
        let looked = priya.submit("/cohorts/spring/manage/schedule/preview", &change).await.expect(200);
        let query = "?unit=1&change=set&date=2027-01-14&time=07%3A30";
        let link = query.replace('&', "&#38;");
        assert!(looked.html.contains(&format!("href=\"{MANAGE}/preview{link}\"")), "{}", looked.html);
        let page = priya.get(&format!("{MANAGE}/preview{query}")).await.expect(200);
        for words in [
            "Unit 1 would open at another time",
            "Thursday 14 January 2027, 07:30 GMT",
            "Monday 11 January 2027, 09:00 GMT",
            "The same",
            "Would not be sent any more",
            "Tuesday 12 January 2027, 12:00 GMT",
        ] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        let path = format!("{MANAGE}/preview/1/opens{query}");
        let mail = priya.get(&path).await.expect(200);
        assert!(mail.has("It would go out on Thursday 14 January 2027, 07:30 GMT, if the change of the schedule is saved."));
        assert!(priya.get(&format!("{MANAGE}/preview/1/nudge{query}&begun=1")).await.expect(200).has("18 January 2027, 09:00"));
        priya.submit(&path, &[]).await.expect(303);
        course.run_jobs().await;
        assert!(course.mails_to("priya@example.org").await.pop().unwrap().subject.starts_with("Test: "));
        let open = format!("{MANAGE}/preview?unit=1&change=open");
        assert!(priya.get(&open).await.expect(200).has("As soon as you save"));
        let wrong = format!("{MANAGE}/preview?unit=1&change=set&date=2027-13-14&time=07:30");
        assert!(priya.get(&wrong).await.expect(422).has("Enter a date that exists"));
        assert!(priya.get(&format!("{MANAGE}/preview?unit=99&change=open")).await.status == 404);
        assert!(priya.get(&format!("{MANAGE}/preview?unit=1&change=dance")).await.status == 400);
        assert!(priya.get(&format!("{MANAGE}/preview")).await.expect(200).has("What will be sent"), "nothing is saved");
    }

    async fn two_facilitators_at_once_lose_nothing(course: Course) {
        let priya = course.facilitator().await;
        let unit = format!("{SETTINGS}/3");
        for path in [SETTINGS, unit.as_str()] {
            let form = if path == SETTINGS { usual("0") } else { as_the_course("0") };
            priya.submit(path, &with(form.clone(), "nudge_days", "3")).await.expect(303);
            let late = priya.submit(path, &with(form, "nudge_days", "9")).await.expect(422);
            assert!(late.has("Somebody else has changed these settings") && late.html.contains("value=\"9\""), "{}", late.html);
            assert!(late.has("Error: "));
        }
        let wrong = with(with(usual("1"), "nudge_days", "0"), "hour", "25:00");
        let page = priya.submit(SETTINGS, &wrong).await.expect(422);
        assert!(page.has("Enter a number of days from 1 to 30") && page.has("Enter a time of the day, like 09:00"));
        assert!(page.html.contains("value=\"25:00\""), "{}", page.html);
        priya.submit(SETTINGS, &with(usual("1"), "opens", "perhaps")).await.expect(422);
    }

    async fn a_learner_says_which_reminders_they_want_until_when_none_and_how_many_a_day(course: Course) {
        let (ada, ben, cat) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Cat").await);
        let own = "/cohorts/spring/reminders/wishes";
        let saved = ada.submit(own, &wishes(&["opens", "wrap_up", "live"], "", "3")).await.expect(303);
        assert!(ada.get(saved.location()).await.has("It is saved which reminders you want."));
        let all = ["opens", "nudge", "wrap_up", "live"];
        ben.submit(own, &wishes(&all, "2027-01-16", "3")).await.expect(303);
        let page = cat.submit(own, &wishes(&all, "2027-02-30", "0")).await.expect(422);
        assert!(page.has("Enter a date that exists") && page.has("Enter a number of mails from 1 to 20"), "{}", page.html);
        assert!(page.html.contains("value=\"2027-02-30\""), "{}", page.html);
        course.live_until("2027-01-17 09:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 2, "opens and wrap-up");
        assert_eq!(course.mails_to("ben@example.org").await.len(), 1, "the wrap-up alone");
        assert_eq!(course.mails_to("cat@example.org").await.len(), 3);
        assert!(ada.get("/cohorts/spring/reminders").await.has("because this kind of mail was not wanted."));
        assert!(ben.get("/cohorts/spring/reminders").await.has("because reminders were paused."));
    }

    async fn more_mails_than_somebody_wants_in_a_day_are_not_sent(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let all = ["opens", "nudge", "wrap_up", "live"];
        ada.submit("/cohorts/spring/reminders/wishes", &wishes(&all, "", "1")).await.expect(303);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        plan(&priya, "0", "2027-01-11", "16:00").await;
        course.travel_to("2027-01-11 15:00");
        course.run_jobs().await;
        assert_eq!(course.mails_to(ADA).await.len(), 1);
        let page = ada.get("/cohorts/spring/reminders").await;
        assert!(page.has("because as many mails as are wanted in a day had gone out."), "{}", page.html);
    }

    async fn that_a_unit_opens_is_told_the_next_day_where_a_day_has_had_its_mails(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let all = ["opens", "nudge", "wrap_up", "live"];
        ada.submit("/cohorts/spring/reminders/wishes", &wishes(&all, "", "1")).await.expect(303);
        plan(&priya, "0", "2027-01-18", "09:30").await;
        course.live_until("2027-01-18 12:00").await;
        let unit = catalogue().programmes.values().next().unwrap().unit(2).unwrap();
        let words = &unit.reminders.opens.as_ref().unwrap().subject;
        let opening = |all: Vec<String>| all.iter().filter(|subject| *subject == words).count();
        assert_eq!(opening(subjects(&course, ADA).await), 0, "the session's mail came half an hour before");
        course.live_until("2027-01-19 08:59").await;
        assert_eq!(opening(subjects(&course, ADA).await), 0);
        course.live_until("2027-01-19 09:00").await;
        assert_eq!(opening(subjects(&course, ADA).await), 1);
    }

    async fn what_will_be_sent_is_seen_beforehand_and_sent_to_nobody_else(course: Course) {
        let (_ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        ben.submit("/cohorts/spring/reminders", &[("reminders", "stop")]).await.expect(303);
        plan(&priya, "0", "2027-01-14", "12:30").await;
        priya.submit(&format!("{SETTINGS}/2"), &with(as_the_course("0"), "nudge", "off")).await.expect(303);
        let page = priya.get(&format!("{MANAGE}/preview")).await.expect(200);
        let row = |what: &str| crate::person::between(&page.html, &format!(">{what}</a>"), "</tr>").unwrap().to_owned();
        let opens = row("Opens, unit 1");
        assert!(opens.contains("Monday 11\u{a0}January 2027, 09:00\u{a0}GMT") && opens.contains(">1</td>"), "{opens}");
        assert!(opens.contains("1: reminders had been stopped"), "{opens}");
        assert!(row("Nudge, unit 2").contains("Switched off"));
        assert!(row("Live session, the hour before, unit 1").contains("14\u{a0}January 2027, 11:30"));
        assert!(!page.has("unit 0"), "it opened a week ago");

        let one = format!("{MANAGE}/preview/1/nudge");
        let mail = priya.get(&one).await.expect(200);
        assert!(mail.has("Dear Priya") && mail.has("For somebody who has not begun."), "{}", mail.html);
        assert!(priya.get(&format!("{one}?begun=1")).await.expect(200).has("You have done 1 of"));
        let html = priya.get(&format!("{one}/mail.html")).await.expect(200);
        assert!(html.html.starts_with("<!DOCTYPE html>") && html.has("Dear Priya"));
        let live = format!("{MANAGE}/preview/1/live_day?step=live-session");
        assert!(priya.get(&live).await.expect(200).has("Live session on Thursday at 12:30pm"));
        priya.get(&format!("{MANAGE}/preview/0/opens")).await.expect(404);

        for path in [&one, &live] {
            let sent = priya.submit(path, &[]).await.expect(303);
            assert!(priya.get(sent.location()).await.has("It is on its way to you."));
        }
        course.run_jobs().await;
        let mine = subjects(&course, "priya@example.org").await;
        assert!(mine.len() == 2 && mine.iter().all(|subject| subject.starts_with("Test: ")), "{mine:?}");
        assert_eq!(course.smtp.received().len(), 2, "nobody else");
        assert!(!priya.get(&format!("{MANAGE}/ledger")).await.has("priya@example.org"), "a test is no reminder");
    }

    async fn the_course_starts_soon_three_days_before(course: Course) {
        course.travel_to("2027-01-05 12:00");
        let _ada = course.enrol("Ada").await;
        course.travel_to("2027-01-08 08:59");
        course.run_jobs().await;
        assert_eq!(course.mails_to(ADA).await.len(), 0);
        course.travel_to("2027-01-08 09:00");
        course.run_jobs().await;
        let mail = course.mails_to(ADA).await.pop().unwrap();
        assert_eq!(mail.subject, "Your course starts on Monday 11 January at 9am GMT");
        let text = mail.text();
        assert!(text.contains("Unit 1 opens Monday 11\u{a0}January 2027 at 9am\u{a0}GMT."), "{text}");
        assert!(text.contains("STILL TO DO IN THE ORIENTATION"), "the nudge about it falls due with it: {text}");
        course.live_until("2027-01-09 12:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 1);
    }

    async fn a_live_session_comes_with_an_event_a_day_and_an_hour_before(course: Course) {
        let (_ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        plan(&priya, "0", "2027-01-14", "12:30").await;
        course.live_until("2027-01-13 12:00").await;
        assert_eq!(course.mails_to(ADA).await.len(), 1);
        course.live_until("2027-01-14 11:00").await;
        let day = course.mails_to(ADA).await.pop().unwrap();
        assert!(day.subject.starts_with("Live session on Thursday at 12:30pm"), "{}", day.subject);
        let first = event(&day);
        assert_eq!(first[0], "REQUEST 1 20270114T123000Z -");
        course.live_until("2027-01-14 13:00").await;
        let all = course.mails_to(ADA).await;
        assert_eq!(all.len(), 3, "{:?}", subjects(&course, ADA).await);
        assert!(all[2].subject.starts_with("Live session today at 12:30pm"), "{}", all[2].subject);
        assert_eq!(event(&all[2]), first, "the same event, not changed");
        let page = priya.get(&format!("{MANAGE}/ledger?unit=1&kind=live_hour")).await.expect(200);
        assert!(page.has("The mail server accepted it"), "{}", page.html);
    }

    async fn two_sessions_of_one_name_and_time_are_told_of_each(course: Course) {
        let (_ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        for unit in [1, 3] {
            plan_of(unit, &priya, "0", "2027-01-28", "12:30").await;
        }
        course.live_until("2027-01-27 13:00").await;
        let day = |mail: &Received| mail.subject.starts_with("Live session on Thursday at 12:30pm");
        let mails: Vec<Received> = course.mails_to(ADA).await.into_iter().filter(day).collect();
        assert_eq!(mails.len(), 2, "{:?}", subjects(&course, ADA).await);
        let ids: Vec<Vec<String>> = mails.iter().map(event).collect();
        assert_ne!(ids[0][1], ids[1][1], "each its own event");
        for unit in [1, 3] {
            let page = priya.get(&format!("{MANAGE}/ledger?unit={unit}&kind=live_day")).await.expect(200);
            assert!(page.has("The mail server accepted it"), "unit {unit}: {}", page.html);
        }
    }

    async fn a_session_that_moves_or_is_called_off_is_told_to_those_who_were_told_of_it(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        plan(&priya, "0", "2027-01-14", "12:30").await;
        course.live_until("2027-01-13 13:00").await;
        let told = event(&course.mails_to(ADA).await.pop().unwrap());
        let ben = course.enrol("Ben").await;
        plan(&priya, "1", "2027-01-20", "16:00").await;
        course.live_until("2027-01-13 15:00").await;
        let moved = course.mails_to(ADA).await.pop().unwrap();
        assert!(moved.subject.starts_with("Live session moved to 20 January at 4pm"), "{}", moved.subject);
        let [method, uid] = event(&moved).try_into().unwrap();
        assert_eq!((method.as_str(), &uid), ("REQUEST 2 20270120T160000Z -", &told[1]));
        assert_eq!(course.mails_to("ben@example.org").await.len(), 0, "he was told nothing yet");
        // A word about the link is no change of time.
        plan(&priya, "2", "2027-01-20", "16:00").await;
        course.live_until("2027-01-19 17:00").await;
        let mails = course.mails_to(ADA).await.len();
        assert!(subjects(&course, "ben@example.org").await.iter().any(|s| s.starts_with("Live session on Wednesday")));
        plan(&priya, "3", "", "").await;
        course.live_until("2027-01-20 17:00").await;
        for person in [&ada, &ben] {
            let last = course.mails_to(&person.email).await.pop().unwrap();
            assert!(last.subject.starts_with("Live session called off"), "{}", last.subject);
        }
        let last = course.mails_to(ADA).await;
        assert_eq!(last.len(), mails + 1, "{:?}", subjects(&course, ADA).await);
        assert_eq!(event(last.last().unwrap()), ["CANCEL 4 20270120T160000Z CANCELLED", told[1].as_str()]);
    }

    async fn the_ledger_is_searched_by_unit_kind_outcome_and_learner(course: Course) {
        let (_ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.enrol("=Evil").await;
        ben.submit("/cohorts/spring/reminders", &[("reminders", "stop")]).await.expect(303);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        let names = async |query: &str| {
            let page = priya.get(&format!("{MANAGE}/ledger?{query}")).await.expect(200);
            ["Ada", "Ben", "=Evil"].map(|name| page.html.contains(&format!("<bdi>{name}</bdi>")))
        };
        assert_eq!(names("").await, [true, true, true]);
        assert_eq!(names("outcome=sent").await, [true, false, true]);
        assert_eq!(names("outcome=not_sent&unit=1").await, [false, true, false]);
        assert_eq!(names("learner=ADA%40").await, [true, false, false]);
        assert_eq!(names("learner=%25").await, [false, false, false], "a per cent sign is no wildcard");
        assert_eq!(names("unit=2").await, [false, false, false]);
        assert_eq!(names("kind=nudge").await, [false, false, false]);
        let table = priya.get(&format!("{MANAGE}/ledger.csv?outcome=sent")).await.expect(200);
        let lines: Vec<&str> = table.html.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("Learner,Email,Unit,Reminder,Due,"), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("'=Evil,'=evil@example.org,1,Opens,2027-01-11 09:00,Sent,")), "{lines:?}");
    }
}
