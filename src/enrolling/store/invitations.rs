//! Invitations: made, mailed, reminded of, taken up, taken back.

use std::collections::HashSet;

use chrono::TimeDelta;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::store::CohortRow;
use crate::cohort::{Cohort, CohortId, Role, Standing};
use crate::each;
use crate::enrolling::list::Invitee;
use crate::enrolling::{Invitation, InvitationId, USUAL_REMINDER_DAYS, invitation_lasts};
use crate::outbox::{self, MessageId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, part};
use crate::platform::secret::{Secret, SecretHash};
use crate::schema::{accounts, cohorts, enrolling_settings, enrolments, invitations, messages};

/// Rows a statement: SQLite binds 32,766 values at most.
const ROWS: usize = 1_000;

const UNANSWERED_KEPT: TimeDelta = TimeDelta::days(90);

/// Invites people; whoever was invited before gets a new invitation in the place of the old. Their mails go out by
/// [`crate::enrolling::mails`], which makes the links.
pub fn invite_all(conn: &mut Conn, cohort: CohortId, role: Role, people: &[Invitee], now: Instant) -> QueryResult<()> {
    for some in people.chunks(ROWS) {
        let rows: Vec<_> = some
            .iter()
            .map(|one| {
                (
                    invitations::cohort_id.eq(cohort),
                    invitations::email.eq(one.email.as_str()),
                    invitations::email_key.eq(one.email.key()),
                    invitations::name.eq(&one.name),
                    invitations::role.eq(role),
                    // Of a secret that nobody has.
                    invitations::token_hash.eq(Secret::random().hash().as_str().to_owned()),
                    invitations::created_at.eq(now),
                    invitations::expires_at.eq(now + invitation_lasts()),
                )
            })
            .collect();
        let keys = some.iter().map(|one| one.email.key());
        let before = invitations::cohort_id.eq(cohort).and(invitations::email_key.eq_any(keys));
        let before: Vec<InvitationId> = invitations::table.filter(before).select(invitations::id).load(conn)?;
        if !before.is_empty() {
            call_off_mails(conn, &before, "they were invited anew", now)?;
            diesel::delete(invitations::table.filter(invitations::id.eq_any(before))).execute(conn)?;
        }
        each!(&mut *conn, c => diesel::insert_into(invitations::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Mails of these invitations that have not left yet stay here: another will say what they say, with a link that works.
pub fn call_off_mails(conn: &mut Conn, ids: &[InvitationId], reason: &str, now: Instant) -> QueryResult<()> {
    let mails: Vec<MessageId> = invitations::table
        .filter(invitations::id.eq_any(ids))
        .filter(invitations::message_id.is_not_null())
        .select(invitations::message_id.assume_not_null())
        .load(conn)?;
    outbox::store::call_off(conn, &mails, reason, now)
}

/// Holds, and is unanswered.
macro_rules! open {
    ($cohort:expr, $now:expr) => {
        invitations::cohort_id
            .eq($cohort)
            .and(invitations::accepted_at.is_null())
            .and(invitations::withdrawn_at.is_null())
            .and(invitations::expires_at.gt($now))
    };
}

/// How many learners are invited and may still come.
pub fn count_open(conn: &mut Conn, cohort: CohortId, now: Instant) -> QueryResult<i64> {
    invitations::table.filter(open!(cohort, now)).filter(invitations::role.eq(Role::Learner)).count().get_result(conn)
}

/// Whether an address is invited as a learner's and may still come, so that it keeps a place.
pub fn keeps_a_place(conn: &mut Conn, cohort: CohortId, key: &str, now: Instant) -> QueryResult<bool> {
    let theirs = invitations::table
        .filter(open!(cohort, now))
        .filter(invitations::role.eq(Role::Learner))
        .filter(invitations::email_key.eq(key));
    diesel::select(exists(theirs)).get_result(conn)
}

/// The keys of the addresses that are invited and may still come.
pub fn keys_invited(conn: &mut Conn, cohort: CohortId, now: Instant) -> QueryResult<HashSet<String>> {
    let keys: Vec<String> = invitations::table.filter(open!(cohort, now)).select(invitations::email_key).load(conn)?;
    Ok(keys.into_iter().collect())
}

/// The keys of the addresses of everybody in the cohort.
pub fn keys_here(conn: &mut Conn, cohort: CohortId) -> QueryResult<HashSet<String>> {
    let keys: Vec<String> = enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::state.eq(Standing::Active))
        .select(accounts::email_key)
        .load(conn)?;
    Ok(keys.into_iter().collect())
}

/// An invitation that still holds.
pub struct Invited {
    pub id: InvitationId,
    pub cohort: Cohort,
    pub email_key: String,
    pub role: Role,
}

/// That of a link, be it the one in the first mail or the one in the reminder.
pub fn invitation(conn: &mut Conn, secret: &SecretHash, now: Instant) -> QueryResult<Option<Invited>> {
    let linked = invitations::token_hash
        .eq(secret.as_str())
        .or(invitations::second_token_hash.eq(secret.as_str()).assume_not_null());
    invitations::table
        .inner_join(cohorts::table)
        .filter(linked)
        .filter(invitations::expires_at.gt(now))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .select((invitations::id, invitations::email_key, invitations::role, CohortRow::as_select()))
        .first::<(InvitationId, String, Role, CohortRow)>(conn)
        .optional()
        .map(|row| row.map(|(id, email_key, role, cohort)| Invited { id, cohort: cohort.into(), email_key, role }))
}

/// Uses an invitation up; false if somebody was faster.
pub fn accept_invitation(conn: &mut Conn, id: InvitationId, now: Instant) -> QueryResult<bool> {
    diesel::update(invitations::table.find(id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .set(invitations::accepted_at.eq(now))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Whoever came in by another way needs their invitation no more: its place is free again, and nobody is reminded.
pub fn settle_invitation_of(conn: &mut Conn, cohort: CohortId, account: AccountId, now: Instant) -> QueryResult<()> {
    let theirs = accounts::table.find(account).select(accounts::email_key);
    diesel::update(invitations::table)
        .filter(invitations::cohort_id.eq(cohort))
        .filter(invitations::email_key.eq_any(theirs))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .set(invitations::accepted_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// Takes back what somebody has not answered, so that they do not come in again by it.
pub fn withdraw_invitation_of(conn: &mut Conn, cohort: CohortId, account: AccountId, now: Instant) -> QueryResult<()> {
    let theirs = accounts::table.find(account).select(accounts::email_key);
    diesel::update(invitations::table)
        .filter(invitations::cohort_id.eq(cohort))
        .filter(invitations::email_key.eq_any(theirs))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .set(invitations::withdrawn_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// Takes an invitation back, unless it is answered.
pub fn withdraw_invitation(conn: &mut Conn, id: InvitationId, now: Instant) -> QueryResult<()> {
    diesel::update(invitations::table.find(id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .set(invitations::withdrawn_at.eq(now))
        .execute(conn)
        .map(drop)
}

type Columns = (
    invitations::id,
    invitations::name,
    invitations::email,
    invitations::role,
    invitations::created_at,
    invitations::expires_at,
    invitations::mailed_at,
    invitations::reminded_at,
);
const COLUMNS: Columns = (
    invitations::id,
    invitations::name,
    invitations::email,
    invitations::role,
    invitations::created_at,
    invitations::expires_at,
    invitations::mailed_at,
    invitations::reminded_at,
);
type Row = (InvitationId, String, String, Role, Instant, Instant, Option<Instant>, Option<Instant>);

fn made(row: Row, mail: Option<outbox::State>) -> Invitation {
    let (id, name, email, role, invited_at, expires_at, mailed_at, reminded_at) = row;
    Invitation { id, name, email, role, invited_at, expires_at, mailed_at, reminded_at, mail }
}

/// One that is unanswered, expired or not.
pub fn find_invitation(conn: &mut Conn, cohort: CohortId, id: InvitationId) -> QueryResult<Option<Invitation>> {
    invitations::table
        .find(id)
        .filter(invitations::cohort_id.eq(cohort))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .select(COLUMNS)
        .first::<Row>(conn)
        .optional()
        .map(|row| row.map(|row| made(row, None)))
}

/// Who has not answered, those of expired invitations too, the newest first. `words`: a part of the address, or empty.
/// `before`: the last one seen.
pub fn list_unanswered(
    conn: &mut Conn,
    cohort: CohortId,
    words: &str,
    before: Option<InvitationId>,
    most: i64,
) -> QueryResult<Vec<Invitation>> {
    let rows: Vec<(Row, Option<outbox::State>)> = invitations::table
        .left_join(messages::table.on(invitations::message_id.eq(messages::id.nullable())))
        .filter(invitations::cohort_id.eq(cohort))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::id.lt(before.unwrap_or(InvitationId(i64::MAX))))
        .filter(invitations::email_key.like(part(&words.to_lowercase())).escape('\\'))
        .order(invitations::id.desc())
        .limit(most)
        .select((COLUMNS, messages::state.nullable()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(row, mail)| made(row, mail)).collect())
}

/// Cohorts with invitations that are not mailed yet.
pub fn cohorts_to_mail(conn: &mut Conn) -> QueryResult<Vec<CohortId>> {
    invitations::table
        .filter(invitations::mailed_at.is_null())
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .select(invitations::cohort_id)
        .distinct()
        .load(conn)
}

/// The next of a cohort to mail, the first invited first.
pub fn list_to_mail(conn: &mut Conn, cohort: CohortId, most: i64) -> QueryResult<Vec<Invitation>> {
    let rows: Vec<Row> = invitations::table
        .filter(invitations::cohort_id.eq(cohort))
        .filter(invitations::mailed_at.is_null())
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .order(invitations::id)
        .limit(most)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| made(row, None)).collect())
}

/// Cohorts with unanswered invitations that nobody was reminded of, and after how many days it is time for that.
pub fn cohorts_to_remind(conn: &mut Conn) -> QueryResult<Vec<(CohortId, i32)>> {
    let cohorts: Vec<CohortId> = invitations::table
        .filter(invitations::reminded_at.is_null())
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::mailed_at.is_not_null())
        .select(invitations::cohort_id)
        .distinct()
        .load(conn)?;
    let chosen: Vec<(CohortId, Option<i32>)> = enrolling_settings::table
        .filter(enrolling_settings::cohort_id.eq_any(&cohorts))
        .select((enrolling_settings::cohort_id, enrolling_settings::remind_after_days))
        .load(conn)?;
    let days = |cohort: &CohortId| {
        chosen.iter().find(|(of, _)| of == cohort).map_or(Some(USUAL_REMINDER_DAYS), |(_, days)| *days)
    };
    Ok(cohorts.iter().filter_map(|cohort| Some((*cohort, days(cohort)?))).collect())
}

/// The next of a cohort to remind: mailed by then, and still open.
pub fn list_to_remind(
    conn: &mut Conn,
    cohort: CohortId,
    mailed_by: Instant,
    now: Instant,
    most: i64,
) -> QueryResult<Vec<Invitation>> {
    let rows: Vec<Row> = invitations::table
        .filter(open!(cohort, now))
        .filter(invitations::reminded_at.is_null())
        .filter(invitations::mailed_at.le(mailed_by))
        .order(invitations::id)
        .limit(most)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| made(row, None)).collect())
}

/// Notes that the first mail is queued, and with which link.
pub fn note_mailed(
    conn: &mut Conn,
    id: InvitationId,
    (link, mail): (&SecretHash, MessageId),
    now: Instant,
) -> QueryResult<()> {
    diesel::update(invitations::table.find(id))
        .set((
            invitations::token_hash.eq(link.as_str()),
            invitations::mailed_at.eq(now),
            invitations::message_id.eq(mail),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that the reminder is queued. Its link works beside the first.
pub fn note_reminded(
    conn: &mut Conn,
    id: InvitationId,
    (link, mail): (&SecretHash, MessageId),
    now: Instant,
) -> QueryResult<()> {
    diesel::update(invitations::table.find(id))
        .set((
            invitations::second_token_hash.eq(link.as_str()),
            invitations::reminded_at.eq(now),
            invitations::message_id.eq(mail),
        ))
        .execute(conn)
        .map(drop)
}

/// Deletes the addresses of those who never came, 90 days after their invitation ended. How many.
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let never_came = invitations::table
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::expires_at.lt(now - UNANSWERED_KEPT));
    diesel::delete(never_came).execute(conn)
}

/// What became of the invitation that a mail carries.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Carried {
    pub expires_at: Instant,
    pub accepted_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
}

/// None: another kind of mail.
pub fn find_carried(conn: &mut Conn, mail: MessageId) -> QueryResult<Option<Carried>> {
    invitations::table
        .filter(invitations::message_id.eq(mail))
        .select((invitations::expires_at, invitations::accepted_at, invitations::withdrawn_at))
        .first(conn)
        .optional()
}
