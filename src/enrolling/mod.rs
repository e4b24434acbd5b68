//! How people come into a cohort: by joining it, with a code, by asking for a place, by an invitation; how many places
//! there are, and who waits for one.

pub mod domains;
pub mod emails;
pub mod inviting;
pub mod line;
pub mod list;
pub mod mails;
pub mod pages;
pub mod store;
pub mod usher;
pub mod wanted;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;

use crate::cohort::{Cohort, Role};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::secret::{Secret, same};
use crate::{id, words};
use domains::Domains;

id!(InvitationId);
id!(RequestId);

words! {
    /// How somebody's wish for a place stands.
    Wish {
        /// A facilitator has yet to decide.
        Asked = "asked",
        /// In line for the next place.
        Waiting = "waiting",
        Declined = "declined",
        Placed = "placed",
        TakenBack = "taken-back",
    }
}

/// How long an invitation holds.
pub const INVITATION_DAYS: i64 = 14;
/// Those who have not answered are reminded once after so many days, unless the facilitators say otherwise.
pub const USUAL_REMINDER_DAYS: i32 = 5;
/// The reminder must leave time to answer.
pub const MOST_REMINDER_DAYS: i32 = 13;
pub const MOST_PLACES: i32 = 100_000;

pub fn invitation_lasts() -> TimeDelta {
    TimeDelta::days(INVITATION_DAYS)
}

/// What a cohort's facilitators have chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub code: Option<Code>,
    /// None: no limit.
    pub places: Option<i32>,
    /// Whoever joins or is invited by a list has an address there. One whom an administrator invites may have any.
    pub domains: Domains,
    /// None: nobody is reminded of an invitation.
    pub remind_after_days: Option<i32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { code: None, places: None, domains: Domains::default(), remind_after_days: Some(USUAL_REMINDER_DAYS) }
    }
}

/// How many places there are and how many are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    pub limit: Option<i64>,
    pub learners: i64,
    /// An invitation keeps a place for as long as it holds.
    pub invited: i64,
}

impl Places {
    /// None: as many as come.
    pub fn free(&self) -> Option<i64> {
        self.limit.map(|limit| (limit - self.learners - self.invited).max(0))
    }

    /// Whether more are taken than there are.
    pub fn is_exceeded(&self) -> bool {
        self.limit.is_some_and(|limit| self.learners + self.invited > limit)
    }
}

/// Where people join, ask, and see how their wish stands.
pub fn join_path(cohort: &Cohort) -> String {
    format!("{}/join", cohort.path())
}

/// `1 person`, `2 people`.
pub fn people(number: usize) -> String {
    if number == 1 { "1 person".into() } else { format!("{number} people") }
}

/// Ten letters and digits that cannot be taken for one another, in two halves: `kq7mz-3hxwp`. 49 random bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(String);

const CODE_LETTERS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345679";
const HALF: usize = 5;

impl Code {
    pub fn random() -> Self {
        // A secret is 32 random bytes: two of them make a number that 30 letters share evenly enough.
        let random = URL_SAFE_NO_PAD.decode(Secret::random().as_str()).unwrap_or_default();
        let letters = random.chunks_exact(2).map(|two| {
            let number = usize::from(u16::from_be_bytes([two[0], two[1]]));
            char::from(CODE_LETTERS[number % CODE_LETTERS.len()])
        });
        let letters: String = letters.take(2 * HALF).collect();
        Self(format!("{}-{}", &letters[..HALF], &letters[HALF..]))
    }

    /// As it is kept.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody typed this code, in capitals or without its dash as they like. Takes the same time for every
    /// wrong one.
    pub fn is(&self, typed: &str) -> bool {
        same(&plain(&self.0), &plain(typed))
    }
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// An invitation that has not been answered.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    /// Empty: nobody said.
    pub name: String,
    pub email: String,
    pub role: Role,
    pub invited_at: Instant,
    pub expires_at: Instant,
    /// None: its mail is not queued yet.
    pub mailed_at: Option<Instant>,
    pub reminded_at: Option<Instant>,
    /// What became of its newest mail. None: nobody knows any more, or yet.
    pub mail: Option<outbox::State>,
}

/// Somebody who asks for a place, or waits for one.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: RequestId,
    pub account: crate::accounts::AccountId,
    pub name: String,
    pub email: String,
    pub wish: Wish,
    pub since: Instant,
    pub why: String,
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = Code::kept("kq7mz-3hxwp".into());
        for typed in ["kq7mz-3hxwp", "KQ7MZ3HXWP", " kq7mz 3hxwp "] {
            assert!(code.is(typed), "{typed}");
        }
        for wrong in ["", "kq7mz-3hxw", "kq7mz-3hxwpp", "kq7mz-3hxwq"] {
            assert!(!code.is(wrong), "{wrong}");
        }
        let (one, other) = (Code::random(), Code::random());
        assert!(one != other && one.as_str().len() == 11 && one.is(one.as_str()));
    }

    #[test]
    fn places_are_never_fewer_than_none() {
        let places = |limit| Places { limit, learners: 3, invited: 2 };
        assert_eq!(places(None).free(), None);
        assert_eq!(places(Some(7)).free(), Some(2));
        assert_eq!(places(Some(4)).free(), Some(0));
        let exceeded = [None, Some(7), Some(5), Some(4)].map(|limit| places(limit).is_exceeded());
        assert_eq!(exceeded, [false, false, false, true]);
    }
}
