//! What somebody wrote and nobody took, shown again to be copied: the last resort where no form can hold it.

use actix_web::http::StatusCode;
use askama::Template;

use super::ask::Ask;
use super::error::Error;
use super::form::Fields;
use super::page::Frame;

#[derive(Template)]
#[template(path = "unsent.html")]
struct Unsent<'a> {
    frame: Frame,
    title: &'a str,
    what: &'a str,
    /// To sign in, and from there to the page the form was on; empty: no need.
    sign_in: &'a str,
    texts: Vec<&'a str>,
}

/// Why it was not taken, and what to do now.
#[derive(Clone, Debug)]
pub struct Words {
    pub title: &'static str,
    pub what: String,
}

pub fn page(ask: &Ask, status: StatusCode, words: Words, sent: &Fields) -> Error {
    let (title, what) = (words.title, words.what.as_str());
    Error::page(status, Unsent { frame: Frame::plain(ask), title, what, sign_in: "", texts: texts(sent) })
}

/// For a form that came without a session. None: it held no text, so that nothing is lost by going to sign in.
pub(super) fn signed_out(ask: &Ask, sign_in: &str, sent: &Fields) -> Option<String> {
    let texts = texts(sent);
    let title = "You are signed out";
    let what = "What you sent was not saved, for we cannot tell whose it is. It stands below: copy it, sign in, and paste \
                it into the form again.";
    let page = Unsent { frame: Frame::plain(ask), title, what, sign_in, texts };
    if page.texts.is_empty() { None } else { page.render().ok() }
}

/// What reads like writing: words with something between them. Never a password, whatever it looks like.
fn texts(sent: &Fields) -> Vec<&str> {
    let written =
        |(name, value): &(&str, &str)| !name.contains("password") && value.trim().contains(char::is_whitespace);
    sent.pairs().filter(written).map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_shown_again_and_passwords_never() {
        let sent =
            Fields::parse(b"body=What+we+see&unit=trust&password=a+quiet+lattice&new_password=of+seven").unwrap();
        assert_eq!(texts(&sent), ["What we see"]);
    }
}
