//! What makes a step complete, said before it is, and how it came to be, said after.

use super::words::number;
use crate::completion::How;
use crate::programme::{Quiz, Step, StepKind};

/// The rule of the step in a sentence or two, to whoever may complete it.
pub fn rule(step: &Step) -> String {
    let rule = match step.kind {
        StepKind::Article | StepKind::Video | StepKind::Exercise => "Complete when you mark it as complete.".into(),
        StepKind::LiveSession => "Complete when you mark it, whether you were there or caught up afterwards.".into(),
        StepKind::Discussion => "Complete when you have posted once in this discussion.".into(),
        StepKind::Reflection => "Complete when you have saved your note, however short.".into(),
        StepKind::Quiz => step.quiz.as_ref().map(of_quiz).unwrap_or_default(),
        StepKind::Diagnostic => "Complete when you have handed in your reading, whatever it says.".into(),
        StepKind::PeerAssignment => format!(
            "Complete when you have handed in your own work and commented on {}.",
            others_work(usize::from(step.reviews))
        ),
    };
    if step.required { rule } else { format!("{rule} This step is extra: it does not count in your progress.") }
}

fn of_quiz(quiz: &Quiz) -> String {
    let rule = match quiz.pass_mark {
        None => "Complete when you have handed in your answers, whatever the score.".into(),
        Some(mark) => {
            format!("Complete when you have {} right of {}.", number(usize::from(mark)), number(quiz.questions.len()))
        }
    };
    let attempts = match quiz.attempts {
        None => "You may answer as often as you like; the best score stands.".into(),
        Some(1) => "You may answer once.".into(),
        Some(most) => format!("You may answer {} times; the best score stands.", number(usize::from(most))),
    };
    format!("{rule} {attempts}")
}

/// `the work of two others`.
fn others_work(n: usize) -> String {
    if n == 1 { "the work of another learner".into() } else { format!("the work of {} others", number(n)) }
}

/// `You finished this step today at 9am, when you marked it as complete.`
pub fn finished(when: &str, how: How) -> String {
    let by = match how {
        How::Mark => "when you marked it as complete",
        How::Post => "with your first post here",
        How::Note => "when you saved your note",
        How::Answers => "when you handed in your answers",
        How::Reading => "when you handed in your reading",
        How::Work => "with your own work and your comments on that of others",
    };
    format!("You finished this step {when}, {by}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::sample::quiz;
    use crate::programme::sample::step;

    #[test]
    fn each_kind_says_its_rule() {
        for kind in StepKind::ALL {
            let mut step = step(1, "a", true);
            (step.kind, step.quiz) = (*kind, Some(quiz()));
            assert!(rule(&step).starts_with("Complete when "), "{kind}");
        }
        let mut step = step(1, "a", false);
        step.kind = StepKind::PeerAssignment;
        let words = rule(&step);
        assert!(
            words.contains("commented on the work of two others.") && words.ends_with("in your progress."),
            "{words}"
        );
    }

    #[test]
    fn a_quiz_says_its_pass_mark_and_attempts_beforehand() {
        let mut quiz = quiz();
        assert!(of_quiz(&quiz).contains("whatever the score. You may answer as often as you like"));
        (quiz.pass_mark, quiz.attempts) = (Some(1), Some(1));
        assert_eq!(of_quiz(&quiz), "Complete when you have one right of two. You may answer once.");
        (quiz.pass_mark, quiz.attempts) = (Some(2), Some(3));
        assert!(of_quiz(&quiz).contains("you have two right of two. You may answer three times;"));
    }
}
