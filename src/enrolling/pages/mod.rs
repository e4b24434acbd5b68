//! How somebody comes in: by joining or asking, and by an invitation; and the facilitators' pages about it.

pub mod invitation;
pub mod join;
pub mod manage;

use std::time::Duration;

use crate::accounts::AccountId;
use crate::platform::web::Error;
use crate::platform::web::limits::Limit;

/// How often one person may try an enrolment code. A code has 2⁴⁹ kinds, so nobody guesses one at that pace.
pub struct CodeLimit(Limit);

impl Default for CodeLimit {
    fn default() -> Self {
        Self(Limit::new(10, Duration::from_secs(15 * 60)))
    }
}

impl CodeLimit {
    fn count(&self, who: AccountId) -> Result<(), Error> {
        self.0.count(who.to_string())
    }

    pub fn forget_old(&self) {
        self.0.forget_old();
    }
}
