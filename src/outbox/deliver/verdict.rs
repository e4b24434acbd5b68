//! What follows from an answer, or from none: pure rules over the phase of the conversation.

use chrono::TimeDelta;

use crate::outbox::Class;

/// How far the conversation with the mail server had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Connecting, the greeting and EHLO.
    Greeting,
    Tls,
    Auth,
    Sender,
    Recipient,
    /// The DATA command: nothing of the mail itself has been sent.
    Data,
    /// The mail itself, up to the answer to its last dot.
    Content,
    /// Taken back by ourselves, just before the mail itself.
    Withdrawn,
    /// No server at all: the mail becomes a file.
    File,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The server said no: 4xx or 5xx, and its words.
    Answered { code: u16, text: String },
    /// The server's certificate or its TLS cannot be trusted.
    Tls(String),
    /// No connection, a broken one, or no answer in time.
    Lost(String),
    /// This mail cannot be put to this server at all.
    Ours(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub phase: Phase,
    pub trouble: Trouble,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Sent {
        answer: String,
    },
    Retry {
        reason: String,
    },
    Failed {
        reason: String,
        /// The mail server's, if it is about the recipient: it counts against the address.
        answer: Option<String>,
        no_such_address: bool,
    },
    Unknown {
        reason: String,
    },
    /// The settings are wrong, not the message: nothing is sent until a person has looked.
    Halt {
        reason: String,
    },
}

/// Authentication required, mechanism too weak, credentials refused, encryption required: settings, not recipients.
const SETTINGS: [u16; 4] = [530, 534, 535, 538];
/// Enhanced status codes (RFC 3463) that find fault with the sender's address, which is a setting too.
const SENDER_REFUSED: [&str; 2] = ["5.1.7", "5.1.8"];
/// Too big: of what is said to the sender's address, that alone is about the mail.
const TOO_BIG: (u16, &str) = (552, "5.3.4");
/// No such mailbox; a domain that takes no mail (RFC 7505).
const NO_SUCH_ADDRESS: [&str; 2] = ["5.1.1", "5.1.10"];

/// Whom a final answer finds fault with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// It is not there: no mail ever arrives.
    Address,
    /// The address that we send from.
    Sender,
    /// This mail or this mailbox, today.
    Mail,
    /// What lies between: it was tried until there was no more time.
    Way,
}

/// `status`: `5.1.1`, as an answer begins with it or a notification says.
pub fn blamed(status: &str) -> Blame {
    match status {
        _ if NO_SUCH_ADDRESS.contains(&status) => Blame::Address,
        _ if SENDER_REFUSED.contains(&status) => Blame::Sender,
        _ if status.starts_with('4') => Blame::Way,
        _ => Blame::Mail,
    }
}

/// How the reason of what has waited only for the server begins.
pub const UNREACHED: &str = "the mail server cannot be reached";

impl Refusal {
    /// Only where a conversation begins does a fault of TLS find fault with the settings: later it is one more way to lose
    /// the connection.
    pub fn new(phase: Phase, trouble: Trouble) -> Self {
        let trouble = match trouble {
            Trouble::Tls(why) if !matches!(phase, Phase::Greeting | Phase::Tls) => Trouble::Lost(why),
            trouble => trouble,
        };
        Self { phase, trouble }
    }

    pub fn verdict(&self, class: Class) -> Verdict {
        let reason = self.reason();
        match (&self.trouble, self.phase) {
            (Trouble::Tls(_), _) | (Trouble::Ours(_), Phase::Tls | Phase::Auth) => Verdict::Halt { reason },
            (Trouble::Ours(_), _) => Verdict::Failed { reason, answer: None, no_such_address: false },
            (Trouble::Lost(_), Phase::Content) if class == Class::Bulk => Verdict::Unknown { reason },
            (Trouble::Lost(_), _) => Verdict::Retry { reason },
            (Trouble::Answered { code, text }, phase) => answered(*code, text, phase, reason),
        }
    }

    /// Whether the conversation cannot go on after it.
    pub fn ends_connection(&self) -> bool {
        match &self.trouble {
            Trouble::Answered { code, .. } => *code == 421,
            Trouble::Ours(_) => false,
            Trouble::Tls(_) | Trouble::Lost(_) => true,
        }
    }

    /// No answer once the recipient was named: what hangs may be the recipient's own server, behind ours.
    pub fn is_silence_about_recipient(&self) -> bool {
        matches!((&self.trouble, self.phase), (Trouble::Lost(_), Phase::Recipient | Phase::Content))
    }

    fn reason(&self) -> String {
        match (&self.trouble, self.phase) {
            (Trouble::Answered { code, text }, Phase::Recipient) => {
                format!("the mail server did not take the recipient: {code} {text}")
            }
            (Trouble::Answered { code, text }, _) => format!("the mail server answered: {code} {text}"),
            (Trouble::Tls(why), _) => format!("the connection to the mail server cannot be trusted: {why}"),
            (Trouble::Lost(why), Phase::Greeting) => format!("{UNREACHED}: {why}"),
            (Trouble::Lost(why), Phase::Content) => {
                format!("the mail server did not say whether it took the mail: {why}")
            }
            (Trouble::Lost(why), Phase::File) => format!("the mail folder cannot be written to: {why}"),
            (Trouble::Lost(why), Phase::Withdrawn) => why.clone(),
            (Trouble::Lost(why), _) => format!("the connection to the mail server was lost: {why}"),
            (Trouble::Ours(why), _) => why.clone(),
        }
    }
}

fn answered(code: u16, text: &str, phase: Phase, reason: String) -> Verdict {
    let status = text.split_whitespace().next().unwrap_or_default();
    let blamed = blamed(status);
    // Many servers (Postfix, unless told otherwise) judge the sender when they hear the recipient.
    let settings = SETTINGS.contains(&code)
        || matches!(phase, Phase::Tls | Phase::Auth)
        || (phase == Phase::Sender && code != TOO_BIG.0 && status != TOO_BIG.1)
        || (phase == Phase::Recipient && blamed == Blame::Sender);
    match code {
        // A server that serves nobody at the moment says nothing about a recipient.
        ..500 => Verdict::Retry { reason },
        _ if settings => Verdict::Halt { reason },
        _ if phase == Phase::Greeting => Verdict::Retry { reason },
        _ => Verdict::Failed {
            reason,
            answer: (phase == Phase::Recipient).then(|| format!("{code} {text}")),
            no_such_address: phase == Phase::Recipient && blamed == Blame::Address,
        },
    }
}

/// How long until the next attempt: 1, 2, 4 … 60 minutes after the first, second, third … attempt, a fifth more or
/// less. `roll`: 0 to 1.
pub fn backoff(attempts: i32, roll: f64) -> TimeDelta {
    let minutes = 1_i64.checked_shl(u32::try_from(attempts - 1).unwrap_or(0)).filter(|m| *m > 0).unwrap_or(60).min(60);
    let share = 0.8 + 0.4 * roll.clamp(0.0, 1.0);
    TimeDelta::milliseconds((minutes as f64 * 60_000.0 * share) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(phase: Phase, code: u16, text: &str) -> Verdict {
        Refusal::new(phase, Trouble::Answered { code, text: text.into() }).verdict(Class::Bulk)
    }

    #[test]
    fn attempts_come_further_and_further_apart_up_to_an_hour() {
        let minutes: Vec<i64> = (1..=9).map(|n| backoff(n, 0.5).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        for attempts in [0, 1, 7, 62, 63, 64, 65, 1_000, i32::MAX, i32::MIN + 1] {
            for roll in [0.0, 0.3, 1.0] {
                let wait = backoff(attempts, roll);
                assert!(wait >= TimeDelta::seconds(48) && wait <= TimeDelta::minutes(72), "{attempts} {roll} {wait}");
            }
        }
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for (phase, code) in [
            (Phase::Greeting, 421),
            (Phase::Greeting, 554),
            (Phase::Tls, 454),
            (Phase::Auth, 454),
            (Phase::Sender, 452),
            (Phase::Recipient, 451),
            (Phase::Data, 451),
            (Phase::Content, 451),
        ] {
            assert!(matches!(answer(phase, code, "4.7.1 Later"), Verdict::Retry { .. }), "{phase:?} {code}");
        }
    }

    #[test]
    fn a_final_no_fails_the_message() {
        for (phase, code, text, no_such) in [
            (Phase::Recipient, 550, "5.1.1 No such user", true),
            (Phase::Recipient, 556, "5.1.10 Null MX", true),
            (Phase::Recipient, 550, "5.7.1 Not today", false),
            (Phase::Recipient, 550, "No such user", false),
            (Phase::Sender, 552, "Too big", false),
            (Phase::Sender, 554, "5.3.4 Too big", false),
            (Phase::Data, 554, "5.5.1 No valid recipients", false),
            (Phase::Content, 554, "5.1.1 Spam", false),
        ] {
            let Verdict::Failed { no_such_address, answer, .. } = answer(phase, code, text) else {
                panic!("{phase:?} {code} {text}")
            };
            let counts = (phase == Phase::Recipient).then(|| format!("{code} {text}"));
            assert_eq!((no_such_address, answer), (no_such, counts), "{phase:?} {code} {text}");
        }
    }

    #[test]
    fn wrong_settings_halt_everything() {
        for (phase, code, text) in [
            (Phase::Sender, 530, "5.7.0 Authentication required"),
            (Phase::Recipient, 530, ""),
            (Phase::Greeting, 530, ""),
            (Phase::Auth, 534, ""),
            (Phase::Auth, 535, "5.7.8 Bad credentials"),
            (Phase::Auth, 504, ""),
            (Phase::Tls, 502, ""),
            (Phase::Sender, 553, "5.1.8 Sender refused"),
            (Phase::Sender, 550, "5.7.1 Not from this address"),
            (Phase::Sender, 501, "Bad address"),
            (Phase::Recipient, 550, "5.1.8 Domain not found"),
        ] {
            assert!(matches!(answer(phase, code, text), Verdict::Halt { .. }), "{phase:?} {code}");
        }
        for trouble in [Trouble::Tls("bad certificate".into()), Trouble::Ours("no STARTTLS".into())] {
            assert!(matches!(Refusal::new(Phase::Tls, trouble).verdict(Class::Account), Verdict::Halt { .. }));
        }
    }

    #[test]
    fn silence_is_only_a_doubt_once_the_mail_itself_is_on_its_way() {
        let lost = |phase, class| Refusal::new(phase, Trouble::Lost("gone".into())).verdict(class);
        for phase in [Phase::Greeting, Phase::Tls, Phase::Auth, Phase::Sender, Phase::Recipient, Phase::Data] {
            assert!(matches!(lost(phase, Class::Bulk), Verdict::Retry { .. }), "{phase:?}");
        }
        assert!(matches!(lost(Phase::Content, Class::Bulk), Verdict::Unknown { .. }));
        assert!(matches!(lost(Phase::Content, Class::Account), Verdict::Retry { .. }));
    }

    #[test]
    fn a_fault_of_tls_in_the_midst_of_it_is_a_lost_connection() {
        let fault = |phase, class| Refusal::new(phase, Trouble::Tls("bad record".into())).verdict(class);
        for phase in [Phase::Auth, Phase::Sender, Phase::Recipient, Phase::Data] {
            assert!(matches!(fault(phase, Class::Bulk), Verdict::Retry { .. }), "{phase:?}");
        }
        assert!(matches!(fault(Phase::Content, Class::Bulk), Verdict::Unknown { .. }));
        assert!(matches!(fault(Phase::Content, Class::Account), Verdict::Retry { .. }));
        assert!(matches!(fault(Phase::Greeting, Class::Bulk), Verdict::Halt { .. }));
    }
}
