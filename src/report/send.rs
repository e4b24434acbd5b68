//! The job that keeps what a week's report says once the week is over, and mails it to those who want it.

use chrono::{NaiveDate, TimeDelta};
use diesel::QueryResult;

use super::emails;
use super::words::{self, Told};
use super::{Week, friday_from, paper, store, weeks};
use crate::cohort::sender::Sender;
use crate::cohort::store::list_facilitators;
use crate::cohort::{Cohort, CohortId};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::{Catalogue, Content};
use crate::reminder::emails::unwritable;
use crate::schedule;

/// A process that was down for longer leaves the week out: its page is made when somebody asks for it.
const LATEST: TimeDelta = TimeDelta::hours(36);

/// How many mails were queued. Safe to run again, and anywhere else at the same time. One cohort's report that fails holds up
/// no other's.
pub async fn send_due(db: &Db, content: &Content, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let Some(friday) = lately(now) else { return Ok(0) };
    for cohort in db.read(move |conn| store::list_untold(conn, friday, now).map_err(DbError::from)).await? {
        if let Err(error) = keep(db, content, &cohort, now).await {
            tracing::error!(cohort = %cohort.slug, %error, "a weekly report could not be kept");
        }
    }
    let mut queued = 0;
    for cohort in db.read(|conn| store::list_read_cohorts(conn).map_err(DbError::from)).await? {
        match mail(db, &cohort, base_url, friday, now).await {
            Ok(mails) => queued += mails,
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(cohort = %cohort.slug, error, "a weekly report could not be mailed");
            }
        }
    }
    Ok(queued)
}

/// The Friday on which a week may have just ended, in any zone; on most days there is none.
fn lately(now: Instant) -> Option<NaiveDate> {
    let tomorrow = now.utc().date_naive() + TimeDelta::days(1);
    let friday = friday_from(tomorrow - TimeDelta::days(6));
    (tomorrow - friday <= TimeDelta::days(3)).then_some(friday)
}

async fn keep(db: &Db, content: &Content, cohort: &Cohort, now: Instant) -> Result<(), DbError> {
    let (catalogue, id, of) = (content.current(), cohort.id, cohort.clone());
    let made = db.read(move |conn| made(conn, &catalogue, &of, now).map_err(DbError::from)).await?;
    let Some((week, told)) = made else { return Ok(()) };
    db.write(move |conn| store::keep_week(conn, id, week.friday, &told).map_err(DbError::from)).await
}

/// The report of the week that has just ended.
fn made(conn: &mut Conn, catalogue: &Catalogue, cohort: &Cohort, now: Instant) -> QueryResult<Option<(Week, Told)>> {
    let Some(programme) = catalogue.programme(&cohort.programme) else { return Ok(None) };
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    let newest = weeks(cohort, schedule::closes_on(cohort, &releases), now).into_iter().next();
    let Some(week) = newest.filter(|week| now.since(week.ends_at) <= LATEST) else { return Ok(None) };
    let facts = store::facts(conn, cohort.id, programme, &week)?;
    Ok(Some((week, words::told(cohort, programme, &releases, &week, &facts))))
}

async fn mail(db: &Db, cohort: &Cohort, base_url: &BaseUrl, friday: NaiveDate, now: Instant) -> anyhow::Result<usize> {
    let week = Week::ending(cohort, friday);
    if week.ends_at > now || now.since(week.ends_at) > LATEST {
        return Ok(0);
    }
    let id = cohort.id;
    let Some(told) = db.read(move |conn| due(conn, id, &week).map_err(DbError::from)).await? else { return Ok(0) };
    let (address, of) = (base_url.join(&format!("{}/manage/reports/{friday}", cohort.path())), told.clone());
    // Some milliseconds of work, which nobody's page should wait for.
    let pdf = tokio::task::spawn_blocking(move || paper::pdf(&of, address, week.ends_at)).await??;
    let (cohort, base_url) = (cohort.clone(), base_url.clone());
    let work = move |conn: &mut Conn| queue(conn, &cohort, &base_url, (&week, &told, &pdf), now);
    Ok(db.write(move |conn| work(conn).map_err(DbError::from)).await?)
}

/// What the week's report says, if there is anybody who waits for it.
fn due(conn: &mut Conn, cohort: CohortId, week: &Week) -> QueryResult<Option<Told>> {
    if store::list_due(conn, cohort, week.friday, week.ends_at)?.is_empty() {
        return Ok(None);
    }
    store::find_week(conn, cohort, week.friday)
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
    let sender = Sender { cohort, facilitators: &facilitators, base_url };
    let mut queued = 0;
    for reader in store::list_due(conn, cohort.id, week.friday, week.ends_at)? {
        if store::reserve(conn, reader.id, week.friday)? {
            let letter = emails::week(&sender, &reader, told, week, pdf).map_err(unwritable)?;
            let message = outbox::store::queue(conn, &letter, base_url.host(), now)?;
            store::keep_mail(conn, reader.id, week.friday, message)?;
            queued += 1;
        }
    }
    Ok(queued)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_just_ended_on_a_friday_and_the_day_after_in_every_zone() {
        let at = |text: &str| Instant::from_utc(text.parse().unwrap());
        let friday = "2027-01-15".parse::<NaiveDate>().unwrap();
        // The first and the last moment of that Friday on earth, and 36 hours after the last.
        for text in ["2027-01-14T10:00:00", "2027-01-16T11:59:00", "2027-01-17T23:59:00"] {
            assert_eq!(lately(at(text)), Some(friday), "{text}");
        }
        assert_eq!(lately(at("2027-01-18T00:00:00")), None);
        assert_eq!(lately(at("2027-01-13T23:59:00")), None);
    }
}
