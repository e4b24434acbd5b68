//! Where to go after sign-in: only ever to a path of this site.

/// The path, if it is plainly one of ours. Strict on purpose: our addresses need nothing but slugs, numbers and a query.
pub fn safe_next(next: &str) -> Option<&str> {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    let of_path = |b: u8| b.is_ascii_alphanumeric() || b"/-_.".contains(&b);
    let of_query = |b: u8| b.is_ascii_alphanumeric() || b"-_.~=&%+:".contains(&b);
    let ours = next.len() <= 500
        && path.starts_with('/')
        && path.bytes().all(of_path)
        && !path.contains("//")
        && !path.split('/').any(|part| part == "." || part == "..")
        && query.bytes().all(of_query);
    ours.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELSEWHERE: &[&str] = &[
        "",
        " ",
        "evil.test",
        "https://evil.test",
        "http://evil.test/",
        "HTTPS://evil.test",
        "https:evil.test",
        "https:/evil.test",
        "https:///evil.test",
        "https:\\\\evil.test",
        "//evil.test",
        "///evil.test",
        "////evil.test",
        "//evil.test/%2f..",
        "/\\evil.test",
        "/\\/evil.test",
        "\\evil.test",
        "\\\\evil.test",
        "\\/evil.test",
        "/\tevil.test",
        "/\t/evil.test",
        "\t//evil.test",
        " //evil.test",
        " /evil",
        "/\n/evil.test",
        "/\r\nLocation: https://evil.test",
        "/a\r\nSet-Cookie: session=x",
        "/\u{0}/evil.test",
        "/%09/evil.test",
        "/%0a/evil.test",
        "/%0d%0aLocation:%20https://evil.test",
        "/%2f/evil.test",
        "/%2fevil.test",
        "/%5cevil.test",
        "/%2e%2e//evil.test",
        "/.//evil.test",
        "/./evil",
        "/../evil",
        "/..//evil.test",
        "/a/..//evil.test",
        "/a//evil.test",
        "/@evil.test",
        "@evil.test",
        "/user@evil.test",
        "/:evil.test",
        "/;@evil.test",
        "javascript:alert(1)",
        "/javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@evil.test",
        "file:///etc/passwd",
        "?next=/a",
        "#//evil.test",
        "/a#//evil.test",
        "/a?b=https://evil.test",
        "/a?b=\\evil",
        "/a?b\r\nc",
        "/<script>",
        "/\"onload=x",
        "/\u{2f}\u{202e}evil",
        "/\u{ff0f}evil.test",
        "\u{ff0f}\u{ff0f}evil.test",
        "/\u{3002}evil",
        "/a b",
    ];

    #[test]
    fn paths_of_this_site_are_followed() {
        for ours in [
            "/",
            "/account",
            "/cohorts/spring-2027",
            "/cohorts/spring-2027/units/7",
            "/cohorts/spring-2027/units/7/trust-grows-in-loops",
            "/cohorts/spring-2027/discussions?before=2027-03-01T09:00:00Z&id=42",
            "/cohorts/spring-2027/search?q=two%20words+more",
            "/cohorts/spring-2027/discussions.atom",
            "/invitations/Zm9vYmFyYmF6-_",
        ] {
            assert_eq!(safe_next(ours), Some(ours));
        }
    }

    #[test]
    fn whatever_could_lead_elsewhere_is_not() {
        for elsewhere in ELSEWHERE {
            assert_eq!(safe_next(elsewhere), None, "{elsewhere:?}");
        }
        assert_eq!(safe_next(&format!("/{}", "a".repeat(500))), None);
    }
}
