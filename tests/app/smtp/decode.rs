//! Headers and bodies of mails, made readable.

use base64::Engine as _;

pub fn header(raw: &str, name: &str) -> Option<String> {
    let (head, _) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let found = unfolded.lines().filter_map(|line| line.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned())
}

pub fn boundary(content_type: &str) -> Option<String> {
    let (_, after) = content_type.split_once("boundary=\"")?;
    after.split('"').next().map(str::to_owned)
}

pub fn base64_decoded(text: &str) -> Vec<u8> {
    let packed: String = text.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(packed).unwrap_or_default()
}

/// Quoted-printable and its cousin in headers: `escape` and two hex digits.
pub fn quoted_decoded(text: &str, escape: u8) -> Vec<u8> {
    let (mut decoded, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == escape).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    decoded
}

/// Encoded words (RFC 2047) made readable.
pub fn words_decoded(value: &str) -> String {
    let joined = value.replace("?= =?", "?==?");
    let (mut decoded, mut rest) = (String::new(), joined.as_str());
    while let Some((before, word)) = rest.split_once("=?") {
        decoded.push_str(before);
        let mut parts = word.splitn(3, '?');
        let (_, kind, after) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (text, after) = after.split_once("?=").unwrap_or((after, ""));
        let bytes = match kind {
            "b" | "B" => base64_decoded(text),
            _ => quoted_decoded(&text.replace('_', " "), b'='),
        };
        decoded.push_str(&String::from_utf8_lossy(&bytes));
        rest = after;
    }
    decoded + rest
}
