//! What the facilitator's figures mean: how long people take, which questions are hard, and how soon somebody answers.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use crate::completion::quiz::Answers;
use crate::discussion::store::Begun;
use crate::platform::measure::median;
use crate::platform::text::Slug;
use crate::programme::{Question, QuizOption, Step, Unit};

/// A day's sums for one step: how many learners opened it, and did it, for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDay {
    pub unit: Slug,
    pub step: Slug,
    pub day: NaiveDate,
    pub opened: i64,
    pub done: i64,
}

/// How learners went through one step.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Passage {
    pub opened: i64,
    pub done: i64,
    /// Days from the day on which the step opened to the day on which it was done; None where nobody has.
    pub median_days: Option<f64>,
}

impl Passage {
    /// `days`: of any steps; `released`: the day on which the unit opened.
    pub fn of(unit: &Unit, step: &Step, days: &[StepDay], released: Option<NaiveDate>) -> Self {
        let own = || days.iter().filter(|d| unit.is_called(&d.unit) && step.is_called(&d.step));
        let waited = released.map(|released| own().map(|d| ((d.day - released).num_days().max(0), d.done)).collect());
        Self {
            opened: own().map(|d| d.opened).sum(),
            done: own().map(|d| d.done).sum(),
            median_days: waited.and_then(median),
        }
    }
}

/// A question, as learners answered it at their first attempts.
#[derive(Debug, Clone)]
pub struct Item<'c> {
    pub unit: &'c Unit,
    pub step: &'c Step,
    /// In its quiz, from 1.
    pub number: usize,
    pub question: &'c Question,
    pub answered: i64,
    pub right: i64,
    /// Wrong options and how many chose each; of a question with several right ones, those and how many left each out. The
    /// most frequent first.
    pub wrong: Vec<(&'c QuizOption, i64)>,
}

/// Answers that were given word for word alike, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    pub unit: Slug,
    pub step: Slug,
    pub answers: String,
    pub attempts: i64,
}

/// The questions of a step's quiz, in their order; none for a step that has no quiz.
pub fn items<'c>(unit: &'c Unit, step: &'c Step, given: &[Alike]) -> Vec<Item<'c>> {
    let Some(quiz) = &step.quiz else { return Vec::new() };
    let own = given.iter().filter(|alike| unit.is_called(&alike.unit) && step.is_called(&alike.step));
    let read: Vec<(Answers, i64)> = own.map(|alike| (Answers::from_text(&alike.answers), alike.attempts)).collect();
    quiz.questions.iter().enumerate().map(|(n, question)| item((unit, step), n + 1, question, &read)).collect()
}

/// A question that came later counts those alone who answered it.
fn item<'c>(
    (unit, step): (&'c Unit, &'c Step),
    number: usize,
    question: &'c Question,
    read: &[(Answers, i64)],
) -> Item<'c> {
    let answered: Vec<&(Answers, i64)> = read.iter().filter(|(answers, _)| answers.answers(&question.slug)).collect();
    let chosen = |option: &QuizOption| -> i64 {
        answered.iter().filter(|(answers, _)| answers.has(&question.slug, &option.slug)).map(|(_, n)| n).sum()
    };
    let is_right = |answers: &Answers| {
        question.options.iter().all(|option| answers.has(&question.slug, &option.slug) == option.right)
    };
    let all: i64 = answered.iter().map(|(_, n)| n).sum();
    let mistaken = |option: &QuizOption| if option.right { all - chosen(option) } else { chosen(option) };
    let options = question.options.iter().filter(|option| question.several || !option.right);
    let mut wrong: Vec<_> = options.map(|option| (option, mistaken(option))).filter(|(_, n)| *n > 0).collect();
    wrong.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Item {
        unit,
        step,
        number,
        question,
        answered: all,
        right: answered.iter().filter(|(answers, _)| is_right(answers)).map(|(_, n)| n).sum(),
        wrong,
    }
}

/// What was said in one week.
#[derive(Debug, Clone, PartialEq)]
pub struct TalkWeek {
    /// Its Monday.
    pub week: NaiveDate,
    pub posts: i64,
    pub writers: i64,
    /// Threads that learners started.
    pub threads: i64,
    /// Of those, how many somebody else has answered.
    pub answered: i64,
    /// Minutes to the first answer, over those that have one.
    pub median_wait: Option<f64>,
}

/// Every week from the first to the last in which anything was said. `written`: Mondays with posts and writers.
pub fn talk_weeks(written: &[(NaiveDate, i64, i64)], begun: &[Begun]) -> Vec<TalkWeek> {
    let mut waits: BTreeMap<NaiveDate, Vec<Option<i64>>> = BTreeMap::new();
    for thread in begun {
        let wait = thread.answered_at.map(|answered| answered.since(thread.at).num_minutes());
        waits.entry(monday(thread.at.utc().date_naive())).or_default().push(wait);
    }
    let mondays = written.iter().map(|(week, ..)| *week).chain(waits.keys().copied());
    let (Some(first), Some(last)) = (mondays.clone().min(), mondays.max()) else { return Vec::new() };
    let weeks = std::iter::successors(Some(first), |week| Some(*week + TimeDelta::days(7)));
    weeks
        .take_while(|week| *week <= last)
        .map(|week| {
            let (posts, writers) = written.iter().find(|w| w.0 == week).map_or((0, 0), |w| (w.1, w.2));
            let begun = waits.get(&week).map_or(&[][..], Vec::as_slice);
            let answered: Vec<(i64, i64)> = begun.iter().flatten().map(|minutes| (*minutes, 1)).collect();
            let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            TalkWeek {
                week,
                posts,
                writers,
                threads: count(begun.len()),
                answered: count(answered.len()),
                median_wait: median(answered),
            }
        })
        .collect()
}

pub fn monday(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(day.weekday().num_days_from_monday().into())
}
