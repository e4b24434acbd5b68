//! The link in every mail to many: asked by GET, done by POST, with no sign-in (RFC 8058). It stops what it came with, and
//! no other mail.

use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use crate::cohort::store::{self, Bulk, Holder};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

/// What the holder of the link is shown; other mails of a cohort that can be stopped have the same page.
#[derive(Template)]
#[template(path = "cohort/unsubscribe.html")]
pub struct Unsubscribe {
    frame: Frame,
    /// By name.
    cohort: String,
    path: String,
    words: Words,
    /// How it stands now.
    stopped: bool,
    /// It has just been changed.
    changed: bool,
}

/// What the page says of one kind of mail.
pub struct Words {
    pub heading: &'static str,
    pub lead: &'static str,
    pub button: &'static str,
}

impl Unsubscribe {
    pub fn new(ask: &Ask, cohort: String, words: Words, (stopped, changed): (bool, bool)) -> Self {
        Self { frame: Frame::plain(ask), cohort, path: ask.path.clone(), words, stopped, changed }
    }
}

/// What was sent to the link: whether the mails are to come again. Mail programs send `List-Unsubscribe=One-Click` as one kind
/// of form or another, without a cookie or a token of ours; only our own button says `mails=resume`.
pub fn wants_mails(body: &[u8]) -> bool {
    Fields::parse(body).is_ok_and(|fields| fields.get("mails") == "resume")
}

/// A NUL or a novel is no token of ours, and PostgreSQL takes no NUL.
pub fn token(text: &str) -> Result<&str, Error> {
    let is_token = text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then_some(text).ok_or(Error::NotFound)
}

pub async fn show_reminders(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    show(ask, db, token, Bulk::Reminders).await
}

pub async fn show_announcements(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    show(ask, db, token, Bulk::Announcements).await
}

pub async fn show_discussions(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    show(ask, db, token, Bulk::Discussions).await
}

pub async fn submit_reminders(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    submit(ask, db, token, body, Bulk::Reminders).await
}

pub async fn submit_announcements(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    submit(ask, db, token, body, Bulk::Announcements).await
}

pub async fn submit_discussions(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    submit(ask, db, token, body, Bulk::Discussions).await
}

/// Asks, and changes nothing: programs that look at links in mails ahead of their reader do no harm.
async fn show(ask: Ask, db: Data<Db>, token: Path<String>, bulk: Bulk) -> Answer {
    let holder = db.read(move |conn| find(conn, &token, bulk)).await?;
    let stopped = holder.stopped;
    ask.page(page(&ask, holder, bulk, stopped, false))
}

/// Stops the mails, whoever sends it and however.
async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes, bulk: Bulk) -> Answer {
    let stop = !wants_mails(&body);
    let now = ask.now;
    let holder = db
        .write(move |conn| {
            let holder = find(conn, &token, bulk)?;
            store::set_stopped(conn, holder.enrolment, bulk, stop, now)?;
            Ok::<_, Error>(holder)
        })
        .await?;
    ask.page(page(&ask, holder, bulk, stop, true))
}

fn find(conn: &mut Conn, text: &str, bulk: Bulk) -> Result<Holder, Error> {
    store::holder(conn, token(text)?, bulk)?.ok_or(Error::NotFound)
}

fn page(ask: &Ask, holder: Holder, bulk: Bulk, stopped: bool, changed: bool) -> Unsubscribe {
    Unsubscribe::new(ask, holder.cohort, words(bulk, stopped, changed), (stopped, changed))
}

/// By what it is about, whether it is stopped now, and whether that was just changed.
fn words(bulk: Bulk, stopped: bool, changed: bool) -> Words {
    let (heading, lead, button) = match (bulk, stopped, changed) {
        (Bulk::Reminders, true, changed) => (
            if changed { "Reminders are stopped" } else { "You get no reminders" },
            "No more mail will tell you when a unit opens or what is still to do in it. Your place in the course is as it was.",
            "Get reminders again",
        ),
        (Bulk::Reminders, false, true) => (
            "You will get reminders again",
            "A mail comes when a unit opens, and at most two more if a step of it is still to do.",
            "Stop these reminders",
        ),
        (Bulk::Reminders, false, false) => (
            "Stop reminders for this course?",
            "You would no longer be told when a unit opens or what is still to do in it. Everything else stays as it is.",
            "Stop these reminders",
        ),
        (Bulk::Announcements, true, changed) => (
            if changed { "Announcements by mail are stopped" } else { "You get no announcements by mail" },
            "You still find them on the course’s pages. Reminders and your place in the course are as they were.",
            "Get announcements by mail again",
        ),
        (Bulk::Announcements, false, true) => (
            "You will get announcements by mail",
            "What your facilitators announce by mail comes to you again.",
            "Stop announcements by mail",
        ),
        (Bulk::Announcements, false, false) => (
            "Stop announcements by mail?",
            "You would find them on the course’s pages only. Reminders and your place in the course stay as they are.",
            "Stop announcements by mail",
        ),
        (Bulk::Discussions, true, changed) => (
            if changed { "Mails about discussions are stopped" } else { "You get no mails about discussions" },
            "You still find everything in the discussions themselves, and what is new there on your home page.",
            "Get mails about discussions again",
        ),
        (Bulk::Discussions, false, true) => (
            "You will get mails about discussions",
            "They come again as you chose them, for what you follow and for answers to you.",
            "Stop mails about discussions",
        ),
        (Bulk::Discussions, false, false) => (
            "Stop mails about discussions?",
            "Nobody’s answer to you would come by mail any more. Reminders and your place in the course stay as they are.",
            "Stop mails about discussions",
        ),
    };
    Words { heading, lead, button }
}
