//! `/cohorts/{cohort}/people`: facilitators, then learners by name; `?q=` shows who has a word in their name or on their
//! card.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Shown;
use crate::cohort::{EnrolmentId, gate};
use crate::people::{path, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::line;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};

/// How many people a page shows.
const PAGE: usize = 50;
/// Of the word that is looked for, in characters.
const LONGEST_WORD: usize = 100;

#[derive(Template)]
#[template(path = "people/list.html")]
struct People {
    frame: Frame,
    cohort: String,
    faults: Faults,
    path: String,
    /// `42 people`.
    how_many: String,
    word: Field,
    people: Vec<Shown>,
    /// What to read where nobody is listed. Empty: there is somebody.
    nothing: String,
    is_first: bool,
    next: Option<String>,
    /// Empty for whoever is not enrolled.
    own: String,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| load(conn, &asked, &cohort)).await?;
    ask.page(page)
}

/// Three queries; four after the first page.
fn load(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<People, Error> {
    let asked = ask.parameters()?;
    asked.only(&["q", "after"])?;
    let place = gate::place(conn, ask, cohort)?;
    let after = after(&asked)?;
    let mut faults = Faults::default();
    let word = match asked.get("q").trim() {
        "" => None,
        typed => faults.check("q", line(typed, LONGEST_WORD, "the word")),
    };
    let all = usize::try_from(store::count(conn, place.cohort.id)?).unwrap_or(0);
    let mut members = match faults.is_empty() {
        true => store::list(conn, place.cohort.id, word.as_deref(), after, PAGE as i64 + 1)?,
        false => Vec::new(),
    };
    let more = members.len() > PAGE;
    members.truncate(PAGE);
    let path = path(&place.cohort);
    let next = members.last().filter(|_| more).map(|last| next(&path, word.as_deref(), last.enrolment));
    let page = People {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        how_many: if all == 1 { "1 person".into() } else { format!("{all} people") },
        word: Field::new("q", "Find a name, or a word on a card").sent(&asked, &faults),
        nothing: nothing(members.is_empty(), word.as_deref()),
        people: members.iter().map(|member| Shown::new(&place, member)).collect(),
        is_first: after.is_none(),
        next,
        own: place.enrolment.as_ref().map(|_| format!("{path}/me")).unwrap_or_default(),
        faults,
        path,
    };
    if page.has_faults() { Err(Error::refused(page)) } else { Ok(page) }
}

impl People {
    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }
}

fn after(asked: &Fields) -> Result<Option<EnrolmentId>, Error> {
    match asked.get("after") {
        "" => Ok(None),
        text => Ok(Some(EnrolmentId(text.parse().map_err(|_| Error::BadRequest("'after' is a number."))?))),
    }
}

fn next(path: &str, word: Option<&str>, last: EnrolmentId) -> String {
    let pairs = word.map(|word| ("q", word.to_owned())).into_iter().chain([("after", last.to_string())]);
    let query = serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default();
    format!("{path}?{query}")
}

fn nothing(is_empty: bool, word: Option<&str>) -> String {
    match (is_empty, word) {
        (false, _) => String::new(),
        (true, Some(word)) => format!("Nobody’s name or card has ‘{word}’ in it."),
        (true, None) => "Nobody else is listed here.".into(),
    }
}
