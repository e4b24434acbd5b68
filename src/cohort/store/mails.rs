//! Mails about a course that are neither reminder nor announcement: a welcome, the news of a certificate.

use diesel::prelude::*;

use super::{RECIPIENT, Recipient};
use crate::cohort::EnrolmentId;
use crate::outbox::{Letter, MessageId, store::queue};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{accounts, course_mails, enrolments};

/// Queues a letter to this learner, which goes only if they still want mail about the course as it leaves.
pub fn queue_about(
    conn: &mut Conn,
    learner: EnrolmentId,
    letter: &Letter,
    host: &str,
    now: Instant,
) -> QueryResult<MessageId> {
    let message = queue(conn, letter, host, now)?;
    diesel::insert_into(course_mails::table)
        .values((course_mails::message_id.eq(message), course_mails::enrolment_id.eq(learner)))
        .execute(conn)?;
    Ok(message)
}

/// Why such a mail is wanted no more; `None` for one that is, and for any other mail.
pub fn unwanted(conn: &mut Conn, message: MessageId) -> QueryResult<Option<String>> {
    let learner = course_mails::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(course_mails::message_id.eq(message))
        .select(RECIPIENT)
        .first::<Recipient>(conn)
        .optional()?;
    let Some(learner) = learner else { return Ok(None) };
    let stopped = learner.reminders_stopped_at.map(|_| "mail about the course had been stopped");
    Ok(learner.refusal().or(stopped).map(str::to_owned))
}
