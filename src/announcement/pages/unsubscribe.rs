//! The link in every announcement mail: asked by GET, done by POST, with no sign-in (RFC 8058). It stops announcements by
//! mail, and no other mail.

use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use crate::announcement::store::{self, Holder};
use crate::cohort::store::set_announcements_stopped;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

#[derive(Template)]
#[template(path = "announcement/unsubscribe.html")]
struct Unsubscribe {
    frame: Frame,
    cohort: String,
    path: String,
    /// How it stands now.
    stopped: bool,
    /// It has just been changed.
    changed: bool,
}

/// Asks, and changes nothing: programs that look at links in mails ahead of their reader do no harm.
pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    let holder = db.read(move |conn| find(conn, &token)).await?;
    ask.page(page(&ask, holder.cohort, holder.stopped, false))
}

/// Stops the announcements, whoever sends it and however, as [`crate::reminder::pages::unsubscribe`] does for reminders.
pub async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    let stop = !Fields::parse(&body).is_ok_and(|fields| fields.get("announcements") == "resume");
    let now = ask.now;
    let holder = db
        .write(move |conn| {
            let holder = find(conn, &token)?;
            set_announcements_stopped(conn, holder.enrolment, stop, now)?;
            Ok::<_, Error>(holder)
        })
        .await?;
    ask.page(page(&ask, holder.cohort, stop, true))
}

fn find(conn: &mut Conn, token: &str) -> Result<Holder, Error> {
    // A NUL or a novel is no token of ours, and PostgreSQL takes no NUL.
    if token.len() > 100 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::NotFound);
    }
    store::holder(conn, token)?.ok_or(Error::NotFound)
}

fn page(ask: &Ask, cohort: String, stopped: bool, changed: bool) -> Unsubscribe {
    Unsubscribe { frame: Frame::plain(ask), cohort, path: ask.path.clone(), stopped, changed }
}
