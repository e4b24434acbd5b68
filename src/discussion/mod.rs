//! A cohort's conversations: threads, posts and one level of replies. A thread is seen by whoever may see its unit.

pub mod listening;
pub mod mention;
mod pace;
pub mod pages;
pub mod posting;
pub mod store;
pub mod talk;

use chrono::TimeDelta;

use crate::accounts::AccountId;
use crate::cohort::{Cohort, CohortId, EnrolmentId, Place, Role};
use crate::id;
use crate::platform::clock::Instant;
use crate::platform::text::{self, Slug};
use crate::programme::Written;

id!(ThreadId);
id!(PostId);
id!(SavedAnswerId);

/// The longest post, in characters.
pub const LONGEST_POST: usize = 20_000;

/// What a post says. Errors with what the writer can do about it.
pub fn post_body(typed: &str) -> Result<Written, String> {
    Written::parse(typed, LONGEST_POST, "your post")
}

/// The title of a thread: one line of up to 150 characters.
pub fn title(text: &str) -> Result<String, String> {
    text::line(text, 150, "the title")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub cohort: CohortId,
    /// None: it is about the whole course.
    pub unit: Option<Slug>,
    /// Set where it is a discussion step's own thread.
    pub step: Option<Slug>,
    pub title: String,
    pub last_post_at: Instant,
    /// Of posts that are visible: neither removed nor hidden.
    pub post_count: i32,
    /// The newest visible post; 0: there is none.
    pub last_post: PostId,
    /// When its newest visible post came, where that is a learner's.
    pub waiting_since: Option<Instant>,
    /// Whether that post is the first that its author wrote here.
    pub first_post_waits: bool,
    pub is_pinned: bool,
    pub is_locked: bool,
}

/// So many new posts are counted in a thread.
pub const COUNTED: i64 = 100;

/// `7`, or `100+`.
pub fn counted(new: i64) -> String {
    if new < COUNTED { new.to_string() } else { format!("{COUNTED}+") }
}

/// How long a learner's post may stand last before the thread needs a reply.
pub const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// How long a facilitator who said that they answer a thread is left to it.
pub const CLAIM_LASTS: TimeDelta = TimeDelta::hours(24);

/// That a facilitator answers a thread.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Claim {
    pub thread: ThreadId,
    pub by: AccountId,
    pub name: String,
    pub at: Instant,
}

/// A text that a facilitator keeps to put into replies.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct SavedAnswer {
    pub id: SavedAnswerId,
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Every facilitator of `cohort` has it.
    pub is_shared: bool,
    pub cohort: CohortId,
    pub owner: AccountId,
    /// The owner's name.
    pub author: String,
}

/// What somebody has to do with a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The last post that they have seen.
    pub seen: PostId,
    pub seen_at: Option<Instant>,
    pub follows: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    /// The top-level post of its conversation, if it is not that itself.
    pub parent: Option<PostId>,
    /// The post that it answers: its parent, or another reply.
    pub answers: Option<PostId>,
    pub author: Author,
    pub html: String,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub removed_at: Option<Instant>,
    pub hidden: Option<Hidden>,
    /// How many found it helpful.
    pub helpful: i32,
}

/// That a post is kept from readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    pub at: Instant,
    /// As its author reads it. Empty: people reported it, and no facilitator has looked yet.
    pub reason: String,
}

/// So many different people report a post, and it is hidden until a facilitator looks.
pub const REPORTS_HIDE: usize = 3;

impl Thread {
    pub fn path(&self, cohort: &Cohort) -> String {
        path_of(cohort, self.id)
    }
}

fn path_of(cohort: &Cohort, thread: ThreadId) -> String {
    format!("{}/discussions/{thread}", cohort.path())
}

impl Post {
    /// The top-level post of its conversation: itself, or the one it answers.
    pub fn top(&self) -> PostId {
        self.parent.unwrap_or(self.id)
    }

    /// Whether everybody in the cohort may read it.
    pub fn is_visible(&self) -> bool {
        self.removed_at.is_none() && self.hidden.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub enrolment: EnrolmentId,
    pub name: String,
    pub role: Role,
}

/// A top-level post, how many replies it has, and from which on they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    pub post: Post,
    pub replies: usize,
    pub shown_from: PostId,
}

/// A top-level post with the newest of its replies, in the order they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub post: Post,
    pub replies: Vec<Post>,
    /// How many older replies are not among them.
    pub earlier_replies: usize,
}

/// Lays replies under their posts.
pub fn conversations(tops: Vec<Top>, replies: Vec<Post>) -> Vec<Conversation> {
    let mut laid: Vec<Conversation> = tops
        .into_iter()
        .map(|top| Conversation { post: top.post, replies: Vec::new(), earlier_replies: top.replies })
        .collect();
    for reply in replies {
        if let Some(under) = laid.iter_mut().find(|c| Some(c.post.id) == reply.parent) {
            under.earlier_replies = under.earlier_replies.saturating_sub(1);
            under.replies.push(reply);
        }
    }
    for conversation in &mut laid {
        conversation.replies.sort_by_key(|reply| reply.id);
    }
    laid
}

/// Somebody who may write in their cohort's discussions now. Made only by [`poster`].
#[derive(Debug, Clone, Copy)]
pub struct Poster {
    enrolment: EnrolmentId,
    cohort: CohortId,
    facilitates: bool,
}

/// Why somebody may read and not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOnly {
    NotEnrolled,
    Closed {
        since: Instant,
    },
    /// The thread is locked.
    Locked,
}

/// The right to write: active learners and facilitators have it until the cohort closes.
pub fn poster(place: &Place, closes_at: Instant, now: Instant) -> Result<Poster, ReadOnly> {
    let enrolment = place.enrolment.as_ref().ok_or(ReadOnly::NotEnrolled)?;
    if now >= closes_at {
        return Err(ReadOnly::Closed { since: closes_at });
    }
    Ok(Poster { enrolment: enrolment.id, cohort: place.cohort.id, facilitates: place.facilitates() })
}

impl ReadOnly {
    /// As the page says it.
    pub fn words(self, place: &Place) -> String {
        match self {
            Self::NotEnrolled => {
                "You read this as an administrator. Only people enrolled in the cohort can post.".into()
            }
            Self::Closed { since } => {
                let since = place.cohort.zone.plain_with_year(since);
                format!("The discussions of this cohort closed on {since}. You can still read everything.")
            }
            Self::Locked => "A facilitator has locked this thread. You can read it, and start another.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: i64, parent: Option<i64>) -> Post {
        let author = Author { enrolment: EnrolmentId(1), name: "Ada".into(), role: Role::Learner };
        let (html, created_at) = ("<p>Hello</p>".into(), Instant::from_micros(id));
        let (id, parent) = (PostId(id), parent.map(PostId));
        Post {
            id,
            parent,
            answers: parent,
            author,
            html,
            created_at,
            edited_at: None,
            removed_at: None,
            hidden: None,
            helpful: 0,
        }
    }

    #[test]
    fn replies_stand_under_their_post_in_the_order_they_were_written() {
        let top = |id, replies| Top { post: post(id, None), replies, shown_from: PostId(0) };
        let tops = vec![top(1, 2), top(2, 5), top(6, 0)];
        let laid = conversations(tops, vec![post(9, Some(2)), post(4, Some(1)), post(8, Some(2)), post(3, Some(1))]);
        let ids: Vec<Vec<i64>> = laid.iter().map(|c| c.replies.iter().map(|r| r.id.0).collect()).collect();
        assert_eq!(ids, [vec![3, 4], vec![8, 9], vec![]]);
        assert_eq!(laid.iter().map(|c| c.earlier_replies).collect::<Vec<_>>(), [0, 3, 0]);
    }

    #[test]
    fn a_reply_to_a_reply_belongs_to_the_same_conversation() {
        assert_eq!(post(7, Some(2)).top(), PostId(2));
        assert_eq!(post(2, None).top(), PostId(2));
    }

    #[test]
    fn a_post_has_one_to_20_000_characters_that_show() {
        assert!(post_body(&"é".repeat(20_000)).is_ok());
        for wrong in [&"é".repeat(20_001), "", " \n\t ", "[a]: https://example.org", "***", "\u{200b}"] {
            assert!(post_body(wrong).is_err(), "{:.20}", wrong);
        }
    }

    #[test]
    fn a_post_is_markdown_without_scripts() {
        let body = post_body("**Bold** [x](javascript:alert(1)) <script>alert(1)</script>").unwrap();
        assert!(body.html().contains("<strong>Bold</strong>"), "{}", body.html());
        assert!(!body.html().contains("<script") && !body.html().contains("href=\"javascript"), "{}", body.html());
        assert!(body.text().starts_with("**Bold**"));
    }
}
