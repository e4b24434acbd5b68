//! The decisions for some learners about everything that fell due together.

use std::collections::HashMap;

use diesel::QueryResult;

use crate::cohort::EnrolmentId;
use crate::outbox::{Letter, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::reminder::due::Due;
use crate::reminder::emails::{self, Part, Sender, SessionMail, unwritable};
use crate::reminder::store::{self, Course, Decided, Decision, Learner, Span};
use crate::reminder::wanted::{Of, facts, steps_done};
use crate::reminder::wishes::Wishes;
use crate::reminder::{APART, Kind, NotSent, ReminderId, decide, is_called, live, names};

/// What is decided together: a learner gets one mail for all of it, and one for each live session.
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
    wishes: HashMap<EnrolmentId, Wishes>,
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

impl<'a> Outcome<'a> {
    fn queue(&mut self, learner: &Learner, letter: Letter, when: Instant, dues: Vec<&'a Due>) {
        self.mails.push((letter, when));
        self.carried.push((learner.enrolment, dues));
    }

    fn drop(&mut self, learner: &Learner, due: &'a Due, reason: NotSent) {
        self.not_sent.push((learner.enrolment, due, reason));
    }
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
        let mut known = Known { wishes: store::list_wishes(conn, span)?.into_iter().collect(), ..Known::default() };
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
        let decided = known.decided.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
        let done = known.done.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
        let wishes = known.wishes.get(&learner.enrolment).copied().unwrap_or_default();
        let (mut parts, mut sessions) = (Vec::new(), Vec::new());
        for due in self.dues {
            let Some(unit) = self.sender.programme.unit_named(&due.unit) else { continue };
            // A reminder that nobody sent at the time was none of theirs.
            if learner.enrolled_at > due.at && due.is_missed(self.now) {
                continue;
            }
            match standing_decision(decided, unit, due) {
                Some(row) if !was_moved(row) => continue,
                Some(row) => outcome.void.push(row.id),
                None => {}
            }
            if due.kind == Kind::LiveChanged && !self.was_told_otherwise(due, decided) {
                continue;
            }
            let done = steps_done(done, unit);
            let of = Of { course: self.course, unit, kind: due.kind, due_at: due.at };
            match decide(&facts(learner, &wishes, &of, &done)) {
                Err(reason) => outcome.drop(learner, due, reason),
                Ok(_) if due.is_missed(self.now) => outcome.drop(learner, due, NotSent::Missed),
                Ok(_) if due.kind.is_live() => sessions.push(due),
                Ok(wording) => {
                    let part = Part::of(self.course, self.sender.programme, (due, unit), (wording, done));
                    parts.extend(part.map(|part| (due, part)));
                }
            }
        }
        self.write_of_units(learner, parts, known.last_mail.get(&learner.enrolment).copied(), outcome)?;
        self.write_of_sessions(learner, &sessions, outcome)
    }

    fn write_of_units(
        &self,
        learner: &Learner,
        parts: Vec<(&'a Due, Part<'a>)>,
        last_mail: Option<Instant>,
        outcome: &mut Outcome<'a>,
    ) -> QueryResult<()> {
        match self.when(&parts, last_mail) {
            Ok(Some(when)) => {
                let (dues, parts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
                let letter = emails::reminder(&self.sender, learner, &parts).map_err(unwritable)?;
                outcome.queue(learner, letter, when, dues);
            }
            Ok(None) => {}
            Err(reason) => parts.iter().for_each(|(due, _)| outcome.drop(learner, due, reason)),
        }
        Ok(())
    }

    /// One mail for each session: that it changed goes before that it comes.
    fn write_of_sessions(&self, learner: &Learner, dues: &[&'a Due], outcome: &mut Outcome<'a>) -> QueryResult<()> {
        let mut told = Vec::new();
        for due in dues {
            let planned = live::find(self.course, self.sender.programme, due.kind, &due.occasion);
            let Some(planned) = planned.filter(|_| due.expires_at > self.now) else {
                outcome.drop(learner, due, NotSent::Missed);
                continue;
            };
            if told.contains(&&planned.step.slug) {
                outcome.drop(learner, due, NotSent::TooSoon);
                continue;
            }
            told.push(&planned.step.slug);
            let mail = SessionMail::of(self.course, planned, due.kind, self.now);
            let letter = emails::session(&self.sender, learner, &mail, due.expires_at).map_err(unwritable)?;
            outcome.queue(learner, letter, self.now, vec![due]);
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
        let waits = parts.iter().any(|(due, _)| due.kind.is_news());
        if free <= self.now || (waits && free < expires_at) {
            Ok(Some(free.max(self.now)))
        } else {
            Err(NotSent::TooSoon)
        }
    }

    fn was_told_otherwise(&self, due: &Due, decided: &[Decided]) -> bool {
        let planned = live::find(self.course, self.sender.programme, due.kind, &due.occasion);
        planned.is_some_and(|planned| planned.was_told_otherwise(decided))
    }
}

fn decision(enrolment: EnrolmentId, due: &Due, outcome: Result<MessageId, NotSent>) -> Decision {
    Decision {
        unit: due.unit.clone(),
        kind: due.kind,
        occasion: due.occasion.clone(),
        enrolment,
        due_at: due.at,
        outcome,
    }
}

fn standing_decision<'k>(decided: &'k [Decided], unit: &Unit, due: &Due) -> Option<&'k Decided> {
    decided.iter().find(|row| row.kind == due.kind && row.occasion == due.occasion && is_called(unit, &row.unit))
}

fn was_moved(row: &Decided) -> bool {
    matches!(&row.mail, Some((State::Cancelled, Some(reason))) if reason == NotSent::Moved.because())
}
