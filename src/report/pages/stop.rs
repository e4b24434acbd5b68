//! The link in the mails of the report: asked by GET, done by POST, with no sign-in (RFC 8058). Before somebody has said yes
//! it asks whether they want the report, and afterwards whether it is to stop.

use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::report::store::{self, Reader};

#[derive(Template)]
#[template(path = "cohort/unsubscribe.html")]
struct Stop {
    frame: Frame,
    cohort: String,
    path: String,
    words: Words,
    /// They do not get it now.
    stopped: bool,
    /// It has just been changed.
    changed: bool,
}

struct Words {
    heading: &'static str,
    lead: &'static str,
    button: &'static str,
}

pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    let (reader, cohort) = db.read(move |conn| find(conn, &token)).await?;
    ask.page(page(&ask, reader.gets_it(), cohort, false, &reader))
}

/// Stops the mails, whoever sends it and however; only our own button says `mails=resume`.
pub async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    let wants = Fields::parse(&body).is_ok_and(|fields| fields.get("mails") == "resume");
    let now = ask.now;
    let (reader, cohort) = db
        .write(move |conn| {
            let (reader, cohort) = find(conn, &token)?;
            store::confirm_or_stop(conn, &reader, wants, now)?;
            Ok::<_, Error>((reader, cohort))
        })
        .await?;
    ask.page(page(&ask, wants, cohort, true, &reader))
}

fn find(conn: &mut Conn, token: &str) -> Result<(Reader, String), Error> {
    // A NUL or a novel is no token of ours, and PostgreSQL takes no NUL.
    if token.len() > 100 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::NotFound);
    }
    store::holder(conn, token)?.ok_or(Error::NotFound)
}

fn page(ask: &Ask, gets_it: bool, cohort: String, changed: bool, reader: &Reader) -> Stop {
    let is_new = reader.confirmed_at.is_none() && reader.stopped_at.is_none();
    let (heading, lead, button) = match (gets_it, changed) {
        (true, true) => (
            "You will get the weekly report",
            "It comes each Friday: one page of numbers, without names. Each mail has a link that stops it.",
            "Stop the weekly report",
        ),
        (true, false) => {
            ("Stop the weekly report?", "You would get no more mails about this course.", "Stop the weekly report")
        }
        (false, true) => {
            ("The weekly report is stopped", "You get no more mails about this course.", "Get the weekly report again")
        }
        (false, false) if is_new => (
            "Do you want the weekly report?",
            "One page of numbers each Friday, without names, for whoever pays for the course. If you do not want it, do nothing.",
            "Get the weekly report",
        ),
        (false, false) => (
            "You do not get the weekly report",
            "It comes each Friday: one page of numbers, without names.",
            "Get the weekly report again",
        ),
    };
    let words = Words { heading, lead, button };
    Stop { frame: Frame::plain(ask), cohort, path: ask.path.clone(), words, stopped: !gets_it, changed }
}
