//! Somebody before an open step: what every action on a step needs to know, read once.

use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::course::{self, Kept, Stage};
use super::{Link, rule, step_path, unit_path};
use crate::certificate::issue;
use crate::cohort::{EnrolmentId, Place, gate};
use crate::completion::How;
use crate::completion::store::StepKey;
use crate::draft::{self, Drafts};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error, Frame};
use crate::programme::{Catalogue, Step, Unit};
use crate::schedule::gate::{OpenStep, open_step};

/// Cohort, unit and step, as addresses write them.
pub type StepAddress = (String, String, String);

pub struct Here<'c> {
    pub place: Place,
    pub open: OpenStep<'c>,
    pub kept: Kept,
    pub stage: Stage,
    pub now: Instant,
}

/// Why a step cannot be done by this person, or now.
#[derive(Template)]
#[template(path = "learner/not_now.html")]
struct NotNow {
    frame: Frame,
    title: String,
    what: String,
    back: Link,
}

/// Three queries. 404 and 403 by the gates.
pub fn here<'c>(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &'c Catalogue,
    address: &StepAddress,
) -> Result<Here<'c>, Error> {
    let (cohort, unit, step) = address;
    let place = gate::place(conn, ask, cohort)?;
    let kept = course::kept(conn, &place)?;
    let open = open_step(ask, &place, catalogue, &kept.releases, unit_number(unit)?, step)?;
    let stage = course::stage(&place.cohort, &kept.releases, ask.now);
    Ok(Here { place, open, kept, stage, now: ask.now })
}

/// The one way in which a learner's step gets done.
pub fn complete(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    open: &OpenStep<'_>,
    learner: EnrolmentId,
) -> QueryResult<()> {
    let base_url = &ask.site.base_url;
    let course = issue::Course { cohort: &place.cohort, programme: open.unit.programme, base_url };
    let step = (&open.unit.unit.slug, &open.step.slug);
    issue::complete(conn, &course, learner, (step, How::of(open.step.kind)), ask.now)
}

pub fn unit_number(text: &str) -> Result<u16, Error> {
    text.parse().ok().filter(|n: &u16| n.to_string() == text).ok_or(Error::NotFound)
}

impl<'c> Here<'c> {
    pub fn unit(&self) -> &'c Unit {
        self.open.unit.unit
    }

    pub fn step(&self) -> &'c Step {
        self.open.step
    }

    pub fn key(&self) -> StepKey<'c> {
        (&self.unit().slug, &self.step().slug)
    }

    pub fn path(&self) -> String {
        step_path(&self.place.cohort, self.unit(), self.step())
    }

    pub fn unit_path(&self) -> String {
        unit_path(&self.place.cohort, self.unit())
    }

    pub fn is_done(&self) -> bool {
        self.kept.done.has(&self.unit().slug, &self.step().slug)
    }

    /// When and how the step was done. Empty: it is not.
    pub fn finished(&self) -> String {
        let Some(deed) = self.kept.done.deed(&self.unit().slug, &self.step().slug) else { return String::new() };
        let how = deed.how.unwrap_or(How::of(self.step().kind));
        rule::finished(&self.place.cohort.zone.recent(deed.at, self.now), how)
    }

    /// The learner who may do the step now.
    pub fn may_do(&self) -> Option<EnrolmentId> {
        self.place.learner().filter(|_| self.stage == Stage::Running)
    }

    /// The same, or a page (403) that says why not.
    pub fn learner(&self, ask: &Ask) -> Result<EnrolmentId, Error> {
        self.may_do().ok_or_else(|| self.not_now(ask, self.why_not()))
    }

    /// Notes that the step is done, and issues the certificate where that was the last thing missing.
    pub fn complete(&self, conn: &mut Conn, ask: &Ask, learner: EnrolmentId) -> QueryResult<()> {
        complete(conn, ask, &self.place, &self.open, learner)
    }

    /// What its reader has begun in the forms of the step's page. One query.
    pub fn drafts(&self, conn: &mut Conn) -> QueryResult<Drafts> {
        draft::store::of_page(conn, self.place.person.id, &self.path(), &self.place.cohort.zone, self.now)
    }

    /// A form of the step's page that keeps drafts.
    pub fn draft_form(&self, id: impl Into<String>, not_yet: &'static str) -> draft::Form {
        draft::Form::at(self.path(), id, not_yet)
    }

    /// The form was taken, so its draft is done with.
    pub fn forget_draft(&self, conn: &mut Conn, form: &str) -> QueryResult<()> {
        draft::store::forget(conn, self.place.person.id, (&self.path(), form))
    }

    /// Why nobody can do the step here and now. Empty: one can.
    pub fn why_not(&self) -> String {
        let zone = &self.place.cohort.zone;
        match self.stage {
            _ if self.place.learner().is_none() => {
                "You are here as a facilitator. Only learners complete steps; what you do here counts nowhere.".into()
            }
            Stage::Running => String::new(),
            Stage::Closed { since } | Stage::Ended { since } => format!(
                "This course closed on {}. You can still read everything, but no step can be completed any more.",
                zone.plain_with_year(since)
            ),
        }
    }

    /// A page (403) that says why something is not done, and leads back.
    pub fn not_now(&self, ask: &Ask, what: String) -> Error {
        Error::page(
            StatusCode::FORBIDDEN,
            NotNow {
                frame: self.place.frame(ask),
                title: "This was not saved".into(),
                what,
                back: Link::new(self.path(), format!("Back to {}", self.step().title)),
            },
        )
    }
}
