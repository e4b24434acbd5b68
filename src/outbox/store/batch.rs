//! Many mails at once: few statements, whatever their number.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

/// Names that are made together begin with the same eight characters, so that they lie together in their index: 100,000 new
/// rows at random places of it would cost more than all else about them. 208 bits of each are random.
pub(super) fn message_ids(number: usize, host: &str, now: Instant) -> Vec<String> {
    let together = URL_SAFE_NO_PAD.encode(&now.micros().to_be_bytes()[2..]);
    (0..number).map(|_| format!("<{together}{}@{host}>", &Secret::random().as_str()[together.len()..])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::return_path::ReturnPath;

    #[test]
    fn names_made_together_lie_together_and_each_still_tells_its_mail() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        let names = message_ids(1_000, "learn.example.org", now);
        let path = ReturnPath::new("bounces@example.org".parse().unwrap()).unwrap();
        for name in &names {
            assert_eq!(name[..9], names[0][..9]);
            assert_eq!(path.message_id(path.of(name).as_ref(), "learn.example.org").as_ref(), Some(name));
        }
        let distinct: std::collections::HashSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert_ne!(message_ids(1, "x", now + chrono::TimeDelta::milliseconds(1))[0][..9], names[0][..9]);
    }
}
