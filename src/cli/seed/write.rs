//! Deeds into tables, in batches.

use std::collections::HashMap;

use diesel::prelude::*;

use super::deeds::{Deed, What};
use crate::cohort::{CohortId, EnrolmentId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{
    completions, enrolments, peer_reviews, posts, quiz_attempts, readings, reflections, submissions, threads,
};
use crate::{completion, discussion, each};

/// Deeds written in one transaction, and rows in one statement.
pub const BATCH: usize = 1_000;

/// Writes what was done, in its order.
pub fn deeds(conn: &mut Conn, cohort: CohortId, deeds: &[Deed]) -> QueryResult<()> {
    completed(conn, deeds)?;
    answered(conn, deeds)?;
    kept(conn, deeds)?;
    let threads = threads_of(conn, cohort, deeds)?;
    posted(conn, deeds, &threads)?;
    worked(conn, cohort, deeds)?;
    seen(conn, deeds)
}

/// Brings counters and PostgreSQL's sequences up to what was written under ids of our own.
pub fn settle(conn: &mut Conn, now: Instant) -> QueryResult<()> {
    discussion::store::recount(conn)?;
    completion::store::peers::gaps::recount(conn)?;
    discussion::store::follow_own(conn, now)?;
    if let Conn::Postgres(c) = conn {
        for table in ["posts", "submissions"] {
            diesel::sql_query(format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            ))
            .execute(c)?;
        }
    }
    Ok(())
}

fn completed(conn: &mut Conn, deeds: &[Deed]) -> QueryResult<usize> {
    let rows: Vec<_> = deeds
        .iter()
        .filter(|deed| deed.completes)
        .map(|deed| {
            (
                completions::enrolment_id.eq(deed.by),
                completions::unit.eq(&deed.unit),
                completions::step.eq(&deed.step),
                completions::completed_at.eq(deed.at),
                completions::how.eq(deed.what.how()),
            )
        })
        .collect();
    each!(conn, c => diesel::insert_into(completions::table).values(rows).on_conflict_do_nothing().execute(c))
}

fn answered(conn: &mut Conn, deeds: &[Deed]) -> QueryResult<usize> {
    let rows: Vec<_> = deeds
        .iter()
        .filter_map(|deed| match &deed.what {
            What::Answered { answers, right, of } => Some((
                quiz_attempts::enrolment_id.eq(deed.by),
                quiz_attempts::unit.eq(&deed.unit),
                quiz_attempts::step.eq(&deed.step),
                quiz_attempts::answers.eq(answers),
                quiz_attempts::right_count.eq(*right),
                quiz_attempts::question_count.eq(*of),
                quiz_attempts::handed_in_at.eq(deed.at),
            )),
            _ => None,
        })
        .collect();
    each!(conn, c => diesel::insert_into(quiz_attempts::table).values(rows).execute(c))
}

/// Reflections and readings.
fn kept(conn: &mut Conn, deeds: &[Deed]) -> QueryResult<()> {
    let mut notes = Vec::new();
    let mut taken = Vec::new();
    for deed in deeds {
        match &deed.what {
            What::Noted(body) => notes.push((
                reflections::enrolment_id.eq(deed.by),
                reflections::unit.eq(&deed.unit),
                reflections::step.eq(&deed.step),
                reflections::body.eq(*body),
                reflections::saved_at.eq(deed.at),
            )),
            What::Read { point, answers } => taken.push((
                readings::enrolment_id.eq(deed.by),
                readings::point.eq(*point),
                readings::answers.eq(answers),
                readings::handed_in_at.eq(deed.at),
            )),
            _ => {}
        }
    }
    each!(conn, c => diesel::insert_into(reflections::table).values(notes).on_conflict_do_nothing().execute(c))?;
    each!(conn, c => diesel::insert_into(readings::table).values(taken).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The threads of the deeds' discussion steps, made where they are missing.
fn threads_of(conn: &mut Conn, cohort: CohortId, deeds: &[Deed]) -> QueryResult<HashMap<(Slug, Slug), i64>> {
    for deed in deeds {
        if let What::Posted { parent: None, title, .. } = &deed.what {
            diesel::insert_into(threads::table)
                .values((
                    threads::cohort_id.eq(cohort),
                    threads::unit.eq(&deed.unit),
                    threads::step.eq(&deed.step),
                    threads::title.eq(title),
                    threads::created_at.eq(deed.at),
                    threads::last_post_at.eq(deed.at),
                    threads::post_count.eq(0),
                ))
                .on_conflict_do_nothing()
                .on_both()
                .execute(conn)?;
        }
    }
    let rows: Vec<(Option<Slug>, Option<Slug>, i64)> = threads::table
        .filter(threads::cohort_id.eq(cohort))
        .select((threads::unit, threads::step, threads::id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(unit, step, id)| Some(((unit?, step?), id))).collect())
}

fn posted(conn: &mut Conn, deeds: &[Deed], threads: &HashMap<(Slug, Slug), i64>) -> QueryResult<()> {
    let mut newest: HashMap<i64, Instant> = HashMap::new();
    let mut rows = Vec::new();
    for deed in deeds {
        let key = (deed.unit.clone(), deed.step.clone());
        if let (What::Posted { id, parent, text, html, .. }, Some(thread)) = (&deed.what, threads.get(&key)) {
            newest.insert(*thread, deed.at);
            rows.push((
                posts::id.eq(*id),
                posts::thread_id.eq(*thread),
                posts::enrolment_id.eq(deed.by),
                posts::parent_id.eq(*parent),
                posts::answers_id.eq(*parent),
                posts::body.eq(text),
                posts::html.eq(html),
                posts::created_at.eq(deed.at),
            ));
        }
    }
    each!(conn, c => diesel::insert_into(posts::table).values(rows).execute(c))?;
    for (thread, at) in newest {
        diesel::update(threads::table.find(thread)).set(threads::last_post_at.eq(at)).execute(conn)?;
    }
    Ok(())
}

fn worked(conn: &mut Conn, cohort: CohortId, deeds: &[Deed]) -> QueryResult<()> {
    let mut works = Vec::new();
    let mut reviews = Vec::new();
    for deed in deeds {
        match &deed.what {
            What::HandedIn { id, text, html } => works.push((
                submissions::id.eq(*id),
                submissions::enrolment_id.eq(deed.by),
                submissions::cohort_id.eq(cohort),
                submissions::unit.eq(&deed.unit),
                submissions::step.eq(&deed.step),
                submissions::body.eq(text),
                submissions::html.eq(html),
                submissions::handed_in_at.eq(deed.at),
            )),
            What::Reviewed { work, answers } => reviews.push((
                peer_reviews::submission_id.eq(*work),
                peer_reviews::reviewer_id.eq(deed.by),
                peer_reviews::answers.eq(answers),
                peer_reviews::given_at.eq(deed.at),
            )),
            _ => {}
        }
    }
    each!(conn, c => diesel::insert_into(submissions::table).values(works).execute(c))?;
    each!(conn, c => diesel::insert_into(peer_reviews::table).values(reviews).execute(c))?;
    Ok(())
}

/// When each was last here: at the last of their deeds.
fn seen(conn: &mut Conn, deeds: &[Deed]) -> QueryResult<()> {
    let last: HashMap<EnrolmentId, Instant> = deeds.iter().map(|deed| (deed.by, deed.at)).collect();
    for (enrolment, at) in last {
        diesel::update(enrolments::table.find(enrolment)).set(enrolments::last_seen_at.eq(at)).execute(conn)?;
    }
    Ok(())
}
