//! The link in the mails of the report: asked by GET, done by POST, with no sign-in (RFC 8058). Before somebody has said yes
//! it asks whether they want the report, and afterwards whether it is to stop.

use actix_web::web::{Bytes, Data, Path};

use crate::cohort::pages::unsubscribe::{Unsubscribe, Words, token, wants_mails};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};
use crate::report::store::{self, Reader};

pub async fn show(ask: Ask, db: Data<Db>, token: Path<String>) -> Answer {
    let (reader, cohort) = db.read(move |conn| find(conn, &token)).await?;
    ask.page(page(&ask, reader.gets_it(), cohort, false, &reader))
}

/// Stops the mails, whoever sends it and however; only our own button says `mails=resume`.
pub async fn submit(ask: Ask, db: Data<Db>, token: Path<String>, body: Bytes) -> Answer {
    let wants = wants_mails(&body);
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

fn find(conn: &mut Conn, text: &str) -> Result<(Reader, String), Error> {
    store::holder(conn, token(text)?)?.ok_or(Error::NotFound)
}

fn page(ask: &Ask, gets_it: bool, cohort: String, changed: bool, reader: &Reader) -> Unsubscribe {
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
    Unsubscribe::new(ask, cohort, Words { heading, lead, button }, (!gets_it, changed))
}
