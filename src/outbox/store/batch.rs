//! Many mails at once: few statements, whatever their number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use diesel::prelude::*;

use super::words::keep_words;
use super::{Envelope, Letter, MessageId, storable, without_port};
use crate::each;
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;
use crate::schema::messages;

/// Rows a statement: SQLite binds 32,766 values at most.
pub(super) const ROWS: usize = 1_000;

/// A mail's row as it is queued.
struct Queued<'a> {
    envelope: &'a Envelope,
    subject: &'a str,
    conversation: Option<&'a str>,
    not_before: Instant,
}

/// Queues letters in the transaction of what causes them, each to go out no sooner than its instant. The ids come in
/// the order of the letters. `host`: of the base URL.
pub fn queue_all(
    conn: &mut Conn,
    letters: &[(Letter, Instant)],
    host: &str,
    now: Instant,
) -> QueryResult<Vec<MessageId>> {
    let envelopes: Vec<Envelope> = letters.iter().map(|(letter, _)| letter.envelope()).collect();
    let queued = letters.iter().zip(&envelopes).map(|((letter, not_before), envelope)| Queued {
        envelope,
        subject: &letter.subject,
        conversation: letter.conversation.as_deref(),
        not_before: *not_before,
    });
    let ids = insert(conn, &queued.collect::<Vec<_>>(), host, now)?;
    keep_words(conn, ids.iter().copied().zip(letters.iter().map(|(letter, _)| letter)))?;
    Ok(ids)
}

fn insert(conn: &mut Conn, mails: &[Queued<'_>], host: &str, now: Instant) -> QueryResult<Vec<MessageId>> {
    let mut ids = Vec::with_capacity(mails.len());
    for some in mails.chunks(ROWS) {
        // No database promises the order of RETURNING, so the Message-IDs, made here, tell the rows apart.
        let names = message_ids(some.len(), without_port(host), now);
        let rows: Vec<_> = some
            .iter()
            .zip(&names)
            .map(|(Queued { envelope, subject, conversation, not_before }, name)| {
                (
                    messages::message_id.eq(name),
                    messages::class.eq(envelope.class),
                    messages::account_id.eq(envelope.account),
                    messages::recipient_name.eq(storable(&envelope.to_name)),
                    messages::recipient.eq(storable(&envelope.to)),
                    messages::subject.eq(storable(subject)),
                    messages::state.eq(State::Pending),
                    messages::attempts.eq(0),
                    messages::created_at.eq(now),
                    messages::next_attempt_at.eq(now.max(*not_before)),
                    messages::expires_at.eq(envelope.expires_at),
                    messages::conversation.eq(conversation),
                )
            })
            .collect();
        let made: Vec<(MessageId, String)> = each!(conn, c => diesel::insert_into(messages::table)
            .values(&rows)
            .returning((messages::id, messages::message_id))
            .get_results(c))?;
        let by_name: HashMap<String, MessageId> = made.into_iter().map(|(id, name)| (name, id)).collect();
        ids.extend(names.iter().filter_map(|name| by_name.get(name).copied()));
    }
    Ok(ids)
}

/// The letters of base64url, in the order in which databases sort them.
const ASCENDING: GeneralPurpose = {
    match Alphabet::new("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") {
        Ok(letters) => GeneralPurpose::new(&letters, NO_PAD),
        Err(_) => panic!("64 letters, each once"),
    }
};

/// How many names this process has made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Names that are made one after another follow each other in their index as well: 100,000 new rows at random places of it would
/// cost more than all else about them. They begin with the instant and with their number, 6 and 3 bytes; the other 184 bits
/// are random.
pub(super) fn message_ids(number: usize, host: &str, now: Instant) -> Vec<String> {
    let first = MADE.fetch_add(number as u64, Ordering::Relaxed);
    let name = |nth: u64| {
        let place = ASCENDING.encode([&now.micros().to_be_bytes()[2..], &nth.to_be_bytes()[5..]].concat());
        format!("<{place}{}@{host}>", &Secret::random().as_str()[place.len()..])
    };
    (first..).take(number).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::return_path::ReturnPath;

    #[test]
    fn names_follow_each_other_and_each_still_tells_its_mail() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        let mut names = message_ids(1_000, "learn.example.org", now);
        names.extend(message_ids(1_000, "learn.example.org", now));
        names.extend(message_ids(1, "learn.example.org", now + chrono::TimeDelta::microseconds(1)));
        let path = ReturnPath::new("bounces@example.org".parse().unwrap()).unwrap();
        for name in &names {
            assert_eq!(path.message_id(path.of(name).as_ref(), "learn.example.org").as_ref(), Some(name));
        }
        for two in names.windows(2) {
            assert!(two[0][..13] < two[1][..13], "{two:?}");
            assert_ne!(two[0][13..], two[1][13..]);
        }
    }
}
