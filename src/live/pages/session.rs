//! One live session: its plan to change, and who took part.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Plan;
use super::form::{Form, is_current, read};
use crate::cohort::EnrolmentId;
use crate::live::{Presence, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::programme::{Content, Step, Unit};

/// Cohort, unit and step, as addresses write them.
type Address = (String, String, String);

#[derive(Template)]
#[template(path = "live/session.html")]
struct SessionPage {
    frame: Frame,
    faults: Faults,
    list: String,
    path: String,
    eyebrow: String,
    title: String,
    /// When it is, or that it has no date.
    when: String,
    step: String,
    form: Form,
    attendees: Vec<Attendee>,
    /// Empty: there are no more.
    more: String,
}

struct Attendee {
    name: String,
    how: &'static str,
    said: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let plan = Plan::read(conn, &asked, &catalogue, &address.0)?;
        let (unit, step) = plan.step(&address.1, &address.2)?;
        page(conn, &asked, &plan, (unit, step))
    });
    ask.page(page.await?)
}

/// Saves the plan. Calendars follow, and the next version tells the next facilitator that it has changed.
pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db.write(move |conn| {
        let plan = Plan::read(conn, &asked, &catalogue, &address.0)?;
        let (unit, step) = plan.step(&address.1, &address.2)?;
        let read = match is_current(&plan, unit, step, &fields)? {
            true => read(&plan, unit, step, &fields),
            false => Err(changed_meanwhile()),
        };
        let saved = match read {
            Ok(session) if store::save(conn, plan.place.cohort.id, &session)? => Ok(plan.path_of(unit, step)),
            Ok(_) => Err(changed_meanwhile()),
            Err(faults) => Err(faults),
        };
        match saved {
            Ok(path) => Ok(path),
            Err(faults) => {
                let mut page = page(conn, &asked, &plan, (unit, step))?;
                page.form = page.form.sent(&fields, &faults);
                page.faults = faults;
                Err(Error::refused(page))
            }
        }
    });
    ask.done(path.await?, "live-saved")
}

fn changed_meanwhile() -> Faults {
    let mut faults = Faults::default();
    let what = "Somebody else has changed this session since you opened it. What they saved stands above the form; what \
                you typed is still here. Save again to put yours in its place";
    faults.add("date", what.to_owned());
    faults
}

/// One query.
fn page(conn: &mut Conn, ask: &Ask, plan: &Plan<'_>, (unit, step): (&Unit, &Step)) -> Result<SessionPage, Error> {
    let after: Option<i64> = ask.parameters()?.get("after").parse().ok();
    let cohort = &plan.place.cohort;
    let mut found = store::list_attendees(conn, cohort.id, (&unit.slug, &step.slug), after.map(EnrolmentId))?;
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    let path = plan.path_of(unit, step);
    let last = found.last().filter(|_| more).map(|last| format!("{path}?after={}#who", last.enrolment));
    let session = plan.session(unit, step);
    let attendee = |one: store::Attendee| Attendee {
        name: one.name,
        how: match one.presence {
            Presence::There => "Was there",
            Presence::CaughtUp => "Caught up afterwards",
        },
        said: cohort.zone.recent(one.said_at, ask.now),
    };
    Ok(SessionPage {
        frame: plan.place.frame(ask),
        faults: Faults::default(),
        list: plan.path(),
        path,
        eyebrow: format!("{} · {}", cohort.name, unit.full_title()),
        title: step.title.clone(),
        when: match session {
            None => "It has no date yet.".into(),
            Some(session) if session.called_off => "It is called off.".into(),
            Some(session) => format!("{}, for {} minutes", cohort.zone.exact(session.starts_at), session.minutes),
        },
        step: format!("{}/units/{}/{}", cohort.path(), unit.number, step.slug),
        form: Form::new(plan, unit, step),
        attendees: found.into_iter().map(attendee).collect(),
        more: last.unwrap_or_default(),
    })
}
