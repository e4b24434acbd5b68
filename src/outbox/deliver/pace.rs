//! How fast mail leaves: so many bulk mails a second, and so many of them to one domain. Account mail is never held up
//! by that. One lane at a time has a domain's mails in hand, so that one which hangs holds up none but its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::outbox::store::{Claim, Room};
use crate::outbox::{Class, MessageId};
use crate::platform::config::Delivery;

/// How long bulk mail keeps away from a domain that left couriers waiting twice in a row.
const REST: Duration = Duration::from_secs(60);
/// What is too soon is looked at again no later than this.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

pub struct Pace {
    /// Between two bulk mails, and between two to one domain, on average.
    step: Duration,
    step_of_domain: Duration,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    all: Option<Gate>,
    domains: HashMap<String, Gate>,
    /// Whose newest mail was waited for in vain.
    silent: HashSet<String>,
    in_hand: HashMap<MessageId, InHand>,
}

/// A mail in hand.
struct InHand {
    lane: usize,
    domain: String,
    since: Instant,
}

/// Lets a second's worth through at once, and then one at each step.
#[derive(Clone, Copy)]
struct Gate {
    next: Instant,
}

impl Gate {
    fn opens_in(self, step: Duration, now: Instant) -> Duration {
        let ahead = self.next.saturating_duration_since(now);
        ahead.saturating_sub(Duration::from_secs(1).saturating_sub(step))
    }

    fn pass(self, step: Duration, now: Instant) -> Self {
        Self { next: self.next.max(now) + step }
    }
}

impl Pace {
    pub fn new(delivery: &Delivery) -> Self {
        let step = |rate: Option<u32>| rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        Self { step: step(delivery.per_second), step_of_domain: step(delivery.per_domain), kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a lane may claim now.
    pub fn room(&self, lane: usize) -> Room {
        let (mut kept, now) = (self.kept(), Instant::now());
        kept.domains.retain(|_, gate| gate.next > now);
        let waits = |gate: Gate| !gate.opens_in(self.step_of_domain, now).is_zero();
        Room {
            bulk: kept.all.is_none_or(|gate| gate.opens_in(self.step, now).is_zero()),
            busy: kept.in_hand.values().filter(|mail| mail.lane != lane).map(|mail| mail.domain.clone()).collect(),
            waiting: kept.domains.iter().filter(|(_, gate)| waits(**gate)).map(|(domain, _)| domain.clone()).collect(),
        }
    }

    /// Takes a mail in hand. False if another lane was faster with one to the same domain.
    pub fn take(&self, lane: usize, claim: &Claim) -> bool {
        let (mut kept, now, domain) = (self.kept(), Instant::now(), domain(claim));
        if kept.in_hand.values().any(|mail| mail.lane != lane && mail.domain == domain) {
            return false;
        }
        if claim.envelope.class == Class::Bulk {
            let fresh = Gate { next: now };
            kept.all = Some(kept.all.unwrap_or(fresh).pass(self.step, now));
            let gate = kept.domains.entry(domain.clone()).or_insert(fresh);
            *gate = gate.pass(self.step_of_domain, now);
        }
        kept.in_hand.insert(claim.id, InHand { lane, domain, since: now });
        true
    }

    /// It is its turn: from now on its lane waits for it.
    pub fn goes(&self, mail: MessageId) {
        if let Some(mail) = self.kept().in_hand.get_mut(&mail) {
            mail.since = Instant::now();
        }
    }

    pub fn done(&self, mail: MessageId) {
        self.kept().in_hand.remove(&mail);
    }

    /// A lane's hands are empty.
    pub fn leave(&self, lane: usize) {
        self.kept().in_hand.retain(|_, mail| mail.lane != lane);
    }

    /// Whether a mail was answered, with whatever words, or waited for in vain. The second silence in a row is the domain's.
    pub fn heard(&self, claim: &Claim, answered: bool) {
        let (mut kept, domain) = (self.kept(), domain(claim));
        if answered {
            kept.silent.remove(&domain);
        } else if !kept.silent.insert(domain.clone()) {
            let next = Instant::now() + REST + Duration::from_secs(1);
            kept.domains.insert(domain, Gate { next });
        }
    }

    /// Until something that was held up may be let through. `None`: nothing soon.
    pub fn pause(&self) -> Option<Duration> {
        let (kept, now) = (self.kept(), Instant::now());
        let all = kept.all.map(|gate| gate.opens_in(self.step, now));
        let domains = kept.domains.values().map(|gate| gate.opens_in(self.step_of_domain, now));
        let soonest = domains.chain(all).filter(|pause| !pause.is_zero()).min().unwrap_or_default();
        (soonest <= Duration::from_secs(1)).then(|| soonest.clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
    }

    /// Whether all of so many lanes have had their mail in hand for longer than that.
    pub fn all_wait(&self, lanes: usize, patience: Duration) -> bool {
        let kept = self.kept();
        let waiting = kept.in_hand.values().filter(|mail| mail.since.elapsed() >= patience).map(|mail| mail.lane);
        waiting.collect::<HashSet<_>>().len() >= lanes
    }
}

fn domain(claim: &Claim) -> String {
    claim.envelope.to.rsplit('@').next().unwrap_or_default().to_lowercase()
}
