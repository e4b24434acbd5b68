//! Whether a reminder goes to a learner, asked when it falls due and once more before its mail is handed over; and that
//! mail, which is written only then.

use std::sync::Arc;

use chrono::{Days, NaiveTime};
use diesel::QueryResult;

use super::due::{self, Due};
use super::emails::{Sender, Told, letter};
use super::store::{self, Carried, Course, Learner, Span};
use super::wishes::Wishes;
use super::{APART, Facts, Kind, NotSent, count_done, decide, live};
use crate::cohort::store::list_facilitators;
use crate::cohort::{EnrolmentId, Role, Standing};
use crate::outbox::{Anew, Answer, Letter, MessageId};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::{Catalogue, Programme, Unit};

/// What becomes of a mail, asked inside the claim; `None` for mail that is no reminder. A mail that carries several
/// reminders tells those that are still wanted, if there are any.
pub fn ask(
    conn: &mut Conn,
    (catalogue, base_url): (&Arc<Catalogue>, &BaseUrl),
    message: MessageId,
    now: Instant,
) -> QueryResult<Option<Answer>> {
    let carried = store::list_carried(conn, message)?;
    let Some(learner) = carried.first().map(|reminder| reminder.learner.clone()) else { return Ok(None) };
    let Some(course) = store::course(conn, carried[0].cohort)? else { return Ok(None) };
    let told = match catalogue.programme(&course.cohort.programme) {
        _ if carried[0].role != Role::Learner => Err(Held::Unwanted(NotSent::NoLearner)),
        Some(programme) if now < due::ends_at(&course.cohort, &course.releases) => {
            let wishes = store::find_wishes(conn, learner.enrolment)?;
            let asked = Asked { course: &course, programme, learner: &learner, wishes, now };
            asked.told(conn, message, &carried)?
        }
        _ => Err(Held::Unwanted(NotSent::Closed)),
    };
    Ok(Some(match told {
        Err(Held::Unwanted(reason)) => Answer::Unwanted(reason.because().to_owned()),
        Err(Held::Until(at)) => Answer::Later(at),
        Ok(told) => {
            let facilitators = list_facilitators(conn, course.cohort.id)?;
            let (catalogue, base_url) = (catalogue.clone(), base_url.clone());
            let (to_name, to) = (learner.name.clone(), learner.email.clone());
            let mail = Unwritten { catalogue, base_url, course, facilitators, learner, told, now };
            Answer::Anew(Anew { to_name, to, write: Box::new(|| mail.write()) })
        }
    }))
}

/// All that a mail is written from, so that no transaction waits for its words.
struct Unwritten {
    catalogue: Arc<Catalogue>,
    base_url: BaseUrl,
    course: Course,
    facilitators: Vec<(EnrolmentId, String, String)>,
    learner: Learner,
    told: Vec<Told>,
    now: Instant,
}

impl Unwritten {
    fn write(self) -> Result<Letter, String> {
        let Self { catalogue, base_url, course, facilitators, learner, told, now } = self;
        let programme = catalogue.programme(&course.cohort.programme).ok_or("its programme is not taught any more")?;
        let sender = Sender { cohort: &course.cohort, programme, facilitators: &facilitators, base_url: &base_url };
        let written = letter((&sender, &course), &learner, &told, now).map_err(|e| e.to_string())?;
        written.ok_or_else(|| "there is nothing to tell any more".into())
    }
}

/// One mail in the claim, and what it is held against.
struct Asked<'a> {
    course: &'a Course,
    programme: &'a Programme,
    learner: &'a Learner,
    wishes: Wishes,
    now: Instant,
}

impl Asked<'_> {
    /// The reminders that the mail tells, or why it does not go. What is left out of it says so in the ledger.
    fn told(&self, conn: &mut Conn, message: MessageId, carried: &[Carried]) -> QueryResult<Result<Vec<Told>, Held>> {
        let units = carried.iter().filter_map(|reminder| self.programme.unit_called(&reminder.unit));
        let names: Vec<&Slug> = units.flat_map(Unit::names).collect();
        let enrolment = self.learner.enrolment;
        let span = Span { cohort: self.course.cohort.id, first: enrolment, last: enrolment };
        let done = store::list_done(conn, span, &names)?;
        let done: Vec<(Slug, Slug)> = done.into_iter().map(|(_, unit, step)| (unit, step)).collect();
        let timetable = due::timetable(self.course, self.programme);
        let (mut told, mut refused) = (Vec::new(), Vec::new());
        for reminder in carried {
            match self.still_wanted(reminder, &timetable, &done) {
                Ok(wanted) => told.push(wanted),
                Err(reason) => refused.push((reminder, reason)),
            }
        }
        let nothing = refused.first().filter(|_| told.is_empty()).map(|(_, reason)| *reason);
        for (reminder, reason) in refused {
            if reason == NotSent::Moved {
                self.reopen(conn, reminder)?;
            }
            if nothing != Some(reason) {
                store::leave_out(conn, reminder.id, reason)?;
            }
        }
        match nothing {
            Some(reason) => Ok(Err(Held::Unwanted(reason))),
            None => Ok(self.crowded(conn, message, &told)?.map_or(Ok(told), Err)),
        }
    }

    fn reopen(&self, conn: &mut Conn, reminder: &Carried) -> QueryResult<()> {
        let unit = self.programme.unit_called(&reminder.unit).filter(|_| !reminder.kind.is_live());
        unit.map_or(Ok(()), |unit| store::reopen(conn, reminder.cohort, unit, reminder.kind))
    }

    fn still_wanted(&self, reminder: &Carried, timetable: &[Due], done: &[(Slug, Slug)]) -> Result<Told, NotSent> {
        let unit = self.programme.unit_called(&reminder.unit).ok_or(NotSent::Moved)?;
        let due = if reminder.kind.is_live() {
            live::find_due(self.course, self.programme, reminder).ok_or(NotSent::SessionChanged)?
        } else {
            let due = timetable.iter().find(|due| due.is_about(&unit.slug, reminder.kind, ""));
            let due = due.ok_or(NotSent::Moved)?;
            // A clock that was set back is no reason: the schedule must have moved.
            if due.at > self.now && due.at > reminder.due_at {
                return Err(NotSent::Moved);
            }
            // It speaks of what has opened meanwhile.
            if due.kind == Kind::WrapUp && due.expires_at <= self.now {
                return Err(NotSent::Missed);
            }
            due.clone()
        };
        let done = steps_done(done, unit);
        let of = Of { course: self.course, unit, kind: reminder.kind, due_at: reminder.due_at };
        let wording = decide(&facts(self.learner, &self.wishes, &of, &done))?;
        Ok(Told { due, wording, done })
    }

    /// Why it would be one mail too many now: see [`super::APART`] and [`Wishes::daily_cap`].
    fn crowded(&self, conn: &mut Conn, message: MessageId, told: &[Told]) -> QueryResult<Option<Held>> {
        let expires_at = told.iter().map(|told| told.due.expires_at).max();
        let is_news = told.iter().any(|told| told.due.kind.is_news());
        let until = |free: Instant, reason: NotSent| match is_news && expires_at.is_some_and(|end| free < end) {
            true => Held::Until(free),
            false => Held::Unwanted(reason),
        };
        if told.iter().any(|told| !told.due.kind.is_live())
            && let Some(last) = store::last_went(conn, self.learner.enrolment, message, self.now)?
        {
            return Ok(Some(until(last + APART, NotSent::TooSoon)));
        }
        // Whoever was told a time is told that it does not hold.
        if told.iter().any(|told| told.due.kind == Kind::LiveChanged) {
            return Ok(None);
        }
        let cohort = &self.course.cohort;
        let today = cohort.zone.local_date(self.now);
        let midnight = cohort.zone.instant(today.and_time(NaiveTime::MIN));
        let sent = store::count_sent_since(conn, self.learner.account, midnight)?;
        let tomorrow = cohort.zone.instant((today + Days::new(1)).and_time(cohort.release_time));
        Ok((sent >= self.wishes.daily_cap.into()).then(|| until(tomorrow, NotSent::Enough)))
    }
}

/// Why a mail does not go, or not now.
enum Held {
    Unwanted(NotSent),
    /// Another went less than 20 hours before, or as many as they want on that day.
    Until(Instant),
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
