//! Couriers take messages out of the outbox, one at a time: claim, offer, mark, deliver, settle. Between these steps
//! the database holds all that anyone needs to go on after a crash; no transaction is open while a server talks.

mod compose;
mod files;
mod relay;
mod route;
mod smtp;
mod verdict;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use lettre::message::Mailbox;

use super::notebook::{self, Notebook, Step};
use super::store::{self, Claim};
use super::{MessageId, Rules};
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::{MailRoute, Settings};
use crate::platform::db::{Conn, Db, DbError};
use crate::platform::secret::Secret;
use compose::Mail;
use relay::Relay;
use route::{Route, Way};
pub use smtp::Deadlines;
use verdict::{Refusal, Verdict, backoff};

/// How long a claim lasts: so long at most after it was asked whether a mail is wanted, it begins to be delivered.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// So many connections that break one after another end a round.
const LOSSES: u32 = 2;

/// Sends what is due. Any number of them may run at once, in any number of processes.
#[derive(Clone)]
pub struct Courier {
    db: Db,
    clock: Clock,
    rules: Rules,
    route: Route,
    from: Mailbox,
    /// What stands on its leases, different for each courier.
    owner: String,
    /// Where couriers of this machine keep their notebooks.
    notebooks: PathBuf,
    deadlines: Deadlines,
    stopped: Arc<AtomicBool>,
}

/// What a claim gave.
enum Next {
    Nothing,
    /// Nobody wants it any more; it is settled already.
    Cancelled,
    /// It could not be asked whether it is wanted; it waits.
    Postponed,
    Message(Box<Claim>),
}

impl Courier {
    /// `owner`: a name for the leases, such as that of the host. Errors with what is wrong with the mail server's address.
    pub fn new(settings: &Settings, db: Db, clock: Clock, rules: Rules, owner: &str) -> Result<Self, String> {
        let route = match &settings.mail {
            MailRoute::Files(folder) => Route::Files(folder.clone()),
            MailRoute::Smtp(url) => Route::Smtp(Box::new(Relay::parse(url, settings.base_url.host())?)),
        };
        let owner = format!("{owner}/{}", Secret::random().as_str());
        let (from, notebooks) = (settings.mail_from.clone(), settings.data.join("couriers"));
        let deadlines = Deadlines::default();
        Ok(Self { db, clock, rules, route, from, owner, notebooks, deadlines, stopped: Arc::default() })
    }

    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// Sends all that is due now. How many messages it settled for good; what waits for another attempt does not count.
    pub async fn run_once(&self) -> usize {
        let mut settled = 0;
        if let Err(e) = self.round(&mut settled).await {
            tracing::error!(error = %e, "a round of mail ended early");
        }
        settled
    }

    /// Ends a round that is under way after the message in hand.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Gives its claims back, so that others need not wait for the leases. For when a round was dropped half-way.
    pub async fn give_back(&self) -> Result<usize, DbError> {
        let owner = self.owner.clone();
        self.db.write(move |conn| Ok(store::give_back(conn, &owner)?)).await
    }

    async fn round(&self, settled: &mut usize) -> Result<(), DbError> {
        *settled += self.take_over().await?;
        let now = self.clock.now();
        *settled += self.db.write(move |conn| store::take_back(conn, now).map_err(DbError::from)).await?;
        if self.is_due().await? {
            let notebook = Notebook::open(&self.notebooks, &self.owner);
            self.send_all(&notebook, settled).await?;
            notebook.close();
        }
        Ok(())
    }

    /// Settles what couriers of this machine had in their hands when they died: at once, and by what they noted.
    async fn take_over(&self) -> Result<usize, DbError> {
        let mut settled = 0;
        for left in notebook::left_behind(&self.notebooks) {
            let (owner, note, now) = (left.owner.clone(), left.note.clone(), self.clock.now());
            tracing::warn!(owner, ?note, "a courier ended half-way");
            settled += self
                .db
                .write(move |conn| Ok::<_, DbError>(store::take_over(conn, &owner, note.as_ref(), now)?))
                .await?;
            left.remove();
        }
        Ok(settled)
    }

    async fn send_all(&self, notebook: &Notebook, settled: &mut usize) -> Result<(), DbError> {
        let mut open: Option<Way> = None;
        let mut losses = 0;
        while losses < LOSSES && !self.stopped.load(Ordering::Relaxed) {
            let mut way = match open.take() {
                Some(way) => way,
                None if !self.is_due().await? => return Ok(()),
                None => match self.route.open(self.deadlines).await {
                    Ok(way) => way,
                    Err(refusal) => return self.nobody_there(&refusal, settled).await,
                },
            };
            match self.claim().await? {
                Next::Nothing => {
                    way.close().await;
                    return Ok(());
                }
                Next::Cancelled => *settled += 1,
                Next::Postponed => {}
                Next::Message(claim) => {
                    let verdict = self.send(&mut way, notebook, &claim).await?;
                    let halts = matches!(verdict, Verdict::Halt { .. });
                    *settled += usize::from(self.settle(&claim, verdict).await?);
                    if halts {
                        way.close().await;
                        return Ok(());
                    }
                }
            }
            losses = if way.is_open() { 0 } else { losses + 1 };
            open = Some(way).filter(Way::is_open);
        }
        if let Some(way) = open {
            way.close().await;
        }
        Ok(())
    }

    async fn is_due(&self) -> Result<bool, DbError> {
        let now = self.clock.now();
        self.db.read(move |conn| Ok(store::due(conn, now)?)).await
    }

    /// Claims a message and asks, in the same transaction, whether it is still wanted.
    async fn claim(&self) -> Result<Next, DbError> {
        let (now, owner, unwanted) = (self.clock.now(), self.owner.clone(), self.rules.unwanted.clone());
        self.db
            .write(move |conn| {
                let Some(claim) = store::claim(conn, &owner, now, LEASE)? else { return Ok(Next::Nothing) };
                // In a savepoint, so that a question that fails does not take the claim with it and come first for ever.
                match diesel::Connection::transaction(conn, |conn| unwanted(conn, claim.id, now)) {
                    Ok(None) => Ok(Next::Message(Box::new(claim))),
                    Ok(Some(reason)) => {
                        store::settle_cancelled(conn, claim.id, &owner, &reason, now)?;
                        Ok(Next::Cancelled)
                    }
                    Err(e) => {
                        let reason = format!("it could not be asked whether it is still wanted: {e}");
                        tracing::error!(message = %claim.id, reason);
                        store::settle_retry(conn, claim.id, &owner, next_attempt(&claim, now), &reason)?;
                        Ok(Next::Postponed)
                    }
                }
            })
            .await
    }

    /// The server is away: one message waits for its next attempt, the others for the next round.
    async fn nobody_there(&self, refusal: &Refusal, settled: &mut usize) -> Result<(), DbError> {
        match self.claim().await? {
            Next::Message(claim) => {
                let verdict = refusal.verdict(claim.letter.class);
                *settled += usize::from(self.settle(&claim, verdict).await?);
            }
            Next::Cancelled => *settled += 1,
            Next::Nothing | Next::Postponed => {}
        }
        Ok(())
    }

    /// Hands one message over, or finds out why not.
    async fn send(&self, way: &mut Way, notebook: &Notebook, claim: &Claim) -> Result<Verdict, DbError> {
        let mail = match compose::compose(claim, &self.from, self.clock.now()) {
            Ok(mail) => mail,
            Err(reason) => return Ok(Verdict::Failed { reason, answer: None, no_such_address: false }),
        };
        let mut offered = way.offer(claim.id, &mail).await;
        if offered.as_ref().is_err_and(|refusal| way.had_worn_out(refusal)) {
            match self.route.open(self.deadlines).await {
                Ok(fresh) => *way = fresh,
                Err(refusal) => return Ok(refusal.verdict(claim.letter.class)),
            }
            offered = way.offer(claim.id, &mail).await;
        }
        let verdict = match offered {
            Ok(()) => self.hand_over(way, notebook, (claim, &mail)).await?,
            Err(refusal) => refusal.verdict(claim.letter.class),
        };
        if !matches!(verdict, Verdict::Sent { .. }) {
            way.clear().await;
        }
        Ok(verdict)
    }

    /// From here on a crash leaves a doubt, so nothing stands between the steps but what they need.
    async fn hand_over(
        &self,
        way: &mut Way,
        notebook: &Notebook,
        (claim, mail): (&Claim, &Mail),
    ) -> Result<Verdict, DbError> {
        let in_vain = |reason: String| Ok(Verdict::Retry { reason });
        if let Err(e) = notebook.note(claim.id, &Step::Offered) {
            way.abandon();
            return in_vain(format!("nothing can be noted on this machine: {e}"));
        }
        if !self.mark_data_started(claim.id).await? {
            way.abandon();
            return in_vain("the mail server took too long to take the recipient".into());
        }
        if let Err(e) = notebook.note(claim.id, &Step::HandedOver) {
            way.abandon();
            return in_vain(format!("nothing can be noted on this machine: {e}"));
        }
        match way.deliver(claim.id, mail).await {
            Ok(answer) => {
                let _ = notebook.note(claim.id, &Step::Taken(answer.clone()));
                Ok(Verdict::Sent { answer })
            }
            Err(refusal) => Ok(refusal.verdict(claim.letter.class)),
        }
    }

    async fn mark_data_started(&self, id: MessageId) -> Result<bool, DbError> {
        let longest = self.deadlines.command + self.deadlines.end_of_data;
        let lease = LEASE + TimeDelta::from_std(longest).unwrap_or(TimeDelta::hours(1));
        let (now, owner) = (self.clock.now(), self.owner.clone());
        self.db.write(move |conn| Ok(store::mark_data_started(conn, id, &owner, now, lease)?)).await
    }

    /// Writes down what became of a message. True if that is final. It insists a little: what is not written down after
    /// DATA becomes unknown.
    async fn settle(&self, claim: &Claim, verdict: Verdict) -> Result<bool, DbError> {
        announce(claim.id, &verdict);
        let mut pauses = [200, 1_000].into_iter();
        loop {
            let (claim, verdict, owner, rules) =
                (claim.clone(), verdict.clone(), self.owner.clone(), self.rules.clone());
            let now = self.clock.now();
            let settled =
                self.db.write(move |conn| Ok(write_down(conn, &claim, &verdict, (&owner, rules), now)?)).await;
            match (settled, pauses.next()) {
                (Err(DbError::Unavailable(_)), Some(pause)) => tokio::time::sleep(Duration::from_millis(pause)).await,
                (settled, _) => return settled,
            }
        }
    }
}

fn next_attempt(claim: &Claim, now: Instant) -> Instant {
    now + backoff(claim.attempts, fastrand::f64())
}

fn announce(message: MessageId, verdict: &Verdict) {
    match verdict {
        Verdict::Sent { answer } => tracing::debug!(%message, answer, "mail sent"),
        Verdict::Retry { reason } => tracing::warn!(%message, reason, "mail will be tried again"),
        Verdict::Failed { reason, .. } => tracing::warn!(%message, reason, "mail failed"),
        Verdict::Unknown { reason } => tracing::warn!(%message, reason, "mail may or may not have arrived"),
        Verdict::Halt { reason } => {
            tracing::error!(reason, "no mail is sent until the settings are right and `trellis mail resume` was run");
        }
    }
}

fn write_down(
    conn: &mut Conn,
    claim: &Claim,
    verdict: &Verdict,
    (owner, rules): (&str, Rules),
    now: Instant,
) -> diesel::QueryResult<bool> {
    let id = claim.id;
    match verdict {
        Verdict::Sent { answer } => store::settle_sent(conn, id, owner, answer, now),
        Verdict::Unknown { reason } => store::settle_unknown(conn, id, owner, reason, now),
        Verdict::Retry { reason } => {
            store::settle_retry(conn, id, owner, next_attempt(claim, now), reason).map(|_| false)
        }
        Verdict::Halt { reason } => {
            store::release(conn, id, owner)?;
            store::halt(conn, reason, now).map(|_| false)
        }
        Verdict::Failed { reason, answer, no_such_address } => {
            let settled = store::settle_failed(conn, id, owner, (reason, answer.as_deref()), now)?;
            if settled && answer.is_some() {
                doubt_address(conn, claim, *no_such_address, rules, now)?;
            }
            Ok(settled)
        }
    }
}

/// The server refused a mail for good: perhaps there will be no more to this address.
fn doubt_address(
    conn: &mut Conn,
    claim: &Claim,
    no_such_address: bool,
    rules: Rules,
    now: Instant,
) -> diesel::QueryResult<()> {
    let Some(account) = claim.letter.account else { return Ok(()) };
    if no_such_address || store::keeps_refusing(conn, account, &claim.letter.to)? {
        (rules.undeliverable)(conn, account, now)?;
    }
    Ok(())
}
