//! `/cohorts/{cohort}/library`: everything that the course draws on, by topic or kind, with the open steps that use it.

use std::collections::BTreeSet;

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::gate;
use crate::learner::{Link, step_number, step_path};
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Source};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_releases;

#[derive(Template)]
#[template(path = "learner/library.html")]
struct Library {
    frame: Frame,
    programme: String,
    glossary: String,
    how_many: String,
    /// Address, label, and whether it is the one shown.
    kinds: Vec<(Link, bool)>,
    shelves: Vec<Shelf>,
}

struct Shelf {
    slug: String,
    title: String,
    how_many: String,
    entries: Vec<Item>,
}

struct Item {
    key: String,
    title: String,
    /// `Report · 2014`
    facts: String,
    summary: String,
    /// Sanitised.
    citation_html: String,
    steps: Vec<Link>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Two queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Library, Visit), Error> {
    let asked = ask.parameters()?;
    asked.only(&["kind"])?;
    let place = gate::place(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_releases(conn, place.cohort.id)?;
    let open = open_units(ask, &place, programme, &releases);
    let entries: Vec<&Source> = programme.sources.values().filter(|source| source.entry.is_some()).collect();
    let all: BTreeSet<&Slug> = entries.iter().filter_map(|source| Some(&source.entry.as_ref()?.kind)).collect();
    let kind = Some(asked.get("kind")).filter(|kind| !kind.is_empty());
    if kind.is_some_and(|kind| !all.iter().any(|slug| slug.as_str() == kind)) {
        return Err(Error::NotFound);
    }
    let path = format!("{}/library", place.cohort.path());
    let mut kinds = vec![(Link::new(path.clone(), "Everything"), kind.is_none())];
    for slug in all {
        let label =
            entries.iter().find_map(|s| s.entry.as_ref().filter(|e| e.kind == *slug)).map(|e| e.kind_in_words());
        let href = format!("{path}?kind={slug}");
        kinds.push((Link::new(href, label.unwrap_or_default()), kind == Some(slug.as_str())));
    }
    let shown: Vec<&Source> = entries.into_iter().filter(|source| is_of(source, kind)).collect();
    let steps = |key: &str| steps_of(key, &place.cohort, &open);
    let page = Library {
        frame: place.frame(ask),
        programme: programme.title.clone(),
        glossary: format!("{}/glossary", place.cohort.path()),
        how_many: if shown.len() == 1 { "1 entry".into() } else { format!("{} entries", shown.len()) },
        kinds,
        shelves: programme
            .topics
            .iter()
            .map(|topic| {
                let of_topic = shown.iter().filter(|s| s.entry.as_ref().is_some_and(|e| e.topic == topic.slug));
                let mut entries: Vec<Item> = of_topic.filter_map(|source| item(source, &steps)).collect();
                entries.sort_by_key(|item| item.title.to_lowercase());
                Shelf {
                    slug: topic.slug.to_string(),
                    title: topic.title.clone(),
                    how_many: entries.len().to_string(),
                    entries,
                }
            })
            .filter(|shelf| !shelf.entries.is_empty())
            .collect(),
    };
    Ok((page, Visit::of(&place, ask.now)))
}

fn is_of(source: &Source, kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| source.entry.as_ref().is_some_and(|entry| entry.kind.as_str() == kind))
}

fn item(source: &Source, steps: &dyn Fn(&str) -> Vec<Link>) -> Option<Item> {
    let entry = source.entry.as_ref()?;
    Some(Item {
        key: source.key.clone(),
        title: entry.title.clone(),
        facts: [entry.kind_in_words(), entry.author.clone(), entry.year.clone()]
            .into_iter()
            .filter(|fact| !fact.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        summary: entry.summary.clone(),
        citation_html: source.html.clone(),
        steps: steps(&source.key),
    })
}

/// The open steps that draw on a source.
fn steps_of(key: &str, cohort: &crate::cohort::Cohort, open: &[OpenUnit<'_>]) -> Vec<Link> {
    let mut links = Vec::new();
    for open in open {
        for step in open.unit.steps.iter().filter(|step| step.draws_on.iter().any(|k| k == key)) {
            let label = format!("{} {}", step_number(open.unit, step), step.title);
            links.push(Link::new(step_path(cohort, open.unit, step), label));
        }
    }
    links
}
