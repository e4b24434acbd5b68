//! `/cohorts/{cohort}/people/me`: one's own card. Each line is shown to the cohort only when its box is ticked.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Shown;
use crate::cohort::{Enrolment, Place, gate};
use crate::people::{Card, Line, Member, Said, path, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "people/own.html")]
struct OwnCard {
    frame: Frame,
    cohort: String,
    faults: Faults,
    /// Everybody's list.
    people: String,
    action: String,
    lines: Vec<Row>,
    /// As the cohort sees it, from what was saved last.
    shown: Shown,
}

struct Row {
    field: Field,
    is_long: bool,
    /// The box beside it.
    tick: String,
    tick_label: &'static str,
    is_ticked: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let (place, own) = enrolled(conn, &asked, &cohort)?;
        let card = store::card(conn, own.id)?;
        let lines = rows(|line| (card.get(line).clone(), String::new()));
        Ok::<_, Error>(page(&asked, &place, &own, card, lines, Faults::default()))
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only_if(|name| Line::ALL.iter().any(|line| name == line.as_str() || name == tick(*line)))?;
    let asked = ask.clone();
    let path = db
        .write(move |conn| {
            let (place, own) = enrolled(conn, &asked, &cohort)?;
            let (card, faults) = read(&fields);
            if !faults.is_empty() {
                let said =
                    |line: Line| Said { text: fields.get(line.as_str()).into(), is_shown: fields.has(&tick(line)) };
                let lines = rows(|line| (said(line), faults.of(line.as_str()).to_owned()));
                let kept = store::card(conn, own.id)?;
                return Err(Error::refused(page(&asked, &place, &own, kept, lines, faults)));
            }
            store::save_card(conn, own.id, &card, asked.now)?;
            Ok(format!("{}/me", path(&place.cohort)))
        })
        .await?;
    ask.done(path, "card-saved")
}

/// Whoever is not enrolled has no card.
fn enrolled(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<(Place, Enrolment), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let own = place.enrolment.clone().ok_or(Error::NotFound)?;
    Ok((place, own))
}

fn read(fields: &Fields) -> (Card, Faults) {
    let (mut card, mut faults) = (Card::default(), Faults::default());
    for line in Line::ALL {
        if let Some(text) = faults.check(line.as_str(), line.parse(fields.get(line.as_str()))) {
            card.set(*line, Said { text, is_shown: fields.has(&tick(*line)) });
        }
    }
    (card, faults)
}

/// The name of the box that shows a line: no line has one like it.
fn tick(line: Line) -> String {
    format!("show-{line}")
}

/// `of`: what stands in a line, and what is wrong with it.
fn rows(of: impl Fn(Line) -> (Said, String)) -> Vec<Row> {
    let row = |line: &Line| {
        let (said, error) = of(*line);
        let (label, hint, tick_label) = asked(*line);
        Row {
            field: Field { error, ..Field::new(line.as_str(), label).hint(hint).value(&said.text) },
            is_long: line.is_long(),
            tick: tick(*line),
            tick_label,
            is_ticked: said.is_shown,
        }
    };
    Line::ALL.iter().map(row).collect()
}

/// Label and hint of a line, and the words beside its box.
fn asked(line: Line) -> (&'static str, &'static str, &'static str) {
    match line {
        Line::Role => {
            ("Your role at work", "Such as ‘Community nurse’. No need to name your employer.", "Show my role")
        }
        Line::Network => {
            ("Your network", "What it is called and what it is for, in a sentence or two.", "Show my network")
        }
        Line::Offers => (
            "What you can help with",
            "Small and exact works best: ‘our one-page induction’.",
            "Show what I can help with",
        ),
        Line::Needs => (
            "What you are looking for",
            "Something that another network leader could answer.",
            "Show what I am looking for",
        ),
        Line::Place => {
            ("Where you are", "A town or region is enough. It helps people to find others nearby.", "Show where I am")
        }
    }
}

fn page(ask: &Ask, place: &Place, own: &Enrolment, card: Card, lines: Vec<Row>, faults: Faults) -> OwnCard {
    let people = path(&place.cohort);
    let me = Member { enrolment: own.id, role: own.role, name: place.person.name.clone(), card };
    OwnCard {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        faults,
        action: format!("{people}/me"),
        people,
        lines,
        shown: Shown::new(place, &me),
    }
}
