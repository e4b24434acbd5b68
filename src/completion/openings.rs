//! That steps were opened, noted beside their pages: no page waits for it, and what a second brings is one write.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::store;
use crate::cohort::{CohortId, EnrolmentId};
use crate::platform::clock::Instant;
use crate::platform::db::{Db, DbError};
use crate::platform::text::Slug;

/// A learner before a step for the first time; in the order in which such rows are written, by every process.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    pub cohort: CohortId,
    pub unit: Slug,
    pub step: Slug,
    pub enrolment: EnrolmentId,
    pub at: Instant,
}

/// What was opened and is not written yet. A process that is killed loses a second of it.
#[derive(Debug, Clone, Default)]
pub struct Openings(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    waiting: HashMap<u64, Opening>,
    /// Written already by this process: whoever comes back to a step is not written of again.
    known: HashSet<u64>,
}

impl Openings {
    const AFTER: Duration = Duration::from_secs(1);
    /// Between two attempts while the database takes nothing.
    const LONGEST_PAUSE: Duration = Duration::from_secs(60);
    /// More than that in a second, and what is beyond it is not noted.
    const MOST: usize = 20_000;
    /// How many are known; then they are forgotten, and noted once more in vain.
    const KNOWN: usize = 100_000;

    /// Notes an opening, on the runtime of the server; the first one sees to it that all are written.
    pub fn note(&self, db: &Db, opening: Opening) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(&opening);
        if noted.known.contains(&key) || noted.waiting.len() >= Self::MOST {
            return;
        }
        let is_first = noted.waiting.is_empty();
        noted.waiting.entry(key).or_insert(opening);
        drop(noted);
        if is_first {
            let (openings, db) = (self.clone(), db.clone());
            tokio::task::spawn_local(async move {
                let mut pause = Self::AFTER;
                tokio::time::sleep(pause).await;
                while !openings.write(&db).await {
                    pause = (pause * 2).min(Self::LONGEST_PAUSE);
                    tokio::time::sleep(pause).await;
                }
            });
        }
    }

    /// Writes what waits. False: it could not be written now, and waits on.
    pub async fn write(&self, db: &Db) -> bool {
        let waiting = std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting);
        let mut openings: Vec<Opening> = waiting.values().cloned().collect();
        openings.sort();
        if openings.is_empty() {
            return true;
        }
        let number = openings.len();
        let written = db.write(move |conn| store::note_opened(conn, &openings).map_err(DbError::from)).await;
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = written {
            tracing::warn!(%error, number, "that steps were opened was not noted yet");
            // What has come meanwhile came later.
            noted.waiting.extend(waiting);
            return false;
        }
        if noted.known.len() > Self::KNOWN {
            noted.known.clear();
        }
        noted.known.extend(waiting.into_keys());
        true
    }
}

/// Of the learner and the step.
fn key(opening: &Opening) -> u64 {
    let mut hasher = DefaultHasher::new();
    (opening.enrolment, &opening.unit, &opening.step).hash(&mut hasher);
    hasher.finish()
}
