//! The mails about live sessions: a day before, an hour before, and at once to whoever was told a time that holds no more.

use chrono::TimeDelta;

use super::Kind;
use super::due::Due;
use super::store::{Carried, Course, Decided};
use crate::live::{Session, lasting, session_of, steps};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Programme, Step, Unit};
use crate::schedule::release_of;

const DAY: TimeDelta = TimeDelta::hours(24);
const HOUR: TimeDelta = TimeDelta::hours(1);

/// A session that the cohort planned, with its step.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    pub unit: &'a Unit,
    pub step: &'a Step,
    pub session: &'a Session,
}

impl Planned<'_> {
    /// What sets one mail about the session apart from another: a session that moves is told of again.
    pub fn occasion(&self, kind: Kind) -> String {
        let (step, when) = (lasting(&self.step.slug, &self.step.formerly), self.when());
        match kind {
            Kind::LiveChanged => format!("{step} {} {when}", self.session.version),
            _ => format!("{step} {when}"),
        }
    }

    /// The last word of an occasion.
    fn when(&self) -> String {
        if self.session.called_off { "off".into() } else { self.session.starts_at.rfc3339() }
    }

    /// Whether the last that somebody was told of it is not so any more. `decided`: their rows of the ledger, oldest first.
    pub fn was_told_otherwise(&self, decided: &[Decided]) -> bool {
        let step = lasting(&self.step.slug, &self.step.formerly);
        let told = decided.iter().rev().find(|row| {
            let went =
                matches!(&row.mail, Some((State::Sent | State::Unknown | State::Claimed | State::DataStarted, _)));
            let own = row.kind.is_live() && self.unit.is_called(&row.unit);
            own && went && row.occasion.split(' ').next() == Some(step)
        });
        let when = self.when();
        told.is_some_and(|row| row.occasion.rsplit(' ').next() != Some(when.as_str()))
    }
}

/// The sessions that the cohort planned, called off or not, in the order of the programme.
pub fn planned<'a>(course: &'a Course, programme: &'a Programme) -> impl Iterator<Item = Planned<'a>> {
    steps(&programme.units).filter_map(|(unit, step)| {
        let session = session_of(unit, step, &course.sessions)?;
        Some(Planned { unit, step, session })
    })
}

/// The session that a mail is about (unit, kind, occasion), if it still stands as it did then. Two units may have sessions of
/// the same name and time.
pub fn find<'a>(
    course: &'a Course,
    programme: &'a Programme,
    (unit, kind, occasion): (&Slug, Kind, &str),
) -> Option<Planned<'a>> {
    planned(course, programme).find(|planned| planned.unit.is_called(unit) && planned.occasion(kind) == occasion)
}

/// The mail that tells of it, under the same condition.
pub fn find_due(course: &Course, programme: &Programme, carried: &Carried) -> Option<Due> {
    let planned = find(course, programme, (&carried.unit, carried.kind, &carried.occasion))?;
    Some(due(course, &planned, carried.kind, (carried.due_at, planned.session.starts_at)))
}

/// What the sessions' times foresee. A session whose unit opens later, or nobody knows when, is told of by nobody.
pub fn dues(course: &Course, programme: &Programme) -> Vec<Due> {
    let mut dues = Vec::new();
    for planned in planned(course, programme).filter(|planned| !planned.session.called_off) {
        let starts_at = planned.session.starts_at;
        let release = release_of(planned.unit, &course.releases);
        if !release.is_some_and(|release| !release.held && release.opens_at <= starts_at) {
            continue;
        }
        for (kind, ahead, expires_at) in [(Kind::LiveDay, DAY, starts_at - HOUR), (Kind::LiveHour, HOUR, starts_at)] {
            dues.push(due(course, &planned, kind, (starts_at - ahead, expires_at)));
        }
    }
    dues
}

/// What is to be said at once, as a session that has yet to begin was changed. To whom is seen at each learner.
pub fn changed(course: &Course, programme: &Programme, now: Instant) -> Vec<Due> {
    let changed = planned(course, programme).filter(|p| p.session.version > 1 && p.session.starts_at > now);
    changed.map(|planned| due(course, &planned, Kind::LiveChanged, (now, planned.session.starts_at))).collect()
}

fn due(course: &Course, planned: &Planned<'_>, kind: Kind, (at, expires_at): (Instant, Instant)) -> Due {
    Due {
        unit: planned.unit.slug.clone(),
        kind,
        occasion: planned.occasion(kind),
        at,
        expires_at,
        is_on: course.settings.is_on(planned.unit, kind),
    }
}
