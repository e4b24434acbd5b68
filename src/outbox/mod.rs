//! Every email on its way: queued in the transaction of its cause, claimed under a lease, settled once.
//!
//! `pending → claimed → data_started → sent`, or back to `pending`, or `failed`, `cancelled`, `missed`, `unknown`.
//! Account mail (verify, reset, invitation) is sent at least once; bulk mail (reminders) at most once, never silently lost.

pub mod deliver;
pub mod notebook;
pub mod return_path;
pub mod returned;
pub mod store;

use std::sync::Arc;

use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::{id, words};

id!(MessageId);

words! {
    /// Account mail goes ahead of bulk mail.
    Class { Account = "account", Bulk = "bulk" }
}

words! {
    State {
        Pending = "pending",
        Claimed = "claimed",
        DataStarted = "data_started",
        Sent = "sent",
        Failed = "failed",
        Cancelled = "cancelled",
        Missed = "missed",
        Unknown = "unknown",
    }
}

/// For whom a mail is, and until when. What it says stands beside it, or is written as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub class: Class,
    /// The account it is for, if there is one; opaque here.
    pub account: Option<i64>,
    pub to_name: String,
    pub to: String,
    /// When it has lost its meaning.
    pub expires_at: Instant,
}

/// A mail with its words, to one recipient.
#[derive(Debug, Clone)]
pub struct Letter {
    pub class: Class,
    /// The account it is for, if there is one; opaque here.
    pub account: Option<i64>,
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub reply_to: Option<String>,
    /// Every bulk mail has one.
    pub list: Option<List>,
    /// When it has lost its meaning.
    pub expires_at: Instant,
    /// For the reader's calendar: an iCalendar text that says its METHOD (RFC 6047).
    pub calendar: Option<String>,
    /// A file that comes along, where there is no calendar.
    pub attachment: Option<Attachment>,
    /// Such as `thread-12`: mail programs show mails of one conversation together, and what a reader answers to such a
    /// mail comes back to us, where the settings name an address for it.
    pub conversation: Option<String>,
}

impl Letter {
    pub fn envelope(&self) -> Envelope {
        Envelope {
            class: self.class,
            account: self.account,
            to_name: self.to_name.clone(),
            to: self.to.clone(),
            expires_at: self.expires_at,
        }
    }
}

/// A PDF beside the words of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Such as `spring-2027-01-22.pdf`.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What makes a bulk mail easy to stop (RFC 2369, RFC 8058).
#[derive(Debug, Clone)]
pub struct List {
    /// Such as `spring-2027.learn.example.org`.
    pub id: String,
    pub unsubscribe_url: String,
}

/// How a message stands: what a ledger, a page and the command line say of it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::messages)]
pub struct Standing {
    pub id: MessageId,
    /// As in the mail's header, with its angle brackets.
    pub message_id: String,
    pub class: Class,
    #[diesel(column_name = recipient)]
    pub to: String,
    /// Empty until it is written, for a mail that is written as it leaves.
    pub subject: String,
    pub state: State,
    pub reason: Option<String>,
    /// The mail server's own words when it took or refused the mail.
    pub server_answer: Option<String>,
    pub attempts: i32,
    pub created_at: Instant,
    pub next_attempt_at: Instant,
    pub settled_at: Option<Instant>,
}

/// How the outbox stands: what a page, `mail status` and the metrics tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Waiting or in a courier's hand; such as are to go out later do not count.
    pub waiting: i64,
    /// Tried in vain so far, whether or not it is time for their next attempt.
    pub tried: i64,
    /// Since when the first of all these should have been on its way, however often it was put off since.
    pub oldest_due_at: Option<Instant>,
    /// Of the last 24 hours.
    pub sent: i64,
    pub failed: i64,
    pub unknown: i64,
    pub halt: Option<Halt>,
}

/// Why nothing is sent at all, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    pub reason: String,
    pub halted_at: Instant,
}

/// What those above say of a mail as it is claimed.
pub enum Answer {
    /// Nobody wants it any more, and why: it is cancelled.
    Unwanted(String),
    /// Not before then.
    Later(Instant),
    /// It goes with the words that it was queued with.
    AsQueued,
    /// It is written now, to whom it is for by now.
    Anew(Anew),
}

/// A mail that is written as it leaves, so that it says what holds then.
pub struct Anew {
    pub to_name: String,
    pub to: String,
    pub write: Box<Write>,
}

/// Asked outside any transaction. Errors say why there is no such mail: it fails, and no other with it.
pub type Write = dyn FnOnce() -> Result<Letter, String> + Send;

/// Inside the claim: is it still wanted, and what does it say?
type Ask = dyn Fn(&mut Conn, MessageId, Instant) -> diesel::QueryResult<Answer> + Send + Sync;

/// What the outbox must ask of those above it while it sends.
#[derive(Clone)]
pub struct Rules {
    pub ask: Arc<Ask>,
    /// The address does not exist: nothing more goes there.
    pub undeliverable: fn(&mut Conn, account: i64, Instant) -> diesel::QueryResult<()>,
}
