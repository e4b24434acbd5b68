//! The pages of a cohort's discussions: the list, a new thread, a thread, one's own posts; and what facilitators do there.

mod answer;
mod claim;
mod export;
mod feed;
mod fresh;
mod list;
mod manage;
mod moderate;
mod new;
mod own;
mod queue;
mod report;
pub mod saved;
mod show;
mod thread;
mod wishes;

pub use answer::{add_post, refusal_status, take_answer};
pub use claim::change as change_claim;
pub use export::{all, markdown};
pub use feed::{make_address, show as feed, show_address, stop};
pub use fresh::listen;
pub use list::list;
pub use manage::{change as change_thread, show as manage_thread};
pub use moderate::{change as moderate_post, show as show_post};
pub use new::{create, new};
pub use own::{change, edit, remove};
pub use queue::show as queue;
pub use report::{ask as ask_report, send as send_report};
pub use show::show;
pub use wishes::{follow, follow_unit, helpful};

use actix_web::http::StatusCode;
use askama::Template;

use super::posting::{OnStepPosts, Posted};
use super::{Mark, Post, PostId, Poster, ReadOnly, Thread, ThreadId, poster, store};
use crate::audit::{self, Act, Deed};
use crate::cohort::{self, Place};
use crate::draft::{self, Drafts};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error, Frame};
use crate::programme::{Catalogue, Unit};
use crate::schedule::gate::{OpenStep, OpenUnit, open_units};

#[derive(Template)]
#[template(path = "discussion/closed.html")]
struct Closed {
    frame: Frame,
    what: String,
    path: String,
}

/// What somebody sees of a cohort's discussions.
struct Room<'c> {
    place: Place,
    units: Vec<OpenUnit<'c>>,
    closes_at: Instant,
    now: Instant,
}

impl<'c> Room<'c> {
    /// Two queries.
    fn enter(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, cohort: &str) -> Result<Self, Error> {
        let place = cohort::gate::place(conn, ask, cohort)?;
        Self::of(conn, ask, catalogue, place)
    }

    /// One query.
    fn of(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, place: Place) -> Result<Self, Error> {
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = crate::schedule::store::list_seen(conn, &place)?;
        let closes_at = crate::schedule::closes_at(&place.cohort, &releases);
        let units = open_units(ask, &place, programme, &releases);
        Ok(Self { place, units, closes_at, now: ask.now })
    }

    fn path(&self) -> String {
        format!("{}/discussions", self.place.cohort.path())
    }

    fn poster(&self) -> Result<Poster, ReadOnly> {
        poster(&self.place, self.closes_at, self.now)
    }

    /// Says that nothing can be done here now.
    fn closed(&self, ask: &Ask, why: ReadOnly) -> Error {
        let what = why.words(&self.place);
        Error::page(StatusCode::FORBIDDEN, Closed { frame: self.place.frame(ask), what, path: self.path() })
    }

    /// What the viewer has begun on a page of the room. One query.
    fn drafts(&self, conn: &mut Conn, page: &str) -> Result<Drafts, Error> {
        Ok(draft::store::of_page(conn, self.place.person.id, page, &self.place.cohort.zone, self.now)?)
    }

    /// The form on that page was taken, so its draft is done with.
    fn forget_draft(&self, conn: &mut Conn, page: &str, form: &str) -> Result<(), Error> {
        Ok(draft::store::forget(conn, self.place.person.id, (page, form))?)
    }

    /// The thread, if the viewer may see what it is about. One query.
    fn subject(self, conn: &mut Conn, id: &str) -> Result<Subject<'c>, Error> {
        let id = number(id).map(ThreadId).ok_or(Error::NotFound)?;
        let reader = self.place.enrolment.as_ref().map(|enrolment| enrolment.id);
        let (thread, mark) = store::thread(conn, self.place.cohort.id, id, reader)?.ok_or(Error::NotFound)?;
        let about = self.about(&thread).ok_or(Error::NotFound)?;
        Ok(Subject { room: self, thread, mark, about })
    }

    /// None: it is about a unit that is not open to the viewer.
    fn about(&self, thread: &Thread) -> Option<About<'c>> {
        let Some(slug) = &thread.unit else { return Some(About::Course) };
        match self.units.iter().find(|open| open.unit.is_called(slug)) {
            Some(open) => {
                let step = thread.step.as_ref().and_then(|slug| open.unit.step_called(slug));
                Some(step.map_or(About::Unit(*open), |step| About::Step(OpenStep { unit: *open, step })))
            }
            // The unit is in the programme no more.
            None => self.place.facilitates().then_some(About::Course),
        }
    }

    /// The unit with this slug, if it is open to the viewer.
    fn unit(&self, slug: &Slug) -> Option<&'c Unit> {
        self.units.iter().find(|open| open.unit.slug == *slug).map(|open| open.unit)
    }
}

/// A thread that somebody may see, and where they stand.
struct Subject<'c> {
    room: Room<'c>,
    thread: Thread,
    /// How far the viewer has come in it, if they have opened it.
    mark: Option<Mark>,
    about: About<'c>,
}

impl Subject<'_> {
    /// The right to write in the thread: in one that is locked facilitators alone have it.
    fn poster(&self) -> Result<Poster, ReadOnly> {
        let poster = self.room.poster()?;
        let is_shut = self.thread.is_locked && !self.room.place.facilitates();
        if is_shut { Err(ReadOnly::Locked) } else { Ok(poster) }
    }

    /// The viewer, where they facilitate the cohort; anybody else is told that there is no such page.
    fn facilitated(self) -> Result<Self, Error> {
        if self.room.place.facilitates() { Ok(self) } else { Err(Error::NotFound) }
    }

    /// Keeps an act of the viewer's in the audit log.
    fn note(&self, conn: &mut Conn, act: Act, path: &str, reason: &str) -> Result<(), Error> {
        let deed = Deed { act, subject: &self.title(), path, reason, about: None };
        Ok(audit::store::note(conn, &self.room.place, deed, self.room.now)?)
    }

    fn title(&self) -> String {
        self.about.title(&self.thread)
    }

    fn path(&self) -> String {
        self.thread.path(&self.room.place.cohort)
    }

    /// Tells what else depends on posts in a step's own thread.
    fn tell(&self, conn: &mut Conn, ask: &Ask, told: &OnStepPosts) -> Result<(), Error> {
        match &self.about {
            About::Step(open) => told.0(conn, ask, &self.room.place, open),
            _ => Ok(()),
        }
    }

    /// The page that shows the post. Two queries.
    fn href_of(&self, conn: &mut Conn, Posted { post, top, .. }: Posted) -> Result<String, Error> {
        let start = store::page_start(conn, self.thread.id, top)?;
        let page = start.map(|id| format!("?after={id}")).unwrap_or_default();
        Ok(format!("{}{page}#post-{post}", self.path()))
    }

    fn crumbs(&self) -> Vec<(String, String)> {
        let place = &self.room.place;
        let mut crumbs = vec![("Discussions".to_owned(), self.room.path())];
        if let Some(open) = self.about.unit() {
            crumbs.push((open.unit.full_title(), format!("{}/units/{}", place.cohort.path(), open.unit.number)));
        }
        crumbs
    }
}

/// What a thread is about.
#[derive(Clone, Copy)]
enum About<'c> {
    Course,
    Unit(OpenUnit<'c>),
    Step(OpenStep<'c>),
}

impl<'c> About<'c> {
    fn unit(self) -> Option<OpenUnit<'c>> {
        match self {
            Self::Course => None,
            Self::Unit(open) => Some(open),
            Self::Step(open) => Some(open.unit),
        }
    }

    /// A step's own thread is called as the step is now; any other as its author called it.
    fn title(self, thread: &Thread) -> String {
        match self {
            Self::Step(open) => open.step.title.clone(),
            _ => thread.title.clone(),
        }
    }

    /// Where the thread stands in the course.
    fn words(self) -> String {
        match self {
            Self::Course => WHOLE_COURSE.into(),
            Self::Unit(open) => open.unit.full_title(),
            Self::Step(open) => {
                format!("Step {}.{} of {}", open.unit.unit.number, open.step.place, open.unit.unit.full_title())
            }
        }
    }
}

const WHOLE_COURSE: &str = "The whole course";

fn visible(conn: &mut Conn, subject: &Subject<'_>, id: PostId) -> Result<Option<Post>, Error> {
    Ok(store::post(conn, subject.thread.id, id)?.filter(Post::is_visible))
}

/// Empty: none. What is no id is no address of ours.
fn post_id(text: &str) -> Result<Option<PostId>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    number(text)
        .map(|id| Some(PostId(id)))
        .ok_or(Error::BadRequest("It names a post in a way that this page does not."))
}

/// An id as addresses and forms write it, and no other way of writing it.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|n: &i64| *n > 0 && n.to_string() == text)
}
