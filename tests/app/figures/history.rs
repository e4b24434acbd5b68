//! A cohort that lives by chance, and somebody who counts what came of it row by row, with no query of the pages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::prelude::*;
use fastrand::Rng;
use trellis::certificate;
use trellis::cohort::{CohortId, EnrolmentId, Role, Standing};
use trellis::completion::openings::Opening;
use trellis::completion::{How, store as completion};
use trellis::discussion::store as discussions;
use trellis::discussion::{ThreadId, post_body};
use trellis::facilitator::analytics::{TalkWeek, monday};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::measure::median;
use trellis::platform::text::Slug;
use trellis::schema::{accounts, certificates, completions, enrolments, posts, quiz_attempts, step_openings, threads};

use super::slug;
use crate::report::{begin, says};
use crate::world::*;

/// What the pages say.
#[derive(Debug, PartialEq)]
pub struct Figures {
    /// By step: how many opened and did it.
    pub steps: BTreeMap<String, (i64, i64)>,
    /// By step: how many stayed away after it.
    pub stops: BTreeMap<String, i64>,
    /// By step and answers: how many gave them at first.
    pub answers: BTreeMap<(String, String), i64>,
    /// Those in which anything was said.
    pub weeks: Vec<TalkWeek>,
}

struct Done {
    who: i64,
    step: String,
    at: Instant,
}

/// Who counts: learners in the course.
struct People {
    /// When each was here last, or joined.
    active: BTreeMap<i64, Instant>,
    learners: BTreeSet<i64>,
}

pub fn recount(conn: &mut Conn, cohort: CohortId, now: Instant) -> Figures {
    let people = people(conn, cohort);
    let done: Vec<Done> = completions::table
        .select((completions::enrolment_id, completions::step, completions::completed_at))
        .load::<(EnrolmentId, String, Instant)>(conn)
        .unwrap()
        .into_iter()
        .map(|(who, step, at)| Done { who: who.0, step, at })
        .collect();
    Figures {
        steps: steps(conn, &people, &done),
        stops: stops(conn, &people, &done, now),
        answers: answers(conn),
        weeks: weeks(conn, cohort, &people),
    }
}

fn people(conn: &mut Conn, cohort: CohortId) -> People {
    type Person = (EnrolmentId, Role, Standing, Instant, Option<Instant>);
    let all: Vec<Person> = enrolments::table
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
    let learners = all.into_iter().filter(|p| p.1 == Role::Learner).collect::<Vec<_>>();
    let active = learners.iter().filter(|p| p.2 == Standing::Active);
    People {
        active: active.map(|(who, _, _, joined, seen)| (who.0, seen.unwrap_or(*joined))).collect(),
        learners: learners.iter().map(|p| p.0.0).collect(),
    }
}

fn steps(conn: &mut Conn, people: &People, done: &[Done]) -> BTreeMap<String, (i64, i64)> {
    let opened: Vec<(EnrolmentId, String)> =
        step_openings::table.select((step_openings::enrolment_id, step_openings::step)).load(conn).unwrap();
    let mut steps: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (_, step) in opened.into_iter().filter(|(who, _)| people.active.contains_key(&who.0)) {
        steps.entry(step).or_default().0 += 1;
    }
    for done in done.iter().filter(|done| people.active.contains_key(&done.who)) {
        steps.entry(done.step.clone()).or_default().1 += 1;
    }
    steps
}

fn stops(conn: &mut Conn, people: &People, done: &[Done], now: Instant) -> BTreeMap<String, i64> {
    let certified: Vec<EnrolmentId> = certificates::table.select(certificates::enrolment_id).load(conn).unwrap();
    let certified: BTreeSet<i64> = certified.into_iter().map(|who| who.0).collect();
    let mut stops = BTreeMap::new();
    let away = people.active.iter().filter(|(_, here)| now.since(**here) > TimeDelta::days(7));
    for (who, _) in away.filter(|(who, _)| !certified.contains(who)) {
        if let Some(last) = done.iter().filter(|done| done.who == *who).max_by_key(|done| done.at) {
            *stops.entry(last.step.clone()).or_insert(0) += 1;
        }
    }
    stops
}

/// Of everybody, also of those who left.
fn answers(conn: &mut Conn) -> BTreeMap<(String, String), i64> {
    let tried: Vec<(EnrolmentId, String, String)> = quiz_attempts::table
        .order(quiz_attempts::id)
        .select((quiz_attempts::enrolment_id, quiz_attempts::step, quiz_attempts::answers))
        .load(conn)
        .unwrap();
    let (mut answers, mut met) = (BTreeMap::new(), BTreeSet::new());
    for (who, step, text) in tried {
        if met.insert((who.0, step.clone())) {
            *answers.entry((step, text)).or_insert(0) += 1;
        }
    }
    answers
}

fn weeks(conn: &mut Conn, cohort: CohortId, people: &People) -> Vec<TalkWeek> {
    let readable: Vec<(ThreadId, EnrolmentId, Instant)> = posts::table
        .filter(posts::removed_at.is_null())
        .filter(posts::hidden_at.is_null())
        .select((posts::thread_id, posts::enrolment_id, posts::created_at))
        .load(conn)
        .unwrap();
    let begun: Vec<(ThreadId, Option<EnrolmentId>, Instant)> = threads::table
        .filter(threads::cohort_id.eq(cohort))
        .select((threads::id, threads::started_by, threads::created_at))
        .load(conn)
        .unwrap();
    let begun = begun.into_iter().filter_map(|(id, by, at)| Some((id, by?, at)));
    let begun: Vec<_> = begun.filter(|(_, by, _)| people.learners.contains(&by.0)).collect();
    let week = |at: Instant| monday(at.utc().date_naive());
    let n = |n: usize| i64::try_from(n).unwrap();
    let mondays: BTreeSet<_> =
        readable.iter().map(|p| week(p.2)).chain(begun.iter().map(|thread| week(thread.2))).collect();
    let of_week = |monday| {
        let said: Vec<_> = readable.iter().filter(|p| week(p.2) == monday).collect();
        let begun: Vec<_> = begun.iter().filter(|thread| week(thread.2) == monday).collect();
        let first = |(thread, by, at): &(ThreadId, EnrolmentId, Instant)| {
            let others = readable.iter().filter(|p| p.0 == *thread && p.1 != *by && p.2 >= *at);
            Some((others.map(|p| p.2).min()?.since(*at).num_minutes(), 1))
        };
        let waits: Vec<_> = begun.iter().filter_map(|thread| first(thread)).collect();
        TalkWeek {
            week: monday,
            posts: n(said.len()),
            writers: n(said.iter().map(|p| p.1.0).collect::<BTreeSet<_>>().len()),
            threads: n(begun.len()),
            answered: n(waits.len()),
            median_wait: median(waits),
        }
    };
    mondays.into_iter().map(of_week).collect()
}

/// What somebody does to.
struct Life {
    cohort: CohortId,
    seed: u64,
    now: Instant,
    dice: Rng,
    people: Vec<EnrolmentId>,
    threads: Vec<ThreadId>,
    unit: Slug,
}

/// Some people more, and some hundred things that they and others do.
pub fn live(conn: &mut Conn, cohort: CohortId, seed: u64, now: Instant) {
    let mut dice = Rng::with_seed(seed);
    let mut people = Vec::new();
    for n in 0..20 {
        let account = make_account(conn, &format!("L {seed} {n}"), &format!("f{seed}n{n}@example.org"), false, now);
        let role = if n == 0 { Role::Facilitator } else { Role::Learner };
        people.push(make_enrolment(conn, cohort, account, role, now - TimeDelta::days(dice.i64(1..30))));
    }
    let talk = begin(conn, cohort, None, "Talk", now - TimeDelta::days(29));
    let mut life = Life { cohort, seed, now, dice, people, threads: vec![talk], unit: slug("why-networks") };
    for n in 0..600 {
        // Posts come in the order of their times; marks in any.
        let at = now - TimeDelta::minutes((600 - n) * 28 * 24 * 60 / 600) - TimeDelta::microseconds(n);
        life.something(conn, n, at);
    }
}

impl Life {
    fn something(&mut self, conn: &mut Conn, n: i64, at: Instant) {
        let who = self.people[self.dice.usize(0..self.people.len())];
        match self.dice.u8(0..24) {
            0..9 => self.learn(conn, who, n),
            9..12 => self.try_quiz(conn, who, at),
            12..17 => self.write(conn, who, &format!("Words {} {n}", self.seed), at),
            17..19 => {
                let title = format!("Asked {} {n}", self.seed);
                self.threads.push(begin(conn, self.cohort, Some(who), &title, at));
            }
            19..21 => self.moderate(conn, who),
            21..23 => self.come_or_go(conn, who, at),
            _ => self.rename(conn),
        }
    }

    fn step(&mut self) -> Slug {
        slug(&format!("step-{}", self.dice.u8(0..6)))
    }

    fn learn(&mut self, conn: &mut Conn, who: EnrolmentId, n: i64) {
        let at = self.now - TimeDelta::minutes(self.dice.i64(1..28 * 24 * 60)) - TimeDelta::microseconds(n);
        let (unit, step) = (self.unit.clone(), self.step());
        match self.dice.u8(0..12) {
            0..7 => assert!(completion::mark(conn, who, (&unit, &step), How::Mark, at).is_ok()),
            7..10 => {
                let opening = Opening { cohort: self.cohort, unit, step, enrolment: who, at };
                completion::note_opened(conn, &[opening]).unwrap();
            }
            10 => completion::unmark(conn, who, (&unit, &step)).unwrap(),
            _ => {
                let kept = completions::table.filter(completions::enrolment_id.eq(who));
                diesel::delete(kept.filter(completions::step.eq("step-0"))).execute(conn).unwrap();
            }
        }
    }

    fn try_quiz(&mut self, conn: &mut Conn, who: EnrolmentId, at: Instant) {
        let tried = (
            quiz_attempts::enrolment_id.eq(who),
            quiz_attempts::unit.eq(self.unit.clone()),
            quiz_attempts::step.eq(self.step()),
            quiz_attempts::answers.eq(format!("q={}", self.dice.u8(0..3))),
            quiz_attempts::right_count.eq(0),
            quiz_attempts::question_count.eq(1),
            quiz_attempts::handed_in_at.eq(at),
        );
        diesel::insert_into(quiz_attempts::table).values(tried).execute(conn).unwrap();
    }

    fn write(&mut self, conn: &mut Conn, who: EnrolmentId, words: &str, at: Instant) {
        let thread = self.threads[self.dice.usize(0..self.threads.len())];
        let post = discussions::add_post(conn, thread, who, None, &post_body(words).unwrap(), at).unwrap();
        if self.dice.u8(0..3) == 0 {
            discussions::hide_post(conn, thread, post, "It names somebody.", self.now).unwrap();
        }
    }

    /// Threads become one, posts are shown again or go for good.
    fn moderate(&mut self, conn: &mut Conn, who: EnrolmentId) {
        let mine = posts::table.filter(posts::enrolment_id.eq(who));
        match self.dice.u8(0..4) {
            0 if self.threads.len() > 2 => {
                let from = self.threads.swap_remove(self.dice.usize(1..self.threads.len()));
                let into = self.threads[self.dice.usize(1..self.threads.len())];
                discussions::merge(conn, self.cohort, from, into).unwrap();
            }
            0 | 1 => {
                let hidden = mine.filter(posts::hidden_at.is_not_null()).select((posts::thread_id, posts::id));
                for (thread, post) in hidden.load(conn).unwrap() {
                    discussions::show_post(conn, thread, post, self.now).unwrap();
                }
            }
            2 => {
                let newest = mine.order(posts::id.desc()).select((posts::thread_id, posts::id));
                if let Some((thread, post)) = newest.first(conn).optional().unwrap() {
                    discussions::remove_post(conn, thread, post, who, self.now).unwrap();
                }
            }
            _ => {}
        }
    }

    fn come_or_go(&mut self, conn: &mut Conn, who: EnrolmentId, at: Instant) {
        let person = enrolments::table.find(who);
        match self.dice.u8(0..8) {
            0..3 => {
                let state = if self.dice.bool() { Standing::Active } else { Standing::Withdrawn };
                diesel::update(person).set(enrolments::state.eq(state)).execute(conn).unwrap();
            }
            3..6 => {
                diesel::update(person).set(enrolments::last_seen_at.eq(at)).execute(conn).unwrap();
            }
            6 => {
                certificate::store::add(conn, who, "Somebody", &says(), at).unwrap();
            }
            _ if self.people.len() > 10 && !has_written(conn, who) => {
                let account = enrolments::table.find(who).select(enrolments::account_id);
                diesel::delete(accounts::table.filter(accounts::id.eq_any(account))).execute(conn).unwrap();
                self.people.retain(|other| *other != who);
            }
            _ => {}
        }
    }

    /// The course gives a step another name: what people did follows, unless they did both.
    fn rename(&mut self, conn: &mut Conn) {
        let (from, to) = (self.step(), self.step());
        if from != to {
            let (programme, unit) = (slug("effective-networks"), self.unit.clone());
            completion::rename(conn, &programme, (&unit, &from), (&unit, &to)).unwrap();
        }
    }
}

/// Whoever wrote is withdrawn, never deleted.
fn has_written(conn: &mut Conn, who: EnrolmentId) -> bool {
    let own = posts::table.filter(posts::enrolment_id.eq(who));
    diesel::select(diesel::dsl::exists(own)).get_result(conn).unwrap()
}
