//! Taking a learner out of the course, and back in.

use actix_web::web::Data;

use super::{Address, Desk, LONGEST_REASON};
use crate::audit::Act;
use crate::cohort::Standing;
use crate::cohort::store::set_learner_standing;
use crate::platform::db::Db;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields};
use crate::programme::Content;

/// `place` is `out` or `back`, with a `reason`.
pub async fn change_place(ask: Ask, db: Data<Db>, content: Data<Content>, path: Address, fields: Fields) -> Answer {
    fields.only(&["place", "reason"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, done) = db
        .write(move |conn| {
            let desk = Desk::find(conn, &asked, &catalogue, &path)?;
            let (standing, act, done) = match fields.get("place") {
                "out" => (Standing::Withdrawn, Act::WithdrawLearner, "learner-withdrawn"),
                "back" => (Standing::Active, Act::BringBackLearner, "learner-back"),
                _ => return Err(Error::BadRequest("It says neither to take the learner out nor to bring them back.")),
            };
            let mut faults = Faults::default();
            let typed = paragraphs(fields.get("reason"), LONGEST_REASON, "the reason");
            let Some(reason) = faults.check("reason", typed) else {
                return Err(desk.refused(conn, &asked, &fields, faults)?);
            };
            if set_learner_standing(conn, desk.place.cohort.id, desk.learner.enrolment, standing)? {
                desk.note(conn, act, &reason, asked.now)?;
            }
            Ok((desk.path(), done))
        })
        .await?;
    ask.done(to, done)
}
