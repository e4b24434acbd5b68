//! `…/manage/enrol/settings`: who may join, how many, from where; reminders of invitations; and the enrolment code.

use actix_web::web::{Data, Path};
use askama::Template;

use super::path;
use crate::audit::Act;
use crate::cohort::{self, Joining, Place, gate};
use crate::enrolling::domains::Domains;
use crate::enrolling::inviting::note;
use crate::enrolling::{Code, MOST_PLACES, MOST_REMINDER_DAYS, Settings, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "enrolling/settings.html")]
struct SettingsPage {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    joining: Field,
    joinings: Vec<(String, String)>,
    places: Field,
    domains: Field,
    days: Field,
    /// Empty: it is switched off.
    code: String,
    code_url: String,
    /// Whether one joins with it now.
    by_code: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    ask.parameters()?.only(&[])?;
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        let settings = store::settings(conn, place.cohort.id)?;
        Ok::<_, Error>(SettingsPage::new(&asked, &place, &settings))
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&["joining", "places", "domains", "days"])?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            store::lock(conn, place.cohort.id)?;
            let old = store::settings(conn, place.cohort.id)?;
            let (joining, settings) = check(&fields, &old)
                .map_err(|faults| Error::refused(SettingsPage::new(&asked, &place, &old).sent(&fields, faults)))?;
            keep(conn, &asked, &place, joining, &settings)?;
            Ok::<_, Error>(path(&place.cohort))
        })
        .await?;
    ask.done(to, "enrolling-saved")
}

/// Whoever turns to joining by a code gets one; a code that was switched off later stays so.
fn keep(conn: &mut Conn, ask: &Ask, place: &Place, joining: Joining, settings: &Settings) -> Result<(), Error> {
    let id = place.cohort.id;
    cohort::store::set_joining(conn, id, joining)?;
    store::save_settings(conn, id, settings)?;
    if joining == Joining::Code && place.cohort.joining != Joining::Code && settings.code.is_none() {
        store::set_code(conn, id, Some(&Code::random()))?;
    }
    Ok(note(conn, place, Act::ChangeEnrolling, (&in_words(joining, settings), None), "", ask.now)?)
}

/// `code` is `new` or `off`.
pub async fn change_code(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&["code"])?;
    let asked = ask.clone();
    let (to, flash) = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            let (code, act, flash) = match fields.get("code") {
                "new" => (Some(Code::random()), Act::MakeCode, "code-made"),
                "off" => (None, Act::StopCode, "code-stopped"),
                _ => return Err(Error::BadRequest("It says neither to make a code nor to switch it off.")),
            };
            store::lock(conn, place.cohort.id)?;
            store::set_code(conn, place.cohort.id, code.as_ref())?;
            // The code itself is no matter for the log.
            note(conn, &place, act, (&place.cohort.name, None), "", asked.now)?;
            Ok((format!("{}/settings#code", path(&place.cohort)), flash))
        })
        .await?;
    ask.done(to, flash)
}

fn check(fields: &Fields, old: &Settings) -> Result<(Joining, Settings), Faults> {
    let mut faults = Faults::default();
    let joining = fields.get("joining").parse::<Joining>().map_err(|_| "Choose who may join".to_owned());
    let joining = faults.check("joining", joining);
    let places = faults.check("places", number(fields.get("places"), MOST_PLACES, "places"));
    let domains = faults.check("domains", Domains::parse(fields.get("domains")));
    let days = faults.check("days", number(fields.get("days"), MOST_REMINDER_DAYS, "days"));
    match (joining, places, domains, days) {
        (Some(joining), Some(places), Some(domains), Some(remind_after_days)) => {
            Ok((joining, Settings { code: old.code.clone(), places, domains, remind_after_days }))
        }
        _ => Err(faults),
    }
}

/// None where it is left empty.
fn number(text: &str, most: i32, what: &str) -> Result<Option<i32>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
            _ => Err(format!("Enter a number of {what} from 1 to {most}, or leave it empty")),
        },
    }
}

/// For the audit log.
fn in_words(joining: Joining, settings: &Settings) -> String {
    let places = settings.places.map_or_else(|| "no limit".into(), |places| format!("{places} places"));
    let from = if settings.domains.is_empty() { "every domain".into() } else { settings.domains.in_words() };
    let reminded =
        settings.remind_after_days.map_or_else(|| "no reminder".into(), |days| format!("reminder after {days} days"));
    format!("{}; {places}; {from}; {reminded}", joining.in_words())
}

impl SettingsPage {
    fn new(ask: &Ask, place: &Place, settings: &Settings) -> Self {
        let shown = |number: Option<i32>| number.map(|n| n.to_string()).unwrap_or_default();
        let code = settings.code.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default();
        let join = ask.site.base_url.join(&format!("{}/join", place.cohort.path()));
        Self {
            frame: place.frame(ask),
            faults: Faults::default(),
            cohort: place.cohort.name.clone(),
            path: path(&place.cohort),
            joining: Field::new("joining", "Who may join").hint("Who is invited may always.").value(place.cohort.joining.as_str()),
            joinings: Joining::ALL.iter().map(|j| (j.to_string(), j.in_words().to_owned())).collect(),
            places: Field::new("places", "How many places")
                .hint("Empty: as many as come. When all are taken, people join a waiting list, and the first in line gets the next free place by itself.")
                .value(&shown(settings.places)),
            domains: Field::new("domains", "From which mail domains")
                .hint("One a line, such as nhs.net, or *.nhs.uk for nhs.uk and everything below it. They hold for whoever joins or is invited by a list. Empty: from everywhere.")
                .value(&settings.domains.lines()),
            days: Field::new("days", "Remind of an invitation after so many days")
                .hint("Once, if nobody has answered it. An invitation holds for 14 days. Empty: no reminder.")
                .value(&shown(settings.remind_after_days)),
            code_url: format!("{join}?code={code}"),
            code,
            by_code: place.cohort.joining == Joining::Code,
        }
    }

    /// With what was typed and what is wrong with it.
    fn sent(self, fields: &Fields, faults: Faults) -> Self {
        Self {
            joining: self.joining.sent(fields, &faults),
            places: self.places.sent(fields, &faults),
            domains: self.domains.sent(fields, &faults),
            days: self.days.sent(fields, &faults),
            faults,
            ..self
        }
    }
}
