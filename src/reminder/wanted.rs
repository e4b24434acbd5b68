//! Whether a reminder goes to a learner, asked when it falls due and once more before its mail is handed over.

use chrono::NaiveTime;
use diesel::QueryResult;

use super::due::{self, Due};
use super::store::{self, Carried, Course, Learner, Span};
use super::wishes::Wishes;
use super::{Facts, Kind, NotSent, count_done, decide, live};
use crate::cohort::{EnrolmentId, Standing};
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
    let Some(course) = store::course(conn, first.cohort)? else { return Ok(None) };
    let refusal = match catalogue.programme(&course.cohort.programme) {
        Some(programme) if now < due::ends_at(&course.cohort, &course.releases) => {
            let wishes = store::find_wishes(conn, first.learner.enrolment)?;
            let asked = Asked { course: &course, programme, wishes, now };
            match asked.all(conn, &carried)? {
                None => asked.crowded(conn, message, &carried)?,
                refusal => refusal,
            }
        }
        _ => Some(NotSent::Closed),
    };
    Ok(refusal.map(|reason| reason.because().to_owned()))
}

/// One mail in the claim, and what it is held against.
struct Asked<'a> {
    course: &'a Course,
    programme: &'a Programme,
    wishes: Wishes,
    now: Instant,
}

impl Asked<'_> {
    /// Why none of the reminders is wanted.
    fn all(&self, conn: &mut Conn, carried: &[Carried]) -> QueryResult<Option<NotSent>> {
        let units = carried.iter().filter_map(|reminder| self.programme.unit_called(&reminder.unit));
        let names: Vec<&Slug> = units.flat_map(Unit::names).collect();
        let enrolment = carried.first().map_or(EnrolmentId(0), |reminder| reminder.learner.enrolment);
        let span = Span { cohort: self.course.cohort.id, first: enrolment, last: enrolment };
        let done = store::list_done(conn, span, &names)?;
        let done: Vec<(Slug, Slug)> = done.into_iter().map(|(_, unit, step)| (unit, step)).collect();
        let timetable = due::timetable(self.course, self.programme);
        let mut refusal = None;
        for reminder in carried {
            match self.still_wanted(reminder, &timetable, &done) {
                Err(reason) => refusal = refusal.or(Some(reason)),
                Ok(()) => return Ok(None),
            }
        }
        Ok(refusal)
    }

    fn still_wanted(&self, reminder: &Carried, timetable: &[Due], done: &[(Slug, Slug)]) -> Result<(), NotSent> {
        let unit = self.programme.unit_called(&reminder.unit).ok_or(NotSent::Moved)?;
        if reminder.kind.is_live() {
            live::find(self.course, self.programme, reminder.kind, &reminder.occasion)
                .ok_or(NotSent::SessionChanged)?;
        } else {
            let due = timetable.iter().find(|due| due.is_about(&unit.slug, reminder.kind, ""));
            let due = due.ok_or(NotSent::Moved)?;
            // A clock that was set back is no reason: the schedule must have moved.
            if due.at > self.now && due.at > reminder.due_at {
                return Err(NotSent::Moved);
            }
        }
        let done = steps_done(done, unit);
        let of = Of { course: self.course, unit, kind: reminder.kind, due_at: reminder.due_at };
        decide(&facts(&reminder.learner, &self.wishes, &of, &done)).map(drop)
    }

    /// Why it would be one mail too many: see [`super::APART`] and [`Wishes::daily_cap`].
    fn crowded(&self, conn: &mut Conn, message: MessageId, carried: &[Carried]) -> QueryResult<Option<NotSent>> {
        let Some(learner) = carried.first().map(|reminder| &reminder.learner) else { return Ok(None) };
        let is_reminder_alone = !carried.iter().any(|reminder| reminder.kind.is_news() || reminder.kind.is_live());
        if is_reminder_alone && store::went_lately(conn, learner.enrolment, message, self.now)? {
            return Ok(Some(NotSent::TooSoon));
        }
        let zone = &self.course.cohort.zone;
        let today = zone.instant(zone.local_date(self.now).and_time(NaiveTime::MIN));
        let sent = store::count_sent_since(conn, learner.account, today)?;
        Ok((sent >= self.wishes.daily_cap.into()).then_some(NotSent::Enough))
    }
}

/// Of the steps that a learner has done (unit and step), those of this unit.
pub fn steps_done(done: &[(Slug, Slug)], unit: &Unit) -> Vec<Slug> {
    let of_unit = done.iter().filter(|(of, _)| unit.is_called(of));
    of_unit.map(|(_, step)| step.clone()).collect()
}

/// Which reminder it is.
pub struct Of<'a> {
    pub course: &'a Course,
    pub unit: &'a Unit,
    pub kind: Kind,
    pub due_at: Instant,
}

pub fn facts(learner: &Learner, wishes: &Wishes, of: &Of<'_>, done: &[Slug]) -> Facts {
    Facts {
        kind: of.kind,
        due_at: of.due_at,
        enrolled_at: learner.enrolled_at,
        withdrawn: learner.standing == Standing::Withdrawn,
        suspended: learner.suspended_at.is_some(),
        stopped: learner.reminders_stopped_at.is_some(),
        verified: learner.verified_at.is_some(),
        undeliverable: learner.undeliverable_at.is_some(),
        switched_off: !of.course.settings.is_on(of.unit, of.kind),
        unwished: !wishes.wants(of.kind),
        paused: wishes.is_paused(&of.course.cohort.zone, of.due_at),
        required: of.unit.required_count(),
        done: count_done(of.unit, done),
    }
}
