//! Proof that somebody has completed a course: issued once, printed as a PDF that everybody can read, signed as an Open
//! Badge, and checked by anybody on a public page, which names its holder only where they wish.

mod code;
pub mod credential;
pub mod emails;
pub mod issue;
pub mod key;
pub mod letters;
pub mod pages;
pub mod paper;
mod rdf;
pub mod store;

use chrono::{Datelike as _, NaiveDate};

use crate::cohort::Cohort;
use crate::completion::certificate::{Asked, Part};
use crate::completion::progress::Progress;
use crate::id;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::text::{Slug, count};
use crate::platform::zone::day_and_month;
use crate::programme::{Programme, StepKind};
use crate::schedule::{self, Release};

pub use code::Code;

id!(CertificateId);

/// A certificate with all that it says. It stays so, whatever is changed in the course or the account, and goes
/// with its holder's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub id: CertificateId,
    pub code: Code,
    /// As it is printed.
    pub name: String,
    /// The holder may change the name once.
    pub name_changed_at: Option<Instant>,
    /// Since when the public page shows the name, if the holder wishes that.
    pub name_shown_since: Option<Instant>,
    pub says: Says,
    pub issued_at: Instant,
}

/// What a certificate says of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    pub programme: Slug,
    pub title: String,
    /// BCP 47, of the title.
    pub language: String,
    pub cohort: String,
    pub starts_on: NaiveDate,
    /// The last day to take part.
    pub ends_on: NaiveDate,
    /// Of learning, as the units say.
    pub minutes: i32,
    /// What the holder did for it: `at least 6 discussions, 8 quizzes and ‘A plan’`.
    pub asked: String,
    /// In the cohort's zone.
    pub issued_on: NaiveDate,
}

impl Says {
    pub fn of(
        cohort: &Cohort,
        programme: &Programme,
        releases: &[Release],
        (progress, parts): (&Progress<'_>, &[Part<'_>]),
        now: Instant,
    ) -> Self {
        // The course's own end, whatever extra time its holder had.
        let common = Cohort { extra_until: None, ..cohort.clone() };
        let closes_on = cohort.zone.local_date(schedule::closes_at(&common, releases));
        let minutes: u32 = programme.units.iter().map(|unit| unit.minutes).sum();
        Self {
            programme: programme.slug.clone(),
            title: programme.title.clone(),
            language: programme.language.clone(),
            cohort: cohort.name.clone(),
            starts_on: cohort.starts_on,
            ends_on: closes_on.pred_opt().unwrap_or(closes_on),
            minutes: i32::try_from(minutes).unwrap_or(i32::MAX),
            asked: asked(programme, parts, progress.share.of),
            issued_on: cohort.zone.local_date(now),
        }
    }

    /// `11 January to 9 May 2027`
    pub fn dates(&self) -> String {
        let (first, last) = (self.starts_on, self.ends_on);
        match first.year() == last.year() {
            true => format!("{} to {}", day_and_month(first), with_year(last)),
            false => format!("{} to {}", with_year(first), with_year(last)),
        }
    }

    /// `about 30 hours of learning`
    pub fn effort(&self) -> String {
        let hours = usize::try_from((self.minutes + 30) / 60).unwrap_or(0).max(1);
        format!("about {} of learning", count(hours, "hour"))
    }

    pub fn issued(&self) -> String {
        with_year(self.issued_on)
    }
}

impl Certificate {
    /// Whether the public page may say whose it is.
    pub fn shows_name(&self) -> bool {
        self.name_shown_since.is_some()
    }

    pub fn address(&self, base_url: &BaseUrl) -> String {
        base_url.join(&self.code.path())
    }
}

/// `12 April 2027`
pub fn with_year(day: NaiveDate) -> String {
    format!("{} {}", day_and_month(day), day.year())
}

/// The first letter large.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Who issues: the installation. `Trellis at learn.example.org`
pub fn issuer(base_url: &BaseUrl) -> String {
    format!("Trellis at {}", base_url.host())
}

/// The rule's parts as one phrase, what everybody does by its name at the end.
fn asked(programme: &Programme, parts: &[Part<'_>], all: usize) -> String {
    let share = |part: &Part<'_>| match part.asked {
        Asked::Share => Some(format!("{} of the {}", part.share.of, count(all, "step"))),
        Asked::Units => Some(format!("{} whole", count(part.share.of, "unit"))),
        Asked::Kind(StepKind::Quiz) if part.share.of != 1 => Some(format!("{} quizzes", part.share.of)),
        Asked::Kind(kind) => Some(count(part.share.of, &kind.as_str().replace('-', " "))),
        Asked::Steps => None,
    };
    let named = programme.certificate.steps.iter().filter_map(|(unit, step)| programme.unit_named(unit)?.step(step));
    let each = parts.iter().filter_map(share).chain(named.map(|step| format!("‘{}’", step.title)));
    match &each.collect::<Vec<_>>()[..] {
        [] => String::new(),
        [only] => format!("at least {only}"),
        [most @ .., last] => format!("at least {} and {last}", most.join(", ")),
    }
}
