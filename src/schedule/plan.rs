//! Planned releases: the n-th weekly date that lies in no break, at the cohort's hour.

use chrono::{Days, NaiveDateTime};

use crate::cohort::{Break, Cohort};

/// The local time at which each of `units` (by number) opens, by plan. Unit 0 opens `orientation_days` before the
/// start; unit n on the n-th weekly date, counted from the start, that lies in no break.
pub fn planned(cohort: &Cohort, breaks: &[Break], units: impl IntoIterator<Item = u16>) -> Vec<(u16, NaiveDateTime)> {
    let in_break = |day| breaks.iter().any(|b| b.first_day <= day && day <= b.last_day);
    let weekly: Vec<_> = (0..520u64)
        .filter_map(|week| cohort.starts_on.checked_add_days(Days::new(week * 7)))
        .filter(|day| !in_break(*day))
        .collect();
    let before = Days::new(u64::try_from(cohort.orientation_days).unwrap_or(0));
    let orientation = cohort.starts_on.checked_sub_days(before).unwrap_or(cohort.starts_on);
    units
        .into_iter()
        .filter_map(|unit| {
            let day = if unit == 0 { orientation } else { *weekly.get(usize::from(unit) - 1)? };
            Some((unit, day.and_time(cohort.release_time)))
        })
        .collect()
}
