//! What a programme draws on: everything its steps cite, and the library that learners browse.

use crate::platform::text::Slug;

/// A shelf of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    pub slug: Slug,
    pub title: String,
}

/// Something that steps cite or recommend.
#[derive(Debug, Clone)]
pub struct Source {
    pub key: String,
    /// The citation as its author wrote it: a line of Markdown.
    pub cite: String,
    /// The same as sanitised inline HTML, with its address.
    pub html: String,
    pub url: Option<String>,
    /// None: cited, but not in the library.
    pub entry: Option<Entry>,
}

/// What the library says of a source.
#[derive(Debug, Clone)]
pub struct Entry {
    pub title: String,
    /// Empty where nobody is named.
    pub author: String,
    /// As it is known: `2014`, or `not established`.
    pub year: String,
    /// A lower-case word or two: `article`, `case-study`.
    pub kind: Slug,
    pub topic: Slug,
    pub summary: String,
}

impl Entry {
    /// `Case study`.
    pub fn kind_in_words(&self) -> String {
        let words = self.kind.as_str().replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}
