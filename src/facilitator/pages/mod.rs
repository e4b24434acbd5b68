//! Who needs somebody, and whether next week is ready; who has done what, as a page and as a table for a spreadsheet; what
//! to do each week, and whose work waits for comments.

pub mod analytics;
pub mod assignments;
pub mod guide;
pub mod learner;
pub mod learners;
pub mod learners_csv;
pub mod look;
pub mod overview;
mod ready;
mod wanted;
pub mod write;

use crate::platform::clock::Instant;
use crate::platform::zone::{Zone, day_and_month, day_in_words};

/// `today`, `yesterday`, or the day in words.
fn day(zone: &Zone, at: Instant, now: Instant) -> String {
    match (zone.local_date(now) - zone.local_date(at)).num_days() {
        0 => "today".into(),
        1 => "yesterday".into(),
        _ => day_in_words(zone.local_date(at)),
    }
}

/// The same without its weekday, for tables.
fn short_day(zone: &Zone, at: Instant, now: Instant) -> String {
    match (zone.local_date(now) - zone.local_date(at)).num_days() {
        0 | 1 => day(zone, at, now),
        _ => day_and_month(zone.local_date(at)),
    }
}
