//! Whom an announcement goes to by mail, and that it went: one row for each person, so that nobody gets two.

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::{ROW, Row, announcement};
use crate::announcement::{Announcement, AnnouncementId, Audience};
use crate::cohort::store::{CohortRow, RECIPIENT, Recipient};
use crate::cohort::{Cohort, CohortId, EnrolmentId, Role, Standing};
use crate::each;
use crate::outbox::{MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{
    accounts, announcement_mails, announcement_recipients, announcements, cohorts, enrolments, messages,
};

/// What has been published and whose mails are not all queued: with its cohort.
pub fn list_to_mail(conn: &mut Conn) -> QueryResult<Vec<(AnnouncementId, CohortId)>> {
    announcements::table
        .filter(announcements::mailed_at.is_null())
        .filter(announcements::published_at.is_not_null())
        .filter(announcements::withdrawn_at.is_null())
        .filter(announcements::by_mail)
        .order(announcements::id)
        .select((announcements::id, announcements::cohort_id))
        .load(conn)
}

/// The same for one, as it stands now.
pub fn find_to_mail(conn: &mut Conn, id: AnnouncementId) -> QueryResult<Option<(Cohort, Announcement)>> {
    announcements::table
        .inner_join(accounts::table)
        .inner_join(cohorts::table)
        .filter(announcements::id.eq(id))
        .filter(announcements::mailed_at.is_null())
        .filter(announcements::published_at.is_not_null())
        .filter(announcements::withdrawn_at.is_null())
        .select((CohortRow::as_select(), ROW))
        .first::<(CohortRow, Row)>(conn)
        .optional()
        .map(|found| found.map(|(cohort, row)| (cohort.into(), announcement(row))))
}

/// The next people whom it is for after `after`, whatever speaks against it, in the order of their enrolments.
pub fn list_recipients(
    conn: &mut Conn,
    cohort: CohortId,
    announcement: &Announcement,
    after: EnrolmentId,
    most: i64,
) -> QueryResult<Vec<Recipient>> {
    let mut people = enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::id.gt(after))
        .into_boxed();
    if announcement.audience == Audience::Chosen {
        let chosen = announcement_recipients::table
            .filter(announcement_recipients::announcement_id.eq(announcement.id))
            .filter(announcement_recipients::enrolment_id.eq(enrolments::id));
        people = people.filter(exists(chosen));
    }
    people.order(enrolments::id).limit(most).select(RECIPIENT).load(conn)
}

/// These learners of the cohort, by name, whatever speaks against writing to them.
pub fn list_people(conn: &mut Conn, cohort: CohortId, who: &[EnrolmentId]) -> QueryResult<Vec<Recipient>> {
    let mut found = Vec::new();
    for some in who.chunks(1_000) {
        let people = enrolments::table
            .inner_join(accounts::table)
            .filter(enrolments::cohort_id.eq(cohort))
            .filter(enrolments::role.eq(Role::Learner))
            .filter(enrolments::id.eq_any(some.to_vec()))
            .select(RECIPIENT);
        found.extend(people.load::<Recipient>(conn)?);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name).then(a.enrolment.cmp(&b.enrolment)));
    Ok(found)
}

/// How many people would get a mail now, and how many are there.
pub fn count_recipients(conn: &mut Conn, cohort: CohortId) -> QueryResult<(i64, i64)> {
    let here = || {
        enrolments::table
            .inner_join(accounts::table)
            .filter(enrolments::cohort_id.eq(cohort))
            .filter(enrolments::state.eq(Standing::Active))
    };
    let reached = here()
        .filter(enrolments::announcements_stopped_at.is_null())
        .filter(accounts::verified_at.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::undeliverable_at.is_null())
        .count()
        .get_result(conn)?;
    Ok((reached, here().count().get_result(conn)?))
}

/// Who between two enrolments, both included, has a mail already.
pub fn list_mailed(
    conn: &mut Conn,
    id: AnnouncementId,
    (first, last): (EnrolmentId, EnrolmentId),
) -> QueryResult<Vec<EnrolmentId>> {
    announcement_mails::table
        .filter(announcement_mails::announcement_id.eq(id))
        .filter(announcement_mails::enrolment_id.between(first, last))
        .select(announcement_mails::enrolment_id)
        .load(conn)
}

/// Notes whose mail is which message. The table's key refuses a second one, and with it the whole transaction.
pub fn insert_mails(conn: &mut Conn, id: AnnouncementId, mails: &[(EnrolmentId, MessageId)]) -> QueryResult<()> {
    let rows: Vec<_> = mails
        .iter()
        .map(|(enrolment, message)| {
            (
                announcement_mails::announcement_id.eq(id),
                announcement_mails::enrolment_id.eq(enrolment),
                announcement_mails::message_id.eq(message),
            )
        })
        .collect();
    each!(conn, c => diesel::insert_into(announcement_mails::table).values(&rows).execute(c)).map(drop)
}

/// All its mails are queued.
pub fn finish_mailing(conn: &mut Conn, id: AnnouncementId, now: Instant) -> QueryResult<()> {
    diesel::update(announcements::table.find(id)).set(announcements::mailed_at.eq(now)).execute(conn).map(drop)
}

/// How many mails of each announcement, in which state.
pub fn count_mails(conn: &mut Conn, ids: &[AnnouncementId]) -> QueryResult<Vec<(AnnouncementId, State, i64)>> {
    announcement_mails::table
        .inner_join(messages::table)
        .filter(announcement_mails::announcement_id.eq_any(ids))
        .group_by((announcement_mails::announcement_id, messages::state))
        .select((announcement_mails::announcement_id, messages::state, count_star()))
        .load(conn)
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(announcement_mails::announcement_id, messages::state);

/// Whom the mail is for, and whether its announcement was withdrawn; none if it is another kind of mail.
pub fn find_carried(conn: &mut Conn, message: MessageId) -> QueryResult<Option<(Recipient, bool)>> {
    announcement_mails::table
        .inner_join(announcements::table)
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(announcement_mails::message_id.eq(message))
        .select((RECIPIENT, announcements::withdrawn_at.is_not_null()))
        .first(conn)
        .optional()
}
