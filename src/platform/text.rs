//! Text that became a type at the edge: what it may hold is checked once, here.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use unicode_normalization::UnicodeNormalization as _;

/// A word of an address: lower-case letters, digits and single dashes, 1–80 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Slug(String);

impl Slug {
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let tidy = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        (plain && tidy && (1..=80).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// A slug made from a title; `None` if nothing of it can stand in an address.
    pub fn from_title(title: &str) -> Option<Self> {
        let ascii: String = title.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
        let words: Vec<String> = ascii
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let joined: String = words.join("-").chars().take(80).collect();
        Self::parse(joined.trim_end_matches('-'))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Slug
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Slug
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_str().to_sql(out)
    }
}

/// An email address as typed, and the key under which two spellings of it are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    shown: String,
    key: String,
}

impl EmailAddress {
    /// Errors with what the person can do about it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown: String = text.trim().nfc().collect();
        if shown.is_empty() {
            return Err("Enter an email address".into());
        }
        let wrong = || "Enter an email address with an @, like name@example.org".to_owned();
        if shown.len() > 254 || shown.chars().any(is_invisible) || shown.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let (local, domain) = shown.rsplit_once('@').ok_or_else(wrong)?;
        let ascii_domain = idna::domain_to_ascii_strict(domain).map_err(|_| wrong())?;
        let parsed: Result<lettre::Address, _> = shown.parse();
        if local.is_empty() || local.len() > 64 || !ascii_domain.contains('.') || parsed.is_err() {
            return Err(wrong());
        }
        let key = format!("{}@{ascii_domain}", local.to_lowercase());
        Ok(Self { shown, key })
    }

    pub fn as_str(&self) -> &str {
        &self.shown
    }

    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A line a person wrote: NFC, single spaces, nothing invisible, 1 to `most` characters with at least one letter.
pub fn line(text: &str, most: usize, what: &str) -> Result<String, String> {
    if text.chars().any(|c| is_invisible(c) && !c.is_whitespace()) {
        return Err(format!("Take the invisible characters out of {what}"));
    }
    let line = text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(format!("Enter {what}"));
    }
    if line.chars().count() > most {
        return Err(format!("Shorten {what} to {most} characters or fewer"));
    }
    if !line.chars().any(char::is_alphanumeric) {
        return Err(format!("Use letters in {what}"));
    }
    Ok(line)
}

/// Text of several lines: NFC, no control characters but line breaks and tabs, 1 to `most` characters.
pub fn paragraphs(text: &str, most: usize, what: &str) -> Result<String, String> {
    let text: String = text.nfc().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("Write {what}"));
    }
    let length = text.chars().count();
    if length > most {
        return Err(format!("Shorten {what}: it has {length} characters, and {most} are the most"));
    }
    Ok(text.to_owned())
}

/// A cell of a table that no spreadsheet takes for a formula (OWASP, CSV injection).
pub fn cell(text: &str) -> String {
    let risky = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if text.trim_start().starts_with(risky) || text.starts_with(risky) { format!("'{text}") } else { text.to_owned() }
}

/// An address elsewhere on the web that a page may lead to: https, with a host, and nothing that a browser would read
/// otherwise than a person.
pub fn web_address(text: &str) -> Result<String, String> {
    let wrong = || "Enter a web address that begins with https://".to_owned();
    let rest = text.strip_prefix("https://").ok_or_else(wrong)?;
    let uri: actix_web::http::Uri = text.parse().map_err(|_| wrong())?;
    let host = uri.host().unwrap_or_default();
    let plain = text.is_ascii() && !rest.contains(['@', '\\']) && !text.contains(char::is_whitespace);
    if !plain || !host.contains('.') || host.starts_with('.') || text.len() > 500 {
        return Err(wrong());
    }
    Ok(text.to_owned())
}

/// Control, format (bidirectional, zero-width), private-use and unassigned-by-design characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// `1 step`, `2 steps`.
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// `just now`, `40 seconds ago`, `5 minutes ago`, `3 hours ago`, `2 days ago`.
pub fn ago(time: chrono::TimeDelta) -> String {
    let seconds = usize::try_from(time.num_seconds()).unwrap_or(0);
    match seconds {
        0 => "just now".into(),
        1..120 => format!("{} ago", count(seconds, "second")),
        120..7_200 => format!("{} ago", count(seconds / 60, "minute")),
        7_200..172_800 => format!("{} ago", count(seconds / 3_600, "hour")),
        _ => format!("{} ago", count(seconds / 86_400, "day")),
    }
}

/// Minutes in words: `20 minutes`, `1 hour`, `2 hours 50 minutes`.
pub fn duration(minutes: u32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => count(rest as usize, "minute"),
        (_, 0) => count(hours as usize, "hour"),
        _ => format!("{} {}", count(hours as usize, "hour"), count(rest as usize, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+44", "-1", "@sum", "\t=1", "  =1", "＝1"] {
            assert!(cell(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(cell("Ada O'Neill"), "Ada O'Neill");
    }

    #[test]
    fn two_spellings_of_an_address_are_one() {
        let nfc = EmailAddress::parse("\u{fc}na@ex\u{e4}mple.org").unwrap();
        let nfd = EmailAddress::parse("u\u{308}NA@exa\u{308}mple.org").unwrap();
        assert_eq!(nfc.key(), nfd.key());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in
            ["", "a", "a@b", "a@b\r\nRCPT TO:<x>@c.org", "a b@c.org", "@c.org", "a@", "a@b..org", "a\u{202e}@c.org"]
        {
            assert!(EmailAddress::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names_hold_nothing_invisible() {
        assert_eq!(line("  Siobh\u{e1}n   Kelly ", 80, "your name").unwrap(), "Siobh\u{e1}n Kelly");
        for wrong in ["", "  ", "...", "Eve\u{202e}", "Ev\u{200b}e", "Eve\u{0}", &"a".repeat(81)] {
            assert!(line(wrong, 80, "your name").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_web_address_is_https_with_a_host() {
        assert_eq!(web_address("https://meet.example.org/a?b=c#d").unwrap(), "https://meet.example.org/a?b=c#d");
        let long = format!("https://example.org/{}", "a".repeat(500));
        for wrong in [
            "",
            "meet.example.org",
            "http://a.org",
            "javascript:alert(1)",
            "https://",
            "https://a b.org",
            "https://u@a.org",
            "https://localhost",
            "https:///a",
            "https://exämple.org",
            &long,
        ] {
            assert!(web_address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_title_becomes_a_slug() {
        assert_eq!(Slug::from_title("Spring 2027 – Café cohort").unwrap().as_str(), "spring-2027-cafe-cohort");
        assert!(Slug::from_title("…").is_none());
        assert!(Slug::parse("a--b").is_none() && Slug::parse("A").is_none() && Slug::parse("").is_none());
    }
}
