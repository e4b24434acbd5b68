//! A change as it is typed: which fields it has, what they may hold, and where a fault is shown.

use chrono::{NaiveDate, NaiveTime};

use super::Sheet;
use super::words::fault_in_words;
use crate::cohort::pages::breaks;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::platform::web::{Error, Faults, Fields};
use crate::schedule::plan::planned_releases;
use crate::schedule::{Change, ChangeId, ScheduleFault, store};
use crate::words;

/// What a form of the schedule may send besides the change itself.
const KEEPING: &[&str] = &["version", "confirmed", "reason"];
/// The fields that say what the change is.
const CHANGE: &[&str] = &["unit", "change", "date", "time", "by", "of", "entry"];
/// How many breaks the form offers.
pub(super) const BREAKS: usize = 8;
const MOST_DAYS: i64 = 730;

words! {
    /// What the forms offer.
    Act {
        Set = "set",
        Open = "open",
        Hold = "hold",
        LetGo = "let-go",
        Move = "move",
        /// Other breaks.
        Breaks = "breaks",
        /// An earlier change is taken back.
        Undo = "undo",
    }
}

impl Act {
    /// The field that its faults stand beside.
    fn field(self) -> &'static str {
        match self {
            Self::Set => "date",
            Self::Move => "by",
            Self::Breaks => "break_first_1",
            Self::Undo => "changes",
            Self::Open | Self::Hold | Self::LetGo => self.as_str(),
        }
    }
}

/// A form that was read: what it is about, what to do, and the change or what is wrong with it.
pub(super) struct Typed {
    pub about: About,
    pub act: Act,
    pub change: Result<Change, Faults>,
}

/// What a change is about.
pub(super) enum About {
    /// The unit at this position, and perhaps others.
    Unit(usize),
    Breaks,
    /// An earlier change, by its title.
    Earlier(String),
}

/// Whether the field says what the change is.
pub(super) fn is_of_change(name: &str) -> bool {
    CHANGE.contains(&name) || breaks::is_field(name, BREAKS)
}

impl Typed {
    pub fn read(conn: &mut Conn, fields: &Fields, sheet: &Sheet<'_>) -> Result<Self, Error> {
        fields.only_if(|name| KEEPING.contains(&name) || is_of_change(name))?;
        let act = fields.get("change").parse().map_err(|_| Error::BadRequest("It does not say what to change."))?;
        match act {
            Act::Breaks => {
                let mut faults = Faults::default();
                let breaks = breaks::read(fields, BREAKS, &mut faults);
                let planned = planned_releases(&sheet.place.cohort, &breaks, sheet.programme);
                let change = Change::SetBreaks { breaks, planned };
                let change = if faults.is_empty() { Ok(change) } else { Err(faults) };
                Ok(Self { about: About::Breaks, act, change })
            }
            Act::Undo => {
                let id = fields.get("entry").parse().map(ChangeId).map_err(|_| Error::NotFound)?;
                let entry = store::find_change(conn, sheet.place.cohort.id, id)?.ok_or(Error::NotFound)?;
                Ok(Self { about: About::Earlier(entry.title), act, change: Ok(Change::Undo(entry.revision)) })
            }
            _ => Self::read_unit(act, fields, sheet),
        }
    }

    fn read_unit(act: Act, fields: &Fields, sheet: &Sheet<'_>) -> Result<Self, Error> {
        let position = sheet.position(fields.get("unit"))?;
        let unit = sheet.releases[position].unit.clone();
        let mut faults = Faults::default();
        let change = match act {
            Act::Set => set(unit, fields, &mut faults),
            Act::Open => Some(Change::OpenNow { unit }),
            Act::Hold => Some(Change::Hold { unit }),
            Act::LetGo => Some(Change::Unhold { unit }),
            Act::Move => faults.check("by", days(fields)).map(|days| Change::Move { unit, days }),
            Act::Breaks | Act::Undo => None,
        };
        Ok(Self { about: About::Unit(position), act, change: change.ok_or(faults) })
    }

    /// The fault in words, beside the field that can mend it.
    pub fn fault(&self, fault: &ScheduleFault, sheet: &Sheet<'_>) -> Faults {
        let mut faults = Faults::default();
        faults.add(self.act.field(), fault_in_words(fault, sheet));
        faults
    }
}

fn set(unit: Slug, fields: &Fields, faults: &mut Faults) -> Option<Change> {
    let day = faults.check("date", date(fields.get("date")));
    let time = faults.check("time", time(fields.get("time")));
    Some(Change::SetTime { unit, local_time: day?.and_time(time?) })
}

pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    match text.trim() {
        "" => Err("Enter a date".into()),
        text => text.parse().map_err(|_| "Enter a date that exists, like 2027-03-08".into()),
    }
}

pub(super) fn time(text: &str) -> Result<NaiveTime, String> {
    match text.trim() {
        "" => Err("Enter a time".into()),
        text => NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "Enter a time of the day, like 09:00".into()),
    }
}

fn days(fields: &Fields) -> Result<i64, String> {
    let (each, most) = match fields.get("of") {
        "weeks" => (7, "104 weeks"),
        "days" => (1, "730 days"),
        _ => return Err("Choose weeks or days".into()),
    };
    let typed = fields.get("by").trim().replace('\u{2212}', "-");
    if typed.is_empty() {
        return Err("Enter how far to move".into());
    }
    let whole = typed.strip_prefix(['-', '+']).unwrap_or(&typed);
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return Err("Enter a whole number, like 1, or -1 to move earlier".into());
    }
    let too_far = || format!("Move by {most} at most");
    let days = typed.parse::<i64>().ok().and_then(|n| n.checked_mul(each)).ok_or_else(too_far)?;
    match days {
        0 => Err("Enter a number other than 0".into()),
        _ if days.abs() > MOST_DAYS => Err(too_far()),
        _ => Ok(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(by: &str, of: &str) -> Result<i64, String> {
        days(&Fields::parse(serde_urlencoded::to_string([("by", by), ("of", of)]).unwrap().as_bytes()).unwrap())
    }

    #[test]
    fn a_move_is_a_whole_number_of_weeks_or_days() {
        assert_eq!(moved(" 2 ", "weeks"), Ok(14));
        assert_eq!(moved("\u{2212}1", "weeks"), Ok(-7));
        assert_eq!(moved("+10", "days"), Ok(10));
        for (by, of) in [
            ("", "weeks"),
            ("0", "days"),
            ("1.5", "weeks"),
            ("one", "weeks"),
            ("-", "weeks"),
            ("--1", "days"),
            ("99999", "weeks"),
            ("-731", "days"),
            ("9223372036854775807", "weeks"),
            ("99999999999999999999", "days"),
            ("1", "months"),
            ("1", ""),
        ] {
            assert!(moved(by, of).is_err(), "{by} {of}");
        }
    }

    #[test]
    fn dates_and_times_exist() {
        assert_eq!(date("2027-03-08").unwrap().to_string(), "2027-03-08");
        assert_eq!(time("09:05").unwrap().to_string(), "09:05:00");
        for wrong in ["", "2027-02-30", "08/03/2027", "2027-13-01", "tomorrow", "2027-3", "1e9-01-01"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "25:00", "9", "09:60", "noon", "-1:00", "09:00:00"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
