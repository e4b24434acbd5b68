//! Whether a mail about discussions is still wanted, asked once more before it is handed over.

use diesel::QueryResult;

use super::store::{self, list_readers};
use super::{NotSent, NoticeId, Reason, refusal};
use crate::outbox::MessageId;
use crate::platform::db::Conn;

/// Why a mail is wanted no more; `None` for one that is, and for mail that is about no discussion. Where something in a
/// digest can be read no more, the rest of it goes out in another mail.
pub fn unwanted(conn: &mut Conn, message: MessageId) -> QueryResult<Option<String>> {
    let carried = store::carried(conn, message)?;
    let Some((_, reader, ..)) = carried.first() else { return Ok(None) };
    let readers = list_readers(conn, &[*reader])?;
    if let Some(why) = readers.first().and_then(|reader| refusal(&reader.to)) {
        return Ok(Some(why.because().to_owned()));
    }
    let (good, gone): (Vec<&_>, Vec<&_>) =
        carried.iter().partition(|(_, _, reason, is_visible)| *is_visible == (*reason != Reason::Hidden));
    if gone.is_empty() {
        return Ok(None);
    }
    let rest: Vec<NoticeId> = good.into_iter().map(|(id, ..)| *id).collect();
    store::take_out_of_mail(conn, &rest)?;
    Ok(Some(NotSent::Gone.because().to_owned()))
}
