//! One's own post: changing and removing it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::answer::refusal_status;
use super::{Room, Subject, number};
use crate::discussion::posting::{PostLimits, Posted, Refusal};
use crate::discussion::{Post, PostId, Poster, post_body, store};
use crate::draft;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};

#[derive(Template)]
#[template(path = "discussion/edit.html")]
struct EditPost {
    frame: Frame,
    crumbs: Vec<(String, String)>,
    faults: Faults,
    title: String,
    body: Field,
    action: String,
    remove_action: String,
    back_href: String,
    /// Why it cannot be changed now; empty: it can.
    read_only: String,
    draft: draft::Form,
}

/// The form's id in the page.
const FORM: &str = "post";

type Way = Path<(String, String, String)>;

pub async fn edit(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db
        .read(move |conn| {
            let own = Own::find(conn, &asked, &catalogue, &path)?;
            let mut page = own.page(&asked);
            page.body.value = store::post_text(conn, own.post.id)?;
            let drafts = own.subject.room.drafts(conn, &page.action)?;
            page.draft.bring_back(&drafts, [&mut page.body]);
            if page.read_only.is_empty() { Ok(page) } else { Err(Error::page(StatusCode::FORBIDDEN, page)) }
        })
        .await?;
    ask.page(page)
}

pub async fn change(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    limits: Data<PostLimits>,
    path: Way,
    fields: Fields,
) -> Answer {
    fields.only(&["body"])?;
    // Before the database, for rendering takes time.
    let body = post_body(fields.get("body"));
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let own = Own::find(conn, &asked, &catalogue, &path)?;
            let allowed = own.subject.poster().map_err(Refusal::ReadOnly);
            let counted = allowed.and_then(|poster| limits.count_edit(poster.enrolment).map(|()| poster));
            match (counted, body) {
                (Ok(_), Ok(body)) => {
                    store::change_post(conn, own.subject.thread.id, &own.post, &body, asked.now)?;
                    own.subject.room.forget_draft(conn, &own.path(), FORM)?;
                    own.href(conn)
                }
                (Err(refusal), _) => Err(own.refused(&asked, &fields, &refusal)),
                (_, Err(what)) => Err(own.refused(&asked, &fields, &Refusal::Body(what))),
            }
        })
        .await?;
    ask.done(to, "post-edited")
}

pub async fn remove(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way, fields: Fields) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let own = Own::find(conn, &asked, &catalogue, &path)?;
            match own.subject.room.poster() {
                Ok(poster) => {
                    own.subject.room.forget_draft(conn, &own.path(), FORM)?;
                    own.remove(conn, &poster)
                }
                Err(why) => Err(own.refused(&asked, &fields, &Refusal::ReadOnly(why))),
            }
        })
        .await?;
    ask.done(to, "post-removed")
}

/// A post of the person who asks, in a thread that they may see.
struct Own<'c> {
    subject: Subject<'c>,
    post: Post,
}

impl<'c> Own<'c> {
    /// Whoever did not write it, or has removed it, is told that there is no such page.
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, path: &Way) -> Result<Self, Error> {
        let subject = Room::enter(conn, ask, catalogue, &path.0)?.subject(conn, &path.1)?;
        let id = number(&path.2).map(PostId).ok_or(Error::NotFound)?;
        let post = store::post(conn, subject.thread.id, id)?.ok_or(Error::NotFound)?;
        let own = subject.room.place.enrolment.as_ref().is_some_and(|e| e.id == post.author.enrolment);
        if !own || post.removed_at.is_some() {
            return Err(Error::NotFound);
        }
        Ok(Self { subject, post })
    }

    /// Of the page that changes it.
    fn path(&self) -> String {
        format!("{}/posts/{}/edit", self.subject.path(), self.post.id)
    }

    fn href(&self, conn: &mut Conn) -> Result<String, Error> {
        let (thread, post, top) = (self.subject.thread.id, self.post.id, self.post.top());
        self.subject.href_of(conn, Posted { thread, post, top })
    }

    fn remove(&self, conn: &mut Conn, poster: &Poster) -> Result<String, Error> {
        let Subject { room, thread, .. } = &self.subject;
        store::remove_post(conn, thread.id, self.post.id, poster.enrolment, room.now)?;
        self.href(conn)
    }

    fn page(&self, ask: &Ask) -> EditPost {
        let Subject { room, thread, about, .. } = &self.subject;
        let path = self.subject.path();
        let mut crumbs = self.subject.crumbs();
        crumbs.push((about.title(thread), path.clone()));
        let what = if self.post.parent.is_some() { "reply" } else { "post" };
        EditPost {
            frame: room.place.frame(ask),
            crumbs,
            faults: Faults::default(),
            title: format!("Edit your {what}"),
            body: Field::new("body", &format!("Your {what}")).hint("Once you save it, it will be marked ‘edited’."),
            draft: draft::Form::at(self.path(), FORM, "saved"),
            action: self.path(),
            remove_action: format!("{path}/posts/{}/remove", self.post.id),
            back_href: format!("{path}?post={}", self.post.id),
            read_only: self.subject.poster().err().map(|why| why.words(&room.place)).unwrap_or_default(),
        }
    }

    /// The form again, with what was typed.
    fn refused(&self, ask: &Ask, fields: &Fields, refusal: &Refusal) -> Error {
        let place = &self.subject.room.place;
        let faults = match refusal {
            Refusal::ReadOnly(_) => Faults::default(),
            _ => refusal.faults(place),
        };
        let page = self.page(ask);
        Error::page(refusal_status(refusal), EditPost { body: page.body.clone().sent(fields, &faults), faults, ..page })
    }
}
