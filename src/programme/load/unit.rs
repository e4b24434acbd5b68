//! `unit.toml` and the unit's steps.

use super::file::Source;
use super::keys::{self, Keys};
use super::names::Names;
use super::outline::UnitPlace;
use super::programme::Course;
use super::{markdown_of, step};
use crate::platform::text::Slug;
use crate::programme::{LiveSession, Practice, ReminderText, Reminders, Step, Unit};

pub(super) const FILE: &str = "unit.toml";
/// Of a week, a unit's or its practice's; more is a slip of the pen.
const MOST_MINUTES: u32 = 6000;
/// Of a mail, in characters.
const LONGEST_SUBJECT: usize = 60;

pub(super) fn read(place: &UnitPlace, course: &Course, units: &mut Names) -> Option<Unit> {
    let steps = steps(place, course);
    let source = Source::read(&place.folder.join(FILE), course.faults)?;
    let table = keys::table(&source)?;
    let keys = Keys::of(&source, table.get_ref());
    let unit = Unit {
        number: place.number,
        slug: place.slug.clone(),
        formerly: formerly(&keys, &source, units),
        title: keys.need_line("title"),
        block: keys.need_line("block"),
        feature: keys.line("feature"),
        dimension: keys.line("dimension"),
        minutes: keys.need_number("minutes", 1..=MOST_MINUTES),
        summary: keys.need_line("summary"),
        outcomes: keys.need_texts("outcomes"),
        prompt: keys.need("prompt"),
        portfolio: keys.line("portfolio"),
        running_case_html: markdown_of(&keys, "running_case", false),
        practice: keys.table("practice").map(practice),
        live: keys.table("live").map(live),
        reminders: keys.table("reminders").map(reminders).unwrap_or_default(),
        steps,
    };
    add_up(&unit, &keys, place);
    keys.finish();
    Some(unit)
}

/// The earlier slugs of a thing, which nobody else may have.
pub(super) fn formerly(keys: &Keys, source: &Source, names: &mut Names) -> Vec<Slug> {
    let slugs = keys.slugs("formerly");
    for (slug, line) in &slugs {
        names.take(slug, source.path.clone(), *line);
    }
    slugs.into_iter().map(|(slug, _)| slug).collect()
}

fn steps(place: &UnitPlace, course: &Course) -> Vec<Step> {
    let mut names = Names::of("step", course.faults);
    for step in &place.steps {
        names.take(&step.slug, step.text.clone(), 1);
    }
    place.steps.iter().filter_map(|step| step::read(step, course, &mut names)).collect()
}

fn practice(keys: Keys) -> Practice {
    let practice = Practice {
        title: keys.need_line("title"),
        minutes: keys.need_number("minutes", 1..=MOST_MINUTES),
        html: markdown_of(&keys, "text", true),
    };
    keys.finish();
    practice
}

fn live(keys: Keys) -> LiveSession {
    let live = LiveSession {
        number: keys.need_number("number", 1..=99) as u16,
        title: keys.need_line("title"),
        order: keys.need("order"),
    };
    keys.finish();
    live
}

fn reminders(keys: Keys) -> Reminders {
    let reminders = Reminders {
        opens: keys.table("opens").map(reminder),
        nudge: keys.table("nudge").map(reminder),
        wrap_up: keys.table("wrap-up").map(reminder),
    };
    keys.finish();
    reminders
}

fn reminder(keys: Keys) -> ReminderText {
    let text = ReminderText {
        subject: keys.need_line("subject"),
        about: keys.need_line("about"),
        first: keys.need_line("first"),
        hook: keys.need_line("hook"),
    };
    let length = text.subject.chars().count();
    if length > LONGEST_SUBJECT {
        let what = format!("the subject has {length} characters, and {LONGEST_SUBJECT} are the most");
        keys.fault(keys.line_of("subject"), what, "say it shorter: a phone shows no more");
    }
    keys.finish();
    text
}

/// A week that says one sum and asks for another is no promise.
fn add_up(unit: &Unit, keys: &Keys, place: &UnitPlace) {
    let steps: u32 = unit.steps.iter().map(|step| step.minutes).sum();
    let practice = unit.practice.as_ref().map_or(0, |practice| practice.minutes);
    let sum = steps + practice;
    // What could not be read would be missing from the sum.
    if sum != unit.minutes && unit.minutes > 0 && unit.steps.len() == place.steps.len() {
        let what = format!("minutes is {}, and the steps ({steps}) and practice ({practice}) make {sum}", unit.minutes);
        keys.fault(keys.line_of("minutes"), what, format!("write minutes = {sum}, or change the parts"));
    }
}
