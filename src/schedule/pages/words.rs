//! Units, times and faults as facilitators read them.

use chrono::{Datelike as _, NaiveDate};

use super::Sheet;
use crate::cohort::Break;
use crate::platform::text::Slug;
use crate::platform::zone::{Zone, day_in_words};
use crate::programme::Unit;
use crate::schedule::ScheduleFault;

/// 'unit 7, Trust, safety and belonging'
fn named(unit: &Slug, sheet: &Sheet<'_>) -> String {
    let position = sheet.releases.iter().position(|r| r.unit == *unit);
    position.map_or_else(String::new, |i| format!("unit {} ({})", sheet.units[i].number, sheet.units[i].title))
}

/// What is wrong, and what can be done about it.
pub(super) fn fault_in_words(fault: &ScheduleFault, sheet: &Sheet<'_>) -> String {
    let sentence = match fault {
        ScheduleFault::NoSuchUnit => "choose a unit of this programme".into(),
        ScheduleFault::OutOfOrder { unit, ahead } => format!(
            "{} would open before {}, which comes first. Choose a time that keeps them in order",
            named(unit, sheet),
            named(ahead, sheet)
        ),
        ScheduleFault::AheadNotOpen { unit, ahead } => format!(
            "{} would be open before {}, which is not open yet. Open that one first",
            named(unit, sheet),
            named(ahead, sheet)
        ),
        ScheduleFault::InBreak { unit, day, in_break } => format!(
            "{} would open on {}, in the break ‘{}’ ({}). Move by whole weeks to step over it, or by other days",
            named(unit, sheet),
            day_with_year(*day),
            in_break.name,
            days_of(in_break)
        ),
        ScheduleFault::TooFar { unit } => format!(
            "{} would open more than a year before or two years after this cohort’s start. Choose a nearer date",
            named(unit, sheet)
        ),
        ScheduleFault::Unconfirmed { closes } => {
            let units: Vec<String> = closes.iter().map(|unit| named(unit, sheet)).collect();
            format!("say that you want to close {}", joined(&units))
        }
        ScheduleFault::ChangedSince => "what it changed was changed again since. Undo the later change first".into(),
    };
    upper_first(&sentence)
}

/// 'Monday 12 April 2027'
pub fn day_with_year(day: NaiveDate) -> String {
    format!("{} {}", day_in_words(day), day.year())
}

/// 'Monday 29 March to Sunday 11 April 2027'
pub fn days_of(pause: &Break) -> String {
    let (first, last) = (pause.first_day, pause.last_day);
    if first == last {
        return day_with_year(first);
    }
    let from = match (first.year() == last.year(), first.month() == last.month()) {
        (false, _) => day_with_year(first),
        (true, false) => day_in_words(first),
        (true, true) => format!("{} {}", first.format("%A"), first.day()),
    };
    format!("{from} to {}", day_with_year(last))
}

/// '‘Half-term’ is taken out: Monday 15 to Sunday 21 February 2027.', a sentence for each break that differs.
pub(super) fn other_breaks(before: &[Break], after: &[Break]) -> Vec<String> {
    let named = |breaks: &[Break], name: &str| breaks.iter().any(|pause| pause.name == name);
    let gone = before.iter().filter(|pause| !after.contains(pause));
    let gone = gone.map(|pause| match named(after, &pause.name) {
        true => format!("‘{}’ was {}.", pause.name, days_of(pause)),
        false => format!("‘{}’ is taken out: {}.", pause.name, days_of(pause)),
    });
    let new = after.iter().filter(|pause| !before.contains(pause));
    let new = new.map(|pause| match named(before, &pause.name) {
        true => format!("‘{}’ is {} instead.", pause.name, days_of(pause)),
        false => format!("‘{}’ is new: {}.", pause.name, days_of(pause)),
    });
    gone.chain(new).collect()
}

/// 'a, b and c'
pub(super) fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// 'unit 7', 'units 7 and 8'
pub(super) fn units_in_words(units: &[&Unit]) -> String {
    let numbers: Vec<String> = units.iter().map(|u| u.number.to_string()).collect();
    format!("{} {}", if units.len() == 1 { "unit" } else { "units" }, joined(&numbers))
}

pub(super) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The first day between two on which the zone's clocks turn, and whether they go forward.
pub fn clock_change(zone: &Zone, from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, bool)> {
    let offset = |day: NaiveDate| zone.offset_minutes(zone.instant(day.and_hms_opt(12, 0, 0).unwrap_or_default()));
    let first = from.min(to).pred_opt()?;
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= from.max(to)).collect();
    days.windows(2).find_map(|pair| match offset(pair[1]) - offset(pair[0]) {
        0 => None,
        turn => Some((pair[1], turn > 0)),
    })
}

/// 'UK clocks', or 'Clocks in Asia/Kolkata'
pub(super) fn clocks_of(zone: &Zone) -> String {
    if zone.name() == "Europe/London" { "UK clocks".into() } else { format!("Clocks in {}", zone.name()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::sample::{breaks, day};

    #[test]
    fn a_break_reads_as_its_days() {
        let [half_term, easter] = [&breaks()[0], &breaks()[1]].map(|b| days_of(b).replace('\u{a0}', " "));
        assert_eq!(half_term, "Monday 15 to Sunday 21 February 2027");
        assert_eq!(easter, "Monday 29 March to Sunday 11 April 2027");
    }

    #[test]
    fn breaks_that_differ_are_named() {
        let before = breaks();
        let moved = Break { first_day: day("2027-03-22"), ..before[1].clone() };
        let snow = Break { name: "Snow".into(), first_day: day("2027-03-01"), last_day: day("2027-03-01") };
        let words = other_breaks(&before, &[snow, moved]).join(" ").replace('\u{a0}', " ");
        let name = &before[1].name;
        assert_eq!(
            words,
            format!(
                "‘{}’ is taken out: Monday 15 to Sunday 21 February 2027. ‘{name}’ was Monday 29 March to Sunday 11 April 2027. \
                 ‘Snow’ is new: Monday 1 March 2027. ‘{name}’ is Monday 22 March to Sunday 11 April 2027 instead.",
                before[0].name
            )
        );
        assert!(other_breaks(&before, &before).is_empty());
    }

    #[test]
    fn clocks_turn_on_their_day() {
        let zone = |name| Zone::named(name).unwrap();
        let turn = |name, from, to| clock_change(&zone(name), day(from), day(to));
        assert_eq!(turn("Europe/London", "2027-03-22", "2027-04-12"), Some((day("2027-03-28"), true)));
        assert_eq!(turn("Europe/London", "2027-11-12", "2027-10-12"), Some((day("2027-10-31"), false)));
        assert_eq!(turn("Asia/Kolkata", "2027-03-22", "2027-11-12"), None);
    }
}
