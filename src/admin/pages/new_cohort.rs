//! Making a cohort: programme, name, start, zone, breaks, and who may join.

use actix_web::web::Data;
use askama::Template;
use chrono::NaiveTime;

use super::{frame, note};
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::audit::{Act, Deed};
use crate::cohort::Joining;
use crate::cohort::pages::breaks::{self, BreakFields, date};
use crate::cohort::store::{self, NewCohort};
use crate::enrolling::{self, Code};
use crate::platform::db::Db;
use crate::platform::text::{Slug, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content};
use crate::schedule;

/// How many breaks the form offers.
const BREAKS: usize = 4;

#[derive(Template)]
#[template(path = "admin/new_cohort.html")]
struct NewCohortPage {
    frame: Frame,
    programme: Field,
    programmes: Vec<(String, String)>,
    name: Field,
    starts_on: Field,
    release_time: Field,
    time_zone: Field,
    joining: Field,
    joinings: Vec<(String, String)>,
    breaks: Vec<BreakFields>,
    faults: Faults,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>) -> Answer {
    let asked = ask.clone();
    let person = db.read(move |conn| administrator(conn, &asked)).await?;
    let usual = Fields::parse(b"release_time=09:00&time_zone=Europe/London&joining=open")?;
    ask.page(page(&ask, &person, &content.current(), &usual, Faults::default()))
}

pub async fn submit(ask: Ask, db: Data<Db>, content: Data<Content>, fields: Fields) -> Answer {
    let own = ["programme", "name", "starts_on", "release_time", "time_zone", "joining"];
    fields.only_if(|name| own.contains(&name) || breaks::is_field(name, BREAKS))?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let cohort = db
        .write(move |conn| {
            let person = administrator(conn, &asked)?;
            let new = check(&fields, &catalogue)
                .map_err(|faults| Error::refused(page(&asked, &person, &catalogue, &fields, faults)))?;
            let cohort = store::create(conn, &new, asked.now)?;
            schedule::store::plan_cohort(conn, &cohort.slug, &catalogue)?;
            if cohort.joining == Joining::Code {
                enrolling::store::lock(conn, cohort.id)?;
                enrolling::store::set_code(conn, cohort.id, Some(&Code::random()))?;
            }
            let path = format!("/admin/cohorts/{}", cohort.slug);
            let deed = Deed { act: Act::MakeCohort, subject: &cohort.name, path: &path, reason: "", about: None };
            note(conn, &person, Some(cohort.id), deed, asked.now)?;
            Ok::<_, Error>(cohort)
        })
        .await?;
    ask.done(format!("/admin/cohorts/{}", cohort.slug), "cohort-made")
}

fn check(fields: &Fields, catalogue: &Catalogue) -> Result<NewCohort, Faults> {
    let mut faults = Faults::default();
    let programme = Slug::parse(fields.get("programme"))
        .filter(|slug| catalogue.programme(slug).is_some())
        .ok_or_else(|| "Choose a programme".to_owned());
    let programme = faults.check("programme", programme);
    let name = faults.check("name", line(fields.get("name"), 80, "the cohort's name"));
    let starts_on = faults.check("starts_on", date(fields.get("starts_on"), "the first day"));
    let hour = NaiveTime::parse_from_str(fields.get("release_time"), "%H:%M");
    let release_time = faults.check("release_time", hour.map_err(|_| "Enter a time like 09:00".to_owned()));
    let zone = Zone::named(fields.get("time_zone").trim());
    let zone = faults.check("time_zone", zone.ok_or_else(|| "Enter a time zone like Europe/London".to_owned()));
    let joining = fields.get("joining").parse::<Joining>().map_err(|_| "Choose who may join".to_owned());
    let joining = faults.check("joining", joining);
    let breaks = breaks::read(fields, BREAKS, &mut faults);
    match (programme, name, starts_on, release_time, zone, joining) {
        (Some(programme), Some(name), Some(starts_on), Some(release_time), Some(zone), Some(joining))
            if faults.is_empty() =>
        {
            Ok(NewCohort { programme, name, starts_on, release_time, zone, joining, breaks })
        }
        _ => Err(faults),
    }
}

fn page(ask: &Ask, person: &Person, catalogue: &Catalogue, fields: &Fields, faults: Faults) -> NewCohortPage {
    let field = |id: &str, label: &str| Field::new(id, label).sent(fields, &faults);
    NewCohortPage {
        frame: frame(ask, person),
        programme: field("programme", "Programme"),
        programmes: catalogue.programmes.values().map(|p| (p.slug.to_string(), p.title.clone())).collect(),
        name: field("name", "Name").hint("As learners see it, such as Spring 2027."),
        starts_on: field("starts_on", "First day")
            .hint("The first weekly unit opens then. The orientation opens a week before."),
        release_time: field("release_time", "Units open at").hint("Local time."),
        time_zone: field("time_zone", "Time zone").hint("By its place, such as Europe/London."),
        joining: field("joining", "Who may join"),
        joinings: Joining::ALL.iter().map(|j| (j.to_string(), j.in_words().to_owned())).collect(),
        breaks: breaks::sent(fields, &faults, BREAKS),
        faults,
    }
}
