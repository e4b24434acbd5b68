//! Each class that a page carries is in the style sheet.

use std::collections::BTreeSet;

use crate::none;
use crate::source::{sources, text};
use crate::templates::templates;

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// All names in the text that begin like ours or like our vendor's; one that ends in '-' is the beginning of several.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !is_part(c));
    words.filter(|word| word.starts_with("app-") || word.starts_with("nhsuk-")).map(str::to_owned).collect()
}

/// The values of all `class` attributes, askama's own braces among them.
fn classes(template: &str) -> String {
    template.split("class=\"").skip(1).map(attribute).collect::<Vec<_>>().join(" ")
}

/// Up to the quote that ends it; quotes inside `{% … %}` and `{{ … }}` do not.
fn attribute(rest: &str) -> &str {
    let mut depth = 0;
    for (i, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '"' if depth == 0 => return &rest[..i],
            _ => {}
        }
    }
    rest
}

#[test]
fn each_class_is_in_the_style_sheet() {
    let css = text("static/app.css");
    let known: BTreeSet<String> =
        css.split('.').skip(1).map(|s| s.chars().take_while(|c| is_part(*c)).collect()).collect();
    let missing = |name: &String| {
        if name.ends_with('-') { !known.iter().any(|k| k.starts_with(name.as_str())) } else { !known.contains(name) }
    };
    let mut faults = Vec::new();
    for path in templates() {
        faults.extend(names(&classes(&text(&path))).into_iter().filter(missing).map(|n| format!("{path}: {n}")));
    }
    for source in sources() {
        let quoted = source.quoted.join(" ");
        faults.extend(names(&quoted).into_iter().filter(missing).map(|n| format!("{}: {n}", source.path)));
    }
    none(faults);
}

/// A second rule for the same selector is a name that two parts of the product took for themselves.
#[test]
fn each_selector_is_written_down_once() {
    let css = text("static/app.css");
    let ours = css.split_once("@layer app{").expect("a layer of our own").1;
    let without_comments: String = ours.split("/*").map(|part| part.rsplit("*/").next().unwrap_or(part)).collect();
    let (mut depth, mut selector) = (0, String::new());
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for c in without_comments.chars() {
        match c {
            '{' => {
                let name = std::mem::take(&mut selector).trim().to_owned();
                if depth == 0 && !name.starts_with('@') && !seen.insert(name.clone()) {
                    faults.push(format!("static/app.css: a second rule for '{name}'"));
                }
                depth += 1;
            }
            '}' => {
                depth -= 1;
                selector.clear();
            }
            _ => selector.push(c),
        }
    }
    assert!(seen.len() > 300, "only {} rules were found", seen.len());
    none(faults);
}
