//! What people wrote for others to read: threads, posts and announcements, those to chosen learners too.

use diesel::prelude::*;

use super::{Row, SOME};
use crate::announcement::{AnnouncementId, Audience};
use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::discussion::{PostId, ThreadId};
use crate::export::{Cell, Names};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, announcements, enrolments, posts, threads};

type Page = Option<(Vec<Row>, i64)>;

pub(super) fn announcements(conn: &mut Conn, cohort: CohortId, after: i64, names: &Names) -> QueryResult<Page> {
    type Told = ((AnnouncementId, String, Audience), String, String, bool, (Instant, Option<Instant>, Option<Instant>));
    let rows: Vec<Told> = announcements::table
        .inner_join(accounts::table)
        .filter(announcements::cohort_id.eq(cohort))
        .filter(announcements::id.gt(AnnouncementId(after)))
        .order(announcements::id)
        .limit(SOME)
        .select((
            (announcements::id, accounts::name, announcements::audience),
            announcements::title,
            announcements::body,
            announcements::by_mail,
            (announcements::publish_at, announcements::published_at, announcements::withdrawn_at),
        ))
        .load(conn)?;
    let last = rows.last().map(|row| row.0.0.0);
    let row = |((id, author, audience), title, body, by_mail, (publish_at, published_at, withdrawn_at)): Told| {
        vec![
            names.of("announcement", id.0),
            names.telling(author),
            Cell::text(audience),
            names.telling(title),
            names.telling(body),
            Cell::Yes(by_mail),
            Cell::At(publish_at),
            Cell::at(published_at),
            Cell::at(withdrawn_at),
        ]
    };
    Ok(last.map(|last| (rows.into_iter().map(row).collect(), last)))
}

pub(super) fn threads(conn: &mut Conn, cohort: CohortId, after: i64, names: &Names) -> QueryResult<Page> {
    type Thread = (ThreadId, Option<Slug>, Option<Slug>, String, Option<EnrolmentId>, Instant, i32, Option<Instant>);
    let rows: Vec<Thread> = threads::table
        .filter(threads::cohort_id.eq(cohort))
        .filter(threads::id.gt(ThreadId(after)))
        .order(threads::id)
        .limit(SOME)
        .select((
            threads::id,
            threads::unit,
            threads::step,
            threads::title,
            threads::started_by,
            threads::created_at,
            threads::post_count,
            threads::locked_at,
        ))
        .load(conn)?;
    let last = rows.last().map(|row| row.0.0);
    let row = |(id, unit, step, title, by, at, posts, locked): Thread| {
        vec![
            names.thread(id),
            unit.map_or(Cell::Nothing, Cell::text),
            step.map_or(Cell::Nothing, Cell::text),
            names.telling(title),
            by.map_or(Cell::Nothing, |by| names.person(by)),
            Cell::At(at),
            Cell::Number(posts.into()),
            Cell::Yes(locked.is_some()),
        ]
    };
    Ok(last.map(|last| (rows.into_iter().map(row).collect(), last)))
}

type Post = (
    (PostId, ThreadId, Option<PostId>, EnrolmentId, Role),
    (Instant, Option<Instant>, Option<Instant>, Option<Instant>),
    String,
);

pub(super) fn posts(conn: &mut Conn, cohort: CohortId, after: i64, names: &Names) -> QueryResult<Page> {
    let rows: Vec<Post> = posts::table
        .inner_join(threads::table)
        .inner_join(enrolments::table.on(enrolments::id.eq(posts::enrolment_id)))
        .filter(threads::cohort_id.eq(cohort))
        .filter(posts::id.gt(PostId(after)))
        .order(posts::id)
        .limit(SOME)
        .select((
            (posts::id, posts::thread_id, posts::answers_id, posts::enrolment_id, enrolments::role),
            (posts::created_at, posts::edited_at, posts::removed_at, posts::hidden_at),
            posts::body,
        ))
        .load(conn)?;
    let last = rows.last().map(|row| row.0.0.0);
    Ok(last.map(|last| (rows.into_iter().map(|row| post(row, names)).collect(), last)))
}

/// What its author removed is gone.
fn post(((id, thread, answers, author, role), times, body): Post, names: &Names) -> Row {
    let (written_at, edited_at, removed_at, hidden_at) = times;
    vec![
        names.post(id),
        names.thread(thread),
        answers.map_or(Cell::Nothing, |post| names.post(post)),
        names.person(author),
        Cell::text(role),
        Cell::At(written_at),
        Cell::at(edited_at),
        Cell::at(removed_at),
        Cell::at(hidden_at),
        if removed_at.is_some() { Cell::Nothing } else { names.telling(body) },
    ]
}
