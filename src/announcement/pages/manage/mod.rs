//! What facilitators do with announcements: the list, writing with a preview, and withdrawing.

mod form;
mod list;
mod withdraw;
mod write;

pub use list::show;
pub use withdraw::{ask as ask_withdraw, withdraw};
pub use write::{edit, new, preview, save};

use crate::announcement::{Announcement, AnnouncementId, Audience, store};
use crate::cohort::{Cohort, Place};
use crate::platform::db::Conn;
use crate::platform::web::Error;

fn path(cohort: &Cohort) -> String {
    format!("{}/manage/announcements", cohort.path())
}

/// One that can still be changed, by its number in an address or a form. What went to some by mail alone stays as it is.
fn find(conn: &mut Conn, place: &Place, id: &str) -> Result<Announcement, Error> {
    let found = any(conn, place, id)?;
    if found.withdrawn_at.is_none() && found.audience == Audience::Everybody { Ok(found) } else { Err(Error::NotFound) }
}

/// One that is withdrawn is there too.
fn any(conn: &mut Conn, place: &Place, id: &str) -> Result<Announcement, Error> {
    let id = id.parse().ok().filter(|n: &i64| n.to_string() == id).map(AnnouncementId).ok_or(Error::NotFound)?;
    store::find(conn, place.cohort.id, id)?.ok_or(Error::NotFound)
}
