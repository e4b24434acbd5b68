//! What each week's report said when its week ended, as JSON.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;

use crate::cohort::store::CohortRow;
use crate::cohort::{Cohort, CohortId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::report::words::Told;
use crate::schema::{cohorts, releases, report_weeks};

/// A course is over four weeks after its last release, unless it says when.
const LATELY: TimeDelta = TimeDelta::weeks(6);

pub fn find_week(conn: &mut Conn, cohort: CohortId, friday: NaiveDate) -> QueryResult<Option<Told>> {
    let kept: Option<String> =
        report_weeks::table.find((cohort, friday)).select(report_weeks::told).first(conn).optional()?;
    kept.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| diesel::result::Error::DeserializationError(e.into()))
}

/// Keeps what it says. Whoever is first does: doing it again changes nothing.
pub fn keep_week(conn: &mut Conn, cohort: CohortId, friday: NaiveDate, told: &Told) -> QueryResult<()> {
    let text = serde_json::to_string(told).map_err(|e| diesel::result::Error::SerializationError(e.into()))?;
    let row = (report_weeks::cohort_id.eq(cohort), report_weeks::week.eq(friday), report_weeks::told.eq(text));
    diesel::insert_into(report_weeks::table).values(row).on_conflict_do_nothing().on_both().execute(conn).map(drop)
}

/// The cohorts that may have a report of the week that ends on this Friday, and of which none is kept.
pub fn list_untold(conn: &mut Conn, friday: NaiveDate, now: Instant) -> QueryResult<Vec<Cohort>> {
    let told = report_weeks::table.filter(report_weeks::week.eq(friday)).select(report_weeks::cohort_id);
    let lately = releases::table.filter(releases::opens_at.gt(now - LATELY)).select(releases::cohort_id);
    let rows: Vec<CohortRow> = cohorts::table
        .filter(cohorts::starts_on.le(friday))
        .filter(cohorts::id.eq_any(lately).or(cohorts::closes_on.ge(friday - TimeDelta::weeks(1))))
        .filter(cohorts::id.ne_all(told))
        .order(cohorts::id)
        .select(CohortRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
