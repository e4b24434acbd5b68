//! What is due to one learner as one mail: for the courier that takes it along, and for the preview.

use askama::Error;

use super::{Part, Sender, SessionMail};
use crate::outbox::Letter;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::reminder::due::Due;
use crate::reminder::store::{Course, Learner};
use crate::reminder::{Wording, live};

/// A reminder as it stands with its learner.
#[derive(Debug, Clone)]
pub struct Told {
    pub due: Due,
    pub wording: Wording,
    /// The steps of the unit that the learner has done.
    pub done: Vec<Slug>,
}

/// The mail that tells all of it, as it is written at that moment; a live session has one to itself. `None`: there is
/// nothing to tell any more.
pub fn letter(
    (sender, course): (&Sender<'_>, &Course),
    to: &Learner,
    told: &[Told],
    now: Instant,
) -> Result<Option<Letter>, Error> {
    let programme = sender.programme;
    if let Some(Told { due, .. }) = told.first().filter(|told| told.due.kind.is_live()) {
        let planned = live::find(course, programme, (&due.unit, due.kind, &due.occasion));
        let mail = planned.map(|planned| SessionMail::of(course, planned, due.kind, now));
        return mail.map(|mail| super::session(sender, to, &mail, due.expires_at)).transpose();
    }
    let parts = told.iter().filter_map(|Told { due, wording, done }| {
        Part::of(course, programme, (due, programme.unit_called(&due.unit)?), (*wording, done.clone()))
    });
    let parts: Vec<Part<'_>> = parts.collect();
    (!parts.is_empty()).then(|| super::reminder(sender, to, &parts)).transpose()
}
