//! `/cohorts/{cohort}/glossary`: the words of the course, from A to Z.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::gate;
use crate::learner::{Link, unit_path};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Term};
use crate::schedule::gate::open_units;
use crate::schedule::store::list_releases;

#[derive(Template)]
#[template(path = "learner/glossary.html")]
struct Glossary {
    frame: Frame,
    programme: String,
    library: String,
    /// Each with the terms that begin with it.
    letters: Vec<(char, Vec<Word>)>,
}

struct Word {
    slug: String,
    term: String,
    /// Sanitised.
    html: String,
    /// The unit that teaches it, once it is open.
    unit: Option<Link>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Two queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Glossary, Visit), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_releases(conn, place.cohort.id)?;
    let open = open_units(ask, &place, programme, &releases);
    let word = |term: &Term| {
        let unit = open.iter().find(|open| Some(open.unit.number) == term.unit);
        Word {
            slug: term.slug.to_string(),
            term: term.term.clone(),
            html: term.html.clone(),
            unit: unit.map(|open| Link::new(unit_path(&place.cohort, open.unit), open.unit.title.clone())),
        }
    };
    let mut letters: Vec<(char, Vec<Word>)> = Vec::new();
    for term in &programme.glossary {
        let letter = term.term.chars().next().map_or('#', |c| c.to_ascii_uppercase());
        match letters.last_mut() {
            Some((last, words)) if *last == letter => words.push(word(term)),
            _ => letters.push((letter, vec![word(term)])),
        }
    }
    let page = Glossary {
        frame: place.frame(ask),
        programme: programme.title.clone(),
        library: format!("{}/library", place.cohort.path()),
        letters,
    };
    Ok((page, Visit::of(&place, ask.now)))
}
