//! The job that finds out whom a post concerns, one transaction a post: each of them gets one notice, however many reasons
//! there are and however often the post is edited.

use diesel::QueryResult;

use super::store::{self, NewNotice};
use super::{How, Reason, due_at};
use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::PostId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db, DbError};
use crate::programme::{Catalogue, Content};
use crate::reminder::store::course;

/// How many posts one round tells of.
const POSTS: i64 = 200;

/// Makes the notices of all posts that are due. Safe to run again, and anywhere else at the same time.
pub async fn tell_due(db: &Db, content: &Content, now: Instant) -> Result<usize, DbError> {
    let untold = db.read(move |conn| store::list_untold(conn, now, POSTS).map_err(DbError::from)).await?;
    let count = untold.len();
    for (post, cohort) in untold {
        let catalogue = content.current();
        db.write(move |conn| tell(conn, &catalogue, (post, cohort), now).map_err(DbError::from)).await?;
    }
    Ok(count)
}

fn tell(conn: &mut Conn, catalogue: &Catalogue, (id, cohort): (PostId, CohortId), now: Instant) -> QueryResult<()> {
    let Some((only_named, since)) = store::take_untold(conn, id)? else { return Ok(()) };
    let Some(post) = store::find_post(conn, id)?.filter(|post| post.removed_at.is_none()) else { return Ok(()) };
    let Some(course) = course(conn, cohort)? else { return Ok(()) };
    let Some(programme) = catalogue.programme(&course.cohort.programme) else { return Ok(()) };
    if post.hidden_at.is_some() {
        store::tell_again(conn, id, post.author)?;
        return store::add(conn, id, &[hidden(post.author, now)], now);
    }
    let hour = course.settings.cohort.hour.unwrap_or(course.cohort.release_time);
    let audience = store::audience(conn, &post, programme, only_named)?;
    let wanted = audience.into_iter().filter(|(_, _, how)| *how != How::Never);
    let new: Vec<NewNotice> = wanted
        .map(|(enrolment, reason, how)| {
            // Of the time when it could have been told: a process that was down comes late, and not a day late.
            let due_at = due_at(how, &course.cohort, hour, since.min(now));
            NewNotice { enrolment, reason, how, due_at }
        })
        .collect();
    store::add(conn, id, &new, now)
}

fn hidden(author: EnrolmentId, now: Instant) -> NewNotice {
    NewNotice { enrolment: author, reason: Reason::Hidden, how: How::AtOnce, due_at: now }
}
