//! What was said, as a mail to one person: one post at once, several in a digest. Text first, HTML says the same.

use askama::Template;
use chrono::TimeDelta;

use super::Reason;
use super::store::Waiting;
use crate::cohort::Cohort;
use crate::cohort::sender::{Facilitators, list_id, replies_to};
use crate::cohort::store::Recipient;
use crate::outbox::{Class, Letter, List};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::text::count;
use crate::programme::{Programme, Unit};
use crate::reminder::emails::fold::fold;
use crate::reminder::emails::rich::{excerpt, styled};

/// Above it stands what a reader answers; from it on nothing is taken.
pub const LINE: &str = "--- Write your answer above this line ---";
/// After so long it is no news any more.
const NEWS: TimeDelta = TimeDelta::hours(72);
/// The longest subject.
const SUBJECT: usize = 60;
/// How much of a post a digest tells, of how many posts of a thread, of how many threads.
const BEGINNING: usize = 240;
const POSTS: usize = 3;
const THREADS: usize = 12;

/// Where the mails of a cohort come from.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub cohort: &'a Cohort,
    pub programme: &'a Programme,
    /// Names and addresses; replies go to them where answers are not taken.
    pub facilitators: &'a Facilitators,
    pub base_url: &'a BaseUrl,
    /// Whether an answer by mail becomes a post.
    pub takes_answers: bool,
}

/// What stands below every mail.
struct Foot {
    cohort: String,
    why: String,
    stop_url: String,
    wishes_url: String,
}

/// One post.
struct PostMail {
    line: &'static str,
    title: String,
    about: String,
    lede: String,
    text: String,
    html: String,
    url: String,
    takes_answers: bool,
    has_facilitators: bool,
    foot: Foot,
}

#[derive(Template)]
#[template(path = "emails/notice/post.txt")]
struct PostText<'a> {
    m: &'a PostMail,
}

#[derive(Template)]
#[template(path = "emails/notice/post.html")]
struct PostHtml<'a> {
    m: &'a PostMail,
}

/// One's own post, which nobody reads any more.
struct HiddenMail {
    cohort: String,
    title: String,
    /// Of a facilitator. Empty: it was reported.
    reason: String,
    text: String,
    html: String,
    url: String,
    has_facilitators: bool,
    foot: Foot,
}

#[derive(Template)]
#[template(path = "emails/notice/hidden.txt")]
struct HiddenText<'a> {
    m: &'a HiddenMail,
}

#[derive(Template)]
#[template(path = "emails/notice/hidden.html")]
struct HiddenHtml<'a> {
    m: &'a HiddenMail,
}

/// A thread of a digest.
struct Heard {
    title: String,
    about: String,
    /// Author, beginning, and the reason where it is more than that the thread or unit is followed.
    posts: Vec<(String, String)>,
    /// 'And 4 more posts.' Empty: that was all.
    more: String,
    url: String,
}

struct DigestMail {
    cohort: String,
    heading: String,
    heard: Vec<Heard>,
    /// 'And 3 more threads.' Empty: that was all.
    more: String,
    url: String,
    foot: Foot,
}

#[derive(Template)]
#[template(path = "emails/notice/digest.txt")]
struct DigestText<'a> {
    m: &'a DigestMail,
}

#[derive(Template)]
#[template(path = "emails/notice/digest.html")]
struct DigestHtml<'a> {
    m: &'a DigestMail,
}

impl Sender<'_> {
    /// One post at once.
    pub fn post(&self, to: &Recipient, notice: &Waiting, now: Instant) -> Result<Letter, askama::Error> {
        let title = self.title(notice);
        let mail = PostMail {
            line: if self.takes_answers { LINE } else { "" },
            about: self.about(notice),
            lede: lede(notice),
            text: notice.about.body.clone(),
            html: styled(&notice.about.html, self.base_url),
            url: self.url(notice),
            takes_answers: self.takes_answers,
            has_facilitators: !self.facilitators.is_empty(),
            foot: self.foot(to, why(notice)),
            title,
        };
        let subject = if notice.about.answers.is_some() { format!("Re: {}", mail.title) } else { mail.title.clone() };
        let (text, html) = (PostText { m: &mail }.render()?, PostHtml { m: &mail }.render()?);
        let letter = self.letter(to, &subject, &text, html, now);
        Ok(Letter { conversation: Some(format!("thread-{}", notice.thread.id)), ..letter })
    }

    /// That one's own post is hidden.
    pub fn hidden(&self, to: &Recipient, notice: &Waiting, now: Instant) -> Result<Letter, askama::Error> {
        let mail = HiddenMail {
            cohort: self.cohort.name.clone(),
            title: self.title(notice),
            reason: notice.about.hidden_reason.clone(),
            text: notice.about.body.clone(),
            html: styled(&notice.about.html, self.base_url),
            url: self.url(notice),
            has_facilitators: !self.facilitators.is_empty(),
            foot: self.foot(to, "it is about a post of yours".into()),
        };
        let (text, html) = (HiddenText { m: &mail }.render()?, HiddenHtml { m: &mail }.render()?);
        Ok(self.letter(to, "A post of yours is hidden", &text, html, now))
    }

    /// Several posts, by thread, in the order in which the threads were first written in.
    pub fn digest(&self, to: &Recipient, notices: &[&Waiting], now: Instant) -> Result<Letter, askama::Error> {
        let mut by_thread: Vec<Vec<&Waiting>> = Vec::new();
        for notice in notices {
            match by_thread.iter_mut().find(|known| known.iter().any(|one| one.thread.id == notice.thread.id)) {
                Some(known) => known.push(notice),
                None => by_thread.push(vec![notice]),
            }
        }
        let more = by_thread.len().saturating_sub(THREADS);
        let mail = DigestMail {
            cohort: self.cohort.name.clone(),
            heading: format!("{} in your discussions", count(notices.len(), "new post")),
            heard: by_thread.iter().take(THREADS).map(|posts| self.heard(posts)).collect(),
            more: if more > 0 { format!("And {}.", count(more, "more thread")) } else { String::new() },
            url: self.base_url.join(&format!("{}/discussions?show=unread", self.cohort.path())),
            foot: self.foot(to, "you chose to be told of these in one mail".into()),
        };
        let (text, html) = (DigestText { m: &mail }.render()?, DigestHtml { m: &mail }.render()?);
        Ok(self.letter(to, &mail.heading, &text, html, now))
    }

    fn heard(&self, posts: &[&Waiting]) -> Heard {
        let more = posts.len().saturating_sub(POSTS);
        let first = posts.first();
        Heard {
            title: first.map(|one| self.title(one)).unwrap_or_default(),
            about: first.map(|one| self.about(one)).unwrap_or_default(),
            posts: posts
                .iter()
                .take(POSTS)
                .map(|one| (one.author.clone(), excerpt(&one.about.html, BEGINNING)))
                .collect(),
            more: if more > 0 { format!("And {}.", count(more, "more post")) } else { String::new() },
            url: first.map(|one| self.url(one)).unwrap_or_default(),
        }
    }

    fn unit(&self, notice: &Waiting) -> Option<&Unit> {
        self.programme.unit_called(notice.thread.unit.as_ref()?)
    }

    /// A step's own thread is called as the step is now.
    fn title(&self, notice: &Waiting) -> String {
        let step = self.unit(notice).zip(notice.thread.step.as_ref()).and_then(|(unit, step)| unit.step_called(step));
        step.map_or_else(|| notice.thread.title.clone(), |step| step.title.clone())
    }

    fn about(&self, notice: &Waiting) -> String {
        self.unit(notice).map_or_else(|| "The whole course".into(), Unit::full_title)
    }

    fn url(&self, notice: &Waiting) -> String {
        let path = self.cohort.path();
        self.base_url.join(&format!("{path}/discussions/{}?post={}", notice.thread.id, notice.about.id))
    }

    fn foot(&self, to: &Recipient, why: String) -> Foot {
        Foot {
            cohort: self.cohort.name.clone(),
            why,
            stop_url: self.stop_url(to),
            wishes_url: self.base_url.join(&super::pages::path(self.cohort)),
        }
    }

    fn stop_url(&self, to: &Recipient) -> String {
        self.base_url.join(&format!("/unsubscribe/{}/discussions", to.unsubscribe_token))
    }

    fn letter(&self, to: &Recipient, subject: &str, text: &str, html: String, now: Instant) -> Letter {
        Letter {
            class: Class::Bulk,
            account: Some(to.account.0),
            to_name: to.name.clone(),
            to: to.email.clone(),
            subject: shortened(subject),
            text: fold(text),
            html: Some(html),
            reply_to: replies_to(self.facilitators),
            list: Some(List {
                id: list_id("discussions", self.cohort, self.base_url),
                unsubscribe_url: self.stop_url(to),
            }),
            expires_at: now + NEWS,
            calendar: None,
            attachment: None,
            conversation: None,
        }
    }
}

/// Whole words, [`SUBJECT`] characters at most.
fn shortened(subject: &str) -> String {
    if subject.chars().count() < SUBJECT {
        return subject.to_owned();
    }
    let mut short = String::new();
    for word in subject.split_whitespace() {
        if short.chars().count() + word.chars().count() + 3 > SUBJECT {
            break;
        }
        short.push_str(word);
        short.push(' ');
    }
    if short.is_empty() { subject.chars().take(SUBJECT - 1).collect() } else { short + "…" }
}

fn lede(notice: &Waiting) -> String {
    let author = &notice.author;
    match notice.reason {
        Reason::Mention => format!("{author} names you."),
        Reason::Reply => format!("{author} answers your post."),
        _ if notice.about.answers.is_some() => format!("{author} answers a post."),
        _ => format!("{author} writes."),
    }
}

/// Ends 'You get this mail because …'.
fn why(notice: &Waiting) -> String {
    match notice.reason {
        Reason::Mention => "it names you".into(),
        Reason::Reply => "it answers your post".into(),
        Reason::Thread => "you follow this thread".into(),
        Reason::Unit => "you follow what is said about this part of the course".into(),
        Reason::Person => format!("you follow what {} writes", notice.author),
        Reason::Hidden => "it is about a post of yours".into(),
    }
}

#[cfg(test)]
mod tests;
