//! Markdown to HTML that is safe to show: comrak reads it, an allow-list goes over what it made.
//!
//! There are three kinds of text: what authors write in steps, what learners write in posts, and a single line.

mod depth;
mod post;
mod remark;
mod step;
mod write;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::{Arena, Options, format_html, parse_document};

use depth::is_too_deep;

pub use post::{Written, post_html};
pub(super) use step::{Block, Rendered, Setting, passage_html, prose, step_html};

const SCHEMES: [&str; 3] = ["https", "http", "mailto"];

/// A short text as inline HTML: emphasis, code and links to the web, nothing else.
pub fn inline_html(markdown: &str) -> String {
    // With a mark in front, no line can begin as a list, a heading or a quotation: '2014. A report' stays as it is.
    const MARK: char = ';';
    let line = markdown.split_whitespace().collect::<Vec<_>>().join(" ");
    let html = contained(|| plain_html(&format!("{MARK}{line}"))).flatten();
    let clean = INLINE.clean(&html.unwrap_or_else(|| escaped(&line))).to_string();
    let clean = clean.trim();
    clean.strip_prefix(MARK).unwrap_or(clean).to_owned()
}

/// `None` where it nests too deeply.
fn plain_html(markdown: &str) -> Option<String> {
    let (arena, options) = (Arena::new(), Options::default());
    let root = parse_document(&arena, markdown, &options);
    let mut html = String::new();
    (!is_too_deep(root) && format_html(root, &options, &mut html).is_ok()).then_some(html)
}

/// A source as it stands in the list at the end of a step.
pub(super) fn source_html(cite: &str, url: Option<&str>) -> String {
    let Some(url) = url else { return inline_html(cite) };
    let shown = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
    let link = format!("<a href=\"{}\">{}</a>", escaped(url), escaped(shown));
    format!("{} {}", inline_html(cite), INLINE.clean(&link))
}

static INLINE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(["a", "em", "strong", "code"].into())
        .tag_attributes([("a", ["href"].into())].into())
        .url_schemes(SCHEMES.into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// Whether a link leads to the web or to a mailbox, and nowhere else.
fn leads_out(url: &str) -> bool {
    let start: String = url.chars().take(8).collect::<String>().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| start.starts_with(scheme))
}

/// Whether an address begins at this site's root.
fn is_of_this_site(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\")
}

/// A panic in the libraries is a text that cannot be read, not the end of a request.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a string cannot fail.
    let _ = comrak::html::escape(&mut out, text);
    out
}

fn tags<const N: usize>(names: [&'static str; N]) -> HashSet<&'static str> {
    names.into()
}

#[cfg(test)]
mod tests;
