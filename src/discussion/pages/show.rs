//! Reading a thread.

use actix_web::web::{Data, Path};

use super::thread::{Part, Posts, ThreadPage, Wip, draw, read, writing_page};
use super::{Room, Subject, number, post_id, visible};
use crate::cohort::EnrolmentId;
use crate::discussion::posting::Posted;
use crate::discussion::{PostId, ThreadId, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::Content;

enum Shown {
    /// With what its reader has newly seen.
    Page(Box<ThreadPage>, Option<(EnrolmentId, ThreadId, PostId)>),
    Elsewhere(String),
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let shown = db
        .read(move |conn| {
            let subject = Room::enter(conn, &asked, &catalogue, &path.0)?.subject(conn, &path.1)?;
            see(conn, &asked, &subject)
        })
        .await?;
    match shown {
        Shown::Page(page, newly) => {
            if let Some((reader, thread, post)) = newly {
                db.write_beside("how far a thread was read", move |conn| store::see(conn, reader, thread, post));
            }
            ask.page(*page)
        }
        Shown::Elsewhere(to) => ask.done(to, ""),
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
    let drafts = subject.room.drafts(conn, &writing_page(&subject.path(), answers.as_ref().map(|post| post.id)))?;
    let wip = Wip { answers, drafts: Some(drafts), ..Wip::default() };
    let newly = newly_seen(conn, subject, &posts)?;
    Ok(Shown::Page(Box::new(draw(ask, subject, part, posts, wip)), newly))
}

/// The newest post on the page, where its reader has not come so far before. One query.
fn newly_seen(
    conn: &mut Conn,
    subject: &Subject<'_>,
    posts: &Posts,
) -> Result<Option<(EnrolmentId, ThreadId, PostId)>, Error> {
    let (Some(reader), Some(newest)) = (&subject.room.place.enrolment, posts.newest()) else { return Ok(None) };
    let seen = store::seen(conn, reader.id, subject.thread.id)?;
    Ok(seen.is_none_or(|seen| seen < newest).then_some((reader.id, subject.thread.id, newest)))
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
