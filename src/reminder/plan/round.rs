//! The decisions for some learners about everything that fell due together.

use std::collections::HashMap;

use diesel::QueryResult;

use crate::cohort::EnrolmentId;
use crate::outbox::{Letter, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::reminder::due::{self, Due};
use crate::reminder::emails::{self, Part, Sender, unwritable};
use crate::reminder::store::{self, Course, Decided, Decision, Learner, Span};
use crate::reminder::wanted::{facts, steps_done};
use crate::reminder::{APART, Kind, NotSent, ReminderId, Wording, decide, is_called, names};
use crate::schedule::release_of;

/// What is decided together: a learner gets one mail for all of it.
pub struct Round<'a> {
    pub dues: &'a [Due],
    pub course: &'a Course,
    pub sender: Sender<'a>,
    pub now: Instant,
}

/// What is known of a span of learners.
#[derive(Default)]
struct Known {
    done: HashMap<EnrolmentId, Vec<(Slug, Slug)>>,
    decided: HashMap<EnrolmentId, Vec<Decided>>,
    last_mail: HashMap<EnrolmentId, Instant>,
}

/// What is to be written down.
#[derive(Default)]
struct Outcome<'a> {
    mails: Vec<(Letter, Instant)>,
    /// Each mail's learner, and the reminders it carries.
    carried: Vec<(EnrolmentId, Vec<&'a Due>)>,
    not_sent: Vec<(EnrolmentId, &'a Due, NotSent)>,
    /// Decisions whose mail was cancelled because the unit moved.
    void: Vec<ReminderId>,
}

impl<'a> Round<'a> {
    /// How many mails were queued.
    pub fn write(&self, conn: &mut Conn, learners: &[Learner]) -> QueryResult<usize> {
        let (Some(first), Some(last)) = (learners.first(), learners.last()) else { return Ok(0) };
        let cohort = self.course.cohort.id;
        let known = self.known(conn, Span { cohort, first: first.enrolment, last: last.enrolment })?;
        let mut outcome = Outcome::default();
        for learner in learners {
            self.decide_for(learner, &known, &mut outcome)?;
        }
        let ids = crate::outbox::store::queue_all(conn, &outcome.mails, self.sender.base_url.host(), self.now)?;
        let sent = ids
            .iter()
            .zip(&outcome.carried)
            .flat_map(|(id, (enrolment, dues))| dues.iter().map(move |due| decision(*enrolment, due, Ok(*id))));
        let not_sent = outcome.not_sent.iter().map(|(enrolment, due, reason)| decision(*enrolment, due, Err(*reason)));
        let decisions: Vec<Decision> = sent.chain(not_sent).collect();
        store::take_back(conn, &outcome.void)?;
        store::insert(conn, cohort, &decisions, self.now)?;
        Ok(ids.len())
    }

    fn known(&self, conn: &mut Conn, span: Span) -> QueryResult<Known> {
        let units = self.dues.iter().filter_map(|due| self.sender.programme.unit_named(&due.unit));
        let names: Vec<&Slug> = units.flat_map(names).collect();
        let mut known = Known::default();
        for (enrolment, unit, step) in store::list_done(conn, span, &names)? {
            known.done.entry(enrolment).or_default().push((unit, step));
        }
        for row in store::list_decided(conn, span, &names)? {
            known.decided.entry(row.enrolment).or_default().push(row);
        }
        for (enrolment, at) in store::list_last_mails(conn, span, self.now)? {
            let last = known.last_mail.entry(enrolment).or_insert(at);
            *last = at.max(*last);
        }
        Ok(known)
    }

    fn decide_for(&self, learner: &Learner, known: &Known, outcome: &mut Outcome<'a>) -> QueryResult<()> {
        let mut parts: Vec<(&'a Due, Part<'a>)> = Vec::new();
        for due in self.dues {
            let Some(unit) = self.sender.programme.unit_named(&due.unit) else { continue };
            match standing_decision(known, learner, unit, due.kind) {
                Some(row) if !was_moved(row) => continue,
                Some(row) => outcome.void.push(row.id),
                None => {}
            }
            let done = steps_done(known.done.get(&learner.enrolment).map_or(&[], Vec::as_slice), unit);
            match decide(&facts(learner, unit, due.kind, due.at, &done)) {
                // A reminder that nobody sent at the time was none of theirs.
                Err(NotSent::EnrolledLater) if due.is_missed(self.now) => {}
                Err(reason) => outcome.not_sent.push((learner.enrolment, due, reason)),
                Ok(_) if due.is_missed(self.now) => outcome.not_sent.push((learner.enrolment, due, NotSent::Missed)),
                Ok(wording) => parts.extend(self.part(due, unit, wording, done).map(|part| (due, part))),
            }
        }
        match self.when(&parts, known.last_mail.get(&learner.enrolment).copied()) {
            Ok(Some(when)) => {
                let (dues, parts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
                let letter = emails::reminder(&self.sender, learner, &parts).map_err(unwritable)?;
                outcome.mails.push((letter, when));
                outcome.carried.push((learner.enrolment, dues));
            }
            Ok(None) => {}
            Err(reason) => outcome.not_sent.extend(parts.iter().map(|(due, _)| (learner.enrolment, *due, reason))),
        }
        Ok(())
    }

    /// When the one mail for these parts goes out: see [`APART`]. `None` if there is nothing to say.
    fn when(&self, parts: &[(&Due, Part<'_>)], last_mail: Option<Instant>) -> Result<Option<Instant>, NotSent> {
        let Some(expires_at) = parts.iter().map(|(due, _)| due.expires_at).max() else { return Ok(None) };
        if expires_at <= self.now {
            return Err(NotSent::Missed);
        }
        let free = last_mail.map_or(self.now, |last| last + APART);
        let opens = parts.iter().any(|(due, _)| due.kind == Kind::Opens);
        if free <= self.now || (opens && free < expires_at) {
            Ok(Some(free.max(self.now)))
        } else {
            Err(NotSent::TooSoon)
        }
    }

    fn part(&self, due: &Due, unit: &'a Unit, wording: Wording, done: Vec<Slug>) -> Option<Part<'a>> {
        let releases = &self.course.releases;
        let next = due::next_unit(self.sender.programme, releases, unit);
        Some(Part {
            unit,
            kind: due.kind,
            wording,
            done,
            opened_at: release_of(unit, releases)?.opens_at,
            next: next.map(|(unit, release)| (unit, release.opens_at)),
            expires_at: due.expires_at,
        })
    }
}

fn decision(enrolment: EnrolmentId, due: &Due, outcome: Result<MessageId, NotSent>) -> Decision {
    Decision { unit: due.unit.clone(), kind: due.kind, enrolment, due_at: due.at, outcome }
}

fn standing_decision<'k>(known: &'k Known, learner: &Learner, unit: &Unit, kind: Kind) -> Option<&'k Decided> {
    let own = known.decided.get(&learner.enrolment)?;
    own.iter().find(|row| row.kind == kind && is_called(unit, &row.unit))
}

fn was_moved(row: &Decided) -> bool {
    matches!(&row.mail, Some((State::Cancelled, Some(reason))) if reason == NotSent::Moved.because())
}
