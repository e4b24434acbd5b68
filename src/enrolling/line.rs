//! The job that gives free places to those who wait, the first in line first: however a place came free, by somebody who
//! left, an invitation that nobody took, or a limit that was raised.

use diesel::QueryResult;

use super::emails;
use super::usher::Usher;
use super::{Wish, store};
use crate::cohort::sender::Sender;
use crate::cohort::{self, Cohort, CohortId};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::Content;
use crate::reminder::emails::unwritable;
use crate::schedule;

/// How many places one transaction gives, so that nobody else who writes waits for long.
const AT_ONCE: i64 = 50;

/// How many places were given. Safe to run again, and anywhere else at the same time.
pub async fn give_due(db: &Db, content: &Content, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let mut given = 0;
    for cohort in db.read(|conn| store::cohorts_with_a_line(conn).map_err(DbError::from)).await? {
        while db.read(move |conn| has_free(conn, cohort, now).map_err(DbError::from)).await? {
            let (catalogue, base_url) = (content.current(), base_url.clone());
            let some = db.write(move |conn| {
                let usher = Usher { catalogue: &catalogue, base_url: &base_url, now };
                give_some(conn, &usher, cohort).map_err(DbError::from)
            });
            match some.await? {
                0 => break,
                some => given += some,
            }
        }
    }
    Ok(given)
}

/// A look that writes nothing.
fn has_free(conn: &mut Conn, id: CohortId, now: Instant) -> QueryResult<bool> {
    let Some(cohort) = cohort::store::find_by_id(conn, id)? else { return Ok(false) };
    if has_closed(conn, &cohort, now)? {
        return Ok(false);
    }
    let settings = store::settings(conn, id)?;
    let free = store::places(conn, id, &settings, now)?.free();
    Ok(free.is_none_or(|free| free > 0) && store::count_requests(conn, id, Wish::Waiting)? > 0)
}

/// Whether no place comes free any more: there is nothing left to take part in.
pub fn has_closed(conn: &mut Conn, cohort: &Cohort, now: Instant) -> QueryResult<bool> {
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    Ok(now >= schedule::closes_at(cohort, &releases))
}

fn give_some(conn: &mut Conn, usher: &Usher<'_>, id: CohortId) -> QueryResult<usize> {
    store::lock(conn, id)?;
    let Some(cohort) = cohort::store::find_by_id(conn, id)? else { return Ok(0) };
    if has_closed(conn, &cohort, usher.now)? {
        return Ok(0);
    }
    let settings = store::settings(conn, id)?;
    let free = store::places(conn, id, &settings, usher.now)?.free().unwrap_or(AT_ONCE);
    let next = store::list_requests(conn, id, Wish::Waiting, free.min(AT_ONCE))?;
    let facilitators = cohort::store::list_facilitators(conn, id)?;
    let sender = Sender { cohort: &cohort, facilitators: &facilitators, base_url: usher.base_url };
    let mut given = 0;
    for one in &next {
        if usher.place(conn, id, one.account)? {
            let letter = emails::place_came_free(&sender, one, usher.now).map_err(unwritable)?;
            outbox::store::queue(conn, &letter, usher.base_url.host(), usher.now)?;
            given += 1;
        }
    }
    Ok(given)
}
