//! What somebody typed, as each database asks for it. Only letters and digits get through, so nothing that is typed can be
//! a syntax error.

use super::folded;

/// In characters.
pub const LONGEST: usize = 100;
/// A last word of so many letters may be the beginning of a longer one.
const SHORTEST_BEGINNING: usize = 3;

/// Words that must all be there; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<Term>);

/// A word, or several that follow one another: a "phrase", or what punctuation parts, as `follow-up`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    parts: Vec<String>,
    /// The last part may go on.
    is_beginning: bool,
}

impl Words {
    /// `None`: no letter and no digit in it. A quotation mark that is not closed reaches to the end.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.replace(['“', '”', '„', '«', '»'], "\"");
        let mut terms = Vec::new();
        for (n, part) in plain.split('"').enumerate() {
            if n % 2 == 1 {
                terms.extend(Term::of(part));
            } else {
                terms.extend(part.split_whitespace().filter_map(Term::of));
            }
        }
        let ends_in_a_phrase = plain.trim_end().ends_with('"');
        if let Some(last) =
            terms.last_mut().filter(|_| !ends_in_a_phrase && plain.matches('"').count().is_multiple_of(2))
        {
            last.is_beginning = last.parts.last().is_some_and(|part| part.chars().count() >= SHORTEST_BEGINNING);
        }
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// For SQLite's FTS5: `"social network" AND "tru" *`.
    pub fn for_fts5(&self) -> String {
        let term = |term: &Term| format!("\"{}\"{}", term.parts.join(" "), if term.is_beginning { " *" } else { "" });
        self.0.iter().map(term).collect::<Vec<_>>().join(" AND ")
    }

    /// For PostgreSQL's `to_tsquery`: `'social' <-> 'network' & 'tru':*`.
    pub fn for_tsquery(&self) -> String {
        let term = |term: &Term| {
            let parts: Vec<String> = term.parts.iter().map(|part| format!("'{part}'")).collect();
            format!("{}{}", parts.join(" <-> "), if term.is_beginning { ":*" } else { "" })
        };
        self.0.iter().map(term).collect::<Vec<_>>().join(" & ")
    }
}

impl Term {
    fn of(text: &str) -> Option<Self> {
        let folded = folded(text).to_lowercase();
        let parts: Vec<String> =
            folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        (!parts.is_empty()).then_some(Self { parts, is_beginning: false })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(text: &str) -> (String, String) {
        let words = Words::parse(text).unwrap();
        (words.for_fts5(), words.for_tsquery())
    }

    #[test]
    fn all_words_must_be_there_and_the_last_may_go_on() {
        let (fts5, tsquery) = both("Social  trus");
        assert_eq!(fts5, "\"social\" AND \"trus\" *");
        assert_eq!(tsquery, "'social' & 'trus':*");
        assert_eq!(both("we do").0, "\"we\" AND \"do\"", "two letters begin too much");
    }

    #[test]
    fn words_in_quotation_marks_follow_one_another() {
        let (fts5, tsquery) = both("“Weak ties” spread");
        assert_eq!(fts5, "\"weak ties\" AND \"spread\" *");
        assert_eq!(tsquery, "'weak' <-> 'ties' & 'spread':*");
        assert_eq!(both("the \"weak ties").1, "'the' & 'weak' <-> 'ties'", "nobody closed it");
        assert_eq!(both("\"trust\"").0, "\"trust\"", "just that word");
    }

    #[test]
    fn accents_and_punctuation_do_not_matter() {
        assert_eq!(both("Zoë's CAFÉ").1, "'zoe' <-> 's' & 'cafe':*");
        assert_eq!(both("1-2-4-All").0, "\"1 2 4 all\" *");
        for nothing in ["", "  ", "\"\"", "* OR -", "🙂", "'); --"] {
            assert_eq!(Words::parse(nothing).is_some(), nothing.contains("OR"), "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_is_an_operator(text in "\\PC{0,100}") {
            if let Some(words) = Words::parse(&text) {
                let mark = |c: char| c.is_alphanumeric() || c.is_whitespace();
                let fts5 = words.for_fts5().replace(" AND ", "").replace('*', "");
                prop_assert!(fts5.chars().all(|c| mark(c) || c == '"'), "{fts5}");
                let tsquery = words.for_tsquery().replace("<->", "").replace(":*", "").replace('&', "");
                prop_assert!(tsquery.chars().all(|c| mark(c) || c == '\''), "{tsquery}");
            }
        }
    }
}
