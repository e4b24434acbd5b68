//! POST `…/complete` and `…/incomplete`: a learner says that a step is done, or takes it back.

use super::live::take_back;
use super::{StepForm, carry_out};
use crate::completion::store;
use crate::platform::web::{Answer, Fields};
use crate::programme::Step;

/// Of a kind that learners mark themselves.
fn is_marked(step: &Step) -> bool {
    step.kind.is_marked()
}

pub async fn complete(form: StepForm, fields: Fields) -> Answer {
    fields.only(&[])?;
    carry_out(form, is_marked, "completed", |conn, ask, here| {
        here.complete(conn, ask, here.learner(ask)?)?;
        Ok(format!("{}#finish", here.path()))
    })
    .await
}

pub async fn incomplete(form: StepForm, fields: Fields) -> Answer {
    fields.only(&[])?;
    carry_out(form, is_marked, "incompleted", |conn, ask, here| {
        store::unmark(conn, here.learner(ask)?, here.key())?;
        take_back(conn, here)?;
        Ok(format!("{}#finish", here.path()))
    })
    .await
}
