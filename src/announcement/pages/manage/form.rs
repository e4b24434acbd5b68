//! An announcement as it is typed: which fields it has, and what they may hold.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::announcement::{Announcement, body, title};
use crate::platform::clock::Instant;
use crate::platform::web::{Error, Faults, Fields};
use crate::platform::zone::Zone;
use crate::programme::Written;
use crate::words;

/// Every field that the form and its preview may send.
pub(super) const FIELDS: &[&str] = &["announcement", "key", "title", "body", "when", "date", "time", "mail", "back"];

words! {
    /// When it is published.
    When { Now = "now", At = "at" }
}

/// A form that was read.
pub(super) struct Typed {
    pub title: String,
    pub body: Written,
    /// None: as soon as it is saved.
    pub at: Option<Instant>,
    pub by_mail: bool,
}

/// Title and body are checked before the database, for rendering takes time.
pub(super) struct Words {
    title: Result<String, String>,
    body: Result<Written, String>,
}

impl Words {
    pub fn read(fields: &Fields) -> Result<Self, Error> {
        fields.only(FIELDS)?;
        Ok(Self { title: title(fields.get("title")), body: body(fields.get("body")) })
    }
}

impl Typed {
    /// `of`: the one that is changed. When one was published, and whether by mail, stays as it was.
    pub fn read(
        words: Words,
        fields: &Fields,
        of: Option<&Announcement>,
        zone: &Zone,
        now: Instant,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let title = faults.check("title", words.title);
        let body = faults.check("body", words.body);
        let at = match of.and_then(|of| of.published_at) {
            Some(_) => Some(None),
            None => when(fields, zone, now, &mut faults),
        };
        match (title, body, at) {
            (Some(title), Some(body), Some(at)) => Ok(Self { title, body, at, by_mail: fields.has("mail") }),
            _ => Err(faults),
        }
    }
}

fn when(fields: &Fields, zone: &Zone, now: Instant, faults: &mut Faults) -> Option<Option<Instant>> {
    match fields.get("when").parse() {
        Ok(When::Now) => Some(None),
        Ok(When::At) => {
            let day = faults.check("date", date(fields.get("date")));
            let time = faults.check("time", time(fields.get("time")));
            let local: NaiveDateTime = day?.and_time(time?);
            let at = zone.instant(local);
            let ahead = if at > now { Ok(Some(at)) } else { Err("Choose a time that is still to come".to_owned()) };
            faults.check("date", ahead)
        }
        Err(_) => {
            faults.add("when-now", "Choose when to publish it");
            None
        }
    }
}

fn date(text: &str) -> Result<NaiveDate, String> {
    match text.trim() {
        "" => Err("Enter a date".into()),
        text => text.parse().map_err(|_| "Enter a date that exists, like 2027-03-08".into()),
    }
}

fn time(text: &str) -> Result<NaiveTime, String> {
    match text.trim() {
        "" => Err("Enter a time".into()),
        text => NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "Enter a time of the day, like 09:00".into()),
    }
}
