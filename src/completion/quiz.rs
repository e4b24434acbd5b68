//! Answers to a quiz: what was chosen, what of it is right, and the order in which each learner sees the options.

use std::collections::{BTreeMap, BTreeSet};

use crate::cohort::EnrolmentId;
use crate::platform::text::Slug;
use crate::programme::{Question, Quiz, QuizOption};

/// The options chosen, by question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<Slug, BTreeSet<Slug>>);

impl Answers {
    /// `chosen` gives what was sent under a question's slug. None where it is no option of the question, or where two
    /// were sent and one may be: no form of ours sends that.
    pub fn read(quiz: &Quiz, chosen: impl Fn(&str) -> Vec<String>) -> Option<Self> {
        let mut answers = Self::default();
        for question in &quiz.questions {
            let sent = chosen(question.slug.as_str());
            if sent.len() > 1 && !question.several {
                return None;
            }
            for word in sent {
                let option = question.options.iter().find(|o| o.slug.as_str() == word.as_str())?;
                answers.0.entry(question.slug.clone()).or_default().insert(option.slug.clone());
            }
        }
        Some(answers)
    }

    /// As [`to_text`](Self::to_text) wrote it. What cannot be read is no answer.
    pub fn from_text(text: &str) -> Self {
        let mut answers = Self::default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).unwrap_or_default();
        for (question, option) in pairs {
            if let (Some(question), Some(option)) = (Slug::parse(&question), Slug::parse(&option)) {
                answers.0.entry(question).or_default().insert(option);
            }
        }
        answers
    }

    /// `question=option&…`, as it is kept.
    pub fn to_text(&self) -> String {
        let pairs: Vec<_> = self.0.iter().flat_map(|(q, chosen)| chosen.iter().map(move |o| (q, o))).collect();
        let words: Vec<_> = pairs.iter().map(|(q, o)| (q.as_str(), o.as_str())).collect();
        serde_urlencoded::to_string(words).unwrap_or_default()
    }

    pub fn has(&self, question: &Slug, option: &Slug) -> bool {
        self.0.get(question).is_some_and(|chosen| chosen.contains(option))
    }

    pub fn answers(&self, question: &Slug) -> bool {
        self.0.contains_key(question)
    }
}

/// Whether each question was answered rightly, in the quiz's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked(pub Vec<bool>);

impl Marked {
    pub fn right(&self) -> usize {
        self.0.iter().filter(|right| **right).count()
    }
}

/// A question is right when exactly its right options are chosen.
pub fn mark(quiz: &Quiz, answers: &Answers) -> Marked {
    let is_right = |question: &Question| {
        question.options.iter().all(|option| answers.has(&question.slug, &option.slug) == option.right)
    };
    Marked(quiz.questions.iter().map(is_right).collect())
}

/// Whether so many right answers complete the step.
pub fn passes(quiz: &Quiz, right: usize) -> bool {
    quiz.pass_mark.is_none_or(|mark| right >= usize::from(mark))
}

/// The options in this learner's own order: another for each learner and question, the same at each visit.
pub fn ordered<'q>(enrolment: Option<EnrolmentId>, quiz: &Quiz, question: &'q Question) -> Vec<&'q QuizOption> {
    let mut options: Vec<_> = question.options.iter().collect();
    if let (Some(enrolment), true) = (enrolment, quiz.shuffle && question.shuffle) {
        fastrand::Rng::with_seed(seed(enrolment, &question.slug)).shuffle(&mut options);
    }
    options
}

/// FNV-1a, because the standard library's hash may change from one release to the next.
fn seed(enrolment: EnrolmentId, question: &Slug) -> u64 {
    let bytes = enrolment.0.to_le_bytes().into_iter().chain(question.as_str().bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{quiz, slug};
    use super::*;

    fn answers(text: &'static str) -> Option<Answers> {
        let pairs: Vec<(&str, &str)> = text.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Answers::read(&quiz(), |name| pairs.iter().filter(|(n, _)| *n == name).map(|(_, v)| (*v).into()).collect())
    }

    #[test]
    fn a_question_with_several_right_answers_needs_exactly_those() {
        let right = |text| mark(&quiz(), &answers(text).unwrap()).0;
        assert_eq!(right("which=a&several=a&several=c"), [true, true]);
        assert_eq!(right("which=b&several=a"), [false, false]);
        assert_eq!(right("which=a&several=a&several=b&several=c"), [true, false]);
        assert_eq!(mark(&quiz(), &answers("which=a&several=b").unwrap()).right(), 1);
    }

    #[test]
    fn what_no_form_of_ours_sends_is_no_answer() {
        assert!(answers("which=a&which=b").is_none());
        assert!(answers("which=z").is_none());
        assert!(!answers("several=a").unwrap().answers(&slug("which")));
    }

    #[test]
    fn answers_are_kept_as_text_and_come_back() {
        let given = answers("which=b&several=a&several=c").unwrap();
        assert_eq!(given.to_text(), "several=a&several=c&which=b");
        assert_eq!(Answers::from_text(&given.to_text()), given);
        assert_eq!(Answers::from_text("%%%="), Answers::default());
    }

    #[test]
    fn a_pass_mark_is_reached_or_not() {
        let mut quiz = quiz();
        assert!(passes(&quiz, 0));
        quiz.pass_mark = Some(2);
        assert!(!passes(&quiz, 1) && passes(&quiz, 2));
    }

    #[test]
    fn each_learner_sees_the_options_in_an_order_of_their_own_that_stays() {
        let quiz = quiz();
        let order = |learner| -> String {
            ordered(Some(EnrolmentId(learner)), &quiz, &quiz.questions[0]).iter().map(|o| o.slug.as_str()).collect()
        };
        assert_eq!(order(1), order(1));
        let orders: BTreeSet<_> = (1..40).map(order).collect();
        assert_eq!(orders.len(), 6, "all orders of three occur among forty learners");
    }

    #[test]
    fn an_order_that_means_something_is_kept() {
        let mut quiz = quiz();
        quiz.questions[0].shuffle = false;
        let order = |quiz: &Quiz, question: usize| -> String {
            ordered(Some(EnrolmentId(7)), quiz, &quiz.questions[question]).iter().map(|o| o.slug.as_str()).collect()
        };
        assert_eq!(order(&quiz, 0), "abc");
        quiz.shuffle = false;
        assert!((1..40).all(|_| order(&quiz, 1) == "abc"));
    }
}
