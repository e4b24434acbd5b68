//! What is in the middle of many numbers, and how long it takes, in words.

/// The middle one of values that each occur so often; between the two in the middle, where there are two.
#[expect(clippy::cast_precision_loss, reason = "days and minutes")]
pub fn median(mut values: Vec<(i64, i64)>) -> Option<f64> {
    values.retain(|(_, often)| *often > 0);
    values.sort_unstable();
    let all: i64 = values.iter().map(|(_, often)| often).sum();
    let at = |place: i64| {
        let mut passed = 0;
        values.iter().find(|(_, often)| {
            passed += often;
            passed > place
        })
    };
    let (low, high) = (at((all - 1).max(0) / 2)?, at(all / 2)?);
    Some((low.0 + high.0) as f64 / 2.0)
}

/// `3 days`, `2.5 days`, `1 day`.
pub fn days_in_words(days: f64) -> String {
    let number = format!("{days:.1}");
    let number = number.trim_end_matches(".0");
    if number == "1" { "1 day".into() } else { format!("{number} days") }
}

/// `40 minutes`, `5 hours`, `3 days`, in the unit that says enough.
pub fn wait_in_words(minutes: f64) -> String {
    let of = |number: f64, one: &str| match number.round() {
        n if (n - 1.0).abs() < 0.5 => format!("1 {one}"),
        n => format!("{n:.0} {one}s"),
    };
    match minutes {
        m if m < 90.0 => of(m, "minute"),
        m if m < 48.0 * 60.0 => of(m / 60.0, "hour"),
        m => of(m / 60.0 / 24.0, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_one_in_the_middle_of_all() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![(5, 0)]), None);
        assert_eq!(median(vec![(9, 1), (1, 1), (3, 1)]), Some(3.0));
        assert_eq!(median(vec![(1, 1), (4, 1)]), Some(2.5));
        assert_eq!(median(vec![(0, 5), (7, 4)]), Some(0.0));
        assert_eq!(median(vec![(0, 5), (7, 5)]), Some(3.5));
    }

    proptest::proptest! {
        #[test]
        fn counted_or_listed_it_is_the_same_median(values in proptest::collection::vec((0_i64..30, 0_i64..5), 0..20)) {
            let mut all: Vec<i64> = values.iter().flat_map(|(v, n)| std::iter::repeat_n(*v, usize::try_from(*n).unwrap())).collect();
            all.sort_unstable();
            let middle = all.len().checked_sub(1).map(|last| f64::from(i32::try_from(all[last / 2] + all[all.len() / 2]).unwrap()) / 2.0);
            proptest::prop_assert_eq!(median(values), middle);
        }
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!([1.0, 2.5, 0.0].map(days_in_words), ["1 day", "2.5 days", "0 days"]);
        assert_eq!([1.0, 40.0, 100.0, 4_000.0].map(wait_in_words), ["1 minute", "40 minutes", "2 hours", "3 days"]);
    }
}
