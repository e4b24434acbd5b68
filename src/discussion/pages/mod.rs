//! The pages of a cohort's discussions: the list, a new thread, a thread, and one's own posts.

mod list;
mod new;
mod own;
mod thread;

pub use list::list;
pub use new::{create, new};
pub use own::{change, edit, remove};
pub use thread::{add_post, show};

use super::{Poster, ReadOnly, Thread, ThreadId, poster, store};
use crate::cohort::{self, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Error};
use crate::programme::{Catalogue, Step, Unit};
use crate::schedule::gate::{OpenStep, OpenUnit, open_units};

/// What somebody sees of a cohort's discussions.
struct Room<'c> {
    place: Place,
    units: Vec<OpenUnit<'c>>,
    closes_at: Instant,
    now: Instant,
}

impl<'c> Room<'c> {
    /// Three queries.
    fn enter(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, cohort: &str) -> Result<Self, Error> {
        let place = cohort::gate::place(conn, ask, cohort)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = crate::schedule::store::list_releases(conn, place.cohort.id)?;
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

    /// The thread, if the viewer may see what it is about. One query.
    fn thread(&self, conn: &mut Conn, id: &str) -> Result<(Thread, About<'c>), Error> {
        let id = number(id).map(ThreadId).ok_or(Error::NotFound)?;
        let thread = store::thread(conn, self.place.cohort.id, id)?.ok_or(Error::NotFound)?;
        let about = self.about(&thread).ok_or(Error::NotFound)?;
        Ok((thread, about))
    }

    /// None: it is about a unit that is not open to the viewer.
    fn about(&self, thread: &Thread) -> Option<About<'c>> {
        let Some(slug) = &thread.unit else { return Some(About::Course) };
        match self.units.iter().find(|open| is_named(&open.unit.slug, &open.unit.formerly, slug)) {
            Some(open) => {
                let of_thread =
                    |step: &&Step| thread.step.as_ref().is_some_and(|s| is_named(&step.slug, &step.formerly, s));
                let step = open.unit.steps.iter().find(of_thread);
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
            Self::Unit(open) => in_words(open.unit),
            Self::Step(open) => {
                format!("Step {}.{} of {}", open.unit.unit.number, open.step.place, in_words(open.unit.unit))
            }
        }
    }
}

const WHOLE_COURSE: &str = "The whole course";

/// `Week 5: Shaping it`.
fn in_words(unit: &Unit) -> String {
    format!("{}: {}", unit.label(), unit.title)
}

fn is_named(slug: &Slug, formerly: &[Slug], name: &Slug) -> bool {
    slug == name || formerly.contains(name)
}

/// An id as addresses and forms write it, and no other way of writing it.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|n: &i64| *n > 0 && n.to_string() == text)
}
