//! Answers that came by mail: to which notice, and that each is taken once.

use chrono::TimeDelta;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::cohort::EnrolmentId;
use crate::discussion::{PostId, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{messages, notices, posts, received_mails};

/// How long what came of a notice is kept.
const KEPT: TimeDelta = TimeDelta::days(180);

/// What somebody answers by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Answered {
    pub reader: EnrolmentId,
    pub post: PostId,
    pub thread: ThreadId,
}

/// The post that the mail of this name told of, and whom it told; of several posts the newest.
pub fn answered(conn: &mut Conn, message_id: &str) -> QueryResult<Option<Answered>> {
    notices::table
        .inner_join(messages::table)
        .inner_join(posts::table)
        .filter(messages::message_id.eq(message_id))
        .order(notices::post_id.desc())
        .select((notices::enrolment_id, posts::id, posts::thread_id))
        .first(conn)
        .optional()
}

/// False: it came before.
pub fn note_received(conn: &mut Conn, message_id: &str, from: EnrolmentId, now: Instant) -> QueryResult<bool> {
    let new = diesel::insert_into(received_mails::table)
        .values((
            received_mails::message_id.eq(message_id),
            received_mails::enrolment_id.eq(from),
            received_mails::received_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)?;
    Ok(new == 1)
}

pub fn count_received(conn: &mut Conn, from: EnrolmentId, since: Instant) -> QueryResult<i64> {
    received_mails::table
        .filter(received_mails::enrolment_id.eq(from))
        .filter(received_mails::received_at.gt(since))
        .select(count_star())
        .get_result(conn)
}

/// What is settled for long. How many rows went.
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let notices = diesel::delete(notices::table.filter(notices::settled_at.lt(now - KEPT))).execute(conn)?;
    let mails = received_mails::table.filter(received_mails::received_at.lt(now - KEPT));
    Ok(notices + diesel::delete(mails).execute(conn)?)
}
