//! Every email on its way: queued in the transaction of its cause, claimed under a lease, settled once.
//!
//! `pending → claimed → data_started → sent`, or back to `pending`, or `failed`, `cancelled`, `missed`, `unknown`.
//! Account mail (verify, reset, invitation) is sent at least once; bulk mail (reminders) at most once, never silently lost.

pub mod deliver;
pub mod store;

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

/// A mail to be queued: finished words, one recipient.
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
    /// For bulk mail.
    pub list: Option<List>,
    /// When it has lost its meaning.
    pub expires_at: Instant,
}

/// What makes a bulk mail easy to stop (RFC 2369, RFC 8058).
#[derive(Debug, Clone)]
pub struct List {
    /// Such as `spring-2027.learn.example.org`.
    pub id: String,
    pub unsubscribe_url: String,
}

/// What the outbox must ask of those above it while it sends.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Inside the claim: is it still wanted? `Some(reason)` cancels it.
    pub unwanted: fn(&mut Conn, MessageId, Instant) -> diesel::QueryResult<Option<String>>,
    /// The address does not exist: nothing more goes there.
    pub undeliverable: fn(&mut Conn, account: i64, Instant) -> diesel::QueryResult<()>,
}
