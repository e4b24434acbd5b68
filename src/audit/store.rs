//! The log of acts, as it is kept.

use diesel::prelude::*;

use super::{Act, Deed, Entry};
use crate::cohort::{CohortId, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::audit_log;

/// Keeps an act of the person who asks, in the transaction that does it.
pub fn note(conn: &mut Conn, place: &Place, deed: Deed<'_>, now: Instant) -> QueryResult<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::at.eq(now),
            audit_log::account_id.eq(place.person.id),
            audit_log::actor.eq(&place.person.name),
            audit_log::cohort_id.eq(place.cohort.id),
            audit_log::act.eq(deed.act),
            audit_log::subject.eq(deed.subject),
            audit_log::path.eq(deed.path),
            audit_log::reason.eq(deed.reason),
        ))
        .execute(conn)
        .map(drop)
}

/// A cohort's newest acts of these kinds, newest first.
pub fn list_newest(
    conn: &mut Conn,
    cohort: CohortId,
    which: impl Fn(Act) -> bool,
    most: i64,
) -> QueryResult<Vec<Entry>> {
    type Row = (Instant, String, Act, String, String, String);
    let acts: Vec<Act> = Act::ALL.iter().copied().filter(|act| which(*act)).collect();
    let rows: Vec<Row> = audit_log::table
        .filter(audit_log::cohort_id.eq(cohort))
        .filter(audit_log::act.eq_any(acts))
        .order(audit_log::id.desc())
        .limit(most)
        .select((
            audit_log::at,
            audit_log::actor,
            audit_log::act,
            audit_log::subject,
            audit_log::path,
            audit_log::reason,
        ))
        .load(conn)?;
    let entry = |(at, actor, act, subject, path, reason)| Entry { at, actor, act, subject, path, reason };
    Ok(rows.into_iter().map(entry).collect())
}
