//! `/cohorts/{cohort}/manage/analytics`: units, where people stop, and what was said week by week.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Desk, called};
use crate::discussion;
use crate::facilitator::AWAY;
use crate::facilitator::analytics::{TalkWeek, talk_weeks};
use crate::facilitator::store::analytics::{self as store, StepSums};
use crate::platform::chart::{Bars, Line, percent_words, share};
use crate::platform::db::{Conn, Db};
use crate::platform::measure::wait_in_words;
use crate::platform::text::{Slug, count};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::day_and_month;
use crate::programme::{Catalogue, Content, Programme, Unit};

/// How many steps at which people stop are named; the rest is in the table to download.
const STOPS: usize = 8;

#[derive(Template)]
#[template(path = "facilitator/analytics/show.html")]
struct Analytics {
    frame: Frame,
    path: String,
    cohort: String,
    now: String,
    lead: String,
    units: Vec<UnitRow>,
    units_chart: Bars,
    stops: Vec<Stop>,
    stops_chart: Bars,
    stops_more: String,
    talk: Vec<WeekRow>,
    talk_chart: Bars,
}

struct UnitRow {
    href: String,
    title: String,
    open_to: i64,
    opened: String,
    done: String,
    line: Line,
}

struct Stop {
    step: String,
    unit: String,
    learners: i64,
}

struct WeekRow {
    week: String,
    posts: i64,
    writers: i64,
    threads: i64,
    answered: i64,
    wait: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    ask.parameters()?.only(&[])?;
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &slug)).await?;
    ask.page(page)
}

/// Seven queries.
fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<Analytics, Error> {
    let desk = Desk::of(conn, ask, catalogue, slug)?;
    let id = desk.place.cohort.id;
    let learners = store::count_active(conn, id)?;
    let sums = store::list_step_sums(conn, id)?;
    let stops = store::count_stops(conn, id, ask.now)?;
    let talk = talk_weeks(&store::list_written(conn, id)?, &discussion::store::list_begun(conn, id)?);
    let units = units(&desk, &sums, learners);
    let named = stops.iter().take(STOPS).map(|stop| named(desk.programme, stop)).collect::<Vec<_>>();
    Ok(Analytics {
        frame: desk.place.frame(ask),
        path: desk.place.cohort.path(),
        cohort: desk.place.cohort.name.clone(),
        now: desk.place.cohort.zone.exact(ask.now),
        lead: lead(learners, units.len(), desk.programme.units.len()),
        units_chart: Bars::new(
            "units-chart",
            "A bar for each open unit: how many of its steps were done, and behind it how many were opened",
            units.iter().map(|unit| unit.line.clone()),
        )
        .with_key("Opened", "Done"),
        units,
        stops_chart: stops_chart(&named),
        stops_more: more(stops.len()),
        stops: named,
        talk_chart: talk_chart(&talk),
        talk: talk.iter().rev().map(week_row).collect(),
    })
}

fn lead(learners: i64, open: usize, of: usize) -> String {
    let learners = usize::try_from(learners).unwrap_or(0);
    let is = if learners == 1 { "is" } else { "are" };
    let are = if open == 1 { "is" } else { "are" };
    format!("{} {is} in the course, and {open} of {} {are} open.", count(learners, "learner"), count(of, "unit"))
}

fn units(desk: &Desk<'_>, sums: &[StepSums], learners: i64) -> Vec<UnitRow> {
    let open = desk.programme.units.iter().filter(|unit| desk.is_open(unit));
    open.map(|unit| {
        let (opened, done) = of_required(unit, sums);
        let possible = learners * i64::try_from(unit.required_count()).unwrap_or(0);
        UnitRow {
            href: format!("{}/{}", desk.path(), unit.number),
            title: unit.full_title(),
            open_to: learners,
            opened: percent_words(opened, possible),
            done: percent_words(done, possible),
            line: Line {
                label: unit.full_title(),
                value: format!("{} done", percent_words(done, possible)),
                part: share(done, possible),
                behind: Some(share(opened, possible)),
            },
        }
    })
    .collect()
}

/// How often the unit's required steps were opened and done.
fn of_required(unit: &Unit, sums: &[StepSums]) -> (i64, i64) {
    let required = sums.iter().filter(|sum| {
        unit.is_called(&sum.unit) && unit.steps.iter().any(|step| step.required && step.is_called(&sum.step))
    });
    required.fold((0, 0), |(opened, done), sum| (opened + sum.opened, done + sum.done))
}

fn named(programme: &Programme, (unit, step, learners): &(Slug, Slug, i64)) -> Stop {
    let (unit, step) = called(programme, (unit, step), Unit::label);
    Stop { step, unit, learners: *learners }
}

fn stops_chart(stops: &[Stop]) -> Bars {
    let most = stops.iter().map(|stop| stop.learners).max().unwrap_or(0);
    let line = |stop: &Stop| Line {
        label: stop.step.clone(),
        value: count(usize::try_from(stop.learners).unwrap_or(0), "learner"),
        part: share(stop.learners, most),
        behind: None,
    };
    Bars::new("stops-chart", "A bar for each step after which learners stayed away", stops.iter().map(line))
}

fn more(all: usize) -> String {
    match all.saturating_sub(STOPS) {
        0 => String::new(),
        1 => "One more step is in the table to download.".into(),
        rest => format!("{} more steps are in the table to download.", rest),
    }
}

fn talk_chart(weeks: &[TalkWeek]) -> Bars {
    let most = weeks.iter().map(|week| week.posts).max().unwrap_or(0);
    let line = |week: &TalkWeek| Line {
        label: format!("Week of {}", day_and_month(week.week)),
        value: count(usize::try_from(week.posts).unwrap_or(0), "post"),
        part: share(week.posts, most),
        behind: None,
    };
    Bars::new(
        "talk-chart",
        "A bar for each week: how many posts were written, the newest week first",
        weeks.iter().rev().map(line),
    )
}

fn week_row(week: &TalkWeek) -> WeekRow {
    WeekRow {
        week: day_and_month(week.week),
        posts: week.posts,
        writers: week.writers,
        threads: week.threads,
        answered: week.answered,
        wait: week.median_wait.map_or_else(|| "–".into(), wait_in_words),
    }
}

impl Analytics {
    fn away_days(&self) -> i64 {
        AWAY.num_days()
    }
}
