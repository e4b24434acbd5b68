//! A mail server of the tests' own: it keeps what it takes, and misbehaves as it is told, for all or for one recipient.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops here")]

mod decode;

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use decode::{base64_decoded, boundary, header, quoted_decoded, words_decoded};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    Ok,
    /// 451 at the first RCPT of each recipient, and good from then on.
    Grey,
    /// 451 at every RCPT.
    GreyForEver,
    /// 550 5.1.1 at RCPT.
    Reject,
    /// 550 5.7.1 at RCPT.
    Refuse,
    /// 550 5.1.8 at RCPT: the sender's domain is not found.
    UnknownSender,
    /// 550 5.7.1 at MAIL.
    RefuseSender,
    /// 451 after the mail.
    Data4,
    /// 554 after the mail.
    Data5,
    /// Keeps the mail and goes away without an answer.
    DropAfterData,
    /// Keeps the mail and never answers.
    HangAfterData,
    /// Keeps the mail, and answers in letters that are not UTF-8.
    OddAfterData,
    /// 550 at RCPT, in such letters.
    OddReject,
    /// Goes away at the DATA command.
    DropBeforeData,
    /// Never answers: from the greeting on, or from RCPT on for one recipient.
    Hang,
    /// 421 and away: at the greeting, or at RCPT for one recipient.
    Busy,
    /// 530 at MAIL, or at RCPT for one recipient.
    AuthRequired,
    /// Offers AUTH and takes no password.
    BadLogin,
    /// Offers STARTTLS and speaks no TLS.
    BadTls,
    /// 421 at the second mail of a connection.
    OneMailEach,
}

#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: String,
    /// As it came, with CRLF, without the doubled dots.
    pub raw: String,
    pub subject: String,
}

impl Received {
    /// The value of a header, unfolded, as it is written.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.raw, name)
    }

    /// The text part, decoded.
    pub fn text(&self) -> String {
        let part = match self.header("Content-Type").and_then(|kind| boundary(&kind)) {
            Some(boundary) => self
                .raw
                .split(&format!("--{boundary}"))
                .find(|part| {
                    header(part.trim_start(), "Content-Type").is_some_and(|kind| kind.starts_with("text/plain"))
                })
                .unwrap_or_default()
                .trim_start(),
            None => &self.raw,
        };
        let (head, body) = part.split_once("\r\n\r\n").unwrap_or((part, ""));
        let bytes = match header(head, "Content-Transfer-Encoding").unwrap_or_default().as_str() {
            "base64" => base64_decoded(body),
            "quoted-printable" => quoted_decoded(&body.replace("=\r\n", ""), b'='),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned()
    }
}

pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    behaviour: Option<Behaviour>,
    of_recipient: HashMap<String, Behaviour>,
    greyed: HashSet<String>,
    received: Vec<Received>,
    connections: usize,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Self { address, shared, accepting }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How it treats everybody who has no treatment of their own.
    pub fn set(&self, behaviour: Behaviour) {
        self.shared.lock().behaviour = Some(behaviour);
    }

    pub fn set_for(&self, recipient: &str, behaviour: Behaviour) {
        self.shared.lock().of_recipient.insert(recipient.into(), behaviour);
    }

    /// Every mail it took, in order.
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn behaviour(&self) -> Behaviour {
        self.lock().behaviour.unwrap_or(Behaviour::Ok)
    }

    fn towards(&self, recipient: &str) -> Behaviour {
        let own = self.lock().of_recipient.get(recipient).copied();
        own.unwrap_or_else(|| self.behaviour())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.lock().connections += 1;
        let talk = Talk {
            stream: BufReader::new(stream),
            shared: shared.clone(),
            from: String::new(),
            to: String::new(),
            mails: 0,
        };
        tokio::spawn(async move {
            let _ = talk.hold().await;
        });
    }
}

/// One connection.
struct Talk {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    from: String,
    to: String,
    mails: usize,
}

/// The server goes away.
struct Away;

impl From<std::io::Error> for Away {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Talk {
    async fn hold(mut self) -> Result<(), Away> {
        match self.shared.behaviour() {
            Behaviour::Hang => self.hang().await?,
            Behaviour::Busy => return self.say("421 4.3.2 Too busy").await,
            _ => self.say("220 mail.test ESMTP").await?,
        }
        loop {
            let line = self.line().await?;
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => self.greet().await?,
                "MAIL" => self.sender(&line).await?,
                "RCPT" => self.recipient(&line).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    (self.from, self.to) = Default::default();
                    self.say("250 2.0.0 Ok").await?;
                }
                "AUTH" => self.say("535 5.7.8 Wrong user or password").await?,
                "STARTTLS" => {
                    self.say("220 2.0.0 Go ahead").await?;
                    self.say("this is no TLS").await?;
                }
                "QUIT" => return self.say("221 2.0.0 Bye").await,
                _ => self.say("502 5.5.1 What?").await?,
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Away> {
        match self.shared.behaviour() {
            Behaviour::BadLogin => self.say("250-mail.test\r\n250 AUTH PLAIN LOGIN").await,
            Behaviour::BadTls => self.say("250-mail.test\r\n250 STARTTLS").await,
            _ => self.say("250-mail.test\r\n250 8BITMIME").await,
        }
    }

    async fn sender(&mut self, line: &str) -> Result<(), Away> {
        match self.shared.behaviour() {
            Behaviour::AuthRequired => return self.say("530 5.7.0 Authentication required").await,
            Behaviour::RefuseSender => return self.say("550 5.7.1 Nobody sends from that address here").await,
            Behaviour::OneMailEach if self.mails > 0 => {
                self.say("421 4.7.0 One mail for each connection").await?;
                return Err(Away);
            }
            _ if !self.from.is_empty() => return self.say("503 5.5.1 Sender already given").await,
            _ => {}
        }
        self.from = address(line);
        self.say("250 2.1.0 Ok").await
    }

    async fn recipient(&mut self, line: &str) -> Result<(), Away> {
        let to = address(line);
        match self.shared.towards(&to) {
            Behaviour::GreyForEver => self.say("451 4.7.1 Come back later").await,
            Behaviour::Reject => self.say("550 5.1.1 No such user").await,
            Behaviour::Refuse => self.say("550 5.7.1 Not from you").await,
            Behaviour::UnknownSender => self.say("550 5.1.8 Sender address rejected: Domain not found").await,
            Behaviour::OddReject => self.say_bytes(b"550 5.1.1 Empf\xe4nger unbekannt\r\n").await,
            Behaviour::AuthRequired => self.say("530 5.7.0 Authentication required").await,
            Behaviour::Hang => self.hang().await,
            Behaviour::Busy => self.say("421 4.3.2 Too busy").await.and(Err(Away)),
            Behaviour::Grey if self.shared.lock().greyed.insert(to.clone()) => {
                self.say("451 4.7.1 Come back later").await
            }
            _ => {
                self.to = to;
                self.say("250 2.1.5 Ok").await
            }
        }
    }

    async fn data(&mut self) -> Result<(), Away> {
        let behaviour = self.shared.towards(&self.to);
        if behaviour == Behaviour::DropBeforeData {
            return Err(Away);
        }
        self.say("354 Go on").await?;
        let mut raw = String::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            raw.push_str(line.strip_prefix('.').unwrap_or(&line));
            raw.push_str("\r\n");
        }
        self.mails += 1;
        match behaviour {
            Behaviour::Data4 => return self.refuse("451 4.3.0 Try again").await,
            Behaviour::Data5 => return self.refuse("554 5.7.1 It looks like spam").await,
            _ => {}
        }
        let queued = self.keep(raw);
        match behaviour {
            Behaviour::DropAfterData => Err(Away),
            Behaviour::HangAfterData => self.hang().await,
            Behaviour::OddAfterData => self.say_bytes(b"250 2.0.0 angenommen f\xfcr heute\r\n").await,
            _ => self.say(&format!("250 2.0.0 Ok: queued as {queued}")).await,
        }
    }

    async fn refuse(&mut self, answer: &str) -> Result<(), Away> {
        (self.from, self.to) = Default::default();
        self.say(answer).await
    }

    fn keep(&mut self, raw: String) -> usize {
        let subject = words_decoded(&header(&raw, "Subject").unwrap_or_default());
        let (from, to) = (std::mem::take(&mut self.from), std::mem::take(&mut self.to));
        let mut state = self.shared.lock();
        state.received.push(Received { from, to, raw, subject });
        state.received.len()
    }

    async fn hang(&mut self) -> Result<(), Away> {
        std::future::pending().await
    }

    async fn say(&mut self, answer: &str) -> Result<(), Away> {
        self.say_bytes(format!("{answer}\r\n").as_bytes()).await
    }

    async fn say_bytes(&mut self, answer: &[u8]) -> Result<(), Away> {
        self.stream.write_all(answer).await?;
        Ok(self.stream.flush().await?)
    }

    async fn line(&mut self) -> Result<String, Away> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(Away);
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
