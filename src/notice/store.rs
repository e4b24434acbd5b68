//! Notices and wishes as they are kept, and whom a post concerns.

mod audience;
mod letters;
mod received;

use diesel::prelude::*;

pub use audience::{Post, audience, find_post, list_untold, take_untold};
pub use letters::{
    PostOf, Reader, ThreadOf, Waiting, carried, count_mails_today, list_readers, list_waiting, list_with_notices,
    postpone, settle_mailed, settle_not_sent, take_out_of_mail,
};
pub use received::{Answered, answered, count_received, forget_old, note_received};

use super::{How, NotSent, NoticeId, Reason, Wishes};
use crate::cohort::EnrolmentId;
use crate::discussion::{PostId, ThreadId};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{accounts, enrolments, messages, notice_wishes, notices, posts, threads};

/// How many of somebody's newest notices their page shows.
const OWN: i64 = 30;

#[derive(Queryable, Selectable)]
#[diesel(table_name = notice_wishes)]
struct WishesRow {
    mentions: How,
    replies: How,
    threads: How,
    units: How,
    people: How,
}

impl From<WishesRow> for Wishes {
    fn from(row: WishesRow) -> Self {
        let WishesRow { mentions, replies, threads, units, people } = row;
        Self { mentions, replies, threads, units, people }
    }
}

/// What one person wants; as it comes, if they never chose.
pub fn find_wishes(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Wishes> {
    let own = notice_wishes::table.find(enrolment).select(WishesRow::as_select());
    Ok(own.first(conn).optional()?.map(Into::into).unwrap_or_default())
}

/// What those of these people want who ever chose.
fn list_wishes(conn: &mut Conn, of: &[EnrolmentId]) -> QueryResult<Vec<(EnrolmentId, Wishes)>> {
    let rows: Vec<(EnrolmentId, WishesRow)> = notice_wishes::table
        .filter(notice_wishes::enrolment_id.eq_any(of))
        .select((notice_wishes::enrolment_id, WishesRow::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(enrolment, row)| (enrolment, row.into())).collect())
}

pub fn save_wishes(conn: &mut Conn, enrolment: EnrolmentId, wishes: &Wishes) -> QueryResult<()> {
    let fresh = (
        notice_wishes::mentions.eq(wishes.mentions),
        notice_wishes::replies.eq(wishes.replies),
        notice_wishes::threads.eq(wishes.threads),
        notice_wishes::units.eq(wishes.units),
        notice_wishes::people.eq(wishes.people),
    );
    diesel::insert_into(notice_wishes::table)
        .values((notice_wishes::enrolment_id.eq(enrolment), fresh))
        .on_conflict(notice_wishes::enrolment_id)
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// A notice to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewNotice {
    pub enrolment: EnrolmentId,
    pub reason: Reason,
    pub how: How,
    pub due_at: Instant,
}

/// Keeps notices of a post; whoever has one of it already keeps that.
pub fn add(conn: &mut Conn, post: PostId, new: &[NewNotice], now: Instant) -> QueryResult<()> {
    for some in new.chunks(500) {
        let rows: Vec<_> = some
            .iter()
            .map(|notice| {
                (
                    notices::post_id.eq(post),
                    notices::enrolment_id.eq(notice.enrolment),
                    notices::reason.eq(notice.reason),
                    notices::how.eq(notice.how),
                    notices::due_at.eq(notice.due_at),
                    notices::made_at.eq(now),
                )
            })
            .collect();
        crate::each!(conn, c => diesel::insert_into(notices::table).values(&rows).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// That an author's post was hidden is told each time.
pub fn tell_again(conn: &mut Conn, post: PostId, author: EnrolmentId) -> QueryResult<()> {
    diesel::delete(notices::table.filter(notices::post_id.eq(post).and(notices::enrolment_id.eq(author))))
        .execute(conn)
        .map(drop)
}

/// What became of a notice, as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Entry {
    pub reason: Reason,
    pub how: How,
    pub due_at: Instant,
    pub made_at: Instant,
    pub not_sent: Option<NotSent>,
    pub author: String,
    pub post: PostId,
    pub thread: ThreadId,
    pub unit: Option<Slug>,
    pub step: Option<Slug>,
    pub title: String,
    /// Of its mail: how that stands, why so, and since when.
    pub mail: Option<(State, Option<String>, Option<Instant>)>,
}

/// Somebody's newest notices, the newest first.
pub fn list_own(conn: &mut Conn, own: EnrolmentId) -> QueryResult<Vec<Entry>> {
    notices::table
        .inner_join(posts::table.inner_join(threads::table).inner_join(enrolments::table.inner_join(accounts::table)))
        .left_join(messages::table)
        .filter(notices::enrolment_id.eq(own))
        .order(notices::id.desc())
        .limit(OWN)
        .select((
            notices::reason,
            notices::how,
            notices::due_at,
            notices::made_at,
            notices::not_sent,
            accounts::name,
            posts::id,
            threads::id,
            threads::unit,
            threads::step,
            threads::title,
            (messages::state, messages::reason, messages::settled_at).nullable(),
        ))
        .load(conn)
}

/// The ids of notices.
pub type Ids<'a> = &'a [NoticeId];
