//! A small programme for the tests of pure rules: an orientation and three weeks, two required steps each.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::Done;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::platform::zone::Zone;
use crate::programme::{CertificateRule, Programme, Question, Quiz, QuizOption, Step, StepKind, Unit};
use crate::schedule::Release;

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// UTC.
pub fn at(text: &str) -> Instant {
    Zone::utc().instant(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

pub fn programme() -> Programme {
    let units = ["zero", "one", "two", "three"].iter().zip(0..).map(|(name, number)| unit(number, name)).collect();
    Programme {
        slug: slug("networks"),
        title: "Networks".into(),
        language: "en-GB".into(),
        lead: String::new(),
        effort: String::new(),
        about_html: String::new(),
        certificate: CertificateRule { counts: BTreeMap::new(), ..CertificateRule::default() },
        units,
        diagnostic: None,
    }
}

pub fn unit(number: u16, name: &str) -> Unit {
    Unit {
        number,
        slug: slug(name),
        formerly: Vec::new(),
        title: format!("Unit {name}"),
        block: String::new(),
        feature: None,
        dimension: None,
        minutes: 30,
        summary: String::new(),
        outcomes: Vec::new(),
        prompt: String::new(),
        portfolio: None,
        running_case_html: String::new(),
        practice: None,
        live: None,
        steps: vec![step(1, "a", true), step(2, "b", true), step(3, "extra", false)],
    }
}

pub fn step(place: u16, name: &str, required: bool) -> Step {
    Step {
        slug: slug(name),
        formerly: Vec::new(),
        place,
        title: format!("Step {name}"),
        kind: StepKind::Article,
        minutes: 10,
        summary: String::new(),
        required,
        html: String::new(),
        sources: Vec::new(),
        prompt: String::new(),
        prompts: Vec::new(),
        quiz: None,
        reading: None,
        questions: Vec::new(),
        reviews: 2,
        src: None,
        captions: None,
    }
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
    parts.map(|(unit, step)| (slug(unit), slug(step), at("2027-01-12 10:00"))).collect()
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
