//! A small programme for the tests of pure rules: an orientation and three weeks, two required steps each.

use chrono::NaiveDateTime;

use super::{Deed, Done};
use crate::platform::clock::Instant;
use crate::platform::zone::Zone;
pub use crate::programme::sample::slug;
use crate::programme::sample::{self, step};
use crate::programme::{Programme, Question, Quiz, QuizOption};
use crate::schedule::Release;

/// UTC.
pub fn at(text: &str) -> Instant {
    Zone::utc().instant(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

pub fn programme() -> Programme {
    let steps = || vec![step(1, "a", true), step(2, "b", true), step(3, "extra", false)];
    let named = ["zero", "one", "two", "three"].iter().zip(0..);
    sample::programme(named.map(|(name, number)| sample::unit(number, name, steps())).collect())
}

/// Weekly from Monday 11 January 2027, 09:00; the orientation a week before.
pub fn releases() -> Vec<Release> {
    let opens = ["2027-01-04 09:00", "2027-01-11 09:00", "2027-01-18 09:00", "2027-01-25 09:00"];
    let units = ["zero", "one", "two", "three"];
    let release = |(name, opens): (&&str, &&str)| Release {
        unit: slug(name),
        local_time: NaiveDateTime::parse_from_str(opens, "%Y-%m-%d %H:%M").unwrap(),
        opens_at: at(opens),
        set_by_hand: false,
        held: false,
        opened_at: None,
    };
    units.iter().zip(&opens).map(release).collect()
}

/// Done, as `unit/step`.
pub fn done(steps: &[&str]) -> Done {
    let parts = steps.iter().map(|s| s.split_once('/').unwrap());
    parts.map(|(unit, step)| (slug(unit), slug(step), Deed { at: at("2027-01-12 10:00"), how: None })).collect()
}

/// `which`: one of three options, `a` is right. `several`: one may choose more, `a` and `c` are right.
pub fn quiz() -> Quiz {
    let option = |name: &str, right| QuizOption { slug: slug(name), text: name.into(), right, feedback: name.into() };
    let question = |name: &str, several, options| Question {
        slug: slug(name),
        text: name.into(),
        several,
        shuffle: true,
        options,
    };
    let questions = vec![
        question("which", false, vec![option("a", true), option("b", false), option("c", false)]),
        question("several", true, vec![option("a", true), option("b", false), option("c", true)]),
    ];
    Quiz { shuffle: true, pass_mark: None, attempts: None, questions }
}
