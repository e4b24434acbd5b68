//! What facilitators do with one post: hide it with a reason, show it again, keep it although it was reported; and what it
//! said before.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Room, Subject, number};
use crate::audit::Act;
use crate::discussion::{Post, PostId, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::paragraphs;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};

#[derive(Template)]
#[template(path = "discussion/moderate.html")]
struct ModeratePost {
    frame: Frame,
    crumbs: Vec<(String, String)>,
    faults: Faults,
    author: String,
    when: String,
    html: String,
    /// Empty: everybody can read it.
    hidden: String,
    is_hidden: bool,
    removed: bool,
    reason: Field,
    action: String,
    back_href: String,
    /// What it said before, newest first, and until when.
    earlier: Vec<(String, String)>,
}

/// The longest reason, in characters.
const LONGEST: usize = 500;

type Way = Path<(String, String, String)>;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| Of::find(conn, &asked, &catalogue, &path)?.page(conn, &asked));
    ask.page(page.await?)
}

/// `act` is `hide` (with a `reason`), `show` or `keep`.
pub async fn change(ask: Ask, db: Data<Db>, content: Data<Content>, path: Way, fields: Fields) -> Answer {
    fields.only(&["act", "reason"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, done) = db
        .write(move |conn| {
            let of = Of::find(conn, &asked, &catalogue, &path)?;
            let settled = store::settle_reports(conn, of.post.id, asked.now)?;
            let done = of.change(conn, &asked, &fields, settled > 0)?;
            Ok::<_, Error>((of.back(), done))
        })
        .await?;
    ask.done(to, done)
}

/// A post before a facilitator of its cohort.
struct Of<'c> {
    subject: Subject<'c>,
    post: Post,
}

impl<'c> Of<'c> {
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, path: &Way) -> Result<Self, Error> {
        let subject = Room::enter(conn, ask, catalogue, &path.0)?.subject(conn, &path.1)?.facilitated()?;
        let id = number(&path.2).map(PostId).ok_or(Error::NotFound)?;
        let post = store::post(conn, subject.thread.id, id)?.ok_or(Error::NotFound)?;
        Ok(Self { subject, post })
    }

    fn back(&self) -> String {
        format!("{}?post={}", self.subject.path(), self.post.id)
    }

    /// What was done, as a flash says it. What somebody else has done already changes nothing, and is not noted again.
    fn change(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, reported: bool) -> Result<&'static str, Error> {
        let (thread, post) = (self.subject.thread.id, self.post.id);
        match fields.get("act") {
            "hide" => match paragraphs(fields.get("reason"), LONGEST, "the reason") {
                Ok(reason) => {
                    store::hide_post(conn, thread, post, &reason, ask.now)?;
                    self.subject.note(conn, Act::HidePost, &self.back(), &reason)?;
                    Ok("post-hidden")
                }
                Err(what) => Err(self.refused(conn, ask, fields, what)?),
            },
            "show" if self.post.hidden.is_some() => {
                store::show_post(conn, thread, post, ask.now)?;
                self.subject.note(conn, Act::ShowPost, &self.back(), "")?;
                Ok("post-shown")
            }
            "keep" | "show" => {
                if reported {
                    self.subject.note(conn, Act::KeepPost, &self.back(), "")?;
                }
                Ok("post-kept")
            }
            _ => Err(Error::BadRequest("It says neither to hide the post nor to show or keep it.")),
        }
    }

    fn page(&self, conn: &mut Conn, ask: &Ask) -> Result<ModeratePost, Error> {
        let place = &self.subject.room.place;
        let zone = &place.cohort.zone;
        let path = self.subject.path();
        let mut crumbs = self.subject.crumbs();
        crumbs.push((self.subject.title(), path.clone()));
        let versions = store::list_versions(conn, self.post.id)?;
        let until = |(html, at)| (html, format!("Until {}", zone.exact(at)));
        let hidden = self.post.hidden.as_ref();
        let by_reports = "Hidden because three people reported it.".to_owned();
        Ok(ModeratePost {
            frame: place.frame(ask),
            crumbs,
            faults: Faults::default(),
            author: self.post.author.name.clone(),
            when: zone.exact(self.post.created_at),
            html: self.post.html.clone(),
            is_hidden: hidden.is_some(),
            hidden: hidden
                .map(|hidden| if hidden.reason.is_empty() { by_reports } else { format!("Hidden: {}", hidden.reason) })
                .unwrap_or_default(),
            removed: self.post.removed_at.is_some(),
            reason: Field::new("reason", "Why do you hide it?")
                .hint("Its author reads this, and nobody else but facilitators.")
                .value(hidden.map_or("", |hidden| &hidden.reason)),
            action: format!("{path}/posts/{}/moderate", self.post.id),
            back_href: self.back(),
            earlier: versions.into_iter().map(until).collect(),
        })
    }

    fn refused(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, what: String) -> Result<Error, Error> {
        let mut faults = Faults::default();
        faults.add("reason", what);
        let page = self.page(conn, ask)?;
        Ok(Error::refused(ModeratePost { reason: page.reason.clone().sent(fields, &faults), faults, ..page }))
    }
}
