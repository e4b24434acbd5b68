//! A quiz: its questions, POST `…/answers`, and all feedback once it is handed in.

mod marked;

use super::step::{self, Finish, StepPage, Wish, Work};
use super::{StepForm, carry_out};
use crate::cohort::store as cohorts;
use crate::completion::quiz::{Answers, mark, ordered, passes};
use crate::completion::store::attempts::{self, Attempts};
use crate::learner::here::Here;
use crate::learner::words;
use crate::platform::db::Conn;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::programme::{Question, Quiz};

pub(super) use marked::{AttemptRow, MarkedQuiz};

pub(super) struct QuizForm {
    pub action: String,
    pub questions: Vec<AskedQuestion>,
    /// What was handed in before.
    pub attempts: Vec<AttemptRow>,
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

/// The form, or what became of the latest answers or of those that were asked for; two queries, and one for old answers.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>, wish: Wish) -> Result<StepPage, Error> {
    let quiz = quiz_of(here)?;
    let Some(learner) = here.place.learner() else {
        return Ok(marked::page(ask, here, quiz, None));
    };
    let attempts = attempts::attempts(conn, learner, here.key())?;
    if let Some(number) = wish.attempt {
        let listed = attempts.newest.iter().find(|attempt| attempt.number == number).cloned();
        let shown = match listed {
            None => attempts::attempt_numbered(conn, learner, here.key(), number)?,
            listed => listed,
        };
        return Ok(marked::page(ask, here, quiz, Some((&shown.ok_or(Error::NotFound)?, &attempts))));
    }
    let may_answer = here.may_do().is_some() && attempts_left(quiz, &attempts) != Some(0);
    Ok(match attempts.latest() {
        Some(latest) if !(wish.again && may_answer) => marked::page(ask, here, quiz, Some((latest, &attempts))),
        _ if may_answer => {
            let mut form = form(here, quiz, &Answers::default(), &[]);
            form.attempts = marked::attempts(here, &attempts, None);
            let mut page = step::page(ask, here, Work::Quiz(form));
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
    let attempts = attempts::attempts(conn, learner, here.key())?;
    if attempts.latest().is_some_and(|latest| latest.answers == answers) {
        return Ok(here.path());
    }
    if attempts_left(quiz, &attempts) == Some(0) {
        return Err(here.not_now(ask, "You have used all your attempts at this quiz.".into()));
    }
    let marked = mark(quiz, &answers);
    attempts::add_attempt(conn, learner, here.key(), &answers, &marked, ask.now)?;
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
        attempts: Vec::new(),
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

fn in_words(n: usize, one: &str) -> String {
    format!("{} {one}{}", words::number(n), if n == 1 { "" } else { "s" })
}
