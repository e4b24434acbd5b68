//! Very many mails at once that are written as they leave: see [`crate::outbox::Answer::Anew`].

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};
use serde_json::json;

use super::batch::message_ids;
use super::{Envelope, MessageId, storable, without_port};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = BigInt)]
    id: MessageId,
    #[diesel(sql_type = Text)]
    message_id: String,
}

/// Queues mails in the transaction of what causes them, each to go out no sooner than its instant. The ids come in the
/// order of the envelopes. `host`: of the base URL. A statement for all that go at one time and end at one time.
pub fn queue_unwritten(
    conn: &mut Conn,
    envelopes: &[(Envelope, Instant)],
    host: &str,
    now: Instant,
) -> QueryResult<Vec<MessageId>> {
    let names = message_ids(envelopes.len(), without_port(host), now);
    let mut alike: BTreeMap<(Instant, Instant, &str), Vec<_>> = BTreeMap::new();
    for ((envelope, not_before), name) in envelopes.iter().zip(&names) {
        let row = json!([name, envelope.account, storable(&envelope.to_name), storable(&envelope.to)]);
        alike.entry((now.max(*not_before), envelope.expires_at, envelope.class.as_str())).or_default().push(row);
    }
    let statement = format!(
        "INSERT INTO messages (message_id, account_id, recipient_name, recipient, class, subject, state, attempts, \
         created_at, next_attempt_at, expires_at) \
         SELECT value ->> 0, CAST(value ->> 1 AS BIGINT), value ->> 2, value ->> 3, $1, '', $2, 0, $3, $4, $5 FROM {} \
         RETURNING id, message_id",
        conn.rows("$6")
    );
    let mut made = HashMap::with_capacity(envelopes.len());
    for ((goes_at, expires_at, class), rows) in alike {
        let queued: Vec<Made> = diesel::sql_query(&statement)
            .bind::<Text, _>(class)
            .bind::<Text, _>(State::Pending)
            .bind::<Timestamp, _>(now)
            .bind::<Timestamp, _>(goes_at)
            .bind::<Timestamp, _>(expires_at)
            .bind::<Text, _>(serde_json::Value::from(rows).to_string())
            .get_results(conn)?;
        // No database promises their order.
        made.extend(queued.into_iter().map(|made| (made.message_id, made.id)));
    }
    Ok(names.iter().filter_map(|name| made.get(name).copied()).collect())
}
