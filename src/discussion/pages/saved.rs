//! `/cohorts/{cohort}/manage/answers`: short texts that facilitators keep to put into replies, for themselves or for their team.

use actix_web::web::{Data, Path};
use askama::Template;

use super::number;
use crate::cohort::{Place, gate};
use crate::discussion::store::{self, NewAnswer};
use crate::discussion::{SavedAnswer, SavedAnswerId};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{line, paragraphs};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

/// The longest title and the longest text, in characters.
const LONGEST_TITLE: usize = 80;
const LONGEST: usize = 2_000;
const FIELDS: [&str; 3] = ["title", "body", "shared"];

#[derive(Template)]
#[template(path = "discussion/answers.html")]
struct AnswersPage {
    frame: Frame,
    cohort: String,
    path: String,
    rows: Vec<Row>,
    form: Form,
}

#[derive(Template)]
#[template(path = "discussion/answer.html")]
struct AnswerPage {
    frame: Frame,
    path: String,
    /// This one's own.
    own: String,
    author: String,
    /// Who has it where it is shared.
    shared_with: &'static str,
    form: Form,
}

struct Row {
    title: String,
    href: String,
    body: String,
    /// Whose it is, and who has it.
    whose: String,
}

/// What is kept, as fields.
struct Form {
    title: Field,
    body: Field,
    is_shared: bool,
    faults: Faults,
}

impl Form {
    fn sent(fields: &Fields, faults: Faults) -> Self {
        let title = Field::new("title", "Name").hint("By which you find it, such as Where the recording is.");
        let body = Field::new("body", "Text").hint("It goes into your reply, where you can still change it.");
        Self {
            title: title.sent(fields, &faults),
            body: body.sent(fields, &faults),
            is_shared: fields.has("shared"),
            faults,
        }
    }

    fn of(answer: &SavedAnswer) -> Self {
        let empty = Self::sent(&Fields::default(), Faults::default());
        Self {
            title: empty.title.value(&answer.title),
            body: empty.body.value(&answer.body),
            is_shared: answer.is_shared,
            ..empty
        }
    }
}

/// What was sent, if nothing is wrong with it.
struct Sent {
    title: String,
    body: String,
    is_shared: bool,
}

impl Sent {
    fn read(fields: &Fields) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let title = faults.check("title", line(fields.get("title"), LONGEST_TITLE, "a name for the text"));
        let body = faults.check("body", paragraphs(fields.get("body"), LONGEST, "the text"));
        match (title, body) {
            (Some(title), Some(body)) => Ok(Self { title, body, is_shared: fields.has("shared") }),
            _ => Err(faults),
        }
    }

    fn answer(&self) -> NewAnswer<'_> {
        NewAnswer { title: &self.title, body: &self.body, is_shared: self.is_shared }
    }
}

pub async fn list(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        list_page(conn, &asked, &place, Form::sent(&Fields::default(), Faults::default()))
    });
    ask.page(page.await?)
}

fn list_page(conn: &mut Conn, ask: &Ask, place: &Place, form: Form) -> Result<AnswersPage, Error> {
    let answers = store::list_answers(conn, place.cohort.id, place.person.id)?;
    let path = path(place);
    Ok(AnswersPage {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        rows: answers.into_iter().map(|answer| row(place, &path, answer)).collect(),
        path,
        form,
    })
}

fn row(place: &Place, path: &str, answer: SavedAnswer) -> Row {
    let whose = match (answer.owner == place.person.id, answer.is_shared) {
        (true, false) => "Yours alone".into(),
        (true, true) if answer.cohort != place.cohort.id => "Yours, shared in another cohort".into(),
        (true, true) => "Yours, for the whole team".into(),
        (false, _) => format!("By {}, for the whole team", answer.author),
    };
    Row { href: format!("{path}/{}", answer.id), title: answer.title, body: answer.body, whose }
}

fn path(place: &Place) -> String {
    format!("{}/manage/answers", place.cohort.path())
}

pub async fn add(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&FIELDS)?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            match one_more(conn, &place, &fields)? {
                Ok(sent) => store::add_answer(conn, (place.cohort.id, place.person.id), sent.answer(), asked.now)?,
                Err(faults) => {
                    let page = list_page(conn, &asked, &place, Form::sent(&fields, faults))?;
                    return Err(Error::refused(page));
                }
            }
            Ok::<_, Error>(path(&place))
        })
        .await?;
    ask.done(to, "answer-saved")
}

fn one_more(conn: &mut Conn, place: &Place, fields: &Fields) -> Result<Result<Sent, Faults>, Error> {
    let sent = Sent::read(fields);
    if sent.is_ok() && store::count_own_answers(conn, place.person.id)? >= store::MOST_ANSWERS {
        let mut faults = Faults::default();
        faults.add("title", format!("You have {} saved answers. Remove one first", store::MOST_ANSWERS));
        return Ok(Err(faults));
    }
    Ok(sent)
}

/// One of them, for a facilitator who has it.
fn find(conn: &mut Conn, ask: &Ask, (cohort, id): &(String, String)) -> Result<(Place, SavedAnswer), Error> {
    let place = gate::facilitated(conn, ask, cohort)?;
    let id = number(id).map(SavedAnswerId).ok_or(Error::NotFound)?;
    let answer = store::find_answer(conn, place.cohort.id, place.person.id, id)?.ok_or(Error::NotFound)?;
    Ok((place, answer))
}

pub async fn show(ask: Ask, db: Data<Db>, way: Path<(String, String)>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| {
        let (place, answer) = find(conn, &asked, &way)?;
        Ok::<_, Error>(page(&asked, &place, &answer, Form::of(&answer)))
    });
    ask.page(page.await?)
}

fn page(ask: &Ask, place: &Place, answer: &SavedAnswer, form: Form) -> AnswerPage {
    let path = path(place);
    let own = format!("{path}/{}", answer.id);
    let is_elsewhere = answer.is_shared && answer.cohort != place.cohort.id;
    AnswerPage {
        frame: place.frame(ask),
        path,
        own,
        author: answer.author.clone(),
        shared_with: if is_elsewhere {
            "For every facilitator of the other cohort in which you shared it"
        } else {
            "For every facilitator of this cohort"
        },
        form,
    }
}

pub async fn change(ask: Ask, db: Data<Db>, way: Path<(String, String)>, fields: Fields) -> Answer {
    fields.only(&FIELDS)?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let (place, answer) = find(conn, &asked, &way)?;
            let sent = Sent::read(&fields)
                .map_err(|faults| Error::refused(page(&asked, &place, &answer, Form::sent(&fields, faults))))?;
            // Somebody else's text stays shared: taking it for oneself would take it from the team.
            let is_shared = sent.is_shared || answer.owner != place.person.id;
            let new = NewAnswer { is_shared, ..sent.answer() };
            store::change_answer(conn, (place.cohort.id, &answer), new, asked.now)?;
            Ok::<_, Error>(path(&place))
        })
        .await?;
    ask.done(to, "answer-saved")
}

pub async fn remove(ask: Ask, db: Data<Db>, way: Path<(String, String)>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let to = db
        .write(move |conn| {
            let (place, answer) = find(conn, &asked, &way)?;
            store::remove_answer(conn, answer.id)?;
            Ok::<_, Error>(path(&place))
        })
        .await?;
    ask.done(to, "answer-removed")
}
