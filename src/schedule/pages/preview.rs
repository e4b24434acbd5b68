//! A change before it is kept, and the keeping: only if the schedule is still the one that the preview showed.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Sheet;
use super::effects::{Effects, Fact, Row};
use super::form::{CHANGE_FIELDS, Typed};
use super::unit::UnitForms;
use super::words::units_in_words;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::programme::{Catalogue, Content};
use crate::schedule::change::differing;
use crate::schedule::{Change, Release, apply, store};

#[derive(Template)]
#[template(path = "schedule/preview.html")]
struct Preview {
    frame: Frame,
    faults: Faults,
    eyebrow: String,
    title: String,
    lead: String,
    rows: Vec<Row>,
    facts: Vec<Fact>,
    /// The change once more, and the version that it was looked at against.
    hidden: Vec<(&'static str, String)>,
    /// What has to be agreed to; empty: nothing.
    agree: String,
    agreed: bool,
    path: String,
    number: u16,
}

pub async fn preview(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let (typed, change, after) = judged(&asked, &sheet, &fields)?;
        Ok::<_, Error>(Preview::new(&asked, &sheet, typed.position, &change, &after, &fields))
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (path, flash) = db.write(move |conn| keep(conn, &asked, &catalogue, &slug, &fields)).await?;
    ask.done(path, flash)
}

/// Keeps the change, or gives back the preview with the reason why not. Gives where to go, and what to say there.
fn keep(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    slug: &str,
    fields: &Fields,
) -> Result<(String, &'static str), Error> {
    let sheet = Sheet::read(conn, ask, catalogue, slug)?;
    let (typed, change, after) = judged(ask, &sheet, fields)?;
    let shown: i32 = fields.get("version").parse().map_err(|_| Error::BadRequest("It does not say what was shown."))?;
    let changed = differing(&sheet.releases, &after);
    if changed.is_empty() {
        return Ok((sheet.path(), "schedule-same"));
    }
    let preview = Preview::new(ask, &sheet, typed.position, &change, &after, fields);
    if shown != sheet.place.cohort.schedule_version {
        return Err(preview.refused("moves", CHANGED_MEANWHILE));
    }
    if !preview.agree.is_empty() && !fields.has("confirmed") {
        return Err(preview.refused("confirmed", "Tick the box if you want to close what is open"));
    }
    if !store::save(conn, sheet.place.cohort.id, shown, &changed)? {
        return Err(preview_anew(conn, ask, catalogue, slug, fields));
    }
    tracing::info!(cohort = %sheet.place.cohort.slug, by = %sheet.place.person.id, ?change, "the schedule was changed");
    Ok((sheet.path(), "schedule-saved"))
}

const CHANGED_MEANWHILE: &str = "The schedule was changed meanwhile, and nothing of yours is saved. Check the dates, for they are new, and save again";

/// Somebody saved between our reading and our writing: the same change, looked at against what they made of it.
fn preview_anew(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, fields: &Fields) -> Error {
    let anew = Sheet::read(conn, ask, catalogue, slug).and_then(|sheet| {
        let (typed, change, after) = judged(ask, &sheet, fields)?;
        Ok(Preview::new(ask, &sheet, typed.position, &change, &after, fields))
    });
    anew.map_or_else(|error| error, |preview| preview.refused("moves", CHANGED_MEANWHILE))
}

/// The change that was typed and what it makes of the schedule, if somebody agrees to it; or the forms, with what is wrong.
fn judged(ask: &Ask, sheet: &Sheet<'_>, fields: &Fields) -> Result<(Typed, Change, Vec<Release>), Error> {
    let typed = Typed::read(fields, sheet)?;
    let judged = match &typed.change {
        Ok(change) => match apply(&sheet.releases, change, &sheet.terms(ask)) {
            Ok(after) => Ok((change.clone(), after)),
            Err(fault) => Err(typed.fault(&fault, sheet)),
        },
        Err(faults) => Err(faults.clone()),
    };
    match judged {
        Ok((change, after)) => Ok((typed, change, after)),
        Err(faults) => Err(UnitForms::refused(ask, sheet, (typed.position, typed.act), fields, faults)),
    }
}

impl Preview {
    fn new(ask: &Ask, sheet: &Sheet<'_>, position: usize, change: &Change, after: &[Release], fields: &Fields) -> Self {
        let effects = Effects { sheet, change, after, now: ask.now };
        let closing = effects.closing();
        let number = sheet.units[position].number;
        let sent = CHANGE_FIELDS.iter().filter(|name| !fields.get(name).is_empty());
        let version = sheet.place.cohort.schedule_version.to_string();
        Self {
            frame: sheet.place.frame(ask),
            faults: Faults::default(),
            eyebrow: sheet.eyebrow(),
            title: title(change, number),
            lead: effects.lead(),
            rows: effects.rows(),
            facts: effects.facts(),
            agreed: fields.has("confirmed") && fields.get("version") == version,
            hidden: sent.map(|name| (*name, fields.get(name).to_owned())).chain([("version", version)]).collect(),
            agree: match closing.is_empty() {
                true => String::new(),
                false => format!("Close again what is open now: {}", units_in_words(&closing)),
            },
            path: sheet.path(),
            number,
        }
    }

    fn refused(mut self, field: &str, why: &str) -> Error {
        self.faults.add(field, why);
        Error::refused(self)
    }
}

/// 'Unit 8 and all later units would move by one week'
fn title(change: &Change, number: u16) -> String {
    match change {
        Change::SetTime { .. } => format!("Unit {number} would open at another time"),
        Change::OpenNow { .. } => format!("Unit {number} would open now"),
        Change::Hold { .. } => format!("Unit {number} would stay closed until you open it"),
        Change::Unhold { .. } => format!("Unit {number} would be held no longer"),
        Change::Move { days, .. } => {
            let (whole, size) = (days % 7 == 0, usize::try_from(days.abs()).unwrap_or(0));
            let by = if whole { count(size / 7, "week") } else { count(size, "day") };
            let way = if *days < 0 { "earlier" } else { "later" };
            format!("Unit {number} and all later units would move {by} {way}")
        }
    }
}
