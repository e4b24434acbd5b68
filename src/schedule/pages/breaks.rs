//! The form with a cohort's breaks. What other breaks would do to the units is shown before they are kept.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Sheet;
use super::form::BREAKS;
use crate::cohort::pages::breaks::{self, BreakFields};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::programme::Content;

#[derive(Template)]
#[template(path = "schedule/breaks.html")]
pub(super) struct BreaksForm {
    frame: Frame,
    faults: Faults,
    eyebrow: String,
    rows: Vec<BreakFields>,
    path: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let rows = breaks::filled(&sheet.breaks, BREAKS);
        Ok::<_, Error>(BreaksForm::new(&asked, &sheet, rows, Faults::default()))
    });
    ask.page(page.await?)
}

impl BreaksForm {
    fn new(ask: &Ask, sheet: &Sheet<'_>, rows: Vec<BreakFields>, faults: Faults) -> Self {
        Self { frame: sheet.place.frame(ask), faults, eyebrow: sheet.eyebrow(), rows, path: sheet.path() }
    }

    /// With what was typed, and what is wrong with it.
    pub fn refused(ask: &Ask, sheet: &Sheet<'_>, fields: &Fields, faults: Faults) -> Error {
        let rows = breaks::sent(fields, &faults, BREAKS);
        Error::refused(Self::new(ask, sheet, rows, faults))
    }
}
