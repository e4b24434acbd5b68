//! A thread: its posts, and a form for one more.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{About, Room, number};
use crate::discussion::posting::{Draft, OnStepPosts, PostLimits, Posted, Refusal, post_in_thread};
use crate::discussion::store::{self, PAGE, REPLIES_PAGE};
use crate::discussion::talk::{Page, PostForm, ShownConversation, Writing};
use crate::discussion::{Conversation, Post, PostBody, PostId, Thread, conversations};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{count, duration};
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::programme::Content;

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
}

/// A way to other posts of the thread.
struct Way {
    href: String,
    hint: &'static str,
    label: &'static str,
}

/// Which posts of a thread to show.
#[derive(Clone, Copy)]
enum Part {
    /// A page of conversations, after this top-level post.
    After(Option<PostId>),
    /// One conversation with all its replies, after this one.
    Under(PostId, Option<PostId>),
}

/// What somebody is writing.
#[derive(Default)]
struct Wip {
    /// The post that they answer.
    answers: Option<Post>,
    text: String,
    refusal: Option<Refusal>,
}

enum Shown {
    Page(Box<ThreadPage>),
    Elsewhere(String),
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let shown = db
        .read(move |conn| {
            let room = Room::enter(conn, &asked, &catalogue, &path.0)?;
            let (thread, about) = room.thread(conn, &path.1)?;
            see(conn, &asked, &Subject { room, thread, about })
        })
        .await?;
    match shown {
        Shown::Page(page) => ask.page(*page),
        Shown::Elsewhere(to) => ask.done(to, ""),
    }
}

pub async fn add_post(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    (limits, told): (Data<PostLimits>, Data<OnStepPosts>),
    path: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&["body", "parent"])?;
    // Before the database, for rendering takes time.
    let draft = Draft { body: PostBody::parse(fields.get("body")), parent: post_id(fields.get("parent"))? };
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let room = Room::enter(conn, &asked, &catalogue, &path.0)?;
            let (thread, about) = room.thread(conn, &path.1)?;
            let outcome = match room.poster() {
                Ok(poster) => post_in_thread(conn, &poster, &limits, &thread, draft, room.now)?,
                Err(why) => Err(Refusal::ReadOnly(why)),
            };
            let subject = Subject { room, thread, about };
            match outcome {
                Ok(posted) => {
                    subject.tell(conn, &told, true)?;
                    subject.href_of(conn, posted)
                }
                Err(refusal) => Err(refused(conn, &asked, &subject, &fields, refusal)?),
            }
        })
        .await?;
    ask.done(to, "posted")
}

/// A thread that somebody may see, and where they stand.
pub(super) struct Subject<'c> {
    pub room: Room<'c>,
    pub thread: Thread,
    pub about: About<'c>,
}

impl Subject<'_> {
    pub fn path(&self) -> String {
        self.thread.path(&self.room.place.cohort)
    }

    /// Tells what else depends on the posts of a step's own thread.
    pub fn tell(&self, conn: &mut Conn, told: &OnStepPosts, has_post: bool) -> Result<(), Error> {
        match &self.about {
            About::Step(open) => told.0(conn, &self.room.place, open, has_post, self.room.now),
            _ => Ok(()),
        }
    }

    /// The page that shows the post. Two queries.
    pub fn href_of(&self, conn: &mut Conn, Posted { post, top, .. }: Posted) -> Result<String, Error> {
        let start = store::page_start(conn, self.thread.id, top)?;
        let page = start.map(|id| format!("?after={id}")).unwrap_or_default();
        Ok(format!("{}{page}#post-{post}", self.path()))
    }

    pub fn crumbs(&self) -> Vec<(String, String)> {
        let place = &self.room.place;
        let mut crumbs = vec![("Discussions".to_owned(), self.room.path())];
        if let Some(open) = self.about.unit() {
            crumbs.push((super::in_words(open.unit), format!("{}/units/{}", place.cohort.path(), open.unit.number)));
        }
        crumbs
    }
}

/// `?post=` leads to the page that holds a post (or the `newest`); `?after=` and `?under=` choose a part; `?reply=` opens
/// a form below the conversation it belongs to.
fn see(conn: &mut Conn, ask: &Ask, subject: &Subject<'_>) -> Result<Shown, Error> {
    let asked = ask.parameters()?;
    if let Some(found) = wanted(conn, subject, asked.get("post"))? {
        return Ok(Shown::Elsewhere(subject.href_of(conn, found)?));
    }
    let part = match post_id(asked.get("under"))? {
        Some(top) => Part::Under(top, post_id(asked.get("after"))?),
        None => Part::After(post_id(asked.get("after"))?),
    };
    let answers = match (post_id(asked.get("reply"))?, subject.room.poster()) {
        (Some(id), Ok(_)) => visible(conn, subject, id)?,
        _ => None,
    };
    let posts = read(conn, subject, part)?;
    if let Some(post) = &answers
        && !posts.conversations.iter().any(|c| c.post.id == post.top())
    {
        let start = store::page_start(conn, subject.thread.id, post.top())?;
        let page = start.map(|id| format!("after={id}&")).unwrap_or_default();
        return Ok(Shown::Elsewhere(format!("{}?{page}reply={}", subject.path(), post.id)));
    }
    Ok(Shown::Page(Box::new(draw(ask, subject, part, posts, Wip { answers, ..Wip::default() }))))
}

fn wanted(conn: &mut Conn, subject: &Subject<'_>, text: &str) -> Result<Option<Posted>, Error> {
    let thread = subject.thread.id;
    let found = match text {
        "" => return Ok(None),
        "newest" => store::newest_top(conn, thread)?.map(|post| Posted { thread, post, top: post }),
        id => match number(id) {
            Some(id) => store::post(conn, thread, PostId(id))?.map(|p| Posted { thread, post: p.id, top: p.top() }),
            None => None,
        },
    };
    found.map(Some).ok_or(Error::NotFound)
}

fn visible(conn: &mut Conn, subject: &Subject<'_>, id: PostId) -> Result<Option<Post>, Error> {
    Ok(store::post(conn, subject.thread.id, id)?.filter(|post| post.removed_at.is_none()))
}

/// Empty: none. What is no id is no address of ours.
fn post_id(text: &str) -> Result<Option<PostId>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    number(text)
        .map(|id| Some(PostId(id)))
        .ok_or(Error::BadRequest("It names a post in a way that this page does not."))
}

struct Posts {
    conversations: Vec<Conversation>,
    more: bool,
}

fn read(conn: &mut Conn, subject: &Subject<'_>, part: Part) -> Result<Posts, Error> {
    match part {
        Part::After(after) => {
            let mut tops = store::top_posts(conn, subject.thread.id, after)?;
            let more = tops.len() > PAGE;
            tops.truncate(PAGE);
            let ids: Vec<PostId> = tops.iter().map(|(post, _)| post.id).collect();
            let replies = store::newest_replies(conn, &ids)?;
            Ok(Posts { conversations: conversations(tops, replies), more })
        }
        Part::Under(top, after) => {
            let post =
                store::post(conn, subject.thread.id, top)?.filter(|p| p.parent.is_none()).ok_or(Error::NotFound)?;
            let mut replies = store::list_replies(conn, top, after)?;
            let more = replies.len() > REPLIES_PAGE;
            replies.truncate(REPLIES_PAGE);
            Ok(Posts { conversations: vec![Conversation { post, replies, earlier_replies: 0 }], more })
        }
    }
}

/// The page again, with what was typed: where it was typed, or at the thread's end.
fn refused(
    conn: &mut Conn,
    ask: &Ask,
    subject: &Subject<'_>,
    fields: &Fields,
    refusal: Refusal,
) -> Result<Error, Error> {
    let answers = match post_id(fields.get("parent"))? {
        Some(id) => visible(conn, subject, id)?,
        None => None,
    };
    let at = match &answers {
        Some(post) => Some(post.top()),
        None => store::newest_top(conn, subject.thread.id)?,
    };
    let start = at.map(|top| store::page_start(conn, subject.thread.id, top)).transpose()?.flatten();
    let part = Part::After(start);
    let posts = read(conn, subject, part)?;
    let status = status(&refusal);
    let wip = Wip { answers, text: fields.get("body").into(), refusal: Some(refusal) };
    Ok(Error::page(status, draw(ask, subject, part, posts, wip)))
}

pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Body(_) | Refusal::ParentGone => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::ReadOnly(_) => StatusCode::FORBIDDEN,
    }
}

fn draw(ask: &Ask, subject: &Subject<'_>, part: Part, posts: Posts, wip: Wip) -> ThreadPage {
    let Subject { room, thread, about } = subject;
    let (path, right) = (subject.path(), room.poster());
    let after = if let Part::After(after) = part { after } else { None };
    let page = Page { place: &room.place, now: room.now, may_post: right.is_ok(), thread: &path, after };
    let pager = pager(&path, part, &posts);
    let mut talks: Vec<_> = posts.conversations.into_iter().map(|c| page.conversation(c)).collect();
    let place = &room.place;
    let faults = match &wip.refusal {
        Some(Refusal::ReadOnly(_)) | None => Faults::default(),
        Some(refusal) => refusal.faults(place),
    };
    let plain = after.map(|id| format!("{path}?after={id}")).unwrap_or_else(|| path.clone());
    let mut writing = Writing::new(right, place, PostForm::new(format!("{path}/posts"), "Your reply", "Post reply"));
    if let Some(refusal) = &wip.refusal {
        writing.keep(place, &wip.text, refusal);
    }
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
    }
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
            format!("Step {}.{} · {} · {minutes}", unit.number, step.place, step.kind.label())
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
