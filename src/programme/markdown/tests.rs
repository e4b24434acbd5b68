//! What Markdown becomes, and what it can never become.

mod attacks;
mod steps;

use super::*;

/// The tags of sanitised HTML with their attributes. It is written in one form, so no parser is needed to read it.
pub(super) fn tags_in(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let end = rest.find([' ', '>']).expect("a tag ends");
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut attributes = Vec::new();
        while let Some(after) = rest.strip_prefix(' ') {
            let (key, value) = after.split_once("=\"").expect("an attribute has a value");
            let (value, after) = value.split_once('"').expect("a value ends");
            attributes.push((key.to_owned(), value.to_owned()));
            rest = after;
        }
        rest = rest.strip_prefix('>').expect("a tag ends");
        tags.push((name, attributes));
    }
    tags
}

/// As a reader sees it.
pub(super) fn text_in(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text = parts.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}");
    text.replace("&amp;", "&")
}

#[test]
fn a_line_stays_a_line() {
    assert_eq!(inline_html("The *BMJ*, **2014**"), "The <em>BMJ</em>, <strong>2014</strong>");
    assert_eq!(inline_html("2014. A report"), "2014. A report");
    assert_eq!(inline_html("# No heading\n\n- no list"), "# No heading - no list");
    assert_eq!(inline_html("*“Quoted”* and _so_"), "<em>“Quoted”</em> and <em>so</em>");
    assert_eq!(inline_html(&"*a **b ".repeat(200)), "*a **b ".repeat(200).trim_end());
    assert_eq!(inline_html(";"), ";");
    assert_eq!(inline_html(""), "");
}

#[test]
fn a_source_shows_where_it_can_be_read() {
    assert_eq!(source_html("A *book*", None), "A <em>book</em>");
    assert_eq!(
        source_html("A paper.", Some("https://doi.org/10.1/x?a=1&b=2")),
        "A paper. <a href=\"https://doi.org/10.1/x?a=1&amp;b=2\" rel=\"noopener noreferrer\">doi.org/10.1/x?a=1&amp;b=2</a>"
    );
}

#[test]
fn a_post_is_simple_markdown() {
    let html = post_html("Hello *you*\nsee https://example.org/a\n\n> quoted\n\n1. one\n2. two").unwrap();
    assert_eq!(
        html,
        "<p>Hello <em>you</em><br>\nsee <a href=\"https://example.org/a\" \
         rel=\"nofollow ugc noopener noreferrer\">https://example.org/a</a></p>\n\
         <blockquote>\n<p>quoted</p>\n</blockquote>\n<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"
    );
}

#[test]
fn a_link_says_where_it_really_leads() {
    for (text, shown) in [
        ("[the form](https://example.org/form)", "the form</a> (example.org)"),
        ("[example.org](https://example.org/form)", "example.org</a></p>"),
        ("<https://example.org/a>", "https://example.org/a</a></p>"),
        // A Cyrillic letter in the middle.
        ("[www.nhs.uk](https://www.n\u{04bb}s.uk/)", "www.nhs.uk</a> (www.xn--ns-4wc.uk)"),
        ("[www.nhs.uk](https://www.nhs.uk@evil.example/)", "www.nhs.uk</a> (evil.example)"),
        ("[www.nhs.uk](https://www.nhs.uk.evil.example:8443/)", "www.nhs.uk</a> (www.nhs.uk.evil.example)"),
        ("[write](mailto:ada@example.org)", "write</a></p>"),
    ] {
        let html = post_html(text).unwrap();
        assert!(html.contains(shown), "{text}: {html}");
    }
}

#[test]
fn a_post_has_no_headings_pictures_or_tables_of_its_own() {
    assert_eq!(post_html("# Big *news*").unwrap(), "<p><strong>Big <em>news</em></strong></p>\n");
    assert_eq!(
        post_html("![A cat](https://example.org/cat.png)").unwrap(),
        "<p><a href=\"https://example.org/cat.png\" rel=\"nofollow ugc noopener noreferrer\">A cat</a> (example.org)</p>\n"
    );
    assert_eq!(post_html("| a |\n| - |\n| b |").unwrap(), "<p>| a |<br>\n| - |<br>\n| b |</p>\n");
}

#[test]
fn nothing_typed_is_lost() {
    for typed in [
        "<b>bold</b> words",
        "<script>alert(1)</script>",
        "<div>\n*one*\n  two\n</div>",
        "a < b and c > d & e",
        "<!-- hidden -->",
        "[away](javascript:alert) there",
        "[](https://example.org/x)",
        "![](https://example.org/x)",
        "![here](data:x)",
        "[![inner](https://example.org/i)](https://example.org/o)",
        "[relative](/cohorts)",
    ] {
        let text = text_in(&post_html(typed).unwrap());
        for word in typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let in_address = typed.contains("://") && ["https", "org", "example", "i", "o"].contains(&word);
            assert!(text.contains(word) || in_address, "{word} of {typed} is not in {text}");
        }
    }
}

#[test]
fn what_nests_too_deeply_is_refused_with_a_reason() {
    for deep in [">".repeat(20_000), "> ".repeat(33), "- ".repeat(40) + "x", "1. ".repeat(40), "+ > ".repeat(20)] {
        assert_eq!(post_html(&deep).map(|_| ()).unwrap_err(), post::TOO_DEEP);
    }
    let stairs: String = (0..40).map(|i| format!("{}- a\n", "  ".repeat(i))).collect();
    assert_eq!(post_html(&stairs).unwrap_err(), post::TOO_DEEP);
    let emphasis = "*a **b ".repeat(200) + "c** d* ".repeat(200).as_str();
    assert_eq!(post_html(&emphasis).unwrap_err(), post::TOO_DEEP);
}

#[test]
fn a_drawn_line_and_ten_quotations_are_fine() {
    assert_eq!(post_html(&"- ".repeat(40)).unwrap(), "<hr>\n");
    assert!(post_html(&format!("{} so you said", ">".repeat(10))).unwrap().contains("so you said"));
}

#[test]
fn a_post_that_grows_without_end_is_refused() {
    let references = format!("[a]: http://{}\n\n{}", "b".repeat(8_000), "[a] ".repeat(2_900));
    match post_html(&references) {
        Ok(html) => assert!(html.len() <= 512 * 1024),
        Err(why) => assert_eq!(why, post::TOO_LONG),
    }
    let html = post_html(&"[](http:a)![](http://b)".repeat(870)).unwrap_or_default();
    assert!(html.len() <= 512 * 1024);
}

#[test]
fn hostile_text_takes_no_longer_than_a_multiple_of_prose() {
    let time = |text: &str| {
        let once = || {
            let start = std::time::Instant::now();
            let _ = std::hint::black_box(post_html(text));
            start.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let prose = time(&"Some words that *people* write, with a [link](https://example.org).\n\n".repeat(285));
    for piece in
        [">", "> ", "- ", "[", "![", "*a _b ", "[a](", "<", "<a ", "&#", "`", "a@b.", "http://a.", "~~a ", "\n>- "]
    {
        let hostile = time(&piece.repeat(20_000 / piece.len()));
        assert!(hostile < prose * 40, "{piece:?} takes {hostile:?}, prose {prose:?}");
    }
}
