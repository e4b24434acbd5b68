//! What only an administrator reaches.

pub mod audit;
pub mod cohort;
pub mod cohorts;
pub mod content;
pub mod copy;
pub mod details;
pub mod mail;
pub mod new_cohort;
pub mod people;
pub mod person;
pub mod start;
pub mod status;

use crate::accounts::Person;
use crate::audit::{self as log, Deed, Entry};
use crate::cohort::CohortId;
use crate::heartbeat::{self, Beat, Job};
use crate::outbox::{Standing, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error, Frame, Nav};
use crate::platform::zone::Zone;

/// The frame of every administrator's page.
fn frame(ask: &Ask, person: &Person) -> Frame {
    let mut frame = Frame::of_person(ask, &person.name);
    let here = |label, href: &str| Nav::new(label, href).marked(&ask.path);
    frame.nav.push(Nav::new("Needs you", "/admin").only_at(&ask.path));
    frame.nav.push(here("Cohorts", "/admin/cohorts"));
    frame.nav.push(here("Accounts", "/admin/people"));
    frame.nav.push(here("Mail", "/admin/mail"));
    frame.nav.push(here("Content", "/admin/content"));
    frame.nav.push(here("System", "/admin/status"));
    frame.nav.push(here("Log of acts", "/admin/audit"));
    frame.foot = "All times are UTC.".into();
    frame
}

/// Keeps an act of the administrator who asks.
fn note(conn: &mut Conn, person: &Person, cohort: Option<CohortId>, deed: Deed<'_>, now: Instant) -> Result<(), Error> {
    Ok(log::store::note_of(conn, person.into(), cohort, deed, now)?)
}

/// An act, as a row of a table shows it.
struct ActRow {
    when: String,
    actor: String,
    words: &'static str,
    subject: String,
    /// Empty: there is no page to lead to.
    path: String,
    reason: String,
    came_from: String,
    cohort: Option<(String, String)>,
}

fn act_row(entry: Entry) -> ActRow {
    ActRow {
        when: Zone::utc().exact(entry.at),
        words: entry.act.words(),
        actor: entry.actor,
        subject: entry.subject,
        path: entry.path,
        reason: entry.reason,
        came_from: entry.came_from,
        cohort: entry.cohort,
    }
}

/// A mail, as a row of a table shows it.
struct MailRow {
    subject: String,
    to: String,
    when: String,
    state: &'static str,
    look: &'static str,
    /// What the mail server said, or why there was nothing for it to say.
    why: String,
    /// Where it is sent again. Empty: it need not be.
    again: String,
}

fn mail_row(mail: Standing) -> MailRow {
    let (state, look) = match mail.state {
        State::Pending | State::Claimed | State::DataStarted => ("Waiting", "now"),
        State::Sent => ("Sent", "done"),
        State::Failed => ("Failed", "now"),
        State::Cancelled | State::Missed => ("Not sent", ""),
        State::Unknown => ("Unknown", "now"),
    };
    let again = matches!(mail.state, State::Failed | State::Unknown);
    MailRow {
        subject: if mail.subject.is_empty() { "Not written yet".into() } else { mail.subject },
        to: mail.to,
        when: Zone::utc().exact(mail.settled_at.unwrap_or(mail.created_at)),
        state,
        look,
        why: mail.server_answer.filter(|answer| !answer.is_empty()).or(mail.reason).unwrap_or_default(),
        again: if again { format!("/admin/mail/messages/{}/retry", mail.id) } else { String::new() },
    }
}

/// That nobody does a job, in a sentence for each.
fn silences(beats: &[Beat], now: Instant) -> impl Iterator<Item = String> {
    heartbeat::overdue(beats, Instant::from_micros(0), now).into_iter().map(|(job, _)| match job {
        Job::Plan => "No process has opened units and planned mail for two minutes. Look whether one runs, and what its log says.".to_owned(),
        Job::Send => "No process has sent mail for two minutes. Look whether one runs, and what its log says.".to_owned(),
    })
}

/// A number in an address, and no other way of writing it.
fn number(text: &str) -> Result<i64, Error> {
    let read = text.parse().ok().filter(|n: &i64| *n > 0 && n.to_string() == text);
    read.ok_or(Error::NotFound)
}
