//! `/cohorts/{cohort}`: the outline, with breaks between the units, how far one has come, and the next thing to do.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::{Datelike as _, Days, NaiveDate};

use super::{Visit, note_visit};
use crate::announcement::pages::{News, newest};
use crate::cohort::{Break, gate, store as cohorts, zone_in_words};
use crate::completion::{UnitProgress, UnitState};
use crate::learner::course::{Course as Standing, Stage, State, kept};
use crate::learner::{Link, calendar_path, step_number, step_path, words};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::duration;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::{day_and_month, hour_in_words, weekday};
use crate::programme::{Catalogue, Content};
use crate::schedule::closes_at;

#[derive(Template)]
#[template(path = "learner/course.html")]
struct Course {
    frame: Frame,
    /// `Spring 2027, 11 January to 18 April`.
    eyebrow: String,
    title: String,
    lead: String,
    /// What is true of the whole course now: that it closed, for example. Empty: it runs.
    notice: String,
    rows: Vec<Row>,
    news: Option<News>,
    share: Option<(usize, usize)>,
    /// Empty for those whose steps do not count.
    progress: String,
    /// Empty for whoever is not enrolled.
    notes: String,
    how: String,
    calendar: String,
    facilitators: String,
}

/// A unit or a break on the rail.
struct Row {
    class: &'static str,
    look: Look,
    number: u16,
    /// Read before the title, hidden: `Week 7: `.
    before: String,
    title: String,
    /// Empty: a break leads nowhere.
    href: String,
    small: String,
    meter: Option<Meter>,
    action: Option<Link>,
    state: State,
    preview: bool,
}

struct Meter {
    done: usize,
    of: usize,
    label: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Done,
    Part,
    Now,
    Plain,
    Break,
}

impl Look {
    /// For the template: the word of the mark.
    fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Part => "part",
            Self::Now => "now",
            Self::Plain => "plain",
            Self::Break => "break",
        }
    }
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &cohort)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Six queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Course, Visit), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let kept = kept(conn, &place)?;
    let breaks = cohorts::list_breaks(conn, place.cohort.id)?;
    let facilitators = cohorts::list_facilitators(conn, place.cohort.id)?;
    let news = newest(conn, &place, ask.now)?;
    let standing = Standing::new(&place, programme, &kept, ask.now);
    let names: Vec<String> = facilitators.into_iter().map(|(_, name, _)| name).collect();
    let share = standing.progress.share;
    let page = Course {
        frame: place.frame(ask),
        eyebrow: dates(&standing),
        title: programme.title.clone(),
        lead: programme.lead.clone(),
        notice: notice(&standing),
        rows: rows(&standing, &breaks, ask.now),
        news,
        share: place.learner().map(|_| (share.done, share.of)),
        progress: place.learner().map(|_| format!("{}/progress", place.cohort.path())).unwrap_or_default(),
        notes: place
            .enrolment
            .as_ref()
            .filter(|_| place.looking.is_none())
            .map(|_| format!("{}/notes", place.cohort.path()))
            .unwrap_or_default(),
        how: how_it_runs(&standing),
        calendar: calendar_path(&place.cohort),
        facilitators: words::and(&names),
    };
    Ok((page, Visit::of(&place, ask.now)))
}

/// From the start to the end of the last unit's week.
fn dates(course: &Standing<'_>) -> String {
    let cohort = &course.place.cohort;
    let last = course.kept.releases.iter().map(|r| r.local_time.date()).max();
    match last.and_then(|day| day.checked_add_days(Days::new(6))) {
        Some(end) if end > cohort.starts_on => {
            format!("{}, {} to {}", cohort.name, day_and_month(cohort.starts_on), day_and_month(end))
        }
        _ => format!("{}, from {}", cohort.name, day_and_month(cohort.starts_on)),
    }
}

pub(super) fn notice(course: &Standing<'_>) -> String {
    let zone = &course.place.cohort.zone;
    match course.stage {
        Stage::Running => String::new(),
        Stage::Closed { since } => {
            let until = zone.plain_with_year(course.place.cohort.access_ends_at());
            format!("This course closed on {}. You can read everything until {until}.", zone.plain_with_year(since))
        }
        Stage::Ended { since } => format!("Access to this course ended on {}.", zone.plain_with_year(since)),
    }
}

fn how_it_runs(course: &Standing<'_>) -> String {
    let cohort = &course.place.cohort;
    let closes = closes_at(cohort, &course.kept.releases);
    let day = |at| {
        let day = cohort.zone.local_date(at);
        format!("{} {}", day_and_month(day), day.year())
    };
    format!(
        "A unit opens each {} at {}, {}. Nothing closes when the next one opens, so a missed week can wait. Steps and \
         discussions close on {}; you can read everything until {}.",
        weekday(cohort.starts_on),
        hour_in_words(cohort.release_time),
        zone_in_words(&cohort.zone),
        day(closes),
        day(cohort.access_ends_at())
    )
}

/// Units in order, each break before the first weekly unit that opens after it.
fn rows(course: &Standing<'_>, breaks: &[Break], now: Instant) -> Vec<Row> {
    let today = course.place.cohort.zone.local_date(now);
    let next = course.next_step().map(|(unit, step)| (unit.number, step));
    let mut breaks = breaks.iter().peekable();
    let mut rows = Vec::new();
    for unit in &course.progress.units {
        let opens = unit.release.map(|r| r.local_time.date());
        while let Some(pause) = breaks.next_if(|b| unit.unit.number > 0 && opens.is_some_and(|day| b.first_day < day)) {
            rows.push(break_row(pause, today));
        }
        let action = next.filter(|(number, _)| *number == unit.unit.number).map(|(_, step)| {
            let href = step_path(&course.place.cohort, unit.unit, step);
            Link::new(href, format!("Continue with step {}", step_number(unit.unit, step)))
        });
        rows.push(unit_row(course, unit, action));
    }
    rows
}

fn unit_row(course: &Standing<'_>, unit: &UnitProgress<'_>, action: Option<Link>) -> Row {
    let counts = course.place.learner().is_some();
    let (class, look) = match (unit.state, unit.newest) {
        (UnitState::NotOpen, _) => ("is-quiet", Look::Plain),
        (_, true) => ("is-now", Look::Now),
        (UnitState::Done, false) if counts => ("is-past", Look::Done),
        (UnitState::Part, false) => ("is-past", Look::Part),
        _ => ("is-past", Look::Plain),
    };
    let label = unit.unit.label();
    let has_begun = unit.newest || unit.state == UnitState::Part;
    let shows_meter = counts && unit.is_open() && has_begun && unit.share.of > 0;
    let left = course.minutes_left(unit);
    Row {
        class,
        look,
        number: unit.unit.number,
        before: if unit.unit.number == 0 { String::new() } else { format!("{label}: ") },
        title: unit.unit.title.clone(),
        href: course.unit_path(unit.unit),
        small: match left.is_empty() {
            true => format!("{} · {}", unit.unit.block, duration(unit.unit.minutes)),
            false => format!("{} · {}, {left}", unit.unit.block, duration(unit.unit.minutes)),
        },
        meter: shows_meter.then(|| Meter {
            done: unit.share.done,
            of: unit.share.of,
            label: format!("{label}: steps done"),
        }),
        action,
        state: course.state(unit),
        preview: !unit.is_open() && course.place.facilitates(),
    }
}

fn break_row(pause: &Break, today: NaiveDate) -> Row {
    let days = (pause.last_day - pause.first_day).num_days() + 1;
    let words = match days {
        ..=7 => "Break week".to_owned(),
        days => format!("Break, {} weeks", (days + 6) / 7),
    };
    let (first, last) = (pause.first_day, pause.last_day);
    let from = if (first.year(), first.month()) == (last.year(), last.month()) {
        first.day().to_string()
    } else {
        day_and_month(first)
    };
    Row {
        class: if last < today { "is-past is-quiet" } else { "is-quiet" },
        look: Look::Break,
        number: 0,
        before: String::new(),
        title: pause.name.clone(),
        href: String::new(),
        small: format!("{from} to {} · nothing opens, nothing is due", day_and_month(last)),
        meter: None,
        action: None,
        state: State { words, class: "" },
        preview: false,
    }
}
