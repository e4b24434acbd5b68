//! Reading a thread.

use actix_web::web::{Data, Path};

use super::thread::{Part, Posts, Team, ThreadPage, Wip, draw, read, writing_page};
use super::{Room, Subject, number, post_id, visible};
use crate::cohort::EnrolmentId;
use crate::discussion::posting::Posted;
use crate::discussion::{PostId, ThreadId, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::{Catalogue, Content};

enum Shown {
    /// With what its reader has newly seen.
    Page(Box<ThreadPage>, Option<(EnrolmentId, ThreadId, PostId)>),
    Elsewhere(String),
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let shown = db
        .read(move |conn| match Room::enter(conn, &asked, &catalogue, &path.0)?.subject(conn, &path.1) {
            Ok(subject) => see(conn, &asked, &subject),
            Err(Error::NotFound) => merged(conn, &asked, &catalogue, &path),
            Err(error) => Err(error),
        })
        .await?;
    match shown {
        Shown::Page(page, newly) => {
            if let Some((reader, thread, post)) = newly {
                let now = ask.now;
                db.write_beside("how far a thread was read", move |conn| store::see(conn, reader, thread, post, now));
            }
            ask.page(*page)
        }
        Shown::Elsewhere(to) => ask.done(to, ""),
    }
}

/// The thread that took in the posts of one that is no more, if its reader may see that.
fn merged(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, path: &(String, String)) -> Result<Shown, Error> {
    let room = Room::enter(conn, ask, catalogue, &path.0)?;
    let id = number(&path.1).map(ThreadId).ok_or(Error::NotFound)?;
    let into = store::merged_into(conn, room.place.cohort.id, id)?.ok_or(Error::NotFound)?;
    let subject = room.subject(conn, &into.to_string())?;
    Ok(Shown::Elsewhere(subject.path()))
}

/// `?post=` leads to the page that holds a post (or the `newest`, or the first `unread`); `?after=` and `?under=` choose a
/// part; `?reply=` opens a form below the conversation it belongs to.
fn see(conn: &mut Conn, ask: &Ask, subject: &Subject<'_>) -> Result<Shown, Error> {
    let asked = ask.parameters()?;
    if let Some(found) = wanted(conn, subject, asked.get("post"))? {
        return Ok(Shown::Elsewhere(subject.href_of(conn, found)?));
    }
    let part = match post_id(asked.get("under"))? {
        Some(top) => Part::Under(top, post_id(asked.get("after"))?),
        None => Part::After(post_id(asked.get("after"))?),
    };
    let answers = match (post_id(asked.get("reply"))?, subject.poster()) {
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
    let drafts = subject.room.drafts(conn, &writing_page(&subject.path(), answers.as_ref().map(|post| post.id)))?;
    let wip = Wip { answers, drafts: Some(drafts), team: Team::of(conn, subject)?, ..Wip::default() };
    let newly = newly_seen(subject, &posts);
    Ok(Shown::Page(Box::new(draw(ask, subject, part, posts, wip)), newly))
}

/// The newest post on the page, where its reader has not come so far before.
fn newly_seen(subject: &Subject<'_>, posts: &Posts) -> Option<(EnrolmentId, ThreadId, PostId)> {
    let (reader, newest) = (subject.room.place.enrolment.as_ref()?, posts.newest()?);
    let is_new = subject.mark.is_none_or(|mark| mark.seen < newest);
    (is_new && subject.room.place.looking.is_none()).then_some((reader.id, subject.thread.id, newest))
}

fn wanted(conn: &mut Conn, subject: &Subject<'_>, text: &str) -> Result<Option<Posted>, Error> {
    let thread = subject.thread.id;
    let posted = match text {
        "" => return Ok(None),
        "newest" => store::newest_top(conn, thread)?.map(|post| Posted { thread, post, top: post }),
        "unread" => match unread(conn, subject)? {
            Some(id) => found(conn, thread, id)?,
            None => store::newest_top(conn, thread)?.map(|post| Posted { thread, post, top: post }),
        },
        id => match number(id) {
            Some(id) => found(conn, thread, PostId(id))?,
            None => None,
        },
    };
    posted.map(Some).ok_or(Error::NotFound)
}

fn found(conn: &mut Conn, thread: ThreadId, id: PostId) -> Result<Option<Posted>, Error> {
    Ok(store::post(conn, thread, id)?.map(|post| Posted { thread, post: post.id, top: post.top() }))
}

fn unread(conn: &mut Conn, subject: &Subject<'_>) -> Result<Option<PostId>, Error> {
    let Some(reader) = &subject.room.place.enrolment else { return Ok(None) };
    let seen = subject.mark.map_or(PostId(0), |mark| mark.seen);
    Ok(store::first_unread(conn, reader.id, subject.thread.id, seen)?)
}
