//! Starting a thread.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::answer::refusal_status;
use super::{Room, WHOLE_COURSE};
use crate::discussion::posting::{PostLimits, may_post};
use crate::discussion::{Poster, path_of, post_body, store, title};
use crate::draft;
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::Written;
use crate::programme::{Content, Unit};

#[derive(Template)]
#[template(path = "discussion/new.html")]
struct NewThread {
    frame: Frame,
    path: String,
    faults: Faults,
    title: Field,
    unit: Field,
    units: Vec<(String, String)>,
    body: Field,
    /// Why nobody can start one here now; empty: they can.
    read_only: String,
    draft: draft::Form,
    /// How what was typed would look, sanitised. Empty: nobody asked.
    preview: String,
}

/// The form's id in the page.
const FORM: &str = "thread";

pub async fn new(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db
        .read(move |conn| {
            let parameters = asked.parameters()?;
            let room = Room::enter(conn, &asked, &catalogue, &path)?;
            let mut page = blank(&asked, &room);
            let number = parameters.get("unit");
            let unit = room.units.iter().find(|open| open.unit.number.to_string() == number);
            page.unit.value = unit.map(|open| open.unit.slug.to_string()).unwrap_or_default();
            let drafts = room.drafts(conn, &page_path(&room))?;
            page.draft.bring_back(&drafts, [&mut page.title, &mut page.unit, &mut page.body]);
            room.poster().map(|_| page).map_err(|_| Error::page(StatusCode::FORBIDDEN, blank(&asked, &room)))
        })
        .await?;
    ask.page(page)
}

pub async fn create(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    limits: Data<PostLimits>,
    path: Path<String>,
    fields: Fields,
) -> Answer {
    fields.only(&["title", "unit", "body", "preview"])?;
    // Before the database, for rendering takes time.
    let body = post_body(fields.get("body"));
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let room = Room::enter(conn, &asked, &catalogue, &path)?;
            let refused = |status, faults| Error::page(status, filled(&asked, &room, &fields, faults));
            let poster = room.poster().map_err(|_| refused(StatusCode::FORBIDDEN, Faults::default()))?;
            let thread =
                checked(&room, &fields, body).map_err(|faults| refused(StatusCode::UNPROCESSABLE_ENTITY, faults))?;
            if fields.has("preview") {
                let page = filled(&asked, &room, &fields, Faults::default());
                return Err(Error::page(StatusCode::OK, NewThread { preview: thread.body.html().into(), ..page }));
            }
            let counted = may_post(conn, &poster, &limits, asked.now)?;
            counted.map_err(|why| refused(refusal_status(&why), why.faults(&room.place)))?;
            room.forget_draft(conn, &page_path(&room), FORM)?;
            save(conn, &room, &poster, &thread)
        })
        .await?;
    ask.done(to, "posted")
}

struct Checked<'c> {
    title: String,
    unit: Option<&'c Unit>,
    body: Written,
}

fn checked<'c>(room: &Room<'c>, fields: &Fields, body: Result<Written, String>) -> Result<Checked<'c>, Faults> {
    let mut faults = Faults::default();
    let title = faults.check("title", title(fields.get("title")));
    let unit = faults.check("unit", unit(room, fields.get("unit")));
    let body = faults.check("body", body);
    match (title, unit, body) {
        (Some(title), Some(unit), Some(body)) => Ok(Checked { title, unit, body }),
        _ => Err(faults),
    }
}

/// A choice is its slug; none is the whole course.
fn unit<'c>(room: &Room<'c>, text: &str) -> Result<Option<&'c Unit>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let open = Slug::parse(text).and_then(|slug| room.unit(&slug));
    open.map(Some).ok_or_else(|| "Choose one of the units in the list, or the whole course".into())
}

fn save(conn: &mut Conn, room: &Room<'_>, poster: &Poster, new: &Checked<'_>) -> Result<String, Error> {
    let unit = new.unit.map(|unit| &unit.slug);
    let (thread, _) = store::create_thread(conn, poster, unit, &new.title, &new.body, room.now)?;
    Ok(path_of(&room.place.cohort, thread))
}

fn page_path(room: &Room<'_>) -> String {
    format!("{}/new", room.path())
}

fn blank(ask: &Ask, room: &Room<'_>) -> NewThread {
    let whole = (String::new(), WHOLE_COURSE.to_owned());
    let units = room.units.iter().map(|open| (open.unit.slug.to_string(), open.unit.full_title()));
    let hint = "Everyone in your cohort can read it. Leave patients and colleagues unnamed.";
    NewThread {
        frame: room.place.frame(ask),
        path: room.path(),
        faults: Faults::default(),
        title: Field::new("title", "Title").hint("Say in a few words what you ask or offer."),
        unit: Field::new("unit", "What is it about?"),
        units: std::iter::once(whole).chain(units).collect(),
        body: Field::new("body", "Your post").hint(hint),
        read_only: room.poster().err().map(|why| why.words(&room.place)).unwrap_or_default(),
        draft: draft::Form::at(page_path(room), FORM, "posted"),
        preview: String::new(),
    }
}

fn filled(ask: &Ask, room: &Room<'_>, fields: &Fields, faults: Faults) -> NewThread {
    let NewThread { title, unit, body, .. } = blank(ask, room);
    NewThread {
        title: title.sent(fields, &faults),
        unit: unit.sent(fields, &faults),
        body: body.sent(fields, &faults),
        faults,
        ..blank(ask, room)
    }
}
