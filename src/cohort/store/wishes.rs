//! Which mails of a cohort somebody wants, and which announcements they have seen.

use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::enrolments;

/// Stops an enrolment's reminders, or lets them come again. Doing it again changes nothing: the first time stands.
pub fn set_reminders_stopped(conn: &mut Conn, id: EnrolmentId, stopped: bool, now: Instant) -> QueryResult<()> {
    let enrolment = enrolments::table.find(id);
    if stopped {
        let first = enrolment.filter(enrolments::reminders_stopped_at.is_null());
        diesel::update(first).set(enrolments::reminders_stopped_at.eq(now)).execute(conn).map(drop)
    } else {
        let never = enrolments::reminders_stopped_at.eq(None::<Instant>);
        diesel::update(enrolment).set(never).execute(conn).map(drop)
    }
}

/// Stops an enrolment's announcements by mail, or lets them come again.
pub fn set_announcements_stopped(conn: &mut Conn, id: EnrolmentId, stopped: bool, now: Instant) -> QueryResult<()> {
    let enrolment = enrolments::table.find(id);
    if stopped {
        let first = enrolment.filter(enrolments::announcements_stopped_at.is_null());
        diesel::update(first).set(enrolments::announcements_stopped_at.eq(now)).execute(conn).map(drop)
    } else {
        let never = enrolments::announcements_stopped_at.eq(None::<Instant>);
        diesel::update(enrolment).set(never).execute(conn).map(drop)
    }
}

/// Notes that somebody looked at the announcements.
pub fn note_announcements_seen(conn: &mut Conn, id: EnrolmentId, now: Instant) -> QueryResult<()> {
    diesel::update(enrolments::table.find(id)).set(enrolments::announcements_seen_at.eq(now)).execute(conn).map(drop)
}

/// Stops the reminders and announcements of all of an account's enrolments. `account`: as the outbox keeps it.
pub fn stop_all_bulk_mail(conn: &mut Conn, account: i64, now: Instant) -> QueryResult<()> {
    let enrolled = || enrolments::table.filter(enrolments::account_id.eq(AccountId(account)));
    diesel::update(enrolled().filter(enrolments::reminders_stopped_at.is_null()))
        .set(enrolments::reminders_stopped_at.eq(now))
        .execute(conn)?;
    diesel::update(enrolled().filter(enrolments::announcements_stopped_at.is_null()))
        .set(enrolments::announcements_stopped_at.eq(now))
        .execute(conn)
        .map(drop)
}
