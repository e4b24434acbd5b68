//! Instants as the databases keep them. SQLite's are text, and a page reads dozens of them: the form that we write is read
//! by hand, which takes a tenth of the time.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::sql_types::{Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::MultiBackend;
use crate::platform::clock::Instant;

impl FromSql<Timestamp, Sqlite> for Instant {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
        parse(&text).map(Self::from_utc).ok_or_else(|| format!("'{text}' is no date and time").into())
    }
}

impl FromSql<Timestamp, Pg> for Instant {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <NaiveDateTime as FromSql<Timestamp, Pg>>::from_sql(bytes).map(Self::from_utc)
    }
}

impl FromSql<Timestamp, MultiBackend> for Instant {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, Timestamp>()
    }
}

/// `2027-01-11 09:00:00`, with up to nine digits of a fraction.
fn parse(text: &str) -> Option<NaiveDateTime> {
    let at = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if marks.iter().any(|(i, mark)| text.as_bytes().get(*i) != Some(mark)) {
        return None;
    }
    let nanos = match text.get(19..)? {
        "" => 0,
        fraction => {
            let digits = fraction.strip_prefix('.').filter(|d| (1..=9).contains(&d.len()))?;
            digits.parse::<u32>().ok()? * 10_u32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
    };
    let year = i32::try_from(at(0..4)?).ok()?;
    NaiveDate::from_ymd_opt(year, at(5..7)?, at(8..10)?)?.and_hms_nano_opt(at(11..13)?, at(14..16)?, at(17..19)?, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_library_reads_it() {
        for text in
            ["2027-01-11 09:00:00", "2027-12-31 23:59:59.000001", "0001-02-03 04:05:06.7", "2028-02-29 00:00:00.999999"]
        {
            assert_eq!(parse(text), NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok(), "{text}");
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_instant() {
        for text in
            ["", "2027-02-29 00:00:00", "2027-01-11T09:00:00", "2027-01-11 09:00:00.", "2027-01-11 09:00:00Z", "\u{e9}"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
