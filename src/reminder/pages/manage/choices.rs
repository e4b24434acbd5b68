//! What facilitators choose, as it is typed, and what may be wrong with it.

use chrono::NaiveTime;

use crate::platform::text::{count, paragraphs};
use crate::platform::web::{Error, Faults, Field, Fields};
use crate::programme::{Programme, StepKind, Unit};
use crate::reminder::Kind;
use crate::schedule::{Choices, Settings};

const FIELDS: &[&str] = &[
    "version",
    "starting_soon",
    "opens",
    "nudge",
    "wrap_up",
    "live",
    "nudge_days",
    "hour",
    "opens_note",
    "nudge_note",
    "wrap_up_note",
];
const MOST_DAYS: i32 = 30;
const NOTE: usize = 1_000;

/// What is chosen: for the whole cohort, or for one of its units.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub settings: &'a Settings,
    pub programme: &'a Programme,
    pub unit: Option<&'a Unit>,
}

/// A choice by its field, with each value and its words.
type Select = (Field, Vec<(String, String)>);

pub(super) struct Form {
    pub version: i32,
    pub switches: Vec<Select>,
    pub nudge_days: Field,
    pub hour: Field,
    /// What no picker would show is shown as text, so that it can be mended.
    pub as_text: bool,
    pub notes: Vec<Field>,
}

impl<'a> Scope<'a> {
    /// As it was chosen here; nothing of it, if nothing was.
    pub fn own(&self) -> Choices {
        match self.unit {
            Some(unit) => self.settings.of(unit).cloned().unwrap_or_default(),
            None => self.settings.cohort.clone(),
        }
    }

    /// The kinds that can be switched here, each by its field.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, &'static str)> + use<'a> {
        let first = self.programme.units.iter().find(|unit| unit.number > 0).map(|unit| unit.number);
        let unit = self.unit;
        let has_live = move |unit: &Unit| unit.steps.iter().any(|step| step.kind == StepKind::LiveSession);
        let all = [
            (Kind::StartingSoon, "starting_soon"),
            (Kind::Opens, "opens"),
            (Kind::Nudge, "nudge"),
            (Kind::WrapUp, "wrap_up"),
            (Kind::LiveDay, "live"),
        ];
        all.into_iter().filter(move |(kind, _)| match (unit, kind) {
            (Some(unit), Kind::StartingSoon) => Some(unit.number) == first,
            (Some(unit), Kind::LiveDay) => has_live(unit),
            _ => true,
        })
    }

    fn switch(&self, kind: Kind, name: &str, own: &Choices) -> Select {
        let word = |on: Option<bool>| on.map_or("", |on| if on { "on" } else { "off" });
        let both = [("on", "On"), ("off", "Off")].map(|(value, words)| (value.to_owned(), words.to_owned()));
        let field = Field::new(name, label(kind));
        match self.unit {
            None => (field.value(word(Some(own.is_on(kind).unwrap_or(true)))), both.into()),
            Some(_) => {
                let usual = if self.settings.cohort.is_on(kind).unwrap_or(true) { "on" } else { "off" };
                let as_usual = (String::new(), format!("As in the whole course: {usual}"));
                let choices = [as_usual].into_iter().chain(both).collect();
                (field.value(word(own.is_on(kind))), choices)
            }
        }
    }

    /// What would be other than it was chosen before: 'nudge off', 'wrap-up as usual', 'another note on opens'.
    pub fn changes(&self, choices: &Choices) -> Vec<String> {
        let (own, mut changes) = (self.own(), Vec::new());
        // What a cohort never chose is on.
        let switched = |of: &Choices, kind: Kind| of.is_on(kind).or(self.unit.is_none().then_some(true));
        for (kind, _) in self.kinds() {
            let name = if kind.is_live() { "live sessions" } else { kind.label() };
            let now = switched(choices, kind);
            if switched(&own, kind) != now {
                let on = now.map_or("as in the whole course", |on| if on { "on" } else { "off" });
                changes.push(format!("{name} {on}"));
            }
            if own.note(kind) != choices.note(kind) {
                changes.push(format!("another note on {name}"));
            }
        }
        if own.nudge_days != choices.nudge_days {
            let days = choices.nudge_days.map(|days| format!("after {}", count(days.unsigned_abs() as usize, "day")));
            changes.push(format!("nudge {}", days.unwrap_or("after the usual days".into())));
        }
        if own.hour != choices.hour {
            changes
                .push(choices.hour.map_or("at the usual hour".into(), |hour| format!("at {}", hour.format("%H:%M"))));
        }
        changes
    }

    /// `usual_hour`: of the cohort's releases.
    pub fn form(&self, usual_hour: NaiveTime) -> Form {
        let own = self.own();
        let cohort = &self.settings.cohort;
        let (days, hour) = match self.unit {
            None => (None, None),
            Some(_) => (cohort.nudge_days, cohort.hour),
        };
        let days = days.unwrap_or(crate::schedule::due::NUDGE_DAYS as i32);
        let hour = hour.unwrap_or(usual_hour).format("%H:%M");
        let notes = |hint: &str| {
            let kinds = [
                ("opens_note", "What you say on top of ‘opens’", &own.opens_note),
                ("nudge_note", "What you say on top of ‘nudge’", &own.nudge_note),
                ("wrap_up_note", "What you say on top of ‘wrap-up’", &own.wrap_up_note),
            ];
            kinds.map(|(name, label, note)| Field::new(name, label).hint(hint).value(note)).into()
        };
        Form {
            version: own.version,
            switches: self.kinds().map(|(kind, name)| self.switch(kind, name, &own)).collect(),
            nudge_days: Field::new("nudge_days", "Days from the opening to the nudge")
                .hint(&format!("Leave it empty for {days}."))
                .value(&own.nudge_days.map(|days| days.to_string()).unwrap_or_default()),
            hour: Field::new("hour", "Time of day of the mails that do not go with the opening")
                .hint(&format!(
                    "Leave it empty for {hour}. A mail that would come within 21 hours of the next unit’s opening, before \
                     it or after, goes a day earlier, or two."
                ))
                .value(&own.hour.map(|hour| hour.format("%H:%M").to_string()).unwrap_or_default()),
            as_text: false,
            notes: notes(match self.unit {
                None => "Plain text, in the mails of every unit that has no words of its own.",
                Some(_) if [Kind::Opens, Kind::Nudge, Kind::WrapUp].iter().any(|kind| !cohort.note(*kind).is_empty()) => {
                    "Plain text. Leave it empty to say what the whole course says."
                }
                Some(_) => "Plain text. Leave it empty to say nothing.",
            }),
        }
    }

    /// What was typed, as the version after the one in front of the facilitator.
    pub fn read(&self, fields: &Fields) -> Result<Choices, Faults> {
        let mut faults = Faults::default();
        let mut switch = |name: &str| match (fields.get(name), self.unit) {
            ("on", _) => Some(true),
            ("off", _) => Some(false),
            ("", Some(_)) => None,
            _ => {
                faults.add(name, "Choose one of these");
                None
            }
        };
        let shown: Vec<&str> = self.kinds().map(|(_, name)| name).collect();
        let [starting_soon, opens, nudge, wrap_up, live] = ["starting_soon", "opens", "nudge", "wrap_up", "live"]
            .map(|name| if shown.contains(&name) { switch(name) } else { None });
        let nudge_days = faults.check("nudge_days", days(fields)).flatten();
        let hour = faults.check("hour", hour(fields)).flatten();
        let [opens_note, nudge_note, wrap_up_note] = ["opens_note", "nudge_note", "wrap_up_note"]
            .map(|name| faults.check(name, note(fields, name)).unwrap_or_default());
        let version = self.own().version + 1;
        let choices = Choices {
            version,
            starting_soon,
            opens,
            nudge,
            wrap_up,
            live,
            nudge_days,
            hour,
            opens_note,
            nudge_note,
            wrap_up_note,
        };
        if faults.is_empty() { Ok(choices) } else { Err(faults) }
    }

    /// Whether the form was made for what stands now.
    pub fn is_current(&self, fields: &Fields) -> Result<bool, Error> {
        fields.only(FIELDS)?;
        let version: i32 =
            fields.get("version").parse().map_err(|_| Error::BadRequest("It does not say its version."))?;
        Ok(self.own().version == version)
    }
}

impl Form {
    /// With what was typed, and what is wrong with it.
    pub fn sent(mut self, fields: &Fields, faults: &Faults) -> Self {
        let switches = self.switches.iter_mut().map(|(field, _)| field);
        let others = [&mut self.nudge_days, &mut self.hour].into_iter().chain(&mut self.notes);
        for field in switches.chain(others) {
            *field = std::mem::take(field).sent(fields, faults);
        }
        self.as_text = days(fields).is_err() || hour(fields).is_err();
        self
    }
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::StartingSoon => "Starting soon: three days before week 1",
        Kind::Opens => "Opens: as a unit opens",
        Kind::Nudge => "Nudge: some days into a unit, while something is left to do",
        Kind::WrapUp => "Wrap-up: shortly before the next unit, while something is left to do",
        Kind::LiveDay | Kind::LiveHour | Kind::LiveChanged => "Live sessions: the day before and the hour before",
    }
}

fn days(fields: &Fields) -> Result<Option<i32>, String> {
    match fields.get("nudge_days").trim() {
        "" => Ok(None),
        text => {
            let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
            days.map(Some).ok_or(format!("Enter a number of days from 1 to {MOST_DAYS}"))
        }
    }
}

fn hour(fields: &Fields) -> Result<Option<NaiveTime>, String> {
    match fields.get("hour").trim() {
        "" => Ok(None),
        text => {
            let hour = NaiveTime::parse_from_str(text, "%H:%M");
            hour.map(Some).map_err(|_| "Enter a time of the day, like 09:00".into())
        }
    }
}

fn note(fields: &Fields, name: &str) -> Result<String, String> {
    let text = fields.get(name).trim();
    if text.is_empty() { Ok(String::new()) } else { paragraphs(text, NOTE, "what you say") }
}
