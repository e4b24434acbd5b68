//! A peer assignment: own work (POST `…/submission`), and comments on others' (POST `…/reviews/{submission}`).

use actix_web::web::{Data, Path};

use super::step::{self, StepPage, Work};
use super::{StepForm, carry_out};
use crate::cohort::EnrolmentId;
use crate::completion::SubmissionId;
use crate::completion::store::peers;
use crate::draft::{self, Drafts};
use crate::learner::here::Here;
use crate::learner::words;
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};
use crate::programme::{Content, Step, StepKind, post_html};

/// The form's id in the page; that for comments ends in the work's number.
const OWN_FORM: &str = "own-work";
/// In characters.
const LONGEST_WORK: usize = 20_000;
const LONGEST_ANSWER: usize = 4_000;

pub(super) struct Assignment {
    pub own: Own,
    /// What others said about it.
    pub received: Vec<Comments>,
    /// `You have commented on one of two.`
    pub given: String,
    pub others: Others,
}

pub(super) struct Own {
    pub action: String,
    /// None: it stands as it is.
    pub body: Option<Field>,
    pub html: String,
    pub when: String,
    pub handed_in: bool,
    pub draft: draft::Form,
}

pub(super) struct Comments {
    pub when: String,
    pub answers: Vec<(String, String)>,
}

pub(super) enum Others {
    /// Why there is nothing to comment on, and who must come first.
    Nothing(String),
    Offered {
        action: String,
        author: String,
        html: String,
        questions: Vec<Field>,
        draft: draft::Form,
    },
}

impl Assignment {
    pub fn bring_back(&mut self, drafts: &Drafts) {
        self.own.draft.bring_back(drafts, &mut self.own.body);
        if let Others::Offered { questions, draft, .. } = &mut self.others {
            draft.bring_back(drafts, questions);
        }
    }
}

/// What the database knows; three queries.
struct Found {
    own: Option<peers::OwnWork>,
    given: usize,
    offered: Option<peers::Offered>,
}

fn find(conn: &mut Conn, here: &Here<'_>, learner: EnrolmentId, only: Option<SubmissionId>) -> Result<Found, Error> {
    let own = peers::own_work(conn, learner, here.key())?;
    let given = peers::count_given(conn, learner, here.key())?;
    let offered = match own {
        Some(_) => peers::offer(conn, (here.place.cohort.id, learner), here.key(), only)?,
        None => None,
    };
    Ok(Found { own, given, offered })
}

pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let Some(learner) = here.place.learner() else {
        return Ok(step::page(ask, here, Work::Nothing));
    };
    let found = find(conn, here, learner, None)?;
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
    let learner = here.learner(ask)?;
    let found = find(conn, here, learner, None)?;
    if found.own.as_ref().is_some_and(|own| !own.reviews.is_empty()) {
        return Err(
            here.not_now(ask, "Somebody has commented on your work already, so it stays as they read it.".into())
        );
    }
    let mut faults = Faults::default();
    let Some((body, html)) = faults.check("body", work) else {
        let mut work = assignment(here, found);
        work.own.body = Some(own_field().sent(fields, &faults));
        return Err(Error::refused(step::page(ask, here, Work::Assignment(Box::new(work))).with_faults(faults)));
    };
    peers::hand_in(conn, (here.place.cohort.id, learner), here.key(), (&body, &html), ask.now)?;
    here.forget_draft(conn, OWN_FORM)?;
    if found.given >= usize::from(here.step().reviews) {
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
    let asked = &here.step().questions;
    fields.only_if(|name| (0..asked.len()).any(|n| answer_id(n) == name))?;
    let learner = here.learner(ask)?;
    let found = find(conn, here, learner, Some(submission))?;
    if found.own.is_none() {
        return Err(here.not_now(ask, "Hand in your own work first; then you can comment on that of others.".into()));
    }
    if found.offered.is_none() {
        // Sent twice: it is there already. Otherwise there is no such work, or it is one's own.
        return if peers::has_reviewed(conn, learner, submission)? { Ok(()) } else { Err(Error::NotFound) };
    }
    let mut faults = Faults::default();
    let answers = asked.iter().enumerate().filter_map(|(n, question)| {
        let id = answer_id(n);
        let answer = faults.check(&id, paragraphs(fields.get(&id), LONGEST_ANSWER, "an answer"))?;
        Some((question.clone(), answer))
    });
    let answers: Vec<_> = answers.collect();
    if !faults.is_empty() {
        let mut work = assignment(here, found);
        if let Others::Offered { questions, .. } = &mut work.others {
            *questions = std::mem::take(questions).into_iter().map(|field| field.sent(fields, &faults)).collect();
        }
        return Err(Error::refused(step::page(ask, here, Work::Assignment(Box::new(work))).with_faults(faults)));
    }
    peers::give_review(conn, submission, learner, &answers, ask.now)?;
    here.forget_draft(conn, &review_form(submission))?;
    if found.given + 1 >= usize::from(here.step().reviews) {
        here.complete(conn, ask, learner)?;
    }
    Ok(())
}

fn own_field() -> Field {
    Field::new("body", "Your work").hint("Other learners of your cohort will read it. You can use simple Markdown.")
}

fn review_form(work: SubmissionId) -> String {
    format!("review-{work}")
}

fn answer_id(n: usize) -> String {
    format!("answer-{}", n + 1)
}

fn assignment(here: &Here<'_>, found: Found) -> Assignment {
    let zone = &here.place.cohort.zone;
    let when = |at| zone.recent(at, here.now);
    let open = here.may_do().is_some();
    let given = given(found.given, usize::from(here.step().reviews));
    let others = others(here, &found);
    let draft = here.draft_form(OWN_FORM, "handed in");
    let (own, received) = match found.own {
        Some(work) => {
            let editable = open && work.reviews.is_empty();
            let own = Own {
                action: format!("{}/submission", here.path()),
                body: editable.then(|| own_field().value(&work.body)),
                html: work.html,
                when: when(work.handed_in_at),
                handed_in: true,
                draft,
            };
            let comments = |review: peers::Review| Comments { when: when(review.given_at), answers: review.answers };
            (own, work.reviews.into_iter().map(comments).collect())
        }
        None => {
            let action = format!("{}/submission", here.path());
            let body = open.then(own_field);
            (Own { action, body, html: String::new(), when: String::new(), handed_in: false, draft }, Vec::new())
        }
    };
    Assignment { own, received, given, others }
}

fn given(given: usize, needed: usize) -> String {
    match given {
        n if n >= needed => {
            let pieces = if n == 1 { "piece" } else { "pieces" };
            format!("You have commented on {} {pieces} of work. More are welcome.", words::number(n))
        }
        n => format!("You have commented on {} of {}.", words::number(n), words::number(needed)),
    }
}

fn others(here: &Here<'_>, found: &Found) -> Others {
    let nothing = |words: &str| Others::Nothing(words.into());
    match (&found.offered, &found.own) {
        _ if here.may_do().is_none() => Others::Nothing(here.why_not()),
        (_, None) => nothing("Hand in your own work first. Then you will find that of others here."),
        (None, _) => nothing(
            "There is no work to comment on now: somebody else has to hand theirs in first. It will appear here as soon \
             as they do, and nothing is lost by waiting.",
        ),
        (Some(work), _) => Others::Offered {
            action: format!("{}/reviews/{}", here.path(), work.id),
            author: work.author.clone(),
            html: work.html.clone(),
            questions: here.step().questions.iter().enumerate().map(|(n, q)| Field::new(&answer_id(n), q)).collect(),
            draft: here.draft_form(review_form(work.id), "sent"),
        },
    }
}
