//! Who asks for a place and who waits for one: a row for each person, which says how their wish stands.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::accounts::AccountId;
use crate::cohort::CohortId;
use crate::enrolling::{Request, RequestId, Wish};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::{accounts, place_requests};

/// Sets how somebody's wish stands, since now. With `why`: what they say for themselves.
pub fn set_wish(
    conn: &mut Conn,
    cohort: CohortId,
    account: AccountId,
    (wish, why): (Wish, Option<&str>),
    now: Instant,
) -> QueryResult<()> {
    let kept = place_requests::cohort_id.eq(cohort).and(place_requests::account_id.eq(account));
    if let Some(why) = why {
        diesel::update(place_requests::table.filter(kept)).set(place_requests::why.eq(why)).execute(conn)?;
    }
    let stands = (place_requests::state.eq(wish), place_requests::since.eq(now), place_requests::answer.eq(""));
    diesel::insert_into(place_requests::table)
        .values((
            place_requests::cohort_id.eq(cohort),
            place_requests::account_id.eq(account),
            place_requests::why.eq(why.unwrap_or_default()),
            stands,
        ))
        .on_conflict((place_requests::cohort_id, place_requests::account_id))
        .do_update()
        .set(stands)
        .on_both()
        .execute(conn)
        .map(drop)
}

/// From one state of those to another, and the answer with it; false if it stood otherwise.
pub fn decide(
    conn: &mut Conn,
    id: RequestId,
    from: &[Wish],
    to: Wish,
    answer: &str,
    now: Instant,
) -> QueryResult<bool> {
    diesel::update(place_requests::table.find(id))
        .filter(place_requests::state.eq_any(from))
        .set((place_requests::state.eq(to), place_requests::since.eq(now), place_requests::answer.eq(answer)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Who has a place now wishes for none.
pub fn settle_wish_of(conn: &mut Conn, cohort: CohortId, account: AccountId, now: Instant) -> QueryResult<()> {
    diesel::update(place_requests::table)
        .filter(place_requests::cohort_id.eq(cohort))
        .filter(place_requests::account_id.eq(account))
        .set((place_requests::state.eq(Wish::Placed), place_requests::since.eq(now)))
        .execute(conn)
        .map(drop)
}

type Columns = (
    place_requests::id,
    place_requests::account_id,
    accounts::name,
    accounts::email,
    place_requests::state,
    place_requests::since,
    place_requests::why,
    place_requests::answer,
);
const COLUMNS: Columns = (
    place_requests::id,
    place_requests::account_id,
    accounts::name,
    accounts::email,
    place_requests::state,
    place_requests::since,
    place_requests::why,
    place_requests::answer,
);
type Row = (RequestId, AccountId, String, String, Wish, Instant, String, String);

fn request((id, account, name, email, wish, since, why, answer): Row) -> Request {
    Request { id, account, name, email, wish, since, why, answer }
}

pub fn find_request(conn: &mut Conn, cohort: CohortId, id: RequestId) -> QueryResult<Option<Request>> {
    place_requests::table
        .inner_join(accounts::table)
        .filter(place_requests::id.eq(id))
        .filter(place_requests::cohort_id.eq(cohort))
        .select(COLUMNS)
        .first::<Row>(conn)
        .optional()
        .map(|row| row.map(request))
}

/// How one person's wish stands.
pub fn find_wish(conn: &mut Conn, cohort: CohortId, account: AccountId) -> QueryResult<Option<Request>> {
    place_requests::table
        .inner_join(accounts::table)
        .filter(place_requests::cohort_id.eq(cohort))
        .filter(place_requests::account_id.eq(account))
        .select(COLUMNS)
        .first::<Row>(conn)
        .optional()
        .map(|row| row.map(request))
}

/// Those whose wish stands so, in the order of the line. Nobody who may not sign in.
pub fn list_requests(conn: &mut Conn, cohort: CohortId, wish: Wish, most: i64) -> QueryResult<Vec<Request>> {
    list_and_count(conn, cohort, wish, most).map(|(some, _)| some)
}

/// The first of them, and how many there are in all.
pub fn list_and_count(conn: &mut Conn, cohort: CohortId, wish: Wish, most: i64) -> QueryResult<(Vec<Request>, i64)> {
    let rows: Vec<(Row, i64)> = place_requests::table
        .inner_join(accounts::table)
        .filter(place_requests::state.eq(wish))
        .filter(place_requests::cohort_id.eq(cohort))
        .filter(accounts::suspended_at.is_null())
        .order((place_requests::since, place_requests::id))
        .limit(most)
        .select((COLUMNS, count_star().over()))
        .load(conn)?;
    let all = rows.first().map_or(0, |(_, all)| *all);
    Ok((rows.into_iter().map(|(row, _)| request(row)).collect(), all))
}

pub fn count_requests(conn: &mut Conn, cohort: CohortId, wish: Wish) -> QueryResult<i64> {
    place_requests::table
        .inner_join(accounts::table)
        .filter(place_requests::state.eq(wish))
        .filter(place_requests::cohort_id.eq(cohort))
        .filter(accounts::suspended_at.is_null())
        .count()
        .get_result(conn)
}

/// Which place in line it is: 1 is the first.
pub fn place_in_line(conn: &mut Conn, cohort: CohortId, of: &Request) -> QueryResult<i64> {
    let ahead = place_requests::since.lt(of.since).or(place_requests::id.le(of.id));
    place_requests::table
        .inner_join(accounts::table)
        .filter(place_requests::state.eq(Wish::Waiting))
        .filter(place_requests::cohort_id.eq(cohort))
        .filter(accounts::suspended_at.is_null())
        .filter(place_requests::since.le(of.since))
        .filter(ahead)
        .count()
        .get_result(conn)
}

/// Cohorts in which somebody waits for a place.
pub fn cohorts_with_a_line(conn: &mut Conn) -> QueryResult<Vec<CohortId>> {
    place_requests::table
        .filter(place_requests::state.eq(Wish::Waiting))
        .select(place_requests::cohort_id)
        .distinct()
        .load(conn)
}
