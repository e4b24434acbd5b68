//! `/cohorts/{cohort}/notes`: all that somebody noted on steps, newest first; `?q=` shows those that hold a word.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::{Place, gate};
use crate::completion::store::notes::{self, Note};
use crate::learner::{step_number, step_path};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{count, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Frame};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

/// Of the word that is looked for, in characters.
const LONGEST_WORD: usize = 100;

#[derive(Template)]
#[template(path = "learner/notes.html")]
struct Notes {
    frame: Frame,
    cohort: String,
    faults: Faults,
    path: String,
    word: Field,
    /// `2 of 5 notes`.
    how_many: String,
    notes: Vec<Line>,
    /// What to read where no note is shown. Empty: there are some.
    nothing: String,
    /// Empty for those whose steps do not count.
    progress: String,
}

struct Line {
    /// Empty: the step is not open to the reader now, or gone.
    href: String,
    title: String,
    about: String,
    saved: String,
    saved_at: String,
    body: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Three queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Notes, Visit), Error> {
    let asked = ask.parameters()?;
    asked.only(&["q"])?;
    let place = gate::place(conn, ask, cohort)?;
    let enrolment = place.enrolment.as_ref().ok_or(Error::NotFound)?.id;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let open = open_units(ask, &place, programme, &releases);
    let all = notes::list(conn, enrolment)?;
    let mut faults = Faults::default();
    let word = match asked.get("q").trim() {
        "" => None,
        typed => faults.check("q", line(typed, LONGEST_WORD, "the word")),
    };
    let shown = all.iter().filter(|note| word.as_ref().is_none_or(|word| holds(&note.body, word)));
    let notes: Vec<Line> = shown.map(|note| row(note, &place, programme, &open, ask)).collect();
    let page = Notes {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        path: format!("{}/notes", place.cohort.path()),
        word: Field::new("q", "Show notes that hold the word").sent(&asked, &faults),
        how_many: match word {
            Some(_) => format!("{} of {}", notes.len(), count(all.len(), "note")),
            None => count(all.len(), "note"),
        },
        nothing: nothing(notes.is_empty(), word.as_deref()),
        notes,
        progress: place.learner().map(|_| format!("{}/progress", place.cohort.path())).unwrap_or_default(),
        faults,
    };
    if page.has_faults() { Err(Error::refused(page)) } else { Ok((page, Visit::of(&place, ask.now))) }
}

impl Notes {
    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }
}

/// In large letters or small, and over the end of a line.
fn holds(body: &str, word: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(body).contains(&plain(word))
}

fn nothing(is_empty: bool, word: Option<&str>) -> String {
    match (is_empty, word) {
        (false, _) => String::new(),
        (true, Some(word)) => format!("None of your notes holds ‘{word}’."),
        (true, None) => {
            "You have no notes yet. Open ‘My note’ near the end of any step and write down what you want to keep."
                .into()
        }
    }
}

fn row(note: &Note, place: &Place, programme: &Programme, open: &[OpenUnit<'_>], ask: &Ask) -> Line {
    let (cohort, unit) = (&place.cohort, programme.unit_named(&note.unit));
    let found = unit.and_then(|unit| Some((unit, unit.step(&note.step)?)));
    let is_open = open.iter().any(|open| open.unit.slug == note.unit);
    let (title, href) = match found {
        Some((unit, step)) => (format!("{} {}", step_number(unit, step), step.title), step_path(cohort, unit, step)),
        None => ("A step that is no longer in the course".into(), String::new()),
    };
    let unit = unit.map(Unit::full_title);
    let closed = (found.is_some() && !is_open).then(|| "not open to you now".to_owned());
    Line {
        href: if is_open { href } else { String::new() },
        title,
        about: unit.into_iter().chain(closed).collect::<Vec<_>>().join(" · "),
        saved: format!("Saved {}", cohort.zone.recent(note.saved_at, ask.now)),
        saved_at: note.saved_at.rfc3339(),
        body: note.body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_however_its_letters_are_written() {
        assert!(holds("Wen frage ich?\nÜber  die Brücke", "über die"));
        assert!(holds("TRUST takes time", "trust") && holds("trust", "RUS"));
        assert!(!holds("Trust takes time", "timely"));
    }
}
