//! A diagnostic as written in `diagnostic.toml`: statements about one's network, in a few dimensions.

use crate::platform::text::Slug;

#[derive(Debug, Clone, Default)]
pub struct Diagnostic {
    pub dimensions: Vec<Dimension>,
}

#[derive(Debug, Clone)]
pub struct Dimension {
    /// Stands in the codes of its statements: P1, P2 …
    pub letter: String,
    pub name: String,
    pub statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
pub struct Statement {
    pub slug: Slug,
    pub text: String,
}
