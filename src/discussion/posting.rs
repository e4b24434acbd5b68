//! Taking a post: how often somebody may write, what is refused, and who hears of a step's posts.

use std::time::Duration;

use diesel::QueryResult;

use super::pace::wait_until;
use super::{Post, PostId, Poster, ReadOnly, Thread, ThreadId, store};
use crate::cohort::{EnrolmentId, Place};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::duration;
use crate::platform::web::limits::Limit;
use crate::platform::web::{Ask, Error, Faults};
use crate::programme::Written;
use crate::schedule::gate::OpenStep;

/// How often one enrolment may write, in this process.
pub struct PostLimits {
    /// Whether somebody new writes more slowly.
    slow_start: bool,
    at_once: Limit,
    daily: Limit,
    edits: Limit,
}

const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl PostLimits {
    /// So many posts in five minutes and in a day, and so many edits in five minutes.
    pub fn new(posts: u32, posts_a_day: u32, edits: u32) -> Self {
        Self {
            slow_start: false,
            at_once: Limit::new(posts, FIVE_MINUTES),
            daily: Limit::new(posts_a_day, DAY),
            edits: Limit::new(edits, FIVE_MINUTES),
        }
    }

    fn count_post(&self, by: EnrolmentId) -> Result<(), Refusal> {
        self.at_once.count(by.to_string()).and_then(|()| self.daily.count(by.to_string())).map_err(too_many)
    }

    pub fn count_edit(&self, by: EnrolmentId) -> Result<(), Refusal> {
        self.edits.count(by.to_string()).map_err(too_many)
    }

    /// Forgets who has not written for long; called by a timer so that memory stays flat.
    pub fn forget_old(&self) {
        self.at_once.forget_old();
        self.daily.forget_old();
        self.edits.forget_old();
    }
}

impl Default for PostLimits {
    fn default() -> Self {
        Self { slow_start: true, ..Self::new(10, 100, 30) }
    }
}

fn too_many(error: Error) -> Refusal {
    let Error::TooMany { seconds } = error else { return Refusal::TooMany { seconds: 60 } };
    Refusal::TooMany { seconds }
}

/// Whether they may write one more now; if so, it counts.
pub fn may_post(
    conn: &mut Conn,
    poster: &Poster,
    limits: &PostLimits,
    now: Instant,
) -> QueryResult<Result<(), Refusal>> {
    if limits.slow_start
        && let Some(until) = wait_until(conn, poster, now)?
    {
        return Ok(Err(Refusal::TooSoon { until }));
    }
    Ok(limits.count_post(poster.enrolment))
}

/// Called in the same transaction whenever somebody has posted in a discussion step's own thread.
#[derive(Clone, Copy)]
pub struct OnStepPosts(pub fn(&mut Conn, &Ask, &Place, &OpenStep<'_>) -> Result<(), Error>);

/// Why a post was not taken. Nothing typed is lost: the page shows it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What is wrong with the text.
    Body(String),
    /// What it answers is removed.
    ParentGone,
    TooMany {
        seconds: u64,
    },
    /// They are new here.
    TooSoon {
        until: Instant,
    },
    ReadOnly(ReadOnly),
}

impl Refusal {
    pub fn words(&self, place: &Place) -> String {
        match self {
            Self::Body(what) => what.clone(),
            Self::ParentGone => "The post you answer was removed. You can still post this to the thread".into(),
            Self::TooMany { seconds } => {
                let wait = duration(u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX));
                format!("You have written a lot in a short time. Wait {wait}, then post this again")
            }
            Self::TooSoon { until } => {
                let until = place.cohort.zone.plain(*until);
                format!(
                    "On your first day you can write five posts an hour. What you wrote stands below: post it from {until}"
                )
            }
            Self::ReadOnly(why) => why.words(place),
        }
    }

    /// For the summary on top of the page; the field is `body`.
    pub fn faults(&self, place: &Place) -> Faults {
        let mut faults = Faults::default();
        faults.add("body", self.words(place));
        faults
    }
}

/// Where a post went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    pub thread: ThreadId,
    pub post: PostId,
    /// The top-level post of its conversation.
    pub top: PostId,
}

/// A post or, with a parent, a reply in a thread. `body` is parsed before, for rendering takes time.
pub fn post_in_thread(
    conn: &mut Conn,
    poster: &Poster,
    limits: &PostLimits,
    thread: &Thread,
    draft: Draft,
    now: Instant,
) -> QueryResult<Result<Posted, Refusal>> {
    let body = match draft.body {
        Ok(body) => body,
        Err(what) => return Ok(Err(Refusal::Body(what))),
    };
    let answers = match draft.parent {
        Some(id) => match store::post(conn, thread.id, id)?.filter(Post::is_visible) {
            Some(answered) => Some(answered),
            None => return Ok(Err(Refusal::ParentGone)),
        },
        None => None,
    };
    if let Err(refusal) = may_post(conn, poster, limits, now)? {
        return Ok(Err(refusal));
    }
    let post = store::add_post(conn, thread.id, poster.enrolment, draft.parent, &body, now)?;
    Ok(Ok(Posted { thread: thread.id, post, top: answers.map_or(post, |answered| answered.top()) }))
}

/// What somebody wants to post.
#[derive(Debug, Clone)]
pub struct Draft {
    pub body: Result<Written, String>,
    pub parent: Option<PostId>,
}

/// A post in a step's own thread, which the first post makes.
pub fn post_in_step(
    conn: &mut Conn,
    poster: &Poster,
    limits: &PostLimits,
    open: &OpenStep<'_>,
    body: Result<Written, String>,
    now: Instant,
) -> QueryResult<Result<Posted, Refusal>> {
    let body = match body {
        Ok(body) => body,
        Err(what) => return Ok(Err(Refusal::Body(what))),
    };
    if let Err(refusal) = may_post(conn, poster, limits, now)? {
        return Ok(Err(refusal));
    }
    let thread = store::step_thread_made(conn, poster.cohort, open.unit.unit, open.step, now)?;
    let post = store::add_post(conn, thread, poster.enrolment, None, &body, now)?;
    Ok(Ok(Posted { thread, post, top: post }))
}
