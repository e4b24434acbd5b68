//! What came by mail: the server writes each as a file, and people take their links from it.

use std::fs;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::site::Site;

impl Site {
    /// The first link in the newest mail to somebody that has this in its path; waits for the mail to come.
    pub async fn link_in_mail_to(&self, address: &str, path: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(30);
        loop {
            let link = self.mails_to(address).iter().rev().find_map(|mail| link_with(mail, path));
            if let Some(link) = link {
                return link;
            }
            assert!(Instant::now() < patience, "no mail to {address} with a link to {path}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The readable text of each mail, in the order they were written.
    fn mails_to(&self, address: &str) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.folder.path().join("mail")) else { return Vec::new() };
        let files = folder.map(|entry| entry.unwrap()).filter(|e| e.path().extension().is_some_and(|e| e == "eml"));
        let mut mails: Vec<_> = files.map(|e| (e.metadata().unwrap().modified().unwrap(), e.path())).collect();
        mails.sort();
        let texts = mails.iter().map(|(_, path)| fs::read_to_string(path).unwrap());
        texts.filter(|mail| header(mail, "To").is_some_and(|to| to.contains(address))).map(|mail| text(&mail)).collect()
    }
}

fn link_with(text: &str, path: &str) -> Option<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>');
    text.split(ends).find(|word| word.starts_with("http") && word.contains(path)).map(str::to_owned)
}

/// The plain text of a mail, alone or the first of several parts.
fn text(mail: &str) -> String {
    let (_, body) = mail.split_once("\r\n\r\n").unwrap_or((mail, ""));
    let Some(boundary) = header(mail, "Content-Type").and_then(|kind| quoted(&kind, "boundary=")) else {
        return decoded(mail, body);
    };
    let part = body.split(&format!("--{boundary}")).nth(1).unwrap_or_default().trim_start();
    decoded(part, part.split_once("\r\n\r\n").map_or("", |(_, body)| body))
}

fn decoded(head: &str, body: &str) -> String {
    match header(head, "Content-Transfer-Encoding").unwrap_or_default().to_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap()
        }
        "quoted-printable" => from_quoted_printable(body),
        _ => body.to_owned(),
    }
}

/// A header of the first block of lines, its folded lines joined.
fn header(mail: &str, name: &str) -> Option<String> {
    let head = mail.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = head.lines().find(|l| l.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case(name)))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn quoted(value: &str, name: &str) -> Option<String> {
    let rest = value.split(name).nth(1)?;
    rest.trim_matches('"').split(['"', ';']).next().map(str::to_owned)
}

/// RFC 2045 §6.7.
fn from_quoted_printable(text: &str) -> String {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'=').then(|| after.get(..2)).flatten();
        let coded = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(coded.unwrap_or(byte));
        rest = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_link_is_found_however_the_mail_is_packed() {
    let plain = "To: a@b.org\r\n\r\nHello\r\nhttp://x/verify/abc\r\n";
    let printable = "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe http://x/verify/=\r\nabc\r\n";
    let parts = "Content-Type: multipart/alternative;\r\n boundary=\"q1\"\r\n\r\n--q1\r\nContent-Type: text/plain\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\naHR0cDovL3gvdmVyaWZ5L2Fi\r\nYw==\r\n--q1--\r\n";
    for mail in [plain, printable, parts] {
        assert_eq!(link_with(&text(mail), "/verify/").as_deref(), Some("http://x/verify/abc"), "{mail}");
    }
}
