//! Who gets the weekly report by mail, and that each week's went to them once.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;

use crate::cohort::store::CohortRow;
use crate::cohort::{Cohort, CohortId};
use crate::outbox::MessageId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::secret::Secret;
use crate::platform::text::EmailAddress;
use crate::report::ReaderId;
use crate::schema::{cohorts, report_mails, report_readers};

/// How many addresses a cohort's report may go to.
pub const READERS: usize = 20;
/// How long the address of somebody is kept who stopped it, or has not answered.
const KEPT: TimeDelta = TimeDelta::days(365);

/// An address that was named, and whether its holder wants the report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report_readers)]
pub struct Reader {
    pub id: ReaderId,
    pub email: String,
    /// In the link that its mails carry.
    pub token: String,
    pub added_at: Instant,
    /// By the holder of the address.
    pub confirmed_at: Option<Instant>,
    /// By them, or by a facilitator.
    pub stopped_at: Option<Instant>,
}

impl Reader {
    pub fn gets_it(&self) -> bool {
        self.confirmed_at.is_some() && self.stopped_at.is_none()
    }
}

type Columns = (
    report_readers::id,
    report_readers::email,
    report_readers::token,
    report_readers::added_at,
    report_readers::confirmed_at,
    report_readers::stopped_at,
);

const READER: Columns = (
    report_readers::id,
    report_readers::email,
    report_readers::token,
    report_readers::added_at,
    report_readers::confirmed_at,
    report_readers::stopped_at,
);

/// Everybody who was ever named, in that order.
pub fn list_readers(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<Reader>> {
    report_readers::table
        .filter(report_readers::cohort_id.eq(cohort))
        .order(report_readers::id)
        .select(READER)
        .load(conn)
}

pub fn find_reader(conn: &mut Conn, cohort: CohortId, id: ReaderId) -> QueryResult<Option<Reader>> {
    report_readers::table
        .filter(report_readers::cohort_id.eq(cohort))
        .filter(report_readers::id.eq(id))
        .select(READER)
        .first(conn)
        .optional()
}

/// Names an address; one that was named before is asked again, with another link.
pub fn ask_again(conn: &mut Conn, cohort: CohortId, email: &EmailAddress, now: Instant) -> QueryResult<Reader> {
    let token = Secret::random();
    let fresh = (
        report_readers::email.eq(email.as_str()),
        report_readers::token.eq(token.as_str()),
        report_readers::added_at.eq(now),
        report_readers::confirmed_at.eq(None::<Instant>),
        report_readers::stopped_at.eq(None::<Instant>),
    );
    diesel::insert_into(report_readers::table)
        .values((report_readers::cohort_id.eq(cohort), report_readers::email_key.eq(email.key()), fresh))
        .on_conflict((report_readers::cohort_id, report_readers::email_key))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)?;
    report_readers::table
        .filter(report_readers::cohort_id.eq(cohort))
        .filter(report_readers::email_key.eq(email.key()))
        .select(READER)
        .first(conn)
}

/// A facilitator takes it back: no link that was mailed leads anywhere then, so that nobody brings themselves back by one.
/// Doing it again changes nothing.
pub fn stop(conn: &mut Conn, id: ReaderId, now: Instant) -> QueryResult<()> {
    diesel::update(report_readers::table.find(id).filter(report_readers::stopped_at.is_null()))
        .set((
            report_readers::stopped_at.eq(now),
            report_readers::confirmed_at.eq(None::<Instant>),
            report_readers::token.eq(Secret::random().as_str()),
        ))
        .execute(conn)
        .map(drop)
}

/// Deletes whoever has stopped it, or not answered, for a year; how many.
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let stopped = report_readers::table.filter(report_readers::stopped_at.lt(now - KEPT));
    let unanswered = report_readers::table
        .filter(report_readers::stopped_at.is_null())
        .filter(report_readers::confirmed_at.is_null())
        .filter(report_readers::added_at.lt(now - KEPT));
    Ok(diesel::delete(stopped).execute(conn)? + diesel::delete(unanswered).execute(conn)?)
}

/// Whom a link in a mail belongs to, and the cohort's name.
pub fn holder(conn: &mut Conn, token: &str) -> QueryResult<Option<(Reader, String)>> {
    report_readers::table
        .inner_join(cohorts::table)
        .filter(report_readers::token.eq(token))
        .select((READER, cohorts::name))
        .first(conn)
        .optional()
}

/// The holder of the address wants it, or wants it no more. Doing it again changes nothing: the first time stands.
pub fn confirm_or_stop(conn: &mut Conn, reader: &Reader, wants: bool, now: Instant) -> QueryResult<()> {
    if reader.gets_it() == wants && (wants || reader.stopped_at.is_some()) {
        return Ok(());
    }
    let row = diesel::update(report_readers::table.find(reader.id));
    match wants {
        true => row
            .set((report_readers::confirmed_at.eq(now), report_readers::stopped_at.eq(None::<Instant>)))
            .execute(conn),
        false => row.set(report_readers::stopped_at.eq(now)).execute(conn),
    }
    .map(drop)
}

/// The cohorts whose report goes to anybody.
pub fn list_read_cohorts(conn: &mut Conn) -> QueryResult<Vec<Cohort>> {
    let read = report_readers::table
        .filter(report_readers::confirmed_at.is_not_null())
        .filter(report_readers::stopped_at.is_null())
        .select(report_readers::cohort_id);
    let rows: Vec<CohortRow> =
        cohorts::table.filter(cohorts::id.eq_any(read)).order(cohorts::id).select(CohortRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Who is to get this week's and was not sent it yet: those who wanted it when the week ended.
pub fn list_due(conn: &mut Conn, cohort: CohortId, week: NaiveDate, ended_at: Instant) -> QueryResult<Vec<Reader>> {
    let mailed = report_mails::table.filter(report_mails::week.eq(week)).select(report_mails::reader_id);
    report_readers::table
        .filter(report_readers::cohort_id.eq(cohort))
        .filter(report_readers::confirmed_at.le(ended_at))
        .filter(report_readers::stopped_at.is_null())
        .filter(report_readers::id.ne_all(mailed))
        .order(report_readers::id)
        .select(READER)
        .load(conn)
}

/// Takes it on to mail the week's to this reader. False: somebody has already.
pub fn reserve(conn: &mut Conn, reader: ReaderId, week: NaiveDate) -> QueryResult<bool> {
    let row = (report_mails::reader_id.eq(reader), report_mails::week.eq(week));
    let added =
        diesel::insert_into(report_mails::table).values(row).on_conflict_do_nothing().on_both().execute(conn)?;
    Ok(added == 1)
}

pub fn keep_mail(conn: &mut Conn, reader: ReaderId, week: NaiveDate, message: MessageId) -> QueryResult<()> {
    diesel::update(report_mails::table.find((reader, week)))
        .set(report_mails::message_id.eq(message))
        .execute(conn)
        .map(drop)
}

/// Whom a report's mail is for; none if it is another kind of mail.
pub fn find_mailed(conn: &mut Conn, message: MessageId) -> QueryResult<Option<Reader>> {
    report_mails::table
        .inner_join(report_readers::table)
        .filter(report_mails::message_id.eq(message))
        .select(READER)
        .first(conn)
        .optional()
}
