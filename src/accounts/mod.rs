//! Who someone is: accounts, passwords, sessions and the links that prove an address.
//!
//! An account that is not verified has no session, so nothing behind the door has to ask again.

pub mod doors;
pub mod emails;
pub mod gate;
pub mod next;
pub mod once_more;
pub mod pages;
pub mod password;
pub mod passwords;
pub mod store;

use std::net::IpAddr;

use chrono::TimeDelta;

use crate::platform::clock::Instant;
use crate::{id, words};

id!(AccountId);
id!(SessionId);

/// Somebody who is signed in, verified and not suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: AccountId,
    pub session: SessionId,
    pub name: String,
    pub email: String,
    pub is_administrator: bool,
    /// Since when mail to their address comes back, if it does.
    pub undeliverable_at: Option<Instant>,
    /// When the session was last noted as in use; see [`store::touch`].
    pub seen_at: Instant,
    /// The address that they ask from.
    pub from: Option<IpAddr>,
}

impl Person {
    /// Whether the session's last use is worth noting again: at most every 10 minutes, for it is a write.
    pub fn is_due_for_touch(&self, now: Instant) -> bool {
        now.since(self.seen_at) >= TOUCH_EVERY
    }
}

words! {
    /// What a link in a mail is for.
    Purpose { Verify = "verify", Reset = "reset" }
}

/// How long the link in a mail can be used.
pub const VERIFY_LASTS: TimeDelta = TimeDelta::hours(24);
pub const RESET_LASTS: TimeDelta = TimeDelta::minutes(30);
pub const FIRST_LINK_LASTS: TimeDelta = TimeDelta::days(7);

/// A session that is not used for so long has ended.
const IDLE: TimeDelta = TimeDelta::days(14);
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(10);
/// An address that is not confirmed for so long is forgotten.
const UNVERIFIED_KEPT: TimeDelta = TimeDelta::days(14);

/// How long a new session may last, used or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    pub lasts: TimeDelta,
    /// The cookie outlives the browser's closing.
    pub kept: bool,
}

impl Stay {
    pub fn of(is_administrator: bool, on_shared_computer: bool) -> Self {
        match (is_administrator, on_shared_computer) {
            (_, true) => Self { lasts: TimeDelta::hours(8), kept: false },
            (true, false) => Self { lasts: TimeDelta::hours(12), kept: false },
            (false, false) => Self { lasts: TimeDelta::days(30), kept: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_learner_on_their_own_computer_stays_for_weeks() {
        assert_eq!(Stay::of(false, false), Stay { lasts: TimeDelta::days(30), kept: true });
        for (is_administrator, shared, hours) in [(true, false, 12), (true, true, 8), (false, true, 8)] {
            let stay = Stay::of(is_administrator, shared);
            assert_eq!((stay.lasts, stay.kept), (TimeDelta::hours(hours), false));
        }
    }
}
