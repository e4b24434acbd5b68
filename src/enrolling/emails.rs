//! What people are told by mail on their way in: invited, reminded of it, and what came of their wish for a place.

use askama::Template;
use chrono::TimeDelta;

use super::{Invitation, Request, join_path};
use crate::cohort::sender::{Sender, replies_to};
use crate::cohort::{Cohort, Joining, Role};
use crate::outbox::{Class, Letter};
use crate::platform::clock::Instant;
use crate::platform::secret::Secret;
use crate::platform::zone::day_in_words;
use crate::reminder::emails::fold::fold;

/// How long word of it is worth sending.
const NEWS: TimeDelta = TimeDelta::hours(72);

/// Text alone: there is one link in it and nothing to look at.
#[derive(Template)]
#[template(path = "emails/enrolling/invitation.txt")]
struct Invited<'a> {
    name: &'a str,
    cohort: &'a str,
    starts: String,
    facilitates: bool,
    /// The day of the invitation, in a reminder.
    reminds_of: Option<String>,
    link: String,
    until: String,
}

#[derive(Template)]
#[template(path = "emails/enrolling/answer.txt")]
struct Answered<'a> {
    name: &'a str,
    what: &'a str,
    /// From the facilitators. Empty: none.
    words: &'a str,
    next: &'a str,
    /// Empty: there is no page to see.
    link: String,
}

/// The invitation, or the one reminder of it.
pub fn invitation(
    sender: &Sender<'_>,
    to: &Invitation,
    link: &Secret,
    is_reminder: bool,
    now: Instant,
) -> Result<Letter, askama::Error> {
    let cohort = sender.cohort;
    let zone = &cohort.zone;
    let text = Invited {
        name: &to.name,
        cohort: &cohort.name,
        starts: starts(cohort, now),
        facilitates: to.role == Role::Facilitator,
        reminds_of: is_reminder.then(|| day_in_words(zone.local_date(to.invited_at))),
        link: sender.base_url.join(&format!("/invitations/{}", link.as_str())),
        until: zone.plain(to.expires_at),
    };
    let subject = match is_reminder {
        true => format!("Your invitation to {} still holds", cohort.name),
        false => format!("You are invited: {}", cohort.name),
    };
    // It has lost its meaning when the link has.
    Ok(letter(sender, None, (&to.name, &to.email), subject, &text.render()?, to.expires_at.min(now + NEWS)))
}

/// A facilitator gave them a place.
pub fn accepted(sender: &Sender<'_>, to: &Request, words: &str, now: Instant) -> Result<Letter, askama::Error> {
    let name = &sender.cohort.name;
    let what = format!("You asked for a place in {name}, and you have one.");
    let subject = format!("You have a place in {name}");
    answer(sender, to, (subject, &what, words), (HERE, &sender.cohort.path()), now)
}

/// They were the first in line.
pub fn place_came_free(sender: &Sender<'_>, to: &Request, now: Instant) -> Result<Letter, askama::Error> {
    let name = &sender.cohort.name;
    let what = format!("A place in {name} came free, and you were the first on the waiting list. It is yours.");
    let subject = format!("You have a place in {name}");
    answer(sender, to, (subject, &what, ""), (HERE, &sender.cohort.path()), now)
}

/// A facilitator would have them, but every place is taken.
pub fn in_line(sender: &Sender<'_>, to: &Request, words: &str, now: Instant) -> Result<Letter, askama::Error> {
    let name = &sender.cohort.name;
    let what = format!(
        "You asked for a place in {name}. The facilitators would like you to come, but every place is taken just now. You \
         are on the waiting list: the next free place that nobody waits longer for is yours, and a mail tells you."
    );
    let subject = format!("You are on the waiting list of {name}");
    let next = "Here you see where you are in line, and can leave it:";
    answer(sender, to, (subject, &what, words), (next, &join_path(sender.cohort)), now)
}

pub fn declined(sender: &Sender<'_>, to: &Request, words: &str, now: Instant) -> Result<Letter, askama::Error> {
    let name = &sender.cohort.name;
    let what = format!("You asked for a place in {name}. The facilitators cannot give you one.");
    let (subject, join) = (format!("Your request for a place in {name}"), join_path(sender.cohort));
    let next = match sender.cohort.joining {
        // Whoever is not invited sees no page of it.
        Joining::Invitation => ("If you think this is a mistake, reply to this mail.", ""),
        _ => ("If you think this is a mistake, reply to this mail. What you asked for stands here:", &*join),
    };
    answer(sender, to, (subject, &what, words), next, now)
}

const HERE: &str = "The course is here:";

/// `next` is what they can do, with the path of the page where they can. Empty: there is none.
fn answer(
    sender: &Sender<'_>,
    to: &Request,
    (subject, what, words): (String, &str, &str),
    (next, path): (&str, &str),
    now: Instant,
) -> Result<Letter, askama::Error> {
    let link = if path.is_empty() { String::new() } else { sender.base_url.join(path) };
    let text = Answered { name: &to.name, what, words, next, link };
    let of = (to.name.as_str(), to.email.as_str());
    Ok(letter(sender, Some(to.account.0), of, subject, &text.render()?, now + NEWS))
}

fn letter(
    sender: &Sender<'_>,
    account: Option<i64>,
    (to_name, to): (&str, &str),
    subject: String,
    text: &str,
    expires_at: Instant,
) -> Letter {
    Letter {
        class: Class::Account,
        account,
        to_name: to_name.into(),
        to: to.into(),
        subject,
        text: fold(text),
        html: None,
        reply_to: replies_to(sender.facilitators),
        list: None,
        expires_at,
        calendar: None,
        attachment: None,
        conversation: None,
    }
}

/// `which starts on Monday 11 January`
fn starts(cohort: &Cohort, now: Instant) -> String {
    let verb = if cohort.zone.local_date(now) > cohort.starts_on { "started" } else { "starts" };
    format!("which {verb} on {}", day_in_words(cohort.starts_on))
}
