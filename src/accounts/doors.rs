//! How often the doors may be tried: sign-in, sign-up, and the mails that both can cause.
//!
//! A place is a network address; for IPv6 the /64, which is what one connection gets. Whether an account exists makes
//! no difference to any of this.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use crate::platform::web::Error;
use crate::platform::web::limits::Limit;

/// So many times in a period.
pub type Rate = (u32, Duration);

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The numbers behind [`Doors`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Failed sign-ins to one account from one place.
    pub failures_to_account_from_place: Rate,
    /// Failed sign-ins to one account from everywhere.
    pub failures_to_account: Rate,
    /// Failed sign-ins from one place; many people may share it.
    pub failures_from_place: Rate,
    pub mails_to_address: Rate,
    pub mails_from_place: Rate,
    pub sign_ups_from_place: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            failures_to_account_from_place: (10, 5 * MINUTE),
            failures_to_account: (20, 5 * MINUTE),
            failures_from_place: (100, 10 * MINUTE),
            mails_to_address: (3, HOUR),
            mails_from_place: (20, HOUR),
            sign_ups_from_place: (20, HOUR),
        }
    }
}

impl Limits {
    /// For a demonstration and for tests, where everybody comes from one address.
    pub fn wide() -> Self {
        let wide = (100_000, HOUR);
        Self { failures_from_place: wide, mails_from_place: wide, sign_ups_from_place: wide, ..Self::default() }
    }
}

pub struct Doors {
    to_account_from_place: Failures,
    to_account: Failures,
    from_place: Failures,
    mails_to_address: Limit,
    mails_from_place: Limit,
    sign_ups_from_place: Limit,
}

impl Doors {
    pub fn new(limits: &Limits) -> Self {
        let limit = |(times, period): Rate| Limit::new(times, period);
        Self {
            to_account_from_place: Failures::new(limits.failures_to_account_from_place),
            to_account: Failures::new(limits.failures_to_account),
            from_place: Failures::new(limits.failures_from_place),
            mails_to_address: limit(limits.mails_to_address),
            mails_from_place: limit(limits.mails_from_place),
            sign_ups_from_place: limit(limits.sign_ups_from_place),
        }
    }

    /// Whether a sign-in may be tried now; asked before any hashing.
    pub fn may_sign_in(&self, account: &str, peer: Option<IpAddr>) -> Result<(), Error> {
        let place = place(peer);
        self.to_account_from_place.check(&format!("{account} {place}"))?;
        self.to_account.check(account)?;
        self.from_place.check(&place)
    }

    /// Counts a failed sign-in.
    pub fn failed_sign_in(&self, account: &str, peer: Option<IpAddr>) {
        let place = place(peer);
        self.to_account_from_place.count(&format!("{account} {place}"));
        self.to_account.count(account);
        self.from_place.count(&place);
    }

    pub fn may_sign_up(&self, peer: Option<IpAddr>) -> Result<(), Error> {
        self.sign_ups_from_place.count(place(peer))
    }

    /// Counts a mail that somebody asks for. An error: too many from this place. False: enough for this address, which
    /// the one who asks is not told.
    pub fn may_mail(&self, address: &str, peer: Option<IpAddr>) -> Result<bool, Error> {
        self.mails_from_place.count(place(peer))?;
        Ok(self.mails_to_address.count(address).is_ok())
    }

    /// Forgets what is as good as new; called by a timer so that memory stays flat.
    pub fn forget_old(&self) {
        for failures in [&self.to_account_from_place, &self.to_account, &self.from_place] {
            failures.forget_old();
        }
        for limit in [&self.mails_to_address, &self.mails_from_place, &self.sign_ups_from_place] {
            limit.forget_old();
        }
    }
}

/// A limit that only failures count against, yet that is asked before the try.
struct Failures {
    limit: Limit,
    /// Until when a key that has used up its failures stays out.
    shut: Mutex<HashMap<String, Moment>>,
}

impl Failures {
    fn new((times, period): Rate) -> Self {
        Self { limit: Limit::new(times, period), shut: Mutex::default() }
    }

    fn check(&self, key: &str) -> Result<(), Error> {
        let left = self.shut().get(key).map(|until| until.saturating_duration_since(Moment::now()));
        match left {
            Some(left) if !left.is_zero() => Err(Error::TooMany { seconds: left.as_secs().max(1) }),
            _ => Ok(()),
        }
    }

    fn count(&self, key: &str) {
        if let Err(Error::TooMany { seconds }) = self.limit.count(key) {
            self.shut().insert(key.to_owned(), Moment::now() + Duration::from_secs(seconds));
        }
    }

    fn forget_old(&self) {
        self.limit.forget_old();
        let now = Moment::now();
        self.shut().retain(|_, until| *until > now);
    }

    fn shut(&self) -> MutexGuard<'_, HashMap<String, Moment>> {
        self.shut.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(peer: Option<IpAddr>) -> String {
    match peer {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{:x?}", &address.segments()[..4]),
        },
        None => "nowhere".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    fn tries_let_in(doors: &Doors, tries: usize, peer: impl Fn(usize) -> Option<IpAddr>) -> usize {
        (0..tries)
            .filter(|n| {
                let let_in = doors.may_sign_in("ada@example.org", peer(*n)).is_ok();
                if let_in {
                    doors.failed_sign_in("ada@example.org", peer(*n));
                }
                let_in
            })
            .count()
    }

    #[test]
    fn a_guesser_is_stopped_before_hashing() {
        assert!(tries_let_in(&Doors::new(&Limits::default()), 1_000, |_| at("192.0.2.1")) <= 11);
        let from_many = |n: usize| at(&format!("192.0.2.{}", n % 50));
        assert!(tries_let_in(&Doors::new(&Limits::default()), 10_000, from_many) <= 40);
    }

    #[test]
    fn who_succeeds_is_never_counted() {
        let doors = Doors::new(&Limits::default());
        for _ in 0..1_000 {
            doors.may_sign_in("ada@example.org", at("192.0.2.1")).unwrap();
        }
    }

    #[test]
    fn one_connection_is_one_place() {
        assert_eq!(place(at("2001:db8::1")), place(at("2001:db8::ffff:1")));
        assert_ne!(place(at("2001:db8:0:1::1")), place(at("2001:db8:0:2::1")));
        assert_eq!(place(at("::ffff:192.0.2.1")), place(at("192.0.2.1")));
    }

    #[test]
    fn an_address_gets_three_mails_and_no_more() {
        let doors = Doors::new(&Limits::default());
        let sent: Vec<bool> = (0..4).map(|_| doors.may_mail("ada@example.org", at("192.0.2.1")).unwrap()).collect();
        assert_eq!(sent, [true, true, true, false]);
        assert!((0..30).any(|n| doors.may_mail(&format!("{n}@example.org"), at("192.0.2.1")).is_err()));
    }
}
