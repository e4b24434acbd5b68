//! Posts as pages show them: on a thread's own page, and as the talk below a step.

use diesel::QueryResult;

use super::posting::Refusal;
use super::{Conversation, Hidden, Post, PostId, Poster, ReadOnly, conversations, path_of, poster, store};
use crate::cohort::{EnrolmentId, Place, Role};
use crate::draft::{self, Drafts};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::count;
use crate::platform::web::{Ask, Field};
use crate::platform::zone::day_in_words;
use crate::programme::Written;
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

/// Three queries. `closes_at`: of the cohort, by [`crate::schedule::closes_at`].
pub fn load(conn: &mut Conn, ask: &Ask, place: &Place, open: &OpenStep<'_>, closes_at: Instant) -> QueryResult<Talk> {
    let right = poster(place, closes_at, ask.now);
    let thread = store::newest_of_step(conn, place.cohort.id, open.unit.unit, open.step, BELOW_A_STEP)?;
    let replies = match thread.id {
        Some(id) => store::newest_replies(conn, id, &thread.tops)?,
        None => Vec::new(),
    };
    let thread_href = thread.id.map(|id| path_of(&place.cohort, id)).unwrap_or_default();
    let laid = conversations(thread.tops, replies);
    let helpful = helpful_to(conn, &laid)?;
    let page =
        Page { place, now: ask.now, may_post: right.is_ok(), thread: &thread_href, after: None, seen: None, helpful };
    let path = format!("{}/units/{}/{}", place.cohort.path(), open.unit.unit.number, open.step.slug);
    let form = PostForm::new((&path, format!("{path}/posts")), "Your post", "Post");
    Ok(Talk {
        prompt: open.step.prompt.clone(),
        summary: summary(thread.post_count),
        conversations: laid.into_iter().map(|c| page.conversation(c)).collect(),
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

    /// With what was typed and how it would look.
    pub fn previewed(mut self, written: &Written) -> Self {
        self.writing.preview(written);
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

    /// What was typed, and how it would look.
    pub(super) fn preview(&mut self, written: &Written) {
        if let Some(form) = &mut self.form {
            form.body.value = written.text().into();
            form.preview = written.html().into();
        }
    }

    /// What was typed and something more. Empty: nothing was.
    pub(super) fn put(&mut self, text: &str) {
        if let Some(form) = self.form.as_mut().filter(|_| !text.is_empty()) {
            form.body.value = text.into();
        }
    }

    /// As a paragraph of its own, behind what is there.
    pub(super) fn put_at_end(&mut self, text: &str) {
        if let Some(form) = &mut self.form {
            let before = form.body.value.trim_end();
            form.body.value = if before.is_empty() { text.into() } else { format!("{before}\n\n{text}") };
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
    /// How what was typed would look, sanitised. Empty: nobody asked.
    pub preview: String,
    /// Texts that a facilitator can put in: id and name.
    pub saved: Vec<(String, String)>,
}

/// The id of the form for a post in its page; there is one at most.
pub const POST_FORM: &str = "reply";

impl PostForm {
    /// On which page it stands, and where it is sent.
    pub(super) fn new((page, action): (&str, String), label: &str, button: &'static str) -> Self {
        let hint = "Everyone in your cohort can read it. Leave patients and colleagues unnamed.";
        let body = Field::new("body", label).hint(hint);
        let draft = draft::Form::at(page, POST_FORM, "posted");
        Self {
            action,
            body,
            parent: String::new(),
            button,
            cancel_href: String::new(),
            draft,
            preview: String::new(),
            saved: Vec::new(),
        }
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
    /// The card on which they say who they are.
    pub author_href: String,
    pub is_own: bool,
    pub is_facilitators: bool,
    pub is_new: bool,
    pub when: String,
    /// For `<time datetime>`.
    pub at: String,
    pub is_edited: bool,
    /// Sanitised when it was written.
    pub html: String,
    /// Address and author of the reply that it answers.
    pub answers: Option<(String, String)>,
    /// Set where its author removed it; then nothing else of it is shown.
    pub removed: Option<String>,
    /// Set where it is kept from readers; then its text is there for its author and for facilitators alone.
    pub hidden: Option<String>,
    /// Who found it helpful.
    pub helpful: String,
    pub helpful_action: String,
    pub is_helpful_to_me: bool,
    /// Empty: not now, or not by this person.
    pub reply_href: String,
    pub edit_href: String,
    pub report_href: String,
    /// What facilitators can do with it.
    pub moderate_href: String,
}

/// Who found which post helpful.
pub(super) type Helpful = Vec<(PostId, EnrolmentId, String)>;

/// One query, where anybody did.
pub(super) fn helpful_to(conn: &mut Conn, laid: &[Conversation]) -> QueryResult<Helpful> {
    let posts = laid.iter().flat_map(|c| std::iter::once(&c.post).chain(&c.replies));
    let ids: Vec<PostId> = posts.filter(|post| post.helpful > 0).map(|post| post.id).collect();
    store::list_helpful(conn, &ids)
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
    /// The last post that its reader has seen before, where what came since is marked.
    pub seen: Option<PostId>,
    pub helpful: Helpful,
}

impl Page<'_> {
    pub fn conversation(&self, conversation: Conversation) -> ShownConversation {
        let Conversation { post, replies, earlier_replies } = conversation;
        let all = earlier_replies + replies.len();
        let under = format!("{}?under={}", self.thread, post.id);
        let all_replies = (earlier_replies > 0).then(|| (under, format!("Show all {all} replies")));
        let answered: Vec<(PostId, String)> = replies.iter().map(|r| (r.id, r.author.name.clone())).collect();
        let top_id = post.id;
        let mut top = self.post(post);
        if let (Some(gone), 1..) = (top.removed.as_mut().or(top.hidden.as_mut()), all) {
            gone.push_str(" Replies stand.");
        }
        let reply = |reply: Post| {
            let to = reply.answers.filter(|to| *to != top_id);
            let mut shown = self.post(reply);
            shown.answers = to.map(|to| self.answered(to, &answered));
            shown
        };
        ShownConversation { post: top, replies: replies.into_iter().map(reply).collect(), all_replies, form: None }
    }

    /// Where the post stands that was answered, and whose it is.
    fn answered(&self, to: PostId, here: &[(PostId, String)]) -> (String, String) {
        match here.iter().find(|(id, _)| *id == to) {
            Some((id, name)) => (format!("#post-{id}"), name.clone()),
            None => (format!("{}?post={to}", self.thread), "an earlier reply".into()),
        }
    }

    fn post(&self, post: Post) -> ShownPost {
        let zone = &self.place.cohort.zone;
        let own = self.place.enrolment.as_ref().map(|enrolment| enrolment.id);
        let is_own = own == Some(post.author.enrolment);
        let page = self.after.map(|id| format!("after={id}&")).unwrap_or_default();
        let at = |part: &str| format!("{}/posts/{}/{part}", self.thread, post.id);
        let offered = |href: String, to: bool| if to { href } else { String::new() };
        let (is_visible, facilitates) = (post.is_visible(), self.place.facilitates());
        let may = self.may_post && is_visible;
        let removed =
            post.removed_at.map(|at| format!("Removed by its author, {}.", day_in_words(zone.local_date(at))));
        let hidden = post.hidden.as_ref().map(|hidden| hidden.words(is_own, facilitates));
        let may_read = is_visible || (removed.is_none() && (is_own || facilitates));
        ShownPost {
            reply_href: offered(format!("{}?{page}reply={}#reply", self.thread, post.id), may),
            edit_href: offered(at("edit"), self.may_post && is_own),
            report_href: offered(at("report"), may && !is_own && !facilitates),
            moderate_href: offered(at("moderate"), facilitates),
            helpful_action: offered(at("helpful"), may && !is_own),
            is_helpful_to_me: self.helpful.iter().any(|(id, by, _)| *id == post.id && Some(*by) == own),
            helpful: self.helpful_words(&post, own),
            author_href: format!("{}/people/{}", self.place.cohort.path(), post.author.enrolment),
            is_new: self.seen.is_some_and(|seen| post.id > seen) && !is_own && is_visible,
            id: post.id,
            author: post.author.name,
            is_own,
            is_facilitators: post.author.role == Role::Facilitator,
            when: zone.recent(post.created_at, self.now),
            at: post.created_at.rfc3339(),
            is_edited: post.edited_at.is_some(),
            html: if may_read { post.html } else { String::new() },
            answers: None,
            removed,
            hidden,
        }
    }

    /// 'You, Ada and 3 others found this helpful.'
    fn helpful_words(&self, post: &Post, own: Option<EnrolmentId>) -> String {
        const NAMED: usize = 3;
        let Ok(all) = usize::try_from(post.helpful) else { return String::new() };
        if all == 0 {
            return String::new();
        }
        let marks = || self.helpful.iter().filter(|(id, ..)| *id == post.id);
        let mine = marks().any(|(_, by, _)| Some(*by) == own).then_some("You");
        let others = marks().filter(|(_, by, _)| Some(*by) != own).map(|(.., name)| name.as_str());
        let names: Vec<&str> = mine.into_iter().chain(others).take(NAMED).collect();
        let more = all - names.len().min(all);
        let rest = (more > 0).then(|| count(more, "other"));
        let mut parts: Vec<&str> = names;
        parts.extend(rest.as_deref());
        format!("{} found this helpful.", and_list(&parts))
    }
}

/// 'Ada', 'Ada and Ben', 'Ada, Ben and Chi'.
fn and_list(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl Hidden {
    fn words(&self, is_own: bool, facilitates: bool) -> String {
        let reason = &self.reason;
        match (facilitates, is_own, reason.is_empty()) {
            (true, _, true) => "Hidden because three people reported it. It waits for you to look.".into(),
            (true, _, false) => format!("Hidden from learners: {reason}"),
            (false, true, true) => {
                "Hidden because people reported it, until a facilitator has looked. Others cannot read it.".into()
            }
            (false, true, false) => format!("A facilitator has hidden your post: {reason}"),
            (false, false, true) => "Hidden until a facilitator has looked at it.".into(),
            (false, false, false) => "Hidden by a facilitator.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_people_say_them() {
        for (parts, words) in
            [(&["Ada"][..], "Ada"), (&["You", "Ada"], "You and Ada"), (&["A", "B", "2 others"], "A, B and 2 others")]
        {
            assert_eq!(and_list(parts), words);
        }
    }
}
