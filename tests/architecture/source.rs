//! The files of the project, with each Rust file taken apart into code, words in quotes and the rest.

use std::fs;
use std::path::Path;

/// A Rust file under src. `code` and `product` have the length and the lines of `text`, with blanks for what is left out.
pub struct Source {
    /// From the root of the package: `src/cohort/store.rs`.
    pub path: String,
    pub text: String,
    /// Without comments and without what stands in quotes.
    pub code: String,
    /// `code` without what is compiled for tests only.
    pub product: String,
    /// What stands in quotes.
    pub quoted: Vec<String>,
}

impl Source {
    /// The path below src without `.rs` and without a last `mod`: `cohort/store`.
    pub fn module(&self) -> &str {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        inner.strip_suffix("/mod").unwrap_or(inner)
    }

    /// The slice or the file that is named directly in lib.rs: `cohort`.
    pub fn slice(&self) -> &str {
        self.module().split('/').next().unwrap_or_default()
    }

    /// Whether the file is `name.rs` or lies in a folder `name` below its slice.
    pub fn is_in(&self, name: &str) -> bool {
        self.module().split('/').skip(1).any(|part| part == name)
    }

    /// The lines of `product` that hold one of the words, as `file:line: word`.
    pub fn product_lines_with(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (number, line) in self.product.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| has_word(line, word)) {
                found.push(format!("{}:{}: {word}", self.path, number + 1));
            }
        }
        found
    }
}

/// Whether the word stands in the line, not as the end of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

pub fn sources() -> Vec<Source> {
    let mut sources: Vec<Source> = files("src", "rs").into_iter().map(|path| read(&path)).collect();
    let tests: Vec<String> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        let module = source.module();
        if tests.iter().any(|test| module == test || module.starts_with(&format!("{test}/"))) {
            source.product = blanked(&source.code);
        }
    }
    sources
}

/// All files below a folder that end so, as paths from the root of the package, sorted.
pub fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(Path::new(folder), extension, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no *.{extension} in {folder}");
    found
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
}

pub fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn read(path: &str) -> Source {
    let text = text(path);
    let (code, quoted) = take_apart(&text);
    let product = without_tests(&code);
    Source { path: path.into(), text, code, product, quoted }
}

/// The modules that a file declares for tests only: `#[cfg(test)] mod tests;`.
fn test_modules(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in source.code.match_indices("#[cfg(test)]") {
        let item: String = source.code[at..].split_inclusive([';', '{']).next().unwrap_or_default().into();
        let name = item.strip_suffix(';').and_then(|item| item.split("mod ").nth(1));
        found.extend(name.map(|name| format!("{}/{}", source.module(), name.trim())));
    }
    found
}

/// Blanks every `#[cfg(test)]` item that has a body.
fn without_tests(code: &str) -> String {
    let mut left = code.to_owned();
    while let Some(at) = left.find("#[cfg(test)]") {
        let end = left[at..].find([';', '{']).map_or(left.len(), |i| at + i);
        let end = if left[end..].starts_with('{') { closing(&left, end) } else { end };
        left.replace_range(at..end, &blanked(&left[at..end]));
    }
    left
}

/// Behind the brace that closes the one at `open`.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (i, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + i + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn blanked(code: &str) -> String {
    code.chars().flat_map(|c| if c == '\n' { vec!['\n'] } else { vec![' '; c.len_utf8()] }).collect()
}

/// Code without comments and quotes, and the quotes.
fn take_apart(text: &str) -> (String, Vec<String>) {
    let (mut code, mut quoted, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    while at < text.len() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |i| i + 2)
        } else if let Some(length) = quote(rest, code.chars().next_back()) {
            let whole = &rest[..length];
            let start = whole.find('"').map_or(0, |i| i + 1);
            let end = whole.rfind('"').filter(|end| *end >= start).unwrap_or(length);
            quoted.push(whole[start..end].into());
            length
        } else {
            let c = rest.chars().next().unwrap();
            code.push(c);
            at += c.len_utf8();
            continue;
        };
        code.push_str(&blanked(&rest[..length]));
        at += length;
    }
    (code, quoted)
}

/// The length of the string or character that begins here, if one does. A lifetime is neither.
fn quote(rest: &str, before: Option<char>) -> Option<usize> {
    let in_a_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let opening = rest.trim_start_matches(|c| !in_a_name && c == 'b');
    let raw = opening.strip_prefix('r').map(|raw| raw.trim_start_matches('#'));
    match raw {
        Some(body) if !in_a_name && body.starts_with('"') => {
            let hashes = opening.len() - 1 - body.len();
            let end = format!("\"{}", "#".repeat(hashes));
            let start = rest.len() - body.len() + 1;
            Some(rest[start..].find(&end).map_or(rest.len(), |i| start + i + end.len()))
        }
        _ if opening.starts_with('"') => Some(rest.len() - opening.len() + 1 + end_of_string(&opening[1..])),
        _ if rest.starts_with("'\\") => Some(3 + rest[3..].find('\'')? + 1),
        _ if rest.starts_with('\'') => {
            let c = rest[1..].chars().next()?;
            rest[1 + c.len_utf8()..].starts_with('\'').then_some(c.len_utf8() + 2)
        }
        _ => None,
    }
}

fn end_of_string(body: &str) -> usize {
    let mut escaped = false;
    for (i, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    body.len()
}

#[test]
fn comments_and_quotes_are_no_code() {
    let text =
        "use a; // use b\nlet x: &'static str = \"cohort \\\" unit\"; let c = '\"'; /* d */ r#\"e \" f\"#; '\\''; g";
    let (code, quoted) = take_apart(text);
    assert_eq!(code.len(), text.len());
    assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), "use a; let x: &'static str = ; let c = ; ; ; g");
    assert_eq!(quoted.len(), 4);
    let tested = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c } }\nfn d() {}";
    assert_eq!(without_tests(tested).split_whitespace().collect::<String>(), "fna(){}fnd(){}");
}
