//! A cohort's own name and last days: typed, shown with what comes of them, then kept.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::cohort::find;
use super::{frame, note};
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::audit::{Act, Deed};
use crate::cohort::pages::breaks::date;
use crate::cohort::{Cohort, store};
use crate::enrolling;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::fingerprint;
use crate::platform::text::{count, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content, Programme};
use crate::reminder::due::timetable;
use crate::reminder::store::{Course, course};
use crate::schedule::pages::day_with_year;
use crate::schedule::{closes_at, last_day};

const LONGEST_REASON: usize = 200;

#[derive(Template)]
#[template(path = "admin/details.html")]
struct Details {
    frame: Frame,
    cohort_name: String,
    path: String,
    name: Field,
    last_day: Field,
    last_look: Field,
    reason: Field,
    /// What was typed beside what is. Empty: nothing has been typed.
    changes: Vec<Change>,
    /// What comes of them, in sentences.
    effects: Vec<String>,
    /// Of what is shown: only that is kept.
    mark: String,
    faults: Faults,
}

/// One thing as it is and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    label: &'static str,
    from: String,
    to: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let person = administrator(conn, &asked)?;
        Ok::<_, Error>(Sheet::read(conn, &asked, &catalogue, &slug)?.page(&person))
    });
    ask.page(page.await?)
}

/// Keeps what the page has shown; otherwise shows what would come of what was typed.
pub async fn submit(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(&["name", "last_day", "last_look", "reason", "shown"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let kept = db.write(move |conn| keep(conn, &asked, &catalogue, &slug, &fields)).await?;
    match kept {
        Outcome::Done(path, flash) => ask.done(path, flash),
        Outcome::Shown(page) => ask.page(*page),
    }
}

enum Outcome {
    /// Where to go, and what to say there.
    Done(String, &'static str),
    /// What would come of what was typed; nothing is kept.
    Shown(Box<Details>),
}

fn keep(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, fields: &Fields) -> Result<Outcome, Error> {
    let person = administrator(conn, ask)?;
    // Two who change the same cohort take turns.
    let cohort = find(conn, slug)?.id;
    enrolling::store::lock(conn, cohort)?;
    let sheet = Sheet::read(conn, ask, catalogue, slug)?;
    let (wanted, reason) = sheet.typed(fields).map_err(|faults| {
        Error::refused(Details { faults: faults.clone(), ..sheet.page(&person).sent(fields, &faults) })
    })?;
    let changes = sheet.changes(&wanted);
    if changes.is_empty() {
        return Ok(Outcome::Done(sheet.path(), "cohort-same"));
    }
    let mark = mark(&changes);
    if fields.get("shown") != mark {
        let effects = sheet.effects(&wanted);
        let page = sheet.page(&person).sent(fields, &Faults::default());
        return Ok(Outcome::Shown(Box::new(Details { changes, effects, mark, ..page })));
    }
    store::change_details(conn, &wanted)?;
    let what = changes.iter().map(|change| format!("{}: {}, was {}.", change.label, change.to, change.from));
    let reason = what.chain([reason]).collect::<Vec<_>>().join(" ");
    let deed =
        Deed { act: Act::ChangeCohort, subject: &wanted.name, path: &sheet.path(), reason: &reason, about: None };
    note(conn, &person, Some(wanted.id), deed, ask.now)?;
    Ok(Outcome::Done(sheet.path(), "cohort-changed"))
}

fn mark(changes: &[Change]) -> String {
    let said = changes.iter().map(|change| [change.label, &change.from, &change.to].join("\0"));
    fingerprint(said.collect::<Vec<_>>().join("\n").as_bytes())
}

/// A cohort with its schedule, as somebody looks at it.
struct Sheet<'a> {
    ask: &'a Ask,
    programme: &'a Programme,
    course: Course,
}

impl<'a> Sheet<'a> {
    fn read(conn: &mut Conn, ask: &'a Ask, catalogue: &'a Catalogue, slug: &str) -> Result<Self, Error> {
        let cohort = find(conn, slug)?;
        let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
        Ok(Self { ask, programme, course: course(conn, cohort.id)?.ok_or(Error::NotFound)? })
    }

    fn cohort(&self) -> &Cohort {
        &self.course.cohort
    }

    fn path(&self) -> String {
        format!("/admin/cohorts/{}", self.cohort().slug)
    }

    /// The last day on which learners take part, whether somebody has said one or not.
    fn last_day(&self, cohort: &Cohort) -> NaiveDate {
        last_day(cohort, &self.course.releases)
    }

    fn page(&self, person: &Person) -> Details {
        let cohort = self.cohort();
        let by_rule = Cohort { closes_on: None, access_ends_on: None, ..cohort.clone() };
        let typed = |day: Option<NaiveDate>| day.map(|day| before(day).to_string()).unwrap_or_default();
        let by_rule_day = |day| format!("If it is left empty: {}.", day_with_year(day));
        Details {
            frame: frame(self.ask, person),
            cohort_name: cohort.name.clone(),
            path: self.path(),
            name: Field::new("name", "Name").hint("As learners see it, such as Spring 2027.").value(&cohort.name),
            last_day: Field::new("last_day", "Last day to take part")
                .hint(&format!(
                    "From the next day discussions can only be read, and no reminder goes out. {}",
                    by_rule_day(self.last_day(&by_rule))
                ))
                .value(&typed(cohort.closes_on)),
            last_look: Field::new("last_look", "Last day to look back")
                .hint(&format!("Until then learners can read the units. {}", by_rule_day(by_rule.last_day_of_access())))
                .value(&typed(cohort.access_ends_on)),
            reason: Field::new("reason", "Why").hint("Kept in the log of acts."),
            changes: Vec::new(),
            effects: Vec::new(),
            mark: String::new(),
            faults: Faults::default(),
        }
    }

    /// The cohort as it was typed, and why.
    fn typed(&self, fields: &Fields) -> Result<(Cohort, String), Faults> {
        let mut faults = Faults::default();
        let name = faults.check("name", line(fields.get("name"), 80, "the cohort's name"));
        let mut day = |field: &str, what: &str| match fields.get(field).trim() {
            "" => Some(None),
            text => faults.check(field, date(text, what)).map(|day| Some(after(day))),
        };
        let closes_on = day("last_day", "the last day to take part");
        let access_ends_on = day("last_look", "the last day to look back");
        let reason = faults.check("reason", line(fields.get("reason"), LONGEST_REASON, "why you change it"));
        let (Some(name), Some(closes_on), Some(access_ends_on), Some(reason)) =
            (name, closes_on, access_ends_on, reason)
        else {
            return Err(faults);
        };
        let wanted = Cohort { name, closes_on, access_ends_on, ..self.cohort().clone() };
        let opens_last = self.course.releases.iter().map(|release| release.local_time.date()).max();
        if let Some(opens_last) = opens_last.filter(|day| self.last_day(&wanted) < *day) {
            let opens = day_with_year(opens_last);
            faults.add("last_day", format!("The last unit opens on {opens}. Choose that day or a later one"));
        }
        if wanted.last_day_of_access() < self.last_day(&wanted) {
            let last = day_with_year(self.last_day(&wanted));
            faults.add("last_look", format!("Learners take part until {last}. Choose that day or a later one"));
        }
        if faults.is_empty() { Ok((wanted, reason)) } else { Err(faults) }
    }

    fn changes(&self, wanted: &Cohort) -> Vec<Change> {
        let now = self.cohort();
        // A day that somebody has said stays where it is when units move, so it is another than the same one by the rule.
        let day = |said: Option<NaiveDate>, day: NaiveDate| match said {
            Some(_) => day_with_year(day),
            None => format!("{}, by the rule", day_with_year(day)),
        };
        let rows = [
            ("Name", now.name.clone(), wanted.name.clone()),
            (
                "Last day to take part",
                day(now.closes_on, self.last_day(now)),
                day(wanted.closes_on, self.last_day(wanted)),
            ),
            (
                "Last day to look back",
                day(now.access_ends_on, now.last_day_of_access()),
                day(wanted.access_ends_on, wanted.last_day_of_access()),
            ),
        ];
        let rows = rows.into_iter().filter(|(_, from, to)| from != to);
        rows.map(|(label, from, to)| Change { label, from, to }).collect()
    }

    fn effects(&self, wanted: &Cohort) -> Vec<String> {
        let (now, cohort) = (self.ask.now, self.cohort());
        let mut effects = Vec::new();
        let closed = |cohort: &Cohort| now >= closes_at(cohort, &self.course.releases);
        match (closed(cohort), closed(wanted)) {
            (false, true) => effects.push("Discussions can only be read from now on.".to_owned()),
            (true, false) => effects.push("Discussions open again at once.".to_owned()),
            _ => {}
        }
        match (now >= cohort.access_ends_at(), now >= wanted.access_ends_at()) {
            (false, true) => effects.push("Learners cannot read the units any more from now on.".to_owned()),
            (true, false) => effects.push("Learners can read the units again at once.".to_owned()),
            _ => {}
        }
        let (before, after) = (self.reminders_to_come(cohort), self.reminders_to_come(wanted));
        if before > after {
            effects.push(format!("{} of the schedule will not go out.", count(before - after, "reminder")));
        }
        if after > before {
            effects.push(format!(
                "{} of the schedule will go out that would not have.",
                count(after - before, "reminder")
            ));
        }
        if cohort.name != wanted.name {
            effects.push("The cohort’s address stays as it is.".to_owned());
        }
        effects
    }

    /// How many reminders fall due yet, each for many learners.
    fn reminders_to_come(&self, cohort: &Cohort) -> usize {
        let course = Course { cohort: cohort.clone(), ..self.course.clone() };
        timetable(&course, self.programme).iter().filter(|due| due.is_on && due.at > self.ask.now).count()
    }
}

impl Details {
    fn sent(self, fields: &Fields, faults: &Faults) -> Self {
        Self {
            name: self.name.sent(fields, faults),
            last_day: self.last_day.sent(fields, faults),
            last_look: self.last_look.sent(fields, faults),
            reason: self.reason.sent(fields, faults),
            ..self
        }
    }
}

fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

fn after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
