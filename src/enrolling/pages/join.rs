//! `/cohorts/{cohort}/join`: joining, with a code where one is asked for; asking for a place; and how one's wish stands.

use actix_web::web::{Data, Path};
use askama::Template;

use super::CodeLimit;
use crate::accounts::Person;
use crate::accounts::gate::{person, signed_in};
use crate::cohort::{self, Cohort, Joining, zone_in_words};
use crate::enrolling::line::has_closed;
use crate::enrolling::usher::{Came, Usher};
use crate::enrolling::{Places, Request, Settings, Wish, join_path, store};
use crate::platform::db::{Conn, Db};
use crate::platform::text::{EmailAddress, Slug, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::Content;

const LONGEST_WHY: usize = 300;
/// A code is shorter.
const LONGEST_CODE: usize = 40;

#[derive(Template)]
#[template(path = "enrolling/join.html")]
struct Join {
    frame: Frame,
    faults: Faults,
    cohort: Heading,
    title: String,
    /// What to know before, besides what every course says. Empty: nothing.
    note: String,
    code: Option<Field>,
    why: Option<Field>,
    button: &'static str,
}

/// Instead of the form: why there is none.
#[derive(Template)]
#[template(path = "enrolling/standing.html")]
struct Standing {
    frame: Frame,
    cohort: Heading,
    title: String,
    lead: String,
    /// From the facilitators. Empty: none.
    words: String,
    /// What takes the wish back. Empty: nothing does.
    take_back: &'static str,
}

struct Heading {
    path: String,
    name: String,
    starts: String,
    zone: String,
}

impl Heading {
    fn of(cohort: &Cohort) -> Self {
        Self {
            path: cohort.path(),
            name: cohort.name.clone(),
            starts: day_in_words(cohort.starts_on),
            zone: zone_in_words(&cohort.zone),
        }
    }
}

/// How somebody stands to a cohort.
enum Way {
    /// They are in it.
    Joined(Cohort),
    Outside(Box<Outside>),
}

/// Somebody before a cohort that they may join or ask for.
struct Outside {
    person: Person,
    cohort: Cohort,
    settings: Settings,
    wish: Option<Request>,
}

pub async fn show(ask: Ask, db: Data<Db>, slug: Path<String>) -> Answer {
    let asked = ask.clone();
    let sent = ask.parameters()?;
    sent.only(&["code"])?;
    let view = db.read(move |conn| match way(conn, &asked, &slug)? {
        Way::Joined(cohort) => Ok(View::Course(cohort.path())),
        Way::Outside(outside) => outside.view(conn, &asked, &sent, Faults::default()),
    });
    match view.await? {
        View::Course(path) => ask.done(path, ""),
        View::Join(page) => ask.page(*page),
        View::Standing(page) => ask.page(*page),
    }
}

pub async fn submit(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    codes: Data<CodeLimit>,
    slug: Path<String>,
    fields: Fields,
) -> Answer {
    fields.only(&["code", "why"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, flash) = db
        .write(move |conn| match way(conn, &asked, &slug)? {
            Way::Joined(cohort) => Ok::<_, Error>((cohort.path(), "")),
            Way::Outside(outside) => {
                let usher = Usher { catalogue: &catalogue, base_url: &asked.site.base_url, now: asked.now };
                outside.come(conn, &asked, &usher, &codes, &fields)
            }
        })
        .await?;
    ask.done(to, flash)
}

/// Takes back what was asked for, or leaves the line.
pub async fn take_back(ask: Ask, db: Data<Db>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let path = db
        .write(move |conn| {
            let person = signed_in(conn, &asked)?;
            let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
            let cohort = cohort::store::find(conn, &slug)?.ok_or(Error::NotFound)?;
            let wish = store::find_wish(conn, cohort.id, person.id)?.ok_or(Error::NotFound)?;
            store::decide(conn, wish.id, &[Wish::Asked, Wish::Waiting], Wish::TakenBack, "", asked.now)?;
            // By invitation only, there is no page to come back to.
            Ok::<_, Error>(if cohort.joining == Joining::Invitation { "/".into() } else { join_path(&cohort) })
        })
        .await?;
    ask.done(path, "place-taken-back")
}

/// A cohort by invitation does not exist for whoever is not in it and waits for nothing there. Four queries.
fn way(conn: &mut Conn, ask: &Ask, slug: &str) -> Result<Way, Error> {
    let sign_in = || Error::SignIn { next: with_code(ask) };
    let person = person(conn, ask)?.ok_or_else(sign_in)?;
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    let (cohort, enrolment) = cohort::store::cohort_and_enrolment(conn, &slug, person.id)?.ok_or(Error::NotFound)?;
    if enrolment.is_some() {
        return Ok(Way::Joined(cohort));
    }
    let wish = store::find_wish(conn, cohort.id, person.id)?;
    let waits = wish.as_ref().is_some_and(|wish| matches!(wish.wish, Wish::Asked | Wish::Waiting));
    if cohort.joining == Joining::Invitation && !waits {
        return Err(Error::NotFound);
    }
    let settings = store::settings(conn, cohort.id)?;
    Ok(Way::Outside(Box::new(Outside { person, cohort, settings, wish })))
}

/// Whoever signs in first comes back with the code of the address that they were given.
fn with_code(ask: &Ask) -> String {
    if ask.page == ask.path && !ask.query.is_empty() { format!("{}?{}", ask.page, ask.query) } else { ask.page.clone() }
}

/// What somebody who asks for the page gets.
enum View {
    /// They are in already.
    Course(String),
    Join(Box<Join>),
    Standing(Box<Standing>),
}

impl Outside {
    /// What they do, and where they are led with which word.
    fn come(
        &self,
        conn: &mut Conn,
        ask: &Ask,
        usher: &Usher<'_>,
        codes: &CodeLimit,
        fields: &Fields,
    ) -> Result<(String, &'static str), Error> {
        // Read again under the lock: the limit may have changed, or the same form come twice.
        store::lock(conn, self.cohort.id)?;
        let Way::Outside(now) = way(conn, ask, self.cohort.slug.as_str())? else {
            return Ok((self.cohort.path(), ""));
        };
        if now.standing().is_some() || !now.is_welcome() {
            return Ok((join_path(&self.cohort), ""));
        }
        let mut faults = Faults::default();
        match now.cohort.joining {
            Joining::Invitation => return Err(Error::NotFound),
            Joining::Open => {}
            Joining::Code => {
                codes.count(now.person.id)?;
                let code = fields.get("code");
                if code.len() > LONGEST_CODE || !now.settings.code.as_ref().is_some_and(|right| right.is(code)) {
                    faults.add("code", "Check the code: this one does not open the course");
                }
            }
            Joining::Approval => {
                if let Some(why) = faults.check("why", why(fields.get("why"))) {
                    store::set_wish(conn, now.cohort.id, now.person.id, (Wish::Asked, Some(&why)), ask.now)?;
                    return Ok((join_path(&now.cohort), "place-asked"));
                }
            }
        }
        if !faults.is_empty() {
            return Err(now.refused(conn, ask, fields, faults)?);
        }
        Ok(match usher.come_in(conn, now.cohort.id, now.person.id, &now.settings)? {
            Came::In | Came::Already => (now.cohort.path(), "joined"),
            Came::InLine => (join_path(&now.cohort), "place-line"),
        })
    }

    fn is_welcome(&self) -> bool {
        EmailAddress::parse(&self.person.email).is_ok_and(|email| self.settings.domains.welcome(email.key()))
    }

    /// The wish that has to be answered before anything else can be wished.
    fn standing(&self) -> Option<&Request> {
        let wish = self.wish.as_ref()?;
        let stands = match wish.wish {
            Wish::Asked | Wish::Waiting => true,
            Wish::Declined => self.cohort.joining == Joining::Approval,
            Wish::Placed | Wish::TakenBack => false,
        };
        stands.then_some(wish)
    }

    /// Up to five more queries.
    fn view(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, faults: Faults) -> Result<View, Error> {
        if let Some(wish) = self.standing() {
            let place = match wish.wish {
                Wish::Waiting if !has_closed(conn, &self.cohort, ask.now)? => {
                    Some(store::place_in_line(conn, self.cohort.id, wish)?)
                }
                _ => None,
            };
            return Ok(View::Standing(Box::new(self.told(ask, wish, place))));
        }
        if !self.is_welcome() {
            return Ok(View::Standing(Box::new(self.elsewhere(ask))));
        }
        let room = self.room(conn, ask)?;
        Ok(View::Join(Box::new(self.form(ask, fields, faults, room))))
    }

    fn refused(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, faults: Faults) -> Result<Error, Error> {
        let room = self.room(conn, ask)?;
        Ok(Error::refused(self.form(ask, fields, faults, room)))
    }

    /// The places, and how many people wait for one.
    fn room(&self, conn: &mut Conn, ask: &Ask) -> Result<(Places, i64), Error> {
        let places = store::places(conn, self.cohort.id, &self.settings, ask.now)?;
        let waiting = match places.limit {
            Some(_) => store::count_requests(conn, self.cohort.id, Wish::Waiting)?,
            None => 0,
        };
        Ok((places, waiting))
    }

    fn form(&self, ask: &Ask, fields: &Fields, faults: Faults, (places, waiting): (Places, i64)) -> Join {
        let name = &self.cohort.name;
        let is_full = places.free().is_some_and(|free| free <= waiting);
        let asks = self.cohort.joining == Joining::Approval;
        let note = match (asks, is_full) {
            (true, false) => "The facilitators read each request and decide. Their answer comes by mail.".to_owned(),
            (true, true) => {
                format!(
                    "{} Whom the facilitators accept waits for the next; their answer comes by mail.",
                    full(waiting)
                )
            }
            (false, true) => {
                format!("{} The first in line gets the next free place by itself, with a mail.", full(waiting))
            }
            (false, false) => String::new(),
        };
        let code = (self.cohort.joining == Joining::Code).then(|| {
            Field::new("code", "Enrolment code")
                .hint("Two groups of five letters and numbers, as the organisers gave it to you.")
                .sent(fields, &faults)
        });
        let why = asks.then(|| {
            Field::new("why", "Why you would like to take part (if you wish to say)")
                .hint("One or two sentences. The facilitators and the administrators read it.")
                .sent(fields, &faults)
        });
        Join {
            frame: Frame::of_person(ask, &self.person.name),
            cohort: Heading::of(&self.cohort),
            title: if asks { format!("Ask for a place in {name}") } else { format!("Join {name}") },
            note,
            code,
            why,
            button: match (asks, is_full) {
                (true, _) => "Ask for a place",
                (false, true) => "Join the waiting list",
                (false, false) => "Join this course",
            },
            faults,
        }
    }

    /// `place`: in line. None: the course has closed, or they stand in no line.
    fn told(&self, ask: &Ask, wish: &Request, place: Option<i64>) -> Standing {
        let zone = &self.cohort.zone;
        let (title, lead, take_back) = match (wish.wish, place) {
            (Wish::Waiting, None) => (
                "This course has closed".to_owned(),
                "You were on the waiting list, and no place came free in time.".to_owned(),
                "Leave the waiting list",
            ),
            (Wish::Waiting, Some(place)) => (
                format!("You are number {place} on the waiting list"),
                "Every place is taken just now. The first in line gets the next free place by itself, and a mail tells you."
                    .to_owned(),
                "Leave the waiting list",
            ),
            (Wish::Declined, _) => {
                ("You have no place in this course".into(), "The facilitators could not give you one.".into(), "")
            }
            _ => (
                "You have asked for a place".into(),
                format!("You asked {}. The facilitators’ answer comes by mail.", zone.plain(wish.since)),
                "Take the request back",
            ),
        };
        let frame = Frame::of_person(ask, &self.person.name);
        Standing { frame, cohort: Heading::of(&self.cohort), title, lead, words: wish.answer.clone(), take_back }
    }

    fn elsewhere(&self, ask: &Ask) -> Standing {
        Standing {
            frame: Frame::of_person(ask, &self.person.name),
            cohort: Heading::of(&self.cohort),
            title: format!("{} is for other addresses", self.cohort.name),
            lead: format!(
                "You are signed in as {}. To join this course you need an email address at {}. If you have one, sign out \
                 and make an account with it.",
                self.person.email,
                self.settings.domains.in_words()
            ),
            words: String::new(),
            take_back: "",
        }
    }
}

fn full(waiting: i64) -> String {
    match waiting {
        0 => "Every place is taken just now.".into(),
        1 => "Every place is taken just now, and one person waits.".into(),
        many => format!("Every place is taken just now, and {many} people wait."),
    }
}

/// It may be left empty.
fn why(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Ok(String::new()) } else { line(text, LONGEST_WHY, "your reason") }
}
