//! The threads that somebody may see: all or a view of them, newest activity first.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Room, number};
use crate::cohort::EnrolmentId;
use crate::discussion::store::{self, About, After, THREADS, View, Wanted};
use crate::discussion::{Mark, Thread, ThreadId, counted};
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
    show: Field,
    views: Vec<(String, String)>,
    pinned: Vec<Line>,
    threads: Vec<Line>,
    /// What will appear here, where nothing is yet.
    nothing: String,
    later_href: String,
    new_href: String,
    read_only: String,
    /// Where one makes a feed's address. Empty: the viewer is not enrolled.
    feed_href: String,
    /// The unit that is shown: its name, its number and whether the viewer follows it.
    following: Option<(String, u16, bool)>,
    /// Where one chooses mails. Empty: the viewer is not enrolled.
    mails_href: String,
    /// What waits for facilitators. Empty: the viewer is none.
    queue_href: String,
}

/// A thread in a list.
pub(super) struct Line {
    pub href: String,
    pub title: String,
    pub about: String,
    pub posts: String,
    last: String,
    last_at: String,
    /// '3 new'. Empty: nothing is.
    new: String,
    /// Where the new ones begin.
    new_href: String,
    is_locked: bool,
    follows: bool,
    /// Since when somebody waits for a reply. Empty: nobody does.
    pub waits: String,
}

pub async fn list(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &path)).await?;
    ask.page(page)
}

/// Seven queries at most, besides the one for the session.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<List, Error> {
    let parameters = ask.parameters()?;
    let room = Room::enter(conn, ask, catalogue, cohort)?;
    let chosen = chosen_unit(&room, parameters.get("unit"))?;
    let view = chosen_view(&room, parameters.get("show"))?;
    let after = Some(parameters.get("after")).filter(|text| !text.is_empty()).map(after_of).transpose()?;
    let id = room.place.cohort.id;
    let reader = room.place.enrolment.as_ref().map(|enrolment| enrolment.id);
    let wanted = Wanted { about: about(&room, chosen), view, reader, now: room.now };
    let mut threads = store::list_threads(conn, id, &wanted, after)?;
    let more = threads.len() > THREADS;
    threads.truncate(THREADS);
    // Those that need a reply stand in one list, by how long they have waited.
    let pins = after.is_none() && view != View::NeedsReply;
    let pinned = if pins { store::list_pinned(conn, id, &wanted)? } else { Vec::new() };
    let (unread, by_unit) = unread(conn, &room, reader, threads.iter().chain(&pinned))?;
    let following = following(conn, chosen, reader)?;
    let query = query(chosen, view);
    let later = threads
        .last()
        .filter(|_| more)
        .map(|(thread, _)| format!("{}?{}after={}", room.path(), joined(&query), written(thread, view)));
    let writing = room.poster();
    let unit = chosen.map(|unit| format!("?unit={}", unit.number)).unwrap_or_default();
    let lines = |threads: Vec<(Thread, Option<Mark>)>| -> Vec<Line> {
        threads.into_iter().map(|(thread, mark)| line(&room, thread, mark, &unread)).collect()
    };
    Ok(List {
        frame: room.place.frame(ask),
        cohort: room.place.cohort.name.clone(),
        path: room.path(),
        unit: Field::new("unit", "About").value(&chosen.map(|u| u.number.to_string()).unwrap_or_default()),
        units: choices(&room, &by_unit),
        show: Field::new("show", "Show").value(view.as_str()),
        views: views(&room),
        nothing: if pinned.is_empty() { nothing(chosen, view, after) } else { String::new() },
        later_href: later.unwrap_or_default(),
        new_href: writing.map(|_| format!("{}/new{unit}", room.path())).unwrap_or_default(),
        read_only: writing.err().map(|why| why.words(&room.place)).unwrap_or_default(),
        feed_href: reader.map(|_| format!("{}/feed", room.path())).unwrap_or_default(),
        following,
        mails_href: reader.map(|_| format!("{}/mails", room.path())).unwrap_or_default(),
        queue_href: queue_href(&room),
        pinned: lines(pinned),
        threads: lines(threads),
    })
}

/// Only where one unit is shown.
fn following(
    conn: &mut Conn,
    chosen: Option<&Unit>,
    reader: Option<EnrolmentId>,
) -> Result<Option<(String, u16, bool)>, Error> {
    let Some((unit, reader)) = chosen.zip(reader) else { return Ok(None) };
    let followed = store::list_followed_units(conn, reader)?;
    let follows = unit.names().any(|name| followed.iter().any(|slug| slug == name.as_str()));
    Ok(Some((unit.label(), unit.number, follows)))
}

fn queue_href(room: &Room<'_>) -> String {
    if room.place.facilitates() { format!("{}/manage/discussions", room.place.cohort.path()) } else { String::new() }
}

type Unread = (Vec<(ThreadId, i64)>, Vec<(Option<Slug>, i64)>);

/// How many posts of each of these threads, and how many threads of each unit, the reader has not seen.
fn unread<'t>(
    conn: &mut Conn,
    room: &Room<'_>,
    reader: Option<EnrolmentId>,
    threads: impl Iterator<Item = &'t (Thread, Option<Mark>)>,
) -> Result<Unread, Error> {
    let Some(reader) = reader else { return Ok((Vec::new(), Vec::new())) };
    // One that was never opened is new as a whole: its posts are counted already.
    let begun = threads.filter(|(thread, mark)| mark.is_some_and(|mark| mark.seen < thread.last_post));
    let begun: Vec<ThreadId> = begun.map(|(thread, _)| thread.id).collect();
    let posts = store::count_unread(conn, reader, &begun)?;
    Ok((posts, store::count_unread_threads(conn, reader, room.place.cohort.id)?))
}

/// A unit that is not open is as little there as one that does not exist.
fn chosen_unit<'c>(room: &Room<'c>, text: &str) -> Result<Option<&'c Unit>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let open = room.units.iter().find(|open| open.unit.number.to_string() == text);
    open.map(|open| Some(open.unit)).ok_or(Error::NotFound)
}

fn chosen_view(room: &Room<'_>, text: &str) -> Result<View, Error> {
    if text.is_empty() {
        return Ok(View::All);
    }
    let view = text.parse().map_err(|_| Error::NotFound)?;
    if offered(room).contains(&view) { Ok(view) } else { Err(Error::NotFound) }
}

/// Who is not enrolled has read nothing, and follows nothing.
fn offered(room: &Room<'_>) -> Vec<View> {
    let enrolled = room.place.enrolment.is_some();
    let is_personal = |view: &View| matches!(view, View::New | View::Unread | View::Following | View::Mine);
    View::ALL.iter().copied().filter(|view| enrolled || !is_personal(view)).collect()
}

fn views(room: &Room<'_>) -> Vec<(String, String)> {
    let words = |view| match view {
        View::All => "All threads",
        View::New => "Threads I have not opened",
        View::Unread => "With posts I have not read",
        View::Following => "Threads I follow",
        View::Unanswered => "Not answered yet",
        View::Mine => "Threads I have written in",
        View::NeedsReply => "Needs a reply",
    };
    offered(room).into_iter().map(|view| (view.as_str().to_owned(), words(view).to_owned())).collect()
}

/// What a filter adds to the address.
fn query(chosen: Option<&Unit>, view: View) -> String {
    let unit = chosen.map(|unit| format!("unit={}", unit.number));
    let show = (view != View::All).then(|| format!("show={view}"));
    unit.into_iter().chain(show).collect::<Vec<_>>().join("&")
}

fn about(room: &Room<'_>, chosen: Option<&Unit>) -> About {
    match chosen {
        Some(unit) => About::Unit(unit.names().cloned().collect()),
        None if room.place.facilitates() => About::Everything,
        None => about_units(room.units.iter().map(|open| open.unit)),
    }
}

/// The whole course, and these units.
pub(super) fn about_units<'c>(units: impl Iterator<Item = &'c Unit>) -> About {
    About::CourseAnd(units.flat_map(Unit::names).cloned().collect())
}

fn choices(room: &Room<'_>, unread: &[(Option<Slug>, i64)]) -> Vec<(String, String)> {
    let new = |unit: &Unit| -> i64 {
        let own = unread.iter().filter(|(slug, _)| slug.as_ref().is_some_and(|slug| unit.is_called(slug)));
        own.map(|(_, count)| count).sum()
    };
    let label = |unit: &Unit| match new(unit) {
        0 => unit.full_title(),
        n => format!("{} ({n} with new posts)", unit.full_title()),
    };
    let every = (String::new(), "Everything".to_owned());
    let units = room.units.iter().map(|open| (open.unit.number.to_string(), label(open.unit)));
    std::iter::once(every).chain(units).collect()
}

pub(super) fn line(room: &Room<'_>, thread: Thread, mark: Option<Mark>, unread: &[(ThreadId, i64)]) -> Line {
    let (about, zone) = (room.about(&thread), &room.place.cohort.zone);
    let href = thread.path(&room.place.cohort);
    let enrolled = room.place.enrolment.is_some();
    let new = match mark {
        None if enrolled => i64::from(thread.post_count),
        _ => unread.iter().find(|(id, _)| *id == thread.id).map_or(0, |(_, count)| *count),
    };
    Line {
        title: about.map_or(thread.title.clone(), |about| about.title(&thread)),
        about: about.map(|about| about.words()).unwrap_or_default(),
        posts: count(usize::try_from(thread.post_count).unwrap_or(0), "post"),
        last: zone.recent(thread.last_post_at, room.now),
        last_at: thread.last_post_at.rfc3339(),
        new: if new > 0 { format!("{} new", counted(new)) } else { String::new() },
        new_href: format!("{href}?post=unread"),
        is_locked: thread.is_locked,
        follows: mark.is_some_and(|mark| mark.follows),
        waits: thread
            .waiting_since
            .map(|at| format!("waiting since {}", zone.recent(at, room.now)))
            .unwrap_or_default(),
        href,
    }
}

fn nothing(chosen: Option<&Unit>, view: View, after: Option<After>) -> String {
    match (chosen, view, after) {
        (_, _, Some(_)) => "There are no more threads.".into(),
        (Some(unit), View::All, None) => {
            format!("No thread about {} yet. The first post in one of its discussions makes one.", unit.label())
        }
        (None, View::All, None) => {
            "No threads yet. What people write in the discussions of each week will appear here, and so will \
                         threads that you or others start."
                .into()
        }
        (_, View::NeedsReply, _) => {
            "Nobody waits for a reply. A thread stands here when a learner’s post has been its last for 24 hours."
                .into()
        }
        (_, View::Unread | View::New, _) => "You have read everything. What others post will stand here.".into(),
        (_, View::Following, _) => {
            "You follow no thread here. You follow a thread once you write in it, or by choice.".into()
        }
        (_, View::Unanswered, _) => "Every thread here has an answer.".into(),
        (_, View::Mine, _) => "You have not written in a thread here yet.".into(),
    }
}

/// A place in the list, as addresses write it: the microsecond by which it is sorted, and the thread.
fn written(thread: &Thread, view: View) -> String {
    let waiting = thread.waiting_since.filter(|_| view == View::NeedsReply);
    format!("{}-{}", waiting.unwrap_or(thread.last_post_at).micros(), thread.id)
}

fn after_of(text: &str) -> Result<After, Error> {
    let read = || {
        let (micros, id) = text.split_once('-')?;
        Some(After { at: Instant::from_micros(number(micros)?), id: ThreadId(number(id)?) })
    };
    read().ok_or(Error::BadRequest("The address names no place in the list. Go back to the list of discussions."))
}

fn joined(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("{query}&") }
}
