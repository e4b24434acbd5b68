//! `/cohorts/{cohort}/discussions/mails`: how somebody wants to be told of what is said, and what they were told of.

use actix_web::web::{Data, Path};
use askama::Template;

use super::path;
use crate::cohort::store::{Bulk, set_stopped};
use crate::cohort::{Place, gate};
use crate::discussion::store::{followed_names, list_followed_people, list_followed_units, set_follows_unit};
use crate::notice::store::{self, Entry};
use crate::notice::{How, Wishes};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::schedule::gate::open_units;
use crate::schedule::store::{find_settings, list_seen};

#[derive(Template)]
#[template(path = "notice/own.html")]
struct Own {
    frame: Frame,
    cohort: String,
    path: String,
    discussions: String,
    email: String,
    stopped: bool,
    /// The hour of digests, and of which time.
    hour: String,
    hows: Vec<(String, String)>,
    wishes: [Field; 5],
    /// Name, label, ticked.
    units: Vec<(String, String, bool)>,
    /// Name and card.
    people: Vec<(String, String)>,
    notices: Vec<Row>,
}

/// What became of one notice.
struct Row {
    post: String,
    href: String,
    reason: &'static str,
    at: String,
    when: String,
    fate: String,
    /// `done`, `now` or empty, the ending of `app-state--`.
    look: &'static str,
    state: &'static str,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let place = gate::place(conn, &asked, &slug)?;
        load(conn, &asked, &catalogue, &place)
    });
    ask.page(page.await?)
}

/// Six queries.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, place: &Place) -> Result<Own, Error> {
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
    let followed = list_followed_units(conn, own.id)?;
    let units = choices(conn, ask, place, programme)?;
    let settings = find_settings(conn, place.cohort.id)?;
    let hour = settings.cohort.hour.unwrap_or(place.cohort.release_time);
    let entries = store::list_own(conn, own.id)?;
    let people = list_followed_people(conn, own.id)?;
    let follows = |unit: Option<&Unit>| followed_names(unit).iter().any(|name| followed.iter().any(|own| own == name));
    Ok(Own {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        path: path(&place.cohort),
        discussions: format!("{}/discussions", place.cohort.path()),
        email: place.person.email.clone(),
        stopped: own.discussions_stopped,
        hour: hour.format("%H:%M").to_string(),
        hows: How::ALL.iter().map(|how| (how.to_string(), how.in_words().to_owned())).collect(),
        wishes: fields(&store::find_wishes(conn, own.id)?),
        units: units.into_iter().map(|unit| (name(unit), label(unit), follows(unit))).collect(),
        people: people.into_iter().map(|(id, name)| (name, format!("{}/people/{id}", place.cohort.path()))).collect(),
        notices: entries.iter().map(|entry| row(entry, place, programme, ask.now)).collect(),
    })
}

/// What can be followed: the whole course, and each unit that is open. One query.
fn choices<'c>(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    programme: &'c Programme,
) -> Result<Vec<Option<&'c Unit>>, Error> {
    let releases = list_seen(conn, place)?;
    let open = open_units(ask, place, programme, &releases);
    Ok(std::iter::once(None).chain(open.into_iter().map(|open| Some(open.unit))).collect())
}

fn name(unit: Option<&Unit>) -> String {
    unit.map_or_else(|| "course".into(), |unit| format!("unit-{}", unit.number))
}

fn label(unit: Option<&Unit>) -> String {
    unit.map_or_else(|| "The whole course".into(), Unit::full_title)
}

fn fields(wishes: &Wishes) -> [Field; 5] {
    [
        ("mentions", "When somebody names you with an @", wishes.mentions),
        ("replies", "When somebody answers your post", wishes.replies),
        ("threads", "New posts in threads that you follow", wishes.threads),
        ("units", "New posts about units that you follow", wishes.units),
        ("people", "New posts of people whom you follow", wishes.people),
    ]
    .map(|(name, label, how)| Field::new(name, label).value(how.as_str()))
}

fn row(entry: &Entry, place: &Place, programme: &Programme, now: Instant) -> Row {
    let zone = &place.cohort.zone;
    let unit = entry.unit.as_ref().and_then(|slug| programme.unit_called(slug));
    let step = unit.zip(entry.step.as_ref()).and_then(|(unit, step)| unit.step_called(step));
    let title = step.map_or(&entry.title, |step| &step.title);
    let (state, look, fate) = match (&entry.not_sent, &entry.mail) {
        (Some(why), _) => ("Not sent", "", format!(", because {}.", why.because())),
        (None, None) if entry.due_at > now => {
            ("Waiting", "now", format!(" for the mail of {}.", zone.plain(entry.due_at)))
        }
        (None, None) => ("Waiting", "now", " to be sent.".into()),
        (None, Some((State::Sent, _, at))) => {
            ("Sent", "done", at.map(|at| format!(" {}.", zone.exact(at))).unwrap_or_default())
        }
        (None, Some((State::Pending | State::Claimed | State::DataStarted, ..))) => {
            ("Waiting", "now", " to be sent.".into())
        }
        (None, Some((State::Unknown, ..))) => {
            ("Unknown", "now", ": the mail server’s answer did not arrive. It is not sent again.".into())
        }
        (None, Some((State::Failed, why, _))) => {
            ("Failed", "now", why.as_ref().map(|why| format!(": {why}.")).unwrap_or_default())
        }
        (None, Some((State::Cancelled | State::Missed, why, _))) => {
            ("Not sent", "", why.as_ref().map(|why| format!(", because {why}.")).unwrap_or_default())
        }
    };
    Row {
        post: format!("{} in ‘{title}’", entry.author),
        href: format!("{}/discussions/{}?post={}", place.cohort.path(), entry.thread, entry.post),
        reason: entry.reason.heading(),
        at: entry.made_at.rfc3339(),
        when: zone.exact(entry.made_at),
        fate,
        look,
        state,
    }
}

/// What was chosen takes the place of what was chosen before; what is not ticked is followed no more.
pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db.write(move |conn| {
        let place = gate::place(conn, &asked, &slug)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
        let units = choices(conn, &asked, &place, programme)?;
        fields.only_if(|field| NAMES.contains(&field) || units.iter().any(|unit| name(*unit) == field))?;
        store::save_wishes(conn, own.id, &read(&fields)?)?;
        for unit in units {
            set_follows_unit(conn, own.id, unit, fields.has(&name(unit)), asked.now)?;
        }
        Ok::<_, Error>(path(&place.cohort))
    });
    ask.done(to.await?, "notice-wishes-saved")
}

const NAMES: [&str; 5] = ["mentions", "replies", "threads", "units", "people"];

fn read(fields: &Fields) -> Result<Wishes, Error> {
    let how = |name| {
        fields.get(name).parse::<How>().map_err(|_| Error::BadRequest("It says no way of telling you that there is."))
    };
    let [mentions, replies, threads, units, people] = NAMES.map(how);
    Ok(Wishes { mentions: mentions?, replies: replies?, threads: threads?, units: units?, people: people? })
}

/// `mails=stop` or `resume`: all of them.
pub async fn stop(ask: Ask, db: Data<Db>, slug: Path<String>, fields: Fields) -> Answer {
    let asked = ask.clone();
    let (to, done) = db
        .write(move |conn| {
            let place = gate::place(conn, &asked, &slug)?;
            let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
            fields.only(&["mails"])?;
            let (stop, done) = match fields.get("mails") {
                "stop" => (true, "notices-stopped"),
                "resume" => (false, "notices-resumed"),
                _ => return Err(Error::BadRequest("It says neither to stop the mails nor to resume them.")),
            };
            set_stopped(conn, own.id, Bulk::Discussions, stop, asked.now)?;
            Ok::<_, Error>((path(&place.cohort), done))
        })
        .await?;
    ask.done(to, done)
}
