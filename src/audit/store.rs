//! The log of acts, as it is kept.

use diesel::prelude::*;

use super::{ADDRESSES_KEPT, Act, Actor, Deed, Entry, Wanted};
use crate::cohort::{CohortId, Place};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, lower, part};
use crate::platform::text::Slug;
use crate::schema::{audit_log, cohorts};

/// Keeps an act of the person who asks, in the transaction that does it.
pub fn note(conn: &mut Conn, place: &Place, deed: Deed<'_>, now: Instant) -> QueryResult<()> {
    note_of(conn, (&place.person).into(), Some(place.cohort.id), deed, now)
}

/// Keeps an act of anybody else's, or that was done outside a cohort.
pub fn note_of(
    conn: &mut Conn,
    actor: Actor<'_>,
    cohort: Option<CohortId>,
    deed: Deed<'_>,
    now: Instant,
) -> QueryResult<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::at.eq(now),
            audit_log::account_id.eq(actor.account),
            audit_log::actor.eq(actor.name),
            audit_log::cohort_id.eq(cohort),
            audit_log::act.eq(deed.act),
            audit_log::subject.eq(deed.subject),
            audit_log::path.eq(deed.path),
            audit_log::reason.eq(deed.reason),
            audit_log::about_id.eq(deed.about),
            audit_log::came_from.eq(actor.from.map(|from| from.to_string()).unwrap_or_default()),
        ))
        .execute(conn)
        .map(drop)
}

type Row = ((i64, Instant, String, Act, String, String, String, String), Option<(String, Slug)>);

fn entry(((id, at, actor, act, subject, path, reason, came_from), cohort): Row) -> Entry {
    let cohort = cohort.map(|(name, slug)| (name, format!("/cohorts/{slug}")));
    Entry { id, at, actor, act, subject, path, reason, came_from, cohort }
}

/// Acts joined with the cohorts that are still there.
macro_rules! acts {
    () => {
        audit_log::table.left_join(cohorts::table).select((
            (
                audit_log::id,
                audit_log::at,
                audit_log::actor,
                audit_log::act,
                audit_log::subject,
                audit_log::path,
                audit_log::reason,
                audit_log::came_from,
            ),
            (cohorts::name, cohorts::slug).nullable(),
        ))
    };
}

/// A cohort's newest acts of these kinds, newest first.
pub fn list_newest(
    conn: &mut Conn,
    cohort: CohortId,
    which: impl Fn(Act) -> bool,
    most: i64,
) -> QueryResult<Vec<Entry>> {
    let kinds: Vec<Act> = Act::ALL.iter().copied().filter(|act| which(*act)).collect();
    let rows: Vec<Row> = acts!()
        .filter(audit_log::cohort_id.eq(cohort))
        .filter(audit_log::act.eq_any(kinds))
        .order(audit_log::id.desc())
        .limit(most)
        .load(conn)?;
    Ok(rows.into_iter().map(entry).collect())
}

/// A page of the log, newest first: `before` is the last act of the page before.
pub fn list(conn: &mut Conn, wanted: &Wanted, before: Option<i64>, most: i64) -> QueryResult<Vec<Entry>> {
    let mut query = acts!().order(audit_log::id.desc()).limit(most).into_boxed();
    if let Some(before) = before {
        query = query.filter(audit_log::id.lt(before));
    }
    if !wanted.words.is_empty() {
        let part = part(&wanted.words);
        let by = lower(audit_log::actor).like(part.clone()).escape('\\');
        query = query.filter(by.or(lower(audit_log::subject).like(part).escape('\\')));
    }
    if let Some(act) = wanted.act {
        query = query.filter(audit_log::act.eq(act));
    }
    if let Some(cohort) = wanted.cohort {
        query = query.filter(audit_log::cohort_id.eq(cohort));
    }
    if let Some((from, until)) = wanted.when {
        query = query.filter(audit_log::at.ge(from)).filter(audit_log::at.lt(until));
    }
    if let Some(account) = wanted.account {
        query = query.filter(audit_log::account_id.eq(account).or(audit_log::about_id.eq(account)));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(entry).collect())
}

/// Forgets from where somebody acted more than a year ago: the one change that the databases let through.
pub fn forget_addresses(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let old = audit_log::table.filter(audit_log::at.lt(now - ADDRESSES_KEPT)).filter(audit_log::came_from.ne(""));
    diesel::update(old).set(audit_log::came_from.eq("")).execute(conn)
}
