//! How somebody comes into a cohort, by joining an open one or by an invitation; how they stop its mails; and its breaks as
//! forms have them.

pub mod breaks;
pub mod invitation;
pub mod join;
pub mod unsubscribe;

use crate::accounts::AccountId;
use crate::cohort::CohortId;
use crate::platform::db::Conn;
use crate::platform::web::Ask;
use crate::programme::Catalogue;

/// What is done, in the same transaction, for a learner who has just come in: slices above greet them.
#[derive(Clone, Copy)]
pub struct OnJoining(pub fn(&mut Conn, &Ask, &Catalogue, (CohortId, AccountId)) -> diesel::QueryResult<()>);
