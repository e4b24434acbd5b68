//! The decisions for some learners about everything that fell due together. What the mails say is not decided here: they
//! are written as they leave ([`crate::reminder::wanted`]).

use std::collections::HashMap;

use diesel::QueryResult;

use crate::cohort::EnrolmentId;
use crate::outbox::{Class, Envelope};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};
use crate::reminder::due::Due;
use crate::reminder::store::{self, Course, Decided, Decision, Learner, Span, decision};
use crate::reminder::wanted::{Of, facts, steps_done};
use crate::reminder::wishes::Wishes;
use crate::reminder::{APART, Kind, NotSent, ReminderId, decide, live};

/// What is decided together: a learner gets one mail for all of it, and one for each live session.
pub struct Round<'a> {
    pub dues: &'a [Due],
    pub course: &'a Course,
    pub programme: &'a Programme,
    /// Of the base URL, for the Message-IDs.
    pub host: &'a str,
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
    mails: Vec<(Envelope, Instant)>,
    /// Each mail's learner, and the reminders it carries.
    carried: Vec<(EnrolmentId, Vec<&'a Due>)>,
    not_sent: Vec<(EnrolmentId, &'a Due, NotSent)>,
    /// Decisions that stand no more, see [`Decided::stands`].
    void: Vec<ReminderId>,
}

impl<'a> Outcome<'a> {
    fn queue(&mut self, learner: &Learner, when: Instant, dues: Vec<&'a Due>) {
        let Some(expires_at) = dues.iter().map(|due| due.expires_at).max() else { return };
        let envelope = Envelope {
            class: Class::Bulk,
            account: Some(learner.account.0),
            to_name: learner.name.clone(),
            to: learner.email.clone(),
            expires_at,
        };
        self.mails.push((envelope, when));
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
            self.decide_for(learner, &known, &mut outcome);
        }
        let ids = crate::outbox::store::queue_unwritten(conn, &outcome.mails, self.host, self.now)?;
        let sent = ids.iter().zip(&outcome.carried).flat_map(|(id, (enrolment, dues))| {
            dues.iter().map(move |due| Decision { due, enrolment: *enrolment, outcome: Ok(*id) })
        });
        let not_sent = outcome.not_sent.iter();
        let not_sent =
            not_sent.map(|(enrolment, due, reason)| Decision { due, enrolment: *enrolment, outcome: Err(*reason) });
        let decisions: Vec<Decision<'_>> = sent.chain(not_sent).collect();
        store::take_back(conn, &outcome.void)?;
        store::insert(conn, cohort, (self.dues, &decisions), self.now)?;
        Ok(ids.len())
    }

    /// No more is looked up than what fell due needs.
    fn known(&self, conn: &mut Conn, span: Span) -> QueryResult<Known> {
        let units = self.dues.iter().filter_map(|due| self.programme.unit_named(&due.unit));
        let names: Vec<&Slug> = units.flat_map(Unit::names).collect();
        let mut kinds: Vec<Kind> = self.dues.iter().map(|due| due.kind).collect();
        if kinds.contains(&Kind::LiveChanged) {
            kinds.extend([Kind::LiveDay, Kind::LiveHour]);
        }
        let mut known = Known { wishes: store::list_wishes(conn, span)?.into_iter().collect(), ..Known::default() };
        if kinds.iter().any(|kind| kind.is_of_work()) {
            for (enrolment, unit, step) in store::list_done(conn, span, &names)? {
                known.done.entry(enrolment).or_default().push((unit, step));
            }
        }
        for row in store::list_decided(conn, span, &names, &kinds)? {
            known.decided.entry(row.enrolment).or_default().push(row);
        }
        if kinds.iter().any(|kind| !kind.is_live()) {
            for (enrolment, at) in store::list_last_mails(conn, span, self.now)? {
                let last = known.last_mail.entry(enrolment).or_insert(at);
                *last = at.max(*last);
            }
        }
        Ok(known)
    }

    fn decide_for(&self, learner: &Learner, known: &Known, outcome: &mut Outcome<'a>) {
        let decided = known.decided.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
        let done = known.done.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
        let wishes = known.wishes.get(&learner.enrolment).copied().unwrap_or_default();
        let (mut of_units, mut of_sessions) = (Vec::new(), Vec::new());
        for due in self.dues {
            let Some(unit) = self.programme.unit_named(&due.unit) else { continue };
            // A reminder that nobody sent at the time was none of theirs.
            if learner.enrolled_at > due.at && due.is_missed(self.now) {
                continue;
            }
            match decision(decided, unit, due) {
                Some(row) if row.stands(due) => continue,
                Some(row) => outcome.void.push(row.id),
                None => {}
            }
            if due.kind == Kind::LiveChanged && !self.was_told_otherwise(due, decided) {
                continue;
            }
            let of = Of { course: self.course, unit, kind: due.kind, due_at: due.at };
            match decide(&facts(learner, &wishes, &of, &steps_done(done, unit))) {
                Err(reason) => outcome.drop(learner, due, reason),
                Ok(_) if due.is_missed(self.now) => outcome.drop(learner, due, NotSent::Missed),
                Ok(_) if due.kind.is_live() => of_sessions.push(due),
                Ok(_) => of_units.push(due),
            }
        }
        self.queue_of_units(learner, of_units, known.last_mail.get(&learner.enrolment).copied(), outcome);
        self.queue_of_sessions(learner, &of_sessions, outcome);
    }

    fn queue_of_units(
        &self,
        learner: &Learner,
        dues: Vec<&'a Due>,
        last_mail: Option<Instant>,
        outcome: &mut Outcome<'a>,
    ) {
        match self.when(&dues, last_mail) {
            Ok(Some(when)) => outcome.queue(learner, when, dues),
            Ok(None) => {}
            Err(reason) => dues.into_iter().for_each(|due| outcome.drop(learner, due, reason)),
        }
    }

    /// One mail for each session: that it changed goes before that it comes.
    fn queue_of_sessions(&self, learner: &Learner, dues: &[&'a Due], outcome: &mut Outcome<'a>) {
        let mut told = Vec::new();
        for due in dues {
            let planned = live::find(self.course, self.programme, (&due.unit, due.kind, &due.occasion));
            let Some(planned) = planned.filter(|_| due.expires_at > self.now) else {
                outcome.drop(learner, due, NotSent::Missed);
                continue;
            };
            // Other units have steps of the same name.
            let session = (&due.unit, &planned.step.slug);
            if told.contains(&session) {
                outcome.drop(learner, due, NotSent::TooSoon);
                continue;
            }
            told.push(session);
            outcome.queue(learner, self.now, vec![due]);
        }
    }

    /// When the one mail for these goes out: see [`APART`]. `None` if there is nothing to say.
    fn when(&self, dues: &[&Due], last_mail: Option<Instant>) -> Result<Option<Instant>, NotSent> {
        let Some(expires_at) = dues.iter().map(|due| due.expires_at).max() else { return Ok(None) };
        if expires_at <= self.now {
            return Err(NotSent::Missed);
        }
        let free = last_mail.map_or(self.now, |last| last + APART);
        let waits = dues.iter().any(|due| due.kind.is_news());
        if free <= self.now || (waits && free < expires_at) {
            Ok(Some(free.max(self.now)))
        } else {
            Err(NotSent::TooSoon)
        }
    }

    fn was_told_otherwise(&self, due: &Due, decided: &[Decided]) -> bool {
        let planned = live::find(self.course, self.programme, (&due.unit, due.kind, &due.occasion));
        planned.is_some_and(|planned| planned.was_told_otherwise(decided))
    }
}
