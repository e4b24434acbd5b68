//! All threads that somebody may see, newest activity first.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Room, number};
use crate::discussion::store::{self, About, After, THREADS};
use crate::discussion::{Thread, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{Slug, count};
use crate::platform::web::{Answer, Ask, Error, Field, Frame};
use crate::programme::{Catalogue, Content, Unit};

#[derive(Template)]
#[template(path = "discussion/list.html")]
struct List {
    frame: Frame,
    cohort: String,
    path: String,
    unit: Field,
    units: Vec<(String, String)>,
    threads: Vec<Line>,
    /// What will appear here, where nothing is yet.
    nothing: String,
    later_href: String,
    new_href: String,
    read_only: String,
}

struct Line {
    href: String,
    title: String,
    about: String,
    posts: String,
    last: String,
    last_at: String,
}

pub async fn list(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &path)).await?;
    ask.page(page)
}

fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<List, Error> {
    let parameters = ask.parameters()?;
    let room = Room::enter(conn, ask, catalogue, cohort)?;
    let chosen = chosen_unit(&room, parameters.get("unit"))?;
    let after = Some(parameters.get("after")).filter(|text| !text.is_empty()).map(after_of).transpose()?;
    let mut threads = store::list_threads(conn, room.place.cohort.id, about(&room, chosen), after)?;
    let more = threads.len() > THREADS;
    threads.truncate(THREADS);
    let query = chosen.map(|unit| format!("unit={}", unit.number)).unwrap_or_default();
    let later =
        threads.last().filter(|_| more).map(|t| format!("{}?{}after={}", room.path(), joined(&query), written(t)));
    let writing = room.poster();
    Ok(List {
        frame: room.place.frame(ask),
        cohort: room.place.cohort.name.clone(),
        path: room.path(),
        unit: Field::new("unit", "Show threads about").value(&chosen.map(|u| u.number.to_string()).unwrap_or_default()),
        units: choices(&room),
        nothing: nothing(chosen, after),
        later_href: later.unwrap_or_default(),
        new_href: writing.map(|_| format!("{}/new{}", room.path(), asked(&query))).unwrap_or_default(),
        read_only: writing.err().map(|why| why.words(&room.place)).unwrap_or_default(),
        threads: threads.into_iter().map(|thread| line(&room, thread)).collect(),
    })
}

/// A unit that is not open is as little there as one that does not exist.
fn chosen_unit<'c>(room: &Room<'c>, text: &str) -> Result<Option<&'c Unit>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let open = room.units.iter().find(|open| open.unit.number.to_string() == text);
    open.map(|open| Some(open.unit)).ok_or(Error::NotFound)
}

fn about(room: &Room<'_>, chosen: Option<&Unit>) -> About {
    let names = |unit: &Unit| -> Vec<Slug> { unit.names().cloned().collect() };
    match chosen {
        Some(unit) => About::Unit(names(unit)),
        None if room.place.facilitates() => About::Everything,
        None => About::CourseAnd(room.units.iter().flat_map(|open| names(open.unit)).collect()),
    }
}

fn choices(room: &Room<'_>) -> Vec<(String, String)> {
    let every = (String::new(), "Everything".to_owned());
    let units = room.units.iter().map(|open| (open.unit.number.to_string(), open.unit.full_title()));
    std::iter::once(every).chain(units).collect()
}

fn line(room: &Room<'_>, thread: Thread) -> Line {
    let about = room.about(&thread);
    Line {
        href: thread.path(&room.place.cohort),
        title: about.map_or(thread.title.clone(), |about| about.title(&thread)),
        about: about.map(|about| about.words()).unwrap_or_default(),
        posts: count(usize::try_from(thread.post_count).unwrap_or(0), "post"),
        last: room.place.cohort.zone.recent(thread.last_post_at, room.now),
        last_at: thread.last_post_at.rfc3339(),
    }
}

fn nothing(chosen: Option<&Unit>, after: Option<After>) -> String {
    match (chosen, after) {
        (_, Some(_)) => "There are no more threads.".into(),
        (Some(unit), None) => {
            format!("No thread about {} yet. The first post in one of its discussions makes one.", unit.label())
        }
        (None, None) => {
            "No threads yet. What people write in the discussions of each week will appear here, and so will \
                         threads that you or others start."
                .into()
        }
    }
}

/// A place in the list, as addresses write it: the microsecond of the last post, and the thread.
fn written(thread: &Thread) -> String {
    format!("{}-{}", thread.last_post_at.micros(), thread.id)
}

fn after_of(text: &str) -> Result<After, Error> {
    let read = || {
        let (micros, id) = text.split_once('-')?;
        Some(After { last_post_at: Instant::from_micros(number(micros)?), id: ThreadId(number(id)?) })
    };
    read().ok_or(Error::BadRequest("The address names no place in the list. Go back to the list of discussions."))
}

fn joined(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("{query}&") }
}

fn asked(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}
