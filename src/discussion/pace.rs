//! How fast somebody new may write. Who comes to advertise comes new; who learns has soon written on two days, and hears
//! nothing of this any more. It is counted from what is kept, so it is the same in every process.

use chrono::TimeDelta;
use diesel::QueryResult;

use super::{Poster, store};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// Whoever has no post of an earlier day that can still be read is new.
const SETTLED: TimeDelta = TimeDelta::hours(24);
/// So many posts may somebody new write in any such time.
const FIRST_POSTS: i64 = 5;
const WITHIN: TimeDelta = TimeDelta::hours(1);

/// When they may write again, where they have to wait. Two queries for somebody new, otherwise one.
pub(super) fn wait_until(conn: &mut Conn, poster: &Poster, now: Instant) -> QueryResult<Option<Instant>> {
    if poster.facilitates || store::has_post_before(conn, poster.enrolment, now - SETTLED)? {
        return Ok(None);
    }
    let nth = store::nth_newest_post_at(conn, poster.enrolment, FIRST_POSTS)?;
    Ok(nth.map(|at| at + WITHIN).filter(|until| *until > now))
}
