//! Whether the mail of an announcement is still wanted, asked once more before it is handed over.

use diesel::QueryResult;

use super::{refusal, store};
use crate::outbox::MessageId;
use crate::platform::db::Conn;

/// Why a mail is wanted no more; `None` for one that is, and for mail that is no announcement.
pub fn unwanted(conn: &mut Conn, message: MessageId) -> QueryResult<Option<String>> {
    let Some((recipient, is_withdrawn)) = store::find_carried(conn, message)? else { return Ok(None) };
    let withdrawn = is_withdrawn.then_some("the announcement was withdrawn");
    Ok(withdrawn.or_else(|| refusal(&recipient)).map(str::to_owned))
}
