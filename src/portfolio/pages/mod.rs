//! One's own portfolio, one product of it, and what the cohort shares.

pub mod own;
pub mod product;
pub mod shared;

use std::collections::HashMap;

use crate::cohort::{Cohort, EnrolmentId, Place};
use crate::completion::store::exercises::{self, SheetAnswers};
use crate::completion::store::peers;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::Error;
use crate::portfolio::{Product, Shared, Sheet, named};
use crate::programme::{Programme, Step, Unit};
use crate::schedule::gate::OpenUnit;

/// What a learner has done on sheets and handed in, wherever it is.
struct Worked {
    answers: HashMap<(Slug, Slug), SheetAnswers>,
    handed_in: HashMap<(Slug, Slug), (String, String)>,
}

impl Worked {
    /// Two queries.
    fn read(conn: &mut Conn, learner: EnrolmentId) -> Result<Self, Error> {
        let answers = exercises::list(conn, learner)?.into_iter().collect();
        let handed_in = peers::list_own(conn, learner)?.into_iter().collect();
        Ok(Self { answers, handed_in })
    }

    /// The sheets of a unit that is open, in the order of its steps.
    fn sheets(&self, cohort: &Cohort, open: &OpenUnit<'_>) -> Vec<Sheet> {
        open.unit.steps.iter().filter_map(|step| self.sheet(cohort, open.unit, step)).collect()
    }

    fn sheet(&self, cohort: &Cohort, unit: &Unit, step: &Step) -> Option<Sheet> {
        let key = (unit.slug.clone(), step.slug.clone());
        let handed_in = self.handed_in.get(&key).cloned();
        let kept = self.answers.get(&key);
        let of_field = |field: &crate::programme::FormField| {
            let answer = kept?.get(field.slug.as_str()).filter(|answer| !answer.is_empty())?;
            Some((field.label.clone(), answer.clone()))
        };
        let answers: Vec<(String, String)> = step.fields.iter().filter_map(of_field).collect();
        (!answers.is_empty() || handed_in.is_some()).then(|| Sheet {
            title: format!("{}.{} {}", unit.number, step.place, step.title),
            href: format!("{}/units/{}/{}", cohort.path(), unit.number, step.slug),
            answers,
            handed_in,
        })
    }
}

/// Who reads a product, in a few words, and how they look.
fn state(place: &Place, product: Option<&Product>, now: Instant) -> (String, &'static str) {
    let zone = &place.cohort.zone;
    match product {
        None => ("Not written yet".into(), ""),
        Some(Product { shared_at: None, .. }) => ("Only you can read this".into(), ""),
        Some(Product { shared_at: Some(at), .. }) => {
            (format!("Shared with your cohort {}", zone.recent(*at, now)), "app-state--done")
        }
    }
}

/// A shared product as a page shows it, for the macro of `components/portfolio.html`.
pub(crate) struct ShownProduct {
    pub title: String,
    pub unit: String,
    pub author: String,
    pub author_href: String,
    pub is_own: bool,
    pub shared: String,
    pub shared_at: String,
    pub html: String,
}

impl ShownProduct {
    /// None: the programme has no such product now.
    pub(crate) fn new(place: &Place, programme: &Programme, shared: Shared, now: Instant) -> Option<Self> {
        let unit = programme.unit_named(&shared.unit)?;
        Some(Self {
            title: named(unit)?.to_owned(),
            unit: unit.full_title(),
            author_href: format!("{}/people/{}", place.cohort.path(), shared.author),
            is_own: place.enrolment.as_ref().is_some_and(|own| own.id == shared.author),
            author: shared.name,
            shared: format!("Shared {}", place.cohort.zone.recent(shared.shared_at, now)),
            shared_at: shared.shared_at.rfc3339(),
            html: shared.html,
        })
    }
}

/// The units whose shared products the viewer may see: those that are open to them.
pub(crate) fn visible<'p>(open: &[OpenUnit<'p>]) -> Vec<&'p Slug> {
    open.iter().filter(|open| named(open.unit).is_some()).map(|open| &open.unit.slug).collect()
}
