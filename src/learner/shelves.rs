//! The library as one person sees it: which entries are asked for, and the open steps that draw on them.

use super::{Link, step_number, step_path};
use crate::cohort::{Place, gate};
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error, Fields};
use crate::programme::{Catalogue, Entry, Programme, Source, Topic};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

/// Somebody in the library.
pub struct Shelves<'c> {
    pub place: Place,
    pub programme: &'c Programme,
    pub open: Vec<OpenUnit<'c>>,
    pub filter: Filter<'c>,
}

/// Which entries are asked for; nothing set: all.
#[derive(Default)]
pub struct Filter<'c> {
    pub topic: Option<&'c Topic>,
    pub kind: Option<&'c str>,
    /// Of those that are open to the reader.
    pub unit: Option<OpenUnit<'c>>,
}

pub const FIELDS: [&str; 3] = ["topic", "kind", "unit"];

impl<'c> Shelves<'c> {
    /// Two queries. What is asked for and not there, or not open, is not found.
    pub fn enter(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, cohort: &str) -> Result<Self, Error> {
        let asked = ask.parameters()?;
        asked.only(&FIELDS)?;
        let place = gate::place(conn, ask, cohort)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = list_seen(conn, &place)?;
        let open = open_units(ask, &place, programme, &releases);
        let filter = Filter::asked(&asked, programme, &open)?;
        Ok(Self { place, programme, open, filter })
    }

    pub fn path(&self) -> String {
        format!("{}/library", self.place.cohort.path())
    }

    /// What is asked for, by title.
    pub fn entries(&self) -> Vec<(&'c Source, &'c Entry)> {
        let mut entries: Vec<_> =
            all(self.programme).filter(|(source, entry)| self.filter.holds(source, entry)).collect();
        entries.sort_by_key(|(_, entry)| entry.title.to_lowercase());
        entries
    }

    /// The open steps that draw on a source.
    pub fn steps_of(&self, source: &Source) -> Vec<Link> {
        let mut links = Vec::new();
        for open in &self.open {
            for step in open.unit.steps.iter().filter(|step| step.draws_on.contains(&source.key)) {
                let label = format!("{} {}", step_number(open.unit, step), step.title);
                links.push(Link::new(step_path(&self.place.cohort, open.unit, step), label));
            }
        }
        links
    }

    /// Each kind that there is, with its name.
    pub fn kinds(&self) -> Vec<(&'c str, String)> {
        let mut kinds: Vec<_> = all(self.programme).map(|(_, e)| (e.kind.as_str(), e.kind_in_words())).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The open units whose steps draw on something in the library.
    pub fn units(&self) -> impl Iterator<Item = &OpenUnit<'c>> {
        self.open.iter().filter(|open| all(self.programme).any(|(source, _)| draws_on(open, source)))
    }
}

/// Everything in the library.
fn all(programme: &Programme) -> impl Iterator<Item = (&Source, &Entry)> {
    programme.sources.values().filter_map(|source| Some((source, source.entry.as_ref()?)))
}

fn draws_on(open: &OpenUnit<'_>, source: &Source) -> bool {
    open.unit.steps.iter().any(|step| step.draws_on.contains(&source.key))
}

impl<'c> Filter<'c> {
    fn asked(asked: &Fields, programme: &'c Programme, open: &[OpenUnit<'c>]) -> Result<Self, Error> {
        let [topic, kind, unit] = FIELDS.map(|name| Some(asked.get(name)).filter(|text| !text.is_empty()));
        let mut filter = Self::default();
        if let Some(slug) = topic {
            filter.topic = Some(programme.topics.iter().find(|t| t.slug.as_str() == slug).ok_or(Error::NotFound)?);
        }
        if let Some(slug) = kind {
            let found = all(programme).map(|(_, entry)| entry.kind.as_str()).find(|kind| *kind == slug);
            filter.kind = Some(found.ok_or(Error::NotFound)?);
        }
        if let Some(number) = unit {
            let found = open.iter().find(|open| open.unit.number.to_string() == number);
            filter.unit = Some(*found.ok_or(Error::NotFound)?);
        }
        Ok(filter)
    }

    fn holds(&self, source: &Source, entry: &Entry) -> bool {
        self.topic.is_none_or(|topic| entry.topic == topic.slug)
            && self.kind.is_none_or(|kind| entry.kind.as_str() == kind)
            && self.unit.as_ref().is_none_or(|open| draws_on(open, source))
    }

    /// What is set, as the form's fields: empty for all.
    pub fn values(&self) -> [String; 3] {
        [
            self.topic.map(|topic| topic.slug.to_string()).unwrap_or_default(),
            self.kind.unwrap_or_default().to_owned(),
            self.unit.map(|open| open.unit.number.to_string()).unwrap_or_default(),
        ]
    }

    /// `?kind=report`, or nothing.
    pub fn query(&self) -> String {
        let set = FIELDS.iter().zip(self.values()).filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = set.map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}
