//! An announcement as a mail to one person: text first, HTML says the same.

use askama::Template;
use chrono::TimeDelta;

use super::{Announcement, Audience, path};
use crate::cohort::sender::{Sender, list_id, replies_to};
use crate::cohort::store::Recipient;
use crate::outbox::{Class, Letter, List};
use crate::platform::clock::Instant;
use crate::reminder::emails::fold::fold;
use crate::reminder::emails::rich::styled;

/// After so long it is no news any more.
const NEWS: TimeDelta = TimeDelta::hours(72);

/// The facts of the mail.
struct Mail<'a> {
    cohort: &'a str,
    author: &'a str,
    /// 'to everybody in Spring 2027'
    to: String,
    title: &'a str,
    text: &'a str,
    html: String,
    url: String,
    /// What the address leads to.
    button: &'static str,
    /// Whether a reply reaches anybody.
    has_facilitators: bool,
    stop_url: String,
    wishes_url: String,
}

#[derive(Template)]
#[template(path = "emails/announcement/mail.txt")]
struct Text<'a> {
    m: &'a Mail<'a>,
}

#[derive(Template)]
#[template(path = "emails/announcement/mail.html")]
struct Html<'a> {
    m: &'a Mail<'a>,
}

pub fn mail(
    sender: &Sender<'_>,
    announcement: &Announcement,
    to: &Recipient,
    published_at: Instant,
) -> Result<Letter, askama::Error> {
    let cohort = sender.cohort;
    let stop_url = sender.base_url.join(&format!("/unsubscribe/{}/announcements", to.unsubscribe_token));
    let to_all = announcement.audience == Audience::Everybody;
    let m = Mail {
        cohort: &cohort.name,
        author: &announcement.author,
        title: &announcement.title,
        text: &announcement.body,
        html: styled(&announcement.html, sender.base_url),
        to: if to_all {
            format!("to everybody in {}", cohort.name)
        } else {
            format!("to some people in {}", cohort.name)
        },
        url: match to_all {
            true => sender.base_url.join(&format!("{}#announcement-{}", path(cohort), announcement.id)),
            false => sender.base_url.join(&cohort.path()),
        },
        button: if to_all { "Read it on the course’s pages" } else { "Go to the course" },
        has_facilitators: !sender.facilitators.is_empty(),
        stop_url: stop_url.clone(),
        wishes_url: sender.base_url.join(&format!("{}/reminders", cohort.path())),
    };
    Ok(Letter {
        class: Class::Bulk,
        account: Some(to.account.0),
        to_name: to.name.clone(),
        to: to.email.clone(),
        subject: announcement.title.clone(),
        text: fold(&Text { m: &m }.render()?),
        html: Some(Html { m: &m }.render()?),
        reply_to: replies_to(sender.facilitators),
        list: Some(List { id: list_id("announcements", cohort, sender.base_url), unsubscribe_url: stop_url }),
        expires_at: published_at + NEWS,
        calendar: None,
        attachment: None,
        conversation: None,
    })
}
