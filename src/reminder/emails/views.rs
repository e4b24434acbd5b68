//! What the templates of the mails say, as finished words.

use askama::Template;

use crate::platform::text::duration;
use crate::programme::{ReminderText, Step, Unit};

/// The facts of a mail about a unit; each kind's template chooses among them.
pub struct Mail<'a> {
    pub course: &'a str,
    pub name: &'a str,
    /// What the facilitators say on top, line by line.
    pub notes: Vec<&'a str>,
    pub effort: &'a str,
    /// At the beginning of a sentence, and within one.
    pub unit: String,
    pub in_text: String,
    pub title: &'a str,
    pub summary: &'a str,
    /// The programme's own words for this mail.
    pub own: Option<&'a ReminderText>,
    pub opened: String,
    /// The next unit and when it opens; none also where that is held.
    pub next: Option<(String, String)>,
    pub is_last: bool,
    /// When access to the course ends.
    pub ends: String,
    pub not_started: bool,
    pub has_earlier: bool,
    pub step_count: String,
    pub time: String,
    /// How long the work in one's own network takes.
    pub practice: Option<String>,
    /// '5 of 7 required steps'.
    pub done: String,
    pub left: String,
    pub left_time: String,
    /// The shortest step to do, and its minutes.
    pub shortest: Option<(String, String)>,
    pub steps: Vec<Line>,
    pub to_do: Vec<Line>,
    pub button: String,
    pub url: String,
    pub also: Vec<Also>,
    /// Empty where nobody facilitates.
    pub signed: String,
    pub foot: Foot,
}

pub struct Line {
    pub title: String,
    pub time: String,
    /// Both in one line of plain text.
    pub text: String,
}

/// Another unit's reminder in the same mail.
pub struct Also {
    pub heading: String,
    pub words: String,
    pub button: String,
    pub url: String,
}

/// Why the mail came, and how to stop it.
pub struct Foot {
    pub cohort: String,
    /// When such mails come.
    pub how: &'static str,
    /// The addresses of those who sign.
    pub team: String,
    pub stop_url: String,
    pub ledger_url: String,
}

/// The facts of a mail about a live session.
pub struct Session<'a> {
    pub course: &'a str,
    pub name: &'a str,
    /// Its title with its unit; of a unit that is not open its number alone.
    pub what: String,
    pub heading: String,
    /// The day and hour, or that there is none any more.
    pub when: String,
    pub time: String,
    pub has_moved: bool,
    pub called_off: bool,
    /// Whether a file for the calendar goes with it.
    pub has_calendar: bool,
    pub button: &'static str,
    pub url: String,
    pub signed: String,
    pub foot: Foot,
}

pub struct Welcome<'a> {
    pub course: &'a str,
    pub cohort: &'a str,
    pub name: &'a str,
    pub effort: &'a str,
    pub units: Vec<OpenUnit>,
    pub next: Option<String>,
    pub url: String,
    pub signed: String,
    pub foot: Foot,
}

pub struct OpenUnit {
    pub title: String,
    pub time: String,
    pub url: String,
}

macro_rules! parts {
    ($($name:ident of $view:ident in $path:literal;)+) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        pub struct $name<'a> {
            pub m: &'a $view<'a>,
        }
    )+};
}

parts! {
    OpensText of Mail in "emails/reminder/opens.txt";
    OpensHtml of Mail in "emails/reminder/opens.html";
    NudgeText of Mail in "emails/reminder/nudge.txt";
    NudgeHtml of Mail in "emails/reminder/nudge.html";
    WrapUpText of Mail in "emails/reminder/wrap_up.txt";
    WrapUpHtml of Mail in "emails/reminder/wrap_up.html";
    StartingSoonText of Mail in "emails/reminder/starting_soon.txt";
    StartingSoonHtml of Mail in "emails/reminder/starting_soon.html";
    SessionText of Session in "emails/reminder/session.txt";
    SessionHtml of Session in "emails/reminder/session.html";
    WelcomeText of Welcome in "emails/reminder/welcome.txt";
    WelcomeHtml of Welcome in "emails/reminder/welcome.html";
}

pub fn lines(unit: &Unit) -> Vec<Line> {
    unit.steps.iter().map(|step| line(unit, step)).collect()
}

pub fn lines_to_do(unit: &Unit, steps: &[&Step]) -> Vec<Line> {
    steps.iter().map(|step| line(unit, step)).collect()
}

fn line(unit: &Unit, step: &Step) -> Line {
    let title = format!("{}.{} {}", unit.number, step.place, step.title);
    let time = duration(step.minutes);
    // Two columns where the title leaves room for the second.
    let text = match title.chars().count() {
        ..=50 => format!("  {title:<50}  {time:>16}"),
        _ => format!("  {title}, {}", time.replace(' ', "\u{a0}")),
    };
    Line { title, time, text }
}
