//! What was changed in a schedule, by whom and why, and what it takes to undo it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cohort::{Break, CohortId, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schedule::{ChangeId, Release, Revision, Side};
use crate::schema::{breaks, live_sessions, schedule_changes};

/// A change as it was kept.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: ChangeId,
    /// Of the schedule, after it.
    pub version: i32,
    pub changed_at: Instant,
    /// By the name they had then.
    pub actor: String,
    pub title: String,
    pub reason: String,
    pub revision: Revision,
}

/// A change to keep.
#[derive(Debug, Clone, Copy)]
pub struct Noted<'a> {
    /// Of the schedule, after it.
    pub version: i32,
    pub title: &'a str,
    pub reason: &'a str,
    pub revision: &'a Revision,
}

/// [`Side`] in JSON: instants as microseconds since 1970.
#[derive(Serialize, Deserialize)]
struct KeptSide {
    releases: Vec<KeptRelease>,
    breaks: Option<Vec<KeptBreak>>,
}

#[derive(Serialize, Deserialize)]
struct KeptRelease {
    unit: String,
    local_time: NaiveDateTime,
    opens_at: i64,
    set_by_hand: bool,
    held: bool,
    opened_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct KeptBreak {
    name: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

fn written(side: &Side) -> QueryResult<String> {
    let release = |r: &Release| KeptRelease {
        unit: r.unit.to_string(),
        local_time: r.local_time,
        opens_at: r.opens_at.micros(),
        set_by_hand: r.set_by_hand,
        held: r.held,
        opened_at: r.opened_at.map(Instant::micros),
    };
    let pause =
        |b: &Break| KeptBreak { name: b.name.clone(), first_day: b.first_day, last_day: b.last_day };
    let kept = KeptSide {
        releases: side.releases.iter().map(release).collect(),
        breaks: side.breaks.as_ref().map(|breaks| breaks.iter().map(pause).collect()),
    };
    serde_json::to_string(&kept).map_err(|e| diesel::result::Error::SerializationError(e.into()))
}

fn read(text: &str) -> QueryResult<Side> {
    let kept: KeptSide =
        serde_json::from_str(text).map_err(|e| diesel::result::Error::DeserializationError(e.into()))?;
    let release = |r: KeptRelease| {
        Some(Release {
            unit: Slug::parse(&r.unit)?,
            local_time: r.local_time,
            opens_at: Instant::from_micros(r.opens_at),
            set_by_hand: r.set_by_hand,
            held: r.held,
            opened_at: r.opened_at.map(Instant::from_micros),
        })
    };
    let pause = |b: KeptBreak| Break { name: b.name, first_day: b.first_day, last_day: b.last_day };
    Ok(Side {
        releases: kept.releases.into_iter().filter_map(release).collect(),
        breaks: kept.breaks.map(|breaks| breaks.into_iter().map(pause).collect()),
    })
}

/// Keeps what a facilitator changed, in the transaction that changes it.
pub fn note_change(conn: &mut Conn, place: &Place, noted: Noted<'_>, now: Instant) -> QueryResult<()> {
    diesel::insert_into(schedule_changes::table)
        .values((
            schedule_changes::cohort_id.eq(place.cohort.id),
            schedule_changes::version.eq(noted.version),
            schedule_changes::changed_at.eq(now),
            schedule_changes::actor.eq(&place.person.name),
            schedule_changes::title.eq(noted.title),
            schedule_changes::reason.eq(noted.reason),
            schedule_changes::before.eq(written(&noted.revision.before)?),
            schedule_changes::after.eq(written(&noted.revision.after)?),
        ))
        .execute(conn)
        .map(drop)
}

type Row = (ChangeId, i32, Instant, (String, String, String), (String, String));

fn entry((id, version, changed_at, (actor, title, reason), (before, after)): Row) -> QueryResult<Entry> {
    let revision = Revision { before: read(&before)?, after: read(&after)? };
    Ok(Entry { id, version, changed_at, actor, title, reason, revision })
}

type Columns = (
    schedule_changes::id,
    schedule_changes::version,
    schedule_changes::changed_at,
    (schedule_changes::actor, schedule_changes::title, schedule_changes::reason),
    (schedule_changes::before, schedule_changes::after),
);
const ROW: Columns = (
    schedule_changes::id,
    schedule_changes::version,
    schedule_changes::changed_at,
    (schedule_changes::actor, schedule_changes::title, schedule_changes::reason),
    (schedule_changes::before, schedule_changes::after),
);

/// The cohort's changes, newest first. `before`: the last one seen.
pub fn list_changes(
    conn: &mut Conn,
    cohort: CohortId,
    before: Option<ChangeId>,
    most: i64,
) -> QueryResult<Vec<Entry>> {
    let rows: Vec<Row> = schedule_changes::table
        .filter(schedule_changes::cohort_id.eq(cohort))
        .filter(schedule_changes::id.lt(before.unwrap_or(ChangeId(i64::MAX))))
        .order(schedule_changes::id.desc())
        .limit(most)
        .select(ROW)
        .load(conn)?;
    rows.into_iter().map(entry).collect()
}

pub fn find_change(conn: &mut Conn, cohort: CohortId, id: ChangeId) -> QueryResult<Option<Entry>> {
    schedule_changes::table
        .filter(schedule_changes::cohort_id.eq(cohort))
        .filter(schedule_changes::id.eq(id))
        .select(ROW)
        .first::<Row>(conn)
        .optional()?
        .map(entry)
        .transpose()
}

/// Gives a cohort other breaks in the place of those that it has.
pub fn set_breaks(conn: &mut Conn, cohort: CohortId, to: &[Break]) -> QueryResult<()> {
    diesel::delete(breaks::table.filter(breaks::cohort_id.eq(cohort))).execute(conn)?;
    for pause in to {
        diesel::insert_into(breaks::table)
            .values((
                breaks::cohort_id.eq(cohort),
                breaks::name.eq(&pause.name),
                breaks::first_day.eq(pause.first_day),
                breaks::last_day.eq(pause.last_day),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The live sessions that a cohort has a time for and were not called off: unit, wall time, start.
pub fn list_session_times(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(Slug, NaiveDateTime, Instant)>> {
    live_sessions::table
        .filter(live_sessions::cohort_id.eq(cohort))
        .filter(live_sessions::called_off.eq(false))
        .order(live_sessions::starts_at)
        .select((live_sessions::unit, live_sessions::local_time, live_sessions::starts_at))
        .load(conn)
}
