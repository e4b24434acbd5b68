//! What only an administrator reaches.

pub mod cohort;
pub mod cohorts;
pub mod mail;
pub mod new_cohort;

use crate::accounts::Person;
use crate::platform::web::{Ask, Frame, Nav};

/// The frame of every administrator's page.
fn frame(ask: &Ask, person: &Person) -> Frame {
    let mut frame = Frame::of_person(ask, &person.name);
    frame.nav.push(Nav::new("Cohorts", "/admin/cohorts").marked(&ask.path));
    frame.nav.push(Nav::new("Mail", "/admin/mail").marked(&ask.path));
    frame
}
