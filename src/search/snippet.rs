//! The words round what was found, with what was found marked.

/// What databases put round a word that was found: no text of ours holds them.
pub const BEGIN: char = '\u{1}';
pub const END: char = '\u{2}';

/// In characters, about.
const LENGTH: usize = 220;
/// So much stands before the first word that was found.
const BEFORE: usize = 60;

/// A piece of text, all of it marked or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub is_marked: bool,
}

/// A text, and which of its characters were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked(Vec<(char, bool)>);

impl Marked {
    /// `marked` is the text as a database gives it back, perhaps folded; where it has as many characters as the text, the
    /// text itself is shown, accents and all.
    pub fn new(text: &str, marked: &str) -> Self {
        let mut inside = false;
        let mut found = Vec::with_capacity(marked.len());
        for c in marked.chars() {
            match c {
                BEGIN => inside = true,
                END => inside = false,
                c => found.push((c, inside)),
            }
        }
        if text.chars().count() == found.len() {
            found.iter_mut().zip(text.chars()).for_each(|(marked, c)| marked.0 = c);
        }
        Self(found)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it.
    pub fn whole(&self) -> Vec<Piece> {
        pieces(&self.0)
    }

    /// A line or two round the first word that was found, cut between words; `…` where something was cut.
    pub fn snippet(&self) -> Vec<Piece> {
        let text = plain(&self.0);
        let first = text.iter().position(|(_, is_marked)| *is_marked).unwrap_or(0);
        let start = if first <= BEFORE { 0 } else { after_space(&text, first - BEFORE).min(first) };
        let end = if text.len() - start <= LENGTH { text.len() } else { before_space(&text, start, start + LENGTH) };
        let mut shown = pieces(&text[start..end]);
        let cut = |text: &str| Piece { text: text.into(), is_marked: false };
        if start > 0 {
            shown.insert(0, cut("… "));
        }
        if end < text.len() {
            shown.push(cut(" …"));
        }
        shown
    }
}

/// Behind the next space at or after a place.
fn after_space(text: &[(char, bool)], at: usize) -> usize {
    text[at..].iter().position(|(c, _)| *c == ' ').map_or(at, |i| at + i + 1)
}

/// At the last space before a place, but not before `from`.
fn before_space(text: &[(char, bool)], from: usize, at: usize) -> usize {
    text[from..at].iter().rposition(|(c, _)| *c == ' ').filter(|i| *i > 0).map_or(at, |i| from + i)
}

/// On one line, without what Markdown writes between words for looks.
fn plain(text: &[(char, bool)]) -> Vec<(char, bool)> {
    let mut plain: Vec<(char, bool)> = Vec::with_capacity(text.len());
    for (c, is_marked) in text {
        match c {
            '*' | '`' | '#' | '>' => {}
            c if c.is_whitespace() => {
                if plain.last().is_some_and(|(last, _)| *last != ' ') {
                    plain.push((' ', *is_marked));
                }
            }
            c => plain.push((*c, *is_marked)),
        }
    }
    if plain.last().is_some_and(|(last, _)| *last == ' ') {
        plain.pop();
    }
    plain
}

fn pieces(text: &[(char, bool)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (c, is_marked) in text {
        match pieces.last_mut() {
            Some(piece) if piece.is_marked == *is_marked => piece.text.push(*c),
            _ => pieces.push(Piece { text: c.to_string(), is_marked: *is_marked }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|p| if p.is_marked { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn the_text_itself_is_marked_where_a_folded_one_was_found() {
        let marked = Marked::new("Zoë’s café.", "Zoe s \u{1}cafe\u{2} ");
        assert_eq!(shown(&marked.whole()), "Zoë’s [café].");
        let longer = Marked::new("½ café", "1⁄2 \u{1}cafe\u{2}");
        assert_eq!(shown(&longer.whole()), "1⁄2 [cafe]", "where places do not fit, what was found is shown");
    }

    #[test]
    fn a_snippet_is_cut_between_words_round_what_was_found() {
        let text = format!("{}\n\n**needle** {}", "before ".repeat(40), "after ".repeat(80));
        let marked = text.replace("needle", "\u{1}needle\u{2}");
        let snippet = shown(&Marked::new(&text, &marked).snippet());
        assert!(snippet.starts_with("… before ") && snippet.ends_with(" after …"), "{snippet}");
        assert!(snippet.contains("before [needle] after") && snippet.chars().count() < LENGTH + 12, "{snippet}");
    }

    #[test]
    fn a_short_text_is_shown_whole_and_a_long_word_is_cut() {
        assert_eq!(shown(&Marked::new(" A\n- b ", " A\n- \u{1}b\u{2} ").snippet()), "A - [b]");
        assert_eq!(shown(&Marked::new("", "").snippet()), "");
        let long = "x".repeat(500);
        assert_eq!(Marked::new(&long, &long).snippet()[0].text.len(), LENGTH);
    }
}
