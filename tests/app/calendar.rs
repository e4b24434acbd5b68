//! A course's dates: on their page, and as the feed that people's own calendar programs read.

use std::io::Write;
use std::sync::{Mutex, OnceLock};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use trellis::cohort::store::{NewCohort, create, enrol};
use trellis::cohort::{CohortId, Joining, Role, Standing};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::platform::zone::Zone;
use trellis::schedule::Release;
use trellis::schedule::store::{list_releases, plan_cohort, save};
use trellis::schema::{accounts, calendar_tokens, enrolments};

use crate::person::between;
use crate::world::*;

const CALENDAR: &str = "/cohorts/spring/calendar";

/// One event, read by these few lines and not by what wrote it: names with their parameters, values unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event(Vec<(String, String)>);

impl Event {
    #[track_caller]
    fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().filter(|(n, _)| n == name);
        let value = found.next().unwrap_or_else(|| panic!("no {name} in {self:?}"));
        assert!(found.next().is_none(), "{name} twice in {self:?}");
        &value.1
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// The instant at which it begins; None for whole days.
    fn begins(&self) -> Option<Instant> {
        let text = self.0.iter().find(|(name, _)| name == "DTSTART").map(|(_, value)| value)?;
        let utc = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").expect("an instant in UTC");
        Some(Instant::from_utc(utc))
    }

    fn days(&self) -> (NaiveDate, NaiveDate) {
        let day = |name| NaiveDate::parse_from_str(self.get(name), "%Y%m%d").unwrap();
        (day("DTSTART;VALUE=DATE"), day("DTEND;VALUE=DATE"))
    }
}

/// What RFC 5545 asks of the text, and its events.
fn parse(text: &str) -> Vec<Event> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "only CRLF ends a line");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "a line is longer than 75 octets");
    let unfolded = text.replace("\r\n ", "");
    let (mut outer, mut events, mut open) = (Vec::new(), Vec::new(), None::<Event>);
    for line in unfolded.trim_end().split("\r\n") {
        let (name, value) = line.split_once(':').expect("each line is a name and a value");
        match (name, value, open.as_mut()) {
            ("BEGIN", "VEVENT", None) => open = Some(Event(Vec::new())),
            ("END", "VEVENT", Some(_)) => events.extend(open.take()),
            (_, _, Some(event)) => event.0.push((name.into(), unescaped(value))),
            (_, _, None) => outer.push(format!("{name}:{}", unescaped(value))),
        }
    }
    assert_eq!((outer.first().unwrap().as_str(), outer.last().unwrap().as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    for needed in ["VERSION:2.0", "CALSCALE:GREGORIAN", "PRODID:-//Trellis//Calendar//EN"] {
        assert_eq!(outer.iter().filter(|line| *line == needed).count(), 1, "{needed} in {outer:?}");
    }
    let name = |key: &str| outer.iter().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
    assert!(name("NAME:").is_some() && name("NAME:") == name("X-WR-CALNAME:"), "{outer:?}");
    for event in &events {
        for needed in ["UID", "DTSTAMP", "SEQUENCE", "SUMMARY"] {
            event.get(needed);
        }
        assert!(event.has("DURATION") != event.has("DTEND;VALUE=DATE"), "{event:?}");
    }
    let mut uids: Vec<&str> = events.iter().map(|event| event.get("UID")).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), events.len(), "each UID stands once");
    events
}

fn unescaped(value: &str) -> String {
    let (mut plain, mut letters) = (String::new(), value.chars());
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(c @ ('\\' | ';' | ',')) => plain.push(c),
                other => panic!("a backslash before {other:?} in {value}"),
            },
            c => plain.push(c),
        }
    }
    plain
}

/// Makes a private address: its path, as it stands on the page.
async fn address(person: &Person, calendar: &str) -> String {
    let page = person.submit(calendar, &[]).await.expect(200);
    let shown = between(&page.html, "value=\"http://", "\"").unwrap_or_else(|| panic!("no address in {}", page.html));
    shown[shown.find('/').unwrap()..].to_owned()
}

async fn feed(course: &Course, address: &str) -> Vec<Event> {
    parse(&course.visitor().get(address).await.expect(200).html)
}

async fn releases(course: &Course, cohort: CohortId) -> Vec<Release> {
    course.write(move |conn| list_releases(conn, cohort).unwrap()).await
}

/// The calendar's openings are the releases, to the second, under the right titles.
fn compare(events: &[Event], releases: &[Release], cohort: &str) {
    let openings: Vec<&Event> = events.iter().filter(|event| event.begins().is_some()).collect();
    let expected: Vec<&Release> = releases.iter().filter(|release| !release.held).collect();
    assert_eq!(openings.len(), expected.len());
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    for (event, release) in openings.iter().zip(expected) {
        let unit = programme.units.iter().find(|unit| unit.slug == release.unit).unwrap();
        assert_eq!(event.begins(), Some(release.opens_at), "{event:?}");
        let opens = if unit.number == 0 { "Opens".to_owned() } else { format!("Week {} opens", unit.number) };
        assert_eq!(event.get("SUMMARY"), format!("{opens}: {}", unit.title));
        assert!(event.get("URL").ends_with(&format!("/cohorts/{cohort}/units/{}", unit.number)));
        assert!(event.get("UID").starts_with(&format!("{}.unit.{cohort}@127.0.0.1:", unit.slug)));
    }
}

/// Changes one unit's release, as a facilitator's change of the schedule does.
async fn change(course: &Course, unit: usize, version: i32, changed: impl Fn(&mut Release) + Send + 'static) {
    let cohort = course.cohort;
    let work = move |conn: &mut Conn| {
        let mut all = list_releases(conn, cohort).unwrap();
        changed(&mut all[unit]);
        assert!(save(conn, cohort, version, &all[unit..=unit]).unwrap());
    };
    course.write(work).await;
}

/// What Python's `icalendar` reads in a feed: for each event with an hour, its UID and its instant; whole days by `zoneinfo`.
fn by_python(feed: &str) -> Vec<String> {
    const READ: &str = "import sys, icalendar, datetime
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
for event in calendar.walk('VEVENT'):
    start = event.decoded('DTSTART')
    if isinstance(start, datetime.datetime):
        print(event['UID'], start.astimezone(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ'), event.decoded('DURATION'))
    else:
        print(event['UID'], start, event.decoded('DTEND'))";
    python(READ, feed)
}

/// What Python's `zoneinfo` makes of local times: `2027-03-29T09:00 Europe/London`, a line each.
pub fn instants_by_python(local: &str) -> Vec<String> {
    const READ: &str = "import sys, datetime, zoneinfo
for line in sys.stdin:
    at, zone = line.split()
    local = datetime.datetime.fromisoformat(at).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    print(local.astimezone(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ'))";
    python(READ, local)
}

pub fn python(program: &str, input: &str) -> Vec<String> {
    let mut python = std::process::Command::new("/usr/bin/python3")
        .args(["-c", program])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 is missing: apt-get install python3-icalendar");
    python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "python3-icalendar is missing, or it cannot read this:\n{input}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

stories! {
    async fn another_program_reads_the_same_instants_across_the_clock_change(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        // The Thursdays before and after Sunday 28 March 2027.
        for (unit, date) in [("9", "2027-03-25"), ("11", "2027-04-15")] {
            let plan = [("date", date), ("time", "12:30"), ("minutes", "60"), ("link", ""), ("recording", ""), ("version", "0")];
            priya.submit(&format!("/cohorts/spring/manage/live/{unit}/live-session"), &plan).await.expect(303);
        }
        let text = course.visitor().get(&address(&ada, CALENDAR).await).await.expect(200).html;
        let read = by_python(&text);
        let releases = releases(&course, course.cohort).await;
        let local: Vec<String> = releases
            .iter()
            .map(|release| release.local_time)
            .chain(["2027-03-25 12:30", "2027-04-15 12:30"].map(local))
            .map(|at| format!("{} Europe/London\n", at.format("%Y-%m-%dT%H:%M")))
            .collect();
        let expected = instants_by_python(&local.concat());
        assert!(expected.contains(&"20270412T080000Z".to_owned()) && expected.contains(&"20270415T113000Z".to_owned()));
        let mut instants: Vec<&str> =
            read.iter().filter_map(|line| line.split(' ').nth(1)).filter(|at| at.ends_with('Z')).collect();
        let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        instants.sort_unstable();
        expected.sort_unstable();
        assert_eq!(instants, expected);
        assert_eq!(read.len(), parse(&text).len(), "every event is read");
        assert!(read.iter().any(|line| line.contains("2027-03-29 2027-04-12")), "Easter, the last day included: {read:?}");
    }

    async fn the_page_tells_what_is_ahead_and_what_was(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        course.travel_to("2027-02-16 12:00");
        let page = ada.get(CALENDAR).await.expect(200);
        let text = page.text();
        let (ahead, was) = text.split_at(text.find("What was").unwrap());
        for words in [
            "Monday 22 February at 9am GMT", "Monday 12 April at 9am BST", "Half-term break",
            "Monday 29 March to Sunday 11 April", "Sunday 9 May", "Last day to take part", "Monday 10 January", "January 2028",
        ] {
            assert!(ahead.contains(words), "{words} is not ahead in {ahead}");
        }
        for words in ["January 2027", "Monday 11 January at 9am GMT", "Monday 8 February at 9am GMT"] {
            assert!(was.contains(words) && !ahead.contains(words), "{words}: {text}");
        }
        let units: Vec<bool> = (0..=11).map(|n| page.html.contains(&format!("/units/{n}\""))).collect();
        assert_eq!(units, [[true; 6], [false; 6]].concat(), "open units are linked, others are not");
        let ahead = priya.get(CALENDAR).await.expect(200);
        assert!(ahead.html.contains("/units/11\"") && ahead.has("Preview"), "{}", ahead.html);
        for home in ["/", "/cohorts/spring"] {
            assert!(ada.get(home).await.html.contains(&format!("href=\"{CALENDAR}\"")), "{home} leads there");
        }
    }

    async fn a_private_address_is_shown_once_and_needs_no_session(course: Course) {
        let ada = course.enrol("Ada").await;
        let before = ada.get(CALENDAR).await.expect(200);
        assert!(before.has("Make a private address") && !before.html.contains(".ics"), "{}", before.html);
        let address = address(&ada, CALENDAR).await;
        let later = ada.get(CALENDAR).await.expect(200);
        assert!(!later.html.contains(&address) && later.has("You made a private address on Monday 11 January"), "{}", later.html);
        let answer = course.visitor().get(&address).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = address.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
        let kept: String = course.write(|conn| calendar_tokens::table.select(calendar_tokens::token_hash).first(conn).unwrap()).await;
        assert!(kept != token && kept.len() == 43, "only its hash is kept");
    }

    async fn the_feed_holds_every_opening_at_its_instant_across_the_clock_change(course: Course) {
        let ada = course.enrol("Ada").await;
        let address = address(&ada, CALENDAR).await;
        let answer = course.visitor().get(&address).await.expect(200);
        let events = parse(&answer.html);
        compare(&events, &releases(&course, course.cohort).await, "spring");
        let text = |event: &Event| event.begins().map(Instant::rfc3339);
        let begin: Vec<String> = events.iter().filter_map(text).collect();
        // The clocks go forward on 28 March 2027.
        assert_eq!(begin[10..], ["2027-03-22T09:00:00Z", "2027-04-12T08:00:00Z"]);
        let whole: Vec<(String, (NaiveDate, NaiveDate))> = events
            .iter()
            .filter(|event| event.begins().is_none())
            .map(|event| (event.get("SUMMARY").to_owned(), event.days()))
            .collect();
        assert_eq!(whole[0], ("Half-term break: no unit opens".into(), (day("2027-02-15"), day("2027-02-22"))));
        assert_eq!(whole[1], ("Easter break: no unit opens".into(), (day("2027-03-29"), day("2027-04-12"))));
        assert!(whole[2].0.starts_with("Last day to take part: ") && whole[2].1 == (day("2027-05-09"), day("2027-05-10")));
        assert!(whole[3].0.starts_with("Last day of access: ") && whole[3].1 == (day("2028-01-10"), day("2028-01-11")));
        // Of what is locked it says the title alone.
        let plain = answer.html.replace("\r\n ", "").replace('\\', "");
        let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
        for unit in &programme.units[2..] {
            assert!(!plain.contains(&unit.summary) && unit.steps.iter().all(|step| !plain.contains(step.slug.as_str())));
        }
    }

    async fn another_zone_keeps_its_own_clock(course: Course) {
        let ada = course.enrol("Ada").await;
        let (email, now) = (ada.email.clone(), course.now());
        let york = course.write(move |conn| {
            let new = NewCohort {
                programme: Slug::parse("effective-networks").unwrap(),
                name: "York".into(),
                starts_on: day("2027-01-11"),
                release_time: "09:00:00".parse().unwrap(),
                zone: Zone::named("America/New_York").unwrap(),
                joining: Joining::Open,
                breaks: Vec::new(),
            };
            let cohort = create(conn, &new, now).unwrap();
            plan_cohort(conn, &cohort.slug, catalogue()).unwrap();
            let account = accounts::table.filter(accounts::email.eq(email)).select(accounts::id).first(conn).unwrap();
            enrol(conn, cohort.id, account, Role::Learner, now).unwrap();
            cohort.id
        }).await;
        assert!(ada.get("/cohorts/york/calendar").await.expect(200).has("Monday 15 March at 9am EDT"));
        let address = address(&ada, "/cohorts/york/calendar").await;
        let events = feed(&course, &address).await;
        compare(&events, &releases(&course, york).await, "york");
        let begin: Vec<String> = events.iter().filter_map(|event| event.begins().map(Instant::rfc3339)).collect();
        // There the clocks go forward on 14 March, and nothing happens on the 28th.
        assert_eq!(begin[9..], ["2027-03-08T14:00:00Z", "2027-03-15T13:00:00Z", "2027-03-22T13:00:00Z"]);
    }

    async fn a_moved_unit_is_the_same_event_and_a_held_one_is_none(course: Course) {
        let ada = course.enrol("Ada").await;
        let address = address(&ada, CALENDAR).await;
        let before = feed(&course, &address).await;
        let zone = course.zone.clone();
        let later = move |release: &mut Release| {
            release.local_time = local("2027-02-24 10:30");
            release.opens_at = zone.instant(release.local_time);
        };
        change(&course, 6, 1, later).await;
        let after = feed(&course, &address).await;
        let six = |events: &[Event]| {
            let six = events.iter().find(|event| event.get("SUMMARY").starts_with("Week 6 opens")).unwrap();
            (six.get("UID").to_owned(), six.get("SEQUENCE").to_owned(), six.begins().unwrap().rfc3339())
        };
        let (was, is) = (six(&before), six(&after));
        assert_eq!(was.0, is.0, "the program knows it again");
        assert_eq!((was.1.as_str(), is.1.as_str(), is.2.as_str()), ("1", "2", "2027-02-24T10:30:00Z"));
        change(&course, 7, 2, |release| release.held = true).await;
        let events = feed(&course, &address).await;
        assert!(!events.iter().any(|event| event.get("SUMMARY").starts_with("Week 7")), "{events:?}");
        compare(&events, &releases(&course, course.cohort).await, "spring");
        let page = ada.get(CALENDAR).await.expect(200);
        assert!(page.has("No date yet") && page.has("Held. Your facilitators will open it by hand."), "{}", page.html);
    }

    async fn a_new_address_replaces_the_old_and_a_stopped_one_leads_nowhere(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let (old, bens, hers) = (address(&ada, CALENDAR).await, address(&ben, CALENDAR).await, address(&priya, CALENDAR).await);
        let new = address(&ada, CALENDAR).await;
        let visitor = course.visitor();
        visitor.get(&old).await.expect(404);
        visitor.get(&new).await.expect(200);
        let stopped = ben.submit(&format!("{CALENDAR}/stop"), &[]).await.expect(303);
        assert_eq!(stopped.location(), CALENDAR);
        let page = ben.get(CALENDAR).await;
        assert!(page.has("Your private address does not work any more.") && page.has("Make a private address"), "{}", page.html);
        ben.submit(&format!("{CALENDAR}/stop"), &[]).await.expect(303);
        visitor.get(&bens).await.expect(404);
        for other in [&new, &hers] {
            visitor.get(other).await.expect(200);
        }
        for wrong in ["/calendar/x.ics", "/calendar/.ics", "/calendar/%00.ics", &new.replace(".ics", "")] {
            visitor.get(wrong).await.expect(404);
        }
        ada.submit(CALENDAR, &[("token", "mine")]).await.expect(400);
        ada.send_raw(CALENDAR, &[]).await.expect(403);
        visitor.get(&new).await.expect(200);
    }

    async fn an_address_works_for_who_takes_part_and_while_there_is_access(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let (adas, bens) = (address(&ada, CALENDAR).await, address(&ben, CALENDAR).await);
        let visitor = course.visitor();
        let enrolment = ada.enrolment.unwrap();
        let stand = move |standing: Standing| move |conn: &mut Conn| {
            diesel::update(enrolments::table.find(enrolment)).set(enrolments::state.eq(standing)).execute(conn).unwrap()
        };
        course.write(stand(Standing::Withdrawn)).await;
        visitor.get(&adas).await.expect(404);
        ada.get(CALENDAR).await.expect(403);
        ada.submit(CALENDAR, &[]).await.expect(403);
        course.write(stand(Standing::Active)).await;
        visitor.get(&adas).await.expect(200);
        let (email, now) = (ben.email.clone(), course.now());
        course.write(move |conn| {
            let account = accounts::table.filter(accounts::email.eq(email));
            diesel::update(account).set(accounts::suspended_at.eq(now)).execute(conn).unwrap()
        }).await;
        visitor.get(&bens).await.expect(404);
        course.travel_to("2028-01-10 23:59");
        visitor.get(&adas).await.expect(200);
        course.travel_to("2028-01-11 00:00");
        visitor.get(&adas).await.expect(404);
        let ended = ada.get(CALENDAR).await.expect(200);
        assert!(ended.has("Nothing more is planned.") && !ended.html.contains("/units/") && !ended.has("private address"), "{}", ended.html);
        ada.submit(CALENDAR, &[]).await.expect(404);
    }

    async fn an_address_stands_in_no_log(course: Course) {
        let ada = course.enrol("Ada").await;
        let address = address(&ada, CALENDAR).await;
        let log = logged();
        course.visitor().get(&address).await.expect(200);
        course.write(|conn| diesel::sql_query("DROP TABLE calendar_tokens").execute(conn).unwrap()).await;
        course.visitor().get(&address).await.expect(500);
        let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
        assert!(log.contains("/calendar/{token}.ics"), "the failure is logged: {log}");
        assert!(!log.contains(address.trim_start_matches("/calendar/").trim_end_matches(".ics")));
    }
}

/// What the process logs from now on, as it does unless told otherwise.
fn logged() -> &'static Mutex<Vec<u8>> {
    static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    static SET: OnceLock<()> = OnceLock::new();
    struct Log;
    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            LOG.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    SET.get_or_init(|| tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).init());
    &LOG
}
