//! One mail that lists what is open, instead of a flood of reminders about what opened before somebody came.

use diesel::QueryResult;

use super::due::in_order;
use super::emails::{self, Sender, unwritable};
use super::store;
use crate::accounts::AccountId;
use crate::cohort::CohortId;
use crate::cohort::store::{list_facilitators, queue_about};
use crate::outbox::MessageId;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::Conn;
use crate::programme::Catalogue;
use crate::schedule::Release;

/// Queues the mail that greets a learner who has just enrolled; nothing for a programme without a schedule.
pub fn welcome(
    conn: &mut Conn,
    catalogue: &Catalogue,
    base_url: &BaseUrl,
    (cohort, account): (CohortId, AccountId),
    now: Instant,
) -> QueryResult<Option<MessageId>> {
    let Some(course) = store::course(conn, cohort)? else { return Ok(None) };
    let Some(programme) = catalogue.programme(&course.cohort.programme) else { return Ok(None) };
    let Some(learner) = store::find_learner(conn, cohort, account)? else { return Ok(None) };
    let facilitators = list_facilitators(conn, cohort)?;
    let sender = Sender { cohort: &course.cohort, programme, facilitators: &facilitators, base_url };
    let (opened, coming): (Vec<_>, Vec<_>) = in_order(programme, &course.releases)
        .into_iter()
        .filter(|(_, release)| !release.held)
        .partition(|(_, release)| release.is_open(now));
    let when = |(unit, release): (_, &Release)| (unit, release.opens_at);
    let opened: Vec<_> = opened.into_iter().map(when).collect();
    let letter = emails::welcome(&sender, &learner, &opened, coming.into_iter().map(when).next(), now);
    queue_about(conn, learner.enrolment, &letter.map_err(unwritable)?, base_url.host(), now).map(Some)
}
