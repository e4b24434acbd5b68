//! An author's text as the page shows it: headings with ids, citations, callouts, tables that scroll.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::html::{ChildRendering, Context, format_document_with_formatter, format_node_default};
use comrak::nodes::{ListType, Node, NodeBlockDirective, NodeLink, NodeValue};
use comrak::options::Plugins;
use comrak::{Arena, Options, parse_document};

use super::remark::{Reader, Remark};
use super::{SCHEMES, contained, escaped, inline_html, leads_out, tags};
use crate::platform::text::Slug;

/// What a text is read with.
pub(in crate::programme) struct Setting<'s> {
    /// Keys, in the order of their numbers.
    pub sources: &'s [String],
    /// From `unit/step` to an address as seen from a step's page.
    pub address: &'s dyn Fn(&str) -> Option<String>,
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
    contained(|| render(markdown, setting)).unwrap_or_else(|| Rendered {
        html: String::new(),
        remarks: vec![Remark {
            line: 1,
            what: "the text cannot be read as Markdown".into(),
            mend: "write its lists, tables and callouts more simply".into(),
        }],
        cited: BTreeSet::new(),
    })
}

/// A text without headings, callouts and citations.
pub(in crate::programme) fn passage_html(markdown: &str) -> Rendered {
    step_html(markdown, &Setting { sources: &[], address: &|_| None, is_passage: true })
}

fn render(markdown: &str, setting: &Setting) -> Rendered {
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, &with_plain_titles(markdown), &options);
    let mut reader = Reader::new(setting, markdown);
    reader.read(root);
    let mut html = String::new();
    let page = Page { sources: setting.sources, ..Page::default() };
    // Writing to a string cannot fail.
    let _ = format_document_with_formatter(root, &options, &mut html, &Plugins::default(), write_node, page);
    Rendered { html: STEP.clean(&html).to_string(), remarks: reader.remarks, cited: reader.cited }
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

static STEP: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let heading = || ["id"].into();
    let mut builder = Builder::empty();
    builder
        .tags(tags([
            "a", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img",
            "li", "ol", "p", "pre", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
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
                ("img", ["src", "alt"].into()),
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
                ("div", tags(["app-scroll", "app-callout", "app-callout--case", "app-callout--note", "app-callout--care"])),
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
    class: &'static str,
    title: &'i str,
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

/// What the writer has come past.
#[derive(Default)]
struct Page<'s> {
    sources: &'s [String],
    ids: BTreeSet<String>,
    /// The words of the last heading.
    heading: String,
    has_heading: bool,
    labels: BTreeSet<String>,
}

/// The first that nobody has of `name`, `name-2`, `name-3` …
fn unused(taken: &mut BTreeSet<String>, name: &str, joint: &str) -> String {
    let mut free = name.to_owned();
    let mut n = 1;
    while !taken.insert(free.clone()) {
        n += 1;
        free = format!("{name}{joint}{n}");
    }
    free
}

type Out<'o, 'c, 's> = Context<'o, 'c, Page<'s>>;

fn write_node(out: &mut Out, node: Node<'_>, entering: bool) -> Result<ChildRendering, fmt::Error> {
    match &node.data().value {
        NodeValue::Heading(heading) => write_heading(out, node, heading.level.max(2), entering)?,
        NodeValue::BlockDirective(callout) => write_callout(out, callout, entering)?,
        NodeValue::Table(_) => return write_table(out, node, entering),
        NodeValue::TableCell => write_cell(out, node, entering)?,
        NodeValue::List(list) if list.is_task_list && list.list_type == ListType::Bullet => {
            out.cr()?;
            out.write_str(if entering { "<ul class=\"app-ticks\">\n" } else { "</ul>\n" })?;
        }
        NodeValue::TaskItem(item) => {
            out.cr()?;
            out.write_str(match (entering, item.symbol.is_some()) {
                (true, true) => {
                    "<li><span aria-hidden=\"true\">☑</span><span class=\"nhsuk-u-visually-hidden\">Done:</span> "
                }
                (true, false) => "<li><span aria-hidden=\"true\">☐</span> ",
                (false, _) => "</li>\n",
            })?;
        }
        NodeValue::Link(link) => write_link(out, link, entering)?,
        NodeValue::Text(text) if entering => write_text(out, text)?,
        NodeValue::Text(_) => {}
        _ => return format_node_default(out, node, entering),
    }
    Ok(ChildRendering::HTML)
}

fn write_heading(out: &mut Out, node: Node<'_>, level: u8, entering: bool) -> fmt::Result {
    if !entering {
        return writeln!(out, "</h{level}>");
    }
    let words = node.collect_text();
    let slug = Slug::from_title(&words).map_or_else(|| "part".to_owned(), |slug| slug.to_string());
    // The page has ids of its own.
    let id = unused(&mut out.user.ids, &format!("h-{slug}"), "-");
    out.user.heading = words;
    out.user.has_heading = true;
    out.cr()?;
    write!(out, "<h{level} id=\"{id}\">")
}

fn write_callout(out: &mut Out, callout: &NodeBlockDirective, entering: bool) -> fmt::Result {
    out.cr()?;
    if !entering {
        return out.write_str("</div>\n");
    }
    let Callout { class, title } = Callout::of(&callout.info).unwrap_or(Callout { class: "app-callout", title: "" });
    writeln!(out, "<div class=\"{class}\">")?;
    if title.is_empty() {
        return Ok(());
    }
    // Under the page's title alone an h3 would skip a level.
    let level = if out.user.has_heading { 3 } else { 2 };
    writeln!(out, "<h{level}>{}</h{level}>", inline_html(title))
}

fn write_table(out: &mut Out, node: Node<'_>, entering: bool) -> Result<ChildRendering, fmt::Error> {
    if !entering {
        format_node_default(out, node, false)?;
        out.write_str("</div>\n")?;
        return Ok(ChildRendering::HTML);
    }
    let name = if out.user.heading.is_empty() { columns(node) } else { out.user.heading.clone() };
    let label = escaped(&unused(&mut out.user.labels, &format!("Table: {name}"), ", "));
    out.cr()?;
    write!(out, "<div class=\"app-scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">\n<table class=\"app-table\">\n")?;
    Ok(ChildRendering::HTML)
}

fn columns(table: Node<'_>) -> String {
    let cells = table.first_child().into_iter().flat_map(|row| row.children());
    cells.map(|cell| cell.collect_text()).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
}

fn write_cell(out: &mut Out, cell: Node<'_>, entering: bool) -> fmt::Result {
    match (heads(cell), entering) {
        (Some(scope), true) => {
            out.cr()?;
            write!(out, "<th scope=\"{scope}\">")
        }
        (Some(_), false) => out.write_str("</th>"),
        (None, true) => {
            out.cr()?;
            out.write_str("<td>")
        }
        (None, false) => out.write_str("</td>"),
    }
}

/// Whether a cell heads a column or a row. Where the corner is empty, the first column holds the rows' names.
fn heads(cell: Node<'_>) -> Option<&'static str> {
    let row = cell.parent()?;
    let is_empty = |cell: Node<'_>| cell.first_child().is_none();
    if matches!(row.data().value, NodeValue::TableRow(true)) {
        return (!is_empty(cell)).then_some("col");
    }
    let corner = row.parent()?.first_child()?.first_child()?;
    let names_row = cell.previous_sibling().is_none() && is_empty(corner) && !is_empty(cell);
    names_row.then_some("row")
}

fn write_link(out: &mut Out, link: &NodeLink, entering: bool) -> fmt::Result {
    if !entering {
        return out.write_str("</a>");
    }
    out.write_str("<a href=\"")?;
    out.escape_href(&link.url)?;
    let rel = if leads_out(&link.url) { " rel=\"noopener noreferrer\"" } else { "" };
    write!(out, "\"{rel}>")
}

fn write_text(out: &mut Out, text: &str) -> fmt::Result {
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            // No space before the number: it must not begin a line.
            Piece::Words(words) if pieces.peek().is_some() => out.escape(words.trim_end_matches(' '))?,
            Piece::Words(words) => out.escape(words)?,
            Piece::Citation(key) => {
                let place = out.user.sources.iter().position(|source| source == key);
                match place.map(|place| place + 1) {
                    Some(n) => write!(out, "<sup><a href=\"#source-{n}\" aria-label=\"Source {n}\">{n}</a></sup>")?,
                    None => write!(out, "[^{key}]")?,
                }
            }
        }
    }
    Ok(())
}
