//! Markdown as people write it in posts, made into HTML that is safe to show.

/// A post's Markdown as sanitised HTML.
pub fn post_html(text: &str) -> Result<String, String> {
    let html = comrak::markdown_to_html(text, &comrak::Options::default());
    Ok(ammonia::Builder::default().link_rel(Some("nofollow ugc noopener noreferrer")).clean(&html).to_string())
}
