//! Very many mails at once that are written as they leave: see [`crate::outbox::Answer::Anew`].

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp};
use serde_json::{Value, json};

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

/// Those that go at one time and end at one time, column by column.
#[derive(Default)]
struct Alike<'a> {
    names: Vec<&'a str>,
    accounts: Vec<Option<i64>>,
    people: Vec<Cow<'a, str>>,
    addresses: Vec<Cow<'a, str>>,
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
    let mut groups: BTreeMap<(Instant, Instant, &str), Alike<'_>> = BTreeMap::new();
    for ((envelope, not_before), name) in envelopes.iter().zip(&names) {
        let alike = groups.entry((now.max(*not_before), envelope.expires_at, envelope.class.as_str())).or_default();
        alike.names.push(name);
        alike.accounts.push(envelope.account);
        alike.people.push(storable(&envelope.to_name));
        alike.addresses.push(storable(&envelope.to));
    }
    let mut made = HashMap::with_capacity(envelopes.len());
    for ((goes_at, expires_at, class), alike) in groups {
        // No database promises their order.
        let queued = insert(conn, &alike, class, (now, goes_at, expires_at))?;
        made.extend(queued.into_iter().map(|made| (made.message_id, made.id)));
    }
    Ok(names.iter().filter_map(|name| made.get(name).copied()).collect())
}

fn insert(
    conn: &mut Conn,
    alike: &Alike<'_>,
    class: &str,
    (now, goes_at, expires_at): (Instant, Instant, Instant),
) -> QueryResult<Vec<Made>> {
    let rows = conn.rows(6, &[("name", "text"), ("account", "bigint"), ("person", "text"), ("address", "text")]);
    let statement = format!(
        "INSERT INTO messages (message_id, account_id, recipient_name, recipient, class, subject, state, attempts, \
         created_at, next_attempt_at, expires_at) \
         SELECT name, account, person, address, $1, '', $2, 0, $3, $4, $5 FROM {rows} RETURNING id, message_id"
    );
    let query = diesel::sql_query(statement)
        .bind::<Text, _>(class)
        .bind::<Text, _>(State::Pending)
        .bind::<Timestamp, _>(now)
        .bind::<Timestamp, _>(goes_at)
        .bind::<Timestamp, _>(expires_at);
    match conn {
        Conn::Sqlite(conn) => query.bind::<Text, _>(alike.as_json()).load(conn),
        Conn::Postgres(conn) => query
            .bind::<Array<Text>, _>(&alike.names)
            .bind::<Array<Nullable<BigInt>>, _>(&alike.accounts)
            .bind::<Array<Text>, _>(&alike.people)
            .bind::<Array<Text>, _>(&alike.addresses)
            .load(conn),
    }
}

impl Alike<'_> {
    /// Row by row.
    fn as_json(&self) -> String {
        let rows = self.names.iter().zip(&self.accounts).zip(&self.people).zip(&self.addresses);
        let rows = rows.map(|(((name, account), person), address)| json!([name, account, person, address]));
        rows.collect::<Value>().to_string()
    }
}
