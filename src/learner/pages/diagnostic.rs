//! A diagnostic: its statements, POST `…/reading`, and the temperatures that come of the answers.

use super::step::{self, Finish, StepPage, Work, go_on};
use super::{StepForm, carry_out};
use crate::learner::here::Here;
use crate::learner::{Link, unit_path};
use crate::platform::db::Conn;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};
use crate::programme::Unit;
use crate::programme::diagnostics::{Diagnostic, Dimension};
use crate::reading::wheel::{Wheel, wheel};
use crate::reading::{self, Answers, Band, Point, look_back, store, temperature};
use crate::schedule::gate::{OpenUnit, open_units};

/// In characters.
const LONGEST_COMMENT: usize = 2_000;

pub(super) struct ReadingForm {
    pub action: String,
    pub dimensions: Vec<AskedDimension>,
    pub comment: Field,
}

pub(super) struct AskedDimension {
    pub name: String,
    pub questions: Vec<AskedStatement>,
}

pub(super) struct AskedStatement {
    pub name: String,
    /// `Trust and learning, 2 of 5`.
    pub place: String,
    pub text: String,
    pub error: &'static str,
    pub choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub id: String,
    pub value: &'static str,
    pub label: &'static str,
    pub chosen: bool,
}

/// The reading of one point; beside a closing one, the baseline.
pub(super) struct Temperatures {
    pub closing: bool,
    pub rows: Vec<Temperature>,
    pub wheel: Option<Wheel>,
    pub again: String,
    pub next: Link,
}

pub(super) struct Temperature {
    pub dimension: String,
    /// Empty: there was no baseline, or too few answers.
    pub before: String,
    /// `70`, or why there is none.
    pub now: String,
    pub band: &'static str,
    pub advice: String,
    /// The weeks that help, each with its address once it is open.
    pub weeks: Vec<(String, Option<String>)>,
}

struct Asked<'c> {
    diagnostic: &'c Diagnostic,
    point: Point,
}

/// The form, or the reading that was handed in; one query.
pub(super) fn page(conn: &mut Conn, ask: &Ask, here: &Here<'_>, again: bool) -> Result<StepPage, Error> {
    let asked = asked_of(here)?;
    let Some(learner) = here.place.learner() else {
        return Ok(step::page(ask, here, Work::Nothing));
    };
    let readings = store::list_readings(conn, learner)?;
    let of = |point| readings.iter().find(|(p, _)| *p == point).map(|(_, answers)| answers);
    let open = here.may_do().is_some();
    Ok(match of(asked.point) {
        Some(now) if !(again && open) => result_page(ask, here, &asked, now, of(Point::Baseline)),
        given if open => {
            let blank = Answers::default();
            let given = given.unwrap_or(&blank);
            let comment = comment_field(&asked).value(&given.comment);
            let mut page = step::page(ask, here, Work::Reading(form(here, &asked, given, &[], comment)));
            page.finish = Finish::ByWork;
            page
        }
        _ => step::page(ask, here, Work::Nothing),
    })
}

pub async fn hand_in(form: StepForm, fields: Fields) -> Answer {
    carry_out(form, |step| step.reading.is_some(), "", move |conn, ask, here| save(conn, ask, here, &fields)).await
}

fn save(conn: &mut Conn, ask: &Ask, here: &Here<'_>, fields: &Fields) -> Result<String, Error> {
    let asked = asked_of(here)?;
    let questions = reading::asked(asked.diagnostic, asked.point);
    fields.only_if(|name| name == "comment" || questions.iter().any(|(field, _)| field == name))?;
    let learner = here.learner(ask)?;
    let mut answers = Answers::default();
    for (field, _) in &questions {
        match fields.get(field) {
            "" => {}
            word => answers.add(
                field,
                reading::Answer::parse(word).ok_or(Error::BadRequest("It holds an answer that nobody asked for."))?,
            ),
        }
    }
    let missing: Vec<&str> =
        questions.iter().map(|(field, _)| field.as_str()).filter(|field| answers.of(field).is_none()).collect();
    let mut faults = faults(&asked, &missing);
    if !fields.get("comment").trim().is_empty() {
        let comment = paragraphs(fields.get("comment"), LONGEST_COMMENT, "your comment");
        answers.comment = faults.check("comment", comment).unwrap_or_default();
    }
    if !faults.is_empty() {
        let comment = comment_field(&asked).sent(fields, &faults);
        let work = Work::Reading(form(here, &asked, &answers, &missing, comment));
        let mut page = step::page(ask, here, work).with_faults(faults);
        page.html.clear();
        page.lead = "Your other answers are kept.".into();
        return Err(Error::refused(page));
    }
    store::save(conn, learner, asked.point, &answers, ask.now)?;
    here.complete(conn, ask, learner)?;
    Ok(here.path())
}

/// The units that an advice names.
fn weeks(numbers: &[u16], here: &Here<'_>, open: &[OpenUnit<'_>]) -> Vec<(String, Option<String>)> {
    let units = numbers.iter().filter_map(|number| here.open.unit.programme.unit(*number));
    let is_open = |unit: &Unit| open.iter().any(|open| open.unit.number == unit.number);
    let way = |unit: &Unit| is_open(unit).then(|| unit_path(&here.place.cohort, unit));
    units.map(|unit| (unit.full_title(), way(unit))).collect()
}

fn asked_of<'c>(here: &Here<'c>) -> Result<Asked<'c>, Error> {
    let point = here.step().reading.as_deref().and_then(|word| word.parse().ok()).ok_or(Error::NotFound)?;
    let diagnostic = here.open.unit.programme.diagnostic.as_ref().ok_or(Error::NotFound)?;
    Ok(Asked { diagnostic, point })
}

fn comment_field(asked: &Asked<'_>) -> Field {
    Field::new("comment", &asked.diagnostic.comment).hint("If you like. Only you can read it.")
}

/// The fields of a dimension, with its look-back where there is one.
fn questions<'c>(asked: &Asked<'c>, dimension: &'c Dimension) -> Vec<(String, &'c str)> {
    let statements = dimension.statements.iter().map(|s| (s.slug.to_string(), s.text.as_str()));
    let back = (asked.point == Point::Closing).then(|| (look_back(dimension), asked.diagnostic.look_back.as_str()));
    statements.chain(back).collect()
}

fn faults(asked: &Asked<'_>, missing: &[&str]) -> Faults {
    let mut faults = Faults::default();
    for dimension in &asked.diagnostic.dimensions {
        for (n, (field, _)) in questions(asked, dimension).iter().enumerate() {
            if missing.contains(&field.as_str()) {
                faults.add(format!("{field}-1"), format!("{} {}: choose an answer", dimension.name, n + 1));
            }
        }
    }
    faults
}

fn form(here: &Here<'_>, asked: &Asked<'_>, given: &Answers, missing: &[&str], comment: Field) -> ReadingForm {
    let dimension = |dimension: &Dimension| {
        let questions = questions(asked, dimension);
        let of = questions.len();
        let statement = |(n, (field, text)): (usize, (String, &str))| AskedStatement {
            place: format!("{}, {} of {of}", dimension.name, n + 1),
            text: text.to_owned(),
            error: if missing.contains(&field.as_str()) { "Choose an answer" } else { "" },
            choices: choices(&field, given.of(&field)),
            name: field,
        };
        AskedDimension {
            name: dimension.name.clone(),
            questions: questions.into_iter().enumerate().map(statement).collect(),
        }
    };
    ReadingForm {
        action: format!("{}/reading", here.path()),
        dimensions: asked.diagnostic.dimensions.iter().map(dimension).collect(),
        comment,
    }
}

fn choices(field: &str, given: Option<reading::Answer>) -> Vec<Choice> {
    let choice = |(n, (value, label)): (usize, &(&'static str, &'static str))| Choice {
        id: format!("{field}-{}", n + 1),
        value,
        label,
        chosen: given.is_some() && reading::Answer::parse(value) == given,
    };
    reading::Answer::CHOICES.iter().enumerate().map(choice).collect()
}

fn result_page(ask: &Ask, here: &Here<'_>, asked: &Asked<'_>, now: &Answers, baseline: Option<&Answers>) -> StepPage {
    let closing = asked.point == Point::Closing;
    let dimensions = &asked.diagnostic.dimensions;
    let open = open_units(ask, &here.place, here.open.unit.programme, &here.kept.releases);
    let row = |dimension: &Dimension| {
        let mean = now.mean(dimension);
        let advice = mean.map(|mean| Band::of(mean).advice(dimension).clone()).unwrap_or_default();
        let before = baseline.filter(|_| closing).and_then(|b| b.mean(dimension));
        Temperature {
            dimension: dimension.name.clone(),
            before: before.map(|mean| temperature(mean).to_string()).unwrap_or_default(),
            now: mean.map_or_else(|| "–".into(), |mean| temperature(mean).to_string()),
            band: mean.map_or("Too few answers to say", |mean| Band::of(mean).label()),
            advice: advice.text,
            weeks: weeks(&advice.weeks, here, &open),
        }
    };
    let drawn: Vec<_> = dimensions.iter().map(|d| (d.name.as_str(), now.mean(d).map(temperature))).collect();
    let work = Temperatures {
        closing,
        rows: dimensions.iter().map(row).collect(),
        wheel: wheel(&drawn),
        again: if here.may_do().is_some() { format!("{}?again=1", here.path()) } else { String::new() },
        next: go_on(here),
    };
    let mut page = step::page(ask, here, Work::Temperatures(Box::new(work)));
    page.lead = "This is your own view of your network, from one seat. Only you can see it.".into();
    page.html.clear();
    page.finish = Finish::ByWork;
    page
}
