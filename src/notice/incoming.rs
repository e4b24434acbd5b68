//! An answer that came by mail: who wrote it, what is new in it, and what says that no person did.
//!
//! Source: RFC 5322 (messages), RFC 3834 (what answers by itself), RFC 3676 §4.3 (signatures).

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders as _};

use super::emails::LINE;

/// Where mail servers say to whom they deliver.
const RECIPIENTS: [&str; 4] = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The mail of ours that it answers: what the outbox calls it, with angle brackets.
    pub answers: String,
    /// Its own Message-ID; made of what it says where it has none.
    pub message_id: String,
    /// The address in `From`.
    pub from: String,
    /// What is new in it: without what is quoted, and without a signature.
    pub text: String,
    /// Files that hang on it.
    pub attachments: usize,
    /// Why no person wrote it. `None`: one did.
    pub automatic: Option<&'static str>,
}

impl Incoming {
    /// `None`: it came to no address that takes answers. `by_address`: the Message-ID of the mail that is answered at an
    /// address of ours. `recipient`: whom the mail server named beside the message.
    pub fn read(bytes: &[u8], recipient: Option<&str>, by_address: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let message = MessageParser::default().parse(bytes)?;
        let named = RECIPIENTS.iter().filter_map(|name| message.header_raw(*name)).flat_map(addresses);
        let answers = recipient.map(str::to_owned).into_iter().chain(named).find_map(|address| by_address(&address))?;
        let text = message.body_text(0).unwrap_or_default();
        let from = message.from().and_then(|from| from.first()).and_then(|from| from.address());
        Some(Self {
            answers,
            message_id: message.message_id().map_or_else(|| of_text(&text), str::to_owned),
            from: from.unwrap_or_default().to_owned(),
            text: newly_written(&text),
            attachments: message.attachments().filter(|part| !is_part_of_text(part)).count(),
            automatic: automatic(&message),
        })
    }
}

/// The addresses that stand in a header, also between others and behind names.
fn addresses(raw: &str) -> Vec<String> {
    let parts = raw.split([',', ';', ' ', '\t', '\r', '\n', '<', '>', '"']);
    parts.filter(|part| part.contains('@')).map(str::to_owned).collect()
}

fn of_text(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Pictures within a signature are no attachment that anybody misses.
fn is_part_of_text(part: &mail_parser::MessagePart) -> bool {
    part.content_id().is_some() || part.content_disposition().is_some_and(mail_parser::ContentType::is_inline)
}

fn automatic(message: &Message) -> Option<&'static str> {
    let says = |name: &str, words: &[&str]| {
        let value = message.header_raw(name).unwrap_or_default().trim().to_lowercase();
        words.iter().any(|word| value.starts_with(word))
    };
    let submitted = message.header_raw("Auto-Submitted").map(|value| value.trim().to_lowercase());
    if submitted.is_some_and(|value| !value.starts_with("no")) || message.header("X-Autoreply").is_some() {
        return Some("it says that it was sent by itself");
    }
    if says("Precedence", &["bulk", "junk", "list", "auto_reply"]) || message.header("List-Id").is_some() {
        return Some("it was sent to many");
    }
    if matches!(message.header("Return-Path"), Some(HeaderValue::Empty)) || says("Return-Path", &["<>"]) {
        return Some("it is about a mail, not an answer to one");
    }
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let absent = ["automatic reply", "auto:", "out of office", "autoreply"];
    absent.iter().any(|word| subject.starts_with(word)).then_some("it says that its writer is away")
}

/// What stands above our line, or else above what mail programs put between an answer and what it answers; without
/// quoted lines at its end and without a signature.
fn newly_written(text: &str) -> String {
    let plain = text.replace("\r\n", "\n");
    let above = plain.split(LINE).next().unwrap_or_default();
    let mut lines: Vec<&str> = Vec::new();
    let all: Vec<&str> = above.lines().collect();
    for (n, line) in all.iter().enumerate() {
        if begins_quote(&all[n..]) || is_signature(line) {
            break;
        }
        lines.push(line);
    }
    while let Some(last) = lines.last() {
        let bare = last.trim();
        let is_left_over = bare.is_empty() || bare.starts_with('>') || is_introduction(bare);
        if !is_left_over {
            break;
        }
        lines.pop();
    }
    lines.join("\n").trim().to_owned()
}

/// Whether the rest of the mail is what it answers.
fn begins_quote(rest: &[&str]) -> bool {
    let line = rest.first().map_or("", |line| line.trim());
    let next: Vec<String> = rest.iter().skip(1).take(5).map(|line| line.trim().to_lowercase()).collect();
    let divider = line.trim_matches(['-', ' ', '_']);
    let forwarded = line.starts_with("--") && ["Original Message", "Forwarded message"].contains(&divider);
    // Outlook: a rule or nothing, then From, Sent, To, Subject.
    let header = line.trim_start_matches('*').to_lowercase().starts_with("from:")
        && next.iter().any(|line| {
            line.trim_start_matches('*').starts_with("sent:") || line.trim_start_matches('*').starts_with("date:")
        });
    // Two lines at most: 'On Mon, 11 Jan 2027 at 09:30, Priya' / '<…> wrote:'. What a writer quotes and goes on after stays.
    let two = format!("{line} {}", next.first().map_or("", String::as_str));
    let ends_after =
        |lines: usize| rest.iter().skip(lines).all(|line| line.trim().is_empty() || line.trim_start().starts_with('>'));
    let introduced = is_introduction(line) && (ends_after(1) || line.contains('@'));
    let in_two_lines = line.starts_with("On ") && is_introduction(two.trim()) && (ends_after(2) || two.contains('@'));
    forwarded || header || introduced || in_two_lines
}

/// 'On Monday Ada wrote:', in some languages.
fn is_introduction(line: &str) -> bool {
    line.ends_with(':')
        && ["wrote", "schrieb", "écrit", "escribió", "skrev", "ysgrifennodd"].iter().any(|word| line.contains(word))
}

fn is_signature(line: &str) -> bool {
    let said_by_programs = ["Sent from my ", "Get Outlook for ", "Sent from Outlook", "Sent from Mail for"];
    line == "-- "
        || line == "--"
        || line.trim_end() == "__"
        || said_by_programs.iter().any(|words| line.starts_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_us(address: &str) -> Option<String> {
        address.strip_prefix("replies+")?.strip_suffix("@example.org").map(|token| format!("<{token}@learn>"))
    }

    fn read(head: &str, body: &str) -> Option<Incoming> {
        let message = format!("From: Ada <ada@example.org>\r\nMessage-ID: <m1@x>\r\n{head}\r\n{body}");
        Incoming::read(message.as_bytes(), None, to_us)
    }

    const TO: &str = "To: Trellis <replies+abc@example.org>\r\n";

    #[test]
    fn it_is_known_by_the_address_it_came_to() {
        let mail = read(TO, "Yes.").unwrap();
        assert_eq!((mail.answers.as_str(), mail.from.as_str()), ("<abc@learn>", "ada@example.org"));
        assert_eq!((mail.text.as_str(), mail.attachments, mail.automatic), ("Yes.", 0, None));
        assert!(read("To: others@example.org\r\n", "Yes.").is_none());
        assert!(read("To: a@x.org, \"T\" <replies+abc@example.org>\r\n", "Yes.").is_some());
        let beside = Incoming::read(b"From: a@x.org\r\n\r\nYes.", Some("replies+abc@example.org"), to_us);
        assert_eq!(beside.unwrap().message_id.len(), 64, "without a name of its own it has that of its words");
        for nothing in ["", "\0", "To: replies+abc@example.org"] {
            Incoming::read(nothing.as_bytes(), None, to_us);
        }
    }

    #[test]
    fn only_what_is_new_counts() {
        let ours = format!("{LINE}\n\nTITLE\nAda writes.\n");
        let quoted: String = ours.lines().map(|line| format!("> {line}\n")).collect();
        for (body, new) in [
            (
                format!("One.\n\nTwo.\n\nOn Mon, 11 Jan 2027 at 09:30, Trellis <t@x.org> wrote:\n\n{quoted}"),
                "One.\n\nTwo.",
            ),
            (format!("One.\nOn Mon, 11 Jan 2027 at 09:30, Trellis\n<t@x.org> wrote:\n{quoted}"), "One."),
            (
                format!(
                    "One.\n\n________________________________\nFrom: Trellis <t@x.org>\nSent: 11 January\nTo: Ada\nSubject: x\n\n{ours}"
                ),
                "One.\n\n________________________________",
            ),
            (format!("One.\n\nFrom: Trellis <t@x.org>\nSent: 11 January\n\n{ours}"), "One."),
            (format!("One.\n\n-----Original Message-----\n{ours}"), "One."),
            (format!("Eins.\n\nAm 11.01.2027 um 09:30 schrieb Trellis:\n{quoted}"), "Eins."),
            (format!("One.\n-- \nAda Byron\nRoyal Infirmary\n\n{ours}"), "One."),
            (format!("One.\n\nSent from my iPhone\n\n{quoted}"), "One."),
            (format!("Above\n\n> {LINE}\n"), "Above"),
            ("They wrote:\n\n> We know.\n\nI do not.".into(), "They wrote:\n\n> We know.\n\nI do not."),
            ("From: here to there\nis far.".into(), "From: here to there\nis far."),
            (ours.clone(), ""),
            (String::new(), ""),
        ] {
            assert_eq!(newly_written(&body), new, "{body}");
            assert_eq!(newly_written(&body.replace('\n', "\r\n")), new);
        }
    }

    #[test]
    fn what_answers_by_itself_is_known() {
        for head in [
            "Auto-Submitted: auto-replied\r\n",
            "Auto-Submitted: auto-generated; x\r\n",
            "Precedence: bulk\r\n",
            "Subject: Automatic reply: week 3\r\n",
            "List-Id: <x.y>\r\n",
            "Return-Path: <>\r\n",
        ] {
            assert!(read(&format!("{head}{TO}"), "I am away").unwrap().automatic.is_some(), "{head}");
        }
        for head in ["Auto-Submitted: no\r\n", "Subject: Out on Monday\r\n", "Return-Path: <ada@example.org>\r\n"] {
            assert_eq!(read(&format!("{head}{TO}"), "Hello").unwrap().automatic, None, "{head}");
        }
    }

    #[test]
    fn html_is_read_as_text_and_files_are_counted() {
        let html =
            read(&format!("{TO}Content-Type: text/html\r\n"), "<div>One <b>two</b></div><br><p>Three &amp; four</p>");
        let text = html.unwrap().text;
        assert!(text.starts_with("One two") && text.ends_with("Three & four"), "{text}");
        let body = "--b\r\nContent-Type: text/plain\r\n\r\nSee this.\r\n--b\r\nContent-Type: application/pdf\r\n\
                    Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nPDF\r\n--b\r\nContent-Type: image/png\r\n\
                    Content-ID: <logo>\r\n\r\nPNG\r\n--b--\r\n";
        let mail =
            read(&format!("{TO}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"), body).unwrap();
        assert_eq!((mail.text.as_str(), mail.attachments), ("See this.", 1));
    }
}
