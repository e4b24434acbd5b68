//! Which mails of a cohort somebody wants, by their own page or by the link in a mail, and which announcements they have seen.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{cohorts, enrolments};

/// The mails to many that can be stopped, each by its own link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bulk {
    Reminders,
    Announcements,
    /// Mails about discussions.
    Discussions,
}

/// Whose unsubscribe link it is.
#[derive(Debug, Clone)]
pub struct Holder {
    pub enrolment: EnrolmentId,
    /// By name.
    pub cohort: String,
    pub stopped: bool,
}

/// The enrolment that a link in a mail belongs to.
pub fn holder(conn: &mut Conn, token: &str, bulk: Bulk) -> QueryResult<Option<Holder>> {
    let found = enrolments::table
        .inner_join(cohorts::table)
        .filter(enrolments::unsubscribe_token.eq(token))
        .select((
            enrolments::id,
            cohorts::name,
            (
                enrolments::reminders_stopped_at,
                enrolments::announcements_stopped_at,
                enrolments::discussions_stopped_at,
            ),
        ))
        .first::<(EnrolmentId, String, (Option<Instant>, Option<Instant>, Option<Instant>))>(conn)
        .optional()?;
    Ok(found.map(|(enrolment, cohort, (reminders, announcements, discussions))| {
        let stopped_at = match bulk {
            Bulk::Reminders => reminders,
            Bulk::Announcements => announcements,
            Bulk::Discussions => discussions,
        };
        Holder { enrolment, cohort, stopped: stopped_at.is_some() }
    }))
}

/// Stops an enrolment's mails of a kind, or lets them come again. Doing it again changes nothing: the first time stands.
pub fn set_stopped(conn: &mut Conn, id: EnrolmentId, bulk: Bulk, stopped: bool, now: Instant) -> QueryResult<()> {
    macro_rules! set {
        ($column:ident) => {{
            let at = stopped.then_some(now);
            let other = enrolments::table.find(id).filter(enrolments::$column.is_not_null().eq(!stopped));
            diesel::update(other).set(enrolments::$column.eq(at)).execute(conn).map(drop)
        }};
    }
    match bulk {
        Bulk::Reminders => set!(reminders_stopped_at),
        Bulk::Announcements => set!(announcements_stopped_at),
        Bulk::Discussions => set!(discussions_stopped_at),
    }
}

/// Notes that somebody looked at the announcements.
pub fn note_announcements_seen(conn: &mut Conn, id: EnrolmentId, now: Instant) -> QueryResult<()> {
    diesel::update(enrolments::table.find(id)).set(enrolments::announcements_seen_at.eq(now)).execute(conn).map(drop)
}

/// Stops the reminders, announcements and mails about discussions of all of an account's enrolments. `account`: as the outbox keeps it.
pub fn stop_all_bulk_mail(conn: &mut Conn, account: i64, now: Instant) -> QueryResult<()> {
    let enrolled = || enrolments::table.filter(enrolments::account_id.eq(AccountId(account)));
    diesel::update(enrolled().filter(enrolments::reminders_stopped_at.is_null()))
        .set(enrolments::reminders_stopped_at.eq(now))
        .execute(conn)?;
    diesel::update(enrolled().filter(enrolments::announcements_stopped_at.is_null()))
        .set(enrolments::announcements_stopped_at.eq(now))
        .execute(conn)?;
    diesel::update(enrolled().filter(enrolments::discussions_stopped_at.is_null()))
        .set(enrolments::discussions_stopped_at.eq(now))
        .execute(conn)
        .map(drop)
}
