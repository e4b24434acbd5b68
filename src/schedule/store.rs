//! Releases, as they are kept; what facilitators chose about reminders is in a file of its own.

mod choices;
mod early;
mod history;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::upsert::excluded;

pub use choices::*;
pub use early::*;
pub use history::*;

use super::{Release, plan};
use crate::cohort::{Break, Cohort, CohortId, store as cohort_store};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::{Catalogue, Programme};
use crate::schema::releases;

#[derive(Queryable, Selectable)]
#[diesel(table_name = releases)]
struct ReleaseRow {
    unit: Slug,
    local_time: NaiveDateTime,
    opens_at: Instant,
    set_by_hand: bool,
    held: bool,
    opened_at: Option<Instant>,
}

impl From<ReleaseRow> for Release {
    fn from(row: ReleaseRow) -> Self {
        let ReleaseRow { unit, local_time, opens_at, set_by_hand, held, opened_at } = row;
        Self { unit, local_time, opens_at, set_by_hand, held, opened_at }
    }
}

/// Every unit's release, by its time.
pub fn list_releases(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Release>> {
    let rows: Vec<ReleaseRow> = each!(conn, c => releases::table
        .filter(releases::cohort_id.eq(cohort))
        .order((releases::opens_at, releases::id))
        .select(ReleaseRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A new cohort's releases: unit, wall time, instant.
pub fn create_releases(
    conn: &mut Conn,
    cohort: CohortId,
    planned: &[(Slug, NaiveDateTime, Instant)],
) -> QueryResult<usize> {
    if planned.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = planned
        .iter()
        .map(|(unit, local_time, opens_at)| {
            (
                releases::cohort_id.eq(cohort),
                releases::unit.eq(unit),
                releases::local_time.eq(local_time),
                releases::opens_at.eq(opens_at),
                releases::set_by_hand.eq(false),
                releases::held.eq(false),
            )
        })
        .collect();
    each!(conn, c => {
        diesel::insert_into(releases::table)
            .values(&rows)
            .on_conflict((releases::cohort_id, releases::unit))
            .do_nothing()
            .execute(c)
    })
}

/// Keeps changed releases, if the schedule is still the one that was read. False: somebody else was quicker, and nothing
/// is kept.
pub fn save(conn: &mut Conn, cohort: CohortId, expected_version: i32, changed: &[Release]) -> QueryResult<bool> {
    if !cohort_store::bump_schedule_version(conn, cohort, expected_version)? {
        return Ok(false);
    }
    put_releases(conn, cohort, changed)?;
    Ok(true)
}

/// Keeps releases as they are given, in the place of those that were.
pub fn put_releases(conn: &mut Conn, cohort: CohortId, releases: &[Release]) -> QueryResult<()> {
    let rows: Vec<_> = releases
        .iter()
        .map(|release| {
            (
                releases::cohort_id.eq(cohort),
                releases::unit.eq(&release.unit),
                releases::local_time.eq(release.local_time),
                releases::opens_at.eq(release.opens_at),
                releases::set_by_hand.eq(release.set_by_hand),
                releases::held.eq(release.held),
                releases::opened_at.eq(release.opened_at),
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    each!(conn, c => {
        diesel::insert_into(releases::table)
            .values(&rows)
            .on_conflict((releases::cohort_id, releases::unit))
            .do_update()
            .set((
                releases::local_time.eq(excluded(releases::local_time)),
                releases::opens_at.eq(excluded(releases::opens_at)),
                releases::set_by_hand.eq(excluded(releases::set_by_hand)),
                releases::held.eq(excluded(releases::held)),
                releases::opened_at.eq(excluded(releases::opened_at)),
            ))
            .execute(c)
    })
    .map(drop)
}

/// Remembers, for every cohort, that what is due has opened.
pub fn open_due(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let due = releases::table
        .filter(releases::opened_at.is_null())
        .filter(releases::opens_at.le(now))
        .filter(releases::held.eq(false));
    diesel::update(due).set(releases::opened_at.eq(now)).execute(conn)
}

/// Gives a release to each unit that the programme has gained, and lets that of a renamed unit follow it.
pub fn add_missing(conn: &mut Conn, cohort: &Cohort, breaks: &[Break], programme: &Programme) -> QueryResult<usize> {
    follow_renames(conn, cohort.id, programme)?;
    let releases = list_releases(conn, cohort.id)?;
    create_releases(conn, cohort.id, &plan::missing(cohort, breaks, programme, &releases))
}

fn follow_renames(conn: &mut Conn, cohort: CohortId, programme: &Programme) -> QueryResult<()> {
    let known = list_releases(conn, cohort)?;
    let has = |slug: &Slug| known.iter().any(|r| r.unit == *slug);
    for unit in programme.units.iter().filter(|u| !has(&u.slug)) {
        if let Some(former) = unit.formerly.iter().find(|former| has(former)) {
            let row = releases::table.filter(releases::cohort_id.eq(cohort)).filter(releases::unit.eq(former));
            diesel::update(row).set(releases::unit.eq(&unit.slug)).execute(conn)?;
            rename_early_access(conn, cohort, former, &unit.slug)?;
        }
    }
    Ok(())
}

/// Gives a cohort that was just made its releases, by plan.
pub fn plan_cohort(conn: &mut Conn, slug: &Slug, catalogue: &Catalogue) -> QueryResult<()> {
    let cohort = cohort_store::find(conn, slug)?.ok_or(diesel::result::Error::NotFound)?;
    let programme = catalogue.programme(&cohort.programme).ok_or(diesel::result::Error::NotFound)?;
    let breaks = cohort_store::list_breaks(conn, cohort.id)?;
    add_missing(conn, &cohort, &breaks, programme).map(drop)
}
