//! Words that the course uses in a sense of its own, and where a text uses them first.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::platform::text::Slug;

/// A word of the course, explained.
#[derive(Debug, Clone)]
pub struct Term {
    pub slug: Slug,
    /// As the glossary lists it.
    pub term: String,
    /// Other forms under which texts use it.
    pub also: Vec<String>,
    /// Inline HTML.
    pub html: String,
    /// The unit that teaches it.
    pub unit: Option<u16>,
    /// Whether its first use in a step links to the glossary.
    pub is_linked: bool,
}

/// Finds uses of linked terms: the longest form wins, whole words only, in any case.
#[derive(Debug)]
pub struct Terms {
    forms: AhoCorasick,
    /// Of the term that each form belongs to.
    slugs: Vec<Slug>,
}

impl Terms {
    /// `None` where no term is linked.
    pub fn of(glossary: &[Term]) -> Option<Self> {
        let linked = || glossary.iter().filter(|term| term.is_linked);
        let forms =
            linked().flat_map(|term| std::iter::once(&term.term).chain(&term.also).map(|form| (form, &term.slug)));
        let (forms, slugs): (Vec<&String>, Vec<Slug>) = forms.map(|(form, slug)| (form, slug.clone())).unzip();
        if forms.is_empty() {
            return None;
        }
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
        Some(Self { forms: builder.build(forms).ok()?, slugs })
    }

    /// Where the text uses which term, in order.
    pub fn uses<'t, 'x>(&'t self, text: &'x str) -> impl Iterator<Item = (Range<usize>, &'t str)> + use<'t, 'x> {
        self.forms.find_iter(text).filter_map(|found| {
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            let is_whole = ![before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '-');
            is_whole.then(|| (found.range(), self.slugs[found.pattern()].as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(slug: &str, term: &str, also: &[&str]) -> Term {
        Term {
            slug: Slug::parse(slug).unwrap(),
            term: term.into(),
            also: also.iter().map(|&a| a.to_owned()).collect(),
            html: String::new(),
            unit: None,
            is_linked: slug != "plain",
        }
    }

    #[test]
    fn a_use_is_a_whole_word_of_the_longest_form() {
        let terms = [term("tie", "Tie", &["ties"]), term("weak", "weak ties", &[]), term("plain", "word", &[])];
        let terms = Terms::of(&terms).unwrap();
        let uses = |text| terms.uses(text).map(|(range, slug)| (range.start, slug)).collect::<Vec<_>>();
        assert_eq!(uses("Weak ties and a tie, tied, untie, a word"), [(0, "weak"), (16, "tie")]);
        assert_eq!(uses("“Ties”. tie-break; the caf\u{e9}tie"), [(3, "tie")]);
    }

    #[test]
    fn without_a_linked_term_there_is_nothing_to_find() {
        assert!(Terms::of(&[term("plain", "word", &[])]).is_none());
    }
}
