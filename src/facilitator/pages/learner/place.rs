//! Taking a learner out of the course, and back in.

use actix_web::web::Data;
use diesel::QueryResult;

use super::{Address, Desk, LONGEST_REASON};
use crate::accounts::AccountId;
use crate::audit::Act;
use crate::cohort::store::set_learner_standing;
use crate::cohort::{CohortId, Standing};
use crate::enrolling;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
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
            let cohort = desk.place.cohort.id;
            enrolling::store::lock(conn, cohort)?;
            if let Some(account) = set_learner_standing(conn, cohort, desk.learner.enrolment, standing)? {
                if standing == Standing::Active && !has_room(conn, cohort, account, asked.now)? {
                    faults.add("reason", "All places are taken. Raise the number of places first");
                    return Err(desk.refused(conn, &asked, &fields, faults)?);
                }
                desk.note(conn, act, &reason, asked.now)?;
            }
            Ok((desk.path(), done))
        })
        .await?;
    ask.done(to, done)
}

/// Whether the place of somebody who is back is among those that there are. They wait for no other now.
fn has_room(conn: &mut Conn, cohort: CohortId, account: AccountId, now: Instant) -> QueryResult<bool> {
    enrolling::store::settle(conn, cohort, account, now)?;
    let settings = enrolling::store::settings(conn, cohort)?;
    Ok(!enrolling::store::places(conn, cohort, &settings, now)?.is_exceeded())
}
