//! The learner's pages, a file an action.

pub mod assignment;
pub mod course;
pub mod diagnostic;
pub mod home;
pub mod mark;
pub mod quiz;
pub mod reflection;
pub mod step;
pub mod talk;
pub mod unit;

use actix_web::web::Data;
use chrono::TimeDelta;

use crate::cohort::{EnrolmentId, Place, store as cohorts};
use crate::platform::clock::Instant;
use crate::platform::db::{Db, DbError};

/// That somebody enrolled was here, if it is to be noted: ten minutes after the last time.
#[derive(Debug, Clone, Copy)]
struct Visit(Option<(EnrolmentId, Instant)>);

impl Visit {
    const EVERY: TimeDelta = TimeDelta::minutes(10);

    fn of(place: &Place, now: Instant) -> Self {
        let due = |seen: Instant| now.since(seen) >= Self::EVERY;
        let enrolment = place.enrolment.as_ref().filter(|e| e.last_seen_at.is_none_or(due));
        Self(enrolment.map(|e| (e.id, now)))
    }
}

/// Notes the visit beside the answer, which does not wait for it.
fn note_visit(db: &Data<Db>, visit: Visit) {
    let Some((enrolment, now)) = visit.0 else { return };
    let db = db.clone();
    actix_web::rt::spawn(async move {
        let noted = db.write(move |conn| cohorts::touch(conn, enrolment, now).map_err(DbError::from)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a visit was not noted");
        }
    });
}
