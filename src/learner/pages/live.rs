//! A live session as learners see it: when it is, the way in, the recording; and POST `…/attendance`, by which they say
//! how they took part.

use super::step::{self, Finish, StepPage, Work};
use super::{StepForm, carry_out};
use crate::learner::here::Here;
use crate::live::{self, Moment, Presence, Session, session_of, store};
use crate::platform::db::Conn;
use crate::platform::text::duration;
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Step, StepKind};

/// What the page says of a session that has a date.
pub(super) struct Live {
    pub when: String,
    /// For machines: the instant.
    pub at: String,
    /// What is true of it now.
    pub notice: String,
    /// Empty: not now.
    pub link: String,
    /// Empty: there is none, or not yet.
    pub recording: String,
    /// Where to say how one took part. Empty: not now, or it is said.
    pub action: String,
}

/// Two queries.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>) -> Result<StepPage, Error> {
    let sessions = store::list(conn, here.place.cohort.id)?;
    let Some(session) = session_of(here.unit(), here.step(), &sessions) else {
        return Ok(step::page(ask, here, Work::Nothing));
    };
    let said = here.place.learner().map(|learner| store::presence(conn, learner, here.key())).transpose()?.flatten();
    let live = live(here, session, said);
    let says = !live.action.is_empty();
    let mut page = step::page(ask, here, Work::Live(live));
    if matches!(page.finish, Finish::Mark { .. }) {
        let waits = !session.called_off && !session.has_begun(here.now);
        page.finish = match (says, waits) {
            (true, _) => Finish::ByWork,
            (false, true) => Finish::Not("Once the session has begun, you can say here that you were there.".into()),
            (false, false) => page.finish,
        };
    }
    Ok(page)
}

fn live(here: &Here<'_>, session: &Session, said: Option<Presence>) -> Live {
    let zone = &here.place.cohort.zone;
    let minutes = u32::try_from(session.minutes).unwrap_or(0);
    let moment = session.moment(here.now);
    let begun = session.has_begun(here.now) && !session.called_off;
    let comes_in = !session.called_off && (here.place.facilitates() || moment == Moment::DoorsOpen);
    let asks = begun && here.may_do().is_some() && !here.is_done();
    Live {
        when: format!("{}, for {}", zone.plain(session.starts_at), duration(minutes)),
        at: session.starts_at.rfc3339(),
        notice: notice(here, session, moment, said),
        link: if comes_in { session.link.clone() } else { String::new() },
        recording: if begun { session.recording.clone() } else { String::new() },
        action: if asks { format!("{}/attendance", here.path()) } else { String::new() },
    }
}

fn notice(here: &Here<'_>, session: &Session, moment: Moment, said: Option<Presence>) -> String {
    let zone = &here.place.cohort.zone;
    let took_part = match said.filter(|_| here.is_done()) {
        Some(Presence::There) => " You were there.",
        Some(Presence::CaughtUp) => " You caught up afterwards.",
        None => "",
    };
    let now = match moment {
        _ if session.called_off => {
            "This session is called off. Your facilitators will say what takes its place.".into()
        }
        Moment::Ahead => {
            format!("The way in appears here 15 minutes before, {}.", zone.recent(session.doors_open_at(), here.now))
        }
        Moment::DoorsOpen if session.link.is_empty() => {
            "Your facilitators have not put the way in here yet. Look again in a moment.".into()
        }
        Moment::DoorsOpen if session.has_begun(here.now) => "It is going on now.".into(),
        Moment::DoorsOpen => "You can come in now.".into(),
        Moment::Over if session.recording.is_empty() => "It is over. If there is a recording, it will be here.".into(),
        Moment::Over => "It is over.".into(),
    };
    format!("{now}{took_part}")
}

fn is_live(step: &Step) -> bool {
    step.kind == StepKind::LiveSession
}

/// Says how the learner took part, which completes the step.
pub async fn attend(form: StepForm, fields: Fields) -> Answer {
    fields.only(&["presence"])?;
    carry_out(form, is_live, "completed", move |conn, ask, here| {
        let presence: Presence =
            fields.get("presence").parse().map_err(|_| Error::BadRequest("It does not say how you took part."))?;
        let learner = here.learner(ask)?;
        let sessions = store::list(conn, here.place.cohort.id)?;
        let session = session_of(here.unit(), here.step(), &sessions);
        if !session.is_some_and(|s| s.has_begun(here.now) && !s.called_off) {
            return Err(here.not_now(ask, "This session has not begun yet.".into()));
        }
        store::attend(conn, learner, here.key(), presence, ask.now)?;
        here.complete(conn, ask, learner)?;
        Ok(format!("{}#finish", here.path()))
    })
    .await
}

/// Takes back what the learner said, with their mark.
pub(super) fn take_back(conn: &mut Conn, here: &Here<'_>) -> Result<(), Error> {
    match here.place.learner() {
        Some(learner) if is_live(here.step()) => Ok(live::store::forget(conn, learner, here.key())?),
        _ => Ok(()),
    }
}
