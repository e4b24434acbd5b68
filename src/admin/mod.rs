//! The administrator's pages: what needs one, cohorts, people, mail, the content, how the system is, and the log of acts.

pub mod copy;
pub mod pages;
pub mod store;

use std::path::PathBuf;

use futures_util::future::LocalBoxFuture;

use crate::accounts::AccountId;
use crate::cohort::{EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::DbError;
use crate::words;

/// What the process that serves these pages knows of itself and can do.
pub struct Installation {
    pub started_at: Instant,
    /// The folder of the embedded database and of mail that is written to files.
    pub data: PathBuf,
    pub content: PathBuf,
    /// Which way mail goes out, in words.
    pub mail: String,
    /// Reads the content again. False: it has faults, and the old stays.
    pub reload: Box<dyn Fn() -> LocalBoxFuture<'static, Result<bool, DbError>>>,
}

words! {
    /// Which accounts a list shows.
    Show {
        Administrators = "administrators",
        Facilitators = "facilitators",
        Suspended = "suspended",
        Undeliverable = "undeliverable",
        Unverified = "unverified",
    }
}

impl Show {
    pub fn label(self) -> &'static str {
        match self {
            Self::Administrators => "Administrators",
            Self::Facilitators => "Facilitators",
            Self::Suspended => "Suspended",
            Self::Undeliverable => "Address takes no mail",
            Self::Unverified => "Address not confirmed",
        }
    }
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Holder {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub is_administrator: bool,
    pub created_at: Instant,
    pub verified_at: Option<Instant>,
    pub suspended_at: Option<Instant>,
    pub undeliverable_at: Option<Instant>,
}

impl Holder {
    pub fn path(&self) -> String {
        format!("/admin/people/{}", self.id)
    }

    /// What is not usual about the account, each with its look.
    pub fn states(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            (self.is_administrator, ("Administrator", "")),
            (self.suspended_at.is_some(), ("Suspended", "now")),
            (self.verified_at.is_none(), ("Address not confirmed", "now")),
            (self.undeliverable_at.is_some(), ("Address takes no mail", "now")),
        ];
        all.into_iter().filter(|(holds, _)| *holds).map(|(_, state)| state).collect()
    }
}

/// Somebody's place in a cohort, whatever became of it.
#[derive(Debug, Clone, diesel::Queryable)]
pub struct Enrolled {
    pub enrolment: EnrolmentId,
    pub cohort: String,
    pub slug: String,
    pub role: Role,
    pub standing: Standing,
    pub enrolled_at: Instant,
    pub last_seen_at: Option<Instant>,
}

/// An address to which nothing goes any more.
#[derive(Debug, Clone, diesel::Queryable)]
pub struct Dead {
    pub account: AccountId,
    pub address: String,
    pub since: Instant,
    /// What the mail server said, as far as that is still on record.
    pub answer: Option<String>,
    pub reason: Option<String>,
}
