//! The mails about units and live sessions, written for one learner each: text first, HTML says the same.

pub mod fold;
pub mod rich;
mod session;
#[cfg(test)]
mod tests;
mod told;
mod views;

use askama::Template;
use chrono::TimeDelta;

use self::fold::fold;
use self::views::{
    Also, Mail, NudgeHtml, NudgeText, OpenUnit, OpensHtml, OpensText, Welcome, WelcomeHtml, WelcomeText,
};
use self::views::{StartingSoonHtml, StartingSoonText, WrapUpHtml, WrapUpText, lines, lines_to_do};
use super::due::{Due, next_unit};
use super::store::{Course, Learner};
use super::{Kind, Wording, is_done};
use crate::cohort::Cohort;
use crate::cohort::sender::{Facilitators, list_id, replies_to};
use crate::outbox::{Class, Letter, List};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::text::{Slug, count, duration};
use crate::programme::{Programme, ReminderText, Step, Unit};
use crate::schedule::release_of;

pub use self::session::{SessionMail, session};
pub use self::told::{Told, letter};

/// When mails come, for their foot.
const OF_UNIT: &str = "Each unit sends one such mail, and at most two more if a step is still to do.";
const ONCE: &str = "It comes once, before the first unit opens.";

/// From whom and about what the mails of a cohort are.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub cohort: &'a Cohort,
    pub programme: &'a Programme,
    /// Names and addresses; replies go to them.
    pub facilitators: &'a Facilitators,
    pub base_url: &'a BaseUrl,
}

/// One reminder, as it is for one learner.
#[derive(Clone)]
pub struct Part<'a> {
    pub unit: &'a Unit,
    pub kind: Kind,
    pub wording: Wording,
    /// The steps of the unit that the learner has done.
    pub done: Vec<Slug>,
    /// What the facilitators say on top. Empty: nothing.
    pub note: &'a str,
    /// Or will open.
    pub opened_at: Instant,
    /// The unit after it, and when that opens; none after the last, or while it is held.
    pub next: Option<(&'a Unit, Instant)>,
    pub expires_at: Instant,
}

impl<'a> Part<'a> {
    /// `None` for a unit without a release.
    pub fn of(
        course: &'a Course,
        programme: &'a Programme,
        (due, unit): (&Due, &'a Unit),
        (wording, done): (Wording, Vec<Slug>),
    ) -> Option<Self> {
        let next = next_unit(programme, &course.releases, unit);
        Some(Self {
            unit,
            kind: due.kind,
            wording,
            done,
            note: course.settings.note(unit, due.kind),
            opened_at: release_of(unit, &course.releases)?.opens_at,
            next: next.map(|(unit, release)| (unit, release.opens_at)),
            expires_at: due.expires_at,
        })
    }
}

/// One mail for what is due to a learner together: the newest unit that opens leads, else that the course starts, else
/// what fell due last, and the other units stand below it. `parts`: at least one, by the time they fell due.
pub fn reminder(sender: &Sender<'_>, to: &Learner, parts: &[Part<'_>]) -> Result<Letter, askama::Error> {
    let newest = |kind: Kind| parts.iter().rev().find(|part| part.kind == kind);
    let Some(main) = newest(Kind::Opens).or(newest(Kind::StartingSoon)).or(parts.last()) else {
        return Err(askama::Error::Fmt);
    };
    let mut also: Vec<Also> = Vec::new();
    let mut told = vec![main.unit.number];
    for part in parts.iter().rev().filter(|part| part.unit.number != main.unit.number) {
        if !told.contains(&part.unit.number) {
            told.push(part.unit.number);
            also.push(sender.also(part));
        }
    }
    let mut mail = sender.mail(to, main, also);
    let others = parts.iter().filter(|part| part.unit.number != main.unit.number || part.kind != main.kind);
    mail.notes = std::iter::once(main).chain(others).flat_map(|part| part.note.lines()).collect();
    let (subject, text, html) = match main.kind {
        Kind::StartingSoon => {
            let subject = format!("Your course starts on {}", sender.cohort.zone.plain(main.opened_at));
            (subject, StartingSoonText { m: &mail }.render()?, StartingSoonHtml { m: &mail }.render()?)
        }
        Kind::Opens => (opens_subject(main), OpensText { m: &mail }.render()?, OpensHtml { m: &mail }.render()?),
        Kind::Nudge => (nudge_subject(main), NudgeText { m: &mail }.render()?, NudgeHtml { m: &mail }.render()?),
        Kind::WrapUp => {
            (sender.wrap_up_subject(main), WrapUpText { m: &mail }.render()?, WrapUpHtml { m: &mail }.render()?)
        }
        // A live session has a mail of its own.
        Kind::LiveDay | Kind::LiveHour | Kind::LiveChanged => return Err(askama::Error::Fmt),
    };
    let subject = own(main).map_or(subject, |own| own.subject.clone());
    let expires_at = parts.iter().map(|part| part.expires_at).max().unwrap_or(main.expires_at);
    Ok(sender.letter(to, subject, &text, html, expires_at))
}

/// What a learner gets who has just enrolled: what is open, what opens next, where to begin. For the handler that
/// enrols, to be queued in the same transaction.
pub fn welcome(
    sender: &Sender<'_>,
    to: &Learner,
    opened: &[(&Unit, Instant)],
    next: Option<(&Unit, Instant)>,
    now: Instant,
) -> Result<Letter, askama::Error> {
    let zone = &sender.cohort.zone;
    let path = sender.cohort.path();
    let welcome = Welcome {
        course: &sender.programme.title,
        cohort: &sender.cohort.name,
        name: &to.name,
        effort: &sender.programme.effort,
        units: opened
            .iter()
            .map(|(unit, _)| OpenUnit {
                title: format!("{}: {}", called(unit), unit.title),
                time: duration(unit.minutes),
                url: sender.base_url.join(&format!("{path}/units/{}", unit.number)),
            })
            .collect(),
        next: next.map(|(unit, at)| format!("{} opens {}.", called(unit), zone.plain_with_year(at))),
        url: sender.base_url.join(&path),
        signed: sender.signed(),
        foot: sender.foot(to, OF_UNIT),
    };
    let text = WelcomeText { m: &welcome }.render()?;
    let html = WelcomeHtml { m: &welcome }.render()?;
    let subject = format!("Welcome to {}", sender.programme.title);
    Ok(sender.letter(to, subject, &text, html, now + TimeDelta::hours(72)))
}

impl<'a> Sender<'a> {
    fn mail(&'a self, to: &'a Learner, part: &'a Part<'a>, also: Vec<Also>) -> Mail<'a> {
        let (zone, unit) = (&self.cohort.zone, part.unit);
        let to_do = to_do(part);
        Mail {
            course: &self.programme.title,
            name: &to.name,
            notes: Vec::new(),
            effort: &self.programme.effort,
            unit: called(unit),
            in_text: called_in_text(unit),
            title: &unit.title,
            summary: &unit.summary,
            own: own(part),
            opened: zone.plain_with_year(part.opened_at),
            next: part.next.map(|(next, at)| (called_in_text(next), zone.plain_with_year(at))),
            is_last: self.is_last(unit),
            ends: zone.plain_with_year(self.cohort.access_ends_at()),
            not_started: part.wording == Wording::NotStarted,
            has_earlier: self.programme.units.iter().any(|other| other.number < unit.number),
            step_count: count(unit.steps.len(), "step"),
            time: duration(unit.steps.iter().map(|step| step.minutes).sum()),
            practice: unit.practice.as_ref().map(|practice| duration(practice.minutes)),
            done: format!(
                "{} of {}",
                unit.required_count() - to_do.len(),
                count(unit.required_count(), "required step")
            ),
            left: count(to_do.len(), "step"),
            left_time: duration(to_do.iter().map(|step| step.minutes).sum()),
            shortest: to_do
                .iter()
                .min_by_key(|step| step.minutes)
                .map(|step| (format!("{}.{}", unit.number, step.place), duration(step.minutes))),
            steps: lines(unit),
            to_do: lines_to_do(unit, &to_do),
            button: button(part),
            url: self.url(part),
            also,
            signed: self.signed(),
            foot: self.foot(to, if part.kind == Kind::StartingSoon { ONCE } else { OF_UNIT }),
        }
    }

    fn wrap_up_subject(&self, part: &Part<'_>) -> String {
        match part.next {
            Some((next, _)) => format!("Before {} opens: {}", called_in_text(next), to_go(part)),
            None if self.is_last(part.unit) => format!("{}, the last: {}", called(part.unit), to_go(part)),
            None => format!("{}: {}", called(part.unit), to_go(part)),
        }
    }

    /// A unit with no next one that has a date need not be: that may be held.
    fn is_last(&self, unit: &Unit) -> bool {
        self.programme.units.last().is_some_and(|last| last.number == unit.number)
    }

    fn also(&self, part: &Part<'_>) -> Also {
        let to_do = to_do(part);
        let (heading, words) = match part.kind {
            Kind::StartingSoon => {
                let opens = self.cohort.zone.plain(part.opened_at);
                (format!("{} opens on {opens}", called(part.unit)), part.unit.title.clone())
            }
            Kind::Opens => {
                (format!("{} is open too: {}", called(part.unit), part.unit.title), part.unit.summary.clone())
            }
            _ => {
                let left = count(to_do.len(), "step");
                let time = duration(to_do.iter().map(|step| step.minutes).sum());
                (format!("Still to do in {}", called_in_text(part.unit)), format!("{left}, {time}. It stays open."))
            }
        };
        Also { heading, words, button: button(part), url: self.url(part) }
    }

    /// The next thing to do, or the unit where nothing is left.
    fn url(&self, part: &Part<'_>) -> String {
        let unit = format!("{}/units/{}", self.cohort.path(), part.unit.number);
        let path = match next_step(part) {
            _ if part.kind == Kind::StartingSoon => self.cohort.path(),
            Some(step) => format!("{unit}/{}", step.slug),
            None => unit,
        };
        self.base_url.join(&path)
    }

    fn signed(&self) -> String {
        let names: Vec<&str> = self.facilitators.iter().map(|(_, name, _)| name.as_str()).take(4).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    fn foot(&self, to: &Learner, how: &'static str) -> views::Foot {
        views::Foot {
            cohort: self.cohort.name.clone(),
            how,
            team: replies_to(self.facilitators).unwrap_or_default(),
            stop_url: self.stop_url(to),
            ledger_url: self.base_url.join(&format!("{}/reminders", self.cohort.path())),
        }
    }

    fn stop_url(&self, to: &Learner) -> String {
        self.base_url.join(&format!("/unsubscribe/{}", to.unsubscribe_token))
    }

    fn letter(&self, to: &Learner, subject: String, text: &str, html: String, expires_at: Instant) -> Letter {
        Letter {
            class: Class::Bulk,
            account: Some(to.account.0),
            to_name: to.name.clone(),
            to: to.email.clone(),
            subject,
            text: fold(text),
            html: Some(html),
            reply_to: replies_to(self.facilitators),
            list: Some(List { id: list_id("", self.cohort, self.base_url), unsubscribe_url: self.stop_url(to) }),
            expires_at,
            calendar: None,
            attachment: None,
            conversation: None,
        }
    }
}

/// A template that cannot be written is a failed transaction.
pub fn unwritable(error: askama::Error) -> diesel::result::Error {
    diesel::result::Error::SerializationError(Box::new(error))
}

/// What the programme itself says in this mail.
fn own<'a>(part: &Part<'a>) -> Option<&'a ReminderText> {
    let reminders = &part.unit.reminders;
    match part.kind {
        Kind::Opens => reminders.opens.as_ref(),
        Kind::Nudge => reminders.nudge.as_ref(),
        Kind::WrapUp => reminders.wrap_up.as_ref(),
        Kind::StartingSoon | Kind::LiveDay | Kind::LiveHour | Kind::LiveChanged => None,
    }
}

/// 'Unit 7', or 'The orientation'.
fn called(unit: &Unit) -> String {
    if unit.number == 0 { "The orientation".into() } else { format!("Unit {}", unit.number) }
}

fn called_in_text(unit: &Unit) -> String {
    if unit.number == 0 { "the orientation".into() } else { format!("unit {}", unit.number) }
}

fn opens_subject(part: &Part<'_>) -> String {
    format!("{} is open: {}", called(part.unit), part.unit.title)
}

fn nudge_subject(part: &Part<'_>) -> String {
    match (part.wording, next_step(part)) {
        (Wording::NotStarted, Some(step)) => {
            format!("{}: the first step takes {}", called(part.unit), duration(step.minutes))
        }
        _ => format!("{}: {}", called(part.unit), to_go(part)),
    }
}

/// '2 steps to go, 40 minutes'.
fn to_go(part: &Part<'_>) -> String {
    let to_do = to_do(part);
    let time = duration(to_do.iter().map(|step| step.minutes).sum());
    format!("{} to go, {time}", count(to_do.len(), "step"))
}

/// The required steps not done.
fn to_do<'a>(part: &Part<'a>) -> Vec<&'a Step> {
    part.unit.steps.iter().filter(|step| step.required && !is_done(step, &part.done)).collect()
}

/// The first step not done: a required one if any is left.
fn next_step<'a>(part: &Part<'a>) -> Option<&'a Step> {
    let left = || part.unit.steps.iter().filter(|step| !is_done(step, &part.done));
    match part.wording {
        Wording::NotStarted => left().next(),
        Wording::PartDone => left().find(|step| step.required).or_else(|| left().next()),
    }
}

fn button(part: &Part<'_>) -> String {
    match (next_step(part), part.wording) {
        _ if part.kind == Kind::StartingSoon => "See the programme".into(),
        (Some(step), Wording::NotStarted) => format!("Start with step {}.{}", part.unit.number, step.place),
        (Some(step), Wording::PartDone) => format!("Go on with step {}.{}", part.unit.number, step.place),
        (None, _) => format!("See {}", called_in_text(part.unit)),
    }
}
