//! What threads and posts say of the posts below them, counted anew.

use std::collections::{HashMap, HashSet};

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::begun::list_misjudged;
use super::posts::visible_posts;
use super::writing::{hold, settle};
use crate::discussion::{PostId, ThreadId};
use crate::platform::db::Conn;
use crate::schema::{posts, threads};

/// Reads every thread's posts anew, and says of how many threads the row told something else.
pub fn recount(conn: &mut Conn) -> QueryResult<usize> {
    let newest = diesel::dsl::max(posts::id.nullable());
    let counted: Vec<(ThreadId, i32, PostId, i64, Option<PostId>)> = threads::table
        .left_join(posts::table.on(posts::thread_id.eq(threads::id).and(visible_posts())))
        .group_by((threads::id, threads::post_count, threads::last_post_id))
        .select((
            threads::id,
            threads::post_count,
            threads::last_post_id,
            diesel::dsl::count(posts::id.nullable()),
            newest,
        ))
        .load(conn)?;
    let misjudged: HashSet<ThreadId> = list_misjudged(conn)?.into_iter().collect();
    let mut wrong = mend_replies(conn)?;
    for (thread, kept, last, counted, newest) in counted {
        let more = i32::try_from(counted).unwrap_or(i32::MAX) - kept;
        if more != 0 || last != newest.unwrap_or(PostId(0)) || misjudged.contains(&thread) {
            hold(conn, thread)?;
            settle(conn, thread, more)?;
            wrong.insert(thread);
        }
    }
    Ok(wrong.len())
}

/// The threads with a post that said a wrong number of replies; it says the right one now.
fn mend_replies(conn: &mut Conn) -> QueryResult<HashSet<ThreadId>> {
    let replies = posts::table.filter(posts::parent_id.is_not_null()).group_by(posts::parent_id);
    let counted: HashMap<PostId, i64> =
        replies.select((posts::parent_id.assume_not_null(), count_star())).load(conn)?.into_iter().collect();
    let kept: Vec<(PostId, ThreadId, i32)> =
        posts::table.select((posts::id, posts::thread_id, posts::reply_count)).load(conn)?;
    let mut wrong = HashSet::new();
    for (post, thread, count) in kept {
        if counted.get(&post).copied().unwrap_or(0) != i64::from(count) {
            hold(conn, thread)?;
            let replies: i64 = posts::table.filter(posts::parent_id.eq(post)).count().get_result(conn)?;
            let replies = i32::try_from(replies).unwrap_or(i32::MAX);
            diesel::update(posts::table.find(post)).set(posts::reply_count.eq(replies)).execute(conn)?;
            wrong.insert(thread);
        }
    }
    Ok(wrong)
}
