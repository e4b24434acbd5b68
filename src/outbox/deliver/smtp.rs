//! The conversation with a mail server, one command at a time and each under a deadline of its own: lettre's own
//! time-out covers only the connect, and its `send` does not tell before DATA from after.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailParameter};
use lettre::transport::smtp::response::Response;

use super::compose::Mail;
use super::relay::{Relay, Security};
use super::verdict::{Phase, Refusal, Trouble};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    pub connect: Duration,
    pub command: Duration,
    /// The mail itself and the answer to its last dot (RFC 5321 §4.5.3.2.6).
    pub end_of_data: Duration,
    /// After which others no longer wait behind it.
    pub patience: Duration,
}

impl Deadlines {
    /// For a server on the same machine that is meant to fail soon.
    pub fn short() -> Self {
        let soon = Duration::from_millis(300);
        Self { connect: soon, command: soon, end_of_data: soon, patience: soon / 3 }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), command: seconds(60), end_of_data: seconds(600), patience: seconds(3) }
    }
}

/// An open connection, for many mails one after another.
pub struct Line {
    conn: AsyncSmtpConnection,
    deadlines: Deadlines,
    /// How many mails have been through it.
    pub mails: u32,
    pub broken: bool,
}

impl Line {
    pub async fn open(relay: &Relay, deadlines: Deadlines) -> Result<Self, Refusal> {
        let wrapped = match &relay.security {
            Security::Wrapped(tls) => Some(tls.clone()),
            _ => None,
        };
        let place = (relay.host.as_str(), relay.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(place, Some(deadlines.connect), &relay.hello, wrapped, None);
        let conn = within(deadlines.connect + deadlines.command, connecting).await;
        let conn = conn.map_err(|trouble| Refusal::new(Phase::Greeting, trouble))?;
        let mut line = Self { conn, deadlines, mails: 0, broken: false };
        match &relay.security {
            Security::Required(tls) => line.encrypt(tls, relay).await?,
            Security::Opportunistic(tls) if line.conn.can_starttls() => line.encrypt(tls, relay).await?,
            _ => {}
        }
        line.log_in(relay).await?;
        Ok(line)
    }

    async fn encrypt(&mut self, tls: &TlsParameters, relay: &Relay) -> Result<(), Refusal> {
        let encrypting = self.conn.starttls(tls.clone(), &relay.hello);
        within(self.deadlines.command, encrypting).await.map_err(|trouble| Refusal::new(Phase::Tls, trouble))
    }

    async fn log_in(&mut self, relay: &Relay) -> Result<(), Refusal> {
        let Some(credentials) = &relay.credentials else { return Ok(()) };
        let answer = within(self.deadlines.command, self.conn.auth(DEFAULT_MECHANISMS, credentials)).await;
        answer.map(drop).map_err(|trouble| Refusal::new(Phase::Auth, trouble))
    }

    /// MAIL, RCPT and DATA: whether the server would take it. Nothing of the mail itself is sent by this, and a server that
    /// loses us now has nothing to keep.
    pub async fn offer(&mut self, mail: &Mail) -> Result<(), Refusal> {
        let mut parameters = Vec::new();
        if mail.needs_utf8() {
            if !self.conn.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "the mail server cannot write to an address with letters outside ASCII".into();
                return Err(Refusal::new(Phase::Recipient, Trouble::Ours(why)));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.say(Phase::Sender, MailFrom::new(Some(mail.from.clone()), parameters)).await?;
        self.say(Phase::Recipient, Rcpt::new(mail.to.clone(), Vec::new())).await?;
        self.say(Phase::Data, Data).await.map(drop)
    }

    /// The mail. The server's answer: it has the mail now.
    pub async fn deliver(&mut self, mail: &Mail) -> Result<String, Refusal> {
        // In one write: lettre's `message` sends the last dot by itself, and Nagle's algorithm then adds 40 ms to the one
        // stretch of time in which a crash leaves a doubt.
        let answer = within(self.deadlines.end_of_data, self.conn.command(with_end(&mail.content))).await;
        self.mails += 1;
        self.heard(Phase::Content, answer).map(|response| in_words(&response))
    }

    /// Clears what was offered in vain.
    pub async fn reset(&mut self) {
        if !self.broken {
            let _ = self.say(Phase::Sender, Rset).await;
        }
    }

    pub async fn close(mut self) {
        if !self.broken {
            let _ = within(self.deadlines.connect, self.conn.command(Quit)).await;
        }
    }

    async fn say(&mut self, phase: Phase, command: impl std::fmt::Display) -> Result<Response, Refusal> {
        let answer = within(self.deadlines.command, self.conn.command(command)).await;
        self.heard(phase, answer)
    }

    fn heard(&mut self, phase: Phase, answer: Result<Response, Trouble>) -> Result<Response, Refusal> {
        let heard = answer.map_err(|trouble| Refusal::new(phase, trouble));
        self.broken |= heard.as_ref().is_err_and(Refusal::ends_connection);
        heard
    }
}

/// The mail as it stands on the wire: a dot that begins a line is doubled, and a dot alone ends it (RFC 5321 §4.5.2).
fn with_end(content: &str) -> String {
    let ended = content.strip_suffix("\r\n").unwrap_or(content);
    let doubled = ended.replace("\r\n.", "\r\n..");
    let first = if doubled.starts_with('.') { "." } else { "" };
    format!("{first}{doubled}\r\n.\r\n")
}

async fn within<T>(deadline: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match tokio::time::timeout(deadline, work).await {
        Ok(done) => done.map_err(|e| trouble(&e)),
        Err(_) => Err(Trouble::Lost(format!("no answer within {} s", deadline.as_secs_f32()))),
    }
}

fn trouble(error: &Error) -> Trouble {
    let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error.status() {
        Some(code) => Trouble::Answered { code: code.into(), text: tidy(&why) },
        None if is_about_tls(error) => Trouble::Tls(tidy(&why)),
        None if error.is_client() => Trouble::Ours(tidy(&why)),
        None => Trouble::Lost(tidy(&why)),
    }
}

/// rustls reports what it cannot trust as invalid data; a connection that merely broke has other kinds. An answer that is
/// not UTF-8 is of this kind too, and comes later than a handshake.
fn is_about_tls(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    error.is_tls()
}

fn in_words(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    tidy(&format!("{} {}", response.code(), lines.join(" ")))
}

/// What a server says is kept, but only so much of it, and on one line.
fn tidy(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_line_is_a_dot() {
        for (content, wire) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            ("", "\r\n.\r\n"),
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            (".a\r\n..\r\n\r\n", "..a\r\n...\r\n\r\n.\r\n"),
        ] {
            assert_eq!(with_end(content), wire);
        }
    }
}
