//! Telling the facilitators about a post.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Room, Subject, number, visible};
use crate::discussion::{Post, PostId, Poster, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};

#[derive(Template)]
#[template(path = "discussion/report.html")]
struct ReportPost {
    frame: Frame,
    crumbs: Vec<(String, String)>,
    faults: Faults,
    author: String,
    html: String,
    reason: Field,
    action: String,
    back_href: String,
}

/// The longest reason, in characters.
const LONGEST: usize = 1000;

type Way = Path<(String, String, String)>;

pub async fn ask(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| Of::find(conn, &asked, &catalogue, &path).map(|of| of.page(&asked)));
    ask.page(page.await?)
}

pub async fn send(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way, fields: Fields) -> Answer {
    fields.only(&["reason"])?;
    let reason = paragraphs(fields.get("reason"), LONGEST, "what is wrong with it");
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let of = Of::find(conn, &asked, &catalogue, &path)?;
            let reason = reason.map_err(|what| of.refused(&asked, &fields, what))?;
            let (thread, post) = (of.subject.thread.id, of.post.id);
            store::report(conn, (thread, post), of.poster.enrolment, &reason, asked.now)?;
            Ok::<_, Error>(of.back())
        })
        .await?;
    ask.done(to, "post-reported")
}

/// Somebody else's post, before somebody who may write.
struct Of<'c> {
    subject: Subject<'c>,
    post: Post,
    poster: Poster,
}

impl<'c> Of<'c> {
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, path: &Way) -> Result<Self, Error> {
        let subject = Room::enter(conn, ask, catalogue, &path.0)?.subject(conn, &path.1)?;
        let id = number(&path.2).map(PostId).ok_or(Error::NotFound)?;
        let post = visible(conn, &subject, id)?.ok_or(Error::NotFound)?;
        let poster = subject.room.poster().map_err(|why| subject.room.closed(ask, why))?;
        if post.author.enrolment == poster.enrolment {
            return Err(Error::NotFound);
        }
        Ok(Self { subject, post, poster })
    }

    fn back(&self) -> String {
        format!("{}?post={}", self.subject.path(), self.post.id)
    }

    fn page(&self, ask: &Ask) -> ReportPost {
        let path = self.subject.path();
        let mut crumbs = self.subject.crumbs();
        crumbs.push((self.subject.title(), path.clone()));
        ReportPost {
            frame: self.subject.room.place.frame(ask),
            crumbs,
            faults: Faults::default(),
            author: self.post.author.name.clone(),
            html: self.post.html.clone(),
            reason: Field::new("reason", "What is wrong with it?")
                .hint("A sentence is enough: that it names a patient, attacks somebody, or advertises."),
            action: format!("{path}/posts/{}/report", self.post.id),
            back_href: self.back(),
        }
    }

    fn refused(&self, ask: &Ask, fields: &Fields, what: String) -> Error {
        let mut faults = Faults::default();
        faults.add("reason", what);
        let page = self.page(ask);
        Error::refused(ReportPost { reason: page.reason.clone().sent(fields, &faults), faults, ..page })
    }
}
