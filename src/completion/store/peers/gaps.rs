//! Work that is short of comments, and assignments that are short of work: what facilitators fill.

use std::collections::HashMap;

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::completion::SubmissionId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::schema::{accounts, enrolments, peer_reviews, submissions};

/// An assignment, and how many comments each piece of work is promised.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'a> {
    pub unit: &'a Slug,
    pub step: &'a Slug,
    pub reviews: u16,
}

/// Work that has fewer comments than it was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    pub id: SubmissionId,
    pub author: String,
    pub unit: Slug,
    pub step: Slug,
    pub handed_in_at: Instant,
    pub review_count: i32,
}

/// Where the page before ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub handed_in_at: Instant,
    pub id: SubmissionId,
}

/// Active learners' work that was handed in before an instant and is short of comments, the earliest first.
pub fn list_short(
    conn: &mut Conn,
    cohort: CohortId,
    promises: &[Promise<'_>],
    before: Instant,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Short>> {
    if promises.is_empty() {
        return Ok(Vec::new());
    }
    let after = after.unwrap_or(After { handed_in_at: Instant::from_micros(0), id: SubmissionId(0) });
    let mut query = submissions::table.inner_join(enrolments::table.inner_join(accounts::table)).into_boxed();
    for promise in promises {
        // Each of them has all conditions, so that each can begin in the index.
        let short = submissions::cohort_id
            .eq(cohort)
            .and(submissions::unit.eq(promise.unit))
            .and(submissions::step.eq(promise.step))
            .and(submissions::review_count.lt(i32::from(promise.reviews)));
        let beyond = submissions::handed_in_at
            .ge(after.handed_in_at)
            .and(submissions::handed_in_at.gt(after.handed_in_at).or(submissions::id.gt(after.id)));
        let counts = enrolments::role.eq(Role::Learner).and(enrolments::state.eq(Standing::Active));
        query = query.or_filter(short.and(submissions::handed_in_at.lt(before)).and(beyond).and(counts));
    }
    let rows: Vec<(SubmissionId, String, Slug, Slug, Instant, i32)> = query
        .order((submissions::handed_in_at, submissions::id))
        .limit(limit)
        .select((
            submissions::id,
            accounts::name,
            submissions::unit,
            submissions::step,
            submissions::handed_in_at,
            submissions::review_count,
        ))
        .load(conn)?;
    let short = |(id, author, unit, step, handed_in_at, review_count)| Short {
        id,
        author,
        unit,
        step,
        handed_in_at,
        review_count,
    };
    Ok(rows.into_iter().map(short).collect())
}

/// How many pieces of work there are of each assignment, by those who are of a role and active.
pub fn count_works(conn: &mut Conn, cohort: CohortId, by: Role) -> QueryResult<HashMap<(Slug, Slug), i64>> {
    let rows: Vec<(Slug, Slug, i64)> = submissions::table
        .inner_join(enrolments::table)
        .filter(submissions::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(by))
        .filter(enrolments::state.eq(Standing::Active))
        .group_by((submissions::unit, submissions::step))
        .select((submissions::unit, submissions::step, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(unit, step, count)| ((unit, step), count)).collect())
}

/// Whose work it is.
pub fn author_name(conn: &mut Conn, author: EnrolmentId) -> QueryResult<String> {
    enrolments::table.inner_join(accounts::table).filter(enrolments::id.eq(author)).select(accounts::name).first(conn)
}

/// Counts the comments on each piece of work anew; says how many counts were wrong.
pub fn recount(conn: &mut Conn) -> QueryResult<usize> {
    let counted: Vec<(SubmissionId, i32, i64)> = submissions::table
        .left_join(peer_reviews::table)
        .group_by((submissions::id, submissions::review_count))
        .select((submissions::id, submissions::review_count, count(peer_reviews::id.nullable())))
        .load(conn)?;
    let wrong = counted.into_iter().filter(|(_, kept, counted)| i64::from(*kept) != *counted);
    let mut mended = 0;
    for (work, _, counted) in wrong {
        let count = i32::try_from(counted).unwrap_or(i32::MAX);
        mended +=
            diesel::update(submissions::table.find(work)).set(submissions::review_count.eq(count)).execute(conn)?;
    }
    Ok(mended)
}
