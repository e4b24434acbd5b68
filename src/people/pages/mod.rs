//! Who is here, one's own card, and one person's page.

pub mod list;
pub mod names;
pub mod own;
pub mod person;

use crate::cohort::{Place, Role};
use crate::people::{Member, path};

/// Somebody as lists and cards show them, for the macros of `components/people.html`.
struct Shown {
    name: String,
    href: String,
    is_facilitator: bool,
    is_own: bool,
    /// What they show of their card: headings and texts.
    lines: Vec<(&'static str, String)>,
}

impl Shown {
    fn new(place: &Place, member: &Member) -> Self {
        Self {
            href: format!("{}/{}", path(&place.cohort), member.enrolment),
            name: member.name.clone(),
            is_facilitator: member.role == Role::Facilitator,
            is_own: place.enrolment.as_ref().is_some_and(|own| own.id == member.enrolment),
            lines: member.card.shown(),
        }
    }
}
