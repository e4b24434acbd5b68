//! Stories of the weekly report: whoever pays for the course reads it, it names nobody, and it says the same for ever.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::prelude::*;
use trellis::certificate::{self, Says};
use trellis::cohort::{CohortId, EnrolmentId, Role};
use trellis::completion::{How, store as completion};
use trellis::discussion::{ThreadId, post_body, store as discussions};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::measure::median;
use trellis::platform::text::Slug;
use trellis::programme::Programme;
use trellis::report::{Answers, Facts, Reached, Standings, Sums, Week, store, weeks};
use trellis::schema::{audit_log, certificates, completions, enrolments, posts, releases, threads};

use crate::discussion::{post_in, posted, start};
use crate::person::between;
use crate::smtp::Received;
use crate::world::*;

const REPORTS: &str = "/cohorts/spring/manage/reports";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";

/// What is to be read on a page, without what differs between two visits.
fn main_of(page: &Page) -> String {
    between(&page.html, "<main", "</main>").unwrap().to_owned()
}

/// Where its reader says that they want the report, or want it no more.
fn link_in(mail: &Received) -> String {
    between(&mail.text(), "/unsubscribe/", "\n").map(|rest| format!("/unsubscribe/{}", rest.trim())).unwrap()
}

stories! {
    async fn a_week_that_is_over_says_the_same_for_ever_and_names_nobody(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        assert!(priya.get(REPORTS).await.expect(200).has("The first report stands here on Friday 15 January at 9am GMT"));
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        course.travel_to("2027-01-15 08:59");
        course.run_jobs().await;
        priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(404);
        course.travel_to("2027-01-15 09:00");
        course.run_jobs().await;
        let page = priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(200);
        assert!(page.has("1 of 2 learners took part this week (50%): they did 1 step and wrote 1 post."), "{}", page.html);
        assert!(page.has("1 thread of a learner’s has no answer yet.") && page.has("Week 1: What networks are for"), "{}", page.html);
        assert!(page.has("Made when the week had ended, and kept"), "{}", page.html);
        assert!(!main_of(&page).contains("Ada") && !main_of(&page).contains("Ben"));
        let pdf = priya.request("GET", &format!("{REPORTS}/2027-01-15.pdf")).send().await.unwrap().bytes().await.unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        // Much happens afterwards, and some of it to what was there before.
        course.travel_to("2027-02-20 10:00");
        much_changes(&course, (&ada, &ben, &priya), &thread).await;
        let again = priya.get(&format!("{REPORTS}/2027-01-15")).await.expect(200);
        assert_eq!(main_of(&again), main_of(&page));
        let again = priya.request("GET", &format!("{REPORTS}/2027-01-15.pdf")).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(again, pdf);
        let later = priya.get(&format!("{REPORTS}/2027-01-22")).await.expect(200);
        assert!(later.has("What was taken back since then, or moved in the schedule, counts no more."), "{}", later.html);
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
        let link = link_in(&asked[0]);
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

    async fn whoever_was_taken_off_comes_back_by_no_old_link(course: Course) {
        course.travel_to("2027-01-12 10:00");
        let (priya, director) = (course.facilitator().await, course.visitor());
        let readers = format!("{REPORTS}/readers");
        let named = [("email", "director@example.net")];
        priya.submit(&readers, &named).await.expect(303);
        course.run_jobs().await;
        let old = link_in(&course.mails_to("director@example.net").await[0]);
        director.submit(&old, &[("mails", "resume")]).await.expect(200);
        let page = priya.get(REPORTS).await.expect(200);
        let stop = between(&page.html, &format!("action=\"{readers}/"), "\"").map(|rest| format!("{readers}/{rest}")).unwrap();
        priya.submit(&stop, &[]).await.expect(303);
        director.get(&old).await.expect(404);
        director.send_raw(&old, &[("mails", "resume")]).await.expect(404);
        assert!(priya.get(REPORTS).await.has("Stopped on Tuesday 12 January at 10am GMT"));
        assert!(priya.submit(&readers, &named).await.expect(422).has("This person was asked less than a day ago."));
        course.travel_to("2027-01-13 10:00");
        priya.submit(&readers, &named).await.expect(303);
        course.run_jobs().await;
        let new = link_in(&course.mails_to("director@example.net").await[1]);
        assert_ne!(new, old);
        director.get(&old).await.expect(404);
        assert!(director.get(&new).await.expect(200).has("Do you want the weekly report?"));
        // An address that nobody answered from is not kept for ever.
        for (later, is_kept) in [("2028-01-13 09:59", true), ("2028-01-13 10:01", false)] {
            course.travel_to(later);
            trellis::worker::run_daily(&course.app).await;
            assert_eq!(priya.get(REPORTS).await.expect(200).has("director@example.net"), is_kept, "{later}");
        }
    }

    /// Random histories: all that the report says is what somebody finds who reads every row by themselves.
    async fn a_weeks_numbers_are_those_of_an_independent_count(course: Course) {
        course.travel_to("2027-02-10 10:00");
        let (cohort, now) = (course.cohort, course.now());
        let own = course.write(|conn| trellis::cohort::store::find(conn, &Slug::parse("spring").unwrap()).unwrap().unwrap()).await;
        for seed in 1..=2 {
            course.write(move |conn| live(conn, cohort, seed, now)).await;
            for week in weeks(&own, day("2027-05-10"), now) {
                let (told, counted) = course.write(move |conn| {
                    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
                    let mut facts = store::facts(conn, cohort, programme, &week).unwrap();
                    facts.reached.sort_by_key(|reached| (reached.unit.clone(), reached.steps));
                    (facts, Rows::before(conn, cohort, week.ends_at).facts(programme, &week))
                }).await;
                assert_eq!(told, counted, "seed {seed}, {week:?}");
                assert_eq!(told.standings.all(), told.all.joined, "everybody stands somewhere");
            }
        }
    }
}

/// To what the first week was made from: marks are taken back, posts removed, threads merged, people leave, and nothing opens.
async fn much_changes(course: &Course, (ada, ben, priya): (&Person, &Person, &Person), thread: &str) {
    course.enrol("Cem").await;
    ada.submit(&format!("{ARTICLE}/incomplete"), &[]).await.expect(303);
    ben.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
    posted(priya, thread, "I do.", None).await;
    let first = post_in(&ada.get(thread).await, "Who writes them?");
    let edit = ada.get(&format!("{thread}/posts/{first}/edit")).await.expect(200);
    let mut actions = edit.html.split("action=\"").skip(1).map(|part| part.split('"').next().unwrap());
    let remove = actions.find(|action| action.ends_with("/remove")).unwrap().to_owned();
    ada.submit(&remove, &[]).await.expect(303);
    let other = start(ben, "Minutes again", "", "Who keeps them?").await;
    let into = format!("https://x.example{other}?post=1");
    priya.submit(&format!("{thread}/manage"), &[("act", "merge"), ("into", &into)]).await.expect(303);
    let gone = ben.enrolment.unwrap();
    let out = [("place", "out"), ("reason", "Asked")];
    priya.submit(&format!("/cohorts/spring/manage/learners/{gone}/place"), &out).await.expect(303);
    course.write(|conn| diesel::update(releases::table).set(releases::held.eq(true)).execute(conn).unwrap()).await;
    priya.get("/").await.expect(200);
}

/// Every row of a cohort before the end of a week, read by no query of the report.
struct Rows {
    /// When each joined, also those who did so later.
    learners: BTreeMap<i64, Instant>,
    done: Vec<(i64, Slug, Slug, Instant)>,
    /// Thread, author and time of what could be read then; facilitators write too.
    posts: Vec<(i64, i64, Instant)>,
    /// Those that learners started.
    threads: Vec<(i64, i64, Instant)>,
    certified: Vec<(i64, Instant)>,
}

impl Rows {
    fn before(conn: &mut Conn, cohort: CohortId, end: Instant) -> Self {
        type Post = (ThreadId, EnrolmentId, Instant, Option<Instant>, Option<Instant>);
        let people: Vec<(EnrolmentId, Role, Instant)> = enrolments::table
            .filter(enrolments::cohort_id.eq(cohort))
            .select((enrolments::id, enrolments::role, enrolments::enrolled_at))
            .load(conn)
            .unwrap();
        let learners: BTreeMap<i64, Instant> =
            people.into_iter().filter(|p| p.1 == Role::Learner).map(|p| (p.0.0, p.2)).collect();
        let done = (completions::enrolment_id, completions::unit, completions::step, completions::completed_at);
        let done: Vec<(EnrolmentId, Slug, Slug, Instant)> = completions::table.select(done).load(conn).unwrap();
        let done = done.into_iter().map(|(who, unit, step, at)| (who.0, unit, step, at));
        let post = (posts::thread_id, posts::enrolment_id, posts::created_at, posts::removed_at, posts::hidden_at);
        let written: Vec<Post> = posts::table.select(post).load(conn).unwrap();
        let there = |gone: Option<Instant>| gone.is_none_or(|gone| gone >= end);
        let written = written.into_iter().filter(|p| p.2 < end && there(p.3) && there(p.4));
        let begun = (threads::id, threads::started_by, threads::created_at);
        let begun: Vec<(ThreadId, Option<EnrolmentId>, Instant)> = threads::table.select(begun).load(conn).unwrap();
        let begun = begun.into_iter().filter_map(|(id, by, at)| Some((id.0, by?.0, at)));
        let certified = (certificates::enrolment_id, certificates::issued_at);
        let certified: Vec<(EnrolmentId, Instant)> = certificates::table.select(certified).load(conn).unwrap();
        let certified = certified.into_iter().map(|(who, at)| (who.0, at));
        Self {
            done: done.filter(|d| learners.contains_key(&d.0) && d.3 < end).collect(),
            posts: written.map(|p| (p.0.0, p.1.0, p.2)).collect(),
            threads: begun.filter(|t| learners.contains_key(&t.1) && t.2 < end).collect(),
            certified: certified.filter(|c| learners.contains_key(&c.0) && c.1 < end).collect(),
            learners,
        }
    }

    fn facts(&self, programme: &Programme, week: &Week) -> Facts {
        Facts {
            this: self.sums(week.begins_at, week.ends_at),
            last: self.sums(week.before, week.begins_at),
            all: self.sums(Instant::from_micros(0), week.ends_at),
            reached: self.reached(programme),
            standings: self.standings(week),
            answers: self.answers(week),
        }
    }

    fn sums(&self, from: Instant, to: Instant) -> Sums {
        let within = |at: Instant| at >= from && at < to;
        let n = |n: usize| i64::try_from(n).unwrap();
        let did: Vec<i64> = self.done.iter().filter(|d| within(d.3)).map(|d| d.0).collect();
        let own = self.posts.iter().filter(|p| self.learners.contains_key(&p.1) && within(p.2));
        let wrote: Vec<i64> = own.map(|p| p.1).collect();
        let people = |all: &[i64]| n(all.iter().collect::<BTreeSet<_>>().len());
        Sums {
            joined: n(self.learners.values().filter(|at| within(**at)).count()),
            took_part: people(&[did.clone(), wrote.clone()].concat()),
            steps: n(did.len()),
            posts: n(wrote.len()),
            writers: people(&wrote),
            threads: n(self.threads.iter().filter(|t| within(t.2)).count()),
            certificates: n(self.certified.iter().filter(|c| within(c.1)).count()),
        }
    }

    fn reached(&self, programme: &Programme) -> Vec<Reached> {
        let mut steps: BTreeMap<(i64, Slug), i64> = BTreeMap::new();
        for (who, unit, step, _) in &self.done {
            if programme.required_steps().any(|(u, s)| u.is_called(unit) && s.is_called(step)) {
                *steps.entry((*who, unit.clone())).or_default() += 1;
            }
        }
        let mut reached: BTreeMap<(Slug, i64), i64> = BTreeMap::new();
        for ((_, unit), steps) in steps {
            *reached.entry((unit, steps)).or_default() += 1;
        }
        reached.into_iter().map(|((unit, steps), learners)| Reached { unit, steps, learners }).collect()
    }

    fn standings(&self, week: &Week) -> Standings {
        let mut all = Standings::default();
        for (who, joined) in self.learners.iter().filter(|(_, joined)| **joined < week.ends_at) {
            let acted_from = |from: Instant| {
                self.done.iter().any(|d| d.0 == *who && d.3 >= from)
                    || self.posts.iter().any(|p| p.1 == *who && p.2 >= from)
            };
            let stands = if self.certified.iter().any(|c| c.0 == *who) {
                &mut all.done
            } else if acted_from(week.begins_at) {
                &mut all.active
            } else if acted_from(week.before) {
                &mut all.quiet
            } else if acted_from(Instant::from_micros(0)) {
                &mut all.away
            } else if *joined < week.begins_at {
                &mut all.not_started
            } else {
                &mut all.new
            };
            *stands += 1;
        }
        all
    }

    fn answers(&self, week: &Week) -> Answers {
        let first = |(thread, by, begun): &(i64, i64, Instant)| {
            let others = self.posts.iter().filter(|p| p.0 == *thread && p.1 != *by && p.2 >= *begun);
            others.map(|p| p.2).min()
        };
        let waiting = self.threads.iter().filter(|thread| first(thread).is_none()).count();
        let new = self.threads.iter().filter(|thread| thread.2 >= week.begins_at);
        let waits = new.filter_map(|thread| Some((first(thread)?.since(thread.2).num_minutes(), 1)));
        Answers { waiting: i64::try_from(waiting).unwrap(), median_wait: median(waits.collect()) }
    }
}

/// Some people, who do steps, join, leave, ask and answer, are given certificates, and whose posts go.
fn live(conn: &mut Conn, cohort: CohortId, seed: u64, now: Instant) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    let unit = programme.unit(1).unwrap();
    let step = unit.step(&Slug::parse("one-strength-one-puzzle").unwrap()).unwrap();
    let thread = discussions::step_thread_made(conn, cohort, unit, step, now).unwrap();
    let mut people = Vec::new();
    for n in 0..25 {
        let account = make_account(conn, &format!("R {seed} {n}"), &format!("r{seed}n{n}@example.org"), false, now);
        let role = if n % 9 == 8 { Role::Facilitator } else { Role::Learner };
        let who = make_enrolment(conn, cohort, account, role, ago(&mut dice, 40, now));
        for step in unit.steps.iter().take(dice.usize(0..5)) {
            let at = ago(&mut dice, 35, now);
            completion::mark(conn, who, (&unit.slug, &step.slug), How::Mark, at).unwrap();
        }
        if dice.bool() {
            write(conn, (thread, who), &format!("W {seed} {n}"), ago(&mut dice, 35, now), (&mut dice, now));
        }
        if dice.u8(0..5) == 0 {
            assert!(certificate::store::add(conn, who, "Somebody", &says(), ago(&mut dice, 30, now)).unwrap());
        }
        people.push(who);
    }
    for n in 0..30 {
        let mut at = ago(&mut dice, 35, now);
        let thread = begin(conn, cohort, Some(people[dice.usize(0..people.len())]), &format!("Asked {seed} {n}"), at);
        // In the order in which they are numbered.
        for answer in 0..dice.u8(0..4) {
            let who = people[dice.usize(0..people.len())];
            write(conn, (thread, who), &format!("A {seed} {n} {answer}"), at, (&mut dice, now));
            at = at + TimeDelta::minutes(dice.i64(1..3_000));
        }
    }
}

fn ago(dice: &mut fastrand::Rng, days: i64, now: Instant) -> Instant {
    now - TimeDelta::minutes(dice.i64(1..days * 24 * 60))
}

/// A post, which may be removed or hidden some time.
fn write(
    conn: &mut Conn,
    (thread, who): (ThreadId, EnrolmentId),
    words: &str,
    at: Instant,
    (dice, now): (&mut fastrand::Rng, Instant),
) {
    let post = discussions::add_post(conn, thread, who, None, &post_body(words).unwrap(), at).unwrap();
    let gone = ago(dice, 20, now);
    match dice.u8(0..4) {
        0 => diesel::update(posts::table.find(post)).set(posts::removed_at.eq(gone)).execute(conn).unwrap(),
        1 => diesel::update(posts::table.find(post)).set(posts::hidden_at.eq(gone)).execute(conn).unwrap(),
        _ => 0,
    };
}

/// A thread with no post yet, past the pages.
pub fn begin(conn: &mut Conn, cohort: CohortId, by: Option<EnrolmentId>, title: &str, at: Instant) -> ThreadId {
    diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::title.eq(title),
            threads::created_at.eq(at),
            threads::last_post_at.eq(at),
            threads::post_count.eq(0),
            threads::started_by.eq(by),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap()
}

/// What a certificate says.
pub fn says() -> Says {
    Says {
        programme: Slug::parse("effective-networks").unwrap(),
        title: "Effective networks".into(),
        language: "en-GB".into(),
        cohort: "spring 2027".into(),
        starts_on: day("2027-01-11"),
        ends_on: day("2027-05-10"),
        minutes: 600,
        asked: "all steps".into(),
        issued_on: day("2027-02-01"),
    }
}
