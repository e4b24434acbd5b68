//! A quiz's questions: `NN-name.toml` beside the step's text.

use std::collections::HashSet;
use std::path::Path;

use super::file::{Faults, Source};
use super::keys::{self, Keys};
use crate::platform::text::Slug;
use crate::programme::{Question, Quiz, QuizOption};

pub(super) fn read(path: &Path, faults: &Faults) -> Option<Quiz> {
    let source = Source::read(path, faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let mut slugs = HashSet::new();
    let quiz = Quiz {
        shuffle: keys.flag("shuffle", true),
        pass_mark: keys.number("pass_mark", 1..=999).map(|n| n as u16),
        attempts: keys.number("attempts", 1..=99).map(|n| n as u16),
        questions: keys.tables("question").into_iter().filter_map(|keys| question(keys, &mut slugs)).collect(),
    };
    let count = keys.tables("question").len();
    if count == 0 {
        keys.fault(keys.line_of("question"), "the quiz has no question", "add one under [[question]]");
    }
    if let Some(mark) = quiz.pass_mark.filter(|mark| usize::from(*mark) > count && count > 0) {
        let what = format!("pass_mark is {mark}, and there are only {count} questions");
        keys.fault(keys.line_of("pass_mark"), what, format!("write {count} or less, or take it out"));
    }
    keys.finish();
    Some(quiz)
}

fn question(keys: Keys, slugs: &mut HashSet<Slug>) -> Option<Question> {
    let slug = own_slug(&keys, slugs, "question");
    let several = keys.flag("several", false);
    let (text, shuffle) = (keys.need("text"), keys.flag("shuffle", true));
    let options = options(&keys);
    check_right(&keys, &options, several);
    keys.finish();
    Some(Question { slug: slug?, text, several, shuffle, options })
}

fn options(keys: &Keys) -> Vec<QuizOption> {
    let tables = keys.tables("option");
    if tables.len() < 2 {
        let what = format!("the question has {}", if tables.is_empty() { "no option" } else { "only one option" });
        keys.fault(keys.line, what, "add at least two under [[question.option]]");
    }
    let mut slugs = HashSet::new();
    tables.into_iter().filter_map(|keys| option(keys, &mut slugs)).collect()
}

fn option(keys: Keys, slugs: &mut HashSet<Slug>) -> Option<QuizOption> {
    let slug = own_slug(&keys, slugs, "option");
    let option = QuizOption {
        slug: slug?,
        text: keys.need("text"),
        right: keys.flag("right", false),
        feedback: keys.need("feedback"),
    };
    keys.finish();
    Some(option)
}

fn own_slug(keys: &Keys, slugs: &mut HashSet<Slug>, what: &str) -> Option<Slug> {
    let slug = keys.need_slug("slug")?;
    if !slugs.insert(slug.clone()) {
        let what = format!("two {what}s have the slug '{slug}'");
        keys.fault(keys.line_of("slug"), what, "give each one of its own: answers are kept by it");
    }
    Some(slug)
}

fn check_right(keys: &Keys, options: &[QuizOption], several: bool) {
    let right = options.iter().filter(|option| option.right).count();
    if right == 0 && !options.is_empty() {
        keys.fault(keys.line, "no option of the question is right", "write right = true for at least one");
    } else if right > 1 && !several {
        let what = format!("{right} options of the question are right");
        keys.fault(keys.line, what, "leave one, or write several = true");
    }
}
