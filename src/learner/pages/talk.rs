//! A discussion step: its prompt, the cohort's talk, and POST `…/posts`, which completes it.

use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::step::{self, StepPage, Work};
use super::{StepForm, change};
use crate::cohort::Place;
use crate::discussion::pages::refusal_status;
use crate::discussion::posting::{OnStepPosts, PostLimits, Posted, Refusal, post_in_step};
use crate::discussion::talk::{self, POST_FORM};
use crate::discussion::{post_body, poster};
use crate::learner::here::{Here, complete};
use crate::platform::clock::Instant;
use crate::platform::db::{Bell, Conn};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Step, StepKind, Written};
use crate::schedule;
use crate::schedule::gate::OpenStep;

/// Two queries.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let talk = talk::load(conn, ask, &here.place, &here.open, closes_at(here))?;
    Ok(step::page(ask, here, Work::Talk(Box::new(talk))))
}

pub async fn post(form: StepForm, (limits, bell): (Data<PostLimits>, Data<Bell>), fields: Fields) -> Answer {
    fields.only(&["body", "preview"])?;
    // Before the database, for rendering takes time.
    let body = post_body(fields.get("body"));
    let posted = change(form, is_discussion, move |conn, ask, here| {
        if let (true, Ok(written)) = (fields.has("preview"), &body) {
            let talk = talk::load(conn, ask, &here.place, &here.open, closes_at(here))?.previewed(written);
            return Err(Error::page(StatusCode::OK, step::page(ask, here, Work::Talk(Box::new(talk)))));
        }
        let posted = keep(conn, ask, here, &limits, (fields.get("body"), body))?;
        here.forget_draft(conn, POST_FORM)?;
        Ok((format!("{}#talk", here.path()), posted.thread))
    });
    let (ask, (to, thread)) = posted.await?;
    bell.ring(thread.0);
    ask.done(to, "posted")
}

fn is_discussion(step: &Step) -> bool {
    step.kind == StepKind::Discussion
}

fn keep(
    conn: &mut Conn,
    ask: &Ask,
    here: &Here<'_>,
    limits: &PostLimits,
    (typed, body): (&str, Result<Written, String>),
) -> Result<Posted, Error> {
    let posted = match poster(&here.place, closes_at(here), ask.now) {
        Ok(poster) => post_in_step(conn, &poster, limits, &here.open, body, ask.now)?,
        Err(why) => Err(Refusal::ReadOnly(why)),
    };
    match posted {
        Ok(posted) => on_step_post(conn, ask, &here.place, &here.open).map(|()| posted),
        Err(refusal) => Err(refused(conn, ask, here, typed, &refusal)?),
    }
}

/// The page again, with what was typed.
fn refused(conn: &mut Conn, ask: &Ask, here: &Here<'_>, typed: &str, refusal: &Refusal) -> Result<Error, Error> {
    let talk = talk::load(conn, ask, &here.place, &here.open, closes_at(here))?.refused(&here.place, typed, refusal);
    let faults = refusal.faults(&here.place);
    Ok(Error::page(refusal_status(refusal), step::page(ask, here, Work::Talk(Box::new(talk))).with_faults(faults)))
}

/// What the discussion calls when somebody has posted in a step's own thread.
pub const ON_STEP_POSTS: OnStepPosts = OnStepPosts(on_step_post);

/// A discussion is done with the learner's first post in it, and stays done whatever becomes of the post.
fn on_step_post(conn: &mut Conn, ask: &Ask, place: &Place, open: &OpenStep<'_>) -> Result<(), Error> {
    let Some(learner) = place.learner().filter(|_| is_discussion(open.step)) else { return Ok(()) };
    Ok(complete(conn, ask, place, open, learner)?)
}

fn closes_at(here: &Here<'_>) -> Instant {
    schedule::closes_at(&here.place.cohort, &here.kept.releases)
}
