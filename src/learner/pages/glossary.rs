//! `/cohorts/{cohort}/glossary`: the words of the course, from A to Z or by the unit that teaches them.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::{Place, gate};
use crate::learner::{Link, unit_path};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Programme, Term};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

#[derive(Template)]
#[template(path = "learner/glossary.html")]
struct Glossary {
    frame: Frame,
    programme: String,
    path: String,
    library: String,
    by_unit: bool,
    groups: Vec<Group>,
}

/// The terms of one letter, or of one unit.
struct Group {
    id: String,
    title: String,
    /// As the list of groups names it.
    short: String,
    words: Vec<Word>,
}

struct Word {
    slug: String,
    term: String,
    /// Sanitised.
    html: String,
    /// The unit that teaches it, once it is open; not said where the terms stand by unit.
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
    let asked = ask.parameters()?;
    asked.only(&["by"])?;
    let place = gate::place(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_seen(conn, &place)?;
    let open = open_units(ask, &place, programme, &releases);
    let by_unit = match asked.get("by") {
        "" => false,
        "unit" => true,
        _ => return Err(Error::NotFound),
    };
    let page = Glossary {
        frame: place.frame(ask),
        programme: programme.title.clone(),
        path: format!("{}/glossary", place.cohort.path()),
        library: format!("{}/library", place.cohort.path()),
        by_unit,
        groups: if by_unit { by_units(programme, &open) } else { by_letters(programme, &place, &open) },
    };
    Ok((page, Visit::of(&place, ask.now)))
}

fn by_letters(programme: &Programme, place: &Place, open: &[OpenUnit<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for term in &programme.glossary {
        let letter = term.term.chars().next().map_or('#', |c| c.to_ascii_uppercase()).to_string();
        let unit = open.iter().find(|open| Some(open.unit.number) == term.unit);
        let link = unit.map(|open| Link::new(unit_path(&place.cohort, open.unit), open.unit.title.clone()));
        match groups.last_mut() {
            Some(group) if group.title == letter => group.words.push(word(term, link)),
            _ => groups.push(Group {
                id: format!("letter-{letter}"),
                title: letter.clone(),
                short: letter,
                words: vec![word(term, link)],
            }),
        }
    }
    groups
}

/// Units that are not open are not named: their terms stand together at the end, with those of no unit.
fn by_units(programme: &Programme, open: &[OpenUnit<'_>]) -> Vec<Group> {
    let is_of = |term: &Term, open: &OpenUnit<'_>| term.unit == Some(open.unit.number);
    let mut groups: Vec<Group> = Vec::new();
    for open in open {
        let terms = programme.glossary.iter().filter(|term| is_of(term, open));
        groups.push(Group {
            id: format!("unit-{}", open.unit.number),
            title: open.unit.full_title(),
            short: open.unit.label(),
            words: terms.map(|term| word(term, None)).collect(),
        });
    }
    let others = programme.glossary.iter().filter(|term| !open.iter().any(|open| is_of(term, open)));
    let words = others.map(|term| word(term, None)).collect();
    groups.push(Group { id: "others".into(), title: "All other words".into(), short: "All other words".into(), words });
    groups.retain(|group| !group.words.is_empty());
    groups
}

fn word(term: &Term, unit: Option<Link>) -> Word {
    Word { slug: term.slug.to_string(), term: term.term.clone(), html: term.html.clone(), unit }
}
