//! Whether the mail of a report is still wanted, asked once more before it is handed over.

use diesel::QueryResult;

use super::store;
use crate::outbox::MessageId;
use crate::platform::db::Conn;

/// Why a mail is wanted no more; `None` for one that is, and for mail that is no report.
pub fn unwanted(conn: &mut Conn, message: MessageId) -> QueryResult<Option<String>> {
    let reader = store::find_mailed(conn, message)?;
    Ok(reader.filter(|reader| !reader.gets_it()).map(|_| "they do not want the weekly report any more".into()))
}
