//! What facilitators choose about reminders: for the whole course, and for one unit.

use actix_web::web::{Data, Path};
use askama::Template;
use diesel::QueryResult;

use super::choices::{Form, Scope};
use super::{facilitated, path, unit_of};
use crate::audit::{self, Act, Deed};
use crate::cohort::Place;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{Slug, count};
use crate::platform::web::{Answer, Ask, Error, Faults, Fields, Frame};
use crate::programme::{Catalogue, Content, Unit};
use crate::schedule::Choices;
use crate::schedule::store::{find_settings, save_choices};

#[derive(Template)]
#[template(path = "reminder/settings.html")]
struct SettingsPage {
    frame: Frame,
    faults: Faults,
    path: String,
    action: String,
    cohort: String,
    /// Empty: of the whole course.
    unit: String,
    form: Form,
    units: Vec<UnitLine>,
}

/// A unit in the list below the course's own settings.
struct UnitLine {
    number: u16,
    title: String,
    differs: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    shown(ask, db, content, slug.into_inner(), None).await
}

pub async fn show_unit(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<(String, String)>) -> Answer {
    let (slug, unit) = address.into_inner();
    shown(ask, db, content, slug, Some(unit)).await
}

async fn shown(ask: Ask, db: Data<Db>, content: Data<Content>, slug: String, unit: Option<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        within(conn, &asked, &catalogue, (&slug, unit.as_deref()), |_, place, scope| Ok(page(&asked, place, scope)))
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    saved(ask, db, content, (slug.into_inner(), None), fields).await
}

pub async fn save_unit(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (slug, unit) = address.into_inner();
    saved(ask, db, content, (slug, Some(unit)), fields).await
}

/// What has been sent stays sent; what is not due yet follows.
async fn saved(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    (slug, unit): (String, Option<String>),
    fields: Fields,
) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db.write(move |conn| {
        within(conn, &asked, &catalogue, (&slug, unit.as_deref()), |conn, place, scope| {
            let read = match scope.is_current(&fields)? {
                true => scope.read(&fields),
                false => Err(changed_meanwhile()),
            };
            let saved = match read {
                Ok(choices) => {
                    let name = scope.unit.map(|unit| name_of(unit, &scope));
                    match save_choices(conn, place.cohort.id, name, &choices)? {
                        true => Ok(note(conn, place, scope, &choices, asked.now)?),
                        false => Err(changed_meanwhile()),
                    }
                }
                Err(faults) => Err(faults),
            };
            saved.map(|()| address(place, scope.unit)).map_err(|faults| {
                let mut page = page(&asked, place, scope);
                page.form = page.form.sent(&fields, &faults);
                page.faults = faults;
                Error::refused(page)
            })
        })
    });
    ask.done(path.await?, "reminder-settings-saved")
}

/// Keeps who changed what.
fn note(conn: &mut Conn, place: &Place, scope: Scope<'_>, choices: &Choices, now: Instant) -> QueryResult<()> {
    let changes = scope.changes(choices);
    let subject = scope.unit.map_or("the whole course".into(), Unit::full_title);
    let path = address(place, scope.unit);
    let deed =
        Deed { act: Act::ChangeReminders, subject: &subject, path: &path, reason: &changes.join(", "), about: None };
    if changes.is_empty() { Ok(()) } else { audit::store::note(conn, place, deed, now) }
}

/// The slug under which the unit's choices are kept: an earlier one, if they were made then.
fn name_of<'a>(unit: &'a Unit, scope: &Scope<'a>) -> &'a Slug {
    let mut kept = scope.settings.units.iter().map(|(slug, _)| slug);
    kept.find(|slug| unit.is_called(slug)).unwrap_or(&unit.slug)
}

fn changed_meanwhile() -> Faults {
    let mut faults = Faults::default();
    let what = "Somebody else has changed these settings since you opened them. What you chose is still here. Save again \
                to put it in the place of theirs";
    faults.add("opens", what.to_owned());
    faults
}

/// Does something for the facilitators of a cohort with what was chosen, for it or one unit. Two queries.
fn within<T>(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (slug, unit): (&str, Option<&str>),
    work: impl FnOnce(&mut Conn, &Place, Scope<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
    let unit = unit.map(|number| unit_of(programme, number)).transpose()?;
    let settings = find_settings(conn, place.cohort.id)?;
    work(conn, &place, Scope { settings: &settings, programme, unit })
}

fn address(place: &Place, unit: Option<&Unit>) -> String {
    let all = format!("{}/settings", path(place));
    unit.map_or(all.clone(), |unit| format!("{all}/{}", unit.number))
}

fn page(ask: &Ask, place: &Place, scope: Scope<'_>) -> SettingsPage {
    let units = scope.programme.units.iter().filter(|_| scope.unit.is_none());
    SettingsPage {
        frame: place.frame(ask),
        faults: Faults::default(),
        path: path(place),
        action: address(place, scope.unit),
        cohort: place.cohort.name.clone(),
        unit: scope.unit.map(Unit::full_title).unwrap_or_default(),
        form: scope.form(place.cohort.release_time),
        units: units.map(|unit| line(unit, scope)).collect(),
    }
}

/// 'Nudge off, a note on wrap-up'
fn line(unit: &Unit, scope: Scope<'_>) -> UnitLine {
    let scope = Scope { unit: Some(unit), ..scope };
    let own = scope.own();
    let mut differs: Vec<String> = Vec::new();
    for (kind, _) in scope.kinds() {
        let name = if kind.is_live() { "live sessions" } else { kind.label() };
        differs.extend(own.is_on(kind).map(|on| format!("{name} {}", if on { "on" } else { "off" })));
        if !own.note(kind).is_empty() {
            differs.push(format!("a note on {name}"));
        }
    }
    differs.extend(own.nudge_days.map(|days| format!("nudge after {}", count(days.unsigned_abs() as usize, "day"))));
    differs.extend(own.hour.map(|hour| format!("at {}", hour.format("%H:%M"))));
    let differs = if differs.is_empty() { "As in the whole course".into() } else { differs.join(", ") };
    UnitLine { number: unit.number, title: unit.title.clone(), differs }
}
