//! What learners make of each unit, in their own words: theirs alone until they share it with their cohort.

pub mod pages;
pub mod store;

use crate::cohort::{Cohort, EnrolmentId};
use crate::id;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Unit, Written};

id!(ProductId);

/// The longest product, in characters.
pub const LONGEST: usize = 20_000;

/// What a product says. Errors with what the writer can do about it.
pub fn product_text(typed: &str) -> Result<Written, String> {
    Written::parse(typed, LONGEST, "your text")
}

/// A product as its author sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub unit: Slug,
    pub body: String,
    pub html: String,
    pub saved_at: Instant,
    /// None: nobody else reads it.
    pub shared_at: Option<Instant>,
}

/// A product as the cohort sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub id: ProductId,
    pub unit: Slug,
    pub html: String,
    pub shared_at: Instant,
    pub author: EnrolmentId,
    pub name: String,
}

/// Work of a unit that is kept with its step already: what a product can be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// `2.4 Draft your purpose card`.
    pub title: String,
    pub href: String,
    /// Questions and answers of an exercise.
    pub answers: Vec<(String, String)>,
    /// Work that was handed in to others: as Markdown, and its HTML.
    pub handed_in: Option<(String, String)>,
}

/// A text to begin with: what stands on the sheets, for its author to make something of.
pub fn starter(sheets: &[Sheet]) -> String {
    let answers = |sheet: &Sheet| -> Vec<String> {
        sheet.answers.iter().map(|(question, answer)| format!("**{question}**\n\n{answer}")).collect()
    };
    let parts = sheets.iter().flat_map(|sheet| {
        answers(sheet).into_iter().chain(sheet.handed_in.iter().map(|(text, _)| text.clone())).collect::<Vec<_>>()
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

pub fn path(cohort: &Cohort) -> String {
    format!("{}/portfolio", cohort.path())
}

/// What a unit's product is called. None: the unit asks for none.
fn named(unit: &Unit) -> Option<&str> {
    unit.portfolio.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_what_stands_on_the_sheets() {
        let sheet = |answers: &[(&str, &str)], handed_in: Option<&str>| Sheet {
            title: "2.1 A sheet".into(),
            href: "/".into(),
            answers: answers.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect(),
            handed_in: handed_in.map(|text| (text.to_owned(), format!("<p>{text}</p>"))),
        };
        let sheets = [sheet(&[("For whom?", "Carers"), ("By when?", "June")], None), sheet(&[], Some("My *card*"))];
        assert_eq!(starter(&sheets), "**For whom?**\n\nCarers\n\n**By when?**\n\nJune\n\nMy *card*");
        assert_eq!(starter(&[]), "");
    }
}
