//! The outbox, as it is kept.

use diesel::prelude::*;

use super::{Letter, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;
use crate::schema::messages;

/// Puts a letter on its way, in the transaction of its cause.
pub fn queue(conn: &mut Conn, letter: &Letter, message_id_host: &str, now: Instant) -> QueryResult<MessageId> {
    diesel::insert_into(messages::table)
        .values((
            messages::message_id.eq(format!("<{}@{message_id_host}>", Secret::random().as_str())),
            messages::class.eq(letter.class),
            messages::account_id.eq(letter.account),
            messages::recipient_name.eq(&letter.to_name),
            messages::recipient.eq(&letter.to),
            messages::subject.eq(&letter.subject),
            messages::text_body.eq(&letter.text),
            messages::html_body.eq(&letter.html),
            messages::reply_to.eq(&letter.reply_to),
            messages::state.eq(State::Pending),
            messages::attempts.eq(0),
            messages::created_at.eq(now),
            messages::next_attempt_at.eq(now),
            messages::expires_at.eq(letter.expires_at),
        ))
        .returning(messages::id)
        .get_result(conn)
}
