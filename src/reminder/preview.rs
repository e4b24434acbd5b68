//! What will be sent from now on: each mail of the schedule, to how many as things stand now, and as a learner gets it.

use std::collections::{BTreeMap, HashMap};

use diesel::QueryResult;

use super::due::{Due, timetable};
use super::emails::{self, Sender, Told, unwritable};
use super::plan::fell_due;
use super::store::{Course, Decided, Learner, decision};
use super::wanted::{Of, facts, steps_done};
use super::wishes::Wishes;
use super::{NotSent, Wording, decide};
use crate::cohort::EnrolmentId;
use crate::outbox::Letter;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::Programme;

/// One mail that is to come, and to whom it would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    pub due: Due,
    pub to: usize,
    /// Why the others would get none, and how many they are.
    pub not: BTreeMap<NotSent, usize>,
    /// How many of the others had it already, before its unit was moved.
    pub had: usize,
}

/// The learners of a cohort, with what is known of them now.
#[derive(Default)]
pub struct Everybody {
    pub learners: Vec<Learner>,
    pub wishes: HashMap<EnrolmentId, Wishes>,
    pub done: HashMap<EnrolmentId, Vec<(Slug, Slug)>>,
    pub decided: HashMap<EnrolmentId, Vec<Decided>>,
}

/// What the schedule foresees from now on, oldest first.
pub fn list_coming(course: &Course, programme: &Programme, now: Instant) -> Vec<Due> {
    let mut dues = timetable(course, programme);
    dues.retain(|due| due.at > now);
    dues
}

/// The same if the course's schedule were saved as it is here: what has fallen due by it goes at once.
pub fn list_proposed(course: &Course, programme: &Programme, now: Instant) -> Vec<Due> {
    let mut dues = fell_due(course, programme, now);
    dues.retain(|due| !due.is_missed(now));
    dues.extend(list_coming(course, programme, now));
    dues
}

impl Everybody {
    /// To how many each mail would go if nobody did anything until then.
    pub fn count(&self, course: &Course, programme: &Programme, dues: Vec<Due>) -> Vec<Coming> {
        let counted = dues.into_iter().filter_map(|due| {
            let unit = programme.unit_called(&due.unit)?;
            let of = Of { course, unit, kind: due.kind, due_at: due.at };
            let (mut to, mut not, mut had) = (0, BTreeMap::new(), 0);
            for learner in &self.learners {
                let decided = self.decided.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
                if decision(decided, unit, &due).is_some_and(|row| row.stands(&due)) {
                    had += 1;
                    continue;
                }
                let wishes = self.wishes.get(&learner.enrolment).copied().unwrap_or_default();
                let done = self.done.get(&learner.enrolment).map_or(&[][..], Vec::as_slice);
                match decide(&facts(learner, &wishes, &of, &steps_done(done, unit))) {
                    Ok(_) => to += 1,
                    Err(reason) => *not.entry(reason).or_default() += 1,
                }
            }
            Some(Coming { due, to, not, had })
        });
        counted.collect()
    }
}

/// The mail as somebody gets it who has not begun, or has done the first required step. `None`: there is no such mail.
pub fn letter(
    sender: &Sender<'_>,
    to: &Learner,
    (course, due): (&Course, &Due),
    has_begun: bool,
) -> QueryResult<Option<Letter>> {
    let Some(unit) = sender.programme.unit_called(&due.unit) else { return Ok(None) };
    let first = unit.steps.iter().find(|step| step.required).filter(|_| has_begun);
    let wording = if has_begun { Wording::PartDone } else { Wording::NotStarted };
    let done = first.map(|step| step.slug.clone()).into_iter().collect();
    let told = Told { due: due.clone(), wording, done };
    emails::letter((sender, course), to, &[told], due.at).map_err(unwritable)
}
