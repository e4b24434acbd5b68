//! What goes to those who read the weekly report: the question whether they want it, and each week's.

use askama::Template;
use chrono::TimeDelta;

use super::Week;
use super::store::Reader;
use super::words::Told;
use crate::cohort::Cohort;
use crate::cohort::sender::{Sender, list_id, replies_to};
use crate::outbox::{Attachment, Class, Letter, List};
use crate::platform::clock::Instant;
use crate::reminder::emails::fold::fold;

/// After so long it is no news any more.
const NEWS: TimeDelta = TimeDelta::hours(72);

#[derive(Template)]
#[template(path = "emails/report/confirm.txt")]
struct Confirm<'a> {
    by: &'a str,
    cohort: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "emails/report/week.txt")]
struct Text<'a> {
    told: &'a Told,
    stop_url: &'a str,
}

#[derive(Template)]
#[template(path = "emails/report/week.html")]
struct Html<'a> {
    told: &'a Told,
    stop_url: &'a str,
}

fn link(sender: &Sender<'_>, reader: &Reader) -> String {
    sender.base_url.join(&format!("/unsubscribe/{}/reports", reader.token))
}

/// Asks whether the holder of the address wants it; nothing else goes there before they say so.
pub fn confirm(sender: &Sender<'_>, reader: &Reader, by: &str, now: Instant) -> Result<Letter, askama::Error> {
    let text = Confirm { by, cohort: &sender.cohort.name, link: &link(sender, reader) }.render()?;
    Ok(Letter {
        class: Class::Account,
        subject: format!("Do you want the weekly report of {}?", sender.cohort.name),
        text: fold(&text),
        expires_at: now + NEWS,
        ..blank(sender, reader)
    })
}

pub fn week(
    sender: &Sender<'_>,
    reader: &Reader,
    told: &Told,
    week: &Week,
    pdf: &[u8],
) -> Result<Letter, askama::Error> {
    let stop_url = link(sender, reader);
    Ok(Letter {
        subject: format!("{}: {}", sender.cohort.name, lower_first(&told.title)),
        text: fold(&Text { told, stop_url: &stop_url }.render()?),
        html: Some(Html { told, stop_url: &stop_url }.render()?),
        list: Some(List { id: list_id("reports", sender.cohort, sender.base_url), unsubscribe_url: stop_url }),
        expires_at: week.ends_at + NEWS,
        attachment: Some(Attachment { name: file_name(sender.cohort, week), bytes: pdf.to_vec() }),
        ..blank(sender, reader)
    })
}

fn blank(sender: &Sender<'_>, reader: &Reader) -> Letter {
    Letter {
        class: Class::Bulk,
        account: None,
        to_name: String::new(),
        to: reader.email.clone(),
        subject: String::new(),
        text: String::new(),
        html: None,
        reply_to: replies_to(sender.facilitators),
        list: None,
        expires_at: reader.added_at,
        calendar: None,
        attachment: None,
        conversation: None,
    }
}

/// `spring-2027-01-22.pdf`.
pub fn file_name(cohort: &Cohort, week: &Week) -> String {
    format!("{}-{}.pdf", cohort.slug, week.friday)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
