//! An exercise's sheet: answers kept for their author alone, saved by POST `…/exercise`, and as a page to print at
//! `…/sheet`.

use actix_web::web::{Data, Path};
use askama::Template;

use super::step::{self, Finish, StepPage, Work};
use super::{StepForm, Visit, carry_out, note_visit};
use crate::completion::store::exercises::{self, SheetAnswers};
use crate::draft::{self, Drafts};
use crate::learner::Link;
use crate::learner::here::{Here, StepAddress, here};
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Content, Step};

/// The form's id in the page.
const FORM: &str = "answers";
/// Of one answer, in characters.
const LONGEST: usize = 5_000;

/// The sheet below the exercise's text.
pub(super) struct Sheet {
    pub action: String,
    pub print: String,
    /// With how many lines each has. Empty: an exercise on paper.
    pub fields: Vec<(Field, u32)>,
    /// Who can read it, and what can be done with it.
    pub about: &'static str,
    pub may_write: bool,
    pub is_done: bool,
    pub draft: draft::Form,
}

impl Sheet {
    pub fn bring_back(&mut self, drafts: &Drafts) {
        if self.may_write {
            self.draft.bring_back(drafts, self.fields.iter_mut().map(|(field, _)| field));
        }
    }
}

/// The button that also marks the step as complete.
const THEN: &str = "then";
const COMPLETE: &str = "complete";

/// The sheet on a page of its own, to print.
#[derive(Template)]
#[template(path = "learner/sheet.html")]
struct PrintedSheet {
    frame: Frame,
    back: Link,
    eyebrow: String,
    title: String,
    /// The same without what is written on it. Empty: nothing is.
    blank: String,
    fields: Vec<(Field, u32)>,
}

/// One query.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let answers = own_answers(conn, here)?;
    let sheet = sheet(here, filled(here, &answers.unwrap_or_default()));
    let has_form = sheet.may_write && !sheet.fields.is_empty();
    let mut page = step::page(ask, here, Work::Exercise(sheet));
    if has_form && !here.is_done() {
        // Its own form has the button: a second one would lose what is typed in the first.
        page.finish = Finish::ByWork;
    }
    Ok(page)
}

fn own_answers(conn: &mut Conn, here: &Here<'_>) -> Result<Option<SheetAnswers>, Error> {
    match here.place.learner() {
        Some(learner) => Ok(exercises::answers(conn, learner, here.key())?),
        None => Ok(None),
    }
}

fn sheet(here: &Here<'_>, fields: Vec<(Field, u32)>) -> Sheet {
    Sheet {
        action: format!("{}/exercise", here.path()),
        print: format!("{}/sheet", here.path()),
        fields,
        about: match (here.may_do(), here.place.learner()) {
            (Some(_), _) => "Fill in what you like, here or on paper. Only you can read it; facilitators cannot.",
            (None, Some(_)) => {
                "This is what you wrote. Only you can read it. It can be changed no more, now that the course is closed."
            }
            (None, None) => {
                "This is what the sheet asks. Learners fill it in for themselves, and nobody else can read it."
            }
        },
        may_write: here.may_do().is_some(),
        is_done: here.is_done(),
        draft: here.draft_form(FORM, "saved"),
    }
}

/// A field's name in the form: no other field begins so.
fn name(slug: &str) -> String {
    format!("answer-{slug}")
}

fn filled(here: &Here<'_>, answers: &SheetAnswers) -> Vec<(Field, u32)> {
    let fields = here.step().fields.iter();
    let filled = fields.map(|field| {
        let value = answers.get(field.slug.as_str()).map_or("", String::as_str);
        (Field::new(&name(field.slug.as_str()), &field.label).hint(&field.hint).value(value), field.rows)
    });
    filled.collect()
}

pub async fn save(form: StepForm, fields: Fields) -> Answer {
    carry_out(form, has_sheet, "exercise-saved", move |conn, ask, here| keep(conn, ask, here, &fields)).await
}

fn has_sheet(step: &Step) -> bool {
    !step.fields.is_empty()
}

fn keep(conn: &mut Conn, ask: &Ask, here: &Here<'_>, fields: &Fields) -> Result<String, Error> {
    let step = here.step();
    fields.only_if(|sent| sent == THEN || step.fields.iter().any(|field| name(field.slug.as_str()) == sent))?;
    if !matches!(fields.get(THEN), "" | COMPLETE) {
        return Err(Error::BadRequest("'then' is complete, or left out."));
    }
    let learner = here.learner(ask)?;
    let (mut answers, mut faults) = (SheetAnswers::new(), Faults::default());
    for field in &step.fields {
        let name = name(field.slug.as_str());
        let text = fields.get(&name);
        if text.trim().is_empty() {
            continue;
        }
        if let Some(answer) = faults.check(&name, paragraphs(text, LONGEST, "your answer")) {
            answers.insert(field.slug.to_string(), answer);
        }
    }
    if !faults.is_empty() {
        let kept = filled(here, &SheetAnswers::new());
        let sent = kept.into_iter().map(|(field, rows)| (field.sent(fields, &faults), rows)).collect();
        let work = Work::Exercise(sheet(here, sent));
        return Err(Error::refused(step::page(ask, here, work).with_faults(faults)));
    }
    exercises::save(conn, learner, here.key(), &answers, ask.now)?;
    here.forget_draft(conn, FORM)?;
    if fields.get(THEN) == COMPLETE {
        here.complete(conn, ask, learner)?;
        return Ok(format!("{}#finish", here.path()));
    }
    Ok(format!("{}#sheet", here.path()))
}

/// The sheet as a page to print, with what is written on it so far; `?blank=1`: without.
pub async fn sheet_page(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<StepAddress>) -> Answer {
    let blank = ask.parameters()?.has("blank");
    let (asked, catalogue) = (ask.clone(), content.current());
    let read = move |conn: &mut Conn| {
        let here = here(conn, &asked, &catalogue, &address)?;
        if !has_sheet(here.step()) {
            return Err(Error::NotFound);
        }
        let written = own_answers(conn, &here)?.unwrap_or_default();
        let answers = if blank { SheetAnswers::new() } else { written };
        let page = PrintedSheet {
            frame: here.place.frame(&asked),
            back: Link::new(here.path(), format!("Back to {}", here.step().title)),
            eyebrow: format!("{} · {}", here.open.unit.programme.title, here.unit().label()),
            title: here.step().title.clone(),
            blank: if answers.is_empty() { String::new() } else { format!("{}/sheet?blank=1", here.path()) },
            fields: filled(&here, &answers),
        };
        Ok((page, Visit::of(&here.place, asked.now)))
    };
    let (page, visit) = db.read(read).await?;
    note_visit(&db, visit);
    ask.page(page)
}
