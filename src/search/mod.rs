//! One box over what somebody may read: the course's open texts, its library and glossary, the threads that they may see,
//! and their own notes.

pub mod content;
pub mod pages;
mod query;
mod snippet;
pub mod store;

pub use query::Words;
pub use snippet::{Marked, Piece};

use crate::words;

words! {
    /// What a text is.
    Kind {
        Unit = "unit",
        Step = "step",
        Library = "library",
        Glossary = "glossary",
        Thread = "thread",
        Post = "post",
        Note = "note",
    }
}

/// Without accents: `Zoë` as `Zoe`. Letters only: case is left to the databases.
fn folded(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect()
}
