//! The learner's pages, a file an action.

mod again;
pub mod assignment;
pub mod calendar;
pub mod citations;
pub mod course;
pub mod diagnostic;
pub mod exercise;
pub mod feed;
pub mod film;
pub mod glossary;
pub mod home;
pub mod library;
pub mod live;
pub mod mark;
pub mod month;
pub mod note;
pub mod notes;
pub mod print;
pub mod progress;
pub mod quiz;
pub mod reflection;
pub mod step;
pub mod talk;
pub mod unit;

use actix_web::web::{Data, Path};
use chrono::TimeDelta;
use diesel::QueryResult;

use crate::accounts::{self, SessionId};
use crate::cohort::{EnrolmentId, Place, store as cohorts};
use crate::learner::here::{Here, StepAddress, here};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::{Content, Step};

/// That somebody was here, in the cohort and in their session, where it is to be noted: ten minutes after the last time.
#[derive(Debug, Clone, Copy)]
struct Visit {
    enrolment: Option<EnrolmentId>,
    session: Option<SessionId>,
    now: Instant,
}

impl Visit {
    const EVERY: TimeDelta = TimeDelta::minutes(10);

    fn of(place: &Place, now: Instant) -> Self {
        if place.looking.is_some() {
            return Self { enrolment: None, session: None, now };
        }
        let due = |seen: Instant| now.since(seen) >= Self::EVERY;
        let enrolment = place.enrolment.as_ref().filter(|e| e.last_seen_at.is_none_or(due));
        let session = place.person.is_due_for_touch(now).then_some(place.person.session);
        Self { enrolment: enrolment.map(|e| e.id), session, now }
    }
}

impl Visit {
    fn note(self, conn: &mut Conn) -> QueryResult<()> {
        if let Some(session) = self.session {
            accounts::store::touch(conn, session, self.now)?;
        }
        self.enrolment.map_or(Ok(()), |enrolment| cohorts::touch(conn, enrolment, self.now))
    }
}

/// What each form of a step comes with, besides its fields.
type StepForm = (Ask, Data<Db>, Data<Content>, Path<StepAddress>);

/// Does what a form of a step asks for, in one transaction, and leads to where `work` says, with a word about what was
/// done. A step that `is_for` does not fit has no such address.
async fn carry_out(
    form: StepForm,
    is_for: fn(&Step) -> bool,
    done: &str,
    work: impl FnOnce(&mut Conn, &Ask, &Here<'_>) -> Result<String, Error> + Send + 'static,
) -> Answer {
    let (ask, path) = change(form, is_for, work).await?;
    ask.done(path, done)
}

/// The same, where more than the way is to be known of what was done.
async fn change<T: Send + 'static>(
    (ask, db, content, address): StepForm,
    is_for: fn(&Step) -> bool,
    work: impl FnOnce(&mut Conn, &Ask, &Here<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<(Ask, T), Error> {
    let (asked, catalogue) = (ask.clone(), content.current());
    let changed = db.write(move |conn| {
        let here = here(conn, &asked, &catalogue, &address)?;
        if is_for(here.step()) { work(conn, &asked, &here) } else { Err(Error::NotFound) }
    });
    Ok((ask, changed.await?))
}

/// Notes the visit beside the answer, which does not wait for it.
fn note_visit(db: &Data<Db>, visit: Visit) {
    if visit.enrolment.is_none() && visit.session.is_none() {
        return;
    }
    db.write_beside("a visit", move |conn| visit.note(conn));
}
