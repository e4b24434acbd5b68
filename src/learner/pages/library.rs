//! `/cohorts/{cohort}/library`: everything that the course draws on, by topic, kind and unit, with the open steps that use
//! it.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::learner::Link;
use crate::learner::shelves::{FIELDS, Shelves};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Field, Frame};
use crate::programme::{Content, Entry, Source};

#[derive(Template)]
#[template(path = "learner/library.html")]
struct Library {
    frame: Frame,
    programme: String,
    path: String,
    glossary: String,
    how_many: String,
    /// What to show: each field with its choices.
    fields: [(Field, Vec<(String, String)>); 3],
    is_all: bool,
    shelves: Vec<Shelf>,
    bibtex: String,
    ris: String,
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
    let load = move |conn: &mut _| {
        let shelves = Shelves::enter(conn, &asked, &catalogue, &cohort)?;
        Ok::<_, Error>((page(&asked, &shelves), Visit::of(&shelves.place, asked.now)))
    };
    let (page, visit) = db.read(load).await?;
    note_visit(&db, visit);
    ask.page(page)
}

fn page(ask: &Ask, shelves: &Shelves<'_>) -> Library {
    let (path, query) = (shelves.path(), shelves.filter.query());
    let entries = shelves.entries();
    let shelf = |topic: &crate::programme::Topic| {
        let of_topic = entries.iter().filter(|(_, entry)| entry.topic == topic.slug);
        let entries: Vec<Item> = of_topic.map(|(source, entry)| item(shelves, source, entry)).collect();
        let (slug, title, how_many) = (topic.slug.to_string(), topic.title.clone(), entries.len().to_string());
        Shelf { slug, title, how_many, entries }
    };
    Library {
        frame: shelves.place.frame(ask),
        programme: shelves.programme.title.clone(),
        glossary: format!("{}/glossary", shelves.place.cohort.path()),
        how_many: if entries.len() == 1 { "1 entry".into() } else { format!("{} entries", entries.len()) },
        fields: fields(shelves),
        is_all: query.is_empty(),
        shelves: shelves.programme.topics.iter().map(shelf).filter(|shelf| !shelf.entries.is_empty()).collect(),
        bibtex: format!("{path}.bib{query}"),
        ris: format!("{path}.ris{query}"),
        path,
    }
}

fn fields(shelves: &Shelves<'_>) -> [(Field, Vec<(String, String)>); 3] {
    let topics = shelves.programme.topics.iter().map(|topic| (topic.slug.to_string(), topic.title.clone()));
    let kinds = shelves.kinds().into_iter().map(|(kind, label)| (kind.to_owned(), label));
    let units = shelves.units().map(|open| (open.unit.number.to_string(), open.unit.full_title()));
    let choices = |every: &str, choices: Vec<(String, String)>| {
        std::iter::once((String::new(), every.to_owned())).chain(choices).collect::<Vec<_>>()
    };
    let [topic, kind, unit] = shelves.filter.values();
    let field = |n: usize, label: &str, value: String| Field::new(FIELDS[n], label).value(&value);
    [
        (field(0, "Topic", topic), choices("Every topic", topics.collect())),
        (field(1, "Kind", kind), choices("Every kind", kinds.collect())),
        (field(2, "Used in", unit), choices("The whole course", units.collect())),
    ]
}

fn item(shelves: &Shelves<'_>, source: &Source, entry: &Entry) -> Item {
    let facts = [entry.kind_in_words(), entry.author.clone(), entry.year.clone()];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    Item {
        key: source.key.clone(),
        title: entry.title.clone(),
        facts: facts.join(" · "),
        summary: entry.summary.clone(),
        citation_html: source.html.clone(),
        steps: shelves.steps_of(source),
    }
}
