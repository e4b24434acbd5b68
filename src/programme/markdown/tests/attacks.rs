//! A corpus of attacks: whatever is written, the page gets nothing but the tags, attributes and addresses it allows.

use super::super::post::POST;
use super::super::step::STEP;
use super::super::*;
use super::tags_in;

const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<<script>script>alert(1)<</script>/script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "</p><script>alert(1)</script><p>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" onerror=\"alert(1)\" />",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<image src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) />",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><a xlink:href=javascript:alert(1)>x</a></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<style>@import '//evil.test/x.css';</style>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.test'>",
    "<base href=//evil.test/>",
    "<form action=//evil.test><button>Sign in</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a onmouseover=alert(1) href=/>x</a>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!DOCTYPE html [<!ENTITY x '<script>alert(1)</script>'>]>&x;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java&#115;cript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x]( javascript:alert(1) \"title\")",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.test/1)",
    "[x](//evil.test)",
    "[x](\\\\evil.test)",
    "[x](https:evil.test)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x]\n\n[x]: <javascript:alert(1)> \"onmouseover=alert(1)\"",
    "<javascript:alert(1)>",
    "<javascript://evil.test/%0Aalert(1)>",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](https://example.org/y.png)",
    "![x](https://example.org/y.png\"onerror=\"alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](https://example.org/\"onmouseover=\"alert(1))",
    "[x](https://example.org 'y\" onmouseover=\"alert(1)')",
    "[x\" onmouseover=\"alert(1)](https://example.org)",
    "https://example.org/\"onmouseover=alert(1)",
    "https://example.org/<script>alert(1)</script>",
    "www.example.org/<img/src=x/onerror=alert(1)>",
    "mailto:a@example.org?body=<script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\"><script>alert(1)</script>\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n| - |\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "## x\" onclick=\"alert(1)",
    "::: try <script>alert(1)</script>\n<img src=x onerror=alert(1)>\n:::",
    "::: x\" onclick=\"alert(1)\ny\n:::",
    "[^<script>alert(1)</script>] and [^a\" onclick=\"alert(1)]",
    "- [x\"onclick=alert(1)] y\n- [<] z",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script\\>alert(1)\\</script\\>",
    "<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "\u{feff}<script>alert(1)</script>",
    "<a href=\"https://example.org\">x</a><a name=x id=main class=app-head>y</a>",
    "[x](step:a/b\"onclick=\"alert(1))",
    "[x](#\"onclick=\"alert(1))",
    "[x](/\"><script>alert(1)</script>)",
];

/// All texts that a person could write, as each of the three renderers shows them.
fn shown(text: &str) -> Vec<String> {
    let setting = Setting {
        sources: &["a".to_owned()],
        address: &|_| Some("../1/b".into()),
        picture: &|_| None,
        terms: None,
        is_passage: false,
    };
    vec![
        post_html(text).unwrap_or_default(),
        step_html(text, &setting).html,
        passage_html(text).html,
        inline_html(text),
        source_html(text, Some(text)),
    ]
}

const ATTRIBUTES: &[&str] = &[
    "href",
    "rel",
    "title",
    "start",
    "id",
    "class",
    "aria-label",
    "aria-hidden",
    "role",
    "tabindex",
    "scope",
    "src",
    "alt",
];
const TAGS: &[&str] = &[
    "a",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
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
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

fn assert_harmless(html: &str, from: &str) {
    for (name, attributes) in tags_in(html) {
        assert!(TAGS.contains(&name.trim_start_matches('/')), "<{name}> from {from:?} in {html}");
        for (key, value) in attributes {
            assert!(ATTRIBUTES.contains(&key.as_str()), "{key} from {from:?} in {html}");
            let address = value.trim_start().to_ascii_lowercase();
            let own =
                address.starts_with(['/', '#', '.']) || !address.split(['/', '?', '#']).next().unwrap().contains(':');
            let out = ["https:", "http:", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
            assert!(!["href", "src"].contains(&key.as_str()) || own || out, "{value} from {from:?} in {html}");
        }
    }
}

#[test]
fn no_attack_gets_through() {
    assert!(ATTACKS.len() >= 60);
    for attack in ATTACKS {
        let around = [format!("> - {attack}"), format!("*a* {attack} `b`"), format!("x\n\n{attack}\n\ny")];
        for text in around.iter().map(String::as_str).chain([*attack]) {
            for html in shown(text) {
                assert_harmless(&html, text);
            }
            for (name, attributes) in tags_in(&post_html(text).unwrap_or_default()) {
                let strange =
                    attributes.iter().find(|(key, _)| !["href", "rel", "title", "start"].contains(&key.as_str()));
                assert!(name != "img" && !name.starts_with('h') || name == "hr", "{name} from {text:?}");
                assert_eq!(strange, None, "{text:?}");
            }
        }
    }
}

#[test]
fn what_is_clean_stays_as_it_is() {
    for attack in ATTACKS {
        let post = post_html(attack).unwrap_or_default();
        assert_eq!(POST.clean(&post).to_string(), post);
        let step = &shown(attack)[1];
        assert_eq!(STEP.clean(step).to_string(), *step);
    }
}

#[test]
fn attacks_mixed_at_random_do_not_get_through() {
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..500 {
        let mut text = String::new();
        for _ in 0..dice.usize(1..5) {
            let attack = ATTACKS[dice.usize(..ATTACKS.len())];
            let cut = attack.char_indices().map(|(i, _)| i).nth(dice.usize(..attack.chars().count())).unwrap_or(0);
            text += if dice.bool() { &attack[..cut] } else { &attack[cut..] };
            text += ["", "\n", "\n\n", " ", "\t", "> ", "- ", "::: try ", "|"][dice.usize(..9)];
        }
        for html in shown(&text) {
            assert_harmless(&html, &text);
        }
        let post = post_html(&text).unwrap_or_default();
        assert_eq!(POST.clean(&post).to_string(), post, "{text:?}");
    }
}
