//! Withdrawing an announcement, after a question: nobody brings it back.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{any, find, path};
use crate::announcement::{Announcement, store};
use crate::cohort::{Place, gate};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};

#[derive(Template)]
#[template(path = "announcement/withdraw.html")]
struct Withdraw {
    frame: Frame,
    path: String,
    title: String,
    /// Whether the cohort reads it now.
    is_public: bool,
    by_mail: bool,
    action: String,
}

/// Cohort and announcement, as addresses write them.
type Address = (String, String);

pub async fn ask(ask: Ask, db: Data<Db>, address: Path<Address>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &address.0)?;
        let announcement = find(conn, &place, &address.1)?;
        Ok::<_, Error>(page(&asked, &place, announcement))
    });
    ask.page(page.await?)
}

fn page(ask: &Ask, place: &Place, announcement: Announcement) -> Withdraw {
    let path = path(&place.cohort);
    Withdraw {
        frame: place.frame(ask),
        action: format!("{path}/{}/withdraw", announcement.id),
        path,
        is_public: announcement.is_public(),
        by_mail: announcement.by_mail,
        title: announcement.title,
    }
}

/// Twice is the same as once.
pub async fn withdraw(ask: Ask, db: Data<Db>, address: Path<Address>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let path = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &address.0)?;
            let announcement = any(conn, &place, &address.1)?;
            store::withdraw(conn, announcement.id, asked.now)?;
            Ok::<_, Error>(path(&place.cohort))
        })
        .await?;
    ask.done(path, "announcement-withdrawn")
}
