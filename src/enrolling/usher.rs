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
    /// They had a place already, as a learner or as a facilitator.
    Already,
    /// Every place is taken, or others waited before.
    InLine,
}

impl Usher<'_> {
    /// A place if one is free and nobody waits for it, otherwise the end of the line; nothing for who is in the cohort
    /// already. The caller holds [`store::lock`].
    pub fn come_in(
        &self,
        conn: &mut Conn,
        cohort: CohortId,
        account: AccountId,
        settings: &Settings,
    ) -> QueryResult<Came> {
        if cohort::store::is_in(conn, cohort, account)? || self.has_room(conn, cohort, settings)? {
            return Ok(if self.place(conn, cohort, account)? { Came::In } else { Came::Already });
        }
        store::set_wish(conn, cohort, account, (Wish::Waiting, None), self.now)?;
        Ok(Came::InLine)
    }

    fn has_room(&self, conn: &mut Conn, cohort: CohortId, settings: &Settings) -> QueryResult<bool> {
        let free = match settings.places {
            None => None,
            Some(_) => store::places(conn, cohort, settings, self.now)?.free(),
        };
        match free {
            None => Ok(true),
            Some(free) => Ok(free > store::count_requests(conn, cohort, Wish::Waiting)?),
        }
    }

    /// Gives a learner a place whatever the limit, with all that hangs from it: what they waited for is settled, and
    /// one mail greets them. False for who is in the cohort already: they keep the role that they have.
    pub fn place(&self, conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<bool> {
        store::settle(conn, cohort, account, self.now)?;
        if cohort::store::is_in(conn, cohort, account)? {
            return Ok(false);
        }
        cohort::store::enrol(conn, cohort, account, Role::Learner, self.now)?;
        reminder::welcome::welcome(conn, self.catalogue, self.base_url, (cohort, account), self.now)?;
        Ok(true)
    }
}
