//! How a step's Markdown becomes HTML, node by node.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use comrak::html::{ChildRendering, Context, format_node_default};
use comrak::nodes::{ListType, Node, NodeBlockDirective, NodeLink, NodeValue};

use super::step::{Callout, Piece, Setting, pieces};
use super::{escaped, inline_html, is_of_this_site, leads_out};
use crate::platform::text::Slug;

/// What the address of a picture of the programme begins with.
pub(super) const PICTURE: &str = "picture:";
/// The glossary's page, as seen from a step's.
const GLOSSARY: &str = "../../glossary";

/// What the writer has come past.
pub(super) struct Page<'s> {
    setting: &'s Setting<'s>,
    /// Slugs of the terms that were met.
    terms: BTreeSet<&'s str>,
    ids: BTreeSet<String>,
    /// The words of the last heading.
    heading: String,
    has_heading: bool,
    labels: BTreeSet<String>,
}

impl<'s> Page<'s> {
    pub fn new(setting: &'s Setting<'s>) -> Self {
        Self {
            setting,
            terms: BTreeSet::new(),
            ids: BTreeSet::new(),
            heading: String::new(),
            has_heading: false,
            labels: BTreeSet::new(),
        }
    }
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

/// One node's beginning or end.
pub(super) fn write_node(out: &mut Out, node: Node<'_>, entering: bool) -> Result<ChildRendering, fmt::Error> {
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
        // What leads nowhere is a fault; until it is mended its words stand alone.
        NodeValue::Link(link) if !leads_somewhere(&link.url) => {}
        NodeValue::Link(link) => write_link(out, link, entering)?,
        NodeValue::Paragraph if lone_picture(node).is_some() => {
            if entering {
                write_picture(out, node)?;
            }
            return Ok(ChildRendering::Skip);
        }
        NodeValue::Image(image) if !is_of_this_site(&image.url) => {}
        NodeValue::Text(text) if entering => write_text(out, text, is_plain(node))?,
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
    write!(
        out,
        "<div class=\"app-scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">\n<table class=\"app-table\">\n"
    )?;
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

fn leads_somewhere(url: &str) -> bool {
    leads_out(url) || is_of_this_site(url) || url.starts_with("../") || url.starts_with('#')
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

/// The name and the text alternative of a picture that stands alone in its paragraph.
pub(super) fn lone_picture(paragraph: Node<'_>) -> Option<(String, String)> {
    let child = paragraph.first_child().filter(|child| child.next_sibling().is_none())?;
    match &child.data().value {
        NodeValue::Image(image) => Some((image.url.strip_prefix(PICTURE)?.to_owned(), child.collect_text())),
        _ => None,
    }
}

fn write_picture(out: &mut Out, paragraph: Node<'_>) -> fmt::Result {
    let Some((name, alternative)) = lone_picture(paragraph) else { return Ok(()) };
    let Some(picture) = (out.user.setting.picture)(&name) else { return Ok(()) };
    out.cr()?;
    write!(
        out,
        "<figure class=\"app-picture\">\n<img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\">\n\
         <figcaption>{}\n<details>\n<summary>The picture in words</summary>\n{}</details>\n</figcaption>\n</figure>\n",
        escaped(&picture.address),
        escaped(&alternative),
        picture.width,
        picture.height,
        escaped(&picture.title),
        picture.words_html,
    )
}

/// Whether a text is no part of a heading, a link or a picture, where no link can stand.
fn is_plain(text: Node<'_>) -> bool {
    let is_taken = |n: Node<'_>| {
        matches!(n.data().value, NodeValue::Heading(_) | NodeValue::Link(_) | NodeValue::Image(_))
            || matches!(n.data().value, NodeValue::TableRow(true))
    };
    !text.ancestors().skip(1).any(is_taken)
}

fn write_text(out: &mut Out, text: &str, is_plain: bool) -> fmt::Result {
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            // No space before the number: it must not begin a line.
            Piece::Words(words) if pieces.peek().is_some() => write_words(out, words.trim_end_matches(' '), is_plain)?,
            Piece::Words(words) => write_words(out, words, is_plain)?,
            Piece::Citation(key) => {
                let place = out.user.setting.sources.iter().position(|source| source == key);
                match place.map(|place| place + 1) {
                    Some(n) => write!(out, "<sup><a href=\"#source-{n}\" aria-label=\"Source {n}\">{n}</a></sup>")?,
                    None => write!(out, "[^{key}]")?,
                }
            }
        }
    }
    Ok(())
}

/// Words, with a link to the glossary round the first use of each of its terms.
fn write_words(out: &mut Out, words: &str, is_plain: bool) -> fmt::Result {
    let Some(terms) = out.user.setting.terms.filter(|_| is_plain) else { return out.escape(words) };
    let mut at = 0;
    for (range, slug) in terms.uses(words) {
        if out.user.terms.insert(slug) {
            out.escape(&words[at..range.start])?;
            write!(out, "<a class=\"app-term\" href=\"{GLOSSARY}#{slug}\">")?;
            out.escape(&words[range.clone()])?;
            out.write_str("</a>")?;
            at = range.end;
        }
    }
    out.escape(&words[at..])
}
