//! Stories of the weekly report: whoever pays for the course reads it, it names nobody, and it says the same whenever it is made.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::cohort::{CohortId, EnrolmentId, Role};
use trellis::completion::{How, store as completion};
use trellis::discussion::{post_body, store as discussions};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::report::{Sums, store, weeks};
use trellis::schema::{audit_log, completions, enrolments, posts};

use crate::discussion::{posted, start};
use crate::person::between;
use crate::world::*;

const REPORTS: &str = "/cohorts/spring/manage/reports";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";

/// What is to be read on a page, without what differs between two visits.
fn main_of(page: &Page) -> String {
    between(&page.html, "<main", "</main>").unwrap().to_owned()
}

stories! {
    async fn a_week_says_the_same_whenever_it_is_made_and_names_nobody(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        assert!(priya.get(REPORTS).await.expect(200).has("The first report stands here on Friday 15 January at 9am GMT"));
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        course.travel_to("2027-01-15 08:59");
        priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(404);
        course.travel_to("2027-01-15 09:00");
        let page = priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(200);
        assert!(page.has("1 of 2 learners took part this week (50%): they did 1 step and wrote 1 post."), "{}", page.html);
        assert!(page.has("1 thread of a learner’s has no answer yet.") && page.has("Week 1: What networks are for"), "{}", page.html);
        assert!(!main_of(&page).contains("Ada") && !main_of(&page).contains("Ben"));
        let pdf = priya.request("GET", &format!("{REPORTS}/2027-01-15.pdf")).send().await.unwrap().bytes().await.unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        // Much happens afterwards, and some of it to what was there before.
        course.travel_to("2027-02-20 10:00");
        let (post, _) = (posted(&priya, &thread, "I do.", None).await, course.enrol("Cem").await);
        ada.submit(&format!("{thread}/posts/{post}/remove"), &[]).await;
        ben.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let own = thread.clone();
        let first = ada.get(&own).await;
        let remove = first.html.split("action=\"").find(|part| part.contains("/remove\"")).map(|part| part.split('"').next().unwrap().to_owned());
        if let Some(remove) = remove {
            ada.submit(&remove, &[]).await.expect(303);
        }
        let gone = ben.enrolment.unwrap();
        priya.submit(&format!("/cohorts/spring/manage/learners/{gone}/place"), &[("place", "out"), ("reason", "Asked")]).await.expect(303);
        priya.get("/").await.expect(200);
        assert_eq!(main_of(&priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(200)), main_of(&page));
        let again = priya.request("GET", &format!("{REPORTS}/2027-01-15.pdf")).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(again, pdf);
        for wrong in ["2027-01-16", "2027-01-08", "2028-01-07", "soon", "2027-1-15"] {
            priya.get(&format!("{REPORTS}/{wrong}")).await.expect(404);
        }
    }

    async fn who_said_yes_gets_it_each_friday_once_with_the_paper(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let readers = format!("{REPORTS}/readers");
        assert!(priya.submit(&readers, &[("email", "nobody")]).await.expect(422).has("Error:"));
        priya.submit(&readers, &[("email", "director@example.net")]).await.expect(303);
        assert!(priya.submit(&readers, &[("email", "Director@Example.net")]).await.expect(422).has("This person was asked already"));
        course.run_jobs().await;
        let asked = course.mails_to("director@example.net").await;
        let link = between(&asked[0].text(), "/unsubscribe/", "\n").map(|rest| format!("/unsubscribe/{}", rest.trim())).unwrap();
        course.travel_to("2027-01-15 09:00");
        course.run_jobs().await;
        assert_eq!(course.mails_to("director@example.net").await.len(), 1, "whoever has not said yes gets nothing");
        let director = course.visitor();
        assert!(director.get(&link).await.expect(200).has("Do you want the weekly report?"));
        director.submit(&link, &[("mails", "resume")]).await.expect(200);
        course.travel_to("2027-01-22 09:00");
        for _ in 0..3 {
            course.run_jobs().await;
        }
        let mails = course.mails_to("director@example.net").await;
        assert_eq!(mails.len(), 2);
        let mail = &mails[1];
        assert_eq!(mail.subject, "spring 2027: week to Friday 22 January 2027");
        assert!(mail.raw.contains("application/pdf") && mail.raw.contains("spring-2027-01-22.pdf"), "{}", mail.raw);
        assert!(!mail.text().contains("Ada"), "it names nobody: {}", mail.text());
        assert!(mail.header("List-Unsubscribe").unwrap().contains(&link));
        // One click of a mail program, with no cookie and no token of ours.
        director.send_raw(&link, &[("List-Unsubscribe", "One-Click")]).await.expect(200);
        course.travel_to("2027-01-29 09:00");
        course.run_jobs().await;
        assert_eq!(course.mails_to("director@example.net").await.len(), 2);
        assert!(priya.get(REPORTS).await.has("Stopped on Friday 22 January at 9am GMT"));
        let acts = course.write(|conn| audit_log::table.select((audit_log::subject, audit_log::reason)).load::<(String, String)>(conn).unwrap()).await;
        assert_eq!(acts, [("director@example.net".to_owned(), "asked whether they want it".to_owned())]);
    }

    /// Random histories: the report's numbers are those of somebody who counts every row by themselves.
    async fn a_weeks_numbers_are_those_of_an_independent_count(course: Course) {
        course.travel_to("2027-02-10 10:00");
        let (cohort, now) = (course.cohort, course.now());
        let own = course.write(|conn| trellis::cohort::store::find(conn, &Slug::parse("spring").unwrap()).unwrap().unwrap()).await;
        for seed in 1..=2 {
            course.write(move |conn| live(conn, cohort, seed, now)).await;
            for week in weeks(&own, day("2027-05-10"), now) {
                let (told, counted, all) = course.write(move |conn| {
                    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
                    let facts = store::facts(conn, cohort, programme, &week).unwrap();
                    let count = |conn: &mut Conn, from, to| recount(conn, cohort, from, to, week.ends_at);
                    let start = Instant::from_micros(0);
                    let told = (facts.this, facts.last, facts.all);
                    let counted = (count(conn, week.begins_at, week.ends_at), count(conn, week.before, week.begins_at), count(conn, start, week.ends_at));
                    (told, counted, facts.standings.all())
                }).await;
                assert_eq!(told, counted, "seed {seed}, {week:?}");
                assert_eq!(all, counted.2.joined, "everybody stands somewhere");
            }
        }
    }
}

/// By reading every row, and no query of the report.
fn recount(conn: &mut Conn, cohort: CohortId, from: Instant, to: Instant, end: Instant) -> Sums {
    let people: Vec<(EnrolmentId, Role, Instant)> = enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .select((enrolments::id, enrolments::role, enrolments::enrolled_at))
        .load(conn)
        .unwrap();
    let learners: BTreeSet<i64> = people.iter().filter(|p| p.1 == Role::Learner).map(|p| p.0.0).collect();
    let within = |at: &Instant| *at >= from && *at < to;
    let done: Vec<(EnrolmentId, Instant)> =
        completions::table.select((completions::enrolment_id, completions::completed_at)).load(conn).unwrap();
    let did: Vec<i64> =
        done.iter().filter(|(who, at)| learners.contains(&who.0) && within(at)).map(|(who, _)| who.0).collect();
    type Post = (EnrolmentId, Instant, Option<Instant>, Option<Instant>);
    let written: Vec<Post> = posts::table
        .select((posts::enrolment_id, posts::created_at, posts::removed_at, posts::hidden_at))
        .load(conn)
        .unwrap();
    let was_there = |gone: Option<Instant>| gone.is_none_or(|gone| gone >= end);
    let wrote: Vec<i64> = written
        .iter()
        .filter(|(who, at, removed, hidden)| {
            learners.contains(&who.0) && within(at) && was_there(*removed) && was_there(*hidden)
        })
        .map(|(who, ..)| who.0)
        .collect();
    let n = |n: usize| i64::try_from(n).unwrap();
    let distinct = |all: Vec<i64>| n(all.into_iter().collect::<BTreeSet<_>>().len());
    Sums {
        joined: n(people.iter().filter(|(_, role, at)| *role == Role::Learner && within(at)).count()),
        took_part: distinct([did.clone(), wrote.clone()].concat()),
        steps: n(did.len()),
        posts: n(wrote.len()),
        writers: distinct(wrote),
        threads: 0,
        certificates: 0,
    }
}

fn live(conn: &mut Conn, cohort: CohortId, seed: u64, now: Instant) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    let unit = programme.unit(1).unwrap();
    let step = unit.step(&Slug::parse("one-strength-one-puzzle").unwrap()).unwrap();
    let thread = discussions::step_thread_made(conn, cohort, unit, step, now).unwrap();
    for n in 0..25 {
        let account = make_account(conn, &format!("R {seed} {n}"), &format!("r{seed}n{n}@example.org"), false, now);
        let role = if n % 9 == 8 { Role::Facilitator } else { Role::Learner };
        let mut ago = |days: i64| TimeDelta::minutes(dice.i64(1..days * 24 * 60));
        let joined = now - ago(40);
        let who = make_enrolment(conn, cohort, account, role, joined);
        for step in unit.steps.iter().take(4) {
            completion::mark(conn, who, (&unit.slug, &step.slug), How::Mark, now - ago(35)).unwrap();
        }
        let (at, gone) = (now - ago(35), now - ago(20));
        let post =
            discussions::add_post(conn, thread, who, None, &post_body(&format!("W {seed} {n}")).unwrap(), at).unwrap();
        match dice.u8(0..3) {
            0 => diesel::update(posts::table.find(post)).set(posts::removed_at.eq(gone)).execute(conn).unwrap(),
            1 => diesel::update(posts::table.find(post)).set(posts::hidden_at.eq(gone)).execute(conn).unwrap(),
            _ => 0,
        };
    }
}
