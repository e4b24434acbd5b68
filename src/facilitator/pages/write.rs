//! Writing to some learners by mail: those who were ticked in the table, or all whom it shows. Before it is sent one sees who
//! gets it and who does not, and why.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use actix_web::web::{Data, Path};
use askama::Template;

use super::learners::with_query;
use super::wanted::{Chosen, FIELDS};
use crate::announcement::store::{add_for_chosen, list_people};
use crate::announcement::{body, refusal, title};
use crate::audit::{self, Act, Deed};
use crate::cohort::store::Recipient;
use crate::cohort::{EnrolmentId, Place, gate};
use crate::facilitator::store;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::Secret;
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::programme::{Catalogue, Content, Written};

/// The fields besides those of the table's filter. `to` is `all` where everybody whom the filter shows is meant.
const OWN: &[&str] = &["learner", "to", "title", "body", "key", "seen", "back"];
/// So many names are listed; how many more there are is said.
const NAMES: usize = 200;

#[derive(Template)]
#[template(path = "facilitator/write.html")]
struct WritePage {
    frame: Frame,
    faults: Faults,
    path: String,
    learners: String,
    people: People,
    hidden: Vec<(String, String)>,
    title: Field,
    body: Field,
}

#[derive(Template)]
#[template(path = "facilitator/write_preview.html")]
struct Preview {
    frame: Frame,
    faults: Faults,
    path: String,
    learners: String,
    people: People,
    hidden: Vec<(String, String)>,
    title: String,
    html: String,
    author: String,
}

/// Who gets it, and who does not.
struct People {
    /// `To 34 learners`
    summary: String,
    names: Vec<String>,
    more: usize,
    left_out: Vec<(String, &'static str)>,
    more_left_out: usize,
    is_nobody: bool,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let sent = ask.parameters()?;
    let page = db.report(move |conn| {
        let letter = Letter::read(conn, &asked, &catalogue, &cohort, &sent)?;
        Ok::<_, Error>(letter.form(&asked, &sent, Faults::default()))
    });
    ask.page(page.await?)
}

/// Shows what would be sent and to whom, and sends nothing; with `back` it shows the form again.
pub async fn preview(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue, words) = (ask.clone(), content.current(), Words::read(&fields));
    if fields.has("back") {
        let page = db.report(move |conn| {
            let letter = Letter::read(conn, &asked, &catalogue, &cohort, &fields)?;
            Ok::<_, Error>(letter.form(&asked, &fields, Faults::default()))
        });
        return ask.page(page.await?);
    }
    let page = db.report(move |conn| {
        let letter = Letter::read(conn, &asked, &catalogue, &cohort, &fields)?;
        let (title, body) = words.checked(&letter).map_err(|faults| letter.refused(&asked, &fields, faults))?;
        Ok::<_, Error>(letter.preview(&asked, &fields, title, &body, Faults::default()))
    });
    ask.page(page.await?)
}

pub async fn send(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue, words) = (ask.clone(), content.current(), Words::read(&fields));
    let to = db
        .write(move |conn| {
            let letter = Letter::read(conn, &asked, &catalogue, &cohort, &fields)?;
            let (title, body) = words.checked(&letter).map_err(|faults| letter.refused(&asked, &fields, faults))?;
            if fields.get("seen") != letter.seen() {
                let mut faults = Faults::default();
                faults.add("to", "Who gets it has changed since you looked. Check the list, and send it again");
                return Err(Error::refused(letter.preview(&asked, &fields, title, &body, faults)));
            }
            letter.keep(conn, &asked, &fields, &title, &body)?;
            Ok(letter.learners())
        })
        .await?;
    ask.done(to, "learners-told")
}

/// Title and body are read before the database, for rendering takes time.
struct Words {
    title: Result<String, String>,
    body: Result<Written, String>,
}

impl Words {
    fn read(fields: &Fields) -> Self {
        Self { title: title(fields.get("title")), body: body(fields.get("body")) }
    }

    fn checked(self, letter: &Letter) -> Result<(String, Written), Faults> {
        let mut faults = Faults::default();
        let (title, body) = (faults.check("title", self.title), faults.check("body", self.body));
        if letter.reached().next().is_none() {
            faults.add("to", "Nobody would get it. Go back and choose others");
        }
        title.zip(body).filter(|_| faults.is_empty()).ok_or(faults)
    }
}

/// Somebody who may write, and the people whom they chose.
struct Letter {
    place: Place,
    people: Vec<Recipient>,
}

impl Letter {
    /// Those who were ticked, or all whom the filter shows if that is said: nobody is written to by leaving something away.
    fn read(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str, sent: &Fields) -> Result<Self, Error> {
        sent.only_if(|name| OWN.contains(&name) || FIELDS.contains(&name))?;
        let place = gate::facilitated(conn, ask, cohort)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let ticked: Result<Vec<_>, _> = sent.all("learner").map(|id| id.parse().map(EnrolmentId)).collect();
        let ticked = ticked.map_err(|_| Error::BadRequest("It names a learner in a way that we do not."))?;
        let ids = match sent.get("to") {
            "all" => {
                let wanted = Chosen::read(sent).wanted(programme, &place.cohort.zone, ask.now)?;
                let learners = store::list_learners(conn, place.cohort.id, &wanted, None, i64::MAX)?;
                learners.iter().map(|learner| learner.enrolment).collect()
            }
            _ => ticked,
        };
        let people = list_people(conn, place.cohort.id, &ids)?;
        Ok(Self { place, people })
    }

    fn learners(&self) -> String {
        format!("{}/manage/learners", self.place.cohort.path())
    }

    fn path(&self) -> String {
        format!("{}/write", self.learners())
    }

    /// Who gets it.
    fn reached(&self) -> impl Iterator<Item = &Recipient> {
        self.people.iter().filter(|to| refusal(to).is_none())
    }

    /// Stands for those who get it: other people, another text.
    fn seen(&self) -> String {
        let mut hasher = DefaultHasher::new();
        for to in self.reached() {
            to.enrolment.0.hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }

    fn keep(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, title: &str, body: &Written) -> Result<(), Error> {
        let key = Secret::parse(fields.get("key")).ok_or(Error::BadRequest("It is not one of our forms."))?.hash();
        let to: Vec<EnrolmentId> = self.reached().map(|to| to.enrolment).collect();
        let of = (self.place.cohort.id, self.place.person.id);
        if add_for_chosen(conn, of, key.as_str(), (title, body), &to, ask.now)? {
            let path = format!("{}/manage/announcements", self.place.cohort.path());
            let reason = format!("To {}", count(to.len(), "learner"));
            let deed = Deed { act: Act::WriteToLearners, subject: title, path: &path, reason: &reason, about: None };
            audit::store::note(conn, &self.place, deed, ask.now)?;
        }
        Ok(())
    }

    /// How the people were chosen, and what makes a form that is sent twice one mail.
    fn hidden(&self, sent: &Fields) -> Vec<(String, String)> {
        let choosing = |name: &str| name == "learner" || name == "to" || FIELDS.contains(&name);
        let chosen = sent.pairs().filter(|(name, value)| choosing(name) && !value.is_empty());
        let key = Secret::parse(sent.get("key")).unwrap_or_else(Secret::random);
        let key = ("key".to_owned(), key.as_str().to_owned());
        chosen.map(|(name, value)| (name.to_owned(), value.to_owned())).chain([key]).collect()
    }

    fn people(&self) -> People {
        let left_out = self.people.iter().filter_map(|to| Some((to.name.clone(), refusal(to)?)));
        let (reached, left) = (self.reached().count(), self.people.len() - self.reached().count());
        People {
            summary: match (reached, left) {
                (0, 0) => "You ticked nobody".into(),
                (0, _) => "Nobody gets it".into(),
                (n, 0) => format!("To {}", count(n, "learner")),
                (n, left) => format!("To {}; {left} of those you chose get none", count(n, "learner")),
            },
            names: self.reached().map(|to| to.name.clone()).take(NAMES).collect(),
            more: reached.saturating_sub(NAMES),
            left_out: left_out.take(NAMES).collect(),
            more_left_out: left.saturating_sub(NAMES),
            is_nobody: reached == 0,
        }
    }

    fn form(&self, ask: &Ask, sent: &Fields, faults: Faults) -> WritePage {
        let query = Chosen::read(sent).query();
        WritePage {
            frame: self.place.frame(ask),
            path: self.path(),
            learners: with_query(&self.learners(), &query),
            people: self.people(),
            hidden: self.hidden(sent),
            title: Field::new("title", "Subject").sent(sent, &faults),
            body: Field::new("body", "What you want to tell them")
                .hint("**Two stars** make bold; a line that begins with - is a list. Name no patient.")
                .sent(sent, &faults),
            faults,
        }
    }

    fn refused(&self, ask: &Ask, sent: &Fields, faults: Faults) -> Error {
        Error::refused(self.form(ask, sent, faults))
    }

    fn preview(&self, ask: &Ask, sent: &Fields, title: String, body: &Written, faults: Faults) -> Preview {
        let words = [("title", title.clone()), ("body", body.text().to_owned()), ("seen", self.seen())];
        let words = words.map(|(name, value)| (name.to_owned(), value));
        Preview {
            frame: self.place.frame(ask),
            faults,
            path: self.path(),
            learners: with_query(&self.learners(), &Chosen::read(sent).query()),
            people: self.people(),
            hidden: self.hidden(sent).into_iter().chain(words).collect(),
            html: body.html().to_owned(),
            title,
            author: self.place.person.name.clone(),
        }
    }
}
