//! Looking at the course as any learner will see it at a time to come, or as one learner sees it now. It is kept in the audit
//! log who looked, and nothing can be changed from there.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::{NaiveDate, NaiveTime, TimeDelta};

use crate::audit::{self, Act, Deed};
use crate::cohort::store::learner_of;
use crate::cohort::{EnrolmentId, Place, gate, zone_in_words};
use crate::platform::clock::Instant;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame, Look};

/// So far from the cohort's start one may look, in days.
const FARTHEST: i64 = 731;

#[derive(Template)]
#[template(path = "facilitator/look.html")]
struct LookPage {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    learners: String,
    date: Field,
    time: Field,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    ask.parameters()?.only(&[])?;
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        let local = place.cohort.zone.local(asked.now + TimeDelta::days(7));
        let next =
            Fields::parse(format!("date={}&time={}", local.format("%Y-%m-%d"), local.format("%H:%M")).as_bytes())?;
        Ok::<_, Error>(page(&asked, &place, &next, Faults::default()))
    });
    ask.page(page.await?)
}

/// With a `date` and `time`, or as one `learner`.
pub async fn go(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&["date", "time", "learner"])?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            let (at, who, about, subject, reason) = match fields.get("learner") {
                "" => {
                    let at = instant(&place, &fields, asked.now)
                        .map_err(|faults| Error::refused(page(&asked, &place, &fields, faults)))?;
                    (Some(at), None, None, "any learner".to_owned(), place.cohort.zone.exact(at))
                }
                id => {
                    let id = id.parse().map(EnrolmentId).map_err(|_| Error::NotFound)?;
                    let learner = learner_of(conn, place.cohort.id, id)?.ok_or(Error::NotFound)?;
                    (None, Some(id.0), Some(learner.account), learner.name, String::new())
                }
            };
            let path = place.cohort.path();
            let deed = Deed { act: Act::LookAsLearner, subject: &subject, path: &path, reason: &reason, about };
            audit::store::note(conn, &place, deed, asked.now)?;
            let session = asked.session.as_ref().ok_or(Error::NotFound)?;
            Ok::<_, Error>(format!("{}{path}", Look::sealed(session, &path, at, who).prefix))
        })
        .await?;
    ask.done(to, "")
}

/// A time to come: what had opened by an earlier one is not known.
fn instant(place: &Place, fields: &Fields, now: Instant) -> Result<Instant, Faults> {
    let mut faults = Faults::default();
    let cohort = &place.cohort;
    let day = fields.get("date").trim().parse::<NaiveDate>();
    let day = day.map_err(|_| "Enter a date that exists, like 2027-03-08".to_owned()).and_then(|day| {
        let is_near = (day - cohort.starts_on).num_days().abs() <= FARTHEST;
        if is_near { Ok(day) } else { Err("Choose a day within two years of the cohort’s start".to_owned()) }
    });
    let time = NaiveTime::parse_from_str(fields.get("time").trim(), "%H:%M");
    let day = faults.check("date", day);
    let time = faults.check("time", time.map_err(|_| "Enter a time of the day, like 09:00".to_owned()));
    let at = day.zip(time).map(|(day, time)| cohort.zone.instant(day.and_time(time)));
    let ahead =
        at.map(|at| if at >= now { Ok(at) } else { Err("Choose a day and time that are still to come".to_owned()) });
    ahead.and_then(|ahead| faults.check("date", ahead)).ok_or(faults)
}

fn page(ask: &Ask, place: &Place, fields: &Fields, faults: Faults) -> LookPage {
    let zone = format!("In the cohort’s time zone: {}.", zone_in_words(&place.cohort.zone));
    LookPage {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        path: format!("{}/manage/look", place.cohort.path()),
        learners: format!("{}/manage/learners", place.cohort.path()),
        date: Field::new("date", "Date").sent(fields, &faults),
        time: Field::new("time", "Time").hint(&zone).sent(fields, &faults),
        faults,
    }
}
