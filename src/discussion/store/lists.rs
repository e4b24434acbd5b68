//! Lists of threads, as they are kept: a cohort's, or a view of them.

use diesel::prelude::*;

use super::marks::{has_unread, own_mark};
use super::{MARK, Marked, ThreadRow, marked};
use crate::cohort::{CohortId, EnrolmentId, NOBODY};
use crate::discussion::{Mark, PATIENCE, Thread, ThreadId};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{posts, thread_marks, threads};

/// How many threads a page lists.
pub const THREADS: usize = 20;
/// How many pinned threads stand above the list.
const PINNED: i64 = 10;

/// Which threads of a cohort to list. Units by their slugs, earlier ones included.
#[derive(Debug, Clone)]
pub enum About {
    Everything,
    /// The whole course, and these units.
    CourseAnd(Vec<Slug>),
    Unit(Vec<Slug>),
}

crate::words! {
    /// A view of a cohort's threads.
    View {
        All = "all",
        /// Never opened.
        New = "new",
        Unread = "unread",
        Following = "following",
        /// Nobody has answered whoever began it.
        Unanswered = "unanswered",
        /// Where one has posted.
        Mine = "mine",
        /// A learner's post has stood last for [`PATIENCE`]; who has waited longest comes first.
        NeedsReply = "needs-reply",
    }
}

/// Where a page of threads begins: after the last thread of the page before, by what the view is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub at: Instant,
    pub id: ThreadId,
}

/// What a page of threads shows.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub about: About,
    pub view: View,
    pub reader: Option<EnrolmentId>,
    pub now: Instant,
}

/// The threads of a view joined with their reader's marks, in no order.
macro_rules! wanted {
    ($conn:expr, $cohort:expr, $wanted:expr) => {{
        let Wanted { about, view, reader, now } = $wanted;
        let reader = reader.unwrap_or(NOBODY);
        let mut query = threads::table
            .left_join(thread_marks::table.on(own_mark(reader)))
            .filter(threads::cohort_id.eq($cohort))
            .filter(threads::post_count.gt(0))
            .select((ThreadRow::as_select(), MARK.nullable()))
            .into_boxed();
        query = match about {
            About::Everything => query,
            About::CourseAnd(units) => query.filter(threads::unit.is_null().or(threads::unit.eq_any(units.clone()))),
            About::Unit(names) => query.filter(threads::unit.eq_any(names.clone())),
        };
        match view {
            View::All => query,
            // Asked for a mark that is not there, PostgreSQL expects one thread and sorts them all.
            View::New => {
                let opened = diesel::alias!(thread_marks as opened);
                let own = opened.filter(opened.field(thread_marks::enrolment_id).eq(reader));
                query.filter(threads::id.ne_all(own.select(opened.field(thread_marks::thread_id))))
            }
            View::Unread => query.filter(has_unread()),
            View::Following => query.filter(thread_marks::follows),
            View::Unanswered => query.filter(threads::is_answered.eq(false)),
            View::Mine => query.filter(threads::id.eq_any(written_in($conn, reader)?)),
            View::NeedsReply => query.filter(threads::waiting_since.le(*now - PATIENCE)),
        }
    }};
}

/// A page of threads and, if there are more, one of the next page; newest activity first, or longest waiting. Pinned ones
/// stand in [`list_pinned`], but in the view of those that need a reply.
pub fn list_threads(
    conn: &mut Conn,
    cohort: CohortId,
    wanted: &Wanted,
    after: Option<After>,
) -> QueryResult<Vec<(Thread, Option<Mark>)>> {
    let mut query = wanted!(conn, cohort, wanted);
    let most = THREADS as i64 + 1;
    // In each case the first condition says nothing new: it lets both databases begin in the index.
    let rows: Vec<Marked> = if wanted.view == View::NeedsReply {
        if let Some(After { at, id }) = after {
            query = query
                .filter(threads::waiting_since.ge(at))
                .filter(threads::waiting_since.gt(at).or(threads::id.nullable().gt(id)));
        }
        query.order((threads::waiting_since, threads::id)).limit(most).load(conn)?
    } else {
        query = query.filter(threads::pinned_at.is_null());
        if let Some(After { at, id }) = after {
            query =
                query.filter(threads::last_post_at.le(at)).filter(threads::last_post_at.lt(at).or(threads::id.lt(id)));
        }
        query.order((threads::last_post_at.desc(), threads::id.desc())).limit(most).load(conn)?
    };
    Ok(rows.into_iter().map(marked).collect())
}

/// Where somebody has posted. Asked before the threads and not among them: PostgreSQL takes people to have written in far more
/// threads than they have, and would read all that the cohort has.
fn written_in(conn: &mut Conn, reader: EnrolmentId) -> QueryResult<Vec<ThreadId>> {
    posts::table.filter(posts::enrolment_id.eq(reader)).select(posts::thread_id).distinct().load(conn)
}

/// Those that need a reply, for whoever answers: where somebody has just written for the first time comes first, then who
/// has waited longest. One more than [`THREADS`] says that there are more.
pub fn list_waiting(
    conn: &mut Conn,
    cohort: CohortId,
    reader: Option<EnrolmentId>,
    now: Instant,
) -> QueryResult<Vec<(Thread, Option<Mark>)>> {
    let (reader, most) = (reader.unwrap_or(NOBODY), THREADS + 1);
    // Each half begins where it does in the index. Sorted by both at once, all that wait would be read.
    let rows: Vec<Marked> = each!(conn, c => {
        let half = |is_first: bool| {
            threads::table
                .left_join(thread_marks::table.on(own_mark(reader)))
                .filter(threads::cohort_id.eq(cohort))
                .filter(threads::first_post_waits.eq(is_first))
                .filter(threads::waiting_since.le(now - PATIENCE))
                .order((threads::waiting_since, threads::id))
                .limit(most as i64)
                .select((ThreadRow::as_select(), MARK.nullable()))
        };
        half(true).union_all(half(false)).load(c)
    })?;
    let mut waiting: Vec<_> = rows.into_iter().map(marked).collect();
    waiting.sort_by_key(|(thread, _)| (!thread.first_post_waits, thread.waiting_since, thread.id));
    waiting.truncate(most);
    Ok(waiting)
}

/// Those that facilitators have pinned, the newest pin first.
pub fn list_pinned(conn: &mut Conn, cohort: CohortId, wanted: &Wanted) -> QueryResult<Vec<(Thread, Option<Mark>)>> {
    let rows: Vec<Marked> = wanted!(conn, cohort, wanted)
        .filter(threads::pinned_at.is_not_null())
        .order((threads::pinned_at.desc(), threads::id.desc()))
        .limit(PINNED)
        .load(conn)?;
    Ok(rows.into_iter().map(marked).collect())
}
