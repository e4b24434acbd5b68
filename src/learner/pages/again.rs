//! An earlier reflection that its author reads again in a later step; nobody else ever sees it.

use crate::completion::store;
use crate::learner::here::Here;
use crate::learner::{Link, step_path, words};
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error};
use crate::programme::{Step, Unit};
use crate::schedule::gate::open_units;

pub(super) struct EarlierNote {
    /// `What you wrote in the orientation`
    pub heading: String,
    /// When it was saved, or why there is nothing.
    pub about: String,
    /// As it was typed. Empty: nothing.
    pub body: String,
    /// Where it was written, while that is open.
    pub step: Option<Link>,
}

/// None for a step that shows none. One query.
pub(super) fn earlier(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<Option<EarlierNote>, Error> {
    let Some((unit, step)) = earlier_step(here) else { return Ok(None) };
    let heading = format!("What you wrote in {}", words::the_unit(unit));
    let Some(learner) = here.place.learner() else {
        let about = "Learners read their own note again here. Nobody else can see it.".into();
        return Ok(Some(EarlierNote { heading, about, body: String::new(), step: None }));
    };
    let note = store::reflection(conn, learner, (&unit.slug, &step.slug))?;
    let (about, body) = match note {
        Some((body, at)) => {
            (format!("Saved {}. Only you can read it.", here.place.cohort.zone.recent(at, here.now)), body)
        }
        None => ("You wrote no note then. That is no loss for this step.".into(), String::new()),
    };
    Ok(Some(EarlierNote { heading, about, body, step: link(ask, here, unit, step) }))
}

fn earlier_step<'c>(here: &Here<'c>) -> Option<(&'c Unit, &'c Step)> {
    let (unit, step) = here.step().shows_again.as_ref()?;
    let unit = here.open.unit.programme.unit_named(unit)?;
    Some((unit, unit.step(step)?))
}

fn link(ask: &Ask, here: &Here<'_>, unit: &Unit, step: &Step) -> Option<Link> {
    let open = open_units(ask, &here.place, here.open.unit.programme, &here.kept.releases);
    let is_open = open.iter().any(|open| open.unit.number == unit.number);
    is_open.then(|| Link::new(step_path(&here.place.cohort, unit, step), step.title.clone()))
}
