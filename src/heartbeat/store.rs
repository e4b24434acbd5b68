//! Heartbeats as rows, one for each process and job.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::{Beat, Job};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::heartbeats;

/// A process that has been gone for so long is no longer told of.
const KEPT: TimeDelta = TimeDelta::days(1);

pub fn beat(conn: &mut Conn, process: &str, job: Job, now: Instant) -> QueryResult<()> {
    diesel::insert_into(heartbeats::table)
        .values((heartbeats::process.eq(process), heartbeats::job.eq(job), heartbeats::beat_at.eq(now)))
        .on_conflict((heartbeats::process, heartbeats::job))
        .do_update()
        .set(heartbeats::beat_at.eq(now))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// Of all processes of the last day, in the order of their names.
pub fn list(conn: &mut Conn) -> QueryResult<Vec<Beat>> {
    heartbeats::table
        .order((heartbeats::process, heartbeats::job))
        .select((heartbeats::process, heartbeats::job, heartbeats::beat_at))
        .load(conn)
}

pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(heartbeats::table).filter(heartbeats::beat_at.lt(now - KEPT)).execute(conn)
}
