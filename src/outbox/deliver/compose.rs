//! A letter as the bytes of a mail, with the headers of its class.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Mailboxes, Message, MessageBuilder, MultiPart, SinglePart, header};

use crate::outbox::return_path::ReturnPath;
use crate::outbox::{self, Letter, List, Write};
use crate::platform::clock::Instant;
use crate::platform::dkim::Signer;

/// The longest subject and name: a header line has a limit (RFC 5322 §2.1.1), and lettre does not fold one long word.
const LONGEST: usize = 200;

/// A mail ready to be handed over.
#[derive(Debug)]
pub struct Mail {
    pub from: Address,
    pub to: Address,
    pub subject: String,
    /// With CRLF at the end of each line, and no CR or LF but these.
    pub content: String,
}

impl Mail {
    pub fn needs_utf8(&self) -> bool {
        !AsRef::<str>::as_ref(&self.from).is_ascii() || !AsRef::<str>::as_ref(&self.to).is_ascii()
    }
}

/// In whose name mails go out.
#[derive(Clone)]
pub struct Sender {
    pub from: Mailbox,
    /// Where they come back to, if not to `from`.
    pub return_path: Option<ReturnPath>,
    /// Where answers to mails of a conversation go, each to an address of its own.
    pub reply_path: Option<ReturnPath>,
    pub signer: Option<Arc<Signer>>,
}

/// What a mail in hand says: what it was queued with, or what is written now.
pub enum Words {
    Kept(Box<Letter>),
    Unwritten(Box<Write>),
}

impl Words {
    fn written(self) -> Result<Letter, String> {
        match self {
            Self::Kept(letter) => Ok(*letter),
            Self::Unwritten(write) => write(),
        }
    }
}

/// Errors say why this message can never be sent. A panic, here or in the library, is such an error too.
pub fn compose(message_id: &str, words: Words, sender: &Sender, now: Instant) -> Result<Mail, String> {
    catch_unwind(AssertUnwindSafe(|| build(message_id, &words.written()?, sender, now)))
        .unwrap_or_else(|_| Err("building the mail stopped half-way".into()))
        .map_err(|why| format!("the mail could not be written: {why}"))
}

fn build(message_id: &str, letter: &Letter, sender: &Sender, now: Instant) -> Result<Mail, String> {
    let to = address(&letter.to)?;
    let name = Some(plain(&letter.to_name)).filter(|name| !name.is_empty());
    let mut message = Message::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(name, to.clone()))
        .subject(plain(&letter.subject))
        .message_id(Some(message_id.to_owned()))
        .date(SystemTime::from(now.utc()))
        .raw_header(raw("Auto-Submitted", "auto-generated".into()));
    if let Some(conversation) = &letter.conversation {
        let host = message_id.trim_end_matches('>').rsplit_once('@').map_or("localhost", |(_, host)| host);
        let first = format!("<{conversation}@{host}>");
        message = message.in_reply_to(first.clone()).references(first);
    }
    let answered_here = sender.reply_path.as_ref().filter(|_| letter.conversation.is_some());
    if let Some(path) = answered_here {
        message = message.reply_to(Mailbox::new(None, path.of(message_id)));
    } else if let Some(reply_to) = &letter.reply_to {
        let boxes: Mailboxes = reply_to.parse().map_err(|_| format!("'{reply_to}' cannot be answered to"))?;
        message = message.mailbox(header::ReplyTo::from(boxes));
    }
    if let Some(list) = &letter.list {
        message = listed(message, list)?;
    }
    let text = with_crlf(&letter.text);
    let message = match (&letter.html, &letter.calendar, &letter.attachment) {
        (Some(html), Some(calendar), _) => message.multipart(invitation(text, with_crlf(html), calendar)?),
        (Some(html), None, Some(file)) => message.multipart(with_file(text, with_crlf(html), file)?),
        (Some(html), None, None) => message.multipart(MultiPart::alternative_plain_html(text, with_crlf(html))),
        (None, ..) => message.singlepart(SinglePart::plain(text)),
    };
    let message = message.map_err(|e| e.to_string())?;
    let content = String::from_utf8(message.formatted()).map_err(|e| e.to_string())?;
    if content.replace("\r\n", "").contains(['\r', '\n']) {
        return Err("a line does not end as lines end in mail".into());
    }
    let content = match &sender.signer {
        Some(signer) => signer.sign(&content, now)?,
        None => content,
    };
    let from = match &sender.return_path {
        Some(path) => path.of(message_id),
        None => sender.from.email.clone(),
    };
    Ok(Mail { from, to, subject: letter.subject.clone(), content })
}

/// The calendar's text is the last alternative, which calendar programs act on (RFC 6047), and once more a file, which
/// every mail program can save.
fn invitation(text: String, html: String, calendar: &str) -> Result<MultiPart, String> {
    let method = calendar.lines().find_map(|line| line.strip_prefix("METHOD:")).unwrap_or("PUBLISH").trim();
    let part = |kind: String| ContentType::parse(&kind).map_err(|e| e.to_string());
    let inline = part(format!("text/calendar; charset=utf-8; method={method}"))?;
    let file = part("application/ics".into())?;
    let calendar = with_crlf(calendar);
    let alternatives = MultiPart::alternative()
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
        .singlepart(SinglePart::builder().header(inline).body(calendar.clone()));
    Ok(MultiPart::mixed()
        .multipart(alternatives)
        .singlepart(Attachment::new("session.ics".into()).body(calendar, file)))
}

fn with_file(text: String, html: String, file: &outbox::Attachment) -> Result<MultiPart, String> {
    let kind = ContentType::parse("application/pdf").map_err(|e| e.to_string())?;
    Ok(MultiPart::mixed()
        .multipart(MultiPart::alternative_plain_html(text, html))
        .singlepart(Attachment::new(file.name.clone()).body(file.bytes.clone(), kind)))
}

fn listed(message: MessageBuilder, list: &List) -> Result<MessageBuilder, String> {
    let fits = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>') && text.len() < 900;
    if !fits(&list.id) || !fits(&list.unsubscribe_url) {
        return Err("the address that stops it, or the name of its list, cannot stand in a header".into());
    }
    Ok(message
        .raw_header(raw("List-Id", format!("<{}>", list.id)))
        .raw_header(raw("List-Unsubscribe", format!("<{}>", list.unsubscribe_url)))
        .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())))
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// The domain in its ASCII form, which every mail server understands.
fn address(text: &str) -> Result<Address, String> {
    let wrong = || format!("'{text}' is not an email address");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| wrong())?;
    Address::new(local, domain).map_err(|_| wrong())
}

/// An address as it can stand in a `Reply-To` that every mail server takes; `None` if it cannot.
pub fn answerable(text: &str) -> Option<String> {
    let written = address(text).ok()?.to_string();
    let one = written.parse::<Mailboxes>().is_ok_and(|boxes| boxes.into_iter().count() == 1);
    Some(written).filter(|written| one && written.is_ascii())
}

/// lettre leaves a lone CR as it is, and some servers take that for the end of a line.
fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// One line without control characters, and nothing that a mail program would take for an encoded word.
fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .take(LONGEST)
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").replace("=?", "= ?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Class;

    fn letter(to_name: &str, to: &str, subject: &str) -> Letter {
        Letter {
            class: Class::Account,
            account: None,
            to_name: to_name.into(),
            to: to.into(),
            subject: subject.into(),
            text: "Hello".into(),
            html: None,
            reply_to: None,
            list: None,
            expires_at: Instant::from_micros(0),
            calendar: None,
            attachment: None,
            conversation: None,
        }
    }

    fn compose(letter: Letter, sender: &Sender) -> Result<Mail, String> {
        super::compose("<a@b.org>", Words::Kept(Box::new(letter)), sender, Instant::from_micros(0))
    }

    fn from() -> Sender {
        named("Trellis <trellis@example.org>".parse().unwrap())
    }

    fn named(from: Mailbox) -> Sender {
        Sender { from, return_path: None, reply_path: None, signer: None }
    }

    #[test]
    fn an_address_that_not_every_server_takes_is_answered_to_in_another_spelling_or_not() {
        for (address, written) in [
            ("priya@example.org", Some("priya@example.org")),
            ("anna@m\u{fc}nchen.example", Some("anna@xn--mnchen-3ya.example")),
            ("s\u{e9}b@example.org", None),
            ("\"a,b\"@example.org", None),
            ("a, b@example.org", None),
            ("nobody", None),
        ] {
            assert_eq!(answerable(address).as_deref(), written, "{address}");
        }
    }

    #[test]
    fn no_name_or_subject_can_add_a_line_to_the_head() {
        for evil in ["Eve\r\nBcc: x@y.org", "Eve\nx", "Eve\0", "\u{2028}Eve", "\r\n", "", &"long ".repeat(2_000)] {
            let mail = compose(letter(evil, "eve@example.org", evil), &from()).unwrap();
            let (head, _) = mail.content.split_once("\r\n\r\n").unwrap();
            assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
            assert!(head.lines().all(|line| line.len() < 998 && !line.contains(char::is_control)), "{head}");
        }
        let word = letter("Eve", "eve@example.org", "=?utf-8?q?Boss?=");
        let mail = compose(word, &from()).unwrap();
        assert!(!mail.content.contains("=?"));
    }

    #[test]
    fn a_panic_while_building_is_an_error_of_this_mail() {
        let broken = Mailbox::new(Some("Eve\nx".into()), "eve@example.org".parse().unwrap());
        let why = compose(letter("Ada", "ada@example.org", "Hi"), &named(broken)).unwrap_err();
        assert!(why.contains("half-way"), "{why}");
        let unwritten = Words::Unwritten(Box::new(|| panic!("a template that cannot be written")));
        let why = super::compose("<a@b.org>", unwritten, &from(), Instant::from_micros(0)).unwrap_err();
        assert!(why.contains("half-way"), "{why}");
    }

    #[test]
    fn every_line_ends_as_lines_end_in_mail() {
        for text in [
            "a\nb",
            "a\rb",
            "a\r\nb",
            "a\n\r\n.\r\rb\r",
            "\u{e9}\r\u{e9}\n",
            &"x".repeat(5_000),
            &"\u{e9}\r".repeat(999),
        ] {
            let letter = letter("Ada", "ada@example.org", "Hi");
            compose(Letter { text: text.into(), html: Some(text.into()), ..letter }, &from()).unwrap();
        }
    }

    #[test]
    fn an_address_that_is_none_is_an_error() {
        for wrong in ["", "ada", "ada@", "@x.org", "a@b\r\nRCPT TO:<x>", "a b@x.org"] {
            assert!(compose(letter("Ada", wrong, "Hi"), &from()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_domain_is_written_in_ascii() {
        let mail = compose(letter("Ada", "ada@ex\u{e4}mple.org", "Hi"), &from()).unwrap();
        assert_eq!(mail.to.to_string(), "ada@xn--exmple-cua.org");
        assert!(!mail.needs_utf8());
    }
}
