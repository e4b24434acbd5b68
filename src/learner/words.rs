//! Numbers, weeks and kinds of steps as a page says them.

use crate::programme::{Step, StepKind, Unit};

/// `four`; from eleven on in digits.
pub fn number(n: usize) -> String {
    const WORDS: [&str; 11] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// The first letter large.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Units by their numbers: `orientation and weeks 1 to 4`, `weeks 1, 2 and 7`, `week 6`.
pub fn weeks(numbers: &[u16]) -> String {
    let weekly: Vec<u16> = numbers.iter().copied().filter(|n| *n > 0).collect();
    let parts: Vec<String> = runs(&weekly)
        .into_iter()
        .flat_map(|(first, last)| match last - first {
            0 => vec![first.to_string()],
            1 => vec![first.to_string(), last.to_string()],
            _ => vec![format!("{first} to {last}")],
        })
        .collect();
    let weeks = match weekly.len() {
        0 => None,
        1 => Some(format!("week {}", parts[0])),
        _ => Some(format!("weeks {}", and(&parts))),
    };
    let orientation = numbers.contains(&0).then(|| "orientation".to_owned());
    and(&orientation.into_iter().chain(weeks).collect::<Vec<_>>())
}

/// `a, b and c`.
pub fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn runs(numbers: &[u16]) -> Vec<(u16, u16)> {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    runs
}

/// `week 6` or `the orientation`, within a sentence.
pub fn the_unit(unit: &Unit) -> String {
    if unit.number == 0 { "the orientation".into() } else { format!("week {}", unit.number) }
}

/// One word for a step's kind, in a list of facts: `video`.
pub fn kind(step: &Step) -> &'static str {
    if step.kind == StepKind::Video && step.src.is_none() { "film script" } else { kind_in_words(step.kind) }
}

/// So many of a kind: `one quiz`, `eight quizzes`.
pub fn kinds(n: usize, kind: StepKind) -> String {
    let one = kind_in_words(kind);
    match (n, kind) {
        (1, _) => format!("one {one}"),
        (_, StepKind::Quiz) => format!("{} quizzes", number(n)),
        _ => format!("{} {one}s", number(n)),
    }
}

fn kind_in_words(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Article => "article",
        StepKind::Video => "video",
        StepKind::Discussion => "discussion",
        StepKind::Exercise => "exercise",
        StepKind::Reflection => "reflection",
        StepKind::Quiz => "quiz",
        StepKind::Diagnostic => "diagnostic",
        StepKind::LiveSession => "live session",
        StepKind::PeerAssignment => "peer assignment",
    }
}

/// What the next step is, after 'Your next step is …'.
pub fn invitation(step: &Step) -> &'static str {
    match step.kind {
        StepKind::Article => "an article to read",
        StepKind::Video if step.src.is_none() => "the script of a short film, to read",
        StepKind::Video => "a short film, with its whole text",
        StepKind::Discussion => "a discussion to join",
        StepKind::Exercise => "something to try",
        StepKind::Reflection => "a private note to write",
        StepKind::Quiz => "a quiz to answer",
        StepKind::Diagnostic => "a reading of your network to take",
        StepKind::LiveSession => "a live session to join",
        StepKind::PeerAssignment => "a piece of work to hand in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_said_as_people_say_them() {
        assert_eq!(weeks(&[0, 1, 2, 3, 4]), "orientation and weeks 1 to 4");
        assert_eq!(weeks(&[6]), "week 6");
        assert_eq!(weeks(&[0]), "orientation");
        assert_eq!(weeks(&[1, 2]), "weeks 1 and 2");
        assert_eq!(weeks(&[1, 2, 3, 5, 6]), "weeks 1 to 3, 5 and 6");
        assert_eq!(weeks(&[]), "");
    }

    #[test]
    fn small_numbers_are_words() {
        assert_eq!((number(5), number(11)), ("five".to_owned(), "11".to_owned()));
        assert_eq!(sentence("orientation done"), "Orientation done");
    }
}
