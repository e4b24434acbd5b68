//! What the ledger is asked: is a mail still wanted, and what became of each reminder.

use chrono::TimeDelta;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Learner;
use crate::cohort::store::RECIPIENT;
use crate::cohort::{CohortId, EnrolmentId, Role};
use crate::outbox::{MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, lower, part};
use crate::platform::text::Slug;
use crate::reminder::fate::{Fate, Outcome};
use crate::reminder::{APART, Kind, NotSent, ReminderId};
use crate::schema::{accounts, enrolments, messages, reminders};

/// One reminder that a mail carries.
#[derive(Debug, Clone, Queryable)]
pub struct Carried {
    pub id: ReminderId,
    pub unit: Slug,
    pub kind: Kind,
    pub occasion: String,
    pub due_at: Instant,
    pub cohort: CohortId,
    pub role: Role,
    pub learner: Learner,
}

/// The reminders that a mail carries; none if it is another kind of mail.
pub fn list_carried(conn: &mut Conn, message: MessageId) -> QueryResult<Vec<Carried>> {
    reminders::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(reminders::message_id.eq(message))
        .order((reminders::due_at, reminders::id))
        .select((
            reminders::id,
            reminders::unit,
            reminders::kind,
            reminders::occasion,
            reminders::due_at,
            reminders::cohort_id,
            enrolments::role,
            RECIPIENT,
        ))
        .load(conn)
}

/// The mail goes without it.
pub fn leave_out(conn: &mut Conn, reminder: ReminderId, because: NotSent) -> QueryResult<()> {
    diesel::update(reminders::table.find(reminder))
        .set((reminders::not_sent_because.eq(because), reminders::message_id.eq(None::<MessageId>)))
        .execute(conn)
        .map(drop)
}

/// When another mail about a unit last went to this learner, if that is less than 20 hours ago; `now` if it goes at this
/// moment.
pub fn last_went(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    but: MessageId,
    now: Instant,
) -> QueryResult<Option<Instant>> {
    let went = messages::settled_at.gt(now - APART).assume_not_null();
    let went = went.and(messages::state.eq_any([State::Sent, State::Unknown]));
    let lately = reminders::table
        .inner_join(messages::table)
        .filter(reminders::enrolment_id.eq(enrolment))
        .filter(reminders::kind.eq_any(Kind::OF_UNIT))
        .filter(reminders::decided_at.gt(now - TimeDelta::days(30)))
        .filter(messages::id.ne(but))
        .filter(went.or(messages::state.eq(State::DataStarted)))
        .select(messages::settled_at)
        .load::<Option<Instant>>(conn)?;
    Ok(lately.into_iter().map(|settled| settled.unwrap_or(now)).max())
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(messages::state, reminders::unit, reminders::kind);

/// How many reminders of one kind share one fate.
#[derive(Debug, Clone, Queryable)]
pub struct Count {
    pub unit: Slug,
    pub kind: Kind,
    pub reminders: i64,
}

/// The cohort's reminders: those that got a mail (`None`), and those that did not, by reason. One query.
pub fn count_decided(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(Option<NotSent>, Count)>> {
    reminders::table
        .filter(reminders::cohort_id.eq(cohort))
        .group_by((reminders::unit, reminders::kind, reminders::not_sent_because))
        .select((reminders::not_sent_because, (reminders::unit, reminders::kind, count_star())))
        .load(conn)
}

/// The cohort's mails that are in any state but sent. One query; from the few such mails to their reminders, for a
/// message's state lies behind its text on disk.
pub fn count_not_sent(conn: &mut Conn, cohort: CohortId) -> QueryResult<Vec<(State, Count)>> {
    let others: Vec<State> = State::ALL.iter().copied().filter(|state| *state != State::Sent).collect();
    messages::table
        .inner_join(reminders::table)
        .filter(messages::state.eq_any(others))
        .filter(reminders::cohort_id.eq(cohort))
        .group_by((messages::state, reminders::unit, reminders::kind))
        .select((messages::state, (reminders::unit, reminders::kind, count_star())))
        .load(conn)
}

/// One reminder and what became of it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: ReminderId,
    pub unit: Slug,
    pub kind: Kind,
    pub due_at: Instant,
    pub enrolment: EnrolmentId,
    pub name: String,
    pub email: String,
    pub message: Option<MessageId>,
    pub fate: Fate,
}

type EntryRow = (
    (ReminderId, Slug, Kind, Instant, Instant, Option<NotSent>),
    (EnrolmentId, String, String),
    Option<(MessageId, State, Option<String>, Option<String>, Instant, Option<Instant>)>,
);

impl From<EntryRow> for Entry {
    fn from((reminder, person, mail): EntryRow) -> Self {
        let (id, unit, kind, due_at, decided_at, not_sent) = reminder;
        let (enrolment, name, email) = person;
        let message = mail.as_ref().map(|mail| mail.0);
        let mail = mail.map(|(_, state, reason, answer, next, settled)| (state, reason, answer, next, settled));
        let fate = Fate::of(not_sent, mail, decided_at);
        Self { id, unit, kind, due_at, enrolment, name, email, message, fate }
    }
}

/// Which rows of a ledger are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A unit's slugs; none: every unit.
    pub units: Vec<Slug>,
    pub kind: Option<Kind>,
    pub outcome: Option<Outcome>,
    /// Part of a name or an address, in lower case. Empty: everybody.
    pub learner: String,
}

/// What became of the reminders that are asked for, newest first, from before one of them on.
pub fn list_entries(
    conn: &mut Conn,
    cohort: CohortId,
    filter: &Filter,
    before: Option<ReminderId>,
    most: i64,
) -> QueryResult<Vec<Entry>> {
    let mut rows = reminders::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .left_join(messages::table)
        .filter(reminders::cohort_id.eq(cohort))
        .into_boxed();
    if let Some(before) = before {
        rows = rows.filter(reminders::id.lt(before));
    }
    if !filter.units.is_empty() {
        rows = rows.filter(reminders::unit.eq_any(&filter.units));
    }
    if let Some(kind) = filter.kind {
        rows = rows.filter(reminders::kind.eq(kind));
    }
    if !filter.learner.is_empty() {
        let part = part(&filter.learner);
        let named = lower(accounts::name).like(part.clone()).escape('\\');
        rows = rows.filter(named.or(accounts::email_key.like(part).escape('\\')));
    }
    let state = messages::state.nullable();
    rows = match filter.outcome {
        None => rows,
        Some(Outcome::NotSent) => {
            rows.filter(reminders::not_sent_because.is_not_null().or(state.eq_any(Outcome::NotSent.states())))
        }
        Some(outcome) => rows.filter(state.eq_any(outcome.states())),
    };
    let rows = rows.order(reminders::id.desc()).limit(most).select((REMINDER, PERSON, MAIL.nullable()));
    Ok(rows.load::<EntryRow>(conn)?.into_iter().map(Into::into).collect())
}

/// A reminder of the cohort: its unit and kind, and the mail that carried it.
pub fn find_mail(
    conn: &mut Conn,
    cohort: CohortId,
    reminder: ReminderId,
) -> QueryResult<Option<(Slug, Kind, Option<MessageId>)>> {
    reminders::table
        .find(reminder)
        .filter(reminders::cohort_id.eq(cohort))
        .select((reminders::unit, reminders::kind, reminders::message_id))
        .first(conn)
        .optional()
}

/// What became of each of a learner's own reminders, newest first.
pub fn list_own(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<Entry>> {
    let rows = reminders::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .left_join(messages::table)
        .filter(reminders::enrolment_id.eq(enrolment))
        .order((reminders::due_at.desc(), reminders::id.desc()))
        .limit(300)
        .select((REMINDER, PERSON, MAIL.nullable()))
        .load::<EntryRow>(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

const REMINDER: (
    reminders::id,
    reminders::unit,
    reminders::kind,
    reminders::due_at,
    reminders::decided_at,
    reminders::not_sent_because,
) = (
    reminders::id,
    reminders::unit,
    reminders::kind,
    reminders::due_at,
    reminders::decided_at,
    reminders::not_sent_because,
);

const PERSON: (enrolments::id, accounts::name, accounts::email) = (enrolments::id, accounts::name, accounts::email);

const MAIL: (
    messages::id,
    messages::state,
    messages::reason,
    messages::server_answer,
    messages::next_attempt_at,
    messages::settled_at,
) = (
    messages::id,
    messages::state,
    messages::reason,
    messages::server_answer,
    messages::next_attempt_at,
    messages::settled_at,
);
