//! `/cohorts/{cohort}/progress`: a learner's weeks at a glance, and what is missing for the certificate, by name.

use actix_web::web::{Data, Path};
use askama::Template;

use super::course::notice;
use super::{Visit, note_visit};
use crate::certificate::store::issued_at;
use crate::cohort::gate;
use crate::completion::certificate::{self, Asked, Missing, Part};
use crate::completion::{UnitProgress, UnitState};
use crate::learner::course::{Course, State, kept};
use crate::learner::{Link, step_number, step_path, words};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{count, duration};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::{Catalogue, Content, Step};
use crate::schedule::gate::{OpenUnit, open_units};

/// How many missing things are shown at once; more are behind a summary.
const AT_ONCE: usize = 8;

#[derive(Template)]
#[template(path = "learner/progress.html")]
struct Progress {
    frame: Frame,
    cohort: String,
    lead: String,
    /// As the outline's.
    notice: String,
    share: (usize, usize),
    action: Option<Link>,
    weeks: Vec<Week>,
    certificate: String,
    /// To the certificate, once it is issued.
    issued: Option<Link>,
    parts: Vec<PartView>,
    notes: String,
}

struct Week {
    label: String,
    title: String,
    href: String,
    state: State,
    /// `4 of 7`.
    done: String,
    left: String,
}

/// One thing that the certificate asks for.
struct PartView {
    /// `Eight quizzes`.
    title: String,
    state: State,
    /// `Two more to do. Any of these count`; empty where the part holds.
    words: String,
    items: Vec<Item>,
    is_short: bool,
}

/// A step that is missing; what is missing in a unit that is not open is one.
struct Item {
    /// Empty: not open.
    href: String,
    title: String,
    what: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Four queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Progress, Visit), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let learner = place.learner().ok_or(Error::NotFound)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let kept = kept(conn, &place)?;
    let issued = issued_at(conn, learner)?;
    let open = open_units(ask, &place, programme, &kept.releases);
    let course = Course::new(&place, programme, &kept, ask.now);
    let parts = certificate::parts(&programme.certificate, &course.progress, &kept.done);
    let page = Progress {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        lead: lead(&course),
        notice: notice(&course),
        share: (course.progress.share.done, course.progress.share.of),
        action: course.next_step().map(|(unit, step)| {
            Link::new(step_path(&place.cohort, unit, step), format!("Continue with step {}", step_number(unit, step)))
        }),
        weeks: course.progress.units.iter().map(|unit| week(&course, unit)).collect(),
        certificate: in_all(&parts),
        issued: issued.map(|at| {
            let day = day_in_words(place.cohort.zone.local_date(at));
            Link::new(format!("{}/certificate", place.cohort.path()), format!("Your certificate, issued on {day}"))
        }),
        parts: parts.iter().map(|part| part_view(&course, &open, part)).collect(),
        notes: format!("{}/notes", place.cohort.path()),
    };
    Ok((page, Visit::of(&place, ask.now)))
}

/// `12 of 80 steps done. About 10 hours are left in all.`
fn lead(course: &Course<'_>) -> String {
    let left = course.progress.units.iter().map(|unit| minutes_left(course, unit)).sum();
    match course.progress.share {
        share if share.is_whole() => format!("You have done all {}.", count(share.of, "step")),
        share => format!("{share} done. About {} of steps are left in all.", duration(left)),
    }
}

/// Of the required steps; all of them where the unit is not open.
fn minutes_left(course: &Course<'_>, unit: &UnitProgress<'_>) -> u32 {
    let left = |step: &&Step| step.required && !(unit.is_open() && course.kept.done.has(&unit.unit.slug, &step.slug));
    unit.unit.steps.iter().filter(left).map(|step| step.minutes).sum()
}

fn week(course: &Course<'_>, unit: &UnitProgress<'_>) -> Week {
    let (words, class) = match (unit.state, unit.newest) {
        (UnitState::NotOpen, _) => (course.opens(unit), ""),
        (UnitState::Done, _) => ("Done".into(), "app-state--done"),
        (_, true) => ("Open now".into(), "app-state--now"),
        (UnitState::Part, false) => ("Part done".into(), ""),
        (UnitState::Open, false) => ("Not started".into(), ""),
    };
    let done = if unit.is_open() { unit.share.done } else { 0 };
    Week {
        label: unit.unit.label(),
        title: unit.unit.title.clone(),
        href: course.unit_path(unit.unit),
        state: State { words, class },
        done: format!("{done} of {}", unit.share.of),
        left: match minutes_left(course, unit) {
            0 => "Nothing".into(),
            minutes => duration(minutes),
        },
    }
}

/// How the certificate stands.
fn in_all(parts: &[Part<'_>]) -> String {
    let missing = parts.iter().filter(|part| !part.holds()).count();
    match (missing, parts.len()) {
        (0, _) => "You have done everything that the certificate asks for.".into(),
        (_, 1) => "The certificate asks for one thing, and some of it is missing.".into(),
        (1, all) => format!("The certificate asks for {} things. One of them is not done yet.", words::number(all)),
        (n, all) if n == all => {
            format!("The certificate asks for {} things. None of them is done yet.", words::number(all))
        }
        (n, all) => {
            let (all, n) = (words::number(all), words::number(n));
            format!("The certificate asks for {all} things. {} of them are not done yet.", words::sentence(&n))
        }
    }
}

fn part_view(course: &Course<'_>, open: &[OpenUnit<'_>], part: &Part<'_>) -> PartView {
    let share = part.share;
    let title = match part.asked {
        Asked::Share => format!("{} of the {}", words::number(share.of), count(course.progress.share.of, "step")),
        Asked::Units if share.of == 1 => "one whole unit".into(),
        Asked::Units => format!("{} whole units", words::number(share.of)),
        Asked::Steps if share.of == 1 => "one step that everybody does".into(),
        Asked::Steps => format!("{} steps that everybody does", words::number(share.of)),
        Asked::Kind(kind) => words::kinds(share.of, kind),
    };
    let state = match (part.holds(), share.done) {
        (true, _) => State { words: "Done".into(), class: "app-state--done" },
        (false, done) => State { words: format!("{done} of {} done", share.of), class: "" },
    };
    let words = match (share.left(), part.missing.len()) {
        (0, _) => String::new(),
        (left, all) if left == all => "Still to do".into(),
        (left, _) => format!("{} more to do. Any of these count", words::sentence(&words::number(left))),
    };
    let items = items(course, open, &part.missing);
    PartView { title: words::sentence(&title), state, words, is_short: items.len() <= AT_ONCE, items }
}

/// A line for each step and unit that is open. Of a unit that is not, no step is named.
fn items(course: &Course<'_>, open: &[OpenUnit<'_>], missing: &[Missing<'_>]) -> Vec<Item> {
    let of_one_unit = missing.chunk_by(|a, b| a.unit.unit.slug == b.unit.unit.slug);
    let items = of_one_unit.flat_map(|missing| {
        let unit = missing[0].unit;
        match open.iter().any(|open| open.unit.slug == unit.unit.slug) {
            true => missing.iter().map(|each| open_item(course, each)).collect(),
            false => vec![closed_item(course, &unit, missing)],
        }
    });
    items.collect()
}

fn open_item(course: &Course<'_>, Missing { unit, step }: &Missing<'_>) -> Item {
    match step {
        Some(step) => Item {
            href: step_path(&course.place.cohort, unit.unit, step),
            title: format!("{} {}", step_number(unit.unit, step), step.title),
            what: format!("{}, {}", words::sentence(words::kind(step)), duration(step.minutes)),
        },
        None => Item {
            href: course.unit_path(unit.unit),
            title: unit.unit.full_title(),
            what: format!("{} done", unit.share),
        },
    }
}

fn closed_item(course: &Course<'_>, unit: &UnitProgress<'_>, missing: &[Missing<'_>]) -> Item {
    let steps: Vec<&Step> = missing.iter().filter_map(|each| each.step).collect();
    let when = if unit.is_open() { "No longer open to you".into() } else { course.opens(unit) };
    let what = match &steps[..] {
        [] => when,
        [first, rest @ ..] if rest.iter().all(|step| step.kind == first.kind) => {
            format!("{}. {when}", words::sentence(&words::kinds(steps.len(), first.kind)))
        }
        _ => format!("{} steps. {when}", words::sentence(&words::number(steps.len()))),
    };
    Item { href: String::new(), title: unit.unit.full_title(), what }
}
