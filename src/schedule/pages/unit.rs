//! One unit's forms: another time, now, held, or moved with all behind it.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Sheet;
use super::form::{Act, date, time};
use super::list::state;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::Content;

#[derive(Template)]
#[template(path = "schedule/unit.html")]
pub(super) struct UnitForms {
    frame: Frame,
    faults: Faults,
    eyebrow: String,
    number: u16,
    title: String,
    when: String,
    state: String,
    date: Field,
    time: Field,
    /// What no picker would show is shown as text, so that it can be mended.
    date_as_text: bool,
    time_as_text: bool,
    by: Field,
    of: Field,
    spans: Vec<(String, String)>,
    can_open: bool,
    is_held: bool,
    path: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (slug, number) = path.into_inner();
    let page = db.read(move |conn| {
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let position = sheet.position(&number)?;
        Ok::<_, Error>(UnitForms::new(&asked, &sheet, position))
    });
    ask.page(page.await?)
}

impl UnitForms {
    fn new(ask: &Ask, sheet: &Sheet<'_>, position: usize) -> Self {
        let (unit, release) = (sheet.units[position], &sheet.releases[position]);
        let zone = &sheet.place.cohort.zone;
        let zone_hint = format!("In the cohort’s time zone, {}.", zone.name());
        Self {
            frame: sheet.place.frame(ask),
            faults: Faults::default(),
            eyebrow: sheet.eyebrow(),
            number: unit.number,
            title: unit.title.clone(),
            when: zone.exact(release.opens_at),
            state: state(release, zone, ask.now),
            date: Field::new("date", "Date").value(&release.local_time.format("%Y-%m-%d").to_string()),
            time: Field::new("time", "Time").hint(&zone_hint).value(&release.local_time.format("%H:%M").to_string()),
            date_as_text: false,
            time_as_text: false,
            by: by_field().value("1"),
            of: Field::new("of", "Weeks or days").value("weeks"),
            spans: spans(),
            can_open: !release.is_open(ask.now),
            is_held: release.held,
            path: sheet.path(),
        }
    }

    /// With what was typed, and what is wrong with it.
    pub(super) fn refused(
        ask: &Ask,
        sheet: &Sheet<'_>,
        (position, act): (usize, Act),
        fields: &Fields,
        faults: Faults,
    ) -> Error {
        let mut page = Self::new(ask, sheet, position);
        match act {
            Act::Set => {
                page.date = page.date.sent(fields, &faults);
                page.time = page.time.sent(fields, &faults);
                page.date_as_text = date(&page.date.value).is_err();
                page.time_as_text = time(&page.time.value).is_err();
            }
            Act::Move => {
                page.by = page.by.sent(fields, &faults);
                page.of = page.of.sent(fields, &faults);
            }
            Act::Open | Act::Hold | Act::LetGo | Act::Breaks | Act::Undo => {}
        }
        page.faults = faults;
        Error::refused(page)
    }
}

pub(super) fn by_field() -> Field {
    Field::new("by", "How many later").hint("Use a minus sign to move earlier. Whole weeks step over breaks.")
}

pub(super) fn spans() -> Vec<(String, String)> {
    ["weeks", "days"].map(|span| (span.to_owned(), span.to_owned())).into()
}
