//! Posts that come, change, go, or are hidden, as it is kept: each brings up to date what the thread's row says of them.

use chrono::TimeDelta;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::begun::first_answer;
use super::claims;
use super::following::{Untold, to_tell};
use super::marks::follow_own_post;
use super::mentions::{keep, named};
use super::posts::visible_posts;
use crate::cohort::{EnrolmentId, Role};
use crate::discussion::{Post, PostId, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::programme::Written;
use crate::schema::{enrolments, post_versions, posts, threads};

/// Of how many earlier texts of a post facilitators see.
const VERSIONS: i64 = 50;
/// How long the same words again are the same post: somebody pressed the button twice.
const TWICE: TimeDelta = TimeDelta::minutes(10);

/// `answers`: the post that it answers, of the same thread. The same words again, right after the first, are that post.
pub fn add_post(
    conn: &mut Conn,
    thread: ThreadId,
    by: EnrolmentId,
    answers: Option<PostId>,
    body: &Written,
    now: Instant,
) -> QueryResult<PostId> {
    hold(conn, thread)?;
    if let Some(first) = same_post(conn, (thread, by), answers, body, now)? {
        return Ok(first);
    }
    let parent = match answers {
        Some(post) => {
            let above: Option<PostId> = posts::table.find(post).select(posts::parent_id).first(conn)?;
            Some(above.unwrap_or(post))
        }
        None => None,
    };
    let (html, mentions) = named(conn, thread, body.html())?;
    let id = diesel::insert_into(posts::table)
        .values((
            posts::thread_id.eq(thread),
            posts::enrolment_id.eq(by),
            posts::parent_id.eq(parent),
            posts::answers_id.eq(answers),
            posts::body.eq(body.text()),
            posts::html.eq(html),
            posts::created_at.eq(now),
        ))
        .returning(posts::id)
        .get_result(conn)?;
    if let Some(parent) = parent {
        let one_more = posts::reply_count.eq(posts::reply_count + 1);
        diesel::update(posts::table.find(parent)).set(one_more).execute(conn)?;
    }
    keep(conn, id, &mentions)?;
    to_tell(conn, id, Untold::Post, now)?;
    follow_own_post(conn, by, thread, id, now)?;
    settle(conn, thread, 1)?;
    Ok(id)
}

/// Whether a post of theirs that can be read is older than that.
pub fn has_post_before(conn: &mut Conn, by: EnrolmentId, when: Instant) -> QueryResult<bool> {
    let older = posts::table.filter(posts::enrolment_id.eq(by)).filter(posts::created_at.le(when));
    diesel::select(exists(older.filter(visible_posts()))).get_result(conn)
}

/// Whether they wrote something before that post which can be read.
fn has_post_earlier(conn: &mut Conn, by: EnrolmentId, post: PostId) -> QueryResult<bool> {
    let earlier = posts::table.filter(posts::enrolment_id.eq(by)).filter(posts::id.lt(post));
    diesel::select(exists(earlier.filter(visible_posts()))).get_result(conn)
}

/// When their `n`th newest post came, whatever became of it.
pub fn nth_newest_post_at(conn: &mut Conn, by: EnrolmentId, n: i64) -> QueryResult<Option<Instant>> {
    posts::table
        .filter(posts::enrolment_id.eq(by))
        .order(posts::id.desc())
        .offset(n - 1)
        .select(posts::created_at)
        .first(conn)
        .optional()
}

/// Their newest post of the thread, if it says the same in the same place and came just now.
fn same_post(
    conn: &mut Conn,
    (thread, by): (ThreadId, EnrolmentId),
    answers: Option<PostId>,
    body: &Written,
    now: Instant,
) -> QueryResult<Option<PostId>> {
    let newest: Option<(PostId, String, Option<PostId>)> = posts::table
        .filter(posts::enrolment_id.eq(by))
        .filter(posts::thread_id.eq(thread))
        .filter(posts::removed_at.is_null())
        .filter(posts::created_at.gt(now - TWICE))
        .order(posts::id.desc())
        .select((posts::id, posts::body, posts::answers_id))
        .first(conn)
        .optional()?;
    let is_same = |(_, text, to): &(PostId, String, Option<PostId>)| text == body.text() && *to == answers;
    Ok(newest.filter(is_same).map(|(id, ..)| id))
}

/// Lets nobody else write in the thread until this transaction ends, so that its posts are numbered in the order in which
/// they can be read, and what its row says of them is right.
pub(super) fn hold(conn: &mut Conn, thread: ThreadId) -> QueryResult<()> {
    diesel::update(threads::table.find(thread)).set(threads::post_count.eq(threads::post_count)).execute(conn).map(drop)
}

/// Brings up to date what the thread's row says of its posts, of which `more` became visible. The thread is held.
pub(super) fn settle(conn: &mut Conn, thread: ThreadId, more: i32) -> QueryResult<()> {
    let visible = || posts::table.filter(posts::thread_id.eq(thread)).filter(visible_posts());
    let newest: Option<(PostId, Instant, Role, EnrolmentId)> = visible()
        .inner_join(enrolments::table)
        .order(posts::id.desc())
        .select((posts::id, posts::created_at, enrolments::role, enrolments::id))
        .first(conn)
        .optional()?;
    let (begun, starter): (Instant, Option<EnrolmentId>) =
        threads::table.find(thread).select((threads::created_at, threads::started_by)).first(conn)?;
    let starter = match starter {
        Some(starter) => Some(starter),
        None => visible().order(posts::id).select(posts::enrolment_id).first(conn).optional()?,
    };
    let is_answered = match starter {
        Some(starter) => diesel::select(exists(visible().filter(posts::enrolment_id.ne(starter)))).get_result(conn)?,
        None => false,
    };
    let answered_at = match starter {
        Some(starter) => first_answer(conn, thread, starter, begun)?,
        None => None,
    };
    let waiting = newest.filter(|(_, _, role, _)| *role == Role::Learner);
    let first_post_waits = match waiting {
        Some((post, _, _, by)) => !has_post_earlier(conn, by, post)?,
        None => false,
    };
    if waiting.is_none() {
        // Nobody waits for what was claimed.
        claims::end(conn, thread)?;
    }
    diesel::update(threads::table.find(thread))
        .set((
            threads::post_count.eq(threads::post_count + more),
            threads::last_post_id.eq(newest.map_or(PostId(0), |(id, ..)| id)),
            threads::last_post_at.eq(newest.map_or(begun, |(_, at, ..)| at)),
            threads::waiting_since.eq(waiting.map(|(_, at, ..)| at)),
            threads::first_post_waits.eq(first_post_waits),
            threads::is_answered.eq(is_answered),
            threads::answered_at.eq(answered_at),
        ))
        .execute(conn)
        .map(drop)
}

/// The same text again changes nothing, so that it is not marked as edited. What it said before is kept.
/// Whoever it names only now is told; nobody else hears of it again.
pub fn change_post(conn: &mut Conn, thread: ThreadId, post: &Post, body: &Written, now: Instant) -> QueryResult<()> {
    let (html, mentions) = named(conn, thread, body.html())?;
    let same = posts::table.find(post.id).filter(posts::removed_at.is_null()).filter(posts::body.ne(body.text()));
    let changed = diesel::update(same)
        .set((posts::body.eq(body.text()), posts::html.eq(html), posts::edited_at.eq(now)))
        .execute(conn)?;
    if changed == 1 {
        let before = (
            post_versions::post_id.eq(post.id),
            post_versions::html.eq(&post.html),
            post_versions::replaced_at.eq(now),
        );
        diesel::insert_into(post_versions::table).values(before).execute(conn)?;
        if keep(conn, post.id, &mentions)? {
            to_tell(conn, post.id, Untold::Change, now)?;
        }
    }
    Ok(())
}

/// What the post said before, newest first, and until when.
pub fn list_versions(conn: &mut Conn, post: PostId) -> QueryResult<Vec<(String, Instant)>> {
    post_versions::table
        .filter(post_versions::post_id.eq(post))
        .order(post_versions::id.desc())
        .limit(VERSIONS)
        .select((post_versions::html, post_versions::replaced_at))
        .load(conn)
}

/// The post's place and its replies stay. Twice is the same as once.
pub fn remove_post(conn: &mut Conn, thread: ThreadId, id: PostId, by: EnrolmentId, now: Instant) -> QueryResult<()> {
    hold(conn, thread)?;
    let own = posts::id.eq(id).and(posts::thread_id.eq(thread)).and(posts::enrolment_id.eq(by));
    let was_visible: Option<bool> = posts::table
        .filter(own)
        .filter(posts::removed_at.is_null())
        .select(posts::hidden_at.is_null())
        .first(conn)
        .optional()?;
    let Some(was_visible) = was_visible else { return Ok(()) };
    diesel::update(posts::table.find(id)).set(posts::removed_at.eq(now)).execute(conn)?;
    settle(conn, thread, -i32::from(was_visible))
}

/// Keeps a post from readers, with the reason that its author reads. Another reason takes the place of the one before.
pub fn hide_post(conn: &mut Conn, thread: ThreadId, id: PostId, reason: &str, now: Instant) -> QueryResult<()> {
    hold(conn, thread)?;
    let post = posts::table.filter(posts::id.eq(id).and(posts::thread_id.eq(thread)));
    let newly = diesel::update(post.filter(visible_posts()))
        .set((posts::hidden_at.eq(now), posts::hidden_reason.eq(reason)))
        .execute(conn)?;
    if newly == 0 {
        let hidden = posts::table.filter(posts::id.eq(id).and(posts::thread_id.eq(thread)));
        diesel::update(hidden.filter(posts::hidden_at.is_not_null()))
            .set(posts::hidden_reason.eq(reason))
            .execute(conn)?;
        return Ok(());
    }
    // Its author is.
    to_tell(conn, id, Untold::Change, now)?;
    settle(conn, thread, -1)
}

/// Lets readers see it again.
pub fn show_post(conn: &mut Conn, thread: ThreadId, id: PostId, now: Instant) -> QueryResult<()> {
    hold(conn, thread)?;
    let hidden = posts::table.filter(posts::id.eq(id).and(posts::thread_id.eq(thread)));
    let removed: Option<bool> =
        hidden.filter(posts::hidden_at.is_not_null()).select(posts::removed_at.is_not_null()).first(conn).optional()?;
    let Some(removed) = removed else { return Ok(()) };
    diesel::update(posts::table.find(id))
        .set((posts::hidden_at.eq(None::<Instant>), posts::hidden_reason.eq("")))
        .execute(conn)?;
    to_tell(conn, id, Untold::Post, now)?;
    settle(conn, thread, i32::from(!removed))
}

/// A post as its author wrote it, and as it was rendered.
#[derive(Debug, Clone, Queryable)]
pub struct Text {
    pub id: PostId,
    pub body: String,
    pub html: String,
}

/// The next posts after `after`, whether or not they can be read.
pub fn list_texts(conn: &mut Conn, after: PostId, most: i64) -> QueryResult<Vec<Text>> {
    posts::table
        .filter(posts::id.gt(after))
        .order(posts::id)
        .limit(most)
        .select((posts::id, posts::body, posts::html))
        .load(conn)
}

/// Keeps the HTML of these texts, where they still say the same.
pub fn keep_html(conn: &mut Conn, fresh: &[(PostId, String, String)]) -> QueryResult<()> {
    for (id, body, html) in fresh {
        diesel::update(posts::table.find(id).filter(posts::body.eq(body))).set(posts::html.eq(html)).execute(conn)?;
    }
    Ok(())
}
