//! A post that nobody has been told of yet, and whom it concerns.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::cohort::{CohortId, EnrolmentId, Standing};
use crate::discussion::store::followed_names;
use crate::discussion::{PostId, ThreadId};
use crate::notice::{How, Reason, Wishes};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::{Programme, Unit};
use crate::schema::{
    enrolments, person_follows, post_mentions, posts, thread_marks, threads, unit_follows, untold_posts,
};

/// The posts whose authors have had second thoughts enough, the oldest first.
pub fn list_untold(conn: &mut Conn, now: Instant, most: i64) -> QueryResult<Vec<(PostId, CohortId)>> {
    untold_posts::table
        .inner_join(posts::table.inner_join(threads::table))
        .filter(untold_posts::due_at.le(now))
        .order((untold_posts::due_at, untold_posts::post_id))
        .limit(most)
        .select((posts::id, threads::cohort_id))
        .load(conn)
}

/// Takes a post to tell of it: whether only a change of it is to be told, and since when. `None`: another process took it.
pub fn take_untold(conn: &mut Conn, post: PostId) -> QueryResult<Option<(bool, Instant)>> {
    diesel::delete(untold_posts::table.find(post))
        .returning((untold_posts::is_edit, untold_posts::due_at))
        .get_result(conn)
        .optional()
}

/// What decides whom a post concerns.
#[derive(Debug, Clone, Queryable)]
pub struct Post {
    pub id: PostId,
    pub author: EnrolmentId,
    pub thread: ThreadId,
    pub cohort: CohortId,
    pub unit: Option<Slug>,
    pub answers: Option<PostId>,
    pub removed_at: Option<Instant>,
    pub hidden_at: Option<Instant>,
}

pub fn find_post(conn: &mut Conn, id: PostId) -> QueryResult<Option<Post>> {
    posts::table
        .inner_join(threads::table)
        .filter(posts::id.eq(id))
        .select((
            posts::id,
            posts::enrolment_id,
            threads::id,
            threads::cohort_id,
            threads::unit,
            posts::answers_id,
            posts::removed_at,
            posts::hidden_at,
        ))
        .first(conn)
        .optional()
}

/// Everybody but its author whom a post concerns, each with the first reason that holds and how they want to be told of
/// it. `only_named`: of a post that others know already.
pub fn audience(
    conn: &mut Conn,
    post: &Post,
    programme: &Programme,
    only_named: bool,
) -> QueryResult<Vec<(EnrolmentId, Reason, How)>> {
    let mut found = vec![(Reason::Mention, named(conn, post.id)?)];
    if !only_named {
        found.push((Reason::Reply, answered(conn, post)?));
        found.push((Reason::Thread, followers_of_thread(conn, post.thread)?));
        let unit = post.unit.as_ref().map(|slug| programme.unit_called(slug));
        if let Some(unit) = unit.map_or(Some(None), |known| known.map(Some)) {
            found.push((Reason::Unit, followers_of_unit(conn, post.cohort, unit)?));
        }
        found.push((Reason::Person, followers_of_person(conn, post.author)?));
    }
    let (mut seen, mut concerned) = (HashSet::from([post.author]), Vec::new());
    for (reason, people) in found {
        concerned.extend(people.into_iter().filter(|person| seen.insert(*person)).map(|person| (person, reason)));
    }
    let mut wanted = Vec::with_capacity(concerned.len());
    for some in concerned.chunks(1_000) {
        let ids: Vec<EnrolmentId> = some.iter().map(|(person, _)| *person).collect();
        let chosen = super::list_wishes(conn, &ids)?;
        let of = |person| chosen.iter().find(|(who, _)| *who == person).map_or(Wishes::default(), |(_, own)| *own);
        wanted.extend(some.iter().map(|(person, reason)| (*person, *reason, of(*person).of(*reason))));
    }
    Ok(wanted)
}

fn named(conn: &mut Conn, post: PostId) -> QueryResult<Vec<EnrolmentId>> {
    post_mentions::table
        .inner_join(enrolments::table)
        .filter(post_mentions::post_id.eq(post))
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::id)
        .load(conn)
}

fn answered(conn: &mut Conn, post: &Post) -> QueryResult<Vec<EnrolmentId>> {
    let Some(answers) = post.answers else { return Ok(Vec::new()) };
    posts::table
        .inner_join(enrolments::table)
        .filter(posts::id.eq(answers))
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::id)
        .load(conn)
}

fn followers_of_thread(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<EnrolmentId>> {
    thread_marks::table
        .inner_join(enrolments::table)
        .filter(thread_marks::thread_id.eq(thread))
        .filter(thread_marks::follows)
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::id)
        .load(conn)
}

fn followers_of_unit(conn: &mut Conn, cohort: CohortId, unit: Option<&Unit>) -> QueryResult<Vec<EnrolmentId>> {
    unit_follows::table
        .inner_join(enrolments::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(unit_follows::unit.eq_any(followed_names(unit)))
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::id)
        .load(conn)
}

fn followers_of_person(conn: &mut Conn, person: EnrolmentId) -> QueryResult<Vec<EnrolmentId>> {
    let followers = enrolments::table.on(enrolments::id.eq(person_follows::enrolment_id));
    person_follows::table
        .inner_join(followers)
        .filter(person_follows::followed_id.eq(person))
        .filter(enrolments::state.eq(Standing::Active))
        .select(enrolments::id)
        .load(conn)
}
