//! A session's plan as it is typed, and what may be wrong with it.

use chrono::{NaiveDate, NaiveTime};

use super::Plan;
use crate::live::Session;
use crate::platform::text::web_address;
use crate::platform::web::{Error, Faults, Field, Fields};
use crate::programme::{Step, Unit};

const FIELDS: &[&str] = &["date", "time", "minutes", "link", "recording", "version"];
const LONGEST: i32 = 8 * 60;

/// The form's fields, as it shows them.
pub(super) struct Form {
    pub date: Field,
    pub time: Field,
    /// What no picker would show is shown as text, so that it can be mended.
    pub as_text: bool,
    pub minutes: Field,
    pub link: Field,
    pub recording: Field,
    pub version: i32,
}

impl Form {
    pub fn new(plan: &Plan<'_>, unit: &Unit, step: &Step) -> Self {
        let session = plan.session(unit, step);
        let planned = session.filter(|session| !session.called_off);
        let (date, time) = planned.map(|s| (s.local_time.format("%Y-%m-%d"), s.local_time.format("%H:%M"))).unzip();
        let text = |value: Option<chrono::format::DelayedFormat<_>>| value.map(|v| v.to_string()).unwrap_or_default();
        let zone = format!("In the cohort’s time zone, {}.", plan.place.cohort.zone.name());
        let minutes = planned.map_or(step.minutes.to_string(), |session| session.minutes.to_string());
        let kept = |of: fn(&Session) -> &String| session.map(|session| of(session).clone()).unwrap_or_default();
        Self {
            date: Field::new("date", "Date").hint("Leave date and time empty to call it off.").value(&text(date)),
            time: Field::new("time", "Time").hint(&zone).value(&text(time)),
            as_text: false,
            minutes: Field::new("minutes", "How many minutes").value(&minutes),
            link: Field::new("link", "The way in")
                .hint("The address of the meeting. Learners see it from 15 minutes before the start.")
                .value(&kept(|session| &session.link)),
            recording: Field::new("recording", "The recording")
                .hint("The address where it can be seen afterwards. Learners see it once the session has begun.")
                .value(&kept(|session| &session.recording)),
            version: session.map_or(0, |session| session.version),
        }
    }

    /// With what was typed, and what is wrong with it.
    pub fn sent(mut self, fields: &Fields, faults: &Faults) -> Self {
        for field in [&mut self.date, &mut self.time, &mut self.minutes, &mut self.link, &mut self.recording] {
            *field = std::mem::take(field).sent(fields, faults);
        }
        self.as_text = day(fields).is_err() || hour(fields).is_err();
        self
    }
}

/// The plan that was typed, as the next version of the one in front of the facilitator.
pub(super) fn read(plan: &Plan<'_>, unit: &Unit, step: &Step, fields: &Fields) -> Result<Session, Faults> {
    let mut faults = Faults::default();
    let date = faults.check("date", day(fields)).flatten();
    let time = faults.check("time", hour(fields)).flatten();
    let minutes = faults.check("minutes", minutes(fields));
    let link = faults.check("link", address(fields, "link"));
    let recording = faults.check("recording", address(fields, "recording"));
    if date.is_some() != time.is_some() && faults.is_empty() {
        let missing = if date.is_none() { "date" } else { "time" };
        faults.add(missing, format!("Enter a {missing}, or leave both empty to call it off"));
    }
    let (Some(minutes), Some(link), Some(recording), true) = (minutes, link, recording, faults.is_empty()) else {
        return Err(faults);
    };
    let planned = plan.session(unit, step);
    let local_time = date.zip(time).map(|(date, time)| date.and_time(time));
    // Called off, it keeps its last time, so that calendars know which it was.
    let last = || planned.map_or(plan.place.cohort.starts_on.and_time(NaiveTime::MIN), |session| session.local_time);
    let starts_at = plan.place.cohort.zone.instant(local_time.unwrap_or_else(last));
    let session = Session {
        unit: unit.slug.clone(),
        step: step.slug.clone(),
        local_time: local_time.unwrap_or_else(last),
        starts_at,
        minutes,
        link,
        recording,
        version: planned.map_or(1, |session| session.version + 1),
        called_off: local_time.is_none(),
    };
    match out_of_place(plan, unit, &session) {
        Some(fault) => {
            faults.add("date", fault);
            Err(faults)
        }
        None => Ok(session),
    }
}

/// Whether the form was made for the plan that stands now.
pub(super) fn is_current(plan: &Plan<'_>, unit: &Unit, step: &Step, fields: &Fields) -> Result<bool, Error> {
    fields.only(FIELDS)?;
    let version: i32 = fields.get("version").parse().map_err(|_| Error::BadRequest("It does not say its version."))?;
    Ok(plan.session(unit, step).map_or(0, |session| session.version) == version)
}

/// Why nobody could come at that time.
fn out_of_place(plan: &Plan<'_>, unit: &Unit, session: &Session) -> Option<String> {
    let zone = &plan.place.cohort.zone;
    let release = plan.release(unit)?;
    if session.called_off {
        return None;
    }
    if !release.held && session.starts_at < release.opens_at {
        let opens = zone.exact(release.opens_at);
        return Some(format!(
            "Choose a time after unit {} opens, on {opens}: learners find the way in there",
            unit.number
        ));
    }
    let ends = plan.place.cohort.access_ends_at();
    (session.starts_at >= ends)
        .then(|| format!("Choose a time before access to the course ends, on {}", zone.exact(ends)))
}

fn day(fields: &Fields) -> Result<Option<NaiveDate>, String> {
    match fields.get("date").trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Enter a date that exists, like 2027-03-08".into()),
    }
}

fn hour(fields: &Fields) -> Result<Option<NaiveTime>, String> {
    match fields.get("time").trim() {
        "" => Ok(None),
        text => {
            let hour = NaiveTime::parse_from_str(text, "%H:%M");
            hour.map(Some).map_err(|_| "Enter a time of the day, like 12:30".into())
        }
    }
}

fn minutes(fields: &Fields) -> Result<i32, String> {
    let minutes = fields.get("minutes").trim().parse().ok().filter(|minutes| (5..=LONGEST).contains(minutes));
    minutes.ok_or(format!("Enter a number of minutes from 5 to {LONGEST}"))
}

fn address(fields: &Fields, name: &str) -> Result<String, String> {
    match fields.get(name).trim() {
        "" => Ok(String::new()),
        text => web_address(text),
    }
}
