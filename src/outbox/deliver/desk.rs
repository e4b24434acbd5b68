//! What a lane writes down and takes up, in one transaction.

use chrono::TimeDelta;
use diesel::QueryResult;

use super::compose::Words;
use super::settle::write_down;
use super::verdict::Verdict;
use super::{LEASE, next_attempt};
use crate::outbox::store::{self, Claim, Room};
use crate::outbox::{Anew, Answer, MessageId, Rules};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, DbError};

/// A mail that is in this hand no more, and what became of it.
#[derive(Clone)]
pub struct Done {
    pub claim: Claim,
    pub verdict: Verdict,
}

/// What a claim gave.
pub enum Next {
    /// `held_up`: there may be something that would only leave too fast.
    Nothing {
        held_up: bool,
    },
    /// It goes to nobody, and that is written down already.
    Settled,
    /// It is not to go yet, it could not be asked whether it is wanted, or another lane has its domain; it waits.
    Postponed,
    Message(Claim, Words),
}

/// What one transaction came to.
pub struct Written {
    pub settled: usize,
    pub marked: bool,
    pub next: Option<Next>,
}

/// What a claim is made with, inside a transaction.
pub struct Asking {
    pub owner: String,
    pub room: Room,
    pub rules: Rules,
    pub now: Instant,
}

impl Asking {
    /// What became of mails; that one goes now, if it may still; and the claim of another, if there is to be one.
    pub fn write_down(
        &self,
        conn: &mut Conn,
        done: &[Done],
        goes: Option<(MessageId, String)>,
        lease: TimeDelta,
        another: bool,
    ) -> Result<Written, DbError> {
        let mut settled = 0;
        for Done { claim, verdict } in done {
            settled += usize::from(write_down(conn, claim, verdict, (&self.owner, &self.rules), self.now)?);
        }
        let marked = match &goes {
            Some((id, subject)) => store::mark_data_started(conn, (*id, subject), &self.owner, self.now, lease)?,
            None => false,
        };
        let next = if another && (marked || goes.is_none()) { Some(self.claim(conn)?) } else { None };
        Ok(Written { settled, marked, next })
    }

    /// Claims a message and asks whether it is still wanted.
    fn claim(&self, conn: &mut Conn) -> QueryResult<Next> {
        let (owner, now) = (&self.owner, self.now);
        let Some(mut claim) = store::claim_within(conn, owner, now, LEASE, &self.room)? else {
            let held_up = !self.room.bulk || !self.room.waiting.is_empty();
            return Ok(Next::Nothing { held_up });
        };
        // In a savepoint, so that a question that fails does not take the claim with it and come first for ever.
        match diesel::Connection::transaction(conn, |conn| self.words(conn, &mut claim)) {
            Ok(Ok(words)) => Ok(Next::Message(claim, words)),
            Ok(Err(Dropped::Unwanted(reason))) => {
                store::settle_cancelled(conn, claim.id, owner, &reason, now)?;
                Ok(Next::Settled)
            }
            Ok(Err(Dropped::Later(at))) => {
                store::postpone(conn, claim.id, owner, at)?;
                Ok(Next::Postponed)
            }
            Ok(Err(Dropped::Forgotten)) => {
                store::settle_failed(conn, claim.id, owner, ("what it said is not kept any more", None), now)?;
                Ok(Next::Settled)
            }
            Err(e) => {
                let reason = format!("it could not be asked whether it is still wanted: {e}");
                tracing::error!(message = %claim.id, reason);
                store::settle_retry(conn, claim.id, owner, next_attempt(&claim, now), &reason)?;
                Ok(Next::Postponed)
            }
        }
    }

    fn words(&self, conn: &mut Conn, claim: &mut Claim) -> QueryResult<Result<Words, Dropped>> {
        Ok(match (self.rules.ask)(conn, claim.id, self.now)? {
            Answer::Unwanted(reason) => Err(Dropped::Unwanted(reason)),
            Answer::Later(at) => Err(Dropped::Later(at)),
            Answer::AsQueued => match store::letter(conn, claim)? {
                Some(letter) => Ok(Words::Kept(Box::new(letter))),
                None => Err(Dropped::Forgotten),
            },
            Answer::Anew(Anew { to_name, to, write }) => {
                if (&to_name, &to) != (&claim.envelope.to_name, &claim.envelope.to) {
                    store::readdress(conn, claim.id, (&to_name, &to))?;
                    (claim.envelope.to_name, claim.envelope.to) = (to_name, to);
                }
                Ok(Words::Unwritten(write))
            }
        })
    }
}

/// Why a claimed mail does not go, or not now.
enum Dropped {
    Unwanted(String),
    Later(Instant),
    Forgotten,
}
