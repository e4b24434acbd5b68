//! Writing and changing an announcement: the form, what it will look like and to whom it goes, and saving it.

use actix_web::web::{Data, Path};
use askama::Template;

use super::form::{FIELDS, Typed, When, Words};
use super::{find, path};
use crate::announcement::Announcement;
use crate::announcement::store::{self, Draft};
use crate::cohort::{Place, gate, zone_in_words};
use crate::draft;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::Secret;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

#[derive(Template)]
#[template(path = "announcement/write.html")]
struct Form {
    frame: Frame,
    faults: Faults,
    heading: &'static str,
    path: String,
    /// Of the one that is changed. Empty: a new one.
    announcement: String,
    key: String,
    title: Field,
    body: Field,
    draft: draft::Form,
    /// What is said of its time. None: it is published, and its time stands.
    timing: Option<Timing>,
    /// Where it can be withdrawn. Empty: it is new.
    withdraw: String,
}

struct Timing {
    error: String,
    is_at: bool,
    date: Field,
    time: Field,
    by_mail: bool,
}

/// The form's id in the page.
const FORM: &str = "announcement";

#[derive(Template)]
#[template(path = "announcement/preview.html")]
struct Preview {
    frame: Frame,
    path: String,
    title: String,
    html: String,
    author: String,
    facts: Vec<(&'static str, String)>,
    hidden: Vec<(String, String)>,
    button: &'static str,
}

pub async fn new(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        begun(conn, &asked, &place, None)
    });
    ask.page(page.await?)
}

pub async fn edit(ask: Ask, db: Data<Db>, address: Path<(String, String)>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let (cohort, id) = &*address;
        let place = gate::facilitated(conn, &asked, cohort)?;
        let announcement = find(conn, &place, id)?;
        begun(conn, &asked, &place, Some(&announcement))
    });
    ask.page(page.await?)
}

/// Shows what would be published and to whom, and saves nothing; with `back` it shows the form again.
pub async fn preview(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    let words = Words::read(&fields)?;
    let (asked, back) = (ask.clone(), fields.has("back"));
    if back {
        let page = db.read(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            let of = subject(conn, &place, &fields)?;
            Ok::<_, Error>(filled(&asked, &place, of.as_ref(), &fields, Faults::default()))
        });
        return ask.page(page.await?);
    }
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        let of = subject(conn, &place, &fields)?;
        let typed = Typed::read(words, &fields, of.as_ref(), &place.cohort.zone, asked.now)
            .map_err(|faults| Error::refused(filled(&asked, &place, of.as_ref(), &fields, faults)))?;
        let reach = store::count_recipients(conn, place.cohort.id)?;
        Ok::<_, Error>(previewed(&asked, &place, of.as_ref(), typed, &fields, reach))
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    let words = Words::read(&fields)?;
    let asked = ask.clone();
    let (path, done) = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            let of = subject(conn, &place, &fields)?;
            let typed = Typed::read(words, &fields, of.as_ref(), &place.cohort.zone, asked.now)
                .map_err(|faults| Error::refused(filled(&asked, &place, of.as_ref(), &fields, faults)))?;
            let key = key(&fields)?;
            let done = keep(conn, &asked, &place, of.as_ref(), &typed, &key)?;
            draft::store::forget(conn, place.person.id, (&page_of(&place, of.as_ref()), FORM))?;
            Ok::<_, Error>((path(&place.cohort), done))
        })
        .await?;
    ask.done(path, done)
}

/// What was done, as a flash says it.
fn keep(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    of: Option<&Announcement>,
    typed: &Typed,
    key: &str,
) -> Result<&'static str, Error> {
    let (title, body, by_mail) = (&typed.title, &typed.body, typed.by_mail);
    let draft = Draft { title, body, by_mail, publish_at: typed.at.unwrap_or(ask.now) };
    match of {
        None => store::add(conn, (place.cohort.id, place.person.id), key, draft, ask.now)?,
        // One whose time came while it was being changed keeps its time, and says what it says now.
        Some(of) if of.published_at.is_some() || !store::change_planned(conn, of.id, draft, ask.now)? => {
            store::change_published(conn, of.id, title, body, ask.now)?;
            return Ok("announcement-changed");
        }
        Some(_) => {}
    }
    Ok(if typed.at.is_some() { "announcement-planned" } else { "announcement-published" })
}

/// The one that the form changes. None: a new one.
fn subject(conn: &mut Conn, place: &Place, fields: &Fields) -> Result<Option<Announcement>, Error> {
    match fields.get("announcement") {
        "" => Ok(None),
        id => find(conn, place, id).map(Some),
    }
}

/// What makes a form that is sent twice one announcement.
fn key(fields: &Fields) -> Result<String, Error> {
    let key = Secret::parse(fields.get("key")).ok_or(Error::BadRequest("It is not one of our forms."))?;
    Ok(key.hash().as_str().to_owned())
}

/// The address of the page that the form stands on.
fn page_of(place: &Place, of: Option<&Announcement>) -> String {
    let path = path(&place.cohort);
    of.map_or_else(|| format!("{path}/new"), |of| format!("{path}/{}", of.id))
}

/// As it is kept, with what was written since and not saved.
fn begun(conn: &mut Conn, ask: &Ask, place: &Place, of: Option<&Announcement>) -> Result<Form, Error> {
    let mut form = form(ask, place, of);
    let drafts = draft::store::of_page(conn, place.person.id, &page_of(place, of), &place.cohort.zone, ask.now)?;
    form.draft.bring_back(&drafts, [&mut form.title, &mut form.body]);
    Ok(form)
}

/// As it is kept, or empty.
fn form(ask: &Ask, place: &Place, of: Option<&Announcement>) -> Form {
    let zone = &place.cohort.zone;
    let planned = of.map(|of| zone.local(of.publish_at));
    let path = path(&place.cohort);
    let local = format!("In the cohort’s time zone: {}.", zone_in_words(zone));
    let value = |format: &str| planned.map(|at| at.format(format).to_string()).unwrap_or_default();
    let timing = of.is_none_or(|of| of.published_at.is_none()).then(|| Timing {
        error: String::new(),
        is_at: of.is_some(),
        date: Field::new("date", "Date").value(&value("%Y-%m-%d")),
        time: Field::new("time", "Time").hint(&local).value(&value("%H:%M")),
        by_mail: of.is_none_or(|of| of.by_mail),
    });
    Form {
        frame: place.frame(ask),
        faults: Faults::default(),
        heading: if of.is_some() { "Change the announcement" } else { "Write an announcement" },
        announcement: of.map(|of| of.id.to_string()).unwrap_or_default(),
        key: Secret::random().as_str().to_owned(),
        title: Field::new("title", "Title").value(of.map_or("", |of| &of.title)),
        body: Field::new("body", "What you want to tell them")
            .hint("**Two stars** make bold; a line that begins with - is a list. Name no patient.")
            .value(of.map_or("", |of| &of.body)),
        draft: draft::Form::at(page_of(place, of), FORM, if of.is_some() { "saved" } else { "published" }),
        timing,
        withdraw: of.map(|of| format!("{path}/{}/withdraw", of.id)).unwrap_or_default(),
        path,
    }
}

/// With what was typed and what is wrong with it.
fn filled(ask: &Ask, place: &Place, of: Option<&Announcement>, fields: &Fields, faults: Faults) -> Form {
    let blank = form(ask, place, of);
    let timing = blank.timing.map(|timing| Timing {
        error: faults.of("when-now").into(),
        is_at: fields.get("when") == When::At.as_str(),
        date: timing.date.sent(fields, &faults),
        time: timing.time.sent(fields, &faults),
        by_mail: fields.has("mail"),
    });
    let sent = Secret::parse(fields.get("key"));
    Form {
        title: blank.title.sent(fields, &faults),
        body: blank.body.sent(fields, &faults),
        timing,
        key: sent.map_or(blank.key, |key| key.as_str().to_owned()),
        faults,
        ..form(ask, place, of)
    }
}

/// `reach`: how many people get mail now, and how many are here.
fn previewed(
    ask: &Ask,
    place: &Place,
    of: Option<&Announcement>,
    typed: Typed,
    fields: &Fields,
    reach: (i64, i64),
) -> Preview {
    let zone = &place.cohort.zone;
    let published_at = of.and_then(|of| of.published_at);
    let when = match (published_at, typed.at) {
        (Some(at), _) => format!("It was published {}. It will be marked as changed.", zone.exact(at)),
        (None, Some(at)) => format!("{}.", zone.exact(at)),
        (None, None) => "As soon as you publish it.".into(),
    };
    let mail = match (published_at.is_some(), typed.by_mail) {
        (true, _) => "No new mail goes out. Mail that was sent stays as it was.".into(),
        (false, false) => "None goes out.".into(),
        (false, true) => mailed(reach),
    };
    let button = match (published_at.is_some(), typed.at.is_some()) {
        (true, _) => "Save the change",
        (false, true) => "Plan this announcement",
        (false, false) => "Publish it now",
    };
    let sent = FIELDS.iter().filter(|name| **name != "back" && fields.has(name));
    Preview {
        frame: place.frame(ask),
        path: path(&place.cohort),
        html: typed.body.html().to_owned(),
        title: typed.title,
        author: of.map_or(&place.person.name, |of| &of.author).clone(),
        facts: vec![
            ("When", when),
            ("Where", format!("On the course’s pages, for everybody in {}.", place.cohort.name)),
            ("By mail", mail),
        ],
        hidden: sent.map(|name| ((*name).to_owned(), fields.get(name).to_owned())).collect(),
        button,
    }
}

fn mailed((reached, here): (i64, i64)) -> String {
    let left = here - reached;
    let people = if reached == 1 { "1 person".to_owned() } else { format!("{reached} people") };
    match left {
        0 => format!("To {people}."),
        1 => format!("To {people}. One gets none: they stopped announcements by mail, or no mail reaches them."),
        _ => format!("To {people}. {left} get none: they stopped announcements by mail, or no mail reaches them."),
    }
}
