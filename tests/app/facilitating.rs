//! Stories of what facilitators see of their learners, and do about it: numbers that an independent count agrees with, lists
//! that lead to an act, notes that stay among them, and a place in the course that is taken away and given back.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::cohort::{CohortId, EnrolmentId, Role, Standing};
use trellis::discussion::{post_body, store as discussions};
use trellis::facilitator::store::{self, Numbers, Wanted};
use trellis::facilitator::{Sort, Stage};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::schema::{audit_log, cards, certificates, completions, enrolments, posts};

use crate::access::make_certificate;
use crate::discussion::{posted, start};
use crate::report::begin;
use crate::world::*;

const OVERVIEW: &str = "/cohorts/spring/manage";
const LEARNERS: &str = "/cohorts/spring/manage/learners";

/// As if somebody had done a step.
fn do_step(conn: &mut Conn, who: EnrolmentId, step: &str, at: Instant) {
    let done = (
        completions::enrolment_id.eq(who),
        completions::unit.eq("why-networks"),
        completions::step.eq(step),
        completions::completed_at.eq(at),
    );
    diesel::insert_into(completions::table).values(done).execute(conn).unwrap();
}

fn seen(conn: &mut Conn, who: EnrolmentId, at: Instant) {
    diesel::update(enrolments::table.find(who)).set(enrolments::last_seen_at.eq(at)).execute(conn).unwrap();
}

stories! {
    async fn the_first_page_says_who_waits_who_slips_and_whether_monday_is_ready(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let page = priya.get(OVERVIEW).await.expect(200);
        assert!(page.has("Nobody waits.") && page.has("2 learners have not started"), "{}", page.html);
        let (away, now) = (ben.enrolment.unwrap(), course.now());
        course.write(move |conn| { do_step(conn, away, "a", now); seen(conn, away, now) }).await;
        course.travel_to("2027-01-20 10:00");
        let thread = start(&ada, "Who keeps the minutes?", "", "Anybody?").await;
        course.travel_to("2027-01-21 12:00");
        let page = priya.get(OVERVIEW).await.expect(200);
        assert!(page.html.contains(&format!("href=\"{thread}?post=newest\"")) && page.has("26 hours. The whole course"), "{}", page.html);
        assert!(page.html.contains(&format!("href=\"{LEARNERS}/{away}\"")) && page.has("Last here Monday 11 January"), "{}", page.html);
        assert!(page.has("Unit 3: ") && page.has("Monday 25 January 2027, 09:00 GMT"), "{}", page.html);
        assert!(page.has("It opens by itself.") && page.has("The live session has no time yet."), "{}", page.html);
        assert!(page.has("Reminders: opens Monday 25 January, nudge Friday 29 January"), "{}", page.html);
        assert!(page.has("Reminder ‘wrap-up’ of unit 2") && page.has("Unit 4 opens: "), "{}", page.html);
        posted(&priya, &thread, "I could.", None).await;
        assert!(priya.get(OVERVIEW).await.has("Nobody waits."));

        course.travel_to("2027-03-23 10:00");
        let page = priya.get(OVERVIEW).await.expect(200);
        assert!(page.has("The clocks go forward on Sunday 28 March"), "{}", page.html);
        course.travel_to("2027-04-20 10:00");
        assert!(priya.get(OVERVIEW).await.has("Every unit is open"));
        ada.get(OVERVIEW).await.expect(404);
    }

    async fn a_held_unit_and_a_switched_off_mail_are_to_settle(course: Course) {
        course.travel_to("2027-05-25 10:00");
        let priya = course.facilitator().await;
        let cohort = course.cohort;
        course.write(move |conn| {
            use trellis::schema::{reminder_choices, releases};
            let last = releases::table.filter(releases::cohort_id.eq(cohort)).order(releases::opens_at.desc()).select(releases::id).first::<i64>(conn).unwrap();
            diesel::update(releases::table.find(last)).set(releases::held.eq(true)).execute(conn).unwrap();
            let _ = reminder_choices::table;
        }).await;
        let page = priya.get(OVERVIEW).await.expect(200);
        assert!(page.has("It is held: it stays closed until you open it.") && page.has("Open unit 11"), "{}", page.html);
        assert!(page.has("No reminder is planned while it is held."), "{}", page.html);
    }

    async fn a_table_of_learners_pages_without_loss_in_every_order(course: Course) {
        let priya = course.facilitator().await;
        let (cohort, now) = (course.cohort, course.now());
        course.write(move |conn| {
            for n in 0..120_i64 {
                let name = format!("Learner {}", n % 7);
                let account = make_account(conn, &name, &format!("l{n}@example.org"), false, now);
                let joined = now - TimeDelta::hours(n % 5);
                let who = make_enrolment(conn, cohort, account, Role::Learner, joined);
                if n % 3 == 0 {
                    seen(conn, who, now - TimeDelta::days(n % 11));
                }
            }
        }).await;
        for sort in Sort::ALL {
            let (mut next, mut met) = (format!("{LEARNERS}?sort={sort}"), Vec::new());
            for _ in 0..4 {
                let page = priya.get(&next).await.expect(200);
                let rows = page.html.split("<th scope=\"row\">").skip(1).map(|row| row.split("<a href=\"").nth(1).unwrap());
                met.extend(rows.map(|row| row.split('"').next().unwrap().to_owned()));
                let Some(at) = page.html.find("\">Next learners") else { break };
                next = page.html[..at].rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            }
            let all = met.len();
            met.sort();
            met.dedup();
            assert_eq!((all, met.len()), (120, 120), "{sort}");
        }
        for wrong in ["stage=asleep", "sort=size", "joined=soon", "sort=joined&after=1&from=x", "after=x", "colour=red"] {
            priya.get(&format!("{LEARNERS}?{wrong}")).await.expect(400);
        }
    }

    async fn learners_are_found_by_name_network_and_when_they_joined(course: Course) {
        let (ada, _ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let (who, now) = (ada.enrolment.unwrap(), course.now());
        for (shows, found) in [(true, true), (false, false)] {
            course.write(move |conn| {
                diesel::delete(cards::table).execute(conn).unwrap();
                let card = (
                    cards::enrolment_id.eq(who), cards::role.eq(""), cards::shows_role.eq(false), cards::network.eq("Frailty 100% North"),
                    cards::shows_network.eq(shows), cards::offers.eq(""), cards::shows_offers.eq(false), cards::needs.eq(""),
                    cards::shows_needs.eq(false), cards::place.eq(""), cards::shows_place.eq(false), cards::findable.eq(""), cards::saved_at.eq(now),
                );
                diesel::insert_into(cards::table).values(card).execute(conn).unwrap();
            }).await;
            let page = priya.get(&format!("{LEARNERS}?words=100%25+north")).await.expect(200);
            assert_eq!((page.has(">Ada<"), page.has(">Ben<")), (found, false), "a network that a card keeps to itself finds nobody");
        }
        let page = priya.get(&format!("{LEARNERS}?words=BEN")).await.expect(200);
        assert!(!page.has(">Ada<") && page.has(">Ben<"));
        assert!(priya.get(&format!("{LEARNERS}?joined=2027-01-12")).await.has("There is nobody like that now."));
        let csv = priya.get(&format!("{LEARNERS}.csv?words=ben")).await.expect(200);
        assert!(csv.has("Ben,ben@example.org,Not started,") && !csv.has("ada@"), "{}", csv.html);
    }

    async fn a_note_of_the_team_stays_in_the_team(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let desk = format!("{LEARNERS}/{}", ada.enrolment.unwrap());
        priya.submit(&format!("{desk}/notes"), &[("note", " ")]).await.expect(422);
        priya.submit(&format!("{desk}/notes"), &[("note", "Rang on Friday.\nOn leave till May")]).await.expect(303);
        let page = priya.get(&desk).await.expect(200);
        assert!(page.has("Rang on Friday.\nOn leave till May</p>") && page.has("Priya"), "{}", page.html);
        for path in ["/", "/cohorts/spring", "/cohorts/spring/people/1", "/cohorts/spring/notes"] {
            assert!(!ada.get(path).await.has("Rang on Friday"));
        }
        ada.get(&desk).await.expect(404);
        let remove = page.html.split("action=\"").find(|part| part.contains("/remove\"")).unwrap().split('"').next().unwrap().to_owned();
        priya.submit(&remove, &[]).await.expect(303);
        assert!(priya.get(&desk).await.has("No notes yet."));
    }

    async fn who_is_taken_out_finds_everything_when_they_are_back(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        ada.submit("/cohorts/spring/units/1/why-work-as-a-network/complete", &[]).await.expect(303);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let desk = format!("{LEARNERS}/{}", ada.enrolment.unwrap());
        let page = priya.get(&desk).await.expect(200);
        assert!(page.has("Tuesday 12 January 2027, 10:00 GMT: they marked it") && page.has("Who writes them?"), "{}", page.html);
        priya.submit(&format!("{desk}/place"), &[("place", "out"), ("reason", "")]).await.expect(422);
        for _ in 0..2 {
            priya.submit(&format!("{desk}/place"), &[("place", "out"), ("reason", "Asked to stop")]).await.expect(303);
        }
        ada.get("/cohorts/spring/units/1").await.expect(403);
        assert!(!priya.get(LEARNERS).await.has(">Ada<") && priya.get(&format!("{LEARNERS}?stage=left")).await.has(">Ada<"));
        priya.get(&thread).await.expect(200);
        priya.submit(&format!("{desk}/place"), &[("place", "back"), ("reason", "Is back from leave")]).await.expect(303);
        assert!(ada.get("/cohorts/spring/units/1").await.expect(200).has("1 of "));
        let acts = course.write(|conn| audit_log::table.order(audit_log::id).select((audit_log::act, audit_log::subject, audit_log::reason)).load::<(String, String, String)>(conn).unwrap()).await;
        let act = |act: &str, reason: &str| (act.to_owned(), "Ada".to_owned(), reason.to_owned());
        assert_eq!(acts, [act("withdraw-learner", "Asked to stop"), act("bring-back-learner", "Is back from leave")]);
        let other = course.outsider("Eve").await.enrolment.unwrap();
        priya.get(&format!("{LEARNERS}/{other}")).await.expect(404);
    }

    /// Random histories: the numbers on the pages are those of somebody who counts every row by themselves.
    async fn the_numbers_are_those_of_an_independent_count(course: Course) {
        course.travel_to("2027-02-10 10:00");
        let priya = course.facilitator().await;
        let (cohort, now) = (course.cohort, course.now());
        for seed in 1..=3 {
            course.write(move |conn| live(conn, cohort, seed, now)).await;
            let (stages, before, this) = course.write(move |conn| recount(conn, cohort, now)).await;
            let told = course.write(move |conn| {
                let day = TimeDelta::days(7);
                let stages: BTreeMap<String, i64> = store::count_stages(conn, cohort, now).unwrap().into_iter().map(|(stage, n)| (stage.to_string(), n)).collect();
                let week = store::week(conn, cohort, (now - day - day, now - day, now)).unwrap();
                let listed: BTreeMap<String, i64> = Stage::ALL.iter().map(|stage| {
                    let wanted = Wanted { stage: Some(*stage), ..Wanted::all(now) };
                    (stage.to_string(), store::list_learners(conn, cohort, &wanted, None, 1_000).unwrap().len() as i64)
                }).filter(|(_, n)| *n > 0).collect();
                (stages, (week.before, week.this), listed)
            }).await;
            assert_eq!(told, (stages.clone(), (before, this), stages.clone()), "seed {seed}");
            let page = priya.get(OVERVIEW).await.expect(200);
            for (what, now, then) in [("Steps done", this.steps, before.steps), ("Posts by learners", this.posts, before.posts), ("Learners who wrote", this.writers, before.writers), ("New learners", this.joined, before.joined)] {
                assert!(page.has(&format!("{what}</th><td>{now}</td><td>{then}</td>")), "{what}: {}", page.html);
            }
            let stalled = stages.get("stalled").copied().unwrap_or(0);
            assert!(page.has(&format!("<p class=\"app-big\">{stalled}</p><h2 id=\"slipping\">")), "{}", page.html);
        }
    }
}

/// Forty people more, and what they did in the last weeks.
fn live(conn: &mut Conn, cohort: CohortId, seed: u64, now: Instant) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut ago = move |days: i64| TimeDelta::minutes(dice.i64(0..days * 24 * 60));
    let mut dice = fastrand::Rng::with_seed(seed + 100);
    let thread = begin(conn, cohort, None, "Talk", now);
    for n in 0..40 {
        let account =
            make_account(conn, &format!("Learner {seed} {n}"), &format!("s{seed}n{n}@example.org"), false, now);
        let role = if n % 13 == 12 { Role::Facilitator } else { Role::Learner };
        let who = make_enrolment(conn, cohort, account, role, now - ago(30));
        for step in 0..dice.usize(0..6) {
            do_step(conn, who, &format!("step-{step}"), now - ago(20));
        }
        if dice.bool() {
            seen(conn, who, now - ago(14));
        }
        for _ in 0..dice.usize(0..3) {
            let post = discussions::add_post(
                conn,
                thread,
                who,
                None,
                &post_body(&format!("Words {}", dice.u64(..))).unwrap(),
                now - ago(20),
            )
            .unwrap();
            match dice.u8(0..4) {
                0 => diesel::update(posts::table.find(post)).set(posts::removed_at.eq(now)).execute(conn).unwrap(),
                1 => diesel::update(posts::table.find(post)).set(posts::hidden_at.eq(now)).execute(conn).unwrap(),
                _ => 0,
            };
        }
        if dice.u8(0..8) == 0 {
            make_certificate(conn, who, now);
        }
        if dice.u8(0..8) == 0 {
            diesel::update(enrolments::table.find(who))
                .set(enrolments::state.eq(Standing::Withdrawn))
                .execute(conn)
                .unwrap();
        }
    }
}

/// Who wrote what can be read, and when.
fn readable(conn: &mut Conn) -> Vec<(EnrolmentId, Instant)> {
    type Post = (EnrolmentId, Instant, Option<Instant>, Option<Instant>);
    let written: Vec<Post> = posts::table
        .select((posts::enrolment_id, posts::created_at, posts::removed_at, posts::hidden_at))
        .load(conn)
        .unwrap();
    let can_be = written.into_iter().filter(|(.., removed, hidden)| removed.is_none() && hidden.is_none());
    can_be.map(|(who, at, ..)| (who, at)).collect()
}

/// By reading every row, and no query of the pages.
fn recount(conn: &mut Conn, cohort: CohortId, now: Instant) -> (BTreeMap<String, i64>, Numbers, Numbers) {
    type Person = (EnrolmentId, Role, Standing, Instant, Option<Instant>);
    let people: Vec<Person> = enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .select((
            enrolments::id,
            enrolments::role,
            enrolments::state,
            enrolments::enrolled_at,
            enrolments::last_seen_at,
        ))
        .load(conn)
        .unwrap();
    let steps: Vec<(EnrolmentId, Instant)> =
        completions::table.select((completions::enrolment_id, completions::completed_at)).load(conn).unwrap();
    let readable = readable(conn);
    let certified: Vec<EnrolmentId> = certificates::table.select(certificates::enrolment_id).load(conn).unwrap();
    let week = TimeDelta::days(7);
    let has = |rows: &[(EnrolmentId, Instant)], who| rows.iter().any(|(by, _)| *by == who);
    let mut stages = BTreeMap::new();
    let learners: Vec<&Person> = people.iter().filter(|person| person.1 == Role::Learner).collect();
    for (who, _, standing, joined, seen) in &learners {
        let stage = match () {
            () if *standing == Standing::Withdrawn => "left",
            () if certified.contains(who) => "done",
            () if !has(&steps, *who) => "not-started",
            () if now.since(seen.unwrap_or(*joined)) > week => "stalled",
            () if !has(&readable, *who) => "silent",
            () => "active",
        };
        *stages.entry(stage.to_owned()).or_default() += 1;
    }
    let within = |from: Instant, to: Instant| {
        let active: Vec<EnrolmentId> =
            learners.iter().filter(|person| person.2 == Standing::Active).map(|person| person.0).collect();
        let of = |rows: &[(EnrolmentId, Instant)]| -> Vec<EnrolmentId> {
            rows.iter()
                .filter(|(who, at)| active.contains(who) && *at >= from && *at < to)
                .map(|(who, _)| *who)
                .collect()
        };
        let posts = of(&readable);
        let writers: std::collections::HashSet<i64> = posts.iter().map(|who| who.0).collect();
        let joined = learners.iter().filter(|p| p.2 == Standing::Active && p.3 >= from && p.3 < to).count();
        let n = |n: usize| i64::try_from(n).unwrap();
        Numbers { steps: n(of(&steps).len()), posts: n(posts.len()), writers: n(writers.len()), joined: n(joined) }
    };
    (stages, within(now - week - week, now - week), within(now - week, now))
}
