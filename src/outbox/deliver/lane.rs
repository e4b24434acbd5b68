//! One mail after another: claim, offer, mark, deliver, settle.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::QueryResult;

use super::compose::{self, Mail, Words};
use super::route::Way;
use super::settle::{announce, write_down};
use super::verdict::{Refusal, Verdict};
use super::{Courier, LEASE, next_attempt};
use crate::outbox::notebook::{Notebook, Step};
use crate::outbox::store::{self, Claim, Room};
use crate::outbox::{Anew, Answer, Rules};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, DbError};

/// So many connections that break one after another end a round.
const LOSSES: u32 = 2;
/// A round comes to its end after that, so that what stands around it has its turn.
const ROUND: Duration = Duration::from_secs(20);

/// One of a courier's hands.
pub struct Lane<'c> {
    courier: &'c Courier,
    number: usize,
    owner: String,
    notebook: Notebook,
    settled: &'c Cell<usize>,
}

/// What a claim gave.
enum Next {
    /// `held_up`: there may be something that would only leave too fast.
    Nothing {
        held_up: bool,
    },
    /// It goes to nobody, and that is written down already.
    Settled,
    /// It could not be asked whether it is wanted, or another lane has its domain; it waits.
    Postponed,
    Message(Claim, Words),
}

impl<'c> Lane<'c> {
    pub fn new(courier: &'c Courier, number: usize, settled: &'c Cell<usize>) -> Self {
        let owner = courier.owner_of_lane(number);
        let notebook = Notebook::open(&courier.notebooks, &owner);
        Self { courier, number, owner, notebook, settled }
    }

    /// All that is due, as long as a round lasts.
    pub async fn send_all(self) -> Result<(), DbError> {
        let sent = self.send_one_by_one().await;
        self.courier.pace.done(self.number);
        // After an error it may know more than the database does: the next round reads it.
        if sent.is_ok() {
            self.notebook.close();
        }
        sent
    }

    async fn send_one_by_one(&self) -> Result<(), DbError> {
        let ends = tokio::time::Instant::now() + ROUND;
        let (mut open, mut next, mut losses) = (None::<Way>, None, 0);
        while next.is_some() || (losses < LOSSES && self.goes_on(ends)) {
            let mut way = match open.take() {
                Some(way) => way,
                None if !self.courier.is_due().await? => return Ok(()),
                None => match self.courier.route.open(self.courier.deadlines).await {
                    Ok(way) => {
                        self.courier.server_is_back().await?;
                        way
                    }
                    Err(refusal) => return self.nobody_there(&refusal).await,
                },
            };
            let turn = match next.take() {
                Some(turn) => turn,
                None => self.claim().await?,
            };
            match turn {
                Next::Nothing { held_up } if held_up && self.may_wait_for_its_turn().await? => {}
                Next::Nothing { .. } => {
                    way.close().await;
                    return Ok(());
                }
                Next::Settled => self.count(true),
                Next::Postponed => {}
                Next::Message(claim, words) => {
                    let verdict = self.send(&mut way, &claim, words).await?;
                    let another = self.goes_on(ends) && way.is_open() && !self.is_worn(&way);
                    next = self.settle(&claim, verdict, another).await?;
                }
            }
            losses = if way.is_open() { 0 } else { losses + 1 };
            open = self.keep(way).await;
        }
        if let Some(way) = open {
            way.close().await;
        }
        Ok(())
    }

    fn goes_on(&self, ends: tokio::time::Instant) -> bool {
        tokio::time::Instant::now() < ends && !self.courier.is_stopped()
    }

    fn is_worn(&self, way: &Way) -> bool {
        self.courier.per_connection.is_some_and(|most| way.mails() >= most)
    }

    /// The connection for the next mail, if it may be used for another.
    async fn keep(&self, way: Way) -> Option<Way> {
        if self.is_worn(&way) {
            way.close().await;
            return None;
        }
        Some(way).filter(Way::is_open)
    }

    /// Waits a moment if there is mail which only leaves too fast. The first lane does that for all.
    async fn may_wait_for_its_turn(&self) -> Result<bool, DbError> {
        let pause = self.courier.pace.pause().filter(|_| self.number == 1);
        match pause {
            Some(pause) if self.courier.is_due().await? => {
                tokio::time::sleep(pause).await;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn count(&self, settled: bool) {
        self.settled.set(self.settled.get() + usize::from(settled));
    }

    async fn claim(&self) -> Result<Next, DbError> {
        let asking = Asking::of(self);
        let next = self.courier.db.write(move |conn| asking.claim(conn).map_err(DbError::from)).await?;
        self.take_in_hand(next).await
    }

    /// Unless another lane was faster with a mail to the same domain.
    async fn take_in_hand(&self, next: Next) -> Result<Next, DbError> {
        match next {
            Next::Message(claim, _) if !self.courier.pace.take(self.number, &claim) => {
                let (id, owner) = (claim.id, self.owner.clone());
                self.courier.db.write(move |conn| store::release(conn, id, &owner).map_err(DbError::from)).await?;
                Ok(Next::Postponed)
            }
            next => Ok(next),
        }
    }

    /// The server is away: one message waits for its next attempt, the others for the next round.
    async fn nobody_there(&self, refusal: &Refusal) -> Result<(), DbError> {
        self.courier.server_is_away();
        match self.claim().await? {
            Next::Message(claim, _) => drop(self.settle(&claim, refusal.verdict(claim.envelope.class), false).await?),
            Next::Settled => self.count(true),
            Next::Nothing { .. } | Next::Postponed => {}
        }
        Ok(())
    }

    /// Hands one message over, or finds out why not.
    async fn send(&self, way: &mut Way, claim: &Claim, words: Words) -> Result<Verdict, DbError> {
        let now = self.courier.clock.now();
        let mail = match compose::compose(&claim.message_id, words, &self.courier.sender, now) {
            Ok(mail) => mail,
            Err(reason) => return Ok(Verdict::Failed { reason, answer: None, no_such_address: false }),
        };
        let mut offered = way.offer(claim.id, &mail).await;
        if offered.as_ref().is_err_and(|refusal| way.had_worn_out(refusal)) {
            match self.courier.route.open(self.courier.deadlines).await {
                Ok(fresh) => *way = fresh,
                Err(refusal) => return Ok(refusal.verdict(claim.envelope.class)),
            }
            offered = way.offer(claim.id, &mail).await;
        }
        let delivered = match offered {
            Ok(()) => self.hand_over(way, claim, &mail).await?,
            Err(refusal) => Err(refusal),
        };
        let silent = delivered.as_ref().is_err_and(Refusal::is_silence_about_recipient);
        self.courier.pace.heard(claim, !silent);
        match delivered {
            Ok(answer) => Ok(Verdict::Sent { answer }),
            Err(refusal) => {
                way.clear().await;
                Ok(refusal.verdict(claim.envelope.class))
            }
        }
    }

    /// From here on a crash may leave a doubt, so nothing stands between the steps but what they need.
    async fn hand_over(&self, way: &mut Way, claim: &Claim, mail: &Mail) -> Result<Result<String, Refusal>, DbError> {
        let noted = self.note(claim, &Step::Offered);
        let marked = noted.is_ok() && self.mark_data_started(claim, &mail.subject).await?;
        match noted.and_then(|()| if marked { self.note(claim, &Step::HandedOver) } else { Ok(()) }) {
            Ok(()) if marked => {}
            Ok(()) => return Ok(Err(way.abandon("the mail server took too long to take the recipient".into()))),
            Err(e) => return Ok(Err(way.abandon(format!("nothing can be noted on this machine: {e}")))),
        }
        let delivered = way.deliver(claim.id, mail).await;
        if let Ok(answer) = &delivered {
            // Without it what is not settled either becomes unknown, which is true.
            let _ = self.note(claim, &Step::Taken(answer.clone()));
        }
        Ok(delivered)
    }

    fn note(&self, claim: &Claim, step: &Step) -> io::Result<()> {
        self.notebook.note(claim.id, step)
    }

    async fn mark_data_started(&self, claim: &Claim, subject: &str) -> Result<bool, DbError> {
        let longest = self.courier.deadlines.command + self.courier.deadlines.end_of_data;
        let lease = LEASE + TimeDelta::from_std(longest).unwrap_or(TimeDelta::hours(1));
        let (id, now, owner) = (claim.id, self.courier.clock.now(), self.owner.clone());
        let subject = subject.to_owned();
        self.courier.db.write(move |conn| Ok(store::mark_data_started(conn, (id, &subject), &owner, now, lease)?)).await
    }

    /// Writes down what became of a message and, if there is to be another, claims it in the same transaction, which saves
    /// an fsync. It insists a little: what is not written down after DATA becomes unknown.
    async fn settle(&self, claim: &Claim, verdict: Verdict, another: bool) -> Result<Option<Next>, DbError> {
        announce(claim.id, &verdict);
        self.courier.pace.done(self.number);
        let mut pauses = [200, 1_000].into_iter();
        let (settled, next) = loop {
            let (claim, verdict, asking) = (claim.clone(), verdict.clone(), Asking::of(self));
            let settling = self.courier.db.write(move |conn| {
                let settled = write_down(conn, &claim, &verdict, (&asking.owner, &asking.rules), asking.now)?;
                let next = if another { Some(asking.claim(conn)?) } else { None };
                Ok((settled, next))
            });
            match (settling.await, pauses.next()) {
                (Err(DbError::Unavailable(_)), Some(pause)) => tokio::time::sleep(Duration::from_millis(pause)).await,
                (done, _) => break done?,
            }
        };
        self.count(settled);
        match next {
            Some(next) => self.take_in_hand(next).await.map(Some),
            None => Ok(None),
        }
    }
}

/// What a claim is made with, inside a transaction.
struct Asking {
    owner: String,
    room: Room,
    rules: Rules,
    now: Instant,
}

impl Asking {
    fn of(lane: &Lane) -> Self {
        let courier = lane.courier;
        let (owner, rules) = (lane.owner.clone(), courier.rules.clone());
        Self { owner, room: courier.pace.room(), rules, now: courier.clock.now() }
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

/// Why a claimed mail does not go.
enum Dropped {
    Unwanted(String),
    Forgotten,
}
