//! A thread's page: a part of its posts, and a form for one more.

use askama::Template;

use super::claim::claimed;
use super::{About, Room, Subject};
use crate::cohort::Place;
use crate::discussion::posting::Refusal;
use crate::discussion::store::{self, PAGE, REPLIES_PAGE};
use crate::discussion::talk::{Helpful, Page, PostForm, ShownConversation, Writing, helpful_to};
use crate::discussion::{Claim, Conversation, Post, PostId, Poster, ReadOnly, SavedAnswerId, Thread, conversations};
use crate::draft::Drafts;
use crate::platform::db::Conn;
use crate::platform::text::{count, duration};
use crate::platform::web::{Ask, Error, Faults, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::Written;

#[derive(Template)]
#[template(path = "discussion/thread.html")]
pub(super) struct ThreadPage {
    frame: Frame,
    crumbs: Vec<(String, String)>,
    faults: Faults,
    eyebrow: String,
    title: String,
    lead: String,
    step_href: String,
    preview: String,
    talks: Vec<ShownConversation>,
    writing: Writing,
    /// Where one writes to the thread while a reply is being written.
    plain_href: String,
    facts: String,
    pager: Vec<Way>,
    /// Where a page that is open hears of new posts.
    listen_href: String,
    /// What is new, and where it begins. Empty: nothing is.
    news: String,
    news_href: String,
    /// Empty: the viewer has no enrolment to follow with.
    follow_action: String,
    follows: bool,
    mails_href: String,
    is_locked: bool,
    markdown_href: String,
    /// What facilitators can do with it. Empty: the viewer is none.
    manage_href: String,
    claim: ShownClaim,
}

/// Which facilitator answers the thread.
struct ShownClaim {
    /// Empty: nobody said so.
    words: String,
    is_own: bool,
    /// Where one of them says so. Empty: nobody waits, or somebody else answers it.
    action: String,
}

/// A way to other posts of the thread.
struct Way {
    href: String,
    hint: &'static str,
    label: &'static str,
}

/// Which posts of a thread to show.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// A page of conversations, after this top-level post.
    After(Option<PostId>),
    /// One conversation with all its replies, after this one.
    Under(PostId, Option<PostId>),
}

/// What somebody is writing.
#[derive(Default)]
pub(super) struct Wip {
    /// The post that they answer.
    pub answers: Option<Post>,
    pub text: String,
    pub refusal: Option<Refusal>,
    /// What they began earlier.
    pub drafts: Option<Drafts>,
    /// What they want to see before they post it.
    pub preview: Option<Written>,
    /// The text of a saved answer that they want to put into it.
    pub insert: Option<String>,
    pub team: Team,
}

impl Wip {
    fn faults(&self, place: &Place) -> Faults {
        match &self.refusal {
            Some(Refusal::ReadOnly(_)) | None => Faults::default(),
            Some(refusal) => refusal.faults(place),
        }
    }
}

/// What facilitators alone see of a thread.
#[derive(Default)]
pub(super) struct Team {
    claim: Option<Claim>,
    /// The saved ones, by their names.
    answers: Vec<(SavedAnswerId, String)>,
}

impl Team {
    /// Two queries for a facilitator, none for others.
    pub fn of(conn: &mut Conn, subject: &Subject<'_>) -> Result<Self, Error> {
        let place = &subject.room.place;
        if !place.facilitates() {
            return Ok(Self::default());
        }
        let claim = store::claim_of(conn, subject.thread.id, subject.room.now)?;
        Ok(Self { claim, answers: store::list_answer_titles(conn, place.cohort.id, place.person.id)? })
    }
}

/// The page on which somebody writes to a thread, or answers a post of it: the address that drafts go by.
pub(super) fn writing_page(thread: &str, answers: Option<PostId>) -> String {
    answers.map_or_else(|| thread.to_owned(), |post| format!("{thread}?reply={post}"))
}

pub(super) struct Posts {
    pub conversations: Vec<Conversation>,
    helpful: Helpful,
    more: bool,
}

impl Posts {
    /// The newest that is shown.
    pub fn newest(&self) -> Option<PostId> {
        self.conversations.iter().flat_map(|c| std::iter::once(&c.post).chain(&c.replies)).map(|post| post.id).max()
    }
}

pub(super) fn read(conn: &mut Conn, subject: &Subject<'_>, part: Part) -> Result<Posts, Error> {
    match part {
        Part::After(after) => {
            let mut tops = store::top_posts(conn, subject.thread.id, after)?;
            let more = tops.len() > PAGE;
            tops.truncate(PAGE);
            let replies = store::newest_replies(conn, subject.thread.id, &tops)?;
            let conversations = conversations(tops, replies);
            Ok(Posts { helpful: helpful_to(conn, &conversations)?, conversations, more })
        }
        Part::Under(top, after) => {
            let post =
                store::post(conn, subject.thread.id, top)?.filter(|p| p.parent.is_none()).ok_or(Error::NotFound)?;
            let mut replies = store::list_replies(conn, subject.thread.id, top, after)?;
            let more = replies.len() > REPLIES_PAGE;
            replies.truncate(REPLIES_PAGE);
            let conversations = vec![Conversation { post, replies, earlier_replies: 0 }];
            Ok(Posts { helpful: helpful_to(conn, &conversations)?, conversations, more })
        }
    }
}

pub(super) fn draw(ask: &Ask, subject: &Subject<'_>, part: Part, posts: Posts, wip: Wip) -> ThreadPage {
    let Subject { room, thread, mark, about } = subject;
    let (path, right) = (subject.path(), subject.poster());
    let after = if let Part::After(after) = part { after } else { None };
    let pager = pager(&path, part, &posts);
    let newest = posts.newest().into_iter().chain([thread.last_post]).max().unwrap_or(thread.last_post);
    let page = Page {
        place: &room.place,
        now: room.now,
        may_post: right.is_ok(),
        thread: &path,
        after,
        seen: mark.map(|mark| mark.seen),
        helpful: posts.helpful,
    };
    let mut talks: Vec<_> = posts.conversations.into_iter().map(|c| page.conversation(c)).collect();
    let place = &room.place;
    let claim = shown_claim(subject, wip.team.claim.as_ref());
    let faults = wip.faults(place);
    let plain = after.map(|id| format!("{path}?after={id}")).unwrap_or_else(|| path.clone());
    let mut writing = writing(subject, right, &wip);
    let answering = wip.answers.is_some();
    if let Some(post) = wip.answers {
        open_reply(&mut talks, &mut writing, &post, &plain);
    }
    ThreadPage {
        frame: place.frame(ask),
        crumbs: subject.crumbs(),
        faults,
        eyebrow: eyebrow(*about),
        title: about.title(thread),
        lead: if let About::Step(open) = about { open.step.prompt.clone() } else { String::new() },
        step_href: step_href(room, *about),
        preview: preview(room, *about),
        talks,
        writing,
        plain_href: if answering { format!("{plain}#reply") } else { String::new() },
        facts: facts(room, thread),
        pager,
        listen_href: format!("{path}/events?after={newest}"),
        news: news(subject),
        news_href: format!("{path}?post=unread"),
        follow_action: room.place.enrolment.as_ref().map(|_| format!("{path}/follow")).unwrap_or_default(),
        follows: mark.is_some_and(|mark| mark.follows),
        mails_href: format!("{}/mails", room.path()),
        is_locked: thread.is_locked,
        markdown_href: format!("{path}.md"),
        manage_href: if room.place.facilitates() { format!("{path}/manage") } else { String::new() },
        claim,
    }
}

fn shown_claim(subject: &Subject<'_>, claim: Option<&Claim>) -> ShownClaim {
    let is_own = claim.is_some_and(|claim| claim.by == subject.room.place.person.id);
    let can = subject.room.place.facilitates() && subject.poster().is_ok();
    let is_free = subject.thread.waiting_since.is_some() && (is_own || claim.is_none());
    ShownClaim {
        words: claim.map(|claim| claimed(&subject.room, claim)).unwrap_or_default(),
        is_own,
        action: if can && is_free { format!("{}/claim", subject.path()) } else { String::new() },
    }
}

/// The form with what was typed or begun, or why there is none.
fn writing(subject: &Subject<'_>, right: Result<Poster, ReadOnly>, wip: &Wip) -> Writing {
    let (place, path) = (&subject.room.place, subject.path());
    let written_on = writing_page(&path, wip.answers.as_ref().map(|post| post.id));
    let form = PostForm::new((&written_on, format!("{path}/posts")), "Your reply", "Post reply");
    let mut writing = Writing::new(right, place, form);
    if let Some(drafts) = &wip.drafts {
        writing.bring_back(drafts);
    }
    match &wip.refusal {
        Some(refusal) => writing.keep(place, &wip.text, refusal),
        None => writing.put(&wip.text),
    }
    if let Some(text) = &wip.insert {
        writing.put_at_end(text);
    }
    if let Some(form) = &mut writing.form {
        form.saved = wip.team.answers.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
    }
    if let Some(written) = &wip.preview {
        writing.preview(written);
    }
    writing
}

/// Moves the form from the end of the page to the conversation that is answered.
fn open_reply(talks: &mut [ShownConversation], writing: &mut Writing, post: &Post, plain: &str) {
    let Some(talk) = talks.iter_mut().find(|talk| talk.post.id == post.top()) else { return };
    talk.form = writing.form.take().map(|mut form| {
        form.body.label = if talk.post.id == post.id && talk.post.is_own {
            "Your reply to your own post".into()
        } else {
            format!("Your reply to {}", post.author.name)
        };
        form.parent = post.id.to_string();
        form.cancel_href = format!("{plain}#post-{}", post.id);
        form
    });
}

/// 'New since Tuesday 24 November.'
fn news(subject: &Subject<'_>) -> String {
    let Some(mark) = subject.mark.filter(|mark| mark.seen < subject.thread.last_post) else { return String::new() };
    let zone = &subject.room.place.cohort.zone;
    match mark.seen_at {
        Some(at) if zone.local_date(at) == zone.local_date(subject.room.now) => "New since you looked today.".into(),
        Some(at) => format!("New since {}.", day_in_words(zone.local_date(at))),
        None => "New since you last looked.".into(),
    }
}

fn pager(path: &str, part: Part, posts: &Posts) -> Vec<Way> {
    let mut ways = Vec::new();
    let last_top = posts.conversations.last().map(|c| c.post.id);
    match part {
        Part::After(after) => {
            if let Some(id) = after {
                ways.push(Way { href: format!("{path}?post={id}"), hint: "Back", label: "Earlier posts" });
            }
            if let (true, Some(id)) = (posts.more, last_top) {
                ways.push(Way { href: format!("{path}?post=newest"), hint: "At the end", label: "Newest posts" });
                ways.push(Way { href: format!("{path}?after={id}"), hint: "On", label: "Later posts" });
            }
        }
        Part::Under(top, _) => {
            ways.push(Way { href: format!("{path}?post={top}"), hint: "Back", label: "All posts" });
            let last_reply = posts.conversations.iter().flat_map(|c| c.replies.last()).next();
            if let (true, Some(reply)) = (posts.more, last_reply) {
                let href = format!("{path}?under={top}&after={}", reply.id);
                ways.push(Way { href, hint: "On", label: "Later replies" });
            }
        }
    }
    ways
}

fn eyebrow(about: About<'_>) -> String {
    match about {
        About::Step(open) => {
            let (unit, step) = (open.unit.unit, open.step);
            let minutes = duration(step.minutes);
            format!("Step {}.{} · {} · {minutes}", unit.number, step.place, step.kind_label())
        }
        _ => about.words(),
    }
}

fn step_href(room: &Room<'_>, about: About<'_>) -> String {
    match about {
        About::Step(open) => {
            format!("{}/units/{}/{}", room.place.cohort.path(), open.unit.unit.number, open.step.slug)
        }
        _ => String::new(),
    }
}

fn preview(room: &Room<'_>, about: About<'_>) -> String {
    match about.unit().filter(|open| open.preview) {
        Some(open) if room.now < open.opens_at => {
            let opens = room.place.cohort.zone.plain_with_year(open.opens_at);
            format!("Preview: learners see this from {opens}.")
        }
        Some(_) => "Preview: learners cannot see this now.".into(),
        None => String::new(),
    }
}

fn facts(room: &Room<'_>, thread: &Thread) -> String {
    let posts = count(usize::try_from(thread.post_count).unwrap_or(0), "post");
    format!("{posts}. Last post {}.", room.place.cohort.zone.recent(thread.last_post_at, room.now))
}
