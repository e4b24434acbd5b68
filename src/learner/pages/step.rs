//! `/cohorts/{cohort}/units/{unit}/{step}`: what there is to read and to do, and the steps round it.

use actix_web::web::{Data, Path};
use askama::Template;

use super::again::{self, EarlierNote};
use super::assignment::{self, Assignment, Others};
use super::diagnostic::{self, ReadingForm, Temperatures};
use super::exercise::{self, Sheet};
use super::film::Film;
use super::live::{self, Live};
use super::note::{self, OwnNote};
use super::quiz::{self, MarkedQuiz, QuizForm};
use super::reflection::{self, Reflection};
use super::talk;
use super::{Visit, note_visit};
use crate::completion::openings::{Opening, Openings};
use crate::discussion::talk::Talk;
use crate::draft::Drafts;
use crate::learner::here::{Here, StepAddress, here};
use crate::learner::mark::{PagerLink, TocItem, after, before, toc};
use crate::learner::step_number;
use crate::learner::{Link, rule};
use crate::platform::db::{Conn, Db};
use crate::platform::text::duration;
use crate::platform::web::{Answer, Ask, Error, Faults, Frame};
use crate::programme::{Catalogue, Content, StepKind};

/// The page of every kind of step; a refused form shows it again.
#[derive(Template)]
#[template(path = "learner/step.html")]
pub(super) struct StepPage {
    frame: Frame,
    course: Link,
    unit: Link,
    eyebrow: String,
    title: String,
    pub lead: String,
    /// What completes the step, while it is not and can be.
    rule: String,
    /// When and how it was done.
    finished: String,
    preview: String,
    pub faults: Faults,
    /// The step's own text.
    pub html: String,
    film: Film,
    /// An earlier note of one's own.
    again: Option<EarlierNote>,
    sources: Vec<String>,
    /// What else there is to read.
    further: Vec<String>,
    library: String,
    pub work: Work,
    pub finish: Finish,
    /// None where another form was refused, and for whoever is not enrolled.
    note: Option<OwnNote>,
    toc: Vec<TocItem>,
    before: PagerLink,
    after: PagerLink,
}

/// What a kind of step asks for besides reading.
pub(super) enum Work {
    Nothing,
    Talk(Box<Talk>),
    Quiz(QuizForm),
    MarkedQuiz(MarkedQuiz),
    Exercise(Sheet),
    Live(Live),
    Reflection(Reflection),
    Reading(ReadingForm),
    Temperatures(Box<Temperatures>),
    Assignment(Box<Assignment>),
}

/// How the step stands for the reader.
pub(super) enum Finish {
    /// The work itself completes it, or says how it stands.
    ByWork,
    /// To be marked by the learner.
    Mark {
        action: String,
    },
    Done {
        undo: Option<String>,
        next: Link,
    },
    /// Why it cannot be completed here and now.
    Not(String),
}

/// What the page notes beside itself: the visit, and that a step is open before a learner for the first time.
type Noted = (Visit, Option<Opening>);

pub async fn show(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    openings: Data<Openings>,
    address: Path<StepAddress>,
) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, (visit, opening)) = db.read(move |conn| load(conn, &asked, &catalogue, &address)).await?;
    note_visit(&db, visit);
    if let Some(opening) = opening {
        openings.note(&db, opening);
    }
    let mut answer = ask.page(&page)?;
    page.film.let_in(&mut answer);
    Ok(answer)
}

/// Five queries, and up to four for the work.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, address: &StepAddress) -> Result<(StepPage, Noted), Error> {
    let wish = Wish::of(ask)?;
    let here = here(conn, ask, catalogue, address)?;
    let mut page = of_kind(conn, ask, &here, wish)?;
    page.film.recall(conn, &here)?;
    page.again = again::earlier(conn, ask, &here)?;
    page.note = note::own(conn, &here)?;
    page.bring_back(&here.drafts(conn)?);
    Ok((page, (Visit::of(&here.place, ask.now), opening(&here))))
}

/// None for a step that was done, for it is noted already, and for a facilitator who looks at it as a learner does.
fn opening(here: &Here<'_>) -> Option<Opening> {
    let looks = here.place.looking.is_some();
    let enrolment = here.place.learner().filter(|_| !looks && !here.is_done())?;
    let (unit, step) = here.key();
    Some(Opening { cohort: here.place.cohort.id, unit: unit.clone(), step: step.clone(), enrolment, at: here.now })
}

/// What somebody wants to see of a step, where they may choose.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish {
    /// `?again=1`: to answer once more.
    pub again: bool,
    /// `?attempt=2`: an earlier attempt at a quiz.
    pub attempt: Option<u32>,
}

impl Wish {
    fn of(ask: &Ask) -> Result<Self, Error> {
        let parameters = ask.parameters()?;
        let attempt = match parameters.get("attempt") {
            "" => None,
            number => Some(number.parse().map_err(|_| Error::NotFound)?),
        };
        Ok(Self { again: parameters.has("again"), attempt })
    }
}

/// The step's page with what its kind asks for.
pub(super) fn of_kind(conn: &mut Conn, ask: &Ask, here: &Here<'_>, wish: Wish) -> Result<StepPage, Error> {
    match here.step().kind {
        StepKind::Article | StepKind::Video => Ok(page(ask, here, Work::Nothing)),
        StepKind::LiveSession => live::page(conn, ask, here),
        StepKind::Exercise => exercise::page(conn, ask, here),
        StepKind::Discussion => talk::page(conn, ask, here),
        StepKind::Reflection => reflection::page(conn, ask, here),
        StepKind::Quiz => quiz::page(conn, ask, here, wish),
        StepKind::Diagnostic => diagnostic::page(conn, ask, here, wish.again),
        StepKind::PeerAssignment => assignment::page(conn, ask, here),
    }
}

pub(super) fn page(ask: &Ask, here: &Here<'_>, work: Work) -> StepPage {
    let (cohort, unit, step) = (&here.place.cohort, here.unit(), here.step());
    StepPage {
        frame: here.place.frame(ask),
        course: Link::new(cohort.path(), "Programme"),
        unit: Link::new(here.unit_path(), unit.full_title()),
        eyebrow: format!("Step {} · {} · {}", step_number(unit, step), step.kind_label(), duration(step.minutes)),
        title: step.title.clone(),
        lead: step.summary.clone(),
        rule: if here.may_do().is_some() && !here.is_done() { rule::rule(step) } else { String::new() },
        finished: here.finished(),
        preview: match here.open.unit.preview {
            true => format!("Learners see this from {}.", cohort.zone.plain_with_year(here.open.unit.opens_at)),
            false => String::new(),
        },
        faults: Faults::default(),
        html: step.html_under(&format!("{}/units", cohort.path())),
        film: Film::of(here),
        again: None,
        sources: step.sources.clone(),
        further: step.further.clone(),
        library: format!("{}/library", cohort.path()),
        finish: finish(here),
        note: None,
        work,
        toc: toc(cohort, unit, &here.kept.done, &step.slug),
        before: before(cohort, unit, step),
        after: after(cohort, unit, step),
    }
}

impl StepPage {
    /// What was begun in its forms stands in them again.
    fn bring_back(&mut self, drafts: &Drafts) {
        match &mut self.work {
            Work::Talk(talk) => talk.writing.bring_back(drafts),
            Work::Exercise(sheet) => sheet.bring_back(drafts),
            Work::Reflection(reflection) => reflection.bring_back(drafts),
            Work::Assignment(assignment) => assignment.bring_back(drafts),
            _ => {}
        }
        if let Some(note) = &mut self.note {
            note.bring_back(drafts);
        }
    }

    /// Shown again because the form was refused.
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self.finish = Finish::ByWork;
        self
    }

    /// Shown again because the note was refused; the step's own work stands as it was.
    pub fn with_refused_note(mut self, note: OwnNote, faults: Faults) -> Self {
        (self.note, self.faults) = (Some(note), faults);
        self
    }

    /// What completes the step or, where no line at the end says so, when and how it was done.
    fn standing(&self) -> &str {
        match (&self.finish, self.has_faults()) {
            (Finish::Done { .. }, false) => "",
            _ if self.rule.is_empty() => &self.finished,
            _ => &self.rule,
        }
    }

    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether the work has the page's one primary button.
    fn work_has_button(&self) -> bool {
        match &self.work {
            Work::Talk(talk) => talk.writing.form.is_some(),
            Work::Live(live) => !live.link.is_empty(),
            Work::Assignment(work) => matches!(work.others, Others::Offered { .. }),
            _ => false,
        }
    }
}

/// Where to go when the step is done.
pub(super) fn go_on(here: &Here<'_>) -> Link {
    let next = after(&here.place.cohort, here.unit(), here.step());
    let last = next.href == here.unit_path();
    let label =
        if last { format!("Go on to the {}", lower_first(&next.title)) } else { format!("Go on to {}", next.title) };
    Link::new(next.href, label)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn finish(here: &Here<'_>) -> Finish {
    let is_marked = here.step().kind.is_marked();
    let open = here.may_do().is_some();
    match here.is_done() {
        true => {
            Finish::Done { undo: (is_marked && open).then(|| format!("{}/incomplete", here.path())), next: go_on(here) }
        }
        false if !open => Finish::Not(here.why_not()),
        false if is_marked => Finish::Mark { action: format!("{}/complete", here.path()) },
        false => Finish::ByWork,
    }
}
