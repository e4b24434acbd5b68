//! Every unit's reminders, with how many share each fate.

use askama::Template;

use crate::cohort::Place;
use crate::outbox::State;
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error, Frame};
use crate::programme::{Programme, Unit};
use crate::reminder::due::{Due, timetable};
use crate::reminder::store::{self, Count, Course, Run};
use crate::reminder::{Kind, NotSent};
use crate::schedule::release_of;

#[derive(Template)]
#[template(path = "reminder/units.html")]
pub struct Units {
    frame: Frame,
    cohort: String,
    path: String,
    units: Vec<UnitRow>,
}

struct UnitRow {
    number: u16,
    title: String,
    reminders: Vec<Row>,
}

struct Row {
    kind: Kind,
    audience: &'static str,
    due: String,
    /// For `<time>`; empty where there is none.
    due_at: String,
    words: String,
    /// Somebody has a row in the ledger.
    has_learners: bool,
    /// Something asks for a look: failed or unknown.
    alarming: bool,
}

/// Seven queries with the gate's.
pub fn page(conn: &mut Conn, ask: &Ask, place: &Place, programme: &Programme) -> Result<Units, Error> {
    let course = store::course(conn, place.cohort.id)?;
    let counts = Counts {
        decided: store::count_decided(conn, place.cohort.id)?,
        not_sent: store::count_not_sent(conn, place.cohort.id)?,
    };
    let units = course.iter().flat_map(|course| {
        let dues = timetable(course, programme);
        let units: Vec<UnitRow> = programme.units.iter().map(|unit| unit_row(unit, course, &dues, &counts)).collect();
        units
    });
    Ok(Units {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        path: format!("{}/manage/reminders", place.cohort.path()),
        units: units.collect(),
    })
}

fn unit_row(unit: &Unit, course: &Course, dues: &[Due], counts: &Counts) -> UnitRow {
    let all = Kind::ALL.iter().map(|kind| row(unit, *kind, course, dues, counts));
    let usual = |row: &Row| matches!(row.kind, Kind::Opens | Kind::Nudge | Kind::WrapUp);
    let reminders = all.filter(|row| usual(row) || row.has_learners || !row.due_at.is_empty()).collect();
    UnitRow { number: unit.number, title: unit.title.clone(), reminders }
}

fn row(unit: &Unit, kind: Kind, course: &Course, dues: &[Due], counts: &Counts) -> Row {
    let tally = counts.of(unit, kind);
    let run = course.runs.iter().filter(|run| run.kind == kind && unit.is_called(&run.unit)).max_by_key(|r| r.due_at);
    let due = dues.iter().filter(|due| due.kind == kind && due.unit == unit.slug).map(|due| due.at).max();
    let had_time = |run: &&Run| kind != Kind::LiveChanged && run.due_at != Run::reopened();
    let at = due.max(run.filter(had_time).map(|run| run.due_at));
    let held = release_of(unit, &course.releases).is_some_and(|release| release.held);
    let due = match at {
        Some(at) => course.cohort.zone.exact(at),
        None if held => "When the unit is opened: it is held".into(),
        None if kind == Kind::LiveChanged => "When it changed".into(),
        None => "Not due".into(),
    };
    Row {
        kind,
        audience: kind.audience(),
        due,
        due_at: at.map(|at| at.rfc3339()).unwrap_or_default(),
        words: match tally.is_empty() {
            true if !course.settings.is_on(unit, kind) => "Switched off".into(),
            true if run.is_none() => "Not due yet".into(),
            _ => tally.words(),
        },
        has_learners: !tally.is_empty(),
        alarming: tally.failed + tally.unknown > 0,
    }
}

struct Counts {
    decided: Vec<(Option<NotSent>, Count)>,
    not_sent: Vec<(State, Count)>,
}

/// How many learners share each fate.
#[derive(Default)]
struct Tally {
    sent: i64,
    waiting: i64,
    failed: i64,
    unknown: i64,
    not_sent: i64,
}

impl Counts {
    fn of(&self, unit: &Unit, kind: Kind) -> Tally {
        let ours = |count: &&Count| count.kind == kind && unit.is_called(&count.unit);
        let mut tally = Tally::default();
        for (reason, count) in self.decided.iter().map(|(reason, count)| (reason, count)).filter(|(_, c)| ours(c)) {
            *(if reason.is_some() { &mut tally.not_sent } else { &mut tally.sent }) += count.reminders;
        }
        for (state, count) in self.not_sent.iter().map(|(state, count)| (*state, count)).filter(|(_, c)| ours(c)) {
            tally.sent -= count.reminders;
            *match state {
                State::Pending | State::Claimed | State::DataStarted => &mut tally.waiting,
                State::Failed => &mut tally.failed,
                State::Unknown => &mut tally.unknown,
                State::Cancelled | State::Missed => &mut tally.not_sent,
                State::Sent => &mut tally.sent,
            } += count.reminders;
        }
        tally
    }
}

impl Tally {
    fn is_empty(&self) -> bool {
        self.sent + self.waiting + self.failed + self.unknown + self.not_sent == 0
    }

    /// '31 sent, 2 waiting, 1 not sent'.
    fn words(&self) -> String {
        let fates = [
            (self.sent, "sent"),
            (self.waiting, "waiting"),
            (self.failed, "failed"),
            (self.unknown, "unknown"),
            (self.not_sent, "not sent"),
        ];
        let some: Vec<String> = fates.iter().filter(|(n, _)| *n > 0).map(|(n, fate)| format!("{n} {fate}")).collect();
        if some.is_empty() { "It was due to nobody".into() } else { some.join(", ") }
    }
}
