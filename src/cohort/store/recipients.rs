//! Somebody of a cohort as mail sees them: to whom it goes, and who answers it.

use diesel::prelude::*;

use super::{CohortRow, EnrolmentRow, held};
use crate::accounts::{AccountId, Person, SessionId};
use crate::cohort::{Cohort, Enrolment, EnrolmentId, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{accounts, cohorts, enrolments};

/// To whom a mail would go, and what may speak against it.
#[derive(Debug, Clone, Queryable)]
pub struct Recipient {
    pub enrolment: EnrolmentId,
    pub standing: Standing,
    pub enrolled_at: Instant,
    pub unsubscribe_token: String,
    pub reminders_stopped_at: Option<Instant>,
    pub announcements_stopped_at: Option<Instant>,
    pub discussions_stopped_at: Option<Instant>,
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub verified_at: Option<Instant>,
    pub suspended_at: Option<Instant>,
    pub undeliverable_at: Option<Instant>,
}

impl Recipient {
    /// Why no mail about the course goes to them, whatever they wish. `None`: one does.
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            _ if self.standing == Standing::Withdrawn => Some("the place in the course had been given up"),
            _ if self.suspended_at.is_some() => Some("the account was suspended"),
            _ if self.verified_at.is_none() => Some("the email address was not confirmed"),
            _ if self.undeliverable_at.is_some() => Some("mail to this address could not be delivered"),
            _ => None,
        }
    }
}

/// The columns of a [`Recipient`].
type Columns = (
    enrolments::id,
    enrolments::state,
    enrolments::enrolled_at,
    enrolments::unsubscribe_token,
    enrolments::reminders_stopped_at,
    enrolments::announcements_stopped_at,
    enrolments::discussions_stopped_at,
    accounts::id,
    accounts::name,
    accounts::email,
    accounts::verified_at,
    accounts::suspended_at,
    accounts::undeliverable_at,
);

/// In the order of its fields.
pub const RECIPIENT: Columns = (
    enrolments::id,
    enrolments::state,
    enrolments::enrolled_at,
    enrolments::unsubscribe_token,
    enrolments::reminders_stopped_at,
    enrolments::announcements_stopped_at,
    enrolments::discussions_stopped_at,
    accounts::id,
    accounts::name,
    accounts::email,
    accounts::verified_at,
    accounts::suspended_at,
    accounts::undeliverable_at,
);

/// Account, name, address, and whether an administrator.
type Holder = (AccountId, String, String, bool);

/// An active enrolment of somebody who may sign in, and has no session now.
pub fn active(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    now: Instant,
) -> QueryResult<Option<(Person, Cohort, Enrolment)>> {
    let found: Option<(Holder, CohortRow, EnrolmentRow)> = enrolments::table
        .inner_join(accounts::table)
        .inner_join(cohorts::table)
        .filter(enrolments::id.eq(enrolment))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((
            (accounts::id, accounts::name, accounts::email, accounts::is_administrator),
            CohortRow::as_select(),
            EnrolmentRow::as_select(),
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|((id, name, email, is_administrator), cohort, enrolment)| {
        let person = Person {
            id,
            session: SessionId(0),
            name,
            email,
            is_administrator,
            undeliverable_at: None,
            seen_at: now,
            from: None,
        };
        let (cohort, enrolment) = held((cohort, enrolment));
        (person, cohort, enrolment)
    }))
}
