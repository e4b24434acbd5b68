//! Posts, as they are kept. Top-level posts page by their id; they are never deleted, so a page keeps its posts.

use diesel::prelude::*;

use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::discussion::{Author, Hidden, Post, PostId, ThreadId, Top};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::programme::{Step, Unit};
use crate::schema::{accounts, enrolments, posts, threads};

/// How many top-level posts a page shows.
pub const PAGE: usize = 10;
/// How many of its replies stand under a post at first: the newest.
const REPLIES: usize = 4;
/// So many replies are read as they stand, also where not all are shown.
const FEW: usize = 2 * PAGE * REPLIES;
/// How many replies a page of one conversation shows.
pub const REPLIES_PAGE: usize = 50;

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
pub(super) struct PostRow {
    id: PostId,
    parent_id: Option<PostId>,
    enrolment_id: EnrolmentId,
    html: String,
    created_at: Instant,
    edited_at: Option<Instant>,
    removed_at: Option<Instant>,
    answers_id: Option<PostId>,
    hidden_at: Option<Instant>,
    hidden_reason: String,
    helpful_count: i32,
    /// Removed ones included, for they keep their place.
    reply_count: i32,
}

pub(super) type Row = (PostRow, Role, String);
pub(super) fn post_of((row, role, name): Row) -> Post {
    let author = Author { enrolment: row.enrolment_id, name, role };
    let hidden = row.hidden_at.map(|at| Hidden { at, reason: row.hidden_reason });
    let PostRow { id, parent_id: parent, answers_id: answers, html, created_at, edited_at, removed_at, .. } = row;
    Post { id, parent, answers, author, html, created_at, edited_at, removed_at, hidden, helpful: row.helpful_count }
}

/// From which reply on they are shown under `posts.id`; null: from the first. The thread is named as well so that PostgreSQL takes
/// the index however unevenly replies are spread.
macro_rules! shown_from {
    () => {{
        let newer = diesel::alias!(posts as newer);
        newer
            .filter(newer.field(posts::thread_id).eq(posts::thread_id))
            .filter(newer.field(posts::parent_id).eq(posts::id.nullable()))
            .order(newer.field(posts::id).desc())
            .offset(REPLIES as i64 - 1)
            .limit(1)
            .select(newer.field(posts::id))
            .single_value()
    }};
}

type TopRow = (PostRow, Role, String, Option<PostId>);

fn top_of((row, role, name, shown_from): TopRow) -> Top {
    Top {
        replies: usize::try_from(row.reply_count).unwrap_or(0),
        post: post_of((row, role, name)),
        shown_from: shown_from.unwrap_or(PostId(0)),
    }
}

/// A page of top-level posts and, if there are more, one of the next page; each with how many replies it has.
pub fn top_posts(conn: &mut Conn, thread: ThreadId, after: Option<PostId>) -> QueryResult<Vec<Top>> {
    let rows: Vec<TopRow> = each!(conn, c => posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::thread_id.eq(thread))
        .filter(posts::parent_id.is_null())
        .filter(posts::id.gt(after.unwrap_or(PostId(0))))
        // Their parents are all null; named, they let PostgreSQL read the index in order.
        .order((posts::parent_id, posts::id))
        .limit(PAGE as i64 + 1)
        .select((PostRow::as_select(), enrolments::role, accounts::name, shown_from!()))
        .load(c))?;
    Ok(rows.into_iter().map(top_of).collect())
}

/// A step's own thread, its number of visible posts, and the newest of its top-level posts, newest first.
#[derive(Debug, Clone, Default)]
pub struct StepThread {
    pub id: Option<ThreadId>,
    pub post_count: i32,
    pub tops: Vec<Top>,
}

pub fn newest_of_step(
    conn: &mut Conn,
    cohort: CohortId,
    unit: &Unit,
    step: &Step,
    most: usize,
) -> QueryResult<StepThread> {
    // As a single value it lets PostgreSQL read the posts' index backwards and stop early.
    let threads_too = diesel::alias!(threads as own_threads);
    let own_thread = threads_too
        .filter(threads_too.field(threads::cohort_id).eq(cohort))
        .filter(threads_too.field(threads::unit).eq_any(unit.names()))
        .filter(threads_too.field(threads::step).eq_any(step.names()))
        .order(threads_too.field(threads::id))
        .limit(1)
        .select(threads_too.field(threads::id));
    let rows: Vec<((ThreadId, i32), TopRow)> = posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .inner_join(threads::table)
        .filter(posts::thread_id.nullable().eq(own_thread.single_value()))
        .filter(posts::parent_id.is_null())
        .order((posts::parent_id.desc(), posts::id.desc()))
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select((
            (threads::id, threads::post_count),
            (PostRow::as_select(), enrolments::role, accounts::name, shown_from!()),
        ))
        .load(conn)?;
    let (id, post_count) = rows.first().map(|((id, count), _)| (*id, *count)).unzip();
    let tops = rows.into_iter().map(|(_, row)| top_of(row)).collect();
    Ok(StepThread { id, post_count: post_count.unwrap_or(0), tops })
}

/// The newest replies to each of these posts, which follow one another in their thread; in no order that means
/// anything.
pub fn newest_replies(conn: &mut Conn, thread: ThreadId, tops: &[Top]) -> QueryResult<Vec<Post>> {
    let ids = || tops.iter().map(|top| top.post.id);
    let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(Vec::new()) };
    if tops.iter().map(|top| top.replies).sum::<usize>() <= FEW {
        // One stretch of the index; those that are not shown are left out below.
        let rows: Vec<Row> = each!(conn, c => posts::table
            .inner_join(enrolments::table.inner_join(accounts::table))
            .filter(posts::thread_id.eq(thread))
            .filter(posts::parent_id.between(first, last))
            .select((PostRow::as_select(), enrolments::role, accounts::name))
            .load(c))?;
        let is_shown = |row: &Row| tops.iter().any(|t| row.0.parent_id == Some(t.post.id) && row.0.id >= t.shown_from);
        return Ok(rows.into_iter().filter(is_shown).map(post_of).collect());
    }
    // No post answers this one: a beginning for the list of 'or'.
    let mut query = posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::parent_id.eq(PostId(0)))
        .select((PostRow::as_select(), enrolments::role, accounts::name))
        .into_boxed();
    // Each of them begins in the index on its own, so that a post with thousands of replies costs no more than others.
    for top in tops {
        query = query.or_filter(posts::parent_id.eq(top.post.id).and(posts::id.ge(top.shown_from)));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(post_of).collect())
}

/// A page of the replies to one post and, if there are more, one of the next page; oldest first.
pub fn list_replies(conn: &mut Conn, thread: ThreadId, top: PostId, after: Option<PostId>) -> QueryResult<Vec<Post>> {
    let rows: Vec<Row> = posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::thread_id.eq(thread))
        .filter(posts::parent_id.eq(top))
        .filter(posts::id.gt(after.unwrap_or(PostId(0))))
        .order(posts::id)
        .limit(REPLIES_PAGE as i64 + 1)
        .select((PostRow::as_select(), enrolments::role, accounts::name))
        .load(conn)?;
    Ok(rows.into_iter().map(post_of).collect())
}

/// After which top-level post the page begins that holds `top`; `None`: it is the first page.
pub fn page_start(conn: &mut Conn, thread: ThreadId, top: PostId) -> QueryResult<Option<PostId>> {
    let before = || {
        posts::table.filter(posts::thread_id.eq(thread)).filter(posts::parent_id.is_null()).filter(posts::id.lt(top))
    };
    let count: i64 = before().count().get_result(conn)?;
    before()
        .order((posts::parent_id.desc(), posts::id.desc()))
        .offset(count % PAGE as i64)
        .limit(1)
        .select(posts::id)
        .first(conn)
        .optional()
}

/// The newest top-level post.
pub fn newest_top(conn: &mut Conn, thread: ThreadId) -> QueryResult<Option<PostId>> {
    posts::table
        .filter(posts::thread_id.eq(thread))
        .filter(posts::parent_id.is_null())
        .order((posts::parent_id.desc(), posts::id.desc()))
        .select(posts::id)
        .first(conn)
        .optional()
}

pub fn post(conn: &mut Conn, thread: ThreadId, id: PostId) -> QueryResult<Option<Post>> {
    posts::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(posts::id.eq(id).and(posts::thread_id.eq(thread)))
        .select((PostRow::as_select(), enrolments::role, accounts::name))
        .first::<Row>(conn)
        .optional()
        .map(|row| row.map(post_of))
}

/// A post as its author wrote it.
pub fn post_text(conn: &mut Conn, id: PostId) -> QueryResult<String> {
    posts::table.find(id).select(posts::body).first(conn)
}

/// What everybody in the cohort may read.
#[diesel::dsl::auto_type]
pub(super) fn visible_posts() -> _ {
    posts::removed_at.is_null().and(posts::hidden_at.is_null())
}
