//! Learners by unit: share done, when they were last here, who has not started.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::TimeDelta;

use crate::cohort::{EnrolmentId, Place, gate};
use crate::facilitator::store::{self, After};
use crate::facilitator::{Learner, Tally};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::platform::zone::{Zone, day_in_words};
use crate::programme::{Catalogue, Content, Programme};
use crate::schedule::{self, Release};

const PAGE: usize = 50;
/// How many names a list shows before 'and 12 more'.
const NAMED: usize = 6;
/// Without a visit for so long, somebody may be slipping.
const AWAY_DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "facilitator/learners.html")]
struct Learners {
    frame: Frame,
    path: String,
    cohort: String,
    now: String,
    not_started: List,
    away: List,
    units: Vec<u16>,
    rows: Vec<Row>,
    next: Option<String>,
    is_first: bool,
}

/// Some names, and how many in all.
struct List {
    count: String,
    people: Vec<(String, String)>,
    more: Option<String>,
}

struct Row {
    name: String,
    cells: Vec<Cell>,
    all: String,
    last_seen: String,
}

struct Cell {
    /// `h0` to `h4`, or `hx` for a unit not open.
    shade: &'static str,
    /// None for a unit not open.
    done: Option<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let parameters = ask.parameters()?;
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &slug, &parameters)).await?;
    ask.page(page)
}

fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, parameters: &Fields) -> Result<Learners, Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let releases = schedule::store::list_releases(conn, place.cohort.id)?;
    let after = after(parameters)?;
    let is_first = after.is_none();
    let mut learners = store::list_learners(conn, place.cohort.id, after, PAGE as i64 + 1)?;
    let more = learners.len() > PAGE;
    learners.truncate(PAGE);
    let tally = Tally::of(programme, store::list_completions(conn, &learners)?);
    let zone = &place.cohort.zone;
    let not_started = store::list_not_started(conn, place.cohort.id)?;
    let away = store::list_away(conn, place.cohort.id, ask.now - TimeDelta::days(AWAY_DAYS))?;
    let next = learners.last().filter(|_| more).map(|last| next_address(&place, last));
    Ok(Learners {
        frame: place.frame(ask),
        path: place.cohort.path(),
        cohort: place.cohort.name.clone(),
        now: zone.exact(ask.now),
        not_started: list(&not_started, |l| format!("Enrolled {}", day(zone, l.enrolled_at, ask.now))),
        away: list(&away, |l| {
            l.last_seen_at.map_or_else(String::new, |at| format!("Last here {}", day(zone, at, ask.now)))
        }),
        units: programme.units.iter().map(|u| u.number).collect(),
        rows: learners.iter().map(|l| row(l, programme, &releases, &tally, zone, ask.now)).collect(),
        next,
        is_first,
    })
}

/// `?after=<enrolment>&name=<name>`: where the page before ended.
fn after(parameters: &Fields) -> Result<Option<After<'_>>, Error> {
    match parameters.get("after") {
        "" => Ok(None),
        text => {
            let id = text.parse().map_err(|_| Error::BadRequest("'after' is a number."))?;
            Ok(Some(After { name: parameters.get("name"), enrolment: EnrolmentId(id) }))
        }
    }
}

fn next_address(place: &Place, last: &Learner) -> String {
    let (after, path) = (last.enrolment.to_string(), place.cohort.path());
    let query = serde_urlencoded::to_string([("after", &after), ("name", &last.name)]).unwrap_or_default();
    format!("{path}/manage/learners?{query}")
}

fn list(learners: &[Learner], words: impl Fn(&Learner) -> String) -> List {
    let total = learners.len();
    let full = total >= usize::try_from(store::LISTED).unwrap_or(usize::MAX);
    List {
        count: if full { format!("{total} or more") } else { total.to_string() },
        people: learners.iter().take(NAMED).map(|l| (l.name.clone(), words(l))).collect(),
        more: (total > NAMED).then(|| format!("and {} more", total - NAMED)),
    }
}

fn row(
    learner: &Learner,
    programme: &Programme,
    releases: &[Release],
    tally: &Tally,
    zone: &Zone,
    now: Instant,
) -> Row {
    let cells = programme.units.iter().map(|unit| {
        let open = releases.iter().any(|r| r.unit == unit.slug && r.is_open(now));
        let done = tally.done(learner.enrolment, unit.number);
        Cell { shade: shade(open, done, unit.required_count()), done: open.then(|| done.to_string()) }
    });
    let done: usize = programme.units.iter().map(|u| tally.done(learner.enrolment, u.number)).sum();
    Row {
        name: learner.name.clone(),
        cells: cells.collect(),
        all: format!("{done} of {}", count(programme.required_steps().count(), "step")),
        last_seen: learner.last_seen_at.map_or_else(|| "Never".into(), |at| day(zone, at, now)),
    }
}

fn shade(open: bool, done: usize, of: usize) -> &'static str {
    match (open, done) {
        (false, _) => "hx",
        (true, 0) => "h0",
        (true, _) if done >= of => "h4",
        (true, _) if done * 3 >= of * 2 => "h3",
        (true, _) if done * 3 >= of => "h2",
        _ => "h1",
    }
}

/// `today`, `yesterday`, or the day in words.
fn day(zone: &Zone, at: Instant, now: Instant) -> String {
    match (zone.local_date(now) - zone.local_date(at)).num_days() {
        0 => "today".into(),
        1 => "yesterday".into(),
        _ => day_in_words(zone.local_date(at)),
    }
}
