//! The bank holidays of England, by their rules; one that is proclaimed for a single year has none.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// What the day is called, if it is one.
pub fn bank_holiday(day: NaiveDate) -> Option<&'static str> {
    of_year(day.year()).into_iter().find(|(on, _)| *on == Some(day)).map(|(_, name)| name)
}

/// Those from one day to another, both included, by their dates.
pub fn bank_holidays(from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, &'static str)> {
    let years = (from.year()..=to.year()).flat_map(of_year);
    let mut days: Vec<_> = years.filter_map(|(day, name)| Some((day?, name))).collect();
    days.retain(|(day, _)| (from..=to).contains(day));
    days.sort();
    days
}

fn of_year(year: i32) -> [(Option<NaiveDate>, &'static str); 8] {
    let on = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let nth = |month, weekday, n| NaiveDate::from_weekday_of_month_opt(year, month, weekday, n);
    let easter = easter(year);
    let last_monday = |month| nth(month, Weekday::Mon, 5).or_else(|| nth(month, Weekday::Mon, 4));
    let (christmas, boxing_day) = match on(12, 25).map(|day| day.weekday()) {
        Some(Weekday::Fri) => (on(12, 25), on(12, 28)),
        Some(Weekday::Sat) => (on(12, 27), on(12, 28)),
        Some(Weekday::Sun) => (on(12, 27), on(12, 26)),
        _ => (on(12, 25), on(12, 26)),
    };
    [
        (on(1, 1).map(on_a_working_day), "New Year’s Day"),
        (easter.and_then(|day| day.checked_sub_days(Days::new(2))), "Good Friday"),
        (easter.and_then(|day| day.checked_add_days(Days::new(1))), "Easter Monday"),
        (nth(5, Weekday::Mon, 1), "the early May bank holiday"),
        (last_monday(5), "the spring bank holiday"),
        (last_monday(8), "the summer bank holiday"),
        (christmas, "Christmas Day"),
        (boxing_day, "Boxing Day"),
    ]
}

fn on_a_working_day(day: NaiveDate) -> NaiveDate {
    let later = match day.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    day + Days::new(later)
}

/// Easter Sunday, by the rule of Meeus, Jones and Butcher.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_that_were_published() {
        for (year, days) in [
            (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
            (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
            (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
            (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
            (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
            (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        ] {
            let mut ours: Vec<_> = of_year(year).into_iter().filter_map(|(day, _)| day).collect();
            ours.sort();
            let ours: Vec<String> = ours.iter().map(|day| day.format("%m-%d").to_string()).collect();
            assert_eq!(ours.join(" "), days, "{year}");
        }
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(bank_holiday(day("2027-03-29")), Some("Easter Monday"));
        assert_eq!(bank_holiday(day("2027-03-30")), None);
        let easter = bank_holidays(day("2027-03-26"), day("2027-05-02"));
        assert_eq!(easter, [(day("2027-03-26"), "Good Friday"), (day("2027-03-29"), "Easter Monday")]);
    }
}
