//! Local wall time and back, by the system's zone database with a bundled one behind it. The only file that knows jiff.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use jiff::civil;
use jiff::tz::TimeZone;

use super::clock::Instant;

/// An IANA time zone, such as `Europe/London`.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// `None` for a name that the zone database does not know.
    pub fn named(name: &str) -> Option<Self> {
        let rules = TimeZone::get(name).ok()?;
        Some(Self { name: rules.iana_name()?.to_owned(), rules })
    }

    pub fn utc() -> Self {
        Self { name: "UTC".into(), rules: TimeZone::UTC }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The instant of a local wall time. A time that a clock change skips becomes the first instant after the gap;
    /// one that occurs twice becomes the earlier.
    pub fn instant(&self, local: NaiveDateTime) -> Instant {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let Some(civil) = to_civil(local) else { return Instant::from_micros(0) };
        let ambiguous = self.rules.to_ambiguous_timestamp(civil);
        let at = match ambiguous.offset() {
            Unambiguous { offset } => offset.to_timestamp(civil),
            Fold { before, .. } => before.to_timestamp(civil),
            Gap { .. } => return self.after_gap(local),
        };
        at.map_or(Instant::from_micros(0), |t| Instant::from_micros(t.as_microsecond()))
    }

    /// The first instant after the gap that `local` lies in: the zone's transition itself.
    fn after_gap(&self, local: NaiveDateTime) -> Instant {
        let Some(civil) = to_civil(local) else { return Instant::from_micros(0) };
        // Read with the offset from before the gap, the time lies at or after the transition.
        let late = self.rules.to_ambiguous_timestamp(civil).later().or_else(|_| TimeZone::UTC.to_timestamp(civil));
        let Ok(late) = late else { return Instant::from_micros(0) };
        let transition = self.rules.preceding(late + jiff::SignedDuration::from_nanos(1)).next();
        let at = transition.map_or(late, |t| t.timestamp());
        Instant::from_micros(at.as_microsecond())
    }

    /// The local wall time of an instant.
    pub fn local(&self, at: Instant) -> NaiveDateTime {
        from_civil(self.rules.to_datetime(self.timestamp(at)))
    }

    pub fn local_date(&self, at: Instant) -> NaiveDate {
        self.local(at).date()
    }

    /// The zone's abbreviation at that instant, such as `BST`.
    pub fn abbreviation(&self, at: Instant) -> String {
        self.rules.to_offset_info(self.timestamp(at)).abbreviation().to_owned()
    }

    /// Minutes east of UTC at that instant.
    pub fn offset_minutes(&self, at: Instant) -> i32 {
        self.rules.to_offset(self.timestamp(at)).seconds() / 60
    }

    fn timestamp(&self, at: Instant) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
    }

    /// As facilitators read it: `Monday 29 March 2027, 09:00 BST`, with no-break spaces inside day-month and time-zone.
    pub fn exact(&self, at: Instant) -> String {
        let local = self.local(at);
        format!(
            "{} {}, {:02}:{:02}\u{a0}{}",
            day_in_words(local.date()),
            local.year(),
            local.hour(),
            local.minute(),
            self.abbreviation(at)
        )
    }

    /// As learners read it: `Monday 29 March at 9am BST`.
    pub fn plain(&self, at: Instant) -> String {
        let local = self.local(at);
        format!("{} at {}\u{a0}{}", day_in_words(local.date()), hour_in_words(local.time()), self.abbreviation(at))
    }

    /// As learners read it where the year matters: `Monday 29 March 2027 at 9am BST`.
    pub fn plain_with_year(&self, at: Instant) -> String {
        let local = self.local(at);
        format!(
            "{} {} at {}\u{a0}{}",
            day_in_words(local.date()),
            local.year(),
            hour_in_words(local.time()),
            self.abbreviation(at)
        )
    }

    /// For posts: `yesterday at 4:12pm`, `today at 9am`, otherwise `Monday 1 March at 4:12pm`.
    pub fn recent(&self, at: Instant, now: Instant) -> String {
        let (local, today) = (self.local(at), self.local_date(now));
        let day = match (today - local.date()).num_days() {
            0 => "today".into(),
            1 => "yesterday".into(),
            days if days < 200 => day_in_words(local.date()),
            _ => format!("{} {}", day_in_words(local.date()), local.year()),
        };
        format!("{day} at {}", hour_in_words(local.time()))
    }
}

/// `Monday 29 March`, day and month joined by a no-break space.
pub fn day_in_words(day: NaiveDate) -> String {
    format!("{} {}", weekday(day), day_and_month(day))
}

/// `29 March`, joined by a no-break space.
pub fn day_and_month(day: NaiveDate) -> String {
    format!("{}\u{a0}{}", day.day(), MONTHS[day.month0() as usize])
}

pub fn weekday(day: NaiveDate) -> &'static str {
    WEEKDAYS[day.weekday().num_days_from_monday() as usize]
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `9am`, `4:12pm`, `midday`, `midnight`.
pub fn hour_in_words(time: NaiveTime) -> String {
    let (pm, hour) = time.hour12();
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".into(),
        (12, 0) => "midday".into(),
        (_, 0) => format!("{hour}{}", if pm { "pm" } else { "am" }),
        (_, minute) => format!("{hour}:{minute:02}{}", if pm { "pm" } else { "am" }),
    }
}

fn to_civil(local: NaiveDateTime) -> Option<civil::DateTime> {
    let (date, time) = (local.date(), local.time());
    civil::DateTime::new(
        i16::try_from(date.year()).ok()?,
        i8::try_from(date.month()).ok()?,
        i8::try_from(date.day()).ok()?,
        i8::try_from(time.hour()).ok()?,
        i8::try_from(time.minute()).ok()?,
        i8::try_from(time.second()).ok()?,
        i32::try_from(time.nanosecond() % 1_000_000_000).ok()?,
    )
    .ok()
}

fn from_civil(civil: civil::DateTime) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(
        i32::from(civil.year()),
        civil.month().unsigned_abs().into(),
        civil.day().unsigned_abs().into(),
    );
    let time = NaiveTime::from_hms_nano_opt(
        civil.hour().unsigned_abs().into(),
        civil.minute().unsigned_abs().into(),
        civil.second().unsigned_abs().into(),
        civil.subsec_nanosecond().unsigned_abs(),
    );
    date.unwrap_or_default().and_time(time.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn a_summer_morning_is_an_hour_earlier_in_utc() {
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(london.instant(at("2027-03-22 09:00")).rfc3339(), "2027-03-22T09:00:00Z");
        assert_eq!(london.instant(at("2027-03-29 09:00")).rfc3339(), "2027-03-29T08:00:00Z");
        assert_eq!(london.exact(london.instant(at("2027-03-29 09:00"))), "Monday 29\u{a0}March 2027, 09:00\u{a0}BST");
        assert_eq!(london.plain(london.instant(at("2027-03-29 09:00"))), "Monday 29\u{a0}March at 9am\u{a0}BST");
    }

    #[test]
    fn a_skipped_time_is_the_first_instant_after_the_gap() {
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(london.instant(at("2027-03-28 01:30")).rfc3339(), "2027-03-28T01:00:00Z");
        let apia = Zone::named("Pacific/Apia").unwrap();
        assert_eq!(apia.instant(at("2011-12-30 12:00")).rfc3339(), "2011-12-30T10:00:00Z");
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_earlier() {
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(london.instant(at("2027-10-31 01:30")).rfc3339(), "2027-10-31T00:30:00Z");
    }

    #[test]
    fn hours_read_as_people_say_them() {
        assert_eq!(hour_in_words(NaiveTime::from_hms_opt(16, 12, 0).unwrap()), "4:12pm");
        assert_eq!(hour_in_words(NaiveTime::from_hms_opt(0, 0, 0).unwrap()), "midnight");
        assert_eq!(hour_in_words(NaiveTime::from_hms_opt(12, 30, 0).unwrap()), "12:30pm");
    }
}
