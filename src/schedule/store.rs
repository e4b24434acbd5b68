//! Releases, as they are kept.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Release;
use crate::cohort::CohortId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
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

pub fn release(conn: &mut Conn, cohort: CohortId, unit: &Slug) -> QueryResult<Option<Release>> {
    releases::table
        .filter(releases::cohort_id.eq(cohort))
        .filter(releases::unit.eq(unit))
        .select(ReleaseRow::as_select())
        .first(conn)
        .optional()
        .map(|row| row.map(Into::into))
}

/// Every unit's release, by its time.
pub fn list_releases(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Release>> {
    releases::table
        .filter(releases::cohort_id.eq(cohort))
        .order((releases::opens_at, releases::id))
        .select(ReleaseRow::as_select())
        .load(conn)
        .map(|rows| rows.into_iter().map(Into::into).collect())
}
