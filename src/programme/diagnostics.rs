//! A diagnostic as written in `diagnostic.toml`: statements about one's network, in a few dimensions.

use crate::platform::text::Slug;

#[derive(Debug, Clone, Default)]
pub struct Diagnostic {
    pub dimensions: Vec<Dimension>,
    /// What a closing reading asks for each dimension besides.
    pub look_back: String,
    /// The question over the one free answer.
    pub comment: String,
}

#[derive(Debug, Clone)]
pub struct Dimension {
    /// Stands for it in the names of fields.
    pub letter: String,
    pub name: String,
    pub statements: Vec<Statement>,
    pub advice: Bands,
}

#[derive(Debug, Clone)]
pub struct Statement {
    pub slug: Slug,
    pub text: String,
}

/// One thing to do, for each band from the coolest up.
#[derive(Debug, Clone, Default)]
pub struct Bands {
    pub needs_kindling: Advice,
    pub warming: Advice,
    pub warm: Advice,
    pub glowing: Advice,
}

#[derive(Debug, Clone, Default)]
pub struct Advice {
    pub text: String,
    /// Numbers of the units that return to it.
    pub weeks: Vec<u16>,
}
