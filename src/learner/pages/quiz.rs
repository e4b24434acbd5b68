//! A quiz: its questions, POST `…/answers`, and all feedback once it is handed in.

use super::step::{self, Finish, StepPage, Work, go_on};
use super::{StepForm, carry_out};
use crate::cohort::store as cohorts;
use crate::completion::quiz::{Answers, mark, ordered, passes};
use crate::completion::store::{self, Attempts};
use crate::learner::here::Here;
use crate::learner::{Link, words};
use crate::platform::db::Conn;
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::programme::{Question, Quiz};

pub(super) struct QuizForm {
    pub action: String,
    pub questions: Vec<AskedQuestion>,
}

pub(super) struct AskedQuestion {
    pub number: usize,
    pub of: usize,
    pub name: String,
    pub text: String,
    pub several: bool,
    /// Empty: nothing wrong.
    pub error: &'static str,
    pub choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub id: String,
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

pub(super) struct MarkedQuiz {
    pub questions: Vec<MarkedQuestion>,
    pub next: Option<Link>,
    /// Empty: not again.
    pub again: String,
}

pub(super) struct MarkedQuestion {
    pub id: String,
    /// `Question 2 of 5 · Not this time`.
    pub heading: String,
    pub text: String,
    pub options: Vec<MarkedOption>,
}

pub(super) struct MarkedOption {
    pub class: &'static str,
    pub icon: Icon,
    pub text: String,
    /// `your answer, right`; empty: neither chosen nor right.
    pub says: &'static str,
    pub feedback: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Icon {
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

/// The form, or what became of the latest answers; two queries.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>, again: bool) -> Result<StepPage, Error> {
    let quiz = quiz_of(here)?;
    let Some(learner) = here.place.learner() else {
        return Ok(marked_page(ask, here, quiz, &Answers::default(), None));
    };
    let attempts = store::attempts(conn, learner, here.key())?;
    let may_answer = here.may_do().is_some() && attempts_left(quiz, &attempts) != Some(0);
    Ok(match &attempts.latest {
        Some(answers) if !(again && may_answer) => marked_page(ask, here, quiz, answers, Some(&attempts)),
        _ if may_answer => {
            let mut page = step::page(ask, here, Work::Quiz(form(here, quiz, &Answers::default(), &[])));
            page.finish = Finish::ByWork;
            page
        }
        _ => step::page(ask, here, Work::Nothing),
    })
}

pub async fn hand_in(form: StepForm, fields: Fields) -> Answer {
    carry_out(form, |step| step.quiz.is_some(), "", move |conn, ask, here| save(conn, ask, here, &fields)).await
}

fn save(conn: &mut Conn, ask: &Ask, here: &Here<'_>, fields: &Fields) -> Result<String, Error> {
    let quiz = quiz_of(here)?;
    fields.only_if(|name| quiz.questions.iter().any(|q| q.slug.as_str() == name))?;
    let learner = here.learner(ask)?;
    let answers = Answers::read(quiz, |name| fields.all(name).map(str::to_owned).collect())
        .ok_or(Error::BadRequest("It holds an answer that the quiz does not have."))?;
    let missing: Vec<bool> = quiz.questions.iter().map(|q| !answers.answers(&q.slug)).collect();
    if missing.contains(&true) {
        return Err(Error::refused(refused(ask, here, quiz, &answers, &missing)));
    }
    // Holds the learner's row, so that two attempts at once are counted one after the other.
    cohorts::touch(conn, learner, ask.now)?;
    let attempts = store::attempts(conn, learner, here.key())?;
    if attempts.latest.as_ref() == Some(&answers) {
        return Ok(here.path());
    }
    if attempts_left(quiz, &attempts) == Some(0) {
        return Err(here.not_now(ask, "You have used all your attempts at this quiz.".into()));
    }
    let marked = mark(quiz, &answers);
    store::add_attempt(conn, learner, here.key(), &answers, &marked, ask.now)?;
    if passes(quiz, marked.right()) {
        here.complete(conn, ask, learner)?;
    }
    Ok(here.path())
}

fn quiz_of<'c>(here: &Here<'c>) -> Result<&'c Quiz, Error> {
    here.step().quiz.as_ref().ok_or(Error::NotFound)
}

/// None: as many as one likes.
fn attempts_left(quiz: &Quiz, attempts: &Attempts) -> Option<u32> {
    quiz.attempts.map(|most| u32::from(most).saturating_sub(attempts.count))
}

fn form(here: &Here<'_>, quiz: &Quiz, answers: &Answers, missing: &[bool]) -> QuizForm {
    let asked = |(n, question): (usize, &Question)| AskedQuestion {
        number: n + 1,
        of: quiz.questions.len(),
        name: question.slug.to_string(),
        text: question.text.clone(),
        several: question.several,
        error: if missing.get(n) == Some(&true) { what_to_do(question) } else { "" },
        choices: ordered(here.place.learner(), quiz, question)
            .into_iter()
            .enumerate()
            .map(|(i, option)| Choice {
                id: choice_id(n, i),
                value: option.slug.to_string(),
                label: option.text.clone(),
                chosen: answers.has(&question.slug, &option.slug),
            })
            .collect(),
    };
    QuizForm {
        action: format!("{}/answers", here.path()),
        questions: quiz.questions.iter().enumerate().map(asked).collect(),
    }
}

fn choice_id(question: usize, option: usize) -> String {
    format!("q{}-{}", question + 1, option + 1)
}

fn what_to_do(question: &Question) -> &'static str {
    if question.several { "Choose at least one answer" } else { "Choose one answer" }
}

/// The quiz again, each unanswered question named; the others keep their answers.
fn refused(ask: &Ask, here: &Here<'_>, quiz: &Quiz, answers: &Answers, missing: &[bool]) -> StepPage {
    let mut faults = Faults::default();
    for (n, question) in quiz.questions.iter().enumerate().filter(|(n, _)| missing[*n]) {
        let what = what_to_do(question).replacen('C', "c", 1);
        faults.add(choice_id(n, 0), format!("Question {}: {what}", n + 1));
    }
    let mut page = step::page(ask, here, Work::Quiz(form(here, quiz, answers, missing))).with_faults(faults);
    page.lead =
        format!("{}. Your other answers are kept.", words::sentence(&in_words(quiz.questions.len(), "question")));
    page.html.clear();
    page
}

/// All feedback. Without attempts (a facilitator's view): which answers are right, and nobody's own.
fn marked_page(ask: &Ask, here: &Here<'_>, quiz: &Quiz, answers: &Answers, attempts: Option<&Attempts>) -> StepPage {
    let marked = mark(quiz, answers);
    let questions = quiz.questions.iter().zip(&marked.0).enumerate();
    let own = attempts.is_some();
    let work = MarkedQuiz {
        questions: questions
            .map(|(n, (q, right))| marked_question(here, quiz, answers, (n, q), own.then_some(*right)))
            .collect(),
        next: attempts.map(|_| go_on(here)),
        again: match attempts {
            Some(attempts) if here.may_do().is_some() && attempts_left(quiz, attempts) != Some(0) => {
                format!("{}?again=1", here.path())
            }
            _ => String::new(),
        },
    };
    let mut page = step::page(ask, here, Work::MarkedQuiz(work));
    if let Some(attempts) = attempts {
        page.lead = verdict(here, quiz, marked.right(), attempts);
        page.html.clear();
        page.finish = Finish::ByWork;
    }
    page
}

/// `Four of five right. This step is done; …`
fn verdict(here: &Here<'_>, quiz: &Quiz, right: usize, attempts: &Attempts) -> String {
    let score = words::sentence(&format!("{} of {} right.", words::number(right), words::number(quiz.questions.len())));
    let again = match attempts_left(quiz, attempts) {
        _ if here.may_do().is_none() => String::new(),
        None => ", and you may answer again as often as you like".into(),
        Some(0) => ", and it was your last attempt".into(),
        Some(left) => format!(", and you may answer again {}", times(left)),
    };
    let needed = quiz.pass_mark.map_or(0, usize::from);
    match here.done_at() {
        Some(_) => format!("{score} This step is done; the score is for you alone{again}."),
        None => {
            let needed = words::sentence(&in_words(needed, "right answer"));
            format!("{score} {needed} complete this step{again}.")
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

fn in_words(n: usize, one: &str) -> String {
    format!("{} {one}{}", words::number(n), if n == 1 { "" } else { "s" })
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
