//! The earlier cohort beside the one that would be made, for somebody to look through before it is.

use askama::Template;
use chrono::NaiveDate;

use super::{Typed, break_rows};
use crate::accounts::Person;
use crate::admin::copy::{Meeting, Original, Plan, Planned};
use crate::admin::pages::frame;
use crate::cohort::pages::breaks::{self, BreakFields};
use crate::cohort::{Joining, zone_in_words};
use crate::platform::text::count;
use crate::platform::web::{Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::weekday;
use crate::schedule::pages::{day_with_year, days_of};
use crate::schedule::{Choices, bank_holiday, bank_holidays, closes_at, closes_on};

#[derive(Template)]
#[template(path = "admin/copy_sheet.html")]
pub(super) struct Sheet {
    frame: Frame,
    faults: Faults,
    earlier: String,
    /// The earlier cohort's page.
    path: String,
    /// 'Monday 4 October 2027'
    starts: String,
    starts_on: String,
    /// That it is another day of the week. Empty: it is the same.
    other_weekday: String,
    /// By which what is typed is known to be what was looked at.
    shown: String,
    name: Field,
    slug: Field,
    breaks: Vec<(BreakFields, String)>,
    /// Each as 'Monday 27 December 2027, Christmas Day'. Empty also where other holidays than England's are kept.
    holidays: Vec<String>,
    units: Vec<Row>,
    sessions: Vec<Row>,
    facts: Vec<Fact>,
}

/// A unit or a live session.
struct Row {
    title: String,
    was: String,
    then: String,
    marks: Vec<String>,
    /// Day and hour, of a unit that was set by hand.
    time: Option<(Field, Field)>,
}

/// What else is taken over.
struct Fact {
    about: &'static str,
    sentences: Vec<String>,
    /// What to look at twice. Empty: nothing.
    mark: String,
}

impl Fact {
    fn new(about: &'static str, sentences: Vec<String>) -> Self {
        Self { about, sentences, mark: String::new() }
    }
}

impl Sheet {
    pub fn new(ask: &Ask, person: &Person, original: &Original<'_>, typed: &Typed<'_>, fields: &Fields) -> Self {
        let (cohort, plan, faults) = (&original.cohort, &typed.plan, &typed.faults);
        let field = |id: &str, label: &str| Field::new(id, label).sent(fields, faults);
        Self {
            frame: Frame { foot: format!("All times are {}.", zone_in_words(&cohort.zone)), ..frame(ask, person) },
            earlier: cohort.name.clone(),
            path: format!("/admin/cohorts/{}", cohort.slug),
            starts: day_with_year(plan.cohort.starts_on),
            starts_on: plan.cohort.starts_on.to_string(),
            other_weekday: other_weekday(cohort.starts_on, plan.cohort.starts_on),
            shown: plan.mark(original),
            name: field("name", "Name").hint("As learners see it."),
            slug: field("slug", "Address").hint("The last part of the course’s address, for good."),
            breaks: break_fields(original, fields, faults),
            holidays: holidays(plan),
            units: units(original, plan, fields, faults),
            sessions: plan.sessions.iter().map(|meeting| session(plan, meeting)).collect(),
            facts: facts(original, plan),
            faults: typed.faults.clone(),
        }
    }

    pub fn refused(ask: &Ask, person: &Person, original: &Original<'_>, typed: &Typed<'_>, fields: &Fields) -> Error {
        Error::refused(Self::new(ask, person, original, typed, fields))
    }
}

fn other_weekday(before: NaiveDate, after: NaiveDate) -> String {
    let (before, after) = (weekday(before), weekday(after));
    match before == after {
        true => String::new(),
        false => format!("Units opened on {before}s, and would open on {after}s: the new first day is a {after}."),
    }
}

/// Each row with what the break was.
fn break_fields(original: &Original<'_>, fields: &Fields, faults: &Faults) -> Vec<(BreakFields, String)> {
    let rows = breaks::sent(fields, faults, break_rows(original)).into_iter();
    let was = original.breaks.iter().map(|pause| format!("{} was {}.", pause.name, days_of(pause)));
    rows.zip(was.chain([String::new()])).collect()
}

/// Those of England while the course runs, where people live by London's clocks.
fn holidays(plan: &Plan<'_>) -> Vec<String> {
    if !is_english(plan) {
        return Vec::new();
    }
    let releases = plan.releases();
    let from = releases.iter().map(|release| release.local_time.date()).min().unwrap_or(plan.cohort.starts_on);
    let to = closes_on(&plan.cohort, &releases);
    bank_holidays(from, to).into_iter().map(|(day, name)| format!("{}, {name}", day_with_year(day))).collect()
}

fn is_english(plan: &Plan<'_>) -> bool {
    plan.cohort.zone.name() == "Europe/London"
}

fn units(original: &Original<'_>, plan: &Plan<'_>, fields: &Fields, faults: &Faults) -> Vec<Row> {
    let zone = &plan.cohort.zone;
    let ahead = std::iter::once(None).chain(plan.units.iter().map(Some));
    let row = |(planned, ahead): (&Planned<'_>, Option<&Planned<'_>>)| {
        let (number, opens_at) = (planned.unit.number, planned.release.opens_at);
        let turned =
            ahead.is_some_and(|ahead| zone.offset_minutes(ahead.release.opens_at) != zone.offset_minutes(opens_at));
        let field = |id: &str, label: &str| {
            Field::new(&format!("{id}_{number}"), &format!("{label} of unit {number}")).sent(fields, faults)
        };
        let marks = [
            turned.then(|| "After the clock change".to_owned()),
            holiday(plan, planned.release.local_time.date()),
            planned.by_hand().then(|| "Was set by hand".to_owned()),
            planned.was.is_some_and(|was| was.held).then(|| "Was held; opens by itself now".to_owned()),
        ];
        Row {
            title: format!("{number} {}", planned.unit.title),
            was: planned.was.map(|was| original.cohort.zone.exact(was.opens_at)).unwrap_or_default(),
            then: zone.exact(opens_at),
            marks: marks.into_iter().flatten().collect(),
            time: planned.by_hand().then(|| (field("day", "Day"), field("time", "Time"))),
        }
    };
    plan.units.iter().zip(ahead).map(row).collect()
}

fn session(plan: &Plan<'_>, meeting: &Meeting<'_>) -> Row {
    let zone = &plan.cohort.zone;
    let day = meeting.session.local_time.date();
    let pause = crate::schedule::plan::break_on(&plan.breaks, day);
    let marks = [holiday(plan, day), pause.map(|pause| format!("In the break ‘{}’", pause.name))];
    Row {
        title: format!("{} (unit {})", meeting.step.title, meeting.unit.number),
        was: zone.exact(meeting.was.starts_at),
        then: zone.exact(meeting.session.starts_at),
        marks: marks.into_iter().flatten().collect(),
        time: None,
    }
}

fn holiday(plan: &Plan<'_>, day: NaiveDate) -> Option<String> {
    bank_holiday(day).filter(|_| is_english(plan)).map(|name| format!("Bank holiday: {name}"))
}

fn facts(original: &Original<'_>, plan: &Plan<'_>) -> Vec<Fact> {
    let hour = format!("{}, {}", plan.cohort.release_time.format("%H:%M"), zone_in_words(&plan.cohort.zone));
    let behind = "Learners, facilitators and all that they wrote and did; announcements; changes of the schedule.";
    vec![
        Fact::new("Programme", vec![original.programme.title.clone()]),
        Fact::new("Units open at", vec![hour]),
        end(plan),
        Fact::new("Who may join", joining(original)),
        Fact::new("Reminders", reminders(original)),
        Fact::new("What stays behind", vec![behind.into()]),
    ]
}

/// A closing day that was set by hand moves with the start alone, so that other breaks may bring it before a unit.
fn end(plan: &Plan<'_>) -> Fact {
    let (cohort, releases) = (&plan.cohort, plan.releases());
    let closes = day_with_year(closes_on(cohort, &releases));
    let ends = day_with_year(cohort.zone.local_date(cohort.access_ends_at()));
    let closes_at = closes_at(cohort, &releases);
    let after = plan.units.iter().find(|planned| planned.release.opens_at >= closes_at);
    Fact {
        about: "How it ends",
        sentences: vec![format!("Discussions close on {closes}."), format!("Access to units ends on {ends}.")],
        mark: after
            .map(|planned| format!("Discussions would close before unit {} opens.", planned.unit.number))
            .unwrap_or_default(),
    }
}

fn joining(original: &Original<'_>) -> Vec<String> {
    let (cohort, settings) = (&original.cohort, &original.enrolling);
    let mut sentences = vec![format!("{}.", cohort.joining.in_words())];
    if cohort.joining == Joining::Code {
        sentences.push("It gets a code of its own.".into());
    }
    if let Some(places) = settings.places.and_then(|places| usize::try_from(places).ok()) {
        sentences.push(format!("{}.", count(places, "place")));
    }
    if !settings.domains.is_empty() {
        sentences.push(format!("Addresses at {}.", settings.domains.in_words()));
    }
    sentences.push(match settings.remind_after_days.and_then(|days| usize::try_from(days).ok()) {
        Some(days) => format!("Who does not answer an invitation is reminded after {}.", count(days, "day")),
        None => "Nobody is reminded of an invitation.".into(),
    });
    sentences
}

fn reminders(original: &Original<'_>) -> Vec<String> {
    let own: Vec<&Choices> = original.programme.units.iter().filter_map(|unit| original.reminders.of(unit)).collect();
    let has_note = |c: &&&Choices| [&c.opens_note, &c.nudge_note, &c.wrap_up_note].iter().any(|note| !note.is_empty());
    let noted = own.iter().filter(has_note).count();
    if original.reminders.cohort.version == 0 && own.is_empty() {
        return vec!["As they come: nobody changed them.".into()];
    }
    let mut sentences = vec!["As they were chosen for the earlier cohort.".to_owned()];
    if !own.is_empty() {
        sentences.push(format!("{} with choices of its own.", count(own.len(), "unit")));
    }
    if noted > 0 {
        sentences.push(format!(
            "{} with a note in its mails. Read them: they were written for other people.",
            count(noted, "unit")
        ));
    }
    sentences
}
