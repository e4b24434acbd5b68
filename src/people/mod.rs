//! Who is here: everybody of a cohort by name, each with a card of which others read only what its owner ticked.

pub mod pages;
pub mod store;

use crate::cohort::{Cohort, EnrolmentId, Role};
use crate::platform::text::{line, paragraphs};
use crate::words;

words! {
    /// What a card can say, in the order in which it says it.
    Line { Role = "role", Network = "network", Offers = "offers", Needs = "needs", Place = "place" }
}

impl Line {
    /// Above what somebody says there.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Role => "Role at work",
            Self::Network => "Network",
            Self::Offers => "Can help with",
            Self::Needs => "Is looking for",
            Self::Place => "Where",
        }
    }

    /// Whether there is room for more than one line.
    pub fn is_long(self) -> bool {
        matches!(self, Self::Network | Self::Offers | Self::Needs)
    }

    /// In characters.
    pub const fn longest(self) -> usize {
        match self {
            Self::Role | Self::Place => 100,
            Self::Network | Self::Offers | Self::Needs => 600,
        }
    }

    /// What was typed as it is kept; empty: nothing is said.
    pub fn parse(self, typed: &str) -> Result<String, String> {
        if typed.trim().is_empty() {
            return Ok(String::new());
        }
        let what = match self {
            Self::Role => "your role",
            Self::Network => "what you say about your network",
            Self::Offers => "what you can help with",
            Self::Needs => "what you are looking for",
            Self::Place => "where you are",
        };
        if self.is_long() { paragraphs(typed, self.longest(), what) } else { line(typed, self.longest(), what) }
    }
}

/// One line of a card, and whether the cohort may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub is_shown: bool,
}

/// What somebody says of themselves. Nobody else reads a line that is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card([Said; Line::ALL.len()]);

impl Card {
    pub fn get(&self, line: Line) -> &Said {
        &self.0[line as usize]
    }

    pub fn set(&mut self, line: Line, said: Said) {
        self.0[line as usize] = said;
    }

    /// The lines that others read, with their headings.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let lines = Line::ALL.iter().map(|line| (line.heading(), self.get(*line)));
        lines
            .filter(|(_, said)| said.is_shown && !said.text.is_empty())
            .map(|(h, said)| (h, said.text.clone()))
            .collect()
    }

    /// What a search may look into: the lines that others read, in small letters.
    pub fn findable(&self) -> String {
        let texts: Vec<String> = self.shown().into_iter().map(|(_, text)| findable(&text)).collect();
        texts.join("\n")
    }
}

/// Words as a search compares them: in small letters, with single spaces.
pub fn findable(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Somebody who is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub enrolment: EnrolmentId,
    pub role: Role,
    pub name: String,
    pub card: Card,
}

pub fn path(cohort: &Cohort) -> String {
    format!("{}/people", cohort.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, is_shown: bool) -> Said {
        Said { text: text.into(), is_shown }
    }

    #[test]
    fn a_card_shows_and_lets_be_found_only_what_was_ticked() {
        let mut card = Card::default();
        card.set(Line::Role, said("Stroke nurse", false));
        card.set(Line::Offers, said("Notes that\npeople  READ", true));
        card.set(Line::Needs, said("", true));
        assert_eq!(card.shown(), [("Can help with", "Notes that\npeople  READ".to_owned())]);
        assert_eq!(card.findable(), "notes that people read");
    }

    #[test]
    fn nothing_typed_says_nothing_and_long_lines_are_refused() {
        for line in Line::ALL {
            assert_eq!(line.parse(" \n "), Ok(String::new()));
            assert!(line.parse(&"a".repeat(line.longest())).is_ok());
            assert!(line.parse(&"a".repeat(line.longest() + 1)).is_err());
        }
        assert_eq!(Line::Needs.parse("One\n\nTwo").unwrap(), "One\n\nTwo");
    }
}
