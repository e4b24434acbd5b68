//! `/cohorts/{cohort}/manage/assignments`: peer work that still lacks comments after some days, which facilitators give,
//! and assignments where learners find too little to comment on.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::TimeDelta;

use crate::cohort::{EnrolmentId, Place, Role, gate};
use crate::completion::SubmissionId;
use crate::completion::comments::{self, PATIENCE_DAYS, Refused};
use crate::completion::store::peers::gaps::{self, After, Promise, Short};
use crate::completion::store::peers::{self, Submission};
use crate::draft;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content, Programme, Step, StepKind, Unit};

const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "facilitator/assignments.html")]
struct Assignments {
    frame: Frame,
    cohort: String,
    days: i64,
    rows: Vec<Row>,
    /// Assignments whose learners would wait for ever; on the first page.
    scarce: Vec<Scarce>,
    next: Option<String>,
    first: Option<String>,
}

/// A piece of work that waits.
struct Row {
    href: String,
    author: String,
    /// `Week 9: Tell your story`
    about: String,
    /// `Handed in Monday 5 April at 9am · 1 of 2 comments`
    state: String,
}

struct Scarce {
    href: String,
    title: String,
    what: String,
}

#[derive(Template)]
#[template(path = "facilitator/assignment.html")]
struct Assignment {
    frame: Frame,
    faults: Faults,
    all: String,
    author: String,
    about: String,
    when: String,
    /// Sanitised.
    html: String,
    received: Vec<(String, Vec<(String, String)>)>,
    form: Option<CommentForm>,
    /// Why there is no form.
    done: String,
}

struct CommentForm {
    action: String,
    questions: Vec<Field>,
    draft: draft::Form,
}

/// The form's id in the page.
const FORM: &str = "comments";

impl Assignment {
    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }
}

pub async fn list(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let after = after(&ask.parameters()?)?;
    let page = db.report(move |conn| waiting(conn, &asked, &catalogue, &cohort, after)).await?;
    ask.page(page)
}

/// Four queries.
fn waiting(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    cohort: &str,
    after: Option<After>,
) -> Result<Assignments, Error> {
    let place = gate::facilitated(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let before = ask.now - TimeDelta::days(PATIENCE_DAYS);
    let promises = promises(programme);
    let mut short = gaps::list_short(conn, place.cohort.id, &promises, before, after, PAGE as i64 + 1)?;
    let more = short.len() > PAGE;
    short.truncate(PAGE);
    let path = path(&place);
    let scarce = if after.is_none() { scarce(conn, &place, programme)? } else { Vec::new() };
    Ok(Assignments {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        days: PATIENCE_DAYS,
        next: short.last().filter(|_| more).map(|last| format!("{path}?after={}", written(last))),
        first: after.map(|_| path.clone()),
        rows: short.iter().filter_map(|short| row(&place, programme, short, ask.now)).collect(),
        scarce,
    })
}

fn path(place: &Place) -> String {
    format!("{}/manage/assignments", place.cohort.path())
}

fn promises(programme: &Programme) -> Vec<Promise<'_>> {
    let steps = programme.units.iter().flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)));
    let peer = steps.filter(|(_, step)| step.kind == StepKind::PeerAssignment);
    peer.map(|(unit, step)| Promise { unit: &unit.slug, step: &step.slug, reviews: step.reviews }).collect()
}

fn row(place: &Place, programme: &Programme, short: &Short, now: Instant) -> Option<Row> {
    let unit = programme.unit_named(&short.unit)?;
    let step = unit.step(&short.step)?;
    let when = place.cohort.zone.recent(short.handed_in_at, now);
    Some(Row {
        href: format!("{}/{}", path(place), short.id),
        author: short.author.clone(),
        about: about(unit, step),
        state: format!("Handed in {when} · {} of {}", short.review_count, count(usize::from(step.reviews), "comment")),
    })
}

fn about(unit: &Unit, step: &Step) -> String {
    format!("{}: {}", unit.label(), step.title)
}

/// Assignments of which a learner who has handed in cannot comment on as many others' as are asked for. Two queries.
fn scarce(conn: &mut Conn, place: &Place, programme: &Programme) -> Result<Vec<Scarce>, Error> {
    let by_learners = gaps::count_works(conn, place.cohort.id, Role::Learner)?;
    let by_facilitators = gaps::count_works(conn, place.cohort.id, Role::Facilitator)?;
    let scarce = |promise: &Promise<'_>| {
        let unit = programme.unit_named(promise.unit)?;
        let step = unit.step(promise.step)?;
        let key = (unit.slug.clone(), step.slug.clone());
        let learners = by_learners.get(&key).copied().filter(|count| *count > 0)?;
        let others = learners - 1 + by_facilitators.get(&key).copied().unwrap_or(0);
        let missing = i64::from(step.reviews) - others;
        (missing > 0).then(|| Scarce {
            href: format!("{}/units/{}/{}#own", place.cohort.path(), unit.number, step.slug),
            title: about(unit, step),
            what: lacking(learners, missing),
        })
    };
    Ok(promises(programme).iter().filter_map(scarce).collect())
}

/// `1 learner has handed in, and finds 1 piece of work too few to comment on.`
fn lacking(learners: i64, missing: i64) -> String {
    let number = |n: i64| usize::try_from(n).unwrap_or(0);
    let (have, find) = if learners == 1 { ("has", "finds") } else { ("have", "find") };
    let pieces = if missing == 1 { "piece" } else { "pieces" };
    let learners = count(number(learners), "learner");
    format!("{learners} {have} handed in, and {find} {missing} {pieces} of work too few to comment on.")
}

/// A place in the list, as addresses write it: the microsecond of handing in, and the work.
fn written(short: &Short) -> String {
    format!("{}-{}", short.handed_in_at.micros(), short.id)
}

fn after(parameters: &Fields) -> Result<Option<After>, Error> {
    parameters.only(&["after"])?;
    let text = parameters.get("after");
    let read = || {
        let (micros, id) = text.split_once('-')?;
        Some(After { handed_in_at: Instant::from_micros(micros.parse().ok()?), id: SubmissionId(id.parse().ok()?) })
    };
    match text {
        "" => Ok(None),
        _ => read()
            .map(Some)
            .ok_or(Error::BadRequest("The address names no place in the list. Go back to its beginning.")),
    }
}

/// A piece of work before somebody who may comment on it.
struct Desk<'c> {
    place: Place,
    unit: &'c Unit,
    step: &'c Step,
    work: Submission,
}

impl<'c> Desk<'c> {
    /// Two queries.
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, address: &(String, String)) -> Result<Self, Error> {
        let place = gate::facilitated(conn, ask, &address.0)?;
        let id = address.1.parse().map(SubmissionId).map_err(|_| Error::NotFound)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let work = peers::work(conn, place.cohort.id, id)?.ok_or(Error::NotFound)?;
        let unit = programme.unit_named(&work.unit).ok_or(Error::NotFound)?;
        let step = unit.step(&work.step).filter(|s| s.kind == StepKind::PeerAssignment).ok_or(Error::NotFound)?;
        Ok(Self { place, unit, step, work })
    }

    /// The facilitator who comments; an administrator who is not enrolled reads. One's own piece is not for comments.
    fn reviewer(&self) -> Option<EnrolmentId> {
        self.place.enrolment.as_ref().map(|e| e.id).filter(|id| *id != self.work.author)
    }

    fn path(&self) -> String {
        format!("{}/{}", path(&self.place), self.work.id)
    }

    /// The form for comments, with what was begun in it. One query.
    fn form(&self, conn: &mut Conn, ask: &Ask) -> Result<CommentForm, Error> {
        let (path, place) = (self.path(), &self.place);
        let (mut questions, mut draft) = (comments::fields(self.step), draft::Form::at(&path, FORM, "sent"));
        let kept = draft::store::of_page(conn, place.person.id, &path, &place.cohort.zone, ask.now)?;
        draft.bring_back(&kept, &mut questions);
        Ok(CommentForm { action: path, questions, draft })
    }

    /// Three queries.
    fn page(&self, conn: &mut Conn, ask: &Ask) -> Result<Assignment, Error> {
        let (work, zone) = (&self.work, &self.place.cohort.zone);
        let done = match self.reviewer() {
            None => "Facilitators who are enrolled in this cohort comment here, on the work of others.",
            Some(reviewer) if peers::has_reviewed(conn, reviewer, work.id)? => "You have commented on this work.",
            Some(_) => "",
        };
        let said_by = |role| if role == Role::Facilitator { "Facilitator" } else { "Learner" };
        let received = work.reviews.iter().map(|review| {
            (format!("{}, {}", said_by(review.by), zone.recent(review.given_at, ask.now)), review.answers.clone())
        });
        Ok(Assignment {
            frame: self.place.frame(ask),
            faults: Faults::default(),
            all: path(&self.place),
            author: peers::gaps::author_name(conn, work.author)?,
            about: about(self.unit, self.step),
            when: zone.recent(work.handed_in_at, ask.now),
            html: work.html.clone(),
            received: received.collect(),
            form: done.is_empty().then(|| self.form(conn, ask)).transpose()?,
            done: done.into(),
        })
    }
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| Desk::find(conn, &asked, &catalogue, &address)?.page(conn, &asked)).await?;
    ask.page(page)
}

pub async fn comment(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let all = db
        .write(move |conn| {
            let desk = Desk::find(conn, &asked, &catalogue, &address)?;
            comments::only_answers(desk.step, &fields)?;
            let reviewer = desk.reviewer().ok_or(Error::NotFound)?;
            match comments::read(desk.step, &fields) {
                Ok(answers) => {
                    peers::give_review(conn, desk.work.id, reviewer, &answers, asked.now)?;
                    draft::store::forget(conn, desk.place.person.id, (&desk.path(), FORM))?;
                }
                Err(Refused { fields: questions, faults }) => {
                    let page = desk.page(conn, &asked)?;
                    let form = page.form.map(|form| CommentForm { questions, ..form });
                    return Err(Error::refused(Assignment { faults, form, ..page }));
                }
            }
            Ok(path(&desk.place))
        })
        .await?;
    ask.done(all, "review-given")
}
