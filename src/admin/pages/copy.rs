//! Copying a cohort: the new first day, then all that comes of it, and the making once somebody has looked at it.

mod sheet;

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use diesel::QueryResult;

use super::{frame, note};
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::admin::copy::{Misplaced, Original, Plan, Wish, renamed};
use crate::admin::store::{make_copy, original};
use crate::audit::{Act, Deed};
use crate::cohort::pages::breaks::{self, date};
use crate::cohort::{Cohort, store};
use crate::enrolling;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{Slug, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};
use crate::schedule::pages::{day_with_year, days_of};
use crate::schedule::{self, Release};
use sheet::Sheet;

/// The same day of the week, a year on.
const A_YEAR: TimeDelta = TimeDelta::weeks(52);

#[derive(Template)]
#[template(path = "admin/copy.html")]
struct Start {
    frame: Frame,
    name: String,
    path: String,
    starts_on: Field,
    faults: Faults,
}

/// Asks for the first day; with one in the address, shows what would come of it.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let asked_for = ask.parameters()?;
    asked_for.only(&["starts_on"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    if asked_for.pairs().next().is_none() {
        let page = db.read(move |conn| {
            let person = administrator(conn, &asked)?;
            Ok::<_, Error>(Start::new(&asked, &person, &find(conn, &catalogue, &slug)?.cohort))
        });
        return ask.page(page.await?);
    }
    let page = db.read(move |conn| {
        let person = administrator(conn, &asked)?;
        let original = find(conn, &catalogue, &slug)?;
        let starts_on = first_day(&asked, &person, &original, &asked_for)?;
        let name = renamed(&original.cohort.name, original.cohort.starts_on, starts_on);
        let fields = proposed(&original, starts_on, store::free_slug(conn, &name)?, name);
        let typed = Typed::read(&original, starts_on, &fields)?;
        Ok::<_, Error>(Sheet::new(&asked, &person, &original, &typed, &fields))
    });
    ask.page(page.await?)
}

/// Makes the cohort, if all that comes of what was typed is what the page showed; otherwise shows that first.
pub async fn submit(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    if fields.has("again") {
        let page = db.read(move |conn| {
            let person = administrator(conn, &asked)?;
            let original = find(conn, &catalogue, &slug)?;
            let starts_on = first_day(&asked, &person, &original, &fields)?;
            let typed = Typed::read(&original, starts_on, &fields)?;
            match typed.faults.is_empty() {
                true => Ok(Sheet::new(&asked, &person, &original, &typed, &fields)),
                false => Err(Sheet::refused(&asked, &person, &original, &typed, &fields)),
            }
        });
        return ask.page(page.await?);
    }
    let made = db.write(move |conn| make(conn, &asked, &catalogue, &slug, &fields)).await?;
    ask.done(format!("/admin/cohorts/{}", made.slug), "cohort-made")
}

fn make(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, fields: &Fields) -> Result<Cohort, Error> {
    let person = administrator(conn, ask)?;
    let original = find(conn, catalogue, slug)?;
    let starts_on = first_day(ask, &person, &original, fields)?;
    let mut typed = Typed::read(&original, starts_on, fields)?;
    // Two who copy the same cohort take turns, and so do the two forms of one who presses the button twice.
    enrolling::store::lock(conn, original.cohort.id)?;
    if let Some(slug) = &typed.slug
        && let Some(taken) = store::find(conn, slug)?
    {
        if typed.is_made(conn, &taken, &original)? {
            return Ok(taken);
        }
        typed.faults.add("slug", "Another cohort has this address. Choose another");
    }
    if typed.faults.is_empty() && fields.get("shown") != typed.plan.mark(&original) {
        let what = "The dates follow what you changed. Look at them here, then make the cohort";
        typed.faults.add("units", what);
    }
    let (Some(name), Some(slug), true) = (&typed.name, &typed.slug, typed.faults.is_empty()) else {
        return Err(Sheet::refused(ask, &person, &original, &typed, fields));
    };
    let made = make_copy(conn, &original, &typed.plan, (name.clone(), slug.clone()), ask.now)?;
    let path = format!("/admin/cohorts/{}", made.slug);
    let reason = format!("From {}.", original.cohort.name);
    let deed = Deed { act: Act::CopyCohort, subject: &made.name, path: &path, reason: &reason, about: None };
    note(conn, &person, Some(made.id), deed, ask.now)?;
    Ok(made)
}

fn find<'c>(conn: &mut Conn, catalogue: &'c Catalogue, slug: &str) -> Result<Original<'c>, Error> {
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    let cohort = store::find(conn, &slug)?.ok_or(Error::NotFound)?;
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    Ok(original(conn, cohort, programme)?)
}

/// The new first day, or the page that asks for it once more.
fn first_day(ask: &Ask, person: &Person, original: &Original<'_>, fields: &Fields) -> Result<NaiveDate, Error> {
    let today = original.cohort.zone.local_date(ask.now);
    let day = date(fields.get("starts_on"), "the first day").and_then(|day| match day >= today {
        true => Ok(day),
        false => Err("Choose a first day that has not gone by".to_owned()),
    });
    let mut faults = Faults::default();
    match faults.check("starts_on", day) {
        Some(day) => Ok(day),
        None => Err(Error::refused(Start::new(ask, person, &original.cohort).sent(fields, faults))),
    }
}

/// The form of the second page, as it is proposed.
fn proposed(original: &Original<'_>, starts_on: NaiveDate, slug: Slug, name: String) -> Fields {
    let breaks = original.breaks_from(starts_on);
    let rows = breaks::typed(&breaks);
    let plan = original.plan(&Wish { starts_on, breaks, times: Vec::new() });
    let times = plan.units.iter().filter(|planned| planned.by_hand()).flat_map(|planned| {
        let (number, local) = (planned.unit.number, planned.release.local_time);
        let day = (format!("day_{number}"), local.date().to_string());
        [day, (format!("time_{number}"), local.format("%H:%M").to_string())]
    });
    let own = [("name", name), ("slug", slug.to_string())].map(|(field, value)| (field.to_owned(), value));
    own.into_iter().chain(rows).chain(times).collect()
}

/// What was typed on the second page, and what comes of it as far as it can be read.
struct Typed<'a> {
    name: Option<String>,
    slug: Option<Slug>,
    plan: Plan<'a>,
    faults: Faults,
}

impl<'a> Typed<'a> {
    fn read(original: &'a Original<'_>, starts_on: NaiveDate, fields: &Fields) -> Result<Self, Error> {
        let (own, rows) = (["starts_on", "name", "slug", "shown", "again"], break_rows(original));
        let is_time =
            |name: &str| original.by_hand().any(|n| name == format!("day_{n}") || name == format!("time_{n}"));
        fields.only_if(|name| own.contains(&name) || breaks::is_field(name, rows) || is_time(name))?;
        let mut faults = Faults::default();
        let name = faults.check("name", line(fields.get("name"), 80, "the cohort's name"));
        let slug = Slug::parse(fields.get("slug").trim());
        let slug = slug.ok_or_else(|| "Use small letters a to z, digits and single dashes".to_owned());
        let slug = faults.check("slug", slug);
        let breaks = breaks::read(fields, rows, &mut faults);
        let times = original.by_hand().filter_map(|number| {
            let (at_day, at_time) = (format!("day_{number}"), format!("time_{number}"));
            let day = faults.check(&at_day, date(fields.get(&at_day), &format!("the day of unit {number}")));
            let hour = NaiveTime::parse_from_str(fields.get(&at_time).trim(), "%H:%M");
            let hour = faults.check(&at_time, hour.map_err(|_| "Enter a time like 09:00".to_owned()));
            Some((number, day?.and_time(hour?)))
        });
        let times = times.collect();
        let plan = original.plan(&Wish { starts_on, breaks, times });
        for (number, misplaced) in plan.misplaced() {
            faults.add(format!("day_{number}"), in_words(number, &misplaced));
        }
        Ok(Self { name, slug, plan, faults })
    }

    /// Whether the cohort is the one that this form made a moment ago, with every date in it.
    fn is_made(&self, conn: &mut Conn, cohort: &Cohort, original: &Original<'_>) -> QueryResult<bool> {
        let like = &self.plan.cohort;
        let is_like = cohort.id != original.cohort.id
            && cohort.programme == like.programme
            && cohort.starts_on == like.starts_on
            && Some(&cohort.name) == self.name.as_ref();
        Ok(is_like
            && store::list_breaks(conn, cohort.id)? == self.plan.breaks
            && opens(&schedule::store::list_releases(conn, cohort.id)?) == opens(&self.plan.releases()))
    }
}

/// When each unit opens, in one order.
fn opens(releases: &[Release]) -> BTreeMap<&Slug, NaiveDateTime> {
    releases.iter().map(|release| (&release.unit, release.local_time)).collect()
}

/// As many as the earlier cohort had, and one to add.
fn break_rows(original: &Original<'_>) -> usize {
    original.breaks.len() + 1
}

fn in_words(number: u16, misplaced: &Misplaced) -> String {
    match misplaced {
        Misplaced::InBreak(pause) => {
            format!("Unit {number} would open in the break ‘{}’, {}. Choose another day", pause.name, days_of(pause))
        }
        Misplaced::OutOfOrder(first, second) => {
            format!("Unit {second} would open before unit {first}. Choose a day that keeps them in order")
        }
        Misplaced::TooFar => {
            format!(
                "Unit {number} would open more than a year before or two years after the start. Choose a nearer day"
            )
        }
    }
}

impl Start {
    fn new(ask: &Ask, person: &Person, cohort: &Cohort) -> Self {
        let today = cohort.zone.local_date(ask.now);
        let usual = cohort.starts_on.checked_add_signed(A_YEAR).filter(|day| *day >= today);
        let began = format!(
            "This cohort’s was {}. On the same day of the week, everything else keeps its weekday too.",
            day_with_year(cohort.starts_on)
        );
        Self {
            frame: frame(ask, person),
            name: cohort.name.clone(),
            path: format!("/admin/cohorts/{}", cohort.slug),
            starts_on: Field::new("starts_on", "First day of the new cohort")
                .hint(&began)
                .value(&usual.map(|day| day.to_string()).unwrap_or_default()),
            faults: Faults::default(),
        }
    }

    fn sent(self, fields: &Fields, faults: Faults) -> Self {
        Self { starts_on: self.starts_on.sent(fields, &faults), faults, ..self }
    }
}
