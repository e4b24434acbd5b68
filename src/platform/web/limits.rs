//! How often something may be tried: in this process, by key. Behind several processes a limit is that many times as wide.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{Quota, RateLimiter};

use super::error::Error;

type Keyed = governor::DefaultKeyedRateLimiter<String>;

/// So many tries in a period, for each key.
pub struct Limit(Keyed);

impl Limit {
    /// `tries` at once, and as many again in each `period`.
    pub fn new(tries: u32, period: Duration) -> Self {
        let tries = NonZeroU32::new(tries).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period / tries.get()).unwrap_or(Quota::per_second(tries)).allow_burst(tries);
        Self(RateLimiter::keyed(quota))
    }

    /// Counts one try; too many is an [`Error::TooMany`] with the wait.
    pub fn count(&self, key: impl Into<String>) -> Result<(), Error> {
        self.0.check_key(&key.into()).map_err(|not_until| Error::TooMany {
            seconds: not_until.wait_time_from(DefaultClock::default().now()).as_secs().max(1),
        })
    }

    /// Forgets keys that are as good as new; called by a timer so that memory stays flat.
    pub fn forget_old(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}
