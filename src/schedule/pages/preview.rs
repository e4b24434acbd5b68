//! A change before it is kept, and the keeping: only if the schedule is still the one that the preview showed, and with a
//! reason.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Sheet;
use super::breaks::BreaksForm;
use super::effects::{Effects, Fact, Row};
use super::form::{About, Typed, is_of_change};
use super::history::History;
use super::unit::UnitForms;
use super::words::units_in_words;
use crate::audit::{self, Act, Deed};
use crate::cohort::Break;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{count, paragraphs};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content};
use crate::schedule::change::differing;
use crate::schedule::store::{Noted, list_changes, note_change, save as keep_releases, set_breaks};
use crate::schedule::{Change, Release, Revision, Side, apply};

const LONGEST_REASON: usize = 500;

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
    /// Where each mail stands as it would be sent then.
    mails: String,
    /// The change once more, and the version that it was looked at against.
    hidden: Vec<(String, String)>,
    /// What has to be agreed to; empty: nothing.
    agree: String,
    agreed: bool,
    reason: Field,
    /// Nothing would change.
    is_same: bool,
    path: String,
    /// Where the change was typed: its address and name.
    back: (String, String),
}

pub async fn preview(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let sheet = Sheet::read(conn, &asked, &catalogue, &slug)?;
        let judged = Judged::read(conn, &asked, &sheet, &fields)?;
        Ok::<_, Error>(Preview::new(&asked, &sheet, &judged, &fields))
    });
    ask.page(page.await?)
}

/// A cohort's schedule as it would be if somebody saved a change.
pub struct Proposed {
    /// 'Unit 8 and all later units would move 1 week later'
    pub title: String,
    pub releases: Vec<Release>,
    /// The fields that say what the change is.
    pub change: Fields,
    /// Where these are looked at as a change.
    pub action: String,
}

impl Proposed {
    /// The one that the parameters of an address hold, if they do; or the form, with what is wrong. For facilitators alone.
    /// Six queries.
    pub fn read(
        conn: &mut Conn,
        ask: &Ask,
        catalogue: &Catalogue,
        slug: &str,
        parameters: &Fields,
    ) -> Result<Option<Self>, Error> {
        if !parameters.has("change") {
            return Ok(None);
        }
        let sheet = Sheet::read(conn, ask, catalogue, slug)?;
        let change = of_change(parameters);
        let judged = Judged::read(conn, ask, &sheet, &change)?;
        let (title, action) = (judged.title(&sheet), format!("{}/preview", sheet.path()));
        Ok(Some(Self { title, releases: judged.after, change, action }))
    }
}

/// What says what the change is, without what else was sent.
fn of_change(fields: &Fields) -> Fields {
    let own = fields.pairs().filter(|(name, value)| is_of_change(name) && !value.is_empty());
    own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
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
    let judged = Judged::read(conn, ask, &sheet, fields)?;
    let shown: i32 = fields.get("version").parse().map_err(|_| Error::BadRequest("It does not say what was shown."))?;
    if judged.is_same(&sheet) {
        return Ok((sheet.path(), "schedule-same"));
    }
    let preview = Preview::new(ask, &sheet, &judged, fields);
    if shown != sheet.place.cohort.schedule_version {
        return Err(preview.refused("moves", changed_meanwhile(conn, &sheet)?));
    }
    let mut faults = Faults::default();
    if !preview.agree.is_empty() && !fields.has("confirmed") {
        faults.add("confirmed", "Tick the box if you want to close what is open");
    }
    let reason = faults.check("reason", paragraphs(fields.get("reason"), LONGEST_REASON, "why you change it"));
    let Some(reason) = reason.filter(|_| faults.is_empty()) else {
        return Err(preview.with(fields, faults));
    };
    let revision = judged.revision(&sheet);
    if !keep_releases(conn, sheet.place.cohort.id, shown, &revision.after.releases)? {
        return Err(preview_anew(conn, ask, catalogue, slug, fields));
    }
    if let Some(breaks) = &revision.after.breaks {
        set_breaks(conn, sheet.place.cohort.id, breaks)?;
    }
    let title = judged.title_when_done(&sheet);
    let noted = Noted { version: shown + 1, title: &title, reason: &reason, revision: &revision };
    note_change(conn, &sheet.place, noted, ask.now)?;
    let path = format!("{}/history", sheet.path());
    let deed = Deed { act: Act::ChangeSchedule, subject: &title, path: &path, reason: &reason, about: None };
    audit::store::note(conn, &sheet.place, deed, ask.now)?;
    Ok((sheet.path(), "schedule-saved"))
}

/// Who was quicker, and with what.
fn changed_meanwhile(conn: &mut Conn, sheet: &Sheet<'_>) -> Result<String, Error> {
    let other = list_changes(conn, sheet.place.cohort.id, None, 1)?.pop();
    let what = match other {
        Some(other) => format!("{} changed the schedule meanwhile ({})", other.actor, other.title),
        None => "The schedule was changed meanwhile".into(),
    };
    Ok(format!("{what}, and nothing of yours is saved. Check the dates, for they are new, and save again"))
}

/// Somebody saved between our reading and our writing: the same change, looked at against what they made of it.
fn preview_anew(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, fields: &Fields) -> Error {
    let anew = Sheet::read(conn, ask, catalogue, slug).and_then(|sheet| {
        let judged = Judged::read(conn, ask, &sheet, fields)?;
        Ok(Preview::new(ask, &sheet, &judged, fields).refused("moves", changed_meanwhile(conn, &sheet)?))
    });
    anew.unwrap_or_else(|error| error)
}

/// A change that was typed, and what it makes of the schedule if somebody agrees to it.
struct Judged {
    about: About,
    change: Change,
    after: Vec<Release>,
}

impl Judged {
    /// Or the forms, with what is wrong.
    fn read(conn: &mut Conn, ask: &Ask, sheet: &Sheet<'_>, fields: &Fields) -> Result<Self, Error> {
        let typed = Typed::read(conn, fields, sheet)?;
        let judged = match &typed.change {
            Ok(change) => match apply(&sheet.releases, change, &sheet.terms(ask)) {
                Ok(after) => Ok((change.clone(), after)),
                Err(fault) => Err(typed.fault(&fault, sheet)),
            },
            Err(faults) => Err(faults.clone()),
        };
        match (judged, typed.about) {
            (Ok((change, after)), about) => Ok(Self { about, change, after }),
            (Err(faults), About::Unit(position)) => {
                Err(UnitForms::refused(ask, sheet, (position, typed.act), fields, faults))
            }
            (Err(faults), About::Breaks) => Err(BreaksForm::refused(ask, sheet, fields, faults)),
            (Err(faults), About::Earlier(_)) => Err(History::refused(conn, ask, sheet, faults)),
        }
    }

    /// The breaks after it, where they are others than before.
    fn breaks<'s>(&'s self, sheet: &Sheet<'_>) -> Option<&'s [Break]> {
        self.change.breaks().filter(|breaks| *breaks != sheet.breaks)
    }

    fn is_same(&self, sheet: &Sheet<'_>) -> bool {
        differing(&sheet.releases, &self.after).is_empty() && self.breaks(sheet).is_none()
    }

    /// What is kept, and what it takes to undo it.
    fn revision(&self, sheet: &Sheet<'_>) -> Revision {
        let breaks = self.breaks(sheet);
        Revision {
            before: Side {
                releases: differing(&self.after, &sheet.releases),
                breaks: breaks.map(|_| sheet.breaks.clone()),
            },
            after: Side { releases: differing(&sheet.releases, &self.after), breaks: breaks.map(<[Break]>::to_vec) },
        }
    }

    fn unit(&self, sheet: &Sheet<'_>) -> String {
        match &self.about {
            About::Unit(position) => format!("Unit {}", sheet.units[*position].number),
            About::Breaks => "The breaks".into(),
            About::Earlier(title) => title.clone(),
        }
    }

    /// 'Unit 8 and all later units would move by one week'
    fn title(&self, sheet: &Sheet<'_>) -> String {
        let what = self.unit(sheet);
        match &self.change {
            Change::SetTime { .. } => format!("{what} would open at another time"),
            Change::OpenNow { .. } => format!("{what} would open now"),
            Change::Hold { .. } => format!("{what} would stay closed until you open it"),
            Change::Unhold { .. } => format!("{what} would be held no longer"),
            Change::Move { days, .. } => format!("{what} and all later units would move {}", how_far(*days)),
            Change::SetBreaks { .. } => format!("{what} would change"),
            Change::Undo(_) => format!("This would be undone: {what}"),
        }
    }

    /// The same, as the history has it.
    fn title_when_done(&self, sheet: &Sheet<'_>) -> String {
        let what = self.unit(sheet);
        match &self.change {
            Change::SetTime { .. } => format!("{what} opens at another time"),
            Change::OpenNow { .. } => format!("{what} was opened"),
            Change::Hold { .. } => format!("{what} is held"),
            Change::Unhold { .. } => format!("{what} is held no longer"),
            Change::Move { days, .. } => format!("{what} and all later units moved {}", how_far(*days)),
            Change::SetBreaks { .. } => format!("{what} were changed"),
            Change::Undo(_) => format!("Undone: {what}"),
        }
    }
}

/// '1 week later'
fn how_far(days: i64) -> String {
    let (whole, size) = (days % 7 == 0, usize::try_from(days.abs()).unwrap_or(0));
    let by = if whole { count(size / 7, "week") } else { count(size, "day") };
    format!("{by} {}", if days < 0 { "earlier" } else { "later" })
}

impl Preview {
    fn new(ask: &Ask, sheet: &Sheet<'_>, judged: &Judged, fields: &Fields) -> Self {
        let effects = Effects { sheet, change: &judged.change, after: &judged.after, now: ask.now };
        let closing = effects.closing();
        let version = sheet.place.cohort.schedule_version.to_string();
        let change = of_change(fields);
        Self {
            mails: format!("{}/manage/reminders/preview?{}", sheet.place.cohort.path(), change.encoded()),
            frame: sheet.place.frame(ask),
            faults: Faults::default(),
            eyebrow: sheet.eyebrow(),
            title: judged.title(sheet),
            lead: effects.lead(),
            rows: effects.rows(),
            facts: effects.facts(),
            agreed: fields.has("confirmed") && fields.get("version") == version,
            hidden: change.pairs().chain([("version", &*version)]).map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            agree: match closing.is_empty() {
                true => String::new(),
                false => format!("Close again what is open now: {}", units_in_words(&closing)),
            },
            reason: Field::new("reason", "Why do you change it?")
                .hint("It is kept with your name, for the other facilitators.")
                .value(fields.get("reason")),
            is_same: judged.is_same(sheet),
            back: match &judged.about {
                About::Unit(position) => {
                    let number = sheet.units[*position].number;
                    (format!("{}/{number}", sheet.path()), format!("Unit {number}"))
                }
                About::Breaks => (format!("{}/breaks", sheet.path()), "Breaks".into()),
                About::Earlier(_) => (format!("{}/history", sheet.path()), "Changes".into()),
            },
            path: sheet.path(),
        }
    }

    fn refused(mut self, field: &str, why: String) -> Error {
        self.faults.add(field, why);
        Error::refused(self)
    }

    fn with(self, fields: &Fields, faults: Faults) -> Error {
        Error::refused(Self { reason: self.reason.clone().sent(fields, &faults), faults, ..self })
    }
}
