//! Messages and halts as rows: queued, looked at, tried again by hand, forgotten in time. How one is claimed and
//! settled is in `store/claim.rs`.

mod batch;
mod claim;
mod unwritten;
mod words;

use std::borrow::Cow;

use chrono::TimeDelta;
use diesel::prelude::*;

pub use batch::queue_all;
use claim::WAITING;
pub use claim::{
    Claim, Room, claim, claim_within, due, give_back, mark_data_started, postpone, readdress, release,
    settle_cancelled, settle_failed, settle_retry, settle_sent, settle_unknown, take_back, take_over, wait_no_longer,
};
pub use unwritten::queue_unwritten;
pub use words::letter;

use super::{Envelope, Figures, Halt, Letter, MessageId, Standing, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::{letters, messages, outbox_halts};

/// How long a mail that is tried again by hand may take at least.
const AGAIN: TimeDelta = TimeDelta::hours(72);
const BODIES_KEPT: TimeDelta = TimeDelta::days(90);
const ROWS_KEPT: TimeDelta = TimeDelta::days(365);
/// How many refusals in a row say that an address takes no mail.
const REFUSALS: i64 = 3;

/// Queues a letter in the transaction of what causes it. `host`: of the base URL; a port is left out of the Message-ID.
pub fn queue(conn: &mut Conn, letter: &Letter, host: &str, now: Instant) -> QueryResult<MessageId> {
    let ids = queue_all(conn, &[(letter.clone(), now)], host, now)?;
    ids.first().copied().ok_or(diesel::result::Error::NotFound)
}

/// PostgreSQL's text has no place for NUL, and a mail has no use for it.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

pub fn without_port(host: &str) -> &str {
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    host.get(..end.unwrap_or(host.len())).filter(|name| !name.is_empty()).unwrap_or("localhost")
}

pub fn find(conn: &mut Conn, id: MessageId) -> QueryResult<Option<Standing>> {
    messages::table.find(id).select(Standing::as_select()).first(conn).optional()
}

/// The newest messages in one state, such as those that failed.
pub fn list_in(conn: &mut Conn, state: State, most: i64) -> QueryResult<Vec<Standing>> {
    messages::table
        .filter(messages::state.eq(state))
        .order(messages::id.desc())
        .limit(most)
        .select(Standing::as_select())
        .load(conn)
}

/// The newest messages to one account.
pub fn list_to(conn: &mut Conn, account: i64, most: i64) -> QueryResult<Vec<Standing>> {
    messages::table
        .filter(messages::account_id.eq(account))
        .order(messages::id.desc())
        .limit(most)
        .select(Standing::as_select())
        .load(conn)
}

/// Every state with how many messages are in it, in the order of [`State::ALL`].
pub fn count_by_state(conn: &mut Conn) -> QueryResult<Vec<(State, i64)>> {
    let counted: Vec<(State, i64)> =
        messages::table.group_by(messages::state).select((messages::state, diesel::dsl::count_star())).load(conn)?;
    let of = |state| counted.iter().find(|(found, _)| *found == state).map_or(0, |(_, n)| *n);
    Ok(State::ALL.iter().map(|&state| (state, of(state))).collect())
}

pub fn figures(conn: &mut Conn, now: Instant) -> QueryResult<Figures> {
    let under_way =
        || messages::table.filter(messages::state.eq_any([State::Pending, State::Claimed, State::DataStarted]));
    let due = under_way().filter(messages::next_attempt_at.le(now));
    let (waiting, next): (i64, Option<Instant>) =
        due.select((diesel::dsl::count_star(), diesel::dsl::min(messages::next_attempt_at))).first(conn)?;
    let tried = under_way().filter(messages::first_due_at.is_not_null());
    let (tried, first): (i64, Option<Instant>) =
        tried.select((diesel::dsl::count_star(), diesel::dsl::min(messages::first_due_at))).first(conn)?;
    let settled: Vec<(State, i64)> = messages::table
        .filter(messages::settled_at.gt(now - TimeDelta::days(1)))
        .group_by(messages::state)
        .select((messages::state, diesel::dsl::count_star()))
        .load(conn)?;
    let of = |state| settled.iter().find(|(found, _)| *found == state).map_or(0, |(_, n)| *n);
    let (sent, failed, unknown) = (of(State::Sent), of(State::Failed), of(State::Unknown));
    let oldest_due_at = next.into_iter().chain(first).min();
    Ok(Figures { waiting, tried, oldest_due_at, sent, failed, unknown, halt: halted(conn)? })
}

/// Sends what failed or is unknown once more, because somebody asks for it. False if there is nothing to send again, or if
/// it is so old that its words are not kept.
pub fn retry(conn: &mut Conn, id: MessageId, now: Instant) -> QueryResult<bool> {
    let again = messages::table
        .find(id)
        .filter(messages::state.eq_any([State::Failed, State::Unknown]))
        .filter(messages::created_at.ge(now - BODIES_KEPT));
    let Some(expires_at) = again.select(messages::expires_at).first::<Instant>(conn).optional()? else {
        return Ok(false);
    };
    let changed = diesel::update(messages::table)
        .filter(messages::id.eq(id))
        .filter(messages::state.eq_any([State::Failed, State::Unknown]))
        .set((
            WAITING,
            messages::attempts.eq(0),
            messages::first_due_at.eq(None::<Instant>),
            messages::next_attempt_at.eq(now),
            messages::expires_at.eq(expires_at.max(now + AGAIN)),
            messages::reason.eq(None::<String>),
            messages::server_answer.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A mail that had been sent came back: it failed after all. `answer`: the server's last word, if it is about the recipient
/// ([`keeps_refusing`] counts it); what it said when it took the mail holds no more.
pub fn settle_returned(
    conn: &mut Conn,
    id: MessageId,
    (reason, answer): (&str, Option<&str>),
    now: Instant,
) -> QueryResult<()> {
    let failed = (messages::state.eq(State::Failed), messages::reason.eq(reason), messages::settled_at.eq(now));
    diesel::update(messages::table.find(id).filter(messages::state.eq_any([State::Sent, State::Unknown])))
        .set((failed, messages::server_answer.eq(answer)))
        .execute(conn)
        .map(drop)
}

/// Mails that have lost their sense and go nowhere, as far as they still wait.
pub fn call_off(conn: &mut Conn, ids: &[MessageId], reason: &str, now: Instant) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(messages::table.filter(messages::id.eq_any(ids)).filter(messages::state.eq(State::Pending)))
        .set((messages::state.eq(State::Cancelled), messages::reason.eq(reason), messages::settled_at.eq(now)))
        .execute(conn)
        .map(drop)
}

/// A mail, the account that it was for, and the address.
type Called = (MessageId, Option<i64>, String);

/// The mail that one of these names is of.
pub fn find_called(conn: &mut Conn, message_ids: &[String]) -> QueryResult<Option<Called>> {
    for message_id in message_ids {
        let called = messages::table.filter(messages::message_id.eq(message_id));
        let mail = (messages::id, messages::account_id, messages::recipient);
        let found = called.select(mail).first(conn).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Deletes what mails of more than 90 days ago said, and the rows of a year ago. How many mails that were.
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let deleted = diesel::delete(messages::table).filter(messages::created_at.lt(now - ROWS_KEPT)).execute(conn)?;
    let old = messages::table
        .filter(messages::created_at.lt(now - BODIES_KEPT))
        .filter(messages::state.ne_all([State::Pending, State::Claimed, State::DataStarted]))
        .select(messages::id);
    let blanked = diesel::delete(letters::table.filter(letters::message_id.eq_any(old))).execute(conn)?;
    Ok(deleted + blanked)
}

/// Whether the mail server has refused the last few mails to this address, with nothing accepted between.
pub fn keeps_refusing(conn: &mut Conn, account: i64, recipient: &str) -> QueryResult<bool> {
    let answers: Vec<State> = messages::table
        .filter(messages::account_id.eq(account))
        .filter(messages::recipient.eq(recipient))
        .filter(messages::server_answer.is_not_null())
        .filter(messages::state.eq_any([State::Sent, State::Failed]))
        .order((messages::settled_at.desc(), messages::id.desc()))
        .limit(REFUSALS)
        .select(messages::state)
        .load(conn)?;
    Ok(answers.len() as i64 == REFUSALS && answers.iter().all(|state| *state == State::Failed))
}

/// Why nothing is claimed at the moment, if so.
pub fn halted(conn: &mut Conn) -> QueryResult<Option<Halt>> {
    let newest: Option<(String, Instant, Option<Instant>)> = outbox_halts::table
        .order(outbox_halts::id.desc())
        .select((outbox_halts::reason, outbox_halts::halted_at, outbox_halts::resumed_at))
        .first(conn)
        .optional()?;
    Ok(newest.and_then(|(reason, halted_at, resumed_at)| resumed_at.is_none().then_some(Halt { reason, halted_at })))
}

/// Stops all sending until [`resume`]. False if it had stopped already; the first reason stands.
pub fn halt(conn: &mut Conn, reason: &str, now: Instant) -> QueryResult<bool> {
    if halted(conn)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(outbox_halts::table)
        .values((outbox_halts::reason.eq(storable(reason)), outbox_halts::halted_at.eq(now)))
        .execute(conn)?;
    Ok(true)
}

/// Lets mail flow again. False if it had not stopped.
pub fn resume(conn: &mut Conn, now: Instant) -> QueryResult<bool> {
    let resumed = diesel::update(outbox_halts::table)
        .filter(outbox_halts::resumed_at.is_null())
        .set(outbox_halts::resumed_at.eq(now))
        .execute(conn)?;
    Ok(resumed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_has_no_port() {
        for (host, name) in
            [("learn.example.org", "learn.example.org"), ("127.0.0.1:8080", "127.0.0.1"), ("[::1]:80", "[::1]")]
        {
            assert_eq!(without_port(host), name);
        }
    }
}
