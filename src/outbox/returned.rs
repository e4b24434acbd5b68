//! What mail servers send back: a mail that did not arrive after all, or a reader's complaint.
//!
//! Source: RFC 3464 (delivery status notifications), RFC 5965 (abuse reports), RFC 3463 (status codes). The mail itself
//! is found by the address that the report came to ([`super::return_path`]), or else by the Message-ID in the part of it that comes back.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// What the mail may be called, the surest first; with angle brackets, as the outbox keeps it.
    pub message_ids: Vec<String>,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Given up for good.
    Bounce {
        /// `5.1.1`, or `4.4.7` of what could not be delivered in time.
        status: String,
        /// The mail server's own words.
        words: String,
    },
    Complaint,
}

/// Where mail servers say to whom they deliver.
const RECIPIENTS: [&str; 4] = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];

impl Returned {
    /// `None` for anything else, such as a delay, an answer or an absence note. `by_address`: the Message-ID of the mail
    /// that returns to an address of ours. `recipient`: whom the mail server named beside the message.
    pub fn read(message: &[u8], recipient: Option<&str>, by_address: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let message = MessageParser::default().parse(message)?;
        let named = RECIPIENTS.iter().filter_map(|name| message.header_raw(*name)).map(str::to_owned);
        let addresses = recipient.map(str::to_owned).into_iter().chain(named);
        let inside = original(&message).map(|id| format!("<{id}>"));
        let message_ids: Vec<String> = addresses.filter_map(|address| by_address(&address)).chain(inside).collect();
        let what = what(&message)?;
        (!message_ids.is_empty()).then_some(Self { message_ids, what })
    }
}

fn what(message: &Message) -> Option<What> {
    if let Some(report) = part_of(message, "message", "delivery-status") {
        // A notification may speak of several recipients; ours have one. 'Failed' is final whatever the status: a server that
        // gives up after days says 4.4.1 or 4.4.7.
        let has_failed = field(&report, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
        let status = field(&report, "status").filter(|_| has_failed)?;
        let code = field(&report, "diagnostic-code").unwrap_or_default();
        let words = code.split_once(';').map_or(code.as_str(), |(_, words)| words);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        return Some(What::Bounce {
            status: status.split_whitespace().next().unwrap_or_default().to_owned(),
            words: words.chars().take(MOST_WORDS).collect(),
        });
    }
    let report = part_of(message, "message", "feedback-report")?;
    let kind = field(&report, "feedback-type")?;
    ["abuse", "fraud", "opt-out"].contains(&kind.to_lowercase().as_str()).then_some(What::Complaint)
}

/// Of a mail server's words, in characters.
const MOST_WORDS: usize = 300;

fn is_of(part: &MessagePart, kind: &str, subtype: &str) -> bool {
    let Some(found) = part.content_type() else { return false };
    found.ctype().eq_ignore_ascii_case(kind) && found.subtype().is_some_and(|s| s.eq_ignore_ascii_case(subtype))
}

fn part_of(message: &Message, kind: &str, subtype: &str) -> Option<String> {
    let part = message.parts.iter().find(|part| is_of(part, kind, subtype))?;
    Some(String::from_utf8_lossy(part.contents()).into_owned())
}

/// The first field of that name, in any of the groups, with its continued lines.
fn field(report: &str, name: &str) -> Option<String> {
    let mut lines = report.lines();
    while let Some(line) = lines.next() {
        let Some((found, value)) = line.split_once(':') else { continue };
        if !found.trim().eq_ignore_ascii_case(name) {
            continue;
        }
        let continued = lines.take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
        return Some(continued.fold(value.trim().to_owned(), |text, line| format!("{text} {}", line.trim())));
    }
    None
}

/// The Message-ID of the mail that came back, whole or only its headers.
fn original(message: &Message) -> Option<String> {
    message.parts.iter().skip(1).find_map(|part| match &part.body {
        PartType::Message(returned) => returned.message_id().map(str::to_owned),
        PartType::Multipart(_) => None,
        _ if is_of(part, "text", "rfc822-headers") || is_of(part, "message", "rfc822-headers") => {
            let id = field(&String::from_utf8_lossy(part.contents()), "message-id")?;
            Some(id.trim().trim_start_matches('<').trim_end_matches('>').to_owned())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: &str, status: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example.org\r\nTo: trellis@learn.example.org\r\nSubject: Undelivered\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n{status}\r\n\
             --b\r\n{returned}\r\n--b--\r\n"
        )
    }

    fn read(message: &str) -> Option<Returned> {
        Returned::read(message.as_bytes(), None, |_| None)
    }

    fn read_what(message: &str) -> Option<What> {
        read(message).map(|returned| returned.what)
    }

    const HEADERS: &str =
        "Content-Type: text/rfc822-headers\r\n\r\nSubject: Week 3\r\nMessage-ID: <one@learn.example.org>\r\n";
    const WHOLE: &str =
        "Content-Type: message/rfc822\r\n\r\nSubject: Week 3\r\nMessage-ID: <one@learn.example.org>\r\n\r\nHello.\r\n";
    const FAILED: &str = "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; ada@example.org\r\n\
                          Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such\r\n  user here\r\n";

    #[test]
    fn a_bounce_names_its_mail_and_its_reason() {
        for returned in [HEADERS, WHOLE] {
            let read = read(&report("delivery-status", FAILED, returned)).unwrap();
            let what = What::Bounce { status: "5.1.1".into(), words: "550 5.1.1 No such user here".into() };
            assert_eq!(read, Returned { message_ids: vec!["<one@learn.example.org>".into()], what });
        }
    }

    #[test]
    fn the_address_it_came_to_names_the_mail_even_if_the_report_leaves_it_out() {
        let by_address = |address: &str| address.contains("+token@").then(|| "<two@learn.example.org>".to_owned());
        let alone = report("delivery-status", FAILED, "Content-Type: text/plain\r\n\r\nNothing more.\r\n");
        assert_eq!(read(&alone), None);
        let delivered = format!("Delivered-To: b+token@learn.example.org\r\n{alone}");
        let both = report("delivery-status", FAILED, HEADERS);
        for (message, recipient, names) in [
            (&alone, Some("b+token@x.org"), vec!["<two@learn.example.org>"]),
            (&delivered, None, vec!["<two@learn.example.org>"]),
            (&both, Some("b+token@x.org"), vec!["<two@learn.example.org>", "<one@learn.example.org>"]),
        ] {
            let read = Returned::read(message.as_bytes(), recipient, by_address).unwrap();
            assert_eq!(read.message_ids, names);
        }
    }

    #[test]
    fn a_full_mailbox_is_a_bounce_of_one_mail_and_a_delay_is_none() {
        let full = FAILED.replace("5.1.1", "5.2.2");
        let read = read_what(&report("delivery-status", &full, HEADERS));
        assert!(matches!(read, Some(What::Bounce { status, .. }) if status == "5.2.2"));
        let delayed = FAILED.replace("Action: failed", "Action: delayed").replace("5.1.1", "4.4.1");
        assert_eq!(read_what(&report("delivery-status", &delayed, HEADERS)), None);
    }

    #[test]
    fn what_could_not_be_delivered_in_time_is_a_bounce() {
        for status in ["4.4.1", "4.4.7"] {
            let expired = FAILED.replace("5.1.1", status);
            let read = read_what(&report("delivery-status", &expired, HEADERS));
            assert!(matches!(read, Some(What::Bounce { status: found, .. }) if found == status));
        }
    }

    #[test]
    fn a_complaint_is_known_by_its_report() {
        let abuse = "Feedback-Type: abuse\r\nUser-Agent: Someone/1\r\nVersion: 1\r\n";
        assert_eq!(read_what(&report("feedback-report", abuse, WHOLE)), Some(What::Complaint));
        let not_spam = abuse.replace("abuse", "not-spam");
        assert_eq!(read_what(&report("feedback-report", &not_spam, WHOLE)), None);
    }

    #[test]
    fn anything_else_is_nothing() {
        let answer =
            "From: a@example.org\r\nSubject: Re: Week 3\r\nIn-Reply-To: <one@learn.example.org>\r\n\r\nThanks\r\n";
        for message in
            ["", "\u{0}\u{1}", "Subject: x", answer, &report("delivery-status", "", ""), &"a:".repeat(50_000)]
        {
            assert_eq!(read(message), None);
        }
    }
}
