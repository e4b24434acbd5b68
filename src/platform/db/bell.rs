//! Rings when something was changed, for whoever waits to look: within the process, and on PostgreSQL in all of them, by
//! LISTEN and NOTIFY over one connection of its own. A ring is a hint and may get lost; who waits looks in the end anyway.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tokio::sync::broadcast;

use super::conn::Url;

/// How many rings may wait for somebody who is slow; who misses some hears that, and looks.
const WAITING: usize = 256;
/// How often the connection is asked what other processes said.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often it is asked whether it is still there, and how long until another is tried when it is not.
const PROVE_EVERY: Duration = Duration::from_secs(30);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);
const CHANNEL: &str = "trellis";

/// Which thing was changed; numbers are given out by whoever rings.
type Topic = i64;

#[derive(Clone)]
pub struct Bell(Arc<Inner>);

struct Inner {
    url: Url,
    rung: broadcast::Sender<Topic>,
    /// Where PostgreSQL carries a ring; the thread that does so starts with the first who rings or listens.
    carrier: OnceLock<Option<Sender<Topic>>>,
}

impl Bell {
    pub fn hang(url: &Url) -> Self {
        let (rung, _) = broadcast::channel(WAITING);
        Self(Arc::new(Inner { url: url.clone(), rung, carrier: OnceLock::new() }))
    }

    /// Tells everybody who listens, after the commit. Costs the caller nothing.
    pub fn ring(&self, topic: Topic) {
        match self.carrier() {
            // It comes back to this process as to the others.
            Some(carrier) => drop(carrier.send(topic)),
            None => drop(self.0.rung.send(topic)),
        }
    }

    pub fn listen(&self) -> broadcast::Receiver<Topic> {
        self.carrier();
        self.0.rung.subscribe()
    }

    fn carrier(&self) -> Option<&Sender<Topic>> {
        self.0.carrier.get_or_init(|| self.start()).as_ref()
    }

    fn start(&self) -> Option<Sender<Topic>> {
        let Url::Postgres(url) = self.0.url.clone() else { return None };
        let (carrier, to_carry) = channel();
        let rung = self.0.rung.clone();
        let thread = std::thread::Builder::new().name("bell".into());
        match thread.spawn(move || while carry(&url, &to_carry, &rung).is_err() {}) {
            Ok(_) => Some(carrier),
            Err(error) => {
                tracing::error!(%error, "other processes will not hear at once of what is posted here");
                None
            }
        }
    }
}

/// Carries rings to and fro until nobody is left to ring. An error: the connection was lost.
fn carry(url: &str, to_carry: &Receiver<Topic>, rung: &broadcast::Sender<Topic>) -> Result<(), ()> {
    let carried = PgConnection::establish(url).map_err(|e| e.to_string()).and_then(|mut conn| {
        diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(&mut conn).map_err(|e| e.to_string())?;
        carry_by(&mut conn, to_carry, rung).map_err(|e| e.to_string())
    });
    carried.map_err(|why| {
        tracing::warn!(why, "the connection that tells of new posts was lost; another is tried");
        std::thread::sleep(TRY_AGAIN_AFTER);
    })
}

fn carry_by(conn: &mut PgConnection, to_carry: &Receiver<Topic>, rung: &broadcast::Sender<Topic>) -> QueryResult<()> {
    let mut proved = Instant::now();
    loop {
        match to_carry.recv_timeout(LOOK_EVERY) {
            Ok(topic) => {
                let notify = diesel::sql_query("SELECT pg_notify($1, $2)");
                notify.bind::<Text, _>(CHANNEL).bind::<Text, _>(topic.to_string()).execute(conn)?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        for heard in conn.notifications_iter() {
            if let Ok(topic) = heard?.payload.parse() {
                let _ = rung.send(topic);
            }
        }
        if proved.elapsed() > PROVE_EVERY {
            diesel::sql_query("SELECT 1").execute(conn)?;
            proved = Instant::now();
        }
    }
}
