//! What the facilitators of a cohort tell one another about a learner.

use actix_web::web::{Data, Path};

use super::{Address, Desk, NOTE_FORM};
use crate::draft;
use crate::facilitator::{TeamNoteId, store};
use crate::platform::db::Db;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::programme::Content;

const LONGEST_NOTE: usize = 2_000;

pub async fn write_note(ask: Ask, db: Data<Db>, content: Data<Content>, path: Address, fields: Fields) -> Answer {
    fields.only(&["note"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let desk = Desk::find(conn, &asked, &catalogue, &path)?;
            let mut faults = Faults::default();
            let Some(note) = faults.check("note", paragraphs(fields.get("note"), LONGEST_NOTE, "a note")) else {
                return Err(desk.refused(conn, &asked, &fields, faults)?);
            };
            store::write_note(conn, &desk.place, desk.learner.enrolment, &note, asked.now)?;
            draft::store::forget(conn, desk.place.person.id, (&desk.path(), NOTE_FORM))?;
            Ok(format!("{}#notes", desk.path()))
        })
        .await?;
    ask.done(to, "team-note-kept")
}

pub async fn remove_note(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let (cohort, learner, note) = path.into_inner();
            let desk = Desk::find(conn, &asked, &catalogue, &(cohort, learner))?;
            let note = note.parse().map(TeamNoteId).map_err(|_| Error::NotFound)?;
            store::remove_note(conn, desk.learner.enrolment, note)?;
            Ok::<_, Error>(format!("{}#notes", desk.path()))
        })
        .await?;
    ask.done(to, "team-note-removed")
}
