//! A reflection: a private note, saved by POST `…/reflection`. Nobody but its author ever sees it.

use super::step::{self, StepPage, Work};
use super::{StepForm, carry_out};
use crate::completion::store;
use crate::draft::{self, Drafts};
use crate::learner::here::Here;
use crate::platform::db::Conn;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};
use crate::programme::{Step, StepKind};

/// The form's id in the page.
const FORM: &str = "reflection";
/// In characters.
const LONGEST: usize = 20_000;

pub(super) struct Reflection {
    pub action: String,
    pub prompts: Vec<String>,
    /// None: it cannot be written now, and `kept` is what was.
    pub body: Option<Field>,
    pub kept: String,
    pub saved: bool,
    pub draft: draft::Form,
}

impl Reflection {
    pub fn bring_back(&mut self, drafts: &Drafts) {
        self.draft.bring_back(drafts, &mut self.body);
    }
}

/// One query.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let note = match here.place.learner() {
        Some(learner) => store::reflection(conn, learner, here.key())?,
        None => None,
    };
    let note = note.map(|(body, _)| body);
    let body = Field::new("body", "Your note").value(note.as_deref().unwrap_or_default());
    Ok(step::page(ask, here, Work::Reflection(reflection(here, body, note))))
}

pub async fn save(form: StepForm, fields: Fields) -> Answer {
    fields.only(&["body"])?;
    let is_reflection = |step: &Step| step.kind == StepKind::Reflection;
    carry_out(form, is_reflection, "reflection-saved", move |conn, ask, here| keep(conn, ask, here, &fields)).await
}

fn keep(conn: &mut Conn, ask: &Ask, here: &Here<'_>, fields: &Fields) -> Result<String, Error> {
    let learner = here.learner(ask)?;
    let mut faults = Faults::default();
    let Some(body) = faults.check("body", paragraphs(fields.get("body"), LONGEST, "your note")) else {
        let field = Field::new("body", "Your note").sent(fields, &faults);
        let work = Work::Reflection(reflection(here, field, None));
        return Err(Error::refused(step::page(ask, here, work).with_faults(faults)));
    };
    store::save_reflection(conn, learner, here.key(), &body, ask.now)?;
    here.complete(conn, ask, learner)?;
    here.forget_draft(conn, FORM)?;
    Ok(format!("{}#note", here.path()))
}

fn reflection(here: &Here<'_>, body: Field, note: Option<String>) -> Reflection {
    Reflection {
        action: format!("{}/reflection", here.path()),
        prompts: here.step().prompts.clone(),
        body: here.may_do().map(|_| body.hint("Only you can read it. Facilitators cannot.")),
        saved: note.is_some(),
        kept: note.unwrap_or_default(),
        draft: here.draft_form(FORM, "saved"),
    }
}
