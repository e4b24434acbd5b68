//! Which units and people of a cohort somebody follows, and which posts nobody has been told of yet, as it is kept.

use chrono::TimeDelta;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::cohort::EnrolmentId;
use crate::discussion::PostId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::schema::{accounts, enrolments, person_follows, unit_follows, untold_posts};

/// How long an author has to mend or remove a post before anybody is told of it.
pub const SECOND_THOUGHTS: TimeDelta = TimeDelta::minutes(2);
/// The name that stands for threads about the whole course.
const COURSE: &str = "";

/// The names that a unit may be followed by; `None`: the whole course.
pub fn followed_names(unit: Option<&Unit>) -> Vec<&str> {
    unit.map_or_else(|| vec![COURSE], |unit| unit.names().map(Slug::as_str).collect())
}

/// Somebody follows what is said about a unit, or about the whole course, or does so no more.
pub fn set_follows_unit(
    conn: &mut Conn,
    own: EnrolmentId,
    unit: Option<&Unit>,
    follows: bool,
    now: Instant,
) -> QueryResult<()> {
    if !follows {
        let named = unit_follows::unit.eq_any(followed_names(unit));
        return diesel::delete(unit_follows::table.filter(unit_follows::enrolment_id.eq(own)).filter(named))
            .execute(conn)
            .map(drop);
    }
    diesel::insert_into(unit_follows::table)
        .values((
            unit_follows::enrolment_id.eq(own),
            unit_follows::unit.eq(unit.map_or(COURSE, |unit| unit.slug.as_str())),
            unit_follows::followed_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)
        .map(drop)
}

/// The units that somebody follows, by the names that they had; empty: the whole course.
pub fn list_followed_units(conn: &mut Conn, own: EnrolmentId) -> QueryResult<Vec<String>> {
    unit_follows::table.filter(unit_follows::enrolment_id.eq(own)).select(unit_follows::unit).load(conn)
}

/// Somebody follows what another person of their cohort writes, or does so no more.
pub fn set_follows_person(
    conn: &mut Conn,
    own: EnrolmentId,
    person: EnrolmentId,
    follows: bool,
    now: Instant,
) -> QueryResult<()> {
    if !follows {
        return diesel::delete(person_follows::table.find((own, person))).execute(conn).map(drop);
    }
    diesel::insert_into(person_follows::table)
        .values((
            person_follows::enrolment_id.eq(own),
            person_follows::followed_id.eq(person),
            person_follows::followed_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)
        .map(drop)
}

pub fn follows_person(conn: &mut Conn, own: EnrolmentId, person: EnrolmentId) -> QueryResult<bool> {
    diesel::select(exists(person_follows::table.find((own, person)))).get_result(conn)
}

/// The people whom somebody follows, by name.
pub fn list_followed_people(conn: &mut Conn, own: EnrolmentId) -> QueryResult<Vec<(EnrolmentId, String)>> {
    person_follows::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(person_follows::enrolment_id.eq(own))
        .order(accounts::name)
        .select((enrolments::id, accounts::name))
        .load(conn)
}

/// What has to be told of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untold {
    /// That it is there.
    Post,
    /// Whom it names now, or that it is hidden.
    Change,
}

/// Has others told of a post, when its author has had [`SECOND_THOUGHTS`].
pub(super) fn to_tell(conn: &mut Conn, post: PostId, what: Untold, now: Instant) -> QueryResult<()> {
    use diesel::query_dsl::methods::FilterDsl as _;
    let is_edit = what == Untold::Change;
    diesel::insert_into(untold_posts::table)
        .values((
            untold_posts::post_id.eq(post),
            untold_posts::is_edit.eq(is_edit),
            untold_posts::due_at.eq(now + SECOND_THOUGHTS),
        ))
        .on_conflict(untold_posts::post_id)
        .do_update()
        .set(untold_posts::is_edit.eq(false))
        .filter(diesel::dsl::not(untold_posts::is_edit.eq(is_edit)))
        .on_both()
        .execute(conn)
        .map(drop)
}
