//! Signatures under mails (DKIM, RFC 6376; Ed25519: RFC 8463), by which a receiver sees that a domain's owner sent them
//! and nobody changed them on the way. Both canonicalisations are the relaxed ones.
//!
//! On `ring`, which TLS brings along: lettre's own signer would add the `rsa` crate with its open RUSTSEC-2023-0071.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest as _, Sha256};

use super::clock::Instant;

/// What is signed where it is present: what a reader sees, and what mail programs act on.
const SIGNED: [&str; 17] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];
/// Characters of a signature on one line.
const LINE: usize = 72;

pub struct Signer {
    key: Key,
    domain: String,
    selector: String,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}._domainkey.{}", self.selector, self.domain)
    }
}

impl Signer {
    /// `pem`: a private key, RSA of 2048 bits or more (PKCS #1 or #8) or Ed25519 (PKCS #8), as OpenSSL writes them.
    pub fn new(pem: &str, selector: &str, domain: &str) -> Result<Self, String> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        };
        if !is_name(selector) || !is_name(domain) {
            return Err(format!("'{selector}._domainkey.{domain}' is not a name of the DNS"));
        }
        Ok(Self { key: Key::read(pem)?, domain: domain.into(), selector: selector.into() })
    }

    /// The mail with its signature on top. `mail`: headers and body, each line ended by CRLF.
    pub fn sign(&self, mail: &str, now: Instant) -> Result<String, String> {
        let (head, body) = mail.split_once("\r\n\r\n").ok_or("a mail has headers and a body")?;
        let headers = fields(head);
        let mut names: Vec<&str> = Vec::new();
        let mut hashed = String::new();
        for name in SIGNED {
            // Of several of one name the last counts first (§5.4.2).
            for (_, value) in headers.iter().rev().filter(|(found, _)| found == name) {
                names.push(name);
                hashed.push_str(&format!("{name}:{value}\r\n"));
            }
        }
        // Named once more than it is there, so that nobody can add a second sender.
        names.push("from");
        let unsigned = format!(
            "v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n t={}; h={};\r\n bh={};\r\n b=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            now.utc().timestamp(),
            names.chunks(4).map(|some| some.join(":")).collect::<Vec<_>>().join(":\r\n "),
            STANDARD.encode(Sha256::digest(relaxed_body(body))),
        );
        hashed.push_str(&format!("dkim-signature:{}", relaxed_value(&unsigned)));
        let signature = folded(&STANDARD.encode(self.key.sign(hashed.as_bytes())?));
        Ok(format!("DKIM-Signature: {unsigned}{signature}\r\n{mail}"))
    }
}

impl Key {
    fn read(pem: &str) -> Result<Self, String> {
        let lines = pem.lines().map(str::trim);
        let text: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(text).map_err(|_| "it is not a private key in PEM")?;
        if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            return Ok(Self::Ed25519(key));
        }
        let rsa = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
        rsa.map(|key| Self::Rsa(Box::new(key)))
            .map_err(|_| "it is neither a private RSA key of 2048 bits or more nor an Ed25519 key".into())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
                signed.map(|()| signature).map_err(|_| "the mail could not be signed".into())
            }
            Self::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// Every header with its relaxed name and value (§3.4.2), in order.
fn fields(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => value.push_str(line),
            (false, _, Some((name, value))) => fields.push((name.trim_end().to_ascii_lowercase(), value.to_owned())),
            _ => {}
        }
    }
    for (_, value) in &mut fields {
        *value = relaxed_value(value);
    }
    fields
}

fn relaxed_value(value: &str) -> String {
    value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// §3.4.4: white space shrinks to one space and goes at the end of a line; empty lines go at the end of the body.
fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len());
    let mut empty = 0;
    for line in body.strip_suffix("\r\n").unwrap_or(body).split("\r\n") {
        let line = relaxed_line(line);
        if line.is_empty() {
            empty += 1;
            continue;
        }
        relaxed.push_str(&"\r\n".repeat(std::mem::take(&mut empty)));
        relaxed.push_str(&line);
        relaxed.push_str("\r\n");
    }
    relaxed
}

fn relaxed_line(line: &str) -> String {
    let mut relaxed = String::with_capacity(line.len());
    for c in line.trim_end_matches([' ', '\t']).chars() {
        match c {
            ' ' | '\t' if relaxed.ends_with(' ') => {}
            ' ' | '\t' => relaxed.push(' '),
            c => relaxed.push(c),
        }
    }
    relaxed
}

fn folded(signature: &str) -> String {
    let lines: Vec<&str> =
        signature.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    lines.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_relaxed_as_the_example_of_the_rfc_shows() {
        // RFC 6376 §3.4.5.
        let head = "A: X\r\nB : Y\t\r\n\tZ  ";
        assert_eq!(fields(head), [("a".into(), "X".into()), ("b".into(), "Y Z".into())]);
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    }

    #[test]
    fn an_empty_body_stays_empty_and_empty_lines_within_stay() {
        for (body, relaxed) in [("", ""), ("\r\n\r\n", ""), ("a", "a\r\n"), ("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n")] {
            assert_eq!(relaxed_body(body), relaxed, "{body:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for wrong in ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(Key::read(wrong).is_err(), "{wrong}");
        }
        assert!(Signer::new("", "s s", "example.org").unwrap_err().contains("DNS"));
    }
}
