//! Comments on a piece of peer work as a form: one answer to each question of its assignment, the same for learners and
//! facilitators.

use crate::platform::text::paragraphs;
use crate::platform::web::{Error, Faults, Field, Fields};
use crate::programme::Step;

/// Of one answer, in characters.
const LONGEST: usize = 4_000;

/// Days after which facilitators give the comments that a piece of work still lacks.
pub const PATIENCE_DAYS: i64 = 5;

/// A field for each question.
pub fn fields(step: &Step) -> Vec<Field> {
    step.questions.iter().enumerate().map(|(n, question)| Field::new(&id(n), question)).collect()
}

/// The fields with what was typed, and what is wrong with it.
pub struct Refused {
    pub fields: Vec<Field>,
    pub faults: Faults,
}

/// Each question with its answer.
pub fn read(step: &Step, sent: &Fields) -> Result<Vec<(String, String)>, Refused> {
    let mut faults = Faults::default();
    let answers = step.questions.iter().enumerate().filter_map(|(n, question)| {
        let answer = faults.check(&id(n), paragraphs(sent.get(&id(n)), LONGEST, "an answer"))?;
        Some((question.clone(), answer))
    });
    let answers: Vec<_> = answers.collect();
    if faults.is_empty() {
        return Ok(answers);
    }
    let fields = fields(step).into_iter().map(|field| field.sent(sent, &faults)).collect();
    Err(Refused { fields, faults })
}

/// Refuses a form that holds anything else.
pub fn only_answers(step: &Step, sent: &Fields) -> Result<(), Error> {
    sent.only_if(|name| (0..step.questions.len()).any(|n| id(n) == name))
}

fn id(n: usize) -> String {
    format!("answer-{}", n + 1)
}
