//! One's own note on a step, near the end of its page; saved by POST `…/note`, and removed by saving nothing.

use super::step::{self, Wish};
use super::{StepForm, carry_out};
use crate::completion::store::notes;
use crate::draft::{self, Drafts};
use crate::learner::here::Here;
use crate::platform::db::Conn;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};

/// In characters.
const LONGEST: usize = 5_000;
/// The form's id in the page.
const FORM: &str = "note-form";
/// The field's name; no work of a step has one like it.
const FIELD: &str = "my-note";

/// The note below a step.
pub(super) struct OwnNote {
    pub action: String,
    /// Where all one's notes are.
    pub all: String,
    pub body: Field,
    pub is_open: bool,
    pub draft: draft::Form,
}

impl OwnNote {
    pub fn bring_back(&mut self, drafts: &Drafts) {
        self.draft.bring_back(drafts, [&mut self.body]);
        self.is_open |= self.draft.has_draft();
    }
}

/// None for whoever is not enrolled. One query.
pub(super) fn own(conn: &mut Conn, here: &Here<'_>) -> Result<Option<OwnNote>, Error> {
    let Some(enrolment) = &here.place.enrolment else { return Ok(None) };
    let kept = notes::find(conn, enrolment.id, here.key())?;
    let is_open = kept.is_some();
    Ok(Some(own_note(here, field().value(&kept.unwrap_or_default()), is_open)))
}

fn own_note(here: &Here<'_>, body: Field, is_open: bool) -> OwnNote {
    let all = format!("{}/notes", here.place.cohort.path());
    OwnNote { action: format!("{}/note", here.path()), all, body, is_open, draft: here.draft_form(FORM, "saved") }
}

fn field() -> Field {
    Field::new(FIELD, "What I want to keep").hint(
        "Only you can read it. Saving it loads the page again, so save what you have typed elsewhere on it first. To \
         remove the note, empty the box and save.",
    )
}

pub async fn save(form: StepForm, fields: Fields) -> Answer {
    fields.only(&[FIELD])?;
    let done = if is_empty(&fields) { "note-removed" } else { "note-saved" };
    carry_out(form, |_| true, done, move |conn, ask, here| keep(conn, ask, here, &fields)).await
}

fn is_empty(fields: &Fields) -> bool {
    fields.get(FIELD).trim().is_empty()
}

fn keep(conn: &mut Conn, ask: &Ask, here: &Here<'_>, fields: &Fields) -> Result<String, Error> {
    let enrolment = here.place.enrolment.as_ref().ok_or(Error::NotFound)?.id;
    here.forget_draft(conn, FORM)?;
    if is_empty(fields) {
        notes::remove(conn, enrolment, here.key())?;
        return Ok(here.path());
    }
    let mut faults = Faults::default();
    let Some(body) = faults.check(FIELD, paragraphs(fields.get(FIELD), LONGEST, "your note")) else {
        let note = own_note(here, field().sent(fields, &faults), true);
        return Err(Error::refused(step::of_kind(conn, ask, here, Wish::default())?.with_refused_note(note, faults)));
    };
    notes::save(conn, enrolment, here.key(), &body, ask.now)?;
    Ok(format!("{}#{FIELD}", here.path()))
}
