//! Which reminders a learner wants, from when on, and how many mails a day at most.

use chrono::NaiveDate;

use super::Kind;
use crate::platform::clock::Instant;
use crate::platform::zone::Zone;

/// Mails of any kind that go to one person on one day (account mail is not counted), unless they choose otherwise.
pub const DAILY_CAP: i32 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// That the course starts, and that a unit opens.
    pub opens: bool,
    pub nudge: bool,
    pub wrap_up: bool,
    pub live: bool,
    /// The first day in the cohort's zone with reminders again.
    pub paused_until: Option<NaiveDate>,
    pub daily_cap: i32,
}

/// Everything: what holds for whoever has chosen nothing.
impl Default for Wishes {
    fn default() -> Self {
        Self { opens: true, nudge: true, wrap_up: true, live: true, paused_until: None, daily_cap: DAILY_CAP }
    }
}

impl Wishes {
    pub fn wants(&self, kind: Kind) -> bool {
        match kind {
            Kind::StartingSoon | Kind::Opens => self.opens,
            Kind::Nudge => self.nudge,
            Kind::WrapUp => self.wrap_up,
            Kind::LiveDay | Kind::LiveHour | Kind::LiveChanged => self.live,
        }
    }

    /// Whether what is due then falls into a pause.
    pub fn is_paused(&self, zone: &Zone, due_at: Instant) -> bool {
        self.paused_until.is_some_and(|until| zone.local_date(due_at) < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reminder::sample::{at, day};

    #[test]
    fn a_pause_ends_with_the_first_minute_of_its_day_on_the_wall() {
        let auckland = Zone::named("Pacific/Auckland").unwrap();
        let wishes = Wishes { paused_until: Some(day("2027-02-10")), ..Wishes::default() };
        assert!(wishes.is_paused(&auckland, at(&auckland, "2027-02-09 23:59")));
        assert!(!wishes.is_paused(&auckland, at(&auckland, "2027-02-10 00:00")));
        assert!(!Wishes::default().is_paused(&auckland, at(&auckland, "2027-02-10 00:00")));
    }
}
