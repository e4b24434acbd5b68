//! Units that are open to one learner before their time.

use diesel::prelude::*;

use super::ReleaseRow;
use crate::cohort::{CohortId, EnrolmentId, Place};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schedule::Release;
use crate::schema::{early_access, enrolments, releases};

/// Every unit's release as the holder of the place has it, by its time. One query.
pub fn list_seen(conn: &mut Conn, place: &Place) -> QueryResult<Vec<Release>> {
    match place.seen_as() {
        Some(learner) => list_held(conn, place.cohort.id, learner),
        None => super::list_releases(conn, place.cohort.id),
    }
}

/// The same for a learner: what they were let into early is open.
pub fn list_held(conn: &mut Conn, cohort: CohortId, learner: EnrolmentId) -> QueryResult<Vec<Release>> {
    let rows = list_allowed(conn, cohort, learner)?;
    Ok(rows.into_iter().map(|(release, given_at)| open_early(release, given_at)).collect())
}

/// Every unit's release as it is for the others, and since when this learner has early access.
pub fn list_allowed(
    conn: &mut Conn,
    cohort: CohortId,
    learner: EnrolmentId,
) -> QueryResult<Vec<(Release, Option<Instant>)>> {
    let own = early_access::enrolment_id.eq(learner).and(early_access::unit.eq(releases::unit));
    let rows: Vec<(ReleaseRow, Option<Instant>)> = each!(conn, c => releases::table
        .left_join(early_access::table.on(own))
        .filter(releases::cohort_id.eq(cohort))
        .order((releases::opens_at, releases::id))
        .select((ReleaseRow::as_select(), early_access::given_at.nullable()))
        .load(c))?;
    Ok(rows.into_iter().map(|(row, given_at)| (row.into(), given_at)).collect())
}

/// Its time stays what it is for the others.
fn open_early(release: Release, given_at: Option<Instant>) -> Release {
    match given_at {
        Some(_) => Release { held: false, opened_at: release.opened_at.or(given_at), ..release },
        None => release,
    }
}

/// Opens a unit to one learner. Doing it again changes nothing; whether it did.
pub fn give_early_access(conn: &mut Conn, learner: EnrolmentId, unit: &Slug, now: Instant) -> QueryResult<bool> {
    diesel::insert_into(early_access::table)
        .values((early_access::enrolment_id.eq(learner), early_access::unit.eq(unit), early_access::given_at.eq(now)))
        .on_conflict((early_access::enrolment_id, early_access::unit))
        .do_nothing()
        .on_both()
        .execute(conn)
        .map(|given| given == 1)
}

/// The unit opens to them with the others again. What they did in it is kept. Whether they had it.
pub fn take_early_access(conn: &mut Conn, learner: EnrolmentId, unit: &Slug) -> QueryResult<bool> {
    diesel::delete(early_access::table.find((learner, unit))).execute(conn).map(|taken| taken == 1)
}

/// Lets what was given follow a unit that has another name now.
pub(super) fn rename_early_access(conn: &mut Conn, cohort: CohortId, from: &Slug, to: &Slug) -> QueryResult<()> {
    let people = enrolments::table.filter(enrolments::cohort_id.eq(cohort)).select(enrolments::id);
    let given =
        early_access::table.filter(early_access::unit.eq(from)).filter(early_access::enrolment_id.eq_any(people));
    diesel::update(given).set(early_access::unit.eq(to)).execute(conn).map(drop)
}

/// The units that these people were let into before their time.
pub fn list_early_access(conn: &mut Conn, people: &[EnrolmentId]) -> QueryResult<Vec<(EnrolmentId, Slug)>> {
    early_access::table
        .filter(early_access::enrolment_id.eq_any(people))
        .select((early_access::enrolment_id, early_access::unit))
        .load(conn)
}
