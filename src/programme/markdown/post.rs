//! What learners write: simple Markdown, no pictures, no headings, and everything typed is there to see.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::nodes::{Ast, AstNode, LineColumn, Node, NodeLink, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

use super::depth::{is_too_deep, opens_too_much};
use super::{SCHEMES, contained, leads_out, tags};
use crate::platform::text;

const LONGEST: usize = 512 * 1024;

pub(super) const TOO_DEEP: &str =
    "Take out some of the quotations or lists that stand inside one another: there are too many levels";
pub(super) const TOO_LONG: &str = "Write fewer links: your post becomes too long to show";
const NOTHING: &str = "Write something that others can see: nothing of this would show";
const UNREADABLE: &str = "Write it more simply: its quotations, lists and links cannot be read";

/// What somebody wrote in Markdown, with the HTML that was made of it once and sanitised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    text: String,
    html: String,
}

impl Written {
    /// `longest`: in characters; `what`: 'your post', as the error, which says what the writer can do, calls it.
    pub fn parse(typed: &str, longest: usize, what: &str) -> Result<Self, String> {
        let text = text::paragraphs(typed, longest, what)?;
        let html = post_html(&text)?;
        if shows_something(&html) { Ok(Self { text, html }) } else { Err(NOTHING.into()) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn html(&self) -> &str {
        &self.html
    }
}

/// A post as HTML. Errors with what the author can do about it.
pub fn post_html(markdown: &str) -> Result<String, String> {
    if opens_too_much(markdown) {
        return Err(TOO_DEEP.into());
    }
    let markdown: String = markdown.chars().filter(|c| !turns_text(*c)).collect();
    contained(|| render(&markdown)).unwrap_or(Err(UNREADABLE)).map_err(str::to_owned)
}

/// What makes text run the other way, and could turn a link's real host round. Arabic and Hebrew need none of it.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn render(markdown: &str) -> Result<String, &'static str> {
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, markdown, &options);
    if is_too_deep(root) {
        return Err(TOO_DEEP);
    }
    for node in root.descendants().collect::<Vec<_>>() {
        tame(&arena, node);
    }
    let mut html = String::new();
    format_html(root, &options, &mut html).map_err(|_| UNREADABLE)?;
    if html.len() > LONGEST {
        return Err(TOO_LONG);
    }
    let clean = POST.clean(&html).to_string();
    if clean.len() > LONGEST { Err(TOO_LONG) } else { Ok(clean) }
}

/// Whether any text stands outside the tags: a link's definition alone, or a tag that is not let through, leaves none.
fn shows_something(html: &str) -> bool {
    let mut in_tag = false;
    html.chars().any(|c| {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ => {
                return !in_tag
                    && !c.is_whitespace()
                    && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
            }
        }
        false
    })
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    // People who do not know Markdown expect a new line where they began one.
    options.render.hardbreaks = true;
    options
}

pub(super) static POST: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(tags(["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"]))
        .tag_attributes([("a", ["href", "title"].into()), ("ol", ["start"].into())].into())
        .url_schemes(SCHEMES.into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener noreferrer"));
    builder
});

/// Turns what a post may not have into the nearest thing it may.
fn tame<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let value = node.data().value.clone();
    match value {
        NodeValue::Heading(_) => embolden(arena, node),
        NodeValue::HtmlBlock(block) => {
            node.data_mut().value = NodeValue::Paragraph;
            for (i, line) in block.literal.trim_end().lines().enumerate() {
                if i > 0 {
                    node.append(made(arena, NodeValue::SoftBreak));
                }
                node.append(made(arena, words(line)));
            }
        }
        NodeValue::HtmlInline(html) => node.data_mut().value = words(&html),
        NodeValue::Link(link) => tame_link(arena, node, &link),
        NodeValue::Image(link) => {
            node.data_mut().value = NodeValue::Link(link.clone());
            tame_link(arena, node, &link);
        }
        _ => {}
    }
}

/// A heading would stand among those of the page: it becomes a line in bold.
fn embolden<'a>(arena: &'a Arena<'a>, heading: Node<'a>) {
    let strong = made(arena, NodeValue::Strong);
    for child in heading.children().collect::<Vec<_>>() {
        strong.append(child);
    }
    heading.data_mut().value = NodeValue::Paragraph;
    heading.append(strong);
}

/// A link without words shows its address; one that leads elsewhere than to the web becomes plain words.
fn tame_link<'a>(arena: &'a Arena<'a>, node: Node<'a>, link: &NodeLink) {
    let within_link = node.ancestors().skip(1).any(|n| matches!(n.data().value, NodeValue::Link(_)));
    if leads_out(&link.url) && !within_link {
        if node.collect_text().trim().is_empty() {
            node.append(made(arena, words(&link.url)));
        }
        if let Some(host) = real_host(&link.url)
            && !node.collect_text().to_lowercase().contains(&host)
        {
            node.insert_after(made(arena, words(&format!(" ({host})"))));
        }
        return;
    }
    for child in node.children().collect::<Vec<_>>() {
        node.insert_before(child);
    }
    let address = if link.url.is_empty() { String::new() } else { format!(" ({})", link.url) };
    node.data_mut().value = words(&address);
}

/// Where a web address leads, letter by letter: a name that only looks like another is told from it (`xn--…`), and what
/// stands before an `@` is not taken for it.
fn real_host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.to_ascii_lowercase().starts_with("http") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(h, _)| h);
    Some(idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_lowercase()))
}

fn words(text: &str) -> NodeValue {
    NodeValue::Text(text.to_owned().into())
}

fn made<'a>(arena: &'a Arena<'a>, value: NodeValue) -> Node<'a> {
    arena.alloc(AstNode::new(Ast::new(value, LineColumn { line: 0, column: 0 }).into()))
}
