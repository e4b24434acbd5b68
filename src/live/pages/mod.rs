//! The facilitators' live sessions: all of them, and one with its plan and who was there.

mod form;
mod list;
mod session;

pub use list::show;
pub use session::{save, show as show_session};

use super::{Session, session_of, steps, store};
use crate::cohort::{self, Place};
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error};
use crate::programme::{Catalogue, Programme, Step, Unit};
use crate::schedule::{self, Release};

/// A cohort's live sessions, as a facilitator has them in front of them.
struct Plan<'c> {
    place: Place,
    programme: &'c Programme,
    releases: Vec<Release>,
    sessions: Vec<Session>,
}

impl<'c> Plan<'c> {
    /// For facilitators alone. Three queries.
    fn read(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, slug: &str) -> Result<Self, Error> {
        let place = cohort::gate::facilitated(conn, ask, slug)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let releases = schedule::store::list_releases(conn, place.cohort.id)?;
        let sessions = store::list(conn, place.cohort.id)?;
        Ok(Self { place, programme, releases, sessions })
    }

    fn path(&self) -> String {
        format!("{}/manage/live", self.place.cohort.path())
    }

    fn path_of(&self, unit: &Unit, step: &Step) -> String {
        format!("{}/{}/{}", self.path(), unit.number, step.slug)
    }

    fn steps(&self) -> impl Iterator<Item = (&'c Unit, &'c Step)> {
        steps(&self.programme.units)
    }

    /// The step with this unit and name, if it is a live session.
    fn step(&self, unit: &str, step: &str) -> Result<(&'c Unit, &'c Step), Error> {
        let mut steps = self.steps();
        steps.find(|(u, s)| u.number.to_string() == unit && s.slug.as_str() == step).ok_or(Error::NotFound)
    }

    fn session(&self, unit: &Unit, step: &Step) -> Option<&Session> {
        session_of(unit, step, &self.sessions)
    }

    fn release(&self, unit: &Unit) -> Option<&Release> {
        schedule::release_of(unit, &self.releases)
    }
}
