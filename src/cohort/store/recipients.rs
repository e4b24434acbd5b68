//! Somebody of a cohort as mail sees them.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::{EnrolmentId, Standing};
use crate::platform::clock::Instant;
use crate::schema::{accounts, enrolments};

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

/// The columns of a [`Recipient`], in its order.
pub const RECIPIENT: (
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
) = (
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
