//! A cohort's learners: who is in which stage, what they have done of each unit, when they were last here.

use actix_web::web::{Data, Path};
use askama::Template;

use super::short_day;
use super::wanted::{Choice, Chosen, FIELDS, after};
use crate::cohort::{EnrolmentId, gate};
use crate::facilitator::{Learner, Tally, store};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::schedule::{self, Release};

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "facilitator/learners.html")]
struct Learners {
    frame: Frame,
    path: String,
    cohort: String,
    now: String,
    stages: Choice,
    sorts: Choice,
    units_to_be_in: Choice,
    mails: Choice,
    /// Where one writes to all of the list.
    write: String,
    words: Field,
    joined: Field,
    is_filtered: bool,
    units: Vec<u16>,
    rows: Vec<Row>,
    next: Option<String>,
    /// Where the same list begins; none: here.
    first: Option<String>,
    csv: String,
}

struct Row {
    enrolment: EnrolmentId,
    name: String,
    href: String,
    stage: &'static str,
    look: &'static str,
    cells: Vec<Cell>,
    all: String,
    last_seen: String,
    mail_returns: bool,
}

struct Cell {
    /// `h0` to `h4`, or `hx` for a unit not open.
    shade: &'static str,
    /// None for a unit not open.
    done: Option<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let sent = ask.parameters()?;
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &slug, &sent)).await?;
    ask.page(page)
}

/// Four queries.
fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, sent: &Fields) -> Result<Learners, Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let zone = &place.cohort.zone;
    sent.only(&FIELDS)?;
    let chosen = Chosen::read(sent);
    let wanted = chosen.wanted(programme, zone, ask.now)?;
    let after = after(sent, wanted.sort)?;
    let releases = schedule::store::list_releases(conn, place.cohort.id)?;
    let mut learners = store::list_learners(conn, place.cohort.id, &wanted, after.as_ref(), PAGE as i64 + 1)?;
    let more = learners.len() > PAGE;
    learners.truncate(PAGE);
    let tally = Tally::of(programme, store::list_completions(conn, &learners)?);
    let path = format!("{}/manage/learners", place.cohort.path());
    let table = Table { path: &path, programme, releases: &releases, tally: &tally, zone, now: ask.now };
    let with = |query: String| with_query(&path, &query);
    let is_open = |unit: &&Unit| schedule::release_of(unit, &releases).is_some_and(|release| release.is_open(ask.now));
    let open: Vec<&Unit> = programme.units.iter().filter(is_open).collect();
    let query = chosen.query();
    let joined = |one: &str, rest: &str| if rest.is_empty() { one.to_owned() } else { format!("{one}&{rest}") };
    Ok(Learners {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        now: zone.exact(ask.now),
        stages: chosen.stages(),
        sorts: chosen.sorts(),
        units_to_be_in: chosen.units(&open),
        mails: chosen.mails(),
        write: with_query(&format!("{path}/write"), &joined("to=all", &query)),
        words: chosen.words(),
        joined: chosen.joined(),
        is_filtered: chosen.is_filtered(),
        units: programme.units.iter().map(|u| u.number).collect(),
        rows: learners.iter().map(|learner| table.row(learner)).collect(),
        next: learners.last().filter(|_| more).map(|last| with(chosen.after(last, wanted.sort))),
        first: after.map(|_| with(chosen.query())),
        csv: with_query(&format!("{path}.csv"), if chosen.is_filtered() { &query } else { "" }),
        path: path.clone(),
    })
}

/// An address with what was chosen.
pub(super) fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What the rows have in common.
struct Table<'a> {
    path: &'a str,
    programme: &'a Programme,
    releases: &'a [Release],
    tally: &'a Tally,
    zone: &'a Zone,
    now: Instant,
}

impl Table<'_> {
    fn row(&self, learner: &Learner) -> Row {
        let cells = self.programme.units.iter().map(|unit| {
            let open = schedule::release_of(unit, self.releases).is_some_and(|release| release.is_open(self.now));
            let done = self.tally.done(learner.enrolment, unit.number);
            Cell { shade: shade(open, done, unit.required_count()), done: open.then(|| done.to_string()) }
        });
        let done: usize = self.programme.units.iter().map(|u| self.tally.done(learner.enrolment, u.number)).sum();
        Row {
            enrolment: learner.enrolment,
            name: learner.name.clone(),
            href: format!("{}/{}", self.path, learner.enrolment),
            stage: learner.stage.label(),
            look: learner.stage.look(),
            cells: cells.collect(),
            all: format!("{done} of {}", self.programme.required_steps().count()),
            mail_returns: learner.undeliverable_at.is_some(),
            last_seen: learner.last_seen_at.map_or_else(|| "Never".into(), |at| short_day(self.zone, at, self.now)),
        }
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
