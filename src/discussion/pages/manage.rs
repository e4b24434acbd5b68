//! What facilitators do with a whole thread: pin, lock, move, merge.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{About, Room, Subject, WHOLE_COURSE, number};
use crate::audit::Act;
use crate::discussion::{ThreadId, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};

#[derive(Template)]
#[template(path = "discussion/manage.html")]
struct ManageThread {
    frame: Frame,
    crumbs: Vec<(String, String)>,
    faults: Faults,
    title: String,
    action: String,
    path: String,
    is_pinned: bool,
    is_locked: bool,
    /// None: it is a step's own, and stays there.
    unit: Option<(Field, Vec<(String, String)>)>,
    into: Field,
}

type Way = Path<(String, String)>;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| find(conn, &asked, &catalogue, &path).map(|of| page(&asked, &of)));
    ask.page(page.await?)
}

/// `act` is `pin`, `unpin`, `lock`, `unlock`, `move` (to a `unit`) or `merge` (`into` another thread).
pub async fn change(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way, fields: Fields) -> Answer {
    fields.only(&["act", "unit", "into"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, done) = db
        .write(move |conn| {
            let of = find(conn, &asked, &catalogue, &path)?;
            act(conn, &asked, &of, &fields)
        })
        .await?;
    ask.done(to, done)
}

fn find<'c>(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, path: &Way) -> Result<Subject<'c>, Error> {
    Room::enter(conn, ask, catalogue, &path.0)?.subject(conn, &path.1)?.facilitated()
}

/// Where to go then, and what was done, as a flash says it.
fn act(conn: &mut Conn, ask: &Ask, of: &Subject<'_>, fields: &Fields) -> Result<(String, &'static str), Error> {
    let (thread, path, now) = (of.thread.id, of.path(), ask.now);
    let (act, done) = match fields.get("act") {
        word @ ("pin" | "unpin") => {
            store::set_pinned(conn, thread, word == "pin", now)?;
            if word == "pin" { (Act::PinThread, "thread-pinned") } else { (Act::UnpinThread, "thread-unpinned") }
        }
        word @ ("lock" | "unlock") => {
            store::set_locked(conn, thread, word == "lock", now)?;
            if word == "lock" { (Act::LockThread, "thread-locked") } else { (Act::UnlockThread, "thread-unlocked") }
        }
        "move" => {
            let unit = unit(of, fields.get("unit")).map_err(|what| refused(ask, of, fields, "unit", what))?;
            store::move_thread(conn, thread, unit.as_ref())?;
            (Act::MoveThread, "thread-moved")
        }
        "merge" => return merge(conn, ask, of, fields),
        _ => return Err(Error::BadRequest("It says nothing that can be done with a thread.")),
    };
    of.note(conn, act, &path, "")?;
    Ok((path, done))
}

/// A choice is its slug; none is the whole course.
fn unit(of: &Subject<'_>, text: &str) -> Result<Option<Slug>, String> {
    if matches!(of.about, About::Step(_)) {
        return Err("This is a step’s own thread. It stays with its step".into());
    }
    if text.is_empty() {
        return Ok(None);
    }
    let open = Slug::parse(text).and_then(|slug| of.room.unit(&slug));
    open.map(|unit| Some(unit.slug.clone())).ok_or_else(|| "Choose one of the units in the list".into())
}

fn merge(conn: &mut Conn, ask: &Ask, of: &Subject<'_>, fields: &Fields) -> Result<(String, &'static str), Error> {
    let refused = |what: &str| refused(ask, of, fields, "into", what.to_owned());
    let id = other(of, fields.get("into"))
        .ok_or_else(|| refused("Enter the address of the other thread, or its number: the last part of its address"))?;
    if id == of.thread.id {
        return Err(refused("Enter another thread: this is its own address"));
    }
    let cohort = of.room.place.cohort.id;
    let found = store::thread(conn, cohort, id, None)?.map(|(thread, _)| thread);
    let into = found.ok_or_else(|| refused("Enter a thread of this cohort: there is none with this address"))?;
    if of.thread.step.is_some() {
        return Err(refused("This is a step’s own thread. Merge the other one into it instead"));
    }
    store::merge(conn, cohort, of.thread.id, into.id)?;
    let path = into.path(&of.room.place.cohort);
    of.note(conn, Act::MergeThread, &path, "")?;
    Ok((path, "thread-merged"))
}

/// By its number, or an address that ends with it.
fn other(of: &Subject<'_>, text: &str) -> Option<ThreadId> {
    let text = text.trim();
    let text = text.split(['?', '#']).next().unwrap_or(text).trim_end_matches('/');
    let last = match text.rsplit_once('/') {
        Some((before, last)) if before.ends_with(&of.room.path()) => last,
        Some(_) => return None,
        None => text,
    };
    number(last).map(ThreadId)
}

fn page(ask: &Ask, of: &Subject<'_>) -> ManageThread {
    let whole = (String::new(), WHOLE_COURSE.to_owned());
    let units = of.room.units.iter().map(|open| (open.unit.slug.to_string(), open.unit.full_title()));
    let now = of.about.unit().map(|open| open.unit.slug.to_string()).unwrap_or_default();
    let movable = !matches!(of.about, About::Step(_));
    let field = Field::new("unit", "What is it about?").value(&now);
    let mut crumbs = of.crumbs();
    crumbs.push((of.title(), of.path()));
    ManageThread {
        frame: of.room.place.frame(ask),
        crumbs,
        faults: Faults::default(),
        title: of.title(),
        action: format!("{}/manage", of.path()),
        path: of.path(),
        is_pinned: of.thread.is_pinned,
        is_locked: of.thread.is_locked,
        unit: movable.then(|| (field, std::iter::once(whole).chain(units).collect())),
        into: Field::new("into", "The other thread").hint("Its address, or the number at the end of it."),
    }
}

fn refused(ask: &Ask, of: &Subject<'_>, fields: &Fields, name: &'static str, what: String) -> Error {
    let mut faults = Faults::default();
    faults.add(name, what);
    let page = page(ask, of);
    let unit =
        page.unit.map(|(field, units)| (if name == "unit" { field.sent(fields, &faults) } else { field }, units));
    let into = if name == "into" { page.into.sent(fields, &faults) } else { page.into };
    Error::refused(ManageThread { unit, into, faults, ..self::page(ask, of) })
}
