//! An author's text as the page shows it: headings with ids, citations, callouts, tables that scroll.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::html::format_document_with_formatter;
use comrak::nodes::{Node, NodeValue};
use comrak::options::Plugins;
use comrak::{Arena, Options, parse_document};

use super::depth::{is_too_deep, opens_too_much};
use super::remark::{Reader, Remark};
use super::write::{Page, write_node};
use super::{SCHEMES, contained, tags};
use crate::programme::Picture;
use crate::programme::glossary::Terms;

/// What a text is read with.
pub(in crate::programme) struct Setting<'s> {
    /// Keys, in the order of their numbers.
    pub sources: &'s [String],
    /// From `unit/step` to an address as seen from a step's page.
    pub address: &'s dyn Fn(&str) -> Option<String>,
    /// From a name to the picture.
    pub picture: &'s dyn Fn(&str) -> Option<Picture>,
    /// Whose first use links to the glossary.
    pub terms: Option<&'s Terms>,
    /// A text without headings, callouts and citations, which stands on pages of its unit.
    pub is_passage: bool,
}

pub(in crate::programme) struct Rendered {
    pub html: String,
    pub remarks: Vec<Remark>,
    /// Places in the sources.
    pub cited: BTreeSet<usize>,
}

pub(in crate::programme) fn step_html(markdown: &str, setting: &Setting) -> Rendered {
    let refused = |what: &str, mend: &str| {
        let remark = Remark { line: 1, what: what.into(), mend: mend.into() };
        Rendered { html: String::new(), remarks: vec![remark], cited: BTreeSet::new() }
    };
    if opens_too_much(markdown) {
        return refused(TOO_DEEP, "take some of the levels out");
    }
    match contained(|| render(markdown, setting)) {
        Some(Some(rendered)) => rendered,
        Some(None) => refused(TOO_DEEP, "take some of the levels out"),
        None => refused("the text cannot be read as Markdown", "write its lists, tables and callouts more simply"),
    }
}

const TOO_DEEP: &str = "quotations, lists or emphasis stand inside one another too deeply";

/// A text without headings, callouts and citations.
pub(in crate::programme) fn passage_html(markdown: &str) -> Rendered {
    let setting = Setting { sources: &[], address: &|_| None, picture: &|_| None, terms: None, is_passage: true };
    step_html(markdown, &setting)
}

/// A paragraph of a text, in words alone.
pub(in crate::programme) struct Block {
    /// From 1.
    pub line: usize,
    pub text: String,
    /// All of it is emphasised, as a scene note is.
    pub is_emphasised: bool,
    /// The strong words that it begins with, as a speaker's name.
    pub strong_start: String,
}

/// The paragraphs of a text as people read them, for measures: without headings, tables, pictures and citations.
pub(in crate::programme) fn prose(markdown: &str) -> Vec<Block> {
    if opens_too_much(markdown) {
        return Vec::new();
    }
    contained(|| {
        let arena = Arena::new();
        let root = parse_document(&arena, &with_plain_titles(markdown), &options());
        let paragraphs = root.descendants().filter(|node| matches!(node.data().value, NodeValue::Paragraph));
        let read = paragraphs.filter(|node| !node.ancestors().any(|n| matches!(n.data().value, NodeValue::Table(_))));
        read.map(block).collect()
    })
    .unwrap_or_default()
}

fn block<'a>(paragraph: Node<'a>) -> Block {
    let (first, last) = (paragraph.first_child(), paragraph.last_child());
    let is = |node: Option<Node<'a>>, kind: fn(&NodeValue) -> bool| node.filter(|node| kind(&node.data().value));
    let emphasis = is(first, |value| matches!(value, NodeValue::Emph));
    let strong = is(first, |value| matches!(value, NodeValue::Strong));
    Block {
        line: paragraph.data().sourcepos.start.line,
        text: words_of(paragraph),
        is_emphasised: emphasis.is_some_and(|node| last.is_some_and(|last| last.same_node(node))),
        strong_start: strong.map(words_of).unwrap_or_default(),
    }
}

fn words_of(node: Node<'_>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match &node.data().value {
            NodeValue::Text(words) => {
                for piece in pieces(words) {
                    if let Piece::Words(words) = piece {
                        text.push_str(words);
                    }
                }
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// `None` where it nests too deeply.
fn render(markdown: &str, setting: &Setting) -> Option<Rendered> {
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, &with_plain_titles(markdown), &options);
    if is_too_deep(root) {
        return None;
    }
    let mut reader = Reader::new(setting, markdown);
    reader.read(root);
    let mut html = String::new();
    let page = Page::new(setting);
    // Writing to a string cannot fail.
    let _ = format_document_with_formatter(root, &options, &mut html, &Plugins::default(), write_node, page);
    Some(Rendered { html: STEP.clean(&html).to_string(), remarks: reader.remarks, cited: reader.cited })
}

/// The parser takes no callout whose title has a colon in it, except as a character reference.
fn with_plain_titles(markdown: &str) -> Cow<'_, str> {
    let title_with_colon = |line: &str| {
        let title = line.trim_start().strip_prefix(":::")?.trim_start_matches(':');
        title.contains(':').then(|| line.len() - title.len())
    };
    if markdown.lines().all(|line| title_with_colon(line).is_none()) {
        return markdown.into();
    }
    let lines = markdown.split_inclusive('\n').map(|line| match title_with_colon(line) {
        Some(at) => format!("{}{}", &line[..at], line[at..].replace(':', "&colon;")),
        None => line.to_owned(),
    });
    lines.collect::<String>().into()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.description_lists = true;
    options.extension.tasklist = true;
    options.extension.block_directive = true;
    options
}

pub(super) static STEP: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let heading = || ["id"].into();
    let mut builder = Builder::empty();
    builder
        .tags(tags([
            "a",
            "blockquote",
            "br",
            "code",
            "dd",
            "del",
            "details",
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "img",
            "li",
            "ol",
            "p",
            "pre",
            "span",
            "strong",
            "summary",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .tag_attributes(
            [
                ("a", ["href", "rel", "aria-label"].into()),
                ("div", ["aria-label"].into()),
                ("h2", heading()),
                ("h3", heading()),
                ("h4", heading()),
                ("h5", heading()),
                ("h6", heading()),
                ("img", ["src", "alt", "width", "height"].into()),
                ("ol", ["start"].into()),
            ]
            .into(),
        )
        .tag_attribute_values(
            [
                ("div", [("role", ["region"].into()), ("tabindex", ["0"].into())].into()),
                ("span", [("aria-hidden", ["true"].into())].into()),
                ("th", [("scope", ["col", "row"].into())].into()),
            ]
            .into(),
        )
        .allowed_classes(
            [
                (
                    "div",
                    tags(["app-scroll", "app-callout", "app-callout--case", "app-callout--note", "app-callout--care"]),
                ),
                ("a", tags(["app-term"])),
                ("figure", tags(["app-picture"])),
                ("span", tags(["nhsuk-u-visually-hidden"])),
                ("table", tags(["app-table"])),
                ("ul", tags(["app-ticks"])),
            ]
            .into(),
        )
        .url_schemes(SCHEMES.into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

/// The kinds of a callout.
#[derive(Clone, Copy)]
pub(super) struct Callout<'i> {
    pub class: &'static str,
    pub title: &'i str,
}

impl<'i> Callout<'i> {
    /// From `try Two minutes`; `None`: no such kind.
    pub fn of(info: &'i str) -> Option<Self> {
        let (kind, title) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
        let class = match kind {
            "try" => "app-callout",
            "case" => "app-callout app-callout--case",
            "note" => "app-callout app-callout--note",
            "care" => "app-callout app-callout--care",
            _ => return None,
        };
        Some(Self { class, title: title.trim() })
    }
}

/// A text between citations, or the key of one.
pub(super) enum Piece<'t> {
    Words(&'t str),
    Citation(&'t str),
}

/// Cuts `as shown.[^hf2014]` into words and citations.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut words, mut at) = (0, 0);
    while let Some(open) = text[at..].find("[^").map(|i| i + at) {
        let rest = &text[open + 2..];
        let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
        at = open + 2 + length;
        if length > 0 && text[at..].starts_with(']') {
            pieces.push(Piece::Words(&text[words..open]));
            pieces.push(Piece::Citation(&rest[..length]));
            at += 1;
            words = at;
        }
    }
    pieces.push(Piece::Words(&text[words..]));
    pieces
}
