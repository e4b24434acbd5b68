//! `/cohorts/{cohort}/search`: everything that somebody may read, by its words.

use std::time::Duration;

use actix_web::web::{Data, Path};
use askama::Template;

use super::query::LONGEST;
use super::store::{self, Hit, PAGE, Reach};
use super::{Kind, Piece, Words, content};
use crate::cohort::{Cohort, Place, gate};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::limits::Limit;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Frame};
use crate::programme::{Catalogue, Content, Programme, Step, Unit};
use crate::schedule::gate::{OpenUnit, open_units};
use crate::schedule::store::list_seen;

/// How often one session may search, in this process.
pub struct SearchLimit(Limit);

impl SearchLimit {
    /// Forgets who has not searched for long; called by a timer so that memory stays flat.
    pub fn forget_old(&self) {
        self.0.forget_old();
    }
}

impl Default for SearchLimit {
    fn default() -> Self {
        Self(Limit::new(60, Duration::from_secs(60)))
    }
}

#[derive(Template)]
#[template(path = "search/results.html")]
struct Results {
    frame: Frame,
    cohort: String,
    faults: Faults,
    path: String,
    query: Field,
    /// What was asked; empty: nothing yet.
    asked: String,
    found: Vec<Line>,
    /// Empty: this page has the last of them.
    more: String,
    /// This is not the first page.
    is_later: bool,
    library: String,
    glossary: String,
    discussions: String,
}

struct Line {
    /// Empty: it cannot be read where it stands.
    href: String,
    title: Vec<Piece>,
    /// `Step · Week 3: Members and participation · Article`
    about: String,
    is_preview: bool,
    snippet: Vec<Piece>,
}

/// What a search may lead to, for one person.
struct Desk<'c> {
    place: Place,
    programme: &'c Programme,
    open: Vec<OpenUnit<'c>>,
    now: Instant,
}

pub async fn show(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    limit: Data<SearchLimit>,
    cohort: Path<String>,
) -> Answer {
    if let Some(session) = ask.session.as_ref().filter(|_| !ask.query.is_empty()) {
        limit.0.count(session.as_str())?;
    }
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.report(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    ask.page(page)
}

/// Three queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<Results, Error> {
    let parameters = ask.parameters()?;
    parameters.only(&["q", "after"])?;
    let desk = Desk::of(conn, ask, catalogue, cohort)?;
    let mut faults = Faults::default();
    let words = match parameters.get("q").trim() {
        "" => None,
        typed => faults.check("q", words(typed)),
    };
    let after = Some(parameters.get("after")).filter(|text| !text.is_empty()).map(after_of).transpose()?;
    let mut hits = match &words {
        Some(words) => store::find(conn, words, &desk.reach(), after)?,
        None => Vec::new(),
    };
    let is_more = hits.len() > PAGE;
    hits.truncate(PAGE);
    let path = desk.path("search");
    let typed = if words.is_some() { parameters.get("q").trim() } else { "" };
    let more = hits.last().filter(|_| is_more).map(|hit| address(&path, typed, hit.place));
    let mut frame = desk.place.frame(ask);
    frame.search.clear();
    let page = Results {
        frame,
        cohort: desk.place.cohort.name.clone(),
        query: Field::new("q", "Words to look for").hint(HINT).sent(&parameters, &faults),
        asked: typed.to_owned(),
        found: hits.iter().filter_map(|hit| desk.line(hit)).collect(),
        more: more.unwrap_or_default(),
        is_later: after.is_some(),
        library: desk.path("library"),
        glossary: desk.path("glossary"),
        discussions: desk.path("discussions"),
        faults,
        path,
    };
    if page.has_faults() { Err(Error::refused(page)) } else { Ok(page) }
}

const HINT: &str = "Every word must be there. Put “quotation marks” round words that follow one another.";

/// Errors with what the person can do about it.
fn words(typed: &str) -> Result<Words, String> {
    let length = typed.chars().count();
    if length > LONGEST {
        return Err(format!("Shorten what you look for: it has {length} characters, and {LONGEST} are the most"));
    }
    Words::parse(typed).ok_or_else(|| "Look for letters or digits: other signs are not kept".into())
}

/// A place in the list, as addresses write it.
fn address(path: &str, typed: &str, place: store::Place) -> String {
    let after = format!("{}-{}", place.score, place.id);
    let query: String = serde_urlencoded::to_string([("q", typed), ("after", &after)]).unwrap_or_default();
    format!("{path}?{query}")
}

fn after_of(text: &str) -> Result<store::Place, Error> {
    let number = |text: &str| text.parse().ok().filter(|n: &i64| *n >= 0 && n.to_string() == text);
    let read = || {
        let (score, id) = text.split_once('-')?;
        Some(store::Place { score: number(score)?, id: number(id)? })
    };
    read().ok_or(Error::BadRequest("The address names no place in the list. Search again."))
}

impl Results {
    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }
}

impl<'c> Desk<'c> {
    /// Two queries.
    fn of(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, cohort: &str) -> Result<Self, Error> {
        let place = gate::place(conn, ask, cohort)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = list_seen(conn, &place)?;
        let open = open_units(ask, &place, programme, &releases);
        Ok(Self { place, programme, open, now: ask.now })
    }

    fn reach(&self) -> Reach {
        let names = |open: &OpenUnit<'c>| std::iter::once(&open.unit.slug).chain(&open.unit.formerly).cloned();
        Reach {
            programme: self.programme.slug.clone(),
            is_english: content::is_english(&self.programme.language),
            cohort: self.place.cohort.id,
            units: self.open.iter().flat_map(names).collect(),
            all_threads: self.place.facilitates(),
            enrolment: self.place.enrolment.as_ref().map(|enrolment| enrolment.id),
        }
    }

    fn path(&self, page: &str) -> String {
        format!("{}/{page}", self.cohort().path())
    }

    fn cohort(&self) -> &Cohort {
        &self.place.cohort
    }

    /// The unit by a slug that it has or had, if it is open to the reader.
    fn open_unit(&self, slug: Option<&Slug>) -> Option<&OpenUnit<'c>> {
        let slug = slug?;
        self.open.iter().find(|open| open.unit.is_called(slug))
    }

    /// `None`: the content of now has no such text.
    fn line(&self, hit: &Hit) -> Option<Line> {
        let open = self.open_unit(hit.unit.as_ref());
        let mut line = match hit.kind {
            Kind::Unit => self.unit_line(hit, open?.unit),
            Kind::Step => self.step_line(hit, open?.unit)?,
            Kind::Library => self.entry_line(hit)?,
            Kind::Glossary => self.term_line(hit)?,
            Kind::Thread | Kind::Post => self.talk_line(hit, open.map(|open| open.unit)),
            Kind::Note => self.note_line(hit),
        };
        line.is_preview = open.is_some_and(|open| open.preview);
        Some(line)
    }

    fn unit_line(&self, hit: &Hit, unit: &Unit) -> Line {
        let label = if unit.number == 0 { String::new() } else { format!("{}: ", unit.label()) };
        let about = format!("Unit · {} steps", unit.steps.len());
        line(format!("{}/units/{}", self.cohort().path(), unit.number), titled(&label, hit.title.whole()), about, hit)
    }

    fn step_line(&self, hit: &Hit, unit: &Unit) -> Option<Line> {
        let step = step_of(unit, hit)?;
        let about = format!("Step · {} · {}", unit.full_title(), step.kind_label());
        let number = format!("{}.{} ", unit.number, step.place);
        Some(line(self.step_path(unit, step), titled(&number, hit.title.whole()), about, hit))
    }

    fn entry_line(&self, hit: &Hit) -> Option<Line> {
        let entry = self.programme.sources.get(hit.name.as_deref()?)?.entry.as_ref()?;
        let href = format!("{}#entry-{}", self.path("library"), hit.name.as_deref()?);
        Some(line(href, hit.title.whole(), format!("Library · {}", entry.kind_in_words()), hit))
    }

    fn term_line(&self, hit: &Hit) -> Option<Line> {
        let href = format!("{}#{}", self.path("glossary"), hit.name.as_deref()?);
        Some(line(href, hit.title.whole(), "Glossary".into(), hit))
    }

    /// A thread, or a post in one: a step's own thread is called as the step is now.
    fn talk_line(&self, hit: &Hit, unit: Option<&Unit>) -> Line {
        let thread = hit.thread.map(|id| id.to_string()).unwrap_or_default();
        let mut href = format!("{}/{thread}", self.path("discussions"));
        let step = unit.and_then(|unit| step_of(unit, hit));
        let about = unit.map_or_else(|| "The whole course".into(), Unit::full_title);
        let Some(post) = hit.post else {
            return line(href, hit.title.whole(), format!("Discussion · {about}"), hit);
        };
        href.push_str(&format!("?post={post}"));
        let title = step.map_or(&hit.thread_title, |step| &step.title);
        let title = vec![Piece { text: title.clone(), is_marked: false }];
        let written = hit.written_at.map(|at| self.cohort().zone.recent(at, self.now)).unwrap_or_default();
        line(href, title, format!("Post by {}, {written} · {about}", hit.author), hit)
    }

    /// One's own note. Of a unit that is not open, or not any more, it tells no more than the title.
    fn note_line(&self, hit: &Hit) -> Line {
        let open = self.open_unit(hit.unit.as_ref()).map(|open| open.unit);
        let found = open.and_then(|unit| Some((unit, step_of(unit, hit)?)));
        let named = |text: String| vec![Piece { text, is_marked: false }];
        if let Some((unit, step)) = found {
            let title = format!("Your note on {}", step.title);
            let href = format!("{}#my-note", self.step_path(unit, step));
            return line(href, named(title), format!("Note · {} · only you can read it", unit.full_title()), hit);
        }
        let unit = hit.unit.as_ref().and_then(|slug| self.programme.unit_named(slug));
        let about = match unit {
            Some(unit) => format!("Note · {} · not open to you now", unit.full_title()),
            None => "Note · on a step that is no longer in the course".into(),
        };
        line(self.path("notes"), named("Your note".into()), about, hit)
    }

    fn step_path(&self, unit: &Unit, step: &Step) -> String {
        format!("{}/units/{}/{}", self.cohort().path(), unit.number, step.slug)
    }
}

fn step_of<'u>(unit: &'u Unit, hit: &Hit) -> Option<&'u Step> {
    let slug = Slug::parse(hit.name.as_deref()?)?;
    unit.step_called(&slug)
}

fn titled(before: &str, mut title: Vec<Piece>) -> Vec<Piece> {
    title.insert(0, Piece { text: before.to_owned(), is_marked: false });
    title
}

fn line(href: String, title: Vec<Piece>, about: String, hit: &Hit) -> Line {
    Line { href, title, about, is_preview: false, snippet: hit.body.snippet() }
}
