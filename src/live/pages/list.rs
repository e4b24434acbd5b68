//! All live sessions of a course: when each is, what is still missing, and how many took part.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Plan;
use crate::live::{Moment, Presence, Session, store};
use crate::platform::db::Db;
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Content, Step, Unit};

#[derive(Template)]
#[template(path = "live/list.html")]
struct List {
    frame: Frame,
    eyebrow: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    unit: String,
    title: String,
    /// Empty: no date yet.
    when: String,
    /// What is still to do, or how it stands.
    state: String,
    state_class: &'static str,
    took_part: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let plan = Plan::read(conn, &asked, &catalogue, &slug)?;
        let present = store::count_present(conn, plan.place.cohort.id)?;
        let rows = plan.steps().map(|(unit, step)| row(&asked, &plan, unit, step, &present)).collect();
        let cohort = &plan.place.cohort;
        let eyebrow = format!("{} · {}", cohort.name, cohort.zone.name());
        Ok::<_, Error>(List { frame: plan.place.frame(&asked), eyebrow, rows })
    });
    ask.page(page.await?)
}

fn row(ask: &Ask, plan: &Plan<'_>, unit: &Unit, step: &Step, present: &[(Slug, Slug, Presence, i64)]) -> Row {
    let session = plan.session(unit, step).filter(|session| !session.called_off);
    let (state, state_class) = session.map_or(("No date yet".into(), "app-state--now"), |s| state(s, plan, unit, ask));
    let count = |how: Presence| {
        let own = present.iter().filter(|(u, s, p, _)| *u == unit.slug && *s == step.slug && *p == how);
        own.map(|(.., n)| n).sum::<i64>()
    };
    let (there, caught_up) = (count(Presence::There), count(Presence::CaughtUp));
    Row {
        href: plan.path_of(unit, step),
        unit: unit.label(),
        title: step.title.clone(),
        when: session.map(|s| plan.place.cohort.zone.exact(s.starts_at)).unwrap_or_default(),
        state,
        state_class,
        took_part: match (there, caught_up) {
            (0, 0) => "–".into(),
            (there, 0) => format!("{there} there"),
            (there, caught_up) => format!("{there} there, {caught_up} caught up"),
        },
    }
}

fn state(session: &Session, plan: &Plan<'_>, unit: &Unit, ask: &Ask) -> (String, &'static str) {
    let locked = plan.release(unit).is_some_and(|r| r.held || session.starts_at < r.opens_at);
    match session.moment(ask.now) {
        Moment::Over if session.recording.is_empty() => ("Over, without a recording".into(), ""),
        Moment::Over => ("Over, with a recording".into(), "app-state--done"),
        _ if locked => ("Before its unit opens".into(), "app-state--now"),
        _ if session.link.is_empty() => ("The way in is missing".into(), "app-state--now"),
        _ => ("Ready".into(), "app-state--done"),
    }
}
