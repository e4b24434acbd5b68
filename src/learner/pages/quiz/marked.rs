//! A quiz that was handed in: all its feedback, and every attempt to be looked at again.

use super::{attempts_left, in_words};
use crate::completion::quiz::{Answers, mark, ordered};
use crate::completion::store::attempts::{Attempt, Attempts};
use crate::learner::here::Here;
use crate::learner::pages::step::{self, Finish, StepPage, Work, go_on};
use crate::learner::{Link, words};
use crate::platform::text::count;
use crate::platform::web::Ask;
use crate::programme::{Question, Quiz};

pub(in crate::learner::pages) struct MarkedQuiz {
    pub questions: Vec<MarkedQuestion>,
    pub next: Option<Link>,
    /// Empty: not again.
    pub again: String,
    /// Where there was more than one, the newest first.
    pub attempts: Vec<AttemptRow>,
}

/// What was handed in once.
pub(in crate::learner::pages) struct AttemptRow {
    pub href: String,
    /// `Attempt 2`
    pub label: String,
    /// `yesterday at 9am: four of five right`
    pub what: String,
    pub is_best: bool,
    /// Its answers are on this page.
    pub is_shown: bool,
}

pub(in crate::learner::pages) struct MarkedQuestion {
    pub id: String,
    /// `Question 2 of 5 · Not this time`.
    pub heading: String,
    pub text: String,
    pub options: Vec<MarkedOption>,
}

pub(in crate::learner::pages) struct MarkedOption {
    pub class: &'static str,
    pub icon: Icon,
    pub text: String,
    /// `your answer, right`; empty: neither chosen nor right.
    pub says: &'static str,
    pub feedback: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::learner::pages) enum Icon {
    Right,
    Wrong,
    Neither,
}

impl Icon {
    pub fn is_right(&self) -> bool {
        *self == Self::Right
    }

    pub fn is_wrong(&self) -> bool {
        *self == Self::Wrong
    }
}

/// All feedback on one attempt of all. Without (a facilitator's view): which answers are right, and nobody's own.
pub(super) fn page(ask: &Ask, here: &Here<'_>, quiz: &Quiz, shown: Option<(&Attempt, &Attempts)>) -> StepPage {
    let blank = Answers::default();
    let answers = shown.map_or(&blank, |(attempt, _)| &attempt.answers);
    let marked = mark(quiz, answers);
    let questions = quiz.questions.iter().zip(&marked.0).enumerate();
    let work = MarkedQuiz {
        questions: questions
            .map(|(n, (q, right))| marked_question(here, quiz, answers, (n, q), shown.is_some().then_some(*right)))
            .collect(),
        next: shown.map(|_| go_on(here)),
        again: match shown {
            Some((_, all)) if here.may_do().is_some() && attempts_left(quiz, all) != Some(0) => {
                format!("{}?again=1", here.path())
            }
            _ => String::new(),
        },
        attempts: shown
            .filter(|(_, all)| all.count > 1)
            .map(|(attempt, all)| attempts(here, all, Some(attempt.number)))
            .unwrap_or_default(),
    };
    let mut page = step::page(ask, here, Work::MarkedQuiz(work));
    if let Some((attempt, all)) = shown {
        page.lead = match attempt.number == all.count {
            true => verdict(here, quiz, attempt, all),
            false => earlier(here, attempt, all),
        };
        page.html.clear();
        page.finish = Finish::ByWork;
    }
    page
}

pub(super) fn attempts(here: &Here<'_>, all: &Attempts, shown: Option<u32>) -> Vec<AttemptRow> {
    let best = all.newest.iter().rev().find(|attempt| attempt.right == all.best).map(|attempt| attempt.number);
    let row = |attempt: &Attempt| AttemptRow {
        href: format!("{}?attempt={}", here.path(), attempt.number),
        label: format!("Attempt {}", attempt.number),
        what: format!("{}: {}", here.place.cohort.zone.recent(attempt.at, here.now), score(attempt)),
        is_best: all.count > 1 && best == Some(attempt.number),
        is_shown: shown == Some(attempt.number),
    };
    all.newest.iter().map(row).collect()
}

/// `four of five right`
fn score(attempt: &Attempt) -> String {
    format!("{} of {} right", words::number(attempt.right), words::number(attempt.of))
}

/// Of an attempt that is not the latest.
fn earlier(here: &Here<'_>, attempt: &Attempt, all: &Attempts) -> String {
    let when = here.place.cohort.zone.recent(attempt.at, here.now);
    format!("Your attempt {} of {}, handed in {when}: {}.", attempt.number, all.count, score(attempt))
}

/// `Four of five right. This step is done; …`
fn verdict(here: &Here<'_>, quiz: &Quiz, attempt: &Attempt, all: &Attempts) -> String {
    let score = words::sentence(&score(attempt));
    let again = match attempts_left(quiz, all) {
        _ if here.may_do().is_none() => String::new(),
        None => ", and you may answer again as often as you like".into(),
        Some(0) => ", and it was your last attempt".into(),
        Some(left) => format!(", and you may answer again {}", times(left)),
    };
    match here.is_done() {
        true => format!("{score}. This step is done; the score is for you alone{again}."),
        false => {
            let needed = quiz.pass_mark.map_or(0, usize::from);
            format!("{score}. {} complete this step{again}.", words::sentence(&in_words(needed, "right answer")))
        }
    }
}

fn times(n: u32) -> String {
    match n {
        1 => "once".into(),
        2 => "twice".into(),
        n => count(n as usize, "time"),
    }
}

fn marked_question(
    here: &Here<'_>,
    quiz: &Quiz,
    answers: &Answers,
    (n, question): (usize, &Question),
    right: Option<bool>,
) -> MarkedQuestion {
    let verdict = match right {
        Some(true) => " · Right",
        Some(false) => " · Not this time",
        None => "",
    };
    let option = |option: &crate::programme::QuizOption| {
        let (class, icon, says) = match (answers.has(&question.slug, &option.slug), option.right) {
            (true, true) => ("is-mine is-right", Icon::Right, "your answer, right"),
            (true, false) => ("is-mine is-wrong", Icon::Wrong, "your answer, not right"),
            (false, true) if question.several => ("", Icon::Right, "a right answer"),
            (false, true) => ("", Icon::Right, "the right answer"),
            (false, false) => ("", Icon::Neither, ""),
        };
        MarkedOption { class, icon, text: option.text.clone(), says, feedback: option.feedback.clone() }
    };
    MarkedQuestion {
        id: format!("q{}", n + 1),
        heading: format!("Question {} of {}{verdict}", n + 1, quiz.questions.len()),
        text: question.text.clone(),
        options: ordered(here.place.learner(), quiz, question).into_iter().map(option).collect(),
    }
}
