//! What authors write, and what a step's page gets.

use super::super::*;

fn html(markdown: &str) -> String {
    let sources = ["hf2014".to_owned(), "s4n-core".to_owned()];
    let address = |path: &str| (path == "purpose/the-glue").then(|| "../2/the-glue".to_owned());
    let rendered = step_html(
        markdown,
        &Setting { sources: &sources, address: &address, picture: &|_| None, terms: None, is_passage: false },
    );
    assert!(rendered.remarks.is_empty(), "{:?}", rendered.remarks);
    rendered.html
}

#[test]
fn headings_have_ids_of_their_own() {
    assert_eq!(
        html("## In short\n\n### In short\n\n### What is *in it*?\n\n## …"),
        "<h2 id=\"h-in-short\">In short</h2>\n<h3 id=\"h-in-short-2\">In short</h3>\n\
         <h3 id=\"h-what-is-in-it\">What is <em>in it</em>?</h3>\n<h2 id=\"h-part\">…</h2>\n"
    );
}

#[test]
fn citations_carry_the_numbers_of_the_sources() {
    assert_eq!(
        html("One.[^s4n-core] Two. [^hf2014][^s4n-core]\nThree."),
        "<p>One.<sup><a href=\"#source-2\" aria-label=\"Source 2\">2</a></sup> Two.\
         <sup><a href=\"#source-1\" aria-label=\"Source 1\">1</a></sup>\
         <sup><a href=\"#source-2\" aria-label=\"Source 2\">2</a></sup>\nThree.</p>\n"
    );
    assert_eq!(html("`[^hf2014]` and [^not a key]"), "<p><code>[^hf2014]</code> and [^not a key]</p>\n");
}

#[test]
fn a_callout_has_its_title_one_level_below() {
    assert_eq!(
        html("::: try Try it: *two* minutes\nWrite.\n:::"),
        "<div class=\"app-callout\">\n<h2>Try it: <em>two</em> minutes</h2>\n<p>Write.</p>\n</div>\n"
    );
    assert_eq!(
        html("## Four\n\n::: case The falls network\n- a\n- b\n:::\n"),
        "<h2 id=\"h-four\">Four</h2>\n<div class=\"app-callout app-callout--case\">\n<h3>The falls network</h3>\n\
         <ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</div>\n"
    );
    assert_eq!(html("::: care\nMind.\n:::"), "<div class=\"app-callout app-callout--care\">\n<p>Mind.</p>\n</div>\n");
}

#[test]
fn a_table_scrolls_by_itself_and_has_a_name() {
    let table = "| | A |\n| --- | --- |\n| one | 1 |\n";
    let both = html(&format!("{table}\n## Three \"ways\"\n\n{table}\ntext\n\n{table}"));
    assert!(both.starts_with(
        "<div class=\"app-scroll\" role=\"region\" aria-label=\"Table: A\" tabindex=\"0\">\n<table class=\"app-table\">\n\
         <thead>\n<tr>\n<td></td>\n<th scope=\"col\">A</th>\n</tr>\n</thead>\n\
         <tbody>\n<tr>\n<th scope=\"row\">one</th>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n</div>\n"
    ));
    assert!(both.contains("aria-label=\"Table: Three &quot;ways&quot;\""), "{both}");
    assert!(both.contains("aria-label=\"Table: Three &quot;ways&quot;, 2\""), "{both}");
    assert!(html("| Q | A |\n| - | - |\n| one | 1 |").contains("<td>one</td>"));
}

#[test]
fn a_task_list_has_marks_to_read() {
    assert_eq!(
        html("- [ ] choose\n- [x] chosen"),
        "<ul class=\"app-ticks\">\n<li><span aria-hidden=\"true\">☐</span> choose\n</li>\n<li><span aria-hidden=\"true\">☑</span>\
         <span class=\"nhsuk-u-visually-hidden\">Done:</span> chosen\n</li>\n</ul>\n"
    );
}

#[test]
fn definitions_are_a_list_of_their_own() {
    assert_eq!(html("Node\n\n: A person\n"), "<dl>\n<dt>Node</dt>\n<dd>\n<p>A person</p>\n</dd>\n</dl>\n");
}

#[test]
fn links_leave_with_care_and_find_other_steps() {
    assert_eq!(
        html("[a](https://example.org) [b](step:purpose/the-glue) [c](/help) [d](#h-x) <mailto:a@example.org>"),
        "<p><a href=\"https://example.org\" rel=\"noopener noreferrer\">a</a> <a href=\"../2/the-glue\">b</a> \
         <a href=\"/help\">c</a> <a href=\"#h-x\">d</a> \
         <a href=\"mailto:a@example.org\" rel=\"noopener noreferrer\">mailto:a@example.org</a></p>\n"
    );
}

#[test]
fn a_link_between_steps_holds_on_any_steps_page() {
    let page = ammonia::Url::parse("https://trellis.test/cohorts/spring/units/6/weaving").unwrap();
    assert_eq!(page.join("../2/the-glue").unwrap().path(), "/cohorts/spring/units/2/the-glue");
}

#[test]
fn a_picture_says_what_it_shows() {
    assert_eq!(html("![A wheel](/static/wheel.svg)"), "<p><img src=\"/static/wheel.svg\" alt=\"A wheel\"></p>\n");
}
