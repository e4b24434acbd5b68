//! One message at a time, claimed under a lease and settled by its owner. Every step is a compare-and-set, so that any
//! number of processes may run, be killed and come back.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::super::notebook::{Note, Step};
use super::super::{Class, Envelope, MessageId, State};
use super::{halted, storable};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, MultiBackend};
use crate::schema::messages;

diesel::define_sql_function! { fn lower(text: Text) -> Text; }
diesel::define_sql_function! { fn coalesce(first: Nullable<Timestamp>, otherwise: Timestamp) -> Nullable<Timestamp>; }

/// When a mail that has to wait once more was first to go.
#[diesel::dsl::auto_type]
fn first_due() -> _ {
    coalesce(messages::first_due_at, messages::next_attempt_at)
}

/// What may have brought a process down several times waits for the others first.
const SUSPECT_AFTER: i32 = 3;
const SUSPECT_WAITS: TimeDelta = TimeDelta::minutes(10);

/// A message in the hands of one courier.
#[derive(Debug, Clone)]
pub struct Claim {
    pub id: MessageId,
    /// Made when it was queued, the same at every attempt.
    pub message_id: String,
    /// This one included.
    pub attempts: i32,
    pub envelope: Envelope,
}

/// What may be claimed at the moment.
#[derive(Debug, Clone)]
pub struct Room {
    /// Whether bulk mail may be claimed at all.
    pub bulk: bool,
    /// Domains to which nothing may be claimed.
    pub busy: Vec<String>,
    /// Domains to which no bulk mail may be claimed.
    pub waiting: Vec<String>,
}

impl Room {
    pub const FOR_ALL: Self = Self { bulk: true, busy: Vec::new(), waiting: Vec::new() };
}

/// In nobody's hands.
#[derive(AsChangeset)]
#[diesel(table_name = messages, treat_none_as_null = true)]
pub(super) struct Waiting {
    state: State,
    lease_owner: Option<String>,
    lease_until: Option<Instant>,
    settled_at: Option<Instant>,
}

pub(super) const WAITING: Waiting =
    Waiting { state: State::Pending, lease_owner: None, lease_until: None, settled_at: None };

/// Whether a claim would give something.
pub fn due(conn: &mut Conn, now: Instant) -> QueryResult<bool> {
    Ok(halted(conn)?.is_none() && next(conn, &Room::FOR_ALL, now)?.is_some())
}

/// The next message that is due, leased to `owner`: account mail first, then the one that has waited longest.
pub fn claim(conn: &mut Conn, owner: &str, now: Instant, lease: TimeDelta) -> QueryResult<Option<Claim>> {
    claim_within(conn, owner, now, lease, &Room::FOR_ALL)
}

/// The same, of what there is room for.
pub fn claim_within(
    conn: &mut Conn,
    owner: &str,
    now: Instant,
    lease: TimeDelta,
    room: &Room,
) -> QueryResult<Option<Claim>> {
    if halted(conn)?.is_some() {
        return Ok(None);
    }
    while let Some(id) = next(conn, room, now)? {
        let won: Option<Row> = diesel::update(messages::table)
            .filter(messages::id.eq(id))
            .filter(messages::state.eq(State::Pending))
            .set((
                messages::state.eq(State::Claimed),
                messages::attempts.eq(messages::attempts + 1),
                messages::lease_owner.eq(owner),
                messages::lease_until.eq(now + lease),
            ))
            .returning(<Row as Selectable<Sqlite>>::construct_selection())
            .get_result(conn)
            .optional()?;
        // Without a row another process was faster: look again.
        if let Some(row) = won {
            return Ok(Some(row.into()));
        }
    }
    Ok(None)
}

fn next(conn: &mut Conn, room: &Room, now: Instant) -> QueryResult<Option<MessageId>> {
    if let Some(id) = next_of(conn, Class::Account, &room.busy, now)? {
        return Ok(Some(id));
    }
    if !room.bulk {
        return Ok(None);
    }
    next_of(conn, Class::Bulk, &[&room.busy[..], &room.waiting[..]].concat(), now)
}

fn next_of(conn: &mut Conn, class: Class, not_to: &[String], now: Instant) -> QueryResult<Option<MessageId>> {
    let mut waiting = messages::table
        .filter(messages::state.eq(State::Pending))
        .filter(messages::class.eq(class))
        .filter(messages::next_attempt_at.le(now))
        .filter(messages::expires_at.gt(now))
        .order((messages::next_attempt_at, messages::id))
        .select(messages::id)
        .into_boxed::<MultiBackend>();
    for domain in not_to {
        waiting = waiting.filter(lower(messages::recipient).not_like(format!("%@{domain}")));
    }
    waiting.first(conn).optional()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
struct Row {
    id: MessageId,
    message_id: String,
    attempts: i32,
    class: Class,
    #[diesel(column_name = account_id)]
    account: Option<i64>,
    #[diesel(column_name = recipient_name)]
    to_name: String,
    #[diesel(column_name = recipient)]
    to: String,
    expires_at: Instant,
}

impl From<Row> for Claim {
    fn from(row: Row) -> Self {
        let Row { id, message_id, attempts, class, account, to_name, to, expires_at } = row;
        Self { id, message_id, attempts, envelope: Envelope { class, account, to_name, to, expires_at } }
    }
}

/// Whom a claimed mail is for by now.
pub fn readdress(conn: &mut Conn, id: MessageId, (to_name, to): (&str, &str)) -> QueryResult<()> {
    diesel::update(messages::table.find(id))
        .set((messages::recipient_name.eq(storable(to_name)), messages::recipient.eq(storable(to))))
        .execute(conn)
        .map(drop)
}

/// Takes back what a process left behind and gives up what has lost its meaning. How many messages that settled.
///
/// A lease that ran out before DATA is harmless: the message is pending again. After it nobody knows: bulk mail becomes
/// unknown, account mail is sent again.
pub fn take_back(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::update(messages::table)
        .filter(messages::state.eq_any([State::Claimed, State::DataStarted]))
        .filter(messages::lease_until.le(now))
        .filter(messages::attempts.ge(SUSPECT_AFTER))
        .set((messages::first_due_at.eq(first_due()), messages::next_attempt_at.eq(now + SUSPECT_WAITS)))
        .execute(conn)?;
    let unknown = diesel::update(messages::table)
        .filter(messages::state.eq(State::DataStarted))
        .filter(messages::lease_until.le(now))
        .filter(messages::class.eq(Class::Bulk))
        .set((
            messages::state.eq(State::Unknown),
            messages::reason.eq("sending stopped after the mail server had begun to take it"),
            messages::settled_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(messages::table)
        .filter(messages::state.eq_any([State::Claimed, State::DataStarted]))
        .filter(messages::lease_until.le(now))
        .filter(messages::state.eq(State::Claimed).or(messages::class.eq(Class::Account)))
        .set(WAITING)
        .execute(conn)?;
    Ok(unknown + give_up(conn, now)?)
}

/// Takes over from a courier that is known to be dead, by its last notes. How many messages that settled. What the notes do
/// not speak of waits for its lease.
pub fn take_over(conn: &mut Conn, owner: &str, notes: &[Note], now: Instant) -> QueryResult<usize> {
    diesel::update(messages::table)
        .filter(messages::state.eq_any([State::Claimed, State::DataStarted]))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::attempts.ge(SUSPECT_AFTER))
        .set((messages::first_due_at.eq(first_due()), messages::next_attempt_at.eq(now + SUSPECT_WAITS)))
        .execute(conn)?;
    let mut settled = 0;
    for Note { message, step } in notes {
        settled += usize::from(match step {
            Step::Taken(answer) => settle_sent(conn, *message, owner, answer, now)?,
            Step::HandedOver if is_bulk(conn, *message)? => {
                settle_unknown(conn, *message, owner, "sending stopped while the mail server was taking it", now)?
            }
            Step::HandedOver | Step::Offered => false,
        });
        // What that left as it was, was either not handed over or is account mail: it is sent again.
        diesel::update(messages::table)
            .filter(messages::id.eq(message))
            .filter(messages::lease_owner.eq(owner))
            .filter(messages::state.eq(State::DataStarted))
            .set(WAITING)
            .execute(conn)?;
    }
    give_back(conn, owner)?;
    Ok(settled)
}

fn is_bulk(conn: &mut Conn, id: MessageId) -> QueryResult<bool> {
    let class: Option<Class> = messages::table.find(id).select(messages::class).first(conn).optional()?;
    Ok(class == Some(Class::Bulk))
}

/// What was never tried in its time is missed; what was tried in vain has failed.
fn give_up(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let missed = diesel::update(messages::table)
        .filter(messages::state.eq(State::Pending))
        .filter(messages::expires_at.le(now))
        .filter(messages::attempts.eq(0))
        .set((
            messages::state.eq(State::Missed),
            messages::reason.eq("its time had passed before it could be sent"),
            messages::settled_at.eq(now),
        ))
        .execute(conn)?;
    let failed = diesel::sql_query(
        "UPDATE messages SET state = 'failed', settled_at = $1, \
         reason = 'tried until its time had passed; the last time: ' || coalesce(reason, 'stopped half-way') \
         WHERE state = 'pending' AND expires_at <= $1",
    )
    .bind::<Timestamp, _>(now)
    .execute(conn)?;
    Ok(missed + failed)
}

/// The last moment at which nothing can have been delivered yet. False if the lease has run out or is somebody else's:
/// then it must not be sent. `subject`: as it was written.
pub fn mark_data_started(
    conn: &mut Conn,
    (id, subject): (MessageId, &str),
    owner: &str,
    now: Instant,
    lease: TimeDelta,
) -> QueryResult<bool> {
    let marked = diesel::update(messages::table)
        .filter(messages::id.eq(id))
        .filter(messages::state.eq(State::Claimed))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::lease_until.gt(now))
        .set((
            messages::state.eq(State::DataStarted),
            messages::lease_until.eq(now + lease),
            messages::subject.eq(storable(subject)),
        ))
        .execute(conn)?;
    Ok(marked == 1)
}

/// Accepted by the mail server, with its answer.
pub fn settle_sent(conn: &mut Conn, id: MessageId, owner: &str, answer: &str, now: Instant) -> QueryResult<bool> {
    settle(conn, id, owner, (State::Sent, None, Some(answer)), now)
}

/// Given up. `answer`: the mail server's, if it refused the recipient.
pub fn settle_failed(
    conn: &mut Conn,
    id: MessageId,
    owner: &str,
    (reason, answer): (&str, Option<&str>),
    now: Instant,
) -> QueryResult<bool> {
    settle(conn, id, owner, (State::Failed, Some(reason), answer), now)
}

/// No longer wanted.
pub fn settle_cancelled(conn: &mut Conn, id: MessageId, owner: &str, reason: &str, now: Instant) -> QueryResult<bool> {
    settle(conn, id, owner, (State::Cancelled, Some(reason), None), now)
}

/// Perhaps delivered; a person decides whether it is sent again.
pub fn settle_unknown(conn: &mut Conn, id: MessageId, owner: &str, reason: &str, now: Instant) -> QueryResult<bool> {
    settle(conn, id, owner, (State::Unknown, Some(reason), None), now)
}

/// Whoever holds the lease settles, even a little late: then what others took for unknown is known after all.
const HELD: [State; 3] = [State::Claimed, State::DataStarted, State::Unknown];

fn settle(
    conn: &mut Conn,
    id: MessageId,
    owner: &str,
    (state, reason, answer): (State, Option<&str>, Option<&str>),
    now: Instant,
) -> QueryResult<bool> {
    let settled = diesel::update(messages::table)
        .filter(messages::id.eq(id))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::state.eq_any(HELD))
        .set((
            messages::state.eq(state),
            messages::reason.eq(reason),
            messages::server_answer.eq(answer),
            messages::settled_at.eq(now),
            messages::lease_owner.eq(None::<String>),
            messages::lease_until.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(settled == 1)
}

/// To be tried again later.
pub fn settle_retry(
    conn: &mut Conn,
    id: MessageId,
    owner: &str,
    next_attempt_at: Instant,
    reason: &str,
) -> QueryResult<bool> {
    let waits = diesel::update(messages::table)
        .filter(messages::id.eq(id))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::state.eq_any(HELD))
        .set((
            WAITING,
            messages::first_due_at.eq(first_due()),
            messages::next_attempt_at.eq(next_attempt_at),
            messages::reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(waits == 1)
}

/// Whatever waits for its next attempt for that reason is due now.
pub fn wait_no_longer(conn: &mut Conn, reason: &str, now: Instant) -> QueryResult<usize> {
    diesel::update(messages::table)
        .filter(messages::state.eq(State::Pending))
        .filter(messages::next_attempt_at.gt(now))
        .filter(messages::reason.like(format!("{reason}%")))
        .set(messages::next_attempt_at.eq(now))
        .execute(conn)
}

/// Pending again as if it had not been tried: the fault was not the message's.
pub fn release(conn: &mut Conn, id: MessageId, owner: &str) -> QueryResult<bool> {
    let released = diesel::update(messages::table)
        .filter(messages::id.eq(id))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::state.eq_any(HELD))
        .set((WAITING, messages::attempts.eq(messages::attempts - 1)))
        .execute(conn)?;
    Ok(released == 1)
}

/// The same, but not before then: it has its time to wait for, and is not late.
pub fn postpone(conn: &mut Conn, id: MessageId, owner: &str, until: Instant) -> QueryResult<()> {
    let waits = (
        messages::first_due_at.eq(None::<Instant>),
        messages::next_attempt_at.eq(until),
        messages::reason.eq(None::<String>),
    );
    diesel::update(messages::table.find(id))
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::state.eq(State::Claimed))
        .set((WAITING, messages::attempts.eq(messages::attempts - 1), waits))
        .execute(conn)
        .map(drop)
}

/// Gives back every claim of an owner who stops, so that others need not wait for the leases. How many there were.
pub fn give_back(conn: &mut Conn, owner: &str) -> QueryResult<usize> {
    diesel::update(messages::table)
        .filter(messages::lease_owner.eq(owner))
        .filter(messages::state.eq(State::Claimed))
        .set(WAITING)
        .execute(conn)
}
