//! Posting to a thread, or replying to a post of it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::thread::{Part, Team, Wip, draw, read, writing_page};
use super::{Room, Subject, number, post_id, visible};
use crate::cohort::Place;
use crate::discussion::posting::{Draft, OnStepPosts, PostLimits, Refusal, post_in_thread};
use crate::discussion::talk::POST_FORM;
use crate::discussion::{PostId, SavedAnswerId, ThreadId, post_body, store};
use crate::platform::db::{Bell, Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Catalogue, Content, Written};

pub async fn add_post(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    (limits, told, bell): (Data<PostLimits>, Data<OnStepPosts>, Data<Bell>),
    path: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    fields.only(&["body", "parent", "preview", "saved", "insert"])?;
    // Before the database, for rendering takes time.
    let parent = post_id(fields.get("parent"))?;
    let draft = Draft { body: post_body(fields.get("body")), parent };
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, thread) = db
        .write(move |conn| {
            let subject = Room::enter(conn, &asked, &catalogue, &path.0)?.subject(conn, &path.1)?;
            if let (true, Ok(written)) = (fields.has("preview"), &draft.body) {
                let wip = Wip { preview: Some(written.clone()), ..Wip::default() };
                return Err(again(conn, &asked, &subject, parent, StatusCode::OK, wip)?);
            }
            if fields.has("insert") {
                let insert = saved(conn, &subject, fields.get("saved"))?;
                let wip = Wip { text: fields.get("body").into(), insert, ..Wip::default() };
                return Err(again(conn, &asked, &subject, parent, StatusCode::OK, wip)?);
            }
            let outcome = match subject.poster() {
                Ok(poster) => post_in_thread(conn, &poster, &limits, &subject.thread, draft, asked.now)?,
                Err(why) => Err(Refusal::ReadOnly(why)),
            };
            match outcome {
                Ok(posted) => {
                    subject.tell(conn, &asked, &told)?;
                    subject.room.forget_draft(conn, &writing_page(&subject.path(), parent), POST_FORM)?;
                    Ok((subject.href_of(conn, posted)?, posted.thread))
                }
                Err(refusal) => Err(refused(conn, &asked, &subject, &fields, refusal)?),
            }
        })
        .await?;
    bell.ring(thread.0);
    ask.done(to, "posted")
}

/// The text of a saved answer, if the viewer has it.
fn saved(conn: &mut Conn, subject: &Subject<'_>, id: &str) -> Result<Option<String>, Error> {
    let place = &subject.room.place;
    let Some(id) = number(id).map(SavedAnswerId).filter(|_| place.facilitates()) else { return Ok(None) };
    Ok(store::find_answer(conn, place.cohort.id, place.person.id, id)?.map(|answer| answer.body))
}

/// An answer to a post that came otherwise than by a form: where it stands, or why it was not taken. Who answers a post
/// that is gone by now writes to the thread. Somebody new writes no faster by it.
pub fn take_answer(
    conn: &mut Conn,
    ask: &Ask,
    (catalogue, told): (&Catalogue, &OnStepPosts),
    place: Place,
    (thread, post): (ThreadId, PostId),
    body: Result<Written, String>,
) -> Result<Result<String, String>, Error> {
    let thread = store::merged_into(conn, place.cohort.id, thread)?.unwrap_or(thread);
    let subject = match Room::of(conn, ask, catalogue, place)?.subject(conn, &thread.to_string()) {
        Ok(subject) => subject,
        Err(Error::NotFound) => return Ok(Err("What it answers cannot be read any more".into())),
        Err(error) => return Err(error),
    };
    let poster = match subject.poster() {
        Ok(poster) => poster,
        Err(why) => return Ok(Err(why.words(&subject.room.place).trim_end_matches('.').to_owned())),
    };
    let parent = visible(conn, &subject, post)?.map(|post| post.id);
    match post_in_thread(conn, &poster, &PostLimits::default(), &subject.thread, Draft { body, parent }, ask.now)? {
        Ok(posted) => {
            subject.tell(conn, ask, told)?;
            Ok(Ok(format!("{}?post={}", subject.path(), posted.post)))
        }
        Err(refusal) => Ok(Err(refusal.words(&subject.room.place))),
    }
}

/// The page again, with what was typed and why it was not taken.
fn refused(
    conn: &mut Conn,
    ask: &Ask,
    subject: &Subject<'_>,
    fields: &Fields,
    refusal: Refusal,
) -> Result<Error, Error> {
    let (parent, status) = (post_id(fields.get("parent"))?, refusal_status(&refusal));
    let wip = Wip { text: fields.get("body").into(), refusal: Some(refusal), ..Wip::default() };
    again(conn, ask, subject, parent, status, wip)
}

/// The page again, with its form where it was: below the post that is answered, or at the thread's end.
fn again(
    conn: &mut Conn,
    ask: &Ask,
    subject: &Subject<'_>,
    parent: Option<PostId>,
    status: StatusCode,
    wip: Wip,
) -> Result<Error, Error> {
    let answers = parent.map(|id| visible(conn, subject, id)).transpose()?.flatten();
    let at = match &answers {
        Some(post) => Some(post.top()),
        None => store::newest_top(conn, subject.thread.id)?,
    };
    let start = at.map(|top| store::page_start(conn, subject.thread.id, top)).transpose()?.flatten();
    let part = Part::After(start);
    let posts = read(conn, subject, part)?;
    let team = Team::of(conn, subject)?;
    Ok(Error::page(status, draw(ask, subject, part, posts, Wip { answers, team, ..wip })))
}

pub fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Body(_) | Refusal::ParentGone => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooMany { .. } | Refusal::TooSoon { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::ReadOnly(_) => StatusCode::FORBIDDEN,
    }
}
