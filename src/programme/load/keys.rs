//! One TOML table: each key is asked for by name, and what nobody asked for is a fault.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::{Source, is_forbidden};
use crate::platform::text::Slug;

/// More faults of syntax than these are echoes of the first.
const MOST_SYNTAX_FAULTS: usize = 10;

pub(super) struct Keys<'s> {
    source: &'s Source<'s>,
    table: &'s DeTable<'s>,
    /// Where the table begins.
    pub line: usize,
    asked: RefCell<Vec<&'static str>>,
}

/// A value and the line it stands on.
pub(super) type Placed<T> = (T, usize);

/// The table of a whole text; `None` when it is no TOML.
pub(super) fn table<'s>(source: &'s Source<'_>) -> Option<Spanned<DeTable<'s>>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(MOST_SYNTAX_FAULTS) {
        let line = source.line_at(error.span().map_or(source.text.len(), |span| span.start));
        let mend = "text stands in \"…\", a list in […], and each key once; see course_content/README.md";
        source.fault(line, format!("this is no TOML ({})", error.message().trim()), mend);
    }
    errors.is_empty().then_some(table)
}

impl<'s> Keys<'s> {
    pub fn of(source: &'s Source<'s>, table: &'s DeTable<'s>) -> Self {
        Self { source, table, line: source.first_line, asked: RefCell::default() }
    }

    pub fn fault(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.source.fault(line, what, mend);
    }

    /// The line of a key, or where the table begins if it is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.table.get_key_value(key).map_or(self.line, |(key, _)| self.source.line_at(key.span().start))
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Names the keys that nobody asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let mend = format!("take it out; known here: {}", asked.join(", "));
            self.fault(
                self.source.line_at(key.span().start),
                format!("there is no key '{}' here", key.get_ref()),
                mend,
            );
        }
    }

    fn get(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'s>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.table.get(key)
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        let line = self.source.line_at(value.span().start);
        self.fault(line, format!("{key} is {}", kind_of(value.get_ref())), format!("write {wanted}"));
    }

    pub fn missing(&self, key: &str, example: &str) {
        self.fault(self.line, format!("{key} is missing"), format!("add {key} = {example}"));
    }

    /// A text that must be there.
    pub fn need(&self, key: &'static str) -> String {
        let text = self.text(key);
        if text.is_none() && !self.has(key) {
            self.missing(key, "\"…\"");
        }
        text.unwrap_or_default()
    }

    /// A text of one line that must be there.
    pub fn need_line(&self, key: &'static str) -> String {
        one_line(&self.need(key))
    }

    pub fn line(&self, key: &'static str) -> Option<String> {
        self.text(key).map(|text| one_line(&text))
    }

    pub fn text(&self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(self.words(key, text, self.source.line_at(value.span().start))),
            _ => {
                self.wrong(key, value, "text in quotation marks: \"…\"");
                None
            }
        }
    }

    /// A Markdown text and the line it begins on.
    pub fn markdown(&self, key: &'static str) -> Option<Placed<String>> {
        let text = self.text(key)?;
        let span = self.table.get(key)?.span();
        let raw = self.source.text.get(span.clone()).unwrap_or_default();
        // The text of a """ begins on the next line.
        let below = raw.starts_with("\"\"\"\n") || raw.starts_with("'''\n");
        Some((text, self.source.line_at(span.start) + usize::from(below)))
    }

    fn words(&self, key: &str, text: &str, line: usize) -> String {
        if text.trim().is_empty() {
            self.fault(line, format!("{key} is empty"), "write something, or take the key out");
        }
        if text.chars().any(|c| c != '\n' && is_forbidden(c)) {
            self.fault(line, format!("{key} holds an invisible character"), "take the \\u… out");
        }
        text.trim().to_owned()
    }

    pub fn number(&self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        let wanted = || format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(digits) = value.get_ref() else {
            self.wrong(key, value, &wanted());
            return None;
        };
        let number = u32::from_str_radix(digits.as_str(), digits.radix()).ok().filter(|n| range.contains(n));
        if number.is_none() {
            let line = self.source.line_at(value.span().start);
            self.fault(line, format!("{key} is {}", digits.as_str()), format!("write {}", wanted()));
        }
        number
    }

    pub fn need_number(&self, key: &'static str, range: RangeInclusive<u32>) -> u32 {
        let number = self.number(key, range);
        if !self.has(key) {
            self.missing(key, "20");
        }
        number.unwrap_or_default()
    }

    /// Above 0, and 1 at most.
    pub fn share(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key)?;
        let share = match value.get_ref() {
            DeValue::Float(digits) => digits.as_str().parse::<f64>().ok(),
            DeValue::Integer(digits) => digits.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let share = share.filter(|share| *share > 0.0 && *share <= 1.0);
        if share.is_none() {
            let line = self.source.line_at(value.span().start);
            self.fault(line, format!("{key} is no share"), "write a number above 0 and up to 1, such as 0.8");
        }
        share
    }

    pub fn flag(&self, key: &'static str, without: bool) -> bool {
        match self.get(key).map(|value| (value, value.get_ref())) {
            None => without,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.wrong(key, value, "true or false");
                without
            }
        }
    }

    /// A list of texts; not there: empty.
    pub fn texts(&self, key: &'static str) -> Vec<Placed<String>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let wanted = "a list of texts: [\"…\", \"…\"]";
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, wanted);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let line = self.source.line_at(item.span().start);
            match item.get_ref() {
                DeValue::String(text) => texts.push((one_line(&self.words(key, text, line)), line)),
                _ => self.wrong(key, item, wanted),
            }
        }
        texts
    }

    /// A list of texts with something in it.
    pub fn need_texts(&self, key: &'static str) -> Vec<String> {
        let texts = self.texts(key);
        let is_empty_list =
            matches!(self.table.get(key).map(Spanned::get_ref), Some(DeValue::Array(a)) if a.is_empty());
        if !self.has(key) || is_empty_list {
            let what = format!("{key} is {}", if is_empty_list { "empty" } else { "missing" });
            self.fault(self.line_of(key), what, format!("write {key} = [\"…\", \"…\"]"));
        }
        texts.into_iter().map(|(text, _)| text).collect()
    }

    pub fn slugs(&self, key: &'static str) -> Vec<Placed<Slug>> {
        let texts = self.texts(key);
        texts.into_iter().filter_map(|(text, line)| Some((self.slug_of(key, &text, line)?, line))).collect()
    }

    pub fn need_slug(&self, key: &'static str) -> Option<Slug> {
        let text = self.need_line(key);
        if text.is_empty() { None } else { self.slug_of(key, &text, self.line_of(key)) }
    }

    pub fn slug_of(&self, key: &str, text: &str, line: usize) -> Option<Slug> {
        let slug = Slug::parse(text);
        if slug.is_none() && !text.is_empty() {
            let mend = "write lower-case letters, digits and single dashes, such as 'a-word-or-two'";
            self.fault(line, format!("{key} has '{text}', which is no slug"), mend);
        }
        slug
    }

    pub fn table(&self, key: &'static str) -> Option<Keys<'s>> {
        self.get(key)?;
        self.named(key)
    }

    pub fn tables(&self, key: &'static str) -> Vec<Keys<'s>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let wanted = format!("[[…{key}]] and its keys below it");
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, &wanted);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(self.below(item, table)),
                _ => self.wrong(key, item, &wanted),
            }
        }
        tables
    }

    /// All keys of a table whose keys are names that the author gives.
    pub fn names(&self) -> Vec<Placed<String>> {
        let keys = self.table.keys();
        keys.map(|key| (key.get_ref().to_string(), self.source.line_at(key.span().start))).collect()
    }

    /// The table under a key that need not be known.
    pub fn named(&self, name: &str) -> Option<Keys<'s>> {
        let value = self.table.get(name)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(self.below(value, table)),
            _ => {
                self.wrong(name, value, &format!("[{name}] and its keys below it"));
                None
            }
        }
    }

    fn below(&self, value: &Spanned<DeValue>, table: &'s DeTable<'s>) -> Keys<'s> {
        let line = self.source.line_at(value.span().start);
        Keys { source: self.source, table, line, asked: RefCell::default() }
    }
}

fn kind_of(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
