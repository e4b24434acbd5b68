//! `/admin/people`: everybody with an account, by name.

use actix_web::web::Data;
use askama::Template;

use super::{frame, number};
use crate::accounts::AccountId;
use crate::accounts::gate::administrator;
use crate::admin::store::{self, After, Wanted};
use crate::admin::{Holder, Show};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Field, Fields, Frame};
use crate::platform::zone::day_in_words;

const PAGE: usize = 50;
/// The longest that is looked for, in characters.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "admin/people.html")]
struct People {
    frame: Frame,
    show: Field,
    shows: Vec<(String, String)>,
    words: Field,
    rows: Vec<Row>,
    is_filtered: bool,
    next: Option<String>,
    /// Where the same list begins; none: here.
    first: Option<String>,
}

struct Row {
    name: String,
    path: String,
    email: String,
    states: Vec<(&'static str, &'static str)>,
    since: String,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let sent = ask.parameters()?;
    sent.only(&["show", "words", "after", "from"])?;
    let (wanted, after) = (wanted(&sent)?, after(&sent)?);
    let (asked, filter, from) = (ask.clone(), wanted.clone(), after.clone());
    let (person, mut people) = db
        .report(move |conn| {
            let person = administrator(conn, &asked)?;
            Ok::<_, Error>((person, store::list_people(conn, &filter, from.as_ref(), PAGE as i64 + 1)?))
        })
        .await?;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    let address =
        |query: String| if query.is_empty() { "/admin/people".into() } else { format!("/admin/people?{query}") };
    ask.page(People {
        frame: frame(&ask, &person),
        show: Field::new("show", "Show").value(sent.get("show")),
        shows: shows(),
        words: Field::new("words", "Name or email address").value(sent.get("words")),
        is_filtered: wanted.show.is_some() || !wanted.words.is_empty(),
        next: people.last().filter(|_| more).map(|last| address(query(&sent, Some(last)))),
        first: after.map(|_| address(query(&sent, None))),
        rows: people.into_iter().map(row).collect(),
    })
}

fn wanted(sent: &Fields) -> Result<Wanted, Error> {
    let show = match sent.get("show") {
        "" => None,
        word => Some(word.parse().map_err(|_| Error::BadRequest("The address asks for people that there are not."))?),
    };
    let words = sent.get("words").trim().chars().take(LONGEST).collect::<String>().to_lowercase();
    Ok(Wanted { show, words })
}

fn after(sent: &Fields) -> Result<Option<After>, Error> {
    match sent.get("after") {
        "" => Ok(None),
        id => Ok(Some(After { id: AccountId(number(id)?), name: sent.get("from").to_owned() })),
    }
}

/// The filter as an address carries it, and where the next page begins.
fn query(sent: &Fields, last: Option<&Holder>) -> String {
    let kept = ["show", "words"].map(|name| (name, sent.get(name).to_owned()));
    let place = last.map(|last| [("after", last.id.to_string()), ("from", last.name.clone())]);
    let all = kept.into_iter().chain(place.into_iter().flatten()).filter(|(_, value)| !value.is_empty());
    serde_urlencoded::to_string(all.collect::<Vec<_>>()).unwrap_or_default()
}

fn shows() -> Vec<(String, String)> {
    let all = Show::ALL.iter().map(|show| (show.to_string(), show.label().to_owned()));
    std::iter::once((String::new(), "Everybody".to_owned())).chain(all).collect()
}

fn row(holder: Holder) -> Row {
    let day = holder.created_at.utc().date_naive();
    Row {
        path: holder.path(),
        states: holder.states(),
        since: format!("{} {}", day_in_words(day), day.format("%Y")),
        name: holder.name,
        email: holder.email,
    }
}
