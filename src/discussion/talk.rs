//! Posts as pages show them: on a thread's own page, and as the talk below a step.

use diesel::QueryResult;

use super::posting::Refusal;
use super::{Conversation, Post, PostId, Poster, ReadOnly, conversations, path_of, poster, store};
use crate::cohort::{Place, Role};
use crate::draft::{self, Drafts};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::count;
use crate::platform::web::{Ask, Field};
use crate::platform::zone::day_in_words;
use crate::schedule::gate::OpenStep;

/// How many conversations stand below a step: the newest.
const BELOW_A_STEP: usize = 10;

/// The talk below a step, for the macro `talk::section`.
#[derive(Debug, Clone)]
pub struct Talk {
    pub prompt: String,
    pub summary: String,
    /// Empty while nobody has written.
    pub thread_href: String,
    /// Newest first.
    pub conversations: Vec<ShownConversation>,
    pub writing: Writing,
}

/// Two queries. `closes_at`: of the cohort, by [`crate::schedule::closes_at`].
pub fn load(conn: &mut Conn, ask: &Ask, place: &Place, open: &OpenStep<'_>, closes_at: Instant) -> QueryResult<Talk> {
    let right = poster(place, closes_at, ask.now);
    let thread = store::newest_of_step(conn, place.cohort.id, open.unit.unit, open.step, BELOW_A_STEP)?;
    let replies = match thread.id {
        Some(id) => store::newest_replies(conn, id, &thread.tops)?,
        None => Vec::new(),
    };
    let thread_href = thread.id.map(|id| path_of(&place.cohort, id)).unwrap_or_default();
    let page = Page { place, now: ask.now, may_post: right.is_ok(), thread: &thread_href, after: None };
    let path = format!("{}/units/{}/{}", place.cohort.path(), open.unit.unit.number, open.step.slug);
    let form = PostForm::new((&path, format!("{path}/posts")), "Your post", "Post");
    Ok(Talk {
        prompt: open.step.prompt.clone(),
        summary: summary(thread.post_count),
        conversations: conversations(thread.tops, replies).into_iter().map(|c| page.conversation(c)).collect(),
        writing: Writing::new(right, place, form),
        thread_href,
    })
}

fn summary(posts: i32) -> String {
    match usize::try_from(posts) {
        Ok(n @ 1..) => {
            let readers = if n == 1 { "nobody else can read it" } else { "nobody else can read them" };
            format!("{} by learners and facilitators of your cohort; {readers}.", count(n, "post"))
        }
        _ => "Nobody has written here yet. Only your cohort and its facilitators can read what you write.".into(),
    }
}

impl Talk {
    /// With what was typed and why it was not taken.
    pub fn refused(mut self, place: &Place, typed: &str, refusal: &Refusal) -> Self {
        self.writing.keep(place, typed, refusal);
        self
    }
}

/// Where one writes, or why one cannot.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    pub form: Option<PostForm>,
    /// Empty: one can.
    pub read_only: String,
    /// What was typed and cannot be posted any more.
    pub kept: String,
}

impl Writing {
    pub(super) fn new(right: Result<Poster, ReadOnly>, place: &Place, form: PostForm) -> Self {
        match right {
            Ok(_) => Self { form: Some(form), ..Self::default() },
            Err(why) => Self { read_only: why.words(place), ..Self::default() },
        }
    }

    pub fn bring_back(&mut self, drafts: &Drafts) {
        if let Some(form) = &mut self.form {
            form.draft.bring_back(drafts, [&mut form.body]);
        }
    }

    pub(super) fn keep(&mut self, place: &Place, typed: &str, refusal: &Refusal) {
        match &mut self.form {
            Some(form) => form.keep(place, typed, refusal),
            None => self.kept = typed.into(),
        }
    }
}

/// A form for a post or a reply.
#[derive(Debug, Clone)]
pub struct PostForm {
    pub action: String,
    pub body: Field,
    /// What it answers; empty: the thread.
    pub parent: String,
    pub button: &'static str,
    /// Empty: nothing to go back to.
    pub cancel_href: String,
    pub draft: draft::Form,
}

/// The id of the form for a post in its page; there is one at most.
pub const POST_FORM: &str = "reply";

impl PostForm {
    /// On which page it stands, and where it is sent.
    pub(super) fn new((page, action): (&str, String), label: &str, button: &'static str) -> Self {
        let hint = "Everyone in your cohort can read it. Leave patients and colleagues unnamed.";
        let body = Field::new("body", label).hint(hint);
        let draft = draft::Form::at(page, POST_FORM, "posted");
        Self { action, body, parent: String::new(), button, cancel_href: String::new(), draft }
    }

    pub(super) fn keep(&mut self, place: &Place, typed: &str, refusal: &Refusal) {
        self.body.value = typed.into();
        self.body.error = refusal.words(place);
    }
}

#[derive(Debug, Clone)]
pub struct ShownConversation {
    pub post: ShownPost,
    pub replies: Vec<ShownPost>,
    /// Address and words of the way to all replies, where not all are here.
    pub all_replies: Option<(String, String)>,
    /// Where somebody is answering in this conversation.
    pub form: Option<PostForm>,
}

#[derive(Debug, Clone)]
pub struct ShownPost {
    pub id: PostId,
    pub author: String,
    pub is_own: bool,
    pub is_facilitators: bool,
    pub when: String,
    /// For `<time datetime>`.
    pub at: String,
    pub is_edited: bool,
    /// Sanitised when it was written.
    pub html: String,
    /// Set where its author removed it; then nothing else of it is shown.
    pub removed: Option<String>,
    /// Empty: not now, or not by this person.
    pub reply_href: String,
    pub edit_href: String,
}

/// What posts on one page have in common.
pub(super) struct Page<'a> {
    pub place: &'a Place,
    pub now: Instant,
    pub may_post: bool,
    /// The thread's address.
    pub thread: &'a str,
    /// After which top-level post the page begins.
    pub after: Option<PostId>,
}

impl Page<'_> {
    pub fn conversation(&self, conversation: Conversation) -> ShownConversation {
        let Conversation { post, replies, earlier_replies } = conversation;
        let all = earlier_replies + replies.len();
        let under = format!("{}?under={}", self.thread, post.id);
        let all_replies = (earlier_replies > 0).then(|| (under, format!("Show all {all} replies")));
        let mut top = self.post(post);
        if let (Some(removed), 1..) = (&mut top.removed, all) {
            removed.push_str(" Replies stand.");
        }
        let replies = replies.into_iter().map(|reply| self.post(reply)).collect();
        ShownConversation { post: top, replies, all_replies, form: None }
    }

    fn post(&self, post: Post) -> ShownPost {
        let zone = &self.place.cohort.zone;
        let is_own = self.place.enrolment.as_ref().is_some_and(|e| e.id == post.author.enrolment);
        let page = self.after.map(|id| format!("after={id}&")).unwrap_or_default();
        let offered = |href: String, to: bool| if to { href } else { String::new() };
        let removed =
            post.removed_at.map(|at| format!("Removed by its author, {}.", day_in_words(zone.local_date(at))));
        ShownPost {
            reply_href: offered(format!("{}?{page}reply={}#reply", self.thread, post.id), self.may_post),
            edit_href: offered(format!("{}/posts/{}/edit", self.thread, post.id), self.may_post && is_own),
            id: post.id,
            author: post.author.name,
            is_own,
            is_facilitators: post.author.role == Role::Facilitator,
            when: zone.recent(post.created_at, self.now),
            at: post.created_at.rfc3339(),
            is_edited: post.edited_at.is_some(),
            html: post.html,
            removed,
        }
    }
}
