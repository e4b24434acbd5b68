//! The job that publishes what is due and queues its mails, some hundreds in a transaction.

use diesel::QueryResult;

use super::emails::mail;
use super::{AnnouncementId, refusal, store};
use crate::cohort::sender::Sender;
use crate::cohort::store::list_facilitators;
use crate::cohort::{CohortId, EnrolmentId};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::reminder::emails::unwritable;
use crate::reminder::store::lock;

/// For how many people one transaction queues, so that a large cohort keeps no other writer waiting for long.
const PEOPLE: i64 = 500;

/// Publishes what is due, and gives how many mails were queued. Safe to run again, and anywhere else at the same time.
pub async fn publish_due(db: &Db, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let published = db.read(move |conn| store::is_due(conn, now).map_err(DbError::from)).await?;
    if published {
        db.write(move |conn| store::publish_due(conn, now).map_err(DbError::from)).await?;
    }
    let waiting = db.read(|conn| store::list_to_mail(conn).map_err(DbError::from)).await?;
    let (mut queued, mut failed) = (0, None);
    for (id, cohort) in waiting {
        let mut after = Some(EnrolmentId(0));
        while let Some(from) = after {
            let base_url = base_url.clone();
            let some =
                move |conn: &mut Conn| mail_some(conn, &base_url, (id, cohort), from, now).map_err(DbError::from);
            match db.write(some).await {
                Ok(mailed) => {
                    queued += mailed.queued;
                    after = mailed.more;
                }
                Err(error) => {
                    // The others do not wait for this one.
                    tracing::error!(announcement = id.0, %error, "the mails of an announcement could not be queued");
                    (failed, after) = (Some(error), None);
                }
            }
        }
    }
    failed.map_or(Ok(queued), Err)
}

/// What one transaction did.
struct Mailed {
    queued: usize,
    /// Where the next transaction begins; nothing is left to do without it.
    more: Option<EnrolmentId>,
}

/// Queues the mails of the next people after `after`.
fn mail_some(
    conn: &mut Conn,
    base_url: &BaseUrl,
    (id, cohort): (AnnouncementId, CohortId),
    after: EnrolmentId,
    now: Instant,
) -> QueryResult<Mailed> {
    lock(conn, cohort)?;
    // Read again under the lock: another process may have been faster, or it may have been withdrawn.
    let Some((cohort, announcement)) = store::find_to_mail(conn, id)? else {
        return Ok(Mailed { queued: 0, more: None });
    };
    let people = store::list_recipients(conn, cohort.id, &announcement, after, PEOPLE)?;
    let span = people.first().zip(people.last()).map(|(first, last)| (first.enrolment, last.enrolment));
    let mailed = span.map_or(Ok(Vec::new()), |span| store::list_mailed(conn, id, span))?;
    let facilitators = list_facilitators(conn, cohort.id)?;
    let sender = Sender { cohort: &cohort, facilitators: &facilitators, base_url };
    // Whoever came after it was published finds it on the course's pages.
    let published_at = announcement.published_at.unwrap_or(now);
    let wanted = people.iter().filter(|to| refusal(to).is_none() && to.enrolled_at <= published_at);
    let due: Vec<_> = wanted.filter(|to| !mailed.contains(&to.enrolment)).collect();
    let letters = due.iter().map(|to| mail(&sender, &announcement, to, published_at).map(|letter| (letter, now)));
    let letters = letters.collect::<Result<Vec<_>, _>>().map_err(unwritable)?;
    let ids = outbox::store::queue_all(conn, &letters, base_url.host(), now)?;
    let mails: Vec<_> = due.iter().map(|to| to.enrolment).zip(ids).collect();
    store::insert_mails(conn, id, &mails)?;
    let more = people.last().filter(|_| people.len() as i64 == PEOPLE).map(|last| last.enrolment);
    if more.is_none() {
        store::finish_mailing(conn, id, now)?;
    }
    Ok(Mailed { queued: mails.len(), more })
}
