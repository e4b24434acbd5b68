//! The ledger, learner by learner: who was sent what, who was not, and why; by unit, kind, outcome and learner.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{facilitated, path, unit_of};
use crate::audit::{self, Act, Deed};
use crate::cohort::gate;
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme};
use crate::reminder::fate::{Fate, Outcome};
use crate::reminder::store::{self, Entry, Filter};
use crate::reminder::{Kind, ReminderId};

const PAGE: usize = 50;
/// The longest part of a name that is looked for.
const NAME: usize = 100;

#[derive(Template)]
#[template(path = "reminder/ledger.html")]
struct Ledger {
    frame: Frame,
    path: String,
    cohort: String,
    selects: Vec<(Field, Vec<(String, String)>)>,
    learner: Field,
    rows: Vec<Row>,
    /// As asked for, for the next page and the table; ends with `&` where it is not empty.
    query: String,
    /// The last row of this page, if there is a next one.
    next: Option<ReminderId>,
    is_first: bool,
    is_filtered: bool,
}

struct Row {
    id: ReminderId,
    name: String,
    email: String,
    what: String,
    due: String,
    due_at: String,
    state: &'static str,
    look: &'static str,
    /// Goes on from `state`.
    story: String,
    /// Whether a facilitator may have it sent once more.
    again: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &slug));
    ask.page(page.await?)
}

fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<Ledger, Error> {
    let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
    let asked = ask.parameters()?;
    let filter = filter(programme, &asked)?;
    let before = match asked.get("before") {
        "" => None,
        text => Some(ReminderId(text.parse().map_err(|_| Error::BadRequest("'before' is a number."))?)),
    };
    let mut entries = store::list_entries(conn, place.cohort.id, &filter, before, PAGE as i64 + 1)?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let query = query(&asked);
    Ok(Ledger {
        frame: place.frame(ask),
        path: path(&place),
        cohort: place.cohort.name.clone(),
        selects: selects(programme, &asked),
        learner: Field::new("learner", "Learner").value(asked.get("learner")),
        next: entries.last().filter(|_| more).map(|entry| entry.id),
        rows: entries.into_iter().map(|entry| row(entry, programme, &place.cohort.zone, ask.now)).collect(),
        is_first: before.is_none(),
        is_filtered: !query.is_empty(),
        query,
    })
}

/// What the address asks for; a unit or a kind that there is not is no page.
pub(super) fn filter(programme: &Programme, asked: &Fields) -> Result<Filter, Error> {
    let units = match asked.get("unit") {
        "" => Vec::new(),
        number => unit_of(programme, number)?.names().cloned().collect(),
    };
    let word = |name: &str| Some(asked.get(name).to_owned()).filter(|word| !word.is_empty());
    let kind = word("kind").map(|word| word.parse::<Kind>().map_err(|_| Error::NotFound)).transpose()?;
    let outcome = word("outcome").map(|word| word.parse::<Outcome>().map_err(|_| Error::NotFound)).transpose()?;
    let learner: String = asked.get("learner").trim().to_lowercase().chars().take(NAME).collect();
    Ok(Filter { units, kind, outcome, learner })
}

fn query(asked: &Fields) -> String {
    let kept = ["unit", "kind", "outcome", "learner"].map(|name| (name, asked.get(name)));
    let kept: Vec<_> = kept.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_urlencoded::to_string(&kept).unwrap_or_default();
    if query.is_empty() { query } else { format!("{query}&") }
}

fn selects(programme: &Programme, asked: &Fields) -> Vec<(Field, Vec<(String, String)>)> {
    let all = |label: &str| vec![(String::new(), label.to_owned())];
    let field = |id: &str, label: &str| Field::new(id, label).value(asked.get(id));
    let mut units = all("Every unit");
    units.extend(programme.units.iter().map(|unit| (unit.number.to_string(), unit.label())));
    let mut kinds = all("Every kind");
    kinds.extend(Kind::ALL.iter().map(|kind| (kind.to_string(), kind.heading().to_owned())));
    let mut outcomes = all("Whatever became of it");
    outcomes.extend(Outcome::ALL.iter().map(|outcome| (outcome.to_string(), outcome.label().to_owned())));
    vec![
        (field("unit", "Unit"), units),
        (field("kind", "Reminder"), kinds),
        (field("outcome", "What became of it"), outcomes),
    ]
}

/// 'Nudge, unit 3'.
pub(super) fn what(entry: &Entry, programme: &Programme) -> String {
    let unit =
        programme.unit_called(&entry.unit).map_or_else(|| entry.unit.to_string(), |unit| unit.number.to_string());
    format!("{}, unit {unit}", entry.kind.heading())
}

fn row(entry: Entry, programme: &Programme, zone: &Zone, now: Instant) -> Row {
    let (state, look) = entry.fate.label();
    Row {
        id: entry.id,
        story: entry.fate.story(zone, now),
        what: what(&entry, programme),
        due: zone.exact(entry.due_at),
        due_at: entry.due_at.rfc3339(),
        again: entry.message.is_some() && matches!(entry.fate, Fate::Failed(_) | Fate::Unknown),
        name: entry.name,
        email: entry.email,
        state,
        look,
    }
}

/// Sends a mail once more that failed, or of which nobody knows whether it arrived. What is wanted no more is still not
/// sent: the outbox asks as it always does.
pub async fn send_again(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(&["reminder"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (path, again) = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &slug)?;
            let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
            let reminder = ReminderId(fields.get("reminder").parse().map_err(|_| Error::NotFound)?);
            let found = store::find_mail(conn, place.cohort.id, reminder)?;
            let (unit, kind, mail) = found.ok_or(Error::NotFound)?;
            let mail = mail.ok_or(Error::NotFound)?;
            let again = outbox::store::retry(conn, mail, asked.now)?;
            let unit = programme.unit_called(&unit).map(|unit| unit.number.to_string()).unwrap_or_default();
            let path = format!("{}/ledger?unit={unit}&kind={kind}", path(&place));
            if again {
                let to = outbox::store::find(conn, mail)?.map(|mail| mail.to).unwrap_or_default();
                let subject = format!("{}, unit {unit}, to {to}", kind.heading());
                let deed = Deed { act: Act::RetryMail, subject: &subject, path: &path, reason: "", about: None };
                audit::store::note(conn, &place, deed, asked.now)?;
            }
            Ok::<_, Error>((path, again))
        })
        .await?;
    ask.done(path, if again { "reminder-again" } else { "mail-not-again" })
}
