//! What can be found, as it is kept: a row for each text. Rows of threads, posts and notes come and go by the database's own
//! triggers, in the transaction that changes them; rows of the content are written here.

mod find;

use diesel::prelude::*;

use super::Kind;
use super::content::{Text, Texts};
use crate::each;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::schema::{cohorts, enrolments, search_programmes, search_texts, threads};

pub use find::{Hit, PAGE, Place, Reach, find};

/// Rows in one statement.
const BATCH: usize = 200;

/// Lets what can be found of a programme follow its content: nothing is done where nothing changed. Of several processes
/// that start at once each waits for the one before, and leaves the same.
pub fn follow(conn: &mut Conn, programme: &Programme) -> QueryResult<bool> {
    let Texts { texts, fingerprint, is_english } = Texts::of(programme);
    let kept = search_programmes::table.find(&programme.slug).select(search_programmes::fingerprint);
    if kept.first::<String>(conn).optional()?.is_some_and(|kept| kept == fingerprint) {
        return Ok(false);
    }
    let fresh = (search_programmes::fingerprint.eq(&fingerprint), search_programmes::is_english.eq(is_english));
    diesel::insert_into(search_programmes::table)
        .values((search_programmes::programme.eq(&programme.slug), fresh))
        .on_conflict(search_programmes::programme)
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)?;
    let old = search_texts::table.filter(search_texts::programme.eq(&programme.slug));
    diesel::delete(old).execute(conn)?;
    for texts in texts.chunks(BATCH) {
        add(conn, &programme.slug, texts, is_english)?;
    }
    speak(conn, &programme.slug, is_english)?;
    Ok(true)
}

fn add(conn: &mut Conn, programme: &Slug, texts: &[Text], is_english: bool) -> QueryResult<usize> {
    let row = |text: &Text| Row {
        kind: text.kind,
        programme: Some(programme.to_string()),
        thread_id: None,
        post_id: None,
        enrolment_id: None,
        unit: text.unit.as_ref().map(Slug::to_string),
        step: text.name.clone(),
        title: text.title.clone(),
        body: text.body.clone(),
        is_english,
    };
    let rows: Vec<Row> = texts.iter().map(row).collect();
    each!(conn, c => diesel::insert_into(search_texts::table).values(rows).execute(c))
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = search_texts)]
struct Row {
    kind: Kind,
    programme: Option<String>,
    thread_id: Option<i64>,
    post_id: Option<i64>,
    enrolment_id: Option<i64>,
    unit: Option<String>,
    step: Option<String>,
    title: String,
    body: String,
    is_english: bool,
}

/// What people wrote in a programme's cohorts is found in its language too: rows that were kept in another come anew.
fn speak(conn: &mut Conn, programme: &Slug, is_english: bool) -> QueryResult<()> {
    let runs = || cohorts::table.filter(cohorts::programme.eq(programme.clone())).select(cohorts::id);
    let their_threads = threads::table.filter(threads::cohort_id.eq_any(runs())).select(threads::id.nullable());
    let their_people = enrolments::table.filter(enrolments::cohort_id.eq_any(runs())).select(enrolments::id.nullable());
    let theirs = search_texts::thread_id.eq_any(their_threads).or(search_texts::enrolment_id.eq_any(their_people));
    let rows: Vec<(i64, Row)> = search_texts::table
        .filter(search_texts::is_english.ne(is_english))
        .filter(theirs)
        .order(search_texts::id)
        .select((search_texts::id, Row::as_select()))
        .load(conn)?;
    for rows in rows.chunks(BATCH) {
        let ids = rows.iter().map(|(id, _)| *id);
        diesel::delete(search_texts::table.filter(search_texts::id.eq_any(ids))).execute(conn)?;
        let again: Vec<Row> = rows.iter().map(|(_, row)| Row { is_english, ..row.clone() }).collect();
        each!(conn, c => diesel::insert_into(search_texts::table).values(again).execute(c))?;
    }
    Ok(())
}
