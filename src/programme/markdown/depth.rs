//! How deeply quotations, lists and emphasis stand inside one another: the sanitiser's time grows with the square of it.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::Node;

/// Levels of the document tree; a list in a list takes two.
const DEEPEST: usize = 32;
/// Quotations and lists that one line opens. A tree of no more levels can have no more, so nothing good is refused.
const MOST_MARKS: usize = 32;

/// Whether a text is not even worth parsing. Cheap, and so comes first.
pub(super) fn opens_too_much(markdown: &str) -> bool {
    markdown.lines().any(|line| marks(line) > MOST_MARKS)
}

/// How many quotations and lists one line opens, at most: cheap, and before anything that costs more.
fn marks(line: &str) -> usize {
    let mut marks = 0;
    // A line drawn with dashes or stars is a line.
    if ["-", "*"].iter().any(|mark| line.replace(mark, "").trim().is_empty()) {
        return marks;
    }
    let mut rest = line.trim_start();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let bullet = match rest.as_bytes().get(digits) {
            Some(b'>') if digits == 0 => 1,
            Some(b'-' | b'+' | b'*') if digits == 0 && spaced(rest, 1) => 1,
            Some(b'.' | b')') if (1..=9).contains(&digits) && spaced(rest, digits + 1) => digits + 1,
            _ => return marks,
        };
        marks += 1;
        rest = rest[bullet..].trim_start();
    }
}

fn spaced(rest: &str, at: usize) -> bool {
    matches!(rest.as_bytes().get(at), None | Some(b' ' | b'\t'))
}

/// Whether the sanitiser would take long over a tree.
pub(super) fn is_too_deep(root: Node<'_>) -> bool {
    let mut depth = 0;
    root.traverse().any(|edge| {
        match edge {
            NodeEdge::Start(_) => depth += 1,
            NodeEdge::End(_) => depth -= 1,
        }
        depth > DEEPEST
    })
}
