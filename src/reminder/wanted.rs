//! Whether a reminder goes to a learner, asked when it falls due and once more before its mail is handed over.

use diesel::QueryResult;

use super::due::{self, Due};
use super::store::{self, Learner, Span};
use super::{Facts, Kind, NotSent, count_done, decide, is_called, names, unit_called};
use crate::cohort::Standing;
use crate::outbox::MessageId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::{Catalogue, Programme, Unit};

/// Why a mail is wanted no more, asked inside the claim; `None` for one that is, and for mail that is no reminder. A mail
/// that carries several reminders goes out while one of them is wanted.
pub fn unwanted(
    conn: &mut Conn,
    catalogue: &Catalogue,
    message: MessageId,
    now: Instant,
) -> QueryResult<Option<String>> {
    let carried = store::list_carried(conn, message)?;
    let Some(first) = carried.first() else { return Ok(None) };
    let (enrolment, cohort) = (first.learner.enrolment, first.cohort);
    let Some(course) = store::course(conn, cohort)? else { return Ok(None) };
    let because = |reason: NotSent| Ok(Some(reason.because().to_owned()));
    let programme = match catalogue.programme(&course.cohort.programme) {
        Some(programme) if now < due::ends_at(&course.cohort, &course.releases) => programme,
        _ => return because(NotSent::Closed),
    };
    let units = carried.iter().filter_map(|reminder| unit_called(programme, &reminder.unit));
    let names: Vec<&Slug> = units.flat_map(names).collect();
    let done = store::list_done(conn, Span { cohort, first: enrolment, last: enrolment }, &names)?;
    let done: Vec<(Slug, Slug)> = done.into_iter().map(|(_, unit, step)| (unit, step)).collect();
    let timetable = due::timetable(&course.cohort, programme, &course.releases);
    let mut refusal = None;
    for reminder in &carried {
        match still_wanted(reminder, programme, &timetable, &done, now) {
            Err(reason) => refusal = refusal.or(Some(reason)),
            Ok(()) if carried.iter().any(|other| other.kind == Kind::Opens) => return Ok(None),
            Ok(()) if store::went_lately(conn, enrolment, message, now)? => return because(NotSent::TooSoon),
            Ok(()) => return Ok(None),
        }
    }
    refusal.map_or(Ok(None), because)
}

fn still_wanted(
    reminder: &store::Carried,
    programme: &Programme,
    timetable: &[Due],
    done: &[(Slug, Slug)],
    now: Instant,
) -> Result<(), NotSent> {
    let unit = unit_called(programme, &reminder.unit).ok_or(NotSent::Moved)?;
    let due = timetable.iter().find(|due| due.unit == unit.slug && due.kind == reminder.kind).ok_or(NotSent::Moved)?;
    // A clock that was set back is no reason: the schedule must have moved.
    if due.at > now && due.at > reminder.due_at {
        return Err(NotSent::Moved);
    }
    let done = steps_done(done, unit);
    decide(&facts(&reminder.learner, unit, reminder.kind, reminder.due_at, &done)).map(drop)
}

/// Of the steps that a learner has done (unit and step), those of this unit.
pub fn steps_done(done: &[(Slug, Slug)], unit: &Unit) -> Vec<Slug> {
    let of_unit = done.iter().filter(|(of, _)| is_called(unit, of));
    of_unit.map(|(_, step)| step.clone()).collect()
}

pub fn facts(learner: &Learner, unit: &Unit, kind: Kind, due_at: Instant, done: &[Slug]) -> Facts {
    Facts {
        kind,
        due_at,
        enrolled_at: learner.enrolled_at,
        withdrawn: learner.standing == Standing::Withdrawn,
        suspended: learner.suspended_at.is_some(),
        stopped: learner.stopped_at.is_some(),
        verified: learner.verified_at.is_some(),
        undeliverable: learner.undeliverable_at.is_some(),
        required: unit.required_count(),
        done: count_done(unit, done),
    }
}
