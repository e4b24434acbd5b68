//! Who found which post helpful, as it is kept.

use diesel::prelude::*;

use crate::cohort::EnrolmentId;
use crate::discussion::PostId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{accounts, enrolments, helpful_marks, posts};

/// Of how many marks on one page the names are read.
const MOST: i64 = 200;

/// Notes that somebody found a post helpful, or no longer does. Twice is the same as once.
pub fn set_helpful(conn: &mut Conn, post: PostId, by: EnrolmentId, helpful: bool, now: Instant) -> QueryResult<()> {
    let changed = if helpful {
        diesel::insert_into(helpful_marks::table)
            .values((
                helpful_marks::post_id.eq(post),
                helpful_marks::enrolment_id.eq(by),
                helpful_marks::marked_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .on_both()
            .execute(conn)?
    } else {
        diesel::delete(helpful_marks::table.find((post, by))).execute(conn)?
    };
    if changed == 1 {
        let more = if helpful { 1 } else { -1 };
        diesel::update(posts::table.find(post))
            .set(posts::helpful_count.eq(posts::helpful_count + more))
            .execute(conn)?;
    }
    Ok(())
}

/// Who found these posts helpful, by name, in the order in which they said so.
pub fn list_helpful(conn: &mut Conn, ids: &[PostId]) -> QueryResult<Vec<(PostId, EnrolmentId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    each!(conn, c => helpful_marks::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(helpful_marks::post_id.eq_any(ids))
        .order((helpful_marks::marked_at, helpful_marks::enrolment_id))
        .limit(MOST)
        .select((helpful_marks::post_id, helpful_marks::enrolment_id, accounts::name))
        .load(c))
}
