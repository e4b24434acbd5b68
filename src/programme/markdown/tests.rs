use super::*;
#[test]
fn explore() {
    let n = 20_000;
    let fill = |s: &str| s.repeat(n / s.len());
    let mut cases: Vec<(String, String)> = vec![
        ("gt".into(), fill(">")),
        ("gt sp".into(), fill("> ")),
        ("gtlines".into(), format!("{}\n{}", ">".repeat(10000), "a\n".repeat(5000))),
        ("lists".into(), format!("{}\n{}", "- ".repeat(30), "\n".repeat(19000))),
        ("lists+".into(), format!("{}\n{}", "+ ".repeat(5000), "\n".repeat(10000))),
        ("gt30lines".into(), fill(&(">".repeat(31) + "\n"))),
        ("indent".into(), (0..130).map(|i| format!("{}- a\n", "  ".repeat(i))).collect()),
        ("quadindent".into(), (0..130).map(|i| format!("{}- a\n", "  ".repeat(i))).collect::<String>() + &"\n".repeat(3000)),
        ("table".into(), fill("|a|b|c\n")),
    ];
    for s in ["[", "![", "*a _b ", "**a *b ", "a**b", "[a](b", "[a](<b", "[a]: b\n", "`", "`a``", "<", "<a ", "<!--", "<?", "<![CDATA[", "&#", "&", "\\", "www.a.", "http://a.", "a@b.", "a@", "~~a ", "[a](http://b)", "![a](http://b)", "<http://a>", "# a\n", "***", "*_", "_*", "- a\n", "1. a\n", "1.\n", "-\n", "<div>\n", "a\n===\n", "***\n", "\t", "    a\n", "```\n", "]", "[[a]](", "[a][b]", "\u{0}", "http://", "https://a_b*c", "mailto:a@b.c ", "_a_", "*a*", "~a~", "(http://a.b/(", "xmpp:a@b/"] {
        cases.push((s.into(), fill(s)));
    }
    cases.push(("refs".into(), format!("[a]: http://{}\n\n{}", "b".repeat(8000), "[a]".repeat(3900))));
    cases.push(("nest em".into(), format!("{}{}", "*a **b ".repeat(1400), "c** d*".repeat(1400))));
    cases.push(("openclose".into(), format!("{}x{}", "[".repeat(9000), "](http://a)".repeat(900))));
    let _ = post_html("x");
    for (name, text) in cases {
        let t = std::time::Instant::now();
        let r = post_html(&text);
        let d = t.elapsed();
        if d.as_millis() > 15 { println!("{name:?} {} {:?} {:?}", text.len(), d, r.map(|h| h.len())); }
    }
}
