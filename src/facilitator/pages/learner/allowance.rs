//! What one learner is allowed beyond the others: a unit before its time, or some days more than the course has.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;

use super::{Address, Desk, LONGEST_REASON};
use crate::audit::Act;
use crate::cohort::store::set_extra_time;
use crate::platform::clock::Instant;
use crate::platform::db::Db;
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};
use crate::platform::zone::day_in_words;
use crate::programme::{Content, Unit};
use crate::schedule::store::{give_early_access as give, list_releases, take_early_access as take};
use crate::schedule::{Release, last_day, release_of};

const UNIT: &str = "unit";
const EARLY_REASON: &str = "early_reason";
const LAST_DAY: &str = "last_day";
const EXTRA_REASON: &str = "extra_reason";
/// Whatever lies later was mistyped.
const LONGEST_EXTRA_DAYS: i64 = 366;

pub(super) struct Forms {
    /// Units that are not open yet, as a choice. None: there is none.
    pub units: Vec<(String, String)>,
    pub unit: Field,
    pub early_reason: Field,
    /// Words, and where it is taken back.
    pub early: Vec<(String, String)>,
    pub last_day: Field,
    pub extra_reason: Field,
}

impl Forms {
    /// `early`: for each release, since when the learner has early access.
    pub fn new(desk: &Desk<'_>, releases: &[Release], early: &[Option<Instant>], now: Instant) -> Self {
        let (cohort, path) = (&desk.place.cohort, desk.path());
        let since = |unit: &Unit| {
            let release = release_of(unit, releases)?;
            early.iter().zip(releases).find(|(_, r)| r.unit == release.unit).and_then(|(given_at, _)| *given_at)
        };
        let waits = |unit: &&Unit| since(unit).is_none() && release_of(unit, releases).is_some_and(|r| !r.is_open(now));
        let choice = |unit: &Unit| (unit.number.to_string(), unit.full_title());
        let given = desk.programme.units.iter().filter_map(|unit| {
            let since = cohort.zone.recent(since(unit)?, now);
            Some((
                format!("{}, since {since}", unit.full_title()),
                format!("{path}/early-access/{}/take-back", unit.number),
            ))
        });
        let closes = last_day(cohort, releases);
        let extra = desk.learner.extra_until.map(|day| day.to_string()).unwrap_or_default();
        Self {
            units: desk.programme.units.iter().filter(waits).map(choice).collect(),
            unit: Field::new(UNIT, "Open a unit to them before its time"),
            early_reason: Field::new(EARLY_REASON, "Why?").hint("It is kept with your name."),
            early: given.collect(),
            last_day: Field::new(LAST_DAY, "Their last day to take part")
                .hint(&format!("For the others it is {}. Leave it empty for the same day.", day_in_words(closes)))
                .value(&extra),
            extra_reason: Field::new(EXTRA_REASON, "Why?").hint("It is kept with your name."),
        }
    }

    pub fn refused(self, fields: &Fields, faults: &Faults) -> Self {
        let is_of = |names: [&str; 2]| names.into_iter().any(|name| !faults.of(name).is_empty());
        match (is_of([UNIT, EARLY_REASON]), is_of([LAST_DAY, EXTRA_REASON])) {
            (true, _) => Self {
                unit: self.unit.sent(fields, faults),
                early_reason: self.early_reason.sent(fields, faults),
                ..self
            },
            (_, true) => Self {
                last_day: self.last_day.sent(fields, faults),
                extra_reason: self.extra_reason.sent(fields, faults),
                ..self
            },
            _ => self,
        }
    }
}

pub async fn give_early_access(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Address,
    fields: Fields,
) -> Answer {
    fields.only(&[UNIT, EARLY_REASON])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let desk = Desk::find(conn, &asked, &catalogue, &path)?;
            let releases = list_releases(conn, desk.place.cohort.id)?;
            let mut faults = Faults::default();
            let unit = faults.check(UNIT, desk.closed_unit(fields.get(UNIT), &releases, asked.now));
            let reason = faults.check(EARLY_REASON, reason(&fields, EARLY_REASON));
            let (Some(unit), Some(reason)) = (unit, reason) else {
                return Err(desk.refused(conn, &asked, &fields, faults)?);
            };
            if give(conn, desk.learner.enrolment, &unit.slug, asked.now)? {
                desk.note(conn, Act::GiveEarlyAccess, &format!("{}: {reason}", unit.label()), asked.now)?;
            }
            Ok(format!("{}#allowance", desk.path()))
        })
        .await?;
    ask.done(to, "early-access-given")
}

pub async fn take_early_access(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let (cohort, learner, number) = path.into_inner();
            let desk = Desk::find(conn, &asked, &catalogue, &(cohort, learner))?;
            let unit = number.parse().ok().and_then(|n| desk.programme.unit(n)).ok_or(Error::NotFound)?;
            for name in unit.names() {
                if take(conn, desk.learner.enrolment, name)? {
                    desk.note(conn, Act::TakeEarlyAccess, &unit.label(), asked.now)?;
                }
            }
            Ok::<_, Error>(format!("{}#allowance", desk.path()))
        })
        .await?;
    ask.done(to, "early-access-taken")
}

/// Without a day it is taken back.
pub async fn give_extra_time(ask: Ask, db: Data<Db>, content: Data<Content>, path: Address, fields: Fields) -> Answer {
    fields.only(&[LAST_DAY, EXTRA_REASON])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let desk = Desk::find(conn, &asked, &catalogue, &path)?;
            let releases = list_releases(conn, desk.place.cohort.id)?;
            let mut faults = Faults::default();
            let day = faults.check(LAST_DAY, desk.extra_day(fields.get(LAST_DAY), &releases));
            let reason = faults.check(EXTRA_REASON, reason(&fields, EXTRA_REASON));
            let (Some(day), Some(reason)) = (day, reason) else {
                return Err(desk.refused(conn, &asked, &fields, faults)?);
            };
            if day != desk.learner.extra_until {
                set_extra_time(conn, desk.learner.enrolment, day)?;
                let until =
                    day.map_or_else(|| "As for the others".into(), |day| format!("Until {}", day_in_words(day)));
                desk.note(conn, Act::GiveExtraTime, &format!("{until}: {reason}"), asked.now)?;
            }
            Ok(format!("{}#allowance", desk.path()))
        })
        .await?;
    ask.done(to, "extra-time-saved")
}

fn reason(fields: &Fields, field: &str) -> Result<String, String> {
    paragraphs(fields.get(field), LONGEST_REASON, "the reason")
}

impl Desk<'_> {
    fn closed_unit(&self, typed: &str, releases: &[Release], now: Instant) -> Result<&Unit, String> {
        let unit = typed.parse().ok().and_then(|number| self.programme.unit(number));
        let unit = unit.ok_or("Choose a unit")?;
        match release_of(unit, releases) {
            Some(release) if release.is_open(now) => Err(format!("{} is open to everybody already", unit.label())),
            Some(_) => Ok(unit),
            None => Err("Choose a unit that the schedule has".into()),
        }
    }

    fn extra_day(&self, typed: &str, releases: &[Release]) -> Result<Option<NaiveDate>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let day: NaiveDate = typed.parse().map_err(|_| "Enter a date that exists, like 2027-05-28")?;
        let closes = last_day(&self.place.cohort, releases);
        match (day - closes).num_days() {
            ..=0 => Err(format!("Everybody can take part until {}. Choose a later day", day_in_words(closes))),
            1..=LONGEST_EXTRA_DAYS => Ok(Some(day)),
            _ => Err("Choose a day within a year after the course".into()),
        }
    }
}
