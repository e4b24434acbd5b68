//! The job that mails invitations, and reminds once of those that nobody has answered.

use chrono::TimeDelta;
use diesel::QueryResult;

use super::emails;
use super::{Invitation, InvitationId, store};
use crate::cohort::CohortId;
use crate::cohort::sender::Sender;
use crate::cohort::store::{find_by_id, list_facilitators};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::platform::secret::Secret;
use crate::reminder::emails::unwritable;

/// How many mails one transaction queues.
const AT_ONCE: i64 = 500;

/// How many mails were queued. Safe to run again, and anywhere else at the same time.
pub async fn mail_due(db: &Db, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let first = db.read(|conn| store::cohorts_to_mail(conn).map_err(DbError::from)).await?;
    let again = db.read(|conn| store::cohorts_to_remind(conn).map_err(DbError::from)).await?;
    let first = first.into_iter().map(|cohort| (cohort, Due::First));
    let again = again.into_iter().map(|(cohort, days)| (cohort, Due::Reminder { after_days: days }));
    let mut queued = 0;
    for (cohort, due) in first.chain(again) {
        if let Due::Reminder { .. } = due
            && db.read(move |conn| due.list(conn, cohort, now, 1).map_err(DbError::from)).await?.is_empty()
        {
            continue;
        }
        loop {
            let base_url = base_url.clone();
            let some =
                db.write(move |conn| mail_some(conn, &base_url, cohort, due, now).map_err(DbError::from)).await?;
            queued += some;
            if (some as i64) < AT_ONCE {
                break;
            }
        }
    }
    Ok(queued)
}

#[derive(Debug, Clone, Copy)]
enum Due {
    First,
    Reminder { after_days: i32 },
}

impl Due {
    fn list(self, conn: &mut Conn, cohort: CohortId, now: Instant, most: i64) -> QueryResult<Vec<Invitation>> {
        match self {
            Self::First => store::list_to_mail(conn, cohort, most),
            Self::Reminder { after_days } => {
                store::list_to_remind(conn, cohort, now - TimeDelta::days(after_days.into()), now, most)
            }
        }
    }
}

fn mail_some(conn: &mut Conn, base_url: &BaseUrl, id: CohortId, due: Due, now: Instant) -> QueryResult<usize> {
    // Whoever else does this now, or takes an invitation back, comes before or after.
    store::lock(conn, id)?;
    let Some(cohort) = find_by_id(conn, id)? else { return Ok(0) };
    let people = due.list(conn, id, now, AT_ONCE)?;
    let facilitators = list_facilitators(conn, id)?;
    let links: Vec<Secret> = people.iter().map(|_| Secret::random()).collect();
    let sender = Sender { cohort: &cohort, facilitators: &facilitators, base_url };
    let letters = written(&sender, due, &people, &links, now)?;
    if matches!(due, Due::Reminder { .. }) {
        let reminded: Vec<InvitationId> = people.iter().map(|one| one.id).collect();
        store::call_off_mails(conn, &reminded, "the reminder came first", now)?;
    }
    let ids = outbox::store::queue_all(conn, &letters, base_url.host(), now)?;
    for ((one, link), mail) in people.iter().zip(&links).zip(ids) {
        match due {
            Due::First => store::note_mailed(conn, one.id, (&link.hash(), mail), now)?,
            Due::Reminder { .. } => store::note_reminded(conn, one.id, (&link.hash(), mail), now)?,
        }
    }
    Ok(people.len())
}

/// Each to go out at once.
fn written(
    sender: &Sender<'_>,
    due: Due,
    people: &[Invitation],
    links: &[Secret],
    now: Instant,
) -> QueryResult<Vec<(outbox::Letter, Instant)>> {
    let is_reminder = matches!(due, Due::Reminder { .. });
    let letter = |(one, link)| Ok((emails::invitation(sender, one, link, is_reminder, now)?, now));
    people.iter().zip(links).map(letter).collect::<Result<_, _>>().map_err(unwritable)
}
