//! What goes to those who read the weekly report: the question whether they want it, and each week's.

use askama::Template;
use chrono::TimeDelta;

use super::Week;
use super::store::Reader;
use super::words::Told;
use crate::cohort::Cohort;
use crate::outbox::{Attachment, Class, Letter, List};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::reminder::emails::fold::fold;

/// After so long it is no news any more.
const NEWS: TimeDelta = TimeDelta::hours(72);

/// Where the mails of a cohort come from.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub cohort: &'a Cohort,
    /// Addresses; replies go to them.
    pub facilitators: &'a [String],
    pub base_url: &'a BaseUrl,
}

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

impl Sender<'_> {
    fn link(&self, reader: &Reader) -> String {
        self.base_url.join(&format!("/unsubscribe/{}/reports", reader.token))
    }

    /// Asks whether the holder of the address wants it; nothing else goes there before they say so.
    pub fn confirm(&self, reader: &Reader, by: &str, now: Instant) -> Result<Letter, askama::Error> {
        let text = Confirm { by, cohort: &self.cohort.name, link: &self.link(reader) }.render()?;
        Ok(Letter {
            class: Class::Account,
            subject: format!("Do you want the weekly report of {}?", self.cohort.name),
            text: fold(&text),
            expires_at: now + NEWS,
            ..self.blank(reader)
        })
    }

    pub fn week(&self, reader: &Reader, told: &Told, week: &Week, pdf: &[u8]) -> Result<Letter, askama::Error> {
        let stop_url = self.link(reader);
        let host = self.base_url.host();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        Ok(Letter {
            subject: format!("{}: {}", self.cohort.name, lower_first(&told.title)),
            text: fold(&Text { told, stop_url: &stop_url }.render()?),
            html: Some(Html { told, stop_url: &stop_url }.render()?),
            list: Some(List { id: format!("reports.{}.{name}", self.cohort.slug), unsubscribe_url: stop_url }),
            expires_at: week.ends_at + NEWS,
            attachment: Some(Attachment { name: file_name(self.cohort, week), bytes: pdf.to_vec() }),
            ..self.blank(reader)
        })
    }

    fn blank(&self, reader: &Reader) -> Letter {
        Letter {
            class: Class::Bulk,
            account: None,
            to_name: String::new(),
            to: reader.email.clone(),
            subject: String::new(),
            text: String::new(),
            html: None,
            reply_to: (!self.facilitators.is_empty()).then(|| self.facilitators.join(", ")),
            list: None,
            expires_at: reader.added_at,
            calendar: None,
            attachment: None,
            conversation: None,
        }
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
