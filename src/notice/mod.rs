//! Who is told by mail of what was said, why and how: at once or in a digest, once for each post, never of one's own.

pub mod emails;
pub mod incoming;
pub mod pages;
pub mod receive;
pub mod store;
pub mod tell;
pub mod wanted;
pub mod write;

use chrono::{Datelike as _, Days, NaiveTime, Weekday};

use crate::cohort::store::Recipient;
use crate::cohort::{Cohort, Standing};
use crate::platform::clock::Instant;
use crate::{id, words};

id!(NoticeId);

words! {
    How { AtOnce = "at-once", Daily = "daily", Weekly = "weekly", Never = "never" }
}

impl How {
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AtOnce => "At once",
            Self::Daily => "In a mail each morning",
            Self::Weekly => "In a mail each Friday",
            Self::Never => "Not by mail",
        }
    }
}

words! {
    /// Why somebody is told of a post. Of several reasons the first one counts.
    Reason {
        Mention = "mention",
        Reply = "reply",
        Thread = "thread",
        Unit = "unit",
        Person = "person",
        /// It is their own, and a facilitator or three reports have hidden it.
        Hidden = "hidden",
    }
}

impl Reason {
    /// As the page of one's own mails heads it.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Mention => "You are named",
            Self::Reply => "Reply to you",
            Self::Thread => "Thread you follow",
            Self::Unit => "Unit you follow",
            Self::Person => "Person you follow",
            Self::Hidden => "Your post is hidden",
        }
    }
}

words! {
    /// Why a notice went out in no mail.
    NotSent {
        Read = "read",
        Gone = "gone",
        Closed = "closed",
        Stopped = "stopped",
        Unwanted = "unwanted",
        Withdrawn = "withdrawn",
        Suspended = "suspended",
        Unverified = "unverified",
        Undeliverable = "undeliverable",
    }
}

impl NotSent {
    /// Ends 'Not sent, because …'.
    pub fn because(self) -> &'static str {
        match self {
            Self::Read => "it had been read by then",
            Self::Gone => "the post could be read no more",
            Self::Closed => "what it is about was not open",
            Self::Stopped => "mails about discussions had been stopped",
            Self::Unwanted => "such mails were not wanted any more",
            Self::Withdrawn => "the place in the course had been given up",
            Self::Suspended => "the account was suspended",
            Self::Unverified => "the email address was not confirmed",
            Self::Undeliverable => "mail to this address could not be delivered",
        }
    }
}

/// Why somebody gets no mail about discussions at all. `None`: they do.
pub fn refusal(of: &Recipient) -> Option<NotSent> {
    match of {
        _ if of.standing == Standing::Withdrawn => Some(NotSent::Withdrawn),
        _ if of.suspended_at.is_some() => Some(NotSent::Suspended),
        _ if of.verified_at.is_none() => Some(NotSent::Unverified),
        _ if of.undeliverable_at.is_some() => Some(NotSent::Undeliverable),
        _ if of.discussions_stopped_at.is_some() => Some(NotSent::Stopped),
        _ => None,
    }
}

/// How somebody wants to be told, for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    pub mentions: How,
    pub replies: How,
    pub threads: How,
    pub units: How,
    pub people: How,
}

/// What is meant for one person comes at once, everything else in one mail a day.
impl Default for Wishes {
    fn default() -> Self {
        Self { mentions: How::AtOnce, replies: How::AtOnce, threads: How::Daily, units: How::Daily, people: How::Daily }
    }
}

impl Wishes {
    pub fn of(&self, reason: Reason) -> How {
        match reason {
            Reason::Mention => self.mentions,
            Reason::Reply => self.replies,
            Reason::Thread => self.threads,
            Reason::Unit => self.units,
            Reason::Person => self.people,
            // Who cannot see their own words any more is told.
            Reason::Hidden => How::AtOnce,
        }
    }
}

/// On this day of the week weekly digests go out: there is a working day left to answer, and no unit opens.
const WEEKLY_ON: Weekday = Weekday::Fri;

/// When what happened at `from` is to go out: at once, or the next time that the cohort's morning hour comes, on any day
/// or on a Friday.
pub fn due_at(how: How, cohort: &Cohort, hour: NaiveTime, from: Instant) -> Instant {
    if matches!(how, How::AtOnce | How::Never) {
        return from;
    }
    let today = cohort.zone.local_date(from);
    // Eight days hold every weekday after this hour.
    (0..=7)
        .map(|days| today + Days::new(days))
        .filter(|day| how == How::Daily || day.weekday() == WEEKLY_ON)
        .map(|day| cohort.zone.instant(day.and_time(hour)))
        .find(|at| *at > from)
        .unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reminder::sample::{at, cohort};

    #[test]
    fn a_digest_goes_out_at_the_next_morning_hour_on_the_wall() {
        let cohort = cohort("Europe/London", "2027-01-11");
        let hour = NaiveTime::from_hms_opt(8, 0, 0).unwrap();
        let zone = &cohort.zone;
        for (how, from, due) in [
            (How::AtOnce, "2027-03-27 07:59", "2027-03-27 07:59"),
            (How::Daily, "2027-03-27 07:59", "2027-03-27 08:00"),
            (How::Daily, "2027-03-27 08:00", "2027-03-28 08:00"),
            (How::Daily, "2027-03-28 22:00", "2027-03-29 08:00"),
            (How::Weekly, "2027-03-26 07:59", "2027-03-26 08:00"),
            (How::Weekly, "2027-03-26 08:00", "2027-04-02 08:00"),
            (How::Weekly, "2027-03-27 12:00", "2027-04-02 08:00"),
        ] {
            assert_eq!(due_at(how, &cohort, hour, at(zone, from)), at(zone, due), "{how} {from}");
        }
    }
}
