//! Drafts, as they are kept: one for a form of a page, each its writer's alone.

use diesel::prelude::*;

use super::{Draft, Drafts, KEPT, MOST};
use crate::accounts::AccountId;
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::web::Fields;
use crate::platform::zone::Zone;
use crate::schema::drafts;

/// The page, and the form's id in it.
pub type FormKey<'a> = (&'a str, &'a str);

/// What the person has begun on a page; nobody else's account leads to it. One query.
pub fn of_page(conn: &mut Conn, writer: AccountId, page: &str, zone: &Zone, now: Instant) -> QueryResult<Drafts> {
    let rows: Vec<(String, String, Instant)> = each!(conn, c => drafts::table
        .filter(drafts::account_id.eq(writer))
        .filter(drafts::page.eq(page))
        .filter(drafts::saved_at.gt(now - KEPT))
        .select((drafts::part, drafts::fields, drafts::saved_at))
        .load(c))?;
    let kept = rows.into_iter().map(|(part, fields, saved_at)| {
        let fields = Fields::parse(fields.as_bytes()).unwrap_or_default();
        Draft { part, fields, saved_at }
    });
    Ok(Drafts { kept: kept.collect(), zone: zone.clone(), now })
}

/// Keeps the draft in the place of the form's earlier one.
pub fn save(
    conn: &mut Conn,
    writer: AccountId,
    (page, part): FormKey<'_>,
    fields: &Fields,
    now: Instant,
) -> QueryResult<()> {
    let fresh = (drafts::fields.eq(fields.encoded()), drafts::saved_at.eq(now));
    diesel::insert_into(drafts::table)
        .values((drafts::account_id.eq(writer), drafts::page.eq(page), drafts::part.eq(part), fresh.clone()))
        .on_conflict((drafts::account_id, drafts::page, drafts::part))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)?;
    leave_newest(conn, writer)
}

/// Of one person's drafts, those that are more than [`MOST`] go, oldest first.
fn leave_newest(conn: &mut Conn, writer: AccountId) -> QueryResult<()> {
    let last: Option<Instant> = drafts::table
        .filter(drafts::account_id.eq(writer))
        .order(drafts::saved_at.desc())
        .offset(MOST)
        .select(drafts::saved_at)
        .first(conn)
        .optional()?;
    let Some(last) = last else { return Ok(()) };
    diesel::delete(drafts::table.filter(drafts::account_id.eq(writer)).filter(drafts::saved_at.le(last)))
        .execute(conn)
        .map(drop)
}

/// In the transaction that takes the form, or throws the draft away. Twice is as good as once.
pub fn forget(conn: &mut Conn, writer: AccountId, (page, part): FormKey<'_>) -> QueryResult<()> {
    let draft =
        drafts::table.filter(drafts::account_id.eq(writer)).filter(drafts::page.eq(page)).filter(drafts::part.eq(part));
    diesel::delete(draft).execute(conn).map(drop)
}

/// Those that nobody has touched for [`KEPT`].
pub fn forget_old(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    diesel::delete(drafts::table.filter(drafts::saved_at.le(now - KEPT))).execute(conn)
}
