//! Notices that are due, what their mails say, and how they were settled.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{Ids, list_wishes};
use crate::accounts::AccountId;
use crate::cohort::store::{RECIPIENT, Recipient};
use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::discussion::{PostId, ThreadId};
use crate::notice::{How, NotSent, NoticeId, Reason, Wishes};
use crate::outbox::{Class, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, enrolments, messages, notices, posts, thread_marks, threads};

/// People with notices that are due, by cohort.
pub fn list_with_notices(conn: &mut Conn, now: Instant, most: i64) -> QueryResult<Vec<(CohortId, EnrolmentId)>> {
    notices::table
        .inner_join(enrolments::table.on(enrolments::id.eq(notices::enrolment_id)))
        .filter(notices::settled_at.is_null())
        .filter(notices::due_at.le(now))
        .distinct()
        .order((enrolments::cohort_id, enrolments::id))
        .limit(most)
        .select((enrolments::cohort_id, enrolments::id))
        .load(conn)
}

/// Who is told.
#[derive(Debug, Clone)]
pub struct Reader {
    pub to: Recipient,
    pub role: Role,
    pub wishes: Wishes,
    /// Their last day to take part, should that be later than the others'.
    pub extra_until: Option<NaiveDate>,
}

pub fn list_readers(conn: &mut Conn, of: &[EnrolmentId]) -> QueryResult<Vec<Reader>> {
    let rows: Vec<(Recipient, Role, Option<NaiveDate>)> = enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::id.eq_any(of))
        .order(enrolments::id)
        .select((RECIPIENT, enrolments::role, enrolments::extra_until))
        .load(conn)?;
    let chosen = list_wishes(conn, of)?;
    let wishes = |id| chosen.iter().find(|(who, _)| *who == id).map(|(_, own)| *own).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|(to, role, extra_until)| Reader { wishes: wishes(to.enrolment), to, role, extra_until })
        .collect())
}

/// A notice that is due, and what it is about.
#[derive(Debug, Clone, Queryable)]
pub struct Waiting {
    pub id: NoticeId,
    pub reader: EnrolmentId,
    pub reason: Reason,
    pub how: How,
    pub about: PostOf,
    pub thread: ThreadOf,
    pub author: String,
    /// Up to which post of the thread its reader has seen it.
    pub seen: Option<PostId>,
}

#[derive(Debug, Clone, Queryable)]
pub struct PostOf {
    pub id: PostId,
    pub answers: Option<PostId>,
    pub body: String,
    pub html: String,
    pub created_at: Instant,
    pub removed_at: Option<Instant>,
    pub hidden_at: Option<Instant>,
    pub hidden_reason: String,
}

#[derive(Debug, Clone, Queryable)]
pub struct ThreadOf {
    pub id: ThreadId,
    pub unit: Option<Slug>,
    pub step: Option<Slug>,
    pub title: String,
}

/// These people's notices that are due, in the order of the posts.
pub fn list_waiting(conn: &mut Conn, of: &[EnrolmentId], now: Instant) -> QueryResult<Vec<Waiting>> {
    let mark = thread_marks::enrolment_id.eq(notices::enrolment_id).and(thread_marks::thread_id.eq(threads::id));
    notices::table
        .inner_join(posts::table.inner_join(threads::table).inner_join(enrolments::table.inner_join(accounts::table)))
        .left_join(thread_marks::table.on(mark))
        .filter(notices::enrolment_id.eq_any(of))
        .filter(notices::settled_at.is_null())
        .filter(notices::due_at.le(now))
        .order((notices::enrolment_id, posts::id))
        .select((
            notices::id,
            notices::enrolment_id,
            notices::reason,
            notices::how,
            (
                posts::id,
                posts::answers_id,
                posts::body,
                posts::html,
                posts::created_at,
                posts::removed_at,
                posts::hidden_at,
                posts::hidden_reason,
            ),
            (threads::id, threads::unit, threads::step, threads::title),
            accounts::name,
            thread_marks::seen_post_id.nullable(),
        ))
        .load(conn)
}

pub fn settle_mailed(conn: &mut Conn, ids: Ids<'_>, message: MessageId, now: Instant) -> QueryResult<()> {
    diesel::update(notices::table.filter(notices::id.eq_any(ids)))
        .set((notices::settled_at.eq(now), notices::message_id.eq(message)))
        .execute(conn)
        .map(drop)
}

pub fn settle_not_sent(conn: &mut Conn, id: NoticeId, why: NotSent, now: Instant) -> QueryResult<()> {
    diesel::update(notices::table.find(id))
        .set((notices::settled_at.eq(now), notices::not_sent.eq(why)))
        .execute(conn)
        .map(drop)
}

/// Another time, in another way.
pub fn postpone(conn: &mut Conn, ids: Ids<'_>, how: How, due_at: Instant) -> QueryResult<()> {
    diesel::update(notices::table.filter(notices::id.eq_any(ids)))
        .set((notices::how.eq(how), notices::due_at.eq(due_at)))
        .execute(conn)
        .map(drop)
}

/// How many mails that were not about the account itself went to it since then, or are on their way.
pub fn count_mails_today(conn: &mut Conn, account: AccountId, since: Instant, now: Instant) -> QueryResult<i64> {
    let arrived =
        messages::state.eq_any([State::Sent, State::Unknown]).and(messages::settled_at.ge(since).assume_not_null());
    let coming = messages::state
        .eq_any([State::Pending, State::Claimed, State::DataStarted])
        .and(messages::next_attempt_at.le(now));
    messages::table
        .filter(messages::account_id.eq(account.0))
        .filter(messages::class.eq(Class::Bulk))
        .filter(arrived.or(coming))
        .select(count_star())
        .get_result(conn)
}

/// The notices that a mail carries: whose, and whether each post can still be read.
pub fn carried(conn: &mut Conn, message: MessageId) -> QueryResult<Vec<(NoticeId, EnrolmentId, Reason, bool)>> {
    notices::table
        .inner_join(posts::table)
        .filter(notices::message_id.eq(message))
        .select((
            notices::id,
            notices::enrolment_id,
            notices::reason,
            posts::removed_at.is_null().and(posts::hidden_at.is_null()),
        ))
        .load(conn)
}

/// Of a mail that does not go out after all: these notices wait again.
pub fn take_out_of_mail(conn: &mut Conn, ids: Ids<'_>) -> QueryResult<()> {
    diesel::update(notices::table.filter(notices::id.eq_any(ids)))
        .set((notices::settled_at.eq(None::<Instant>), notices::message_id.eq(None::<MessageId>)))
        .execute(conn)
        .map(drop)
}
