//! The job that mails each week's report on its Friday to those who want it.

use chrono::TimeDelta;
use diesel::QueryResult;

use super::emails::Sender;
use super::words::{self, Told};
use super::{Week, paper, store, weeks};
use crate::cohort::Cohort;
use crate::cohort::store::list_facilitators;
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::{Catalogue, Content};
use crate::reminder::emails::unwritable;
use crate::schedule;

/// A process that was down for longer leaves the week out: it can still be read on its page.
const LATEST: TimeDelta = TimeDelta::hours(36);

/// How many mails were queued. Safe to run again, and anywhere else at the same time.
pub async fn send_due(db: &Db, content: &Content, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let cohorts = db.read(|conn| store::list_read_cohorts(conn).map_err(DbError::from)).await?;
    let mut queued = 0;
    for cohort in cohorts {
        let (catalogue, of) = (content.current(), cohort.clone());
        let made = db.report(move |conn| due(conn, &catalogue, &of, now).map_err(DbError::from)).await?;
        let Some((week, told)) = made else { continue };
        let id = base_url.join(&format!("{}/manage/reports/{}", cohort.path(), week.friday));
        let pdf = match paper::pdf(&told, id, week.ends_at) {
            Ok(pdf) => pdf,
            Err(error) => {
                // The others do not wait for this one.
                tracing::error!(cohort = %cohort.slug, %error, "a weekly report could not be written");
                continue;
            }
        };
        let base_url = base_url.clone();
        let work = move |conn: &mut Conn| queue(conn, &cohort, &base_url, (&week, &told, &pdf), now);
        queued += db.write(move |conn| work(conn).map_err(DbError::from)).await?;
    }
    Ok(queued)
}

/// The report of the week that has just ended, if there is anybody who waits for it.
fn due(conn: &mut Conn, catalogue: &Catalogue, cohort: &Cohort, now: Instant) -> QueryResult<Option<(Week, Told)>> {
    let Some(programme) = catalogue.programme(&cohort.programme) else { return Ok(None) };
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    let newest = weeks(cohort, schedule::closes_on(cohort, &releases), now).into_iter().next();
    let Some(week) = newest.filter(|week| now.since(week.ends_at) <= LATEST) else { return Ok(None) };
    if store::list_due(conn, cohort.id, week.friday, week.ends_at)?.is_empty() {
        return Ok(None);
    }
    let facts = store::facts(conn, cohort.id, programme, &week)?;
    Ok(Some((week, words::told(cohort, programme, &releases, &week, &facts))))
}

/// A reader's row for the week is unique: whoever makes it, queues the mail.
fn queue(
    conn: &mut Conn,
    cohort: &Cohort,
    base_url: &BaseUrl,
    (week, told, pdf): (&Week, &Told, &[u8]),
    now: Instant,
) -> QueryResult<usize> {
    let facilitators = list_facilitators(conn, cohort.id)?;
    let addresses: Vec<String> = facilitators.into_iter().map(|(_, _, email)| email).take(4).collect();
    let sender = Sender { cohort, facilitators: &addresses, base_url };
    let mut queued = 0;
    for reader in store::list_due(conn, cohort.id, week.friday, week.ends_at)? {
        if store::reserve(conn, reader.id, week.friday)? {
            let letter = sender.week(&reader, told, week, pdf).map_err(unwritable)?;
            let message = outbox::store::queue(conn, &letter, base_url.host(), now)?;
            store::keep_mail(conn, reader.id, week.friday, message)?;
            queued += 1;
        }
    }
    Ok(queued)
}
