//! The way mails take: to a mail server or into a folder, in the same two steps. What is offered can still be taken
//! back; what is delivered cannot.

use std::path::PathBuf;

use super::compose::Mail;
use super::files;
use super::relay::Relay;
use super::smtp::{Deadlines, Line};
use super::verdict::{Phase, Refusal, Trouble};
use crate::outbox::MessageId;

#[derive(Clone)]
pub enum Route {
    Files(PathBuf),
    Smtp(Box<Relay>),
}

/// A route that is open now.
pub enum Way {
    Folder(PathBuf),
    Server(Box<Line>),
}

impl Route {
    pub async fn open(&self, deadlines: Deadlines) -> Result<Way, Refusal> {
        match self {
            Self::Files(folder) => Ok(Way::Folder(folder.clone())),
            Self::Smtp(relay) => Ok(Way::Server(Box::new(Line::open(relay, deadlines).await?))),
        }
    }
}

impl Way {
    pub async fn offer(&mut self, id: MessageId, mail: &Mail) -> Result<(), Refusal> {
        match self {
            Self::Folder(folder) => files::offer(folder, id, mail).await,
            Self::Server(line) => line.offer(mail).await,
        }
    }

    pub async fn deliver(&mut self, id: MessageId, mail: &Mail) -> Result<String, Refusal> {
        match self {
            Self::Folder(folder) => files::deliver(folder, id, mail).await,
            Self::Server(line) => line.deliver(mail).await,
        }
    }

    /// Takes back what was offered, and says why: a server that waits for a mail can only be left.
    pub fn abandon(&mut self, why: String) -> Refusal {
        if let Self::Server(line) = self {
            line.broken = true;
        }
        Refusal::new(Phase::Withdrawn, Trouble::Lost(why))
    }

    /// How many mails have gone this way since it was opened.
    pub fn mails(&self) -> u32 {
        match self {
            Self::Folder(_) => 0,
            Self::Server(line) => line.mails,
        }
    }

    /// Makes room for the next mail after one that came to nothing.
    pub async fn clear(&mut self) {
        if let Self::Server(line) = self {
            line.reset().await;
        }
    }

    pub fn is_open(&self) -> bool {
        match self {
            Self::Folder(_) => true,
            Self::Server(line) => !line.broken,
        }
    }

    /// A server may end a connection after so many mails or so much time: that says nothing about the next mail.
    pub fn had_worn_out(&self, refusal: &Refusal) -> bool {
        match self {
            Self::Folder(_) => false,
            Self::Server(line) => line.mails > 0 && line.broken && refusal.phase == Phase::Sender,
        }
    }

    pub async fn close(self) {
        if let Self::Server(line) = self {
            line.close().await;
        }
    }
}
