//! Issuing: in the transaction of the completion that fulfils the rule, or once a day where no completion does (the rule
//! was eased, a unit opened again). What is issued stays issued.

use diesel::QueryResult;

use super::{Says, emails, key, store};
use crate::cohort::{Cohort, EnrolmentId, store as cohorts};
use crate::completion::certificate::{Part, parts};
use crate::completion::store::{self as completions, StepKey};
use crate::completion::{Done, How, progress};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::{Content, Programme};
use crate::schedule::Release;
use crate::schedule::store::{list_held, list_releases};

/// Learners looked at together.
const BATCH: i64 = 200;

/// Which course a certificate would be of, and where its letter leads.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    pub cohort: &'a Cohort,
    pub programme: &'a Programme,
    pub base_url: &'a BaseUrl,
}

/// Notes that a learner has done a step, and by what, and issues the certificate if that fulfils the rule. However a step gets done,
/// it comes through here.
pub fn complete(
    conn: &mut Conn,
    course: &Course<'_>,
    learner: EnrolmentId,
    (step, how): (StepKey<'_>, How),
    now: Instant,
) -> QueryResult<()> {
    if completions::mark(conn, learner, step, how, now)? {
        // Holds the learner's row: of two completions at once, the later sees the earlier.
        cohorts::touch(conn, learner, now)?;
        issue_if_due(conn, course, learner, now)?;
    }
    Ok(())
}

/// Issues what is due and not issued, with a letter that says so; true if that was done now.
pub fn issue_if_due(conn: &mut Conn, course: &Course<'_>, learner: EnrolmentId, now: Instant) -> QueryResult<bool> {
    if store::issued_at(conn, learner)?.is_some() {
        return Ok(false);
    }
    let done = completions::list_done(conn, learner)?;
    let releases = list_held(conn, course.cohort.id, learner)?;
    let Some(says) = due(course, &releases, &done, now) else { return Ok(false) };
    let Some(holder) = store::holder(conn, learner)? else { return Ok(false) };
    if !store::add(conn, learner, &holder.name, &says, now)? {
        return Ok(false);
    }
    key::made(conn, now)?;
    emails::tell(conn, course, (learner, &holder), &says, now)?;
    Ok(true)
}

/// What the certificate says, if every part of the rule holds. A rule without parts issues none.
fn due(course: &Course<'_>, releases: &[Release], done: &Done, now: Instant) -> Option<Says> {
    let progress = progress(course.programme, releases, done, now);
    let parts = parts(&course.programme.certificate, &progress, done);
    let holds = !parts.is_empty() && parts.iter().all(Part::holds);
    holds.then(|| Says::of(course.cohort, course.programme, releases, (&progress, &parts), now))
}

/// Issues what is due in every course that is still open to its learners; how many were issued. Twice is as good as once.
pub async fn issue_all_due(db: &Db, content: &Content, base_url: &BaseUrl, now: Instant) -> Result<usize, DbError> {
    let catalogue = content.current();
    let mut issued = 0;
    for programme in catalogue.programmes.values() {
        let slug = programme.slug.clone();
        let list = db.report(move |conn| Ok::<_, DbError>(cohorts::list_of_programme(conn, &slug)?)).await?;
        for cohort in list.into_iter().filter(|cohort| now < cohort.access_ends_at()) {
            issued += issue_due_in(db, content, base_url, cohort, now).await?;
        }
    }
    Ok(issued)
}

/// Looks without holding up any writer, and writes for each learner on their own.
async fn issue_due_in(
    db: &Db,
    content: &Content,
    base_url: &BaseUrl,
    cohort: Cohort,
    now: Instant,
) -> Result<usize, DbError> {
    let (catalogue, base, of) = (content.current(), base_url.clone(), cohort.clone());
    let find = move |conn: &mut Conn| {
        let Some(programme) = catalogue.programme(&of.programme) else { return Ok(Vec::new()) };
        Ok::<_, DbError>(list_due(conn, &Course { cohort: &of, programme, base_url: &base }, now)?)
    };
    let mut issued = 0;
    for learner in db.report(find).await? {
        let (catalogue, base, of) = (content.current(), base_url.clone(), cohort.clone());
        let issue = move |conn: &mut Conn| {
            let Some(programme) = catalogue.programme(&of.programme) else { return Ok(false) };
            let course = Course { cohort: &of, programme, base_url: &base };
            Ok::<_, DbError>(issue_if_due(conn, &course, learner, now)?)
        };
        issued += usize::from(db.write(issue).await?);
    }
    Ok(issued)
}

fn list_due(conn: &mut Conn, course: &Course<'_>, now: Instant) -> QueryResult<Vec<EnrolmentId>> {
    let releases = list_releases(conn, course.cohort.id)?;
    let (mut due_now, mut after) = (Vec::new(), EnrolmentId(0));
    loop {
        let learners = store::list_without(conn, course.cohort.id, after, BATCH)?;
        let Some(last) = learners.last() else { return Ok(due_now) };
        after = *last;
        let done = store::list_done_of(conn, &learners)?;
        let fulfilled = done.iter().filter(|(_, done)| due(course, &releases, done, now).is_some());
        due_now.extend(fulfilled.map(|(learner, _)| *learner));
    }
}
