//! Many letters at once: one statement, whatever their number.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Letter, MessageId, storable, without_port};
use crate::each;
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;
use crate::schema::messages;

/// Rows a statement: SQLite binds 32,766 values at most.
const ROWS: usize = 1_000;

/// Queues letters in the transaction of what causes them, each to go out no sooner than its instant. The ids come in
/// the order of the letters. `host`: of the base URL.
pub fn queue_all(
    conn: &mut Conn,
    letters: &[(Letter, Instant)],
    host: &str,
    now: Instant,
) -> QueryResult<Vec<MessageId>> {
    let mut ids = Vec::with_capacity(letters.len());
    for some in letters.chunks(ROWS) {
        // No database promises the order of RETURNING, so the Message-IDs, made here, tell the rows apart.
        let names: Vec<String> =
            some.iter().map(|_| format!("<{}@{}>", Secret::random().as_str(), without_port(host))).collect();
        let rows = some.iter().zip(&names).map(|((letter, not_before), name)| {
            let list = letter.list.as_ref();
            (
                (
                    messages::message_id.eq(name),
                    messages::class.eq(letter.class),
                    messages::account_id.eq(letter.account),
                    messages::recipient_name.eq(storable(&letter.to_name)),
                    messages::recipient.eq(storable(&letter.to)),
                    messages::subject.eq(storable(&letter.subject)),
                    messages::text_body.eq(storable(&letter.text)),
                    messages::html_body.eq(letter.html.as_deref().map(storable)),
                    messages::reply_to.eq(letter.reply_to.as_deref().map(storable)),
                ),
                (
                    messages::list_id.eq(list.map(|list| storable(&list.id))),
                    messages::unsubscribe_url.eq(list.map(|list| storable(&list.unsubscribe_url))),
                    messages::state.eq(State::Pending),
                    messages::attempts.eq(0),
                    messages::created_at.eq(now),
                    messages::next_attempt_at.eq(now.max(*not_before)),
                    messages::expires_at.eq(letter.expires_at),
                    messages::calendar.eq(letter.calendar.as_deref().map(storable)),
                    messages::conversation.eq(letter.conversation.as_deref()),
                ),
            )
        });
        let rows: Vec<_> = rows.collect();
        let made: Vec<(MessageId, String)> = each!(conn, c => diesel::insert_into(messages::table)
            .values(&rows)
            .returning((messages::id, messages::message_id))
            .get_results(c))?;
        let by_name: HashMap<String, MessageId> = made.into_iter().map(|(id, name)| (name, id)).collect();
        ids.extend(names.iter().filter_map(|name| by_name.get(name).copied()));
    }
    Ok(ids)
}
