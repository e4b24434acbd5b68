//! Couriers take messages out of the outbox, each of their hands one at a time: claim, offer, mark, deliver, settle. Between these steps
//! the database holds all that anyone needs to go on after a crash; no transaction is open while a server talks.

mod compose;
mod desk;
mod files;
mod lane;
mod pace;
mod relay;
mod route;
mod settle;
mod smtp;
mod verdict;

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::return_path::ReturnPath;
use super::store::{self, Claim};
use super::{Rules, notebook};
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::{MailRoute, Settings};
use crate::platform::db::{Db, DbError};
use crate::platform::secret::Secret;
use compose::Sender;
pub use compose::answerable;
use lane::Lane;
use pace::Pace;
use relay::Relay;
use route::Route;
pub use smtp::Deadlines;
use verdict::backoff;
pub use verdict::{Blame, blamed};

/// How long a claim lasts: so long at most after it was asked whether a mail is wanted, it begins to be delivered.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How many mails are in hand at once at most, while the mail server lets some wait.
const LANES: usize = 3;

/// Sends what is due. Any number of them may run at once, in any number of processes.
#[derive(Clone)]
pub struct Courier {
    db: Db,
    clock: Clock,
    rules: Rules,
    route: Route,
    sender: Sender,
    pace: Arc<Pace>,
    /// So many mails go over one connection.
    per_connection: Option<u32>,
    /// What stands on its leases, different for each courier; each lane adds its number.
    owner: String,
    /// Where couriers of this machine keep their notebooks.
    notebooks: PathBuf,
    deadlines: Deadlines,
    /// The mail server could not be reached the last time.
    away: Arc<AtomicBool>,
    stopped: Arc<AtomicBool>,
}

impl Courier {
    /// `owner`: a name for the leases, such as that of the host. Errors with what is wrong with the settings of mail.
    pub fn new(settings: &Settings, db: Db, clock: Clock, rules: Rules, owner: &str) -> Result<Self, String> {
        let route = match &settings.mail {
            MailRoute::Files(folder) => Route::Files(folder.clone()),
            MailRoute::Smtp(url) => Route::Smtp(Box::new(Relay::parse(url, settings.base_url.host())?)),
        };
        let delivery = &settings.delivery;
        let sender = Sender {
            from: settings.mail_from.clone(),
            return_path: delivery.bounces.clone().map(ReturnPath::new).transpose()?,
            reply_path: delivery.replies.clone().map(ReturnPath::new).transpose()?,
            signer: delivery.dkim.clone(),
        };
        Ok(Self {
            db,
            clock,
            rules,
            route,
            sender,
            pace: Arc::new(Pace::new(delivery)),
            per_connection: delivery.per_connection,
            owner: format!("{owner}/{}", Secret::random().as_str()),
            notebooks: settings.data.join("couriers"),
            deadlines: Deadlines::default(),
            away: Arc::default(),
            stopped: Arc::default(),
        })
    }

    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// Sends what is due now, for a while. How many messages it settled for good; what waits for another attempt does not
    /// count.
    pub async fn run_once(&self) -> Result<usize, DbError> {
        let settled = Cell::new(0);
        self.round(&settled).await?;
        Ok(settled.get())
    }

    /// Ends a round that is under way after the messages in hand.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Gives its claims back, so that others need not wait for the leases. For when a round was dropped half-way.
    pub async fn give_back(&self) -> Result<usize, DbError> {
        let owners: Vec<String> = (1..=LANES).map(|number| self.owner_of_lane(number)).collect();
        self.db
            .write(move |conn| {
                let given = owners.iter().map(|owner| store::give_back(conn, owner));
                Ok(given.sum::<diesel::QueryResult<usize>>()?)
            })
            .await
    }

    fn owner_of_lane(&self, number: usize) -> String {
        format!("{}-{number}", self.owner)
    }

    async fn round(&self, settled: &Cell<usize>) -> Result<(), DbError> {
        settled.set(settled.get() + self.take_over().await?);
        let now = self.clock.now();
        let taken_back = self.db.write(move |conn| store::take_back(conn, now).map_err(DbError::from)).await?;
        settled.set(settled.get() + taken_back);
        if self.is_due().await? { self.send_in_lanes(settled).await } else { Ok(()) }
    }

    /// Settles what couriers of this machine had in their hands when they died: at once, and by what they noted.
    async fn take_over(&self) -> Result<usize, DbError> {
        let mut settled = 0;
        for left in notebook::left_behind(&self.notebooks) {
            let (owner, notes, now) = (left.owner.clone(), left.notes.clone(), self.clock.now());
            tracing::warn!(owner, ?notes, "a courier ended half-way");
            let taken_over =
                self.db.write(move |conn| store::take_over(conn, &owner, &notes, now).map_err(DbError::from));
            settled += taken_over.await?;
            left.remove();
        }
        Ok(settled)
    }

    /// One lane is enough while the mail server answers soon. When all are left waiting, another one takes up the rest.
    async fn send_in_lanes(&self, settled: &Cell<usize>) -> Result<(), DbError> {
        let mut lanes = FuturesUnordered::new();
        lanes.push(Lane::new(self, 1, settled).send_all());
        let mut opened = 1;
        let mut outcome = Ok(());
        loop {
            tokio::select! {
                ended = lanes.next() => match ended {
                    Some(ended) => outcome = outcome.and(ended),
                    None => return outcome,
                },
                () = tokio::time::sleep(self.deadlines.patience), if opened < LANES => {
                    if self.pace.all_wait(lanes.len(), self.deadlines.patience) {
                        opened += 1;
                        lanes.push(Lane::new(self, opened, settled).send_all());
                    }
                }
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn server_is_away(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// What has waited only for the mail server waits no longer, so that account mail goes first again.
    async fn server_is_back(&self) -> Result<(), DbError> {
        if self.away.swap(false, Ordering::Relaxed) {
            let now = self.clock.now();
            self.db
                .write(move |conn| store::wait_no_longer(conn, verdict::UNREACHED, now).map_err(DbError::from))
                .await?;
        }
        Ok(())
    }

    async fn is_due(&self) -> Result<bool, DbError> {
        let now = self.clock.now();
        self.db.read(move |conn| Ok(store::due(conn, now)?)).await
    }
}

fn next_attempt(claim: &Claim, now: Instant) -> Instant {
    now + backoff(claim.attempts, fastrand::f64())
}
