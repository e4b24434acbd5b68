//! What a mail says, beside its row, where that is kept: many a mail is written as it leaves.

use diesel::prelude::*;

use super::batch::ROWS;
use super::claim::Claim;
use super::storable;
use crate::each;
use crate::outbox::{Attachment, Envelope, Letter, List, MessageId};
use crate::platform::db::{Conn, MultiBackend};
use crate::schema::{letters, messages};

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct Words {
    #[diesel(column_name = text_body)]
    text: String,
    #[diesel(column_name = html_body)]
    html: Option<String>,
    reply_to: Option<String>,
    list_id: Option<String>,
    unsubscribe_url: Option<String>,
    calendar: Option<String>,
    attached_name: Option<String>,
    attached: Option<Vec<u8>>,
}

/// The claimed mail with the words that it was queued with. `None`: they are not kept any more.
pub fn letter(conn: &mut Conn, claim: &Claim) -> QueryResult<Option<Letter>> {
    let kept: Option<(String, Option<String>, Words)> = messages::table
        .inner_join(letters::table)
        .filter(messages::id.eq(claim.id))
        .select((messages::subject, messages::conversation, <Words as Selectable<MultiBackend>>::construct_selection()))
        .first(conn)
        .optional()?;
    let Envelope { class, account, to_name, to, expires_at } = claim.envelope.clone();
    Ok(kept.map(|(subject, conversation, words)| {
        let list = words.list_id.zip(words.unsubscribe_url).map(|(id, unsubscribe_url)| List { id, unsubscribe_url });
        let attachment = words.attached_name.zip(words.attached).map(|(name, bytes)| Attachment { name, bytes });
        let Words { text, html, reply_to, calendar, .. } = words;
        Letter {
            class,
            account,
            to_name,
            to,
            subject,
            text,
            html,
            reply_to,
            list,
            expires_at,
            calendar,
            attachment,
            conversation,
        }
    }))
}

pub(super) fn keep_words<'l>(conn: &mut Conn, mails: impl Iterator<Item = (MessageId, &'l Letter)>) -> QueryResult<()> {
    let rows: Vec<_> = mails
        .map(|(id, letter)| {
            let (list, file) = (letter.list.as_ref(), letter.attachment.as_ref());
            (
                letters::message_id.eq(id),
                letters::text_body.eq(storable(&letter.text)),
                letters::html_body.eq(letter.html.as_deref().map(storable)),
                letters::reply_to.eq(letter.reply_to.as_deref().map(storable)),
                letters::list_id.eq(list.map(|list| storable(&list.id))),
                letters::unsubscribe_url.eq(list.map(|list| storable(&list.unsubscribe_url))),
                letters::calendar.eq(letter.calendar.as_deref().map(storable)),
                letters::attached_name.eq(file.map(|file| storable(&file.name))),
                letters::attached.eq(file.map(|file| file.bytes.as_slice())),
            )
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        each!(&mut *conn, c => diesel::insert_into(letters::table).values(rows).execute(c))?;
    }
    Ok(())
}
