//! The link in every mail to many: asked by GET, done by POST, with no sign-in (RFC 8058). It stops what it came with, and
//! no other mail.

use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use crate::cohort::store::{self, Bulk, Holder};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

#[derive(Template)]
#[template(path = "cohort/unsubscribe.html")]
struct Unsubscribe {
    frame: Frame,
    cohort: String,
    path: String,
    /// Of reminders; else of announcements.
    of_reminders: bool,
    /// How it stands now.
    stopped: bool,
    /// It has just been changed.
    changed: bool,
}

pub async fn show_reminders(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    show(ask, db, token, Bulk::Reminders).await
}

pub async fn show_announcements(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    show(ask, db, token, Bulk::Announcements).await
}

pub async fn submit_reminders(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    submit(ask, db, token, body, Bulk::Reminders).await
}

pub async fn submit_announcements(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    submit(ask, db, token, body, Bulk::Announcements).await
}

/// Asks, and changes nothing: programs that look at links in mails ahead of their reader do no harm.
async fn show(ask: Ask, db: Data<Db>, token: Path<String>, bulk: Bulk) -> Answer {
    let holder = db.read(move |conn| find(conn, &token, bulk)).await?;
    let stopped = holder.stopped;
    ask.page(page(&ask, holder, bulk, stopped, false))
}

/// Stops the mails, whoever sends it and however: mail programs post `List-Unsubscribe=One-Click` as one kind of form or
/// another, without a cookie or a token of ours. Only our own button says `mails=resume`.
async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes, bulk: Bulk) -> Answer {
    let stop = !Fields::parse(&body).is_ok_and(|fields| fields.get("mails") == "resume");
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

fn find(conn: &mut Conn, token: &str, bulk: Bulk) -> Result<Holder, Error> {
    // A NUL or a novel is no token of ours, and PostgreSQL takes no NUL.
    if token.len() > 100 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::NotFound);
    }
    store::holder(conn, token, bulk)?.ok_or(Error::NotFound)
}

fn page(ask: &Ask, holder: Holder, bulk: Bulk, stopped: bool, changed: bool) -> Unsubscribe {
    Unsubscribe {
        frame: Frame::plain(ask),
        cohort: holder.cohort,
        path: ask.path.clone(),
        of_reminders: bulk == Bulk::Reminders,
        stopped,
        changed,
    }
}
