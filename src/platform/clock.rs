//! The only place that asks what time it is. Everything else is told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike as _, NaiveDateTime, TimeDelta, Timelike as _, Utc};
use diesel::backend::Backend;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;

/// An instant in UTC, to the microsecond, which is what both databases keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Instant(NaiveDateTime);

impl Instant {
    /// `micros`: microseconds since 1970-01-01T00:00:00Z; out of range becomes the epoch.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc())
    }

    /// Of a date and time in UTC.
    pub fn from_utc(at: NaiveDateTime) -> Self {
        Self(at)
    }

    pub fn micros(self) -> i64 {
        self.0.and_utc().timestamp_micros()
    }

    pub fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// For `<time datetime>`: RFC 3339, whole seconds.
    pub fn rfc3339(self) -> String {
        let (day, time) = (self.0.date(), self.0.time());
        let year = u32::try_from(day.year()).unwrap_or(0);
        let mut text = String::with_capacity("2027-01-11T09:00:00Z".len());
        // By hand, for a page has dozens of them.
        for (n, digits, mark) in [
            (year, 4, '-'),
            (day.month(), 2, '-'),
            (day.day(), 2, 'T'),
            (time.hour(), 2, ':'),
            (time.minute(), 2, ':'),
            (time.second(), 2, 'Z'),
        ] {
            for place in (0..digits).rev() {
                text.extend(char::from_digit(n / 10_u32.pow(place) % 10, 10));
            }
            text.push(mark);
        }
        text
    }

    pub fn since(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }
}

impl std::ops::Add<TimeDelta> for Instant {
    type Output = Self;
    fn add(self, delta: TimeDelta) -> Self {
        Self(self.0.checked_add_signed(delta).unwrap_or(self.0))
    }
}

impl std::ops::Sub<TimeDelta> for Instant {
    type Output = Self;
    fn sub(self, delta: TimeDelta) -> Self {
        Self(self.0.checked_sub_signed(delta).unwrap_or(self.0))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for Instant
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// What time it is, as a value.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is [`set`](Self::set): for tests, and for filling a database with a past.
    pub fn standing_at(now: Instant) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(now.micros()))))
    }

    /// Moves a standing clock, for every holder of it; the system's clock stays as it is.
    pub fn set(&self, now: Instant) {
        if let Source::Set(micros) = &self.0 {
            micros.store(now.micros(), Ordering::SeqCst);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant::from_micros(Utc::now().timestamp_micros()),
            Source::Set(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }
}
