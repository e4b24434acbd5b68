//! What became of a reminder, in words for the learner who wonders and the facilitator who is asked.

use super::NotSent;
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::zone::Zone;
use crate::words;

words! {
    /// What became of a reminder, in the words by which a facilitator looks for it.
    Outcome {
        Sent = "sent",
        NotSent = "not_sent",
        Waiting = "waiting",
        Failed = "failed",
        Unknown = "unknown",
    }
}

impl Outcome {
    pub fn label(self) -> &'static str {
        match self {
            Self::Sent => "Sent",
            Self::NotSent => "Not sent",
            Self::Waiting => "Waiting",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }

    /// A mail's states that come to this. A reminder without a mail was not sent either.
    pub fn states(self) -> &'static [State] {
        match self {
            Self::Sent => &[State::Sent],
            Self::NotSent => &[State::Cancelled, State::Missed],
            Self::Waiting => &[State::Pending, State::Claimed, State::DataStarted],
            Self::Failed => &[State::Failed],
            Self::Unknown => &[State::Unknown],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The mail server took it, with these words.
    Sent {
        at: Instant,
        answer: String,
    },
    Waiting {
        until: Instant,
        /// Why an earlier attempt did not succeed; empty if there was none.
        after: String,
    },
    BeingSent,
    NotSent(NotSent),
    /// It was queued, and before it went it was wanted no more, or its time had passed.
    Dropped(String),
    Failed(String),
    /// Perhaps delivered: sending stopped between the mail and the server's answer.
    Unknown,
    /// Mails are kept on record for 12 months.
    Forgotten {
        at: Instant,
    },
}

/// A mail's state, its reason, the server's answer, its next attempt and when it was settled.
pub type Mail = (State, Option<String>, Option<String>, Instant, Option<Instant>);

impl Fate {
    pub fn of(not_sent: Option<NotSent>, mail: Option<Mail>, decided_at: Instant) -> Self {
        if let Some(reason) = not_sent {
            return Self::NotSent(reason);
        }
        let Some((state, reason, answer, next, settled)) = mail else {
            return Self::Forgotten { at: decided_at };
        };
        let reason = reason.unwrap_or_default();
        match state {
            State::Pending => Self::Waiting { until: next, after: reason },
            State::Claimed | State::DataStarted => Self::BeingSent,
            State::Sent => Self::Sent { at: settled.unwrap_or(decided_at), answer: answer.unwrap_or_default() },
            State::Failed => Self::Failed(answer.filter(|answer| !answer.is_empty()).unwrap_or(reason)),
            State::Cancelled | State::Missed => Self::Dropped(reason),
            State::Unknown => Self::Unknown,
        }
    }

    /// In a word, with how it looks: `done`, `now` or empty, the ending of `app-state--`.
    pub fn label(&self) -> (&'static str, &'static str) {
        match self {
            Self::Sent { .. } => ("Sent", "done"),
            Self::Waiting { .. } => ("Waiting", "now"),
            Self::BeingSent => ("Being sent", "now"),
            Self::NotSent(_) | Self::Dropped(_) => ("Not sent", ""),
            Self::Failed(_) => ("Failed", "now"),
            Self::Unknown => ("Unknown", "now"),
            Self::Forgotten { .. } => ("Sent long ago", ""),
        }
    }

    /// The rest of the sentence that the label begins, in the cohort's time.
    pub fn story(&self, zone: &Zone, now: Instant) -> String {
        match self {
            Self::Sent { at, answer } if answer.is_empty() => {
                format!(" {} and accepted by the mail server.", zone.exact(*at))
            }
            Self::Sent { at, answer } => {
                format!(" {}. The mail server accepted it with ‘{answer}’.", zone.exact(*at))
            }
            Self::Waiting { until, after } if !after.is_empty() => {
                format!(": not accepted yet, {after}. The next try is {}.", zone.exact(*until))
            }
            Self::Waiting { until, .. } if *until > now => {
                format!(": goes out {}, 20 hours after the mail before it.", zone.exact(*until))
            }
            Self::Waiting { .. } => ": it goes out in a moment.".into(),
            Self::BeingSent => ": the mail server has it in hand.".into(),
            Self::NotSent(reason) => format!(" because {}.", reason.because()),
            Self::Dropped(reason) if reason.is_empty() => "; why is not on record.".into(),
            Self::Dropped(reason) => format!(" because {reason}."),
            Self::Failed(why) if why.is_empty() => ": the mail server did not say why.".into(),
            Self::Failed(why) => format!(": {why}."),
            Self::Unknown => {
                ": sending broke off before the mail server answered, so it may have arrived. It is not sent \
                              again by itself."
                    .into()
            }
            Self::Forgotten { at } => {
                format!(", {}. Mails are kept on record for 12 months.", zone.exact(*at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_is_told_in_a_sentence() {
        let at = Instant::from_micros(1_800_000_000_000_000);
        let zone = Zone::named("Europe/London").unwrap();
        let mail = |state, reason: Option<&str>, answer: Option<&str>| {
            Fate::of(None, Some((state, reason.map(Into::into), answer.map(Into::into), at, Some(at))), at)
        };
        let said = |fate: Fate| format!("{}{}", fate.label().0, fate.story(&zone, at));
        let when = zone.exact(at);
        assert_eq!(
            said(mail(State::Sent, None, Some("250 2.0.0 Ok"))),
            format!("Sent {when}. The mail server accepted it with ‘250 2.0.0 Ok’.")
        );
        assert_eq!(
            said(mail(State::Failed, Some("refused"), Some("550 5.1.1 No such user"))),
            "Failed: 550 5.1.1 No such user."
        );
        assert_eq!(
            said(mail(State::Cancelled, Some("the course had closed"), None)),
            "Not sent because the course had closed."
        );
        assert_eq!(
            said(Fate::of(Some(NotSent::Done), None, at)),
            "Not sent because every required step of the unit was done."
        );
        assert!(said(Fate::of(None, None, at)).starts_with("Sent long ago, "));
        for state in State::ALL {
            assert!(said(mail(*state, None, None)).len() > 20);
        }
    }
}
