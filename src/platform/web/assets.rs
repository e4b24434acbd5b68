//! Static files, compiled in, compressed once, under names that change with their content.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::{Answer, Error};
use crate::platform::secret::fingerprint;

struct Asset {
    /// `/static/app.1f2e3d4c5b6a.css`
    path: String,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Vec<u8>,
}

static STYLESHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", include_bytes!("../../../static/app.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "js", "text/javascript; charset=utf-8", include_bytes!("../../../static/app.js"))
});
static FAVICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("favicon", "svg", "image/svg+xml", include_bytes!("../../../static/favicon.svg")));

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, plain: &'static [u8]) -> Self {
        let mut brotli = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        if brotli::BrotliCompress(&mut &plain[..], &mut brotli, &settings).is_err() {
            brotli.clear();
        }
        Self { path: format!("/static/{stem}.{}.{ending}", fingerprint(plain)), content_type, plain, brotli }
    }
}

pub fn stylesheet() -> &'static str {
    &STYLESHEET.path
}

/// The style sheet itself, for a page that has to stand alone. It asks for no other file.
pub fn styles() -> &'static str {
    std::str::from_utf8(STYLESHEET.plain).unwrap_or_default()
}

pub fn script() -> &'static str {
    &SCRIPT.path
}

pub fn favicon() -> &'static str {
    &FAVICON.path
}

pub async fn show(req: HttpRequest, name: web::Path<String>) -> Answer {
    let path = format!("/static/{name}");
    let asset = [&*STYLESHEET, &*SCRIPT, &*FAVICON].into_iter().find(|a| a.path == path).ok_or(Error::NotFound)?;
    let takes_brotli = req
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim() == "br" || e.trim().starts_with("br;")));
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"));
    if takes_brotli && !asset.brotli.is_empty() {
        return Ok(response.insert_header((header::CONTENT_ENCODING, "br")).body(asset.brotli.as_slice()));
    }
    Ok(response.body(asset.plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stays_little() {
        let bytes = SCRIPT.brotli.len();
        assert!((1..=6 * 1024).contains(&bytes), "static/app.js is {bytes} bytes, compressed; 6 KB are the most");
    }
}
