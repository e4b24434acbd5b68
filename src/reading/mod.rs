//! Diagnostics: a person's readings of their network, and the temperatures they come to.
//!
//! The rules are those of the questionnaire that the course brings; they are our own choice and not validated.

pub mod store;
pub mod wheel;

use std::collections::BTreeMap;

use crate::programme::Diagnostic;
use crate::programme::diagnostics::{Advice, Dimension};
use crate::words;

words! {
    /// When in the course a reading is taken.
    Point { Baseline = "baseline", Closing = "closing" }
}

words! {
    /// How warm a part of the network is.
    Band { NeedsKindling = "needs-kindling", Warming = "warming", Warm = "warm", Glowing = "glowing" }
}

impl Band {
    /// By the unrounded mean, never by the rounded temperature.
    pub fn of(mean: f64) -> Self {
        match mean {
            m if m < 2.5 => Self::NeedsKindling,
            m if m < 3.5 => Self::Warming,
            m if m < 4.25 => Self::Warm,
            _ => Self::Glowing,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::NeedsKindling => "Needs kindling",
            Self::Warming => "Warming",
            Self::Warm => "Warm",
            Self::Glowing => "Glowing",
        }
    }

    pub fn advice(self, dimension: &Dimension) -> &Advice {
        match self {
            Self::NeedsKindling => &dimension.advice.needs_kindling,
            Self::Warming => &dimension.advice.warming,
            Self::Warm => &dimension.advice.warm,
            Self::Glowing => &dimension.advice.glowing,
        }
    }
}

/// 0 to 100, from a mean of 1 to 5.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 100")]
pub fn temperature(mean: f64) -> u8 {
    ((mean - 1.0) / 4.0 * 100.0).round().clamp(0.0, 100.0) as u8
}

/// Agreement from 1 (strongly disagree) to 5 (strongly agree), or that one cannot say, which is no 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Score(u8),
    CannotSay,
}

impl Answer {
    /// The values of a form's choices, in the order in which they are shown.
    pub const CHOICES: [(&'static str, &'static str); 6] = [
        ("1", "1, strongly disagree"),
        ("2", "2, disagree"),
        ("3", "3, neither"),
        ("4", "4, agree"),
        ("5", "5, strongly agree"),
        ("cannot-say", "Can’t say"),
    ];

    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "cannot-say" => Some(Self::CannotSay),
            _ => word.parse().ok().filter(|n| (1..=5).contains(n)).map(Self::Score),
        }
    }

    pub fn score(self) -> Option<u8> {
        match self {
            Self::Score(score) => Some(score),
            Self::CannotSay => None,
        }
    }

    fn word(self) -> String {
        self.score().map_or_else(|| "cannot-say".into(), |score| score.to_string())
    }
}

/// The name of a dimension's look-back question: `look-back-p`.
pub fn look_back(dimension: &Dimension) -> String {
    format!("look-back-{}", dimension.letter.to_lowercase())
}

/// Everything that is asked at a point: the name of the field, and the words.
pub fn asked(diagnostic: &Diagnostic, point: Point) -> Vec<(String, &str)> {
    let mut asked = Vec::new();
    for dimension in &diagnostic.dimensions {
        asked.extend(dimension.statements.iter().map(|s| (s.slug.to_string(), s.text.as_str())));
        if point == Point::Closing {
            asked.push((look_back(dimension), diagnostic.look_back.as_str()));
        }
    }
    asked
}

/// What one person answered at one point.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    by_field: BTreeMap<String, Answer>,
    pub comment: String,
}

impl Answers {
    pub fn add(&mut self, field: &str, answer: Answer) {
        self.by_field.insert(field.to_owned(), answer);
    }

    pub fn of(&self, field: &str) -> Option<Answer> {
        self.by_field.get(field).copied()
    }

    /// `p1=4&p2=cannot-say&…`, as it is kept.
    pub fn to_text(&self) -> String {
        let mut pairs: Vec<_> = self.by_field.iter().map(|(field, answer)| (field.as_str(), answer.word())).collect();
        pairs.push(("comment", self.comment.clone()));
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    pub fn from_text(text: &str) -> Self {
        let mut answers = Self::default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).unwrap_or_default();
        for (field, word) in pairs {
            match Answer::parse(&word) {
                _ if field == "comment" => answers.comment = word,
                Some(answer) => answers.add(&field, answer),
                None => {}
            }
        }
        answers
    }

    /// The mean of a dimension's answered statements; missing where fewer than four of five are answered.
    pub fn mean(&self, dimension: &Dimension) -> Option<f64> {
        let scores: Vec<_> =
            dimension.statements.iter().filter_map(|s| self.of(s.slug.as_str())?.score()).map(f64::from).collect();
        let enough = !scores.is_empty() && scores.len() * 5 >= dimension.statements.len() * 4;
        enough.then(|| mean(&scores))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of scores")]
fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::text::Slug;
    use crate::programme::diagnostics::Statement;

    fn dimension() -> Dimension {
        let statement = |n| Statement { slug: Slug::parse(&format!("t{n}")).unwrap(), text: String::new() };
        Dimension {
            letter: "T".into(),
            name: "Trust and learning".into(),
            advice: Default::default(),
            statements: (1..=5).map(statement).collect(),
        }
    }

    fn person(scores: [u8; 5]) -> f64 {
        let mut answers = Answers::default();
        for (n, score) in (1..).zip(scores) {
            answers.add(&format!("t{n}"), Answer::Score(score));
        }
        answers.mean(&dimension()).unwrap()
    }

    #[test]
    fn six_people_of_the_worked_example_are_warm_at_70() {
        let six =
            [[4, 4, 3, 4, 4], [4, 3, 3, 4, 4], [5, 4, 2, 4, 4], [4, 4, 4, 3, 5], [3, 4, 1, 4, 4], [4, 5, 5, 4, 4]];
        let persons: Vec<f64> = six.into_iter().map(person).collect();
        assert_eq!(persons, [3.8, 3.6, 3.8, 4.0, 3.2, 4.4]);
        let mean = mean(&persons);
        assert!((mean - 3.8).abs() < 1e-9);
        assert_eq!((temperature(mean), Band::of(mean).label()), (70, "Warm"));
    }

    #[test]
    fn the_band_goes_by_the_unrounded_mean() {
        let mean = mean(&[4.0, 4.2, 4.6, 4.2, 3.8, 4.6, 4.2]);
        assert_eq!(format!("{mean:.3}"), "4.229");
        assert_eq!((temperature(mean), Band::of(mean)), (81, Band::Warm));
        assert_eq!((Band::of(2.4999), temperature(2.4999)), (Band::NeedsKindling, 37));
        assert_eq!((Band::of(4.25), Band::of(3.5), Band::of(2.5)), (Band::Glowing, Band::Warm, Band::Warming));
        assert_eq!((temperature(1.0), temperature(5.0)), (0, 100));
    }

    #[test]
    fn a_part_needs_four_answers_of_five() {
        let mut answers = Answers::from_text("t1=4&t2=4&t3=cannot-say&t4=5&t5=cannot-say");
        assert_eq!(answers.mean(&dimension()), None);
        answers.add("t5", Answer::Score(3));
        assert_eq!(answers.mean(&dimension()), Some(4.0));
    }

    #[test]
    fn answers_are_kept_as_text_and_come_back() {
        let mut answers = Answers::from_text("t1=4&t2=cannot-say&t3=9&look-back-t=2");
        answers.comment = "Fewer meetings & more tea".into();
        assert_eq!(answers.to_text(), "look-back-t=2&t1=4&t2=cannot-say&comment=Fewer+meetings+%26+more+tea");
        assert_eq!(Answers::from_text(&answers.to_text()), answers);
    }

    #[test]
    fn the_closing_reading_looks_back_once_in_each_part() {
        let diagnostic =
            Diagnostic { dimensions: vec![dimension()], look_back: "In week 1?".into(), comment: String::new() };
        assert_eq!(asked(&diagnostic, Point::Baseline).len(), 5);
        assert_eq!(asked(&diagnostic, Point::Closing)[5], ("look-back-t".to_owned(), "In week 1?"));
    }
}
