//! `/cohorts/{cohort}/manage`: who waits for an answer, who is slipping, whether the next unit is ready; then the week in
//! numbers, and what comes next.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::TimeDelta;

use super::day;
use super::ready::{Check, Coming, Plan};
use crate::cohort::{Place, gate};
use crate::discussion::{self, Thread};
use crate::facilitator::store::{self, Numbers, Wanted};
use crate::facilitator::{AWAY, Sort, Stage};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{ago, count};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::{live, schedule};

/// How many of a list stand here; the rest is one click away.
const NAMED: usize = 5;

#[derive(Template)]
#[template(path = "facilitator/overview.html")]
struct Overview {
    frame: Frame,
    path: String,
    cohort: String,
    now: String,
    waiting: List,
    /// Empty: nothing is.
    reported: String,
    slipping: List,
    not_started: i64,
    /// To how many no mail goes, as it came back.
    unreachable: i64,
    /// The next unit; none: all are open.
    next: Option<Next>,
    stages: Vec<StageLine>,
    numbers: Vec<NumberLine>,
    coming: Vec<Coming>,
}

/// The first of a list that asks for something.
struct List {
    count: String,
    lines: Vec<Line>,
    has_more: bool,
}

struct Line {
    href: String,
    what: String,
    words: String,
}

struct Next {
    to_do: usize,
    title: String,
    opens: String,
    checks: Vec<Check>,
}

struct StageLine {
    label: &'static str,
    href: String,
    count: i64,
}

struct NumberLine {
    what: &'static str,
    this_week: i64,
    last_week: i64,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    ask.parameters()?.only(&[])?;
    let page = db.report(move |conn| load(conn, &asked, &catalogue, &slug)).await?;
    ask.page(page)
}

/// Eight queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<Overview, Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let id = place.cohort.id;
    let releases = schedule::store::list_releases(conn, id)?;
    let (units, releases) = schedule::in_order(programme, &releases);
    let settings = schedule::store::find_settings(conn, id)?;
    let sessions = live::store::list(conn, id)?;
    let stages = store::count_stages(conn, id, ask.now)?;
    let in_stage = |stage: Stage| stages.iter().find(|(s, _)| *s == stage).map_or(0, |(_, n)| *n);
    let days = TimeDelta::days(7);
    let week = store::week(conn, id, (ask.now - days - days, ask.now - days, ask.now))?;
    let plan = Plan {
        place: &place,
        units: &units,
        releases: &releases,
        settings: &settings,
        sessions: &sessions,
        now: ask.now,
    };
    Ok(Overview {
        frame: place.frame(ask),
        path: place.cohort.path(),
        cohort: place.cohort.name.clone(),
        now: place.cohort.zone.exact(ask.now),
        waiting: waiting(conn, &place, programme, ask.now)?,
        slipping: slipping(conn, &place, in_stage(Stage::Stalled), ask.now)?,
        not_started: in_stage(Stage::NotStarted),
        unreachable: week.unreachable,
        next: plan.next().map(|(unit, release)| {
            let checks = plan.checks(unit, release);
            Next {
                to_do: checks.iter().filter(|check| !check.is_ready).count(),
                title: format!("Unit {}: {}", unit.number, unit.title),
                opens: place.cohort.zone.exact(release.opens_at),
                checks,
            }
        }),
        stages: Stage::ALL
            .iter()
            .rev()
            .map(|stage| StageLine {
                label: stage.label(),
                href: format!("{}/manage/learners?stage={stage}", place.cohort.path()),
                count: in_stage(*stage),
            })
            .collect(),
        reported: reported(week.reported),
        numbers: lines(week.before, week.this),
        coming: plan.coming(),
    })
}

/// Threads in which a learner's post has stood last for a day: first posts first, then who has waited longest.
fn waiting(conn: &mut Conn, place: &Place, programme: &Programme, now: Instant) -> Result<List, Error> {
    let reader = place.enrolment.as_ref().map(|enrolment| enrolment.id);
    let threads = discussion::store::list_waiting(conn, place.cohort.id, reader, now)?;
    let most = discussion::store::THREADS;
    let count = if threads.len() > most { format!("{most}+") } else { threads.len().to_string() };
    let line = |thread: &Thread| {
        let unit = thread.unit.as_ref().and_then(|slug| programme.unit_called(slug));
        let since = thread.waiting_since.map(|at| ago(now.since(at)).replace(" ago", "")).unwrap_or_default();
        Line {
            href: format!("{}?post=newest", thread.path(&place.cohort)),
            what: title(unit, thread),
            words: {
                let first = if thread.first_post_waits { "Their first post. " } else { "" };
                format!("{first}{since}. {}", unit.map_or("The whole course".into(), Unit::label))
            },
        }
    };
    let lines = threads.iter().take(NAMED).map(|(thread, _)| line(thread)).collect();
    Ok(List { count, lines, has_more: threads.len() > NAMED })
}

/// A step's own thread is called as the step is now.
fn title(unit: Option<&Unit>, thread: &Thread) -> String {
    let step = thread.step.as_ref().and_then(|slug| unit?.step_called(slug));
    step.map_or_else(|| thread.title.clone(), |step| step.title.clone())
}

/// Learners who began and were not here for a week, the longest away first.
fn slipping(conn: &mut Conn, place: &Place, all: i64, now: Instant) -> Result<List, Error> {
    let wanted = Wanted { stage: Some(Stage::Stalled), sort: Sort::LastHere, ..Wanted::all(now) };
    let learners = store::list_learners(conn, place.cohort.id, &wanted, None, NAMED as i64)?;
    let line = |learner: &crate::facilitator::Learner| Line {
        href: format!("{}/manage/learners/{}", place.cohort.path(), learner.enrolment),
        what: learner.name.clone(),
        words: learner.last_seen_at.map_or_else(
            || format!("Never here since {}", day(&place.cohort.zone, learner.enrolled_at, now)),
            |at| format!("Last here {}", day(&place.cohort.zone, at, now)),
        ),
    };
    Ok(List { count: all.to_string(), lines: learners.iter().map(line).collect(), has_more: all > NAMED as i64 })
}

fn reported(posts: i64) -> String {
    match posts {
        0 => String::new(),
        1 => "1 post is reported".into(),
        n => format!("{n} posts are reported"),
    }
}

fn lines(before: Numbers, this: Numbers) -> Vec<NumberLine> {
    [
        ("Steps done", this.steps, before.steps),
        ("Posts by learners", this.posts, before.posts),
        ("Learners who wrote", this.writers, before.writers),
        ("New learners", this.joined, before.joined),
    ]
    .map(|(what, this_week, last_week)| NumberLine { what, this_week, last_week })
    .into()
}

impl Overview {
    fn away_days(&self) -> i64 {
        AWAY.num_days()
    }

    fn unreachable_words(&self) -> String {
        count(usize::try_from(self.unreachable).unwrap_or(0), "learner") + " cannot be reached: mail comes back"
    }

    fn not_started_words(&self) -> String {
        match usize::try_from(self.not_started) {
            Ok(1) => "1 learner has not started".into(),
            Ok(n) => format!("{} have not started", count(n, "learner")),
            Err(_) => String::new(),
        }
    }
}
