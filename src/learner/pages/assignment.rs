//! A peer assignment: own work (POST `…/submission`), and comments on others' (POST `…/reviews/{submission}`).
//! Facilitators may hand in a piece too, for learners who would find none to comment on.

mod view;

use actix_web::web::{Data, Path};

use super::step::{self, StepPage, Work};
use super::{StepForm, carry_out};
use crate::cohort::EnrolmentId;
use crate::completion::comments::Refused;
use crate::completion::store::peers;
use crate::completion::{SubmissionId, comments};
use crate::learner::course::Stage;
use crate::learner::here::Here;
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::programme::{Content, Step, StepKind, post_html};

pub(super) use view::{Assignment, Others};
use view::{assignment, own_field};

/// The form's id in the page; that for comments ends in the work's number.
const OWN_FORM: &str = "own-work";
/// In characters.
const LONGEST_WORK: usize = 20_000;

/// What the database knows.
struct Found {
    own: Option<peers::Submission>,
    given: Vec<peers::Given>,
    offered: Option<peers::Offered>,
}

impl Found {
    fn is_enough(&self, step: &Step, fresh: usize) -> bool {
        self.given.len() + fresh >= usize::from(step.reviews)
    }
}

/// Three queries, and one more where no learner's work is left to comment on.
fn find(conn: &mut Conn, here: &Here<'_>, by: EnrolmentId, only: Option<SubmissionId>) -> Result<Found, Error> {
    let own = peers::own_work(conn, by, here.key())?;
    let given = peers::list_given(conn, by, here.key())?;
    let offered = match own {
        Some(_) if here.place.learner().is_some() => peers::offer(conn, (here.place.cohort.id, by), here.key(), only)?,
        _ => None,
    };
    Ok(Found { own, given, offered })
}

/// Whoever is enrolled may have work here.
fn enrolled(here: &Here<'_>) -> Option<EnrolmentId> {
    here.place.enrolment.as_ref().map(|enrolment| enrolment.id)
}

/// Who may hand in now: a learner, or a facilitator of the cohort.
fn author(here: &Here<'_>) -> Option<EnrolmentId> {
    enrolled(here).filter(|_| here.stage == Stage::Running)
}

pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let Some(enrolled) = enrolled(here) else {
        return Ok(step::page(ask, here, Work::Nothing));
    };
    let found = find(conn, here, enrolled, None)?;
    Ok(step::page(ask, here, Work::Assignment(Box::new(assignment(here, found)))))
}

pub async fn hand_in(form: StepForm, fields: Fields) -> Answer {
    fields.only(&["body"])?;
    // Before the database, for rendering takes time.
    let work = paragraphs(fields.get("body"), LONGEST_WORK, "your work")
        .and_then(|body| post_html(&body).map(|html| (body, html)));
    carry_out(form, is_assignment, "handed-in", move |conn, ask, here| {
        keep_work(conn, ask, here, &fields, work)?;
        Ok(here.path())
    })
    .await
}

fn is_assignment(step: &Step) -> bool {
    step.kind == StepKind::PeerAssignment
}

fn keep_work(
    conn: &mut Conn,
    ask: &Ask,
    here: &Here<'_>,
    fields: &Fields,
    work: Result<(String, String), String>,
) -> Result<(), Error> {
    let author = author(here).ok_or_else(|| here.not_now(ask, here.why_not()))?;
    let found = find(conn, here, author, None)?;
    if found.own.as_ref().is_some_and(|own| !own.reviews.is_empty()) {
        return Err(
            here.not_now(ask, "Somebody has commented on your work already, so it stays as they read it.".into())
        );
    }
    let mut faults = Faults::default();
    let Some((body, html)) = faults.check("body", work) else {
        let mut work = assignment(here, found);
        work.own.body = Some(own_field(here).sent(fields, &faults));
        return Err(Error::refused(step::page(ask, here, Work::Assignment(Box::new(work))).with_faults(faults)));
    };
    peers::hand_in(conn, (here.place.cohort.id, author), here.key(), (&body, &html), ask.now)?;
    here.forget_draft(conn, OWN_FORM)?;
    if let Some(learner) = here.place.learner().filter(|_| found.is_enough(here.step(), 0)) {
        here.complete(conn, ask, learner)?;
    }
    Ok(())
}

type ReviewAddress = (String, String, String, String);

pub async fn review(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<ReviewAddress>,
    fields: Fields,
) -> Answer {
    let (cohort, unit, step, submission) = address.into_inner();
    let submission = SubmissionId(submission.parse().map_err(|_| Error::NotFound)?);
    let form = (ask, db, content, Path::from((cohort, unit, step)));
    carry_out(form, is_assignment, "review-given", move |conn, ask, here| {
        keep_review(conn, ask, here, submission, &fields)?;
        Ok(here.path())
    })
    .await
}

fn keep_review(
    conn: &mut Conn,
    ask: &Ask,
    here: &Here<'_>,
    submission: SubmissionId,
    fields: &Fields,
) -> Result<(), Error> {
    comments::only_answers(here.step(), fields)?;
    let learner = here.learner(ask)?;
    let found = find(conn, here, learner, Some(submission))?;
    if found.own.is_none() {
        return Err(here.not_now(ask, "Hand in your own work first; then you can comment on that of others.".into()));
    }
    if found.offered.is_none() {
        // Sent twice: it is there already. Otherwise there is no such work, or it is one's own.
        return if peers::has_reviewed(conn, learner, submission)? { Ok(()) } else { Err(Error::NotFound) };
    }
    let answers = match comments::read(here.step(), fields) {
        Ok(answers) => answers,
        Err(Refused { fields, faults }) => {
            let mut work = assignment(here, found);
            if let Others::Offered { questions, .. } = &mut work.others {
                *questions = fields;
            }
            return Err(Error::refused(step::page(ask, here, Work::Assignment(Box::new(work))).with_faults(faults)));
        }
    };
    peers::give_review(conn, submission, learner, &answers, ask.now)?;
    here.forget_draft(conn, &review_form(submission))?;
    if found.is_enough(here.step(), 1) {
        here.complete(conn, ask, learner)?;
    }
    Ok(())
}

fn review_form(work: SubmissionId) -> String {
    format!("review-{work}")
}
