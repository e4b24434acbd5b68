//! A slice imports only from lines above its own; so there is never a circle. `platform` knows no word of the course.

use std::collections::BTreeSet;

use crate::none;
use crate::source::{Source, closing, sources};

/// Who stands on which line. A module may import from lines above its own and from itself; those on the last line put
/// the rest together and know each other.
const LINES: &[&[&str]] = &[
    &["platform", "schema"],
    &["programme", "outbox", "heartbeat"],
    &["accounts"],
    &["draft"],
    &["cohort"],
    &["audit"],
    &["schedule"],
    &["completion", "discussion", "live"],
    &["reminder", "reading", "portfolio", "certificate", "search"],
    &["announcement", "enrolling", "notice", "people"],
    &["learner", "facilitator", "report", "export", "admin", "health", "preview"],
    &["routes", "worker", "app", "cli", "lib", "main"],
];

/// Words that mean something in a course, and nothing to the platform. ('Step' and 'release' have other uses.)
const WORDS_OF_THE_COURSE: &[&str] = &[
    "cohort",
    "cohorts",
    "enrol",
    "enrolled",
    "enrolment",
    "enrolments",
    "unit",
    "units",
    "learner",
    "learners",
    "facilitator",
    "facilitators",
    "programme",
    "programmes",
    "completion",
    "completions",
    "reminder",
    "reminders",
    "certificate",
    "certificates",
    "quiz",
    "reflection",
    "reflections",
    "discussion",
    "discussions",
];

fn line_of(module: &str) -> Option<usize> {
    LINES.iter().position(|line| line.contains(&module))
}

#[test]
fn a_module_imports_only_from_lines_above_its_own() {
    let sources = sources();
    let macros = macros(&sources);
    let mut faults = Vec::new();
    for source in &sources {
        let slice = source.slice();
        let Some(own) = line_of(slice) else {
            faults.push(format!("{}: '{slice}' has no line in tests/architecture/imports.rs", source.path));
            continue;
        };
        for (number, name) in imported(source) {
            let place = format!("{}:{number}", source.path);
            match line_of(&name) {
                Some(line) if line < own || name == slice || own + 1 == LINES.len() => {}
                Some(_) => faults.push(format!("{place}: {slice} imports {name}, which is not above it")),
                None if macros.contains(&name) => {}
                None => faults.push(format!("{place}: crate::{name} is no module of the list")),
            }
        }
    }
    none(faults);
}

#[test]
fn nobody_reaches_another_slice_through_super() {
    let mut faults = Vec::new();
    for source in sources() {
        let depth = source.module().split('/').count();
        for (at, _) in source.code.match_indices("super::") {
            let climb = source.code[at..].split("::").take_while(|part| part.trim() == "super").count();
            let before = source.code[..at].ends_with("::");
            let name = name_at(&source.code[at + climb * "super::".len()..]);
            if !before && climb >= depth && line_of(name).is_some() {
                faults.push(format!("{}:{}: write crate::{name}", source.path, line_number(&source.code, at)));
            }
        }
    }
    none(faults);
}

#[test]
fn the_platform_knows_no_word_of_the_course() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| source.slice() == "platform") {
        for (number, line) in source.code.lines().enumerate() {
            let names = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            for name in names.filter(|name| words(name).any(|word| WORDS_OF_THE_COURSE.contains(&&*word))) {
                faults.push(format!("{}:{}: {name}", source.path, number + 1));
            }
        }
    }
    none(faults);
}

/// `OpenUnit` and `open_unit` are both `open`, `unit`.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut apart = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            apart.push('_');
        }
        apart.extend(c.to_lowercase());
    }
    apart.split('_').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// What stands behind each `crate::`, with its line: `crate::{a, b::c}` gives a and b.
fn imported(source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    let mut found = Vec::new();
    for (at, before) in code.match_indices("crate::") {
        let number = line_number(code, at);
        let start = at + before.len();
        if !code[start..].starts_with('{') {
            found.push((number, name_at(&code[start..]).to_owned()));
            continue;
        }
        let inner = &code[start + 1..closing(code, start) - 1];
        let mut depth = 0;
        for part in inner.split_inclusive(['{', '}', ',']) {
            if depth == 0 && !name_at(part).is_empty() {
                found.push((number, name_at(part).to_owned()));
            }
            depth += part.matches('{').count();
            depth -= part.matches('}').count();
        }
    }
    found
}

fn name_at(code: &str) -> &str {
    let code = code.trim_start();
    &code[..code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len())]
}

fn line_number(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The platform's macros live at the root of the crate.
fn macros(sources: &[Source]) -> BTreeSet<String> {
    let of_platform = sources.iter().filter(|source| source.slice() == "platform");
    of_platform.flat_map(|s| s.code.split("macro_rules!").skip(1).map(|rest| name_at(rest).to_owned())).collect()
}
