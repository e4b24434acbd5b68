//! Threads, as they are kept; their posts are in [`posts`].

mod marks;
mod posts;

use diesel::prelude::*;

use super::{PostId, Poster, Thread, ThreadId};
use crate::cohort::CohortId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Written;
use crate::programme::{Step, Unit};
use crate::schema::threads;

pub use marks::{News, follow_own, list_news, see, seen};
pub use posts::{
    PAGE, REPLIES_PAGE, StepThread, add_post, change_post, list_replies, newest_of_step, newest_replies, newest_top,
    page_start, post, post_text, remove_post, top_posts,
};

/// How many threads a page lists.
pub const THREADS: usize = 20;

#[derive(Queryable, Selectable)]
#[diesel(table_name = threads)]
struct ThreadRow {
    id: ThreadId,
    cohort_id: CohortId,
    unit: Option<Slug>,
    step: Option<Slug>,
    title: String,
    last_post_at: Instant,
    post_count: i32,
}

impl From<ThreadRow> for Thread {
    fn from(row: ThreadRow) -> Self {
        let ThreadRow { id, cohort_id: cohort, unit, step, title, last_post_at, post_count } = row;
        Self { id, cohort, unit, step, title, last_post_at, post_count }
    }
}

pub fn thread(conn: &mut Conn, cohort: CohortId, id: ThreadId) -> QueryResult<Option<Thread>> {
    let row: Option<ThreadRow> = each!(conn, c => threads::table
        .filter(threads::id.eq(id).and(threads::cohort_id.eq(cohort)))
        .select(ThreadRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Into::into))
}

/// Which threads of a cohort to list. Units by their slugs, earlier ones included.
#[derive(Debug, Clone)]
pub enum About {
    Everything,
    /// The whole course, and these units.
    CourseAnd(Vec<Slug>),
    Unit(Vec<Slug>),
}

/// The last thread of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub last_post_at: Instant,
    pub id: ThreadId,
}

/// A page of threads and, if there are more, one of the next page; newest activity first.
pub fn list_threads(conn: &mut Conn, cohort: CohortId, about: About, after: Option<After>) -> QueryResult<Vec<Thread>> {
    let mut query = threads::table.filter(threads::cohort_id.eq(cohort)).into_boxed();
    query = match about {
        About::Everything => query,
        About::CourseAnd(units) => query.filter(threads::unit.is_null().or(threads::unit.eq_any(units))),
        About::Unit(names) => query.filter(threads::unit.eq_any(names)),
    };
    if let Some(After { last_post_at, id }) = after {
        // The first condition says nothing new: it lets both databases begin in the index.
        query = query
            .filter(threads::last_post_at.le(last_post_at))
            .filter(threads::last_post_at.lt(last_post_at).or(threads::id.lt(id)));
    }
    let rows: Vec<ThreadRow> = query
        .order((threads::last_post_at.desc(), threads::id.desc()))
        .limit(THREADS as i64 + 1)
        .select(ThreadRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A new thread, with its first post. `unit`: what it is about, if not the whole course.
pub fn create_thread(
    conn: &mut Conn,
    poster: &Poster,
    unit: Option<&Slug>,
    title: &str,
    body: &Written,
    now: Instant,
) -> QueryResult<(ThreadId, PostId)> {
    let thread = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(poster.cohort),
            threads::unit.eq(unit),
            threads::title.eq(title),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)?;
    let post = add_post(conn, thread, poster.enrolment, None, body, now)?;
    Ok((thread, post))
}

/// A step's own thread, once somebody has written in it.
pub fn step_thread(conn: &mut Conn, cohort: CohortId, unit: &Unit, step: &Step) -> QueryResult<Option<ThreadId>> {
    threads::table
        .filter(threads::cohort_id.eq(cohort))
        .filter(threads::unit.eq_any(unit.names()))
        .filter(threads::step.eq_any(step.names()))
        .order(threads::id)
        .select(threads::id)
        .first(conn)
        .optional()
}

/// A step's own thread, made now if need be. Of two first posts at once, one makes it and both find it.
pub fn step_thread_made(
    conn: &mut Conn,
    cohort: CohortId,
    unit: &Unit,
    step: &Step,
    now: Instant,
) -> QueryResult<ThreadId> {
    if let Some(thread) = step_thread(conn, cohort, unit, step)? {
        return Ok(thread);
    }
    diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::unit.eq(&unit.slug),
            threads::step.eq(&step.slug),
            threads::title.eq(if step.prompt.is_empty() { &step.title } else { &step.prompt }),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)?;
    step_thread(conn, cohort, unit, step)?.ok_or(diesel::result::Error::NotFound)
}

/// Counts every thread's posts anew, and says how many counts were wrong.
pub fn recount(conn: &mut Conn) -> QueryResult<usize> {
    let counted: Vec<(ThreadId, i32, i64)> = threads::table
        .left_join(
            crate::schema::posts::table
                .on(crate::schema::posts::thread_id.eq(threads::id).and(crate::schema::posts::removed_at.is_null())),
        )
        .group_by((threads::id, threads::post_count))
        .select((threads::id, threads::post_count, diesel::dsl::count(crate::schema::posts::id.nullable())))
        .load(conn)?;
    let wrong = counted.into_iter().filter(|(_, kept, counted)| i64::from(*kept) != *counted);
    let mut mended = 0;
    for (thread, _, counted) in wrong {
        let count = i32::try_from(counted).unwrap_or(i32::MAX);
        mended += diesel::update(threads::table.find(thread)).set(threads::post_count.eq(count)).execute(conn)?;
    }
    Ok(mended)
}
