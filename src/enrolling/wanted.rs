//! Whether the mail of an invitation is still wanted as it leaves.

use diesel::QueryResult;

use super::store;
use crate::outbox::MessageId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// Why it is not. None: it is, or it is another kind of mail.
pub fn unwanted(conn: &mut Conn, message: MessageId, now: Instant) -> QueryResult<Option<String>> {
    let Some(invitation) = store::find_carried(conn, message)? else { return Ok(None) };
    let why = match (invitation.accepted_at, invitation.withdrawn_at) {
        (Some(_), _) => Some("they had come already"),
        (None, Some(_)) => Some("the invitation was withdrawn"),
        (None, None) if invitation.expires_at <= now => Some("the invitation had expired"),
        _ => None,
    };
    Ok(why.map(str::to_owned))
}
