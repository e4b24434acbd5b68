//! One mail after another: claim, offer, mark, deliver, settle. A commit waits for the disk, so there is one for each mail
//! and no more: that a mail goes now is committed together with what became of the one before it, and with the claim of the
//! one after it.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use chrono::TimeDelta;

use super::compose::{self, Mail, Words};
use super::desk::{Asking, Done, Next};
use super::route::Way;
use super::settle::announce;
use super::verdict::{Refusal, Verdict};
use super::{Courier, LEASE};
use crate::outbox::MessageId;
use crate::outbox::notebook::{Notebook, Step};
use crate::outbox::store::{self, Claim};
use crate::platform::db::DbError;

/// So many connections that break one after another end a round.
const LOSSES: u32 = 2;
/// What became of a mail is written down by then.
const SOON: Duration = Duration::from_millis(200);
/// A round comes to its end after that, so that what stands around it has its turn.
const ROUND: Duration = Duration::from_secs(20);

/// One of a courier's hands.
pub struct Lane<'c> {
    courier: &'c Courier,
    number: usize,
    owner: String,
    notebook: Notebook,
    settled: &'c Cell<usize>,
    /// What became of mails, not written down yet.
    done: Vec<Done>,
    /// The mail after the one that goes now.
    next: Option<Next>,
}

impl<'c> Lane<'c> {
    pub fn new(courier: &'c Courier, number: usize, settled: &'c Cell<usize>) -> Self {
        let owner = courier.owner_of_lane(number);
        let notebook = Notebook::open(&courier.notebooks, &owner);
        Self { courier, number, owner, notebook, settled, done: Vec::new(), next: None }
    }

    /// All that is due, as long as a round lasts.
    pub async fn send_all(mut self) -> Result<(), DbError> {
        let sent = self.send_one_by_one().await;
        self.courier.pace.leave(self.number);
        // After an error it may know more than the database does: the next round reads it.
        if sent.is_ok() {
            self.notebook.close();
        }
        sent
    }

    async fn send_one_by_one(&mut self) -> Result<(), DbError> {
        let ends = tokio::time::Instant::now() + ROUND;
        let (mut open, mut losses) = (None::<Way>, 0);
        while self.next.is_some() || (losses < LOSSES && self.goes_on(ends)) {
            let mut way = match open.take() {
                Some(way) => way,
                None if self.next.is_none() && !self.courier.is_due().await? => break,
                None => match self.open().await? {
                    Ok(way) => way,
                    Err(refusal) => return self.nobody_there(&refusal).await,
                },
            };
            match self.turn().await? {
                Next::Nothing { held_up } if held_up && self.may_wait_for_its_turn().await? => {}
                Next::Nothing { .. } => {
                    way.close().await;
                    return Ok(());
                }
                Next::Settled => self.count(1),
                Next::Postponed => {}
                Next::Message(claim, words) => {
                    let verdict = self.send(&mut way, &claim, words, ends).await?;
                    self.is_done(claim, verdict).await?;
                }
            }
            losses = if way.is_open() { 0 } else { losses + 1 };
            open = self.keep(way).await;
        }
        self.write_down(None, false).await?;
        if let Some(way) = open {
            way.close().await;
        }
        Ok(())
    }

    async fn open(&mut self) -> Result<Result<Way, Refusal>, DbError> {
        self.write_down(None, false).await?;
        let way = self.courier.route.open(self.courier.deadlines).await;
        if way.is_ok() {
            self.courier.server_is_back().await?;
        }
        Ok(way)
    }

    /// What became of a mail is written down with the next one, unless it is more than that it was sent.
    async fn is_done(&mut self, claim: Claim, verdict: Verdict) -> Result<(), DbError> {
        announce(claim.id, &verdict);
        self.courier.pace.done(claim.id);
        if matches!(verdict, Verdict::Halt { .. }) {
            self.let_go_of_next().await;
        }
        let waits = matches!(verdict, Verdict::Sent { .. });
        self.done.push(Done { claim, verdict });
        if waits { Ok(()) } else { self.write_down(None, false).await.map(drop) }
    }

    fn goes_on(&self, ends: tokio::time::Instant) -> bool {
        tokio::time::Instant::now() < ends && !self.courier.is_stopped()
    }

    /// Whether the connection takes so many more mails.
    fn takes(&self, way: &Way, more: u32) -> bool {
        self.courier.per_connection.is_none_or(|most| way.mails() + more <= most)
    }

    /// The connection for the next mail, if it may be used for another.
    async fn keep(&self, way: Way) -> Option<Way> {
        if !self.takes(&way, 1) {
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

    fn count(&self, settled: usize) {
        self.settled.set(self.settled.get() + settled);
    }

    /// What is to be done next: it was claimed already, or is now.
    async fn turn(&mut self) -> Result<Next, DbError> {
        if self.next.is_none() {
            self.write_down(None, true).await?;
        }
        Ok(self.next.take().unwrap_or(Next::Nothing { held_up: false }))
    }

    /// The server is away: one message waits for its next attempt, the others for the next round.
    async fn nobody_there(&mut self, refusal: &Refusal) -> Result<(), DbError> {
        self.courier.server_is_away();
        match self.turn().await? {
            Next::Message(claim, _) => {
                let verdict = refusal.verdict(claim.envelope.class);
                self.is_done(claim, verdict).await?;
            }
            Next::Settled => self.count(1),
            Next::Nothing { .. } | Next::Postponed => {}
        }
        self.write_down(None, false).await.map(drop)
    }

    /// Hands one message over, or finds out why not.
    async fn send(
        &mut self,
        way: &mut Way,
        claim: &Claim,
        words: Words,
        ends: tokio::time::Instant,
    ) -> Result<Verdict, DbError> {
        self.courier.pace.goes(claim.id);
        let now = self.courier.clock.now();
        let mail = match compose::compose(&claim.message_id, words, &self.courier.sender, now) {
            Ok(mail) => mail,
            Err(reason) => return Ok(Verdict::Failed { reason, answer: None, no_such_address: false }),
        };
        let mut offered = self.offer(way, claim, &mail).await?;
        if offered.as_ref().is_err_and(|refusal| way.had_worn_out(refusal)) {
            match self.courier.route.open(self.courier.deadlines).await {
                Ok(fresh) => *way = fresh,
                Err(refusal) => return Ok(refusal.verdict(claim.envelope.class)),
            }
            offered = self.offer(way, claim, &mail).await?;
        }
        let delivered = match offered {
            Ok(()) => self.hand_over(way, claim, &mail, ends).await?,
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

    /// What became of the mail before it does not wait for a server that takes its time.
    async fn offer(&mut self, way: &mut Way, claim: &Claim, mail: &Mail) -> Result<Result<(), Refusal>, DbError> {
        let offering = way.offer(claim.id, mail);
        tokio::pin!(offering);
        tokio::select! {
            offered = &mut offering => return Ok(offered),
            () = tokio::time::sleep(SOON) => drop(self.write_down(None, false).await?),
        }
        Ok(offering.await)
    }

    /// From here on a crash may leave a doubt, so nothing stands between the steps but what they need.
    async fn hand_over(
        &mut self,
        way: &mut Way,
        claim: &Claim,
        mail: &Mail,
        ends: tokio::time::Instant,
    ) -> Result<Result<String, Refusal>, DbError> {
        let noted = self.note(claim, &Step::Offered);
        let another = self.goes_on(ends) && self.takes(way, 2);
        let marked = noted.is_ok() && self.write_down(Some((claim.id, &mail.subject)), another).await?;
        match noted.and_then(|()| if marked { self.note(claim, &Step::HandedOver) } else { Ok(()) }) {
            Ok(()) if marked => {}
            Ok(()) => return Ok(Err(way.abandon("the mail server took too long to take the recipient".into()))),
            Err(e) => return Ok(Err(way.abandon(format!("nothing can be noted on this machine: {e}")))),
        }
        let delivered = self.deliver(way, claim, mail).await;
        if let Ok(answer) = &delivered {
            // Without it what is not settled either becomes unknown, which is true.
            let _ = self.note(claim, &Step::Taken(answer.clone()));
        }
        Ok(delivered)
    }

    /// The mail after it does not wait for a server that takes its time: another lane may have it.
    async fn deliver(&mut self, way: &mut Way, claim: &Claim, mail: &Mail) -> Result<String, Refusal> {
        let delivering = way.deliver(claim.id, mail);
        tokio::pin!(delivering);
        tokio::select! {
            delivered = &mut delivering => return delivered,
            () = tokio::time::sleep(self.courier.deadlines.patience) => self.let_go_of_next().await,
        }
        delivering.await
    }

    fn note(&self, claim: &Claim, step: &Step) -> io::Result<()> {
        self.notebook.note(claim.id, step)
    }

    async fn let_go_of_next(&mut self) {
        if let Some(Next::Message(claim, _)) = &self.next {
            match self.release(claim.id).await {
                Ok(()) => self.next = None,
                // Then it waits here.
                Err(error) => tracing::warn!(%error, message = %claim.id, "a claim could not be given back"),
            }
        }
    }

    async fn release(&self, id: MessageId) -> Result<(), DbError> {
        let owner = self.owner.clone();
        self.courier.db.write(move |conn| store::release(conn, id, &owner).map_err(DbError::from)).await?;
        self.courier.pace.done(id);
        Ok(())
    }

    /// One transaction: what became of mails, that one `goes` now, and, if there is to be `another`, its claim. Whether the
    /// one that goes may go. It insists a little: what is not written down after DATA becomes unknown.
    async fn write_down(&mut self, goes: Option<(MessageId, &str)>, another: bool) -> Result<bool, DbError> {
        if self.done.is_empty() && goes.is_none() && !another {
            return Ok(false);
        }
        let longest = self.courier.deadlines.command + self.courier.deadlines.end_of_data;
        let lease = LEASE + TimeDelta::from_std(longest).unwrap_or(TimeDelta::hours(1));
        let mut pauses = [200, 1_000].into_iter();
        let written = loop {
            let (done, asking) = (self.done.clone(), self.asking());
            let goes = goes.map(|(id, subject)| (id, subject.to_owned()));
            let writing = self.courier.db.write(move |conn| asking.write_down(conn, &done, goes, lease, another));
            match (writing.await, pauses.next()) {
                (Err(DbError::Unavailable(_)), Some(pause)) => tokio::time::sleep(Duration::from_millis(pause)).await,
                (written, _) => break written?,
            }
        };
        for done in self.done.drain(..) {
            self.notebook.forget(done.claim.id);
        }
        self.count(written.settled);
        self.next = match written.next {
            // That is asked again when there is nothing else to do.
            Some(Next::Nothing { .. }) if goes.is_some() => None,
            Some(next) => Some(self.take_in_hand(next).await?),
            None => self.next.take(),
        };
        Ok(written.marked)
    }

    fn asking(&self) -> Asking {
        let Courier { rules, pace, clock, .. } = self.courier;
        Asking { owner: self.owner.clone(), room: pace.room(self.number), rules: rules.clone(), now: clock.now() }
    }

    /// Unless another lane was faster with a mail to the same domain.
    async fn take_in_hand(&self, next: Next) -> Result<Next, DbError> {
        match next {
            Next::Message(claim, _) if !self.courier.pace.take(self.number, &claim) => {
                self.release(claim.id).await?;
                Ok(Next::Postponed)
            }
            next => Ok(next),
        }
    }
}
