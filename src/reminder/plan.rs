//! The job that finds what fell due, decides for each learner, writes the ledger and queues the mails, all in the same
//! transactions. The mails' words come later: see [`super::wanted`].

mod round;
#[cfg(test)]
mod tests;

use diesel::QueryResult;

use self::round::Round;
use super::due::{self, Due};
use super::live;
use super::store::{self, Course, Run};
use crate::cohort::{CohortId, EnrolmentId};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::{Catalogue, Content, Programme};

/// For how many learners one transaction decides. SQLite has one writer, and nobody is to wait for it for long; on PostgreSQL
/// only those wait who change the same cohort's schedule.
fn at_once(conn: &Conn) -> usize {
    match conn {
        Conn::Sqlite(_) => 1_000,
        Conn::Postgres(_) => 4_000,
    }
}

/// Plans every reminder that fell due, and gives how many mails were queued. Safe to run again, and anywhere else at the
/// same time: one planner at a time holds a cohort, and a decision stands once it is written.
pub async fn plan_due(db: &Db, content: &Content, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let catalogue = content.current();
    let known = catalogue.clone();
    let rounds = db.read(move |conn| list_rounds(conn, &known, now).map_err(DbError::from)).await?;
    let (mut queued, mut failed) = (0, None);
    for (cohort, dues) in rounds {
        let mut after = Some(EnrolmentId(0));
        while let Some(from) = after {
            let (catalogue, host, dues) = (catalogue.clone(), base_url.host().to_owned(), dues.clone());
            let some = move |conn: &mut Conn| plan_some(conn, &catalogue, &host, (cohort, &dues), from, now);
            match db.write(move |conn| some(conn).map_err(DbError::from)).await {
                Ok(planned) => {
                    queued += planned.queued;
                    after = planned.more;
                }
                Err(error) => {
                    // The other cohorts do not wait for this one.
                    tracing::error!(cohort = cohort.0, %error, "reminders could not be planned");
                    (failed, after) = (Some(error), None);
                }
            }
        }
    }
    failed.map_or(Ok(queued), Err)
}

/// The cohorts with reminders that fell due and are not decided, and those reminders. Four queries.
pub fn list_rounds(conn: &mut Conn, catalogue: &Catalogue, now: Instant) -> QueryResult<Vec<(CohortId, Vec<Due>)>> {
    let courses = store::list_courses(conn, now)?;
    let rounds = courses.iter().filter_map(|course| {
        let dues = fell_due(course, catalogue.programme(&course.cohort.programme)?, now);
        (!dues.is_empty()).then_some((course.cohort.id, dues))
    });
    Ok(rounds.collect())
}

/// What fell due and has not been decided for everybody. A unit that was moved on falls due again, for those who had no
/// mail about it.
pub fn fell_due(course: &Course, programme: &Programme, now: Instant) -> Vec<Due> {
    if now >= due::ends_at(&course.cohort, &course.releases) {
        return Vec::new();
    }
    let run_of = |due: &Due| {
        // A unit that was renamed may have one by each of its names.
        let own = course.runs.iter().filter(|run| {
            let unit = programme.unit_called(&run.unit);
            unit.is_some_and(|unit| due.is_about(&unit.slug, run.kind, &run.occasion))
        });
        own.max_by_key(|run| run.due_at)
    };
    // A change is told at once, and each but once.
    let mut dues = live::changed(course, programme, now);
    dues.retain(|due| run_of(due).is_none());
    let timetable = due::timetable(course, programme).into_iter();
    dues.extend(timetable.filter(|due| due.at <= now && run_of(due).is_none_or(|run| run.due_at < due.at)));
    dues
}

/// What one transaction did.
pub struct Planned {
    pub queued: usize,
    /// Where the next transaction begins; nothing is left to do without it.
    pub more: Option<EnrolmentId>,
}

/// Decides for the next learners after `after`. `dues`: as the round began, for what fell due later has not been decided
/// for the learners before.
fn plan_some(
    conn: &mut Conn,
    catalogue: &Catalogue,
    host: &str,
    (cohort, dues): (CohortId, &[Due]),
    after: EnrolmentId,
    now: Instant,
) -> QueryResult<Planned> {
    let nothing = Planned { queued: 0, more: None };
    store::lock(conn, cohort)?;
    // Read again under the lock: another process may have been faster, or the schedule may have moved.
    let Some(course) = store::course(conn, cohort)? else { return Ok(nothing) };
    let Some(programme) = catalogue.programme(&course.cohort.programme) else { return Ok(nothing) };
    let mut still = fell_due(&course, programme, now);
    still.retain(|due| dues.contains(due));
    if still.is_empty() {
        return Ok(nothing);
    }
    let most = at_once(conn);
    let learners = store::list_learners(conn, cohort, after, most as i64)?;
    let round = Round { dues: &still, course: &course, programme, host, now };
    let queued = round.write(conn, &learners)?;
    if let (Some(last), true) = (learners.last(), learners.len() == most) {
        return Ok(Planned { queued, more: Some(last.enrolment) });
    }
    for due in &still {
        let (unit, occasion) = (due.unit.clone(), due.occasion.clone());
        let run = Run { unit, kind: due.kind, occasion, due_at: due.at, missed: due.is_missed(now) };
        store::finish(conn, cohort, &run, now)?;
    }
    Ok(Planned { queued, more: None })
}
