//! What learners want of reminders, and how many mails they got today.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Span;
use crate::accounts::AccountId;
use crate::cohort::EnrolmentId;
use crate::outbox::{Class, State};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::reminder::wishes::Wishes;
use crate::schema::{messages, reminder_wishes};

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminder_wishes)]
struct WishesRow {
    opens: bool,
    nudge: bool,
    wrap_up: bool,
    live: bool,
    paused_until: Option<NaiveDate>,
    daily_cap: i32,
}

impl From<WishesRow> for Wishes {
    fn from(row: WishesRow) -> Self {
        let WishesRow { opens, nudge, wrap_up, live, paused_until, daily_cap } = row;
        Self { opens, nudge, wrap_up, live, paused_until, daily_cap }
    }
}

/// What one learner wants; everything, if they never chose.
pub fn find_wishes(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Wishes> {
    let own = reminder_wishes::table.find(enrolment).select(WishesRow::as_select());
    Ok(own.first(conn).optional()?.map(Into::into).unwrap_or_default())
}

/// What the learners of the span want who ever chose.
pub fn list_wishes(conn: &mut Conn, span: Span) -> QueryResult<Vec<(EnrolmentId, Wishes)>> {
    let rows: Vec<(EnrolmentId, WishesRow)> = reminder_wishes::table
        .filter(reminder_wishes::enrolment_id.between(span.first, span.last))
        .select((reminder_wishes::enrolment_id, WishesRow::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(enrolment, row)| (enrolment, row.into())).collect())
}

pub fn save_wishes(conn: &mut Conn, enrolment: EnrolmentId, wishes: &Wishes) -> QueryResult<()> {
    let fresh = (
        reminder_wishes::opens.eq(wishes.opens),
        reminder_wishes::nudge.eq(wishes.nudge),
        reminder_wishes::wrap_up.eq(wishes.wrap_up),
        reminder_wishes::live.eq(wishes.live),
        reminder_wishes::paused_until.eq(wishes.paused_until),
        reminder_wishes::daily_cap.eq(wishes.daily_cap),
    );
    diesel::insert_into(reminder_wishes::table)
        .values((reminder_wishes::enrolment_id.eq(enrolment), fresh))
        .on_conflict(reminder_wishes::enrolment_id)
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// How many mails that were not about the account itself went to it since then; those that may have arrived count, and those
/// that go at this moment.
pub fn count_sent_since(conn: &mut Conn, account: AccountId, since: Instant) -> QueryResult<i64> {
    let went = messages::settled_at.ge(since).assume_not_null();
    let went = went.and(messages::state.eq_any([State::Sent, State::Unknown]));
    messages::table
        .filter(messages::account_id.eq(account.0))
        .filter(messages::class.eq(Class::Bulk))
        .filter(went.or(messages::state.eq(State::DataStarted)))
        .select(count_star())
        .get_result(conn)
}
