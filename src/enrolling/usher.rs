//! Who comes in and who waits: the one way to a place, so that no more are given than there are.

use diesel::QueryResult;

use super::{Settings, Wish, store};
use crate::accounts::AccountId;
use crate::cohort::{self, CohortId, Role};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::Conn;
use crate::programme::Catalogue;
use crate::reminder;

/// Shows people to their places, and greets them there.
#[derive(Clone, Copy)]
pub struct Usher<'a> {
    pub catalogue: &'a Catalogue,
    pub base_url: &'a BaseUrl,
    pub now: Instant,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    In,
    /// Every place is taken, or others waited before.
    InLine,
}

impl Usher<'_> {
    /// A place if one is free and nobody waits for it, otherwise the end of the line. The caller holds [`store::lock`].
    pub fn come_in(
        &self,
        conn: &mut Conn,
        cohort: CohortId,
        account: AccountId,
        settings: &Settings,
    ) -> QueryResult<Came> {
        let free = match settings.places {
            None => None,
            Some(_) => store::places(conn, cohort, settings, self.now)?.free(),
        };
        let has_room = match free {
            None => true,
            Some(free) => free > store::count_requests(conn, cohort, Wish::Waiting)?,
        };
        if has_room {
            self.place(conn, cohort, account)?;
            return Ok(Came::In);
        }
        store::set_wish(conn, cohort, account, (Wish::Waiting, None), self.now)?;
        Ok(Came::InLine)
    }

    /// Gives a learner a place whatever the limit, with all that hangs from it: what they waited for is settled, and
    /// one mail greets them.
    pub fn place(&self, conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<()> {
        cohort::store::enrol(conn, cohort, account, Role::Learner, self.now)?;
        store::settle_invitation_of(conn, cohort, account, self.now)?;
        store::settle_wish_of(conn, cohort, account, self.now)?;
        reminder::welcome::welcome(conn, self.catalogue, self.base_url, (cohort, account), self.now).map(drop)
    }
}
