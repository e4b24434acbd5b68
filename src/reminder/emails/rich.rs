//! What people wrote, inside a mail: HTML with the styles that a mail needs, or its beginning in plain words.

use crate::platform::config::BaseUrl;

/// Mail programs drop style sheets: paragraphs, lists and links carry their own, as in `components/mail.html`. Links to our
/// own pages become whole addresses.
pub fn styled(html: &str, base_url: &BaseUrl) -> String {
    const TEXT: &str = "font-family:'Segoe UI',Arial,sans-serif;font-size:17px;line-height:26px;color:#17292b;";
    html.replace("<p>", &format!("<p class=\"ink\" style=\"margin:0 0 20px;{TEXT}\">"))
        .replace("<ul>", &format!("<ul class=\"ink\" style=\"margin:0 0 20px;padding:0 0 0 24px;{TEXT}\">"))
        .replace("<ol>", &format!("<ol class=\"ink\" style=\"margin:0 0 20px;padding:0 0 0 24px;{TEXT}\">"))
        .replace("<pre>", &format!("<pre class=\"ink\" style=\"margin:0 0 20px;white-space:pre-wrap;{TEXT}\">"))
        .replace(
            "<blockquote>",
            "<blockquote style=\"margin:0 0 20px;padding:0 0 0 16px;border-left:4px solid #2b7d78;\">",
        )
        .replace("<a href=\"/", &format!("<a href=\"{}", base_url.join("/")))
        .replace("<a ", "<a class=\"lnk\" style=\"color:#0e5f66;text-decoration:underline;\" ")
}

/// The beginning of a text in HTML, without its tags: whole words, `most` characters at most.
pub fn excerpt(html: &str, most: usize) -> String {
    let untagged: String =
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>().join(" ");
    let plain = untagged
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let mut taken = String::new();
    for word in plain.split_whitespace() {
        if taken.chars().count() + 1 + word.chars().count() > most {
            return format!("{taken} …");
        }
        let is_mark = word.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')'));
        if !taken.is_empty() && !is_mark {
            taken.push(' ');
        }
        taken.push_str(word);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_whole_words_without_tags() {
        assert_eq!(
            excerpt("<p>Bring <strong>one</strong>, or &lt;two&gt;.</p>\n<p>More</p>", 100),
            "Bring one, or <two>. More"
        );
        assert_eq!(excerpt("<p>One two three</p>", 8), "One two …");
        assert_eq!(excerpt("", 8), "");
    }
}
