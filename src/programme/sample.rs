//! Plain programmes, units and steps for the tests of pure rules; a test says only what it is about.

use std::collections::BTreeMap;

use super::{CertificateRule, Programme, Reminders, Step, StepKind, Unit};
use crate::platform::text::Slug;

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub fn programme(units: Vec<Unit>) -> Programme {
    Programme {
        slug: slug("networks"),
        title: "Networks".into(),
        language: "en-GB".into(),
        lead: String::new(),
        effort: String::new(),
        about_html: String::new(),
        certificate: CertificateRule::default(),
        units,
        diagnostic: None,
        topics: Vec::new(),
        sources: BTreeMap::new(),
        glossary: Vec::new(),
        guides: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

pub fn unit(number: u16, name: &str, steps: Vec<Step>) -> Unit {
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
        reminders: Reminders::default(),
        steps,
    }
}

/// An article of ten minutes.
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
        draws_on: Vec::new(),
        further: Vec::new(),
        fields: Vec::new(),
        prompt: String::new(),
        prompts: Vec::new(),
        shows_again: None,
        quiz: None,
        reading: None,
        questions: Vec::new(),
        reviews: 2,
        src: None,
        captions: None,
    }
}
