//! `/`: for whoever learns, the very next step; for facilitators their cohorts; for visitors what there is to join.

use std::sync::Arc;

use actix_web::web::Data;
use askama::Template;

use super::{Visit, note_visit};
use crate::accounts::{Person, gate};
use crate::announcement::pages::{News, newest};
use crate::cohort::{Cohort, Place, Role, store as cohorts};
use crate::learner::course::{Band, Course, Opening, State, kept};
use crate::learner::mark::{StepRow, rows};
use crate::learner::news::{Meeting, NewPosts, new_posts, next_meeting};
use crate::learner::trellis::{self, Trellis};
use crate::learner::{calendar_path, words};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::duration;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::day_in_words;
use crate::programme::{Catalogue, Content, Programme};
use crate::{discussion, live};

/// A learner's home.
#[derive(Template)]
#[template(path = "learner/home.html")]
struct Home {
    frame: Frame,
    band: Band,
    trellis: Trellis,
    week: Option<Week>,
    next: Option<Opening>,
    news: Option<News>,
    meeting: Option<Meeting>,
    new_posts: Vec<NewPosts>,
    calendar: String,
    share: (usize, usize),
    weeks_title: String,
    weeks: Vec<WeekRow>,
    courses: Courses,
}

/// The newest open unit at a glance.
struct Week {
    title: &'static str,
    /// `About 1 hour 20 minutes are left.`
    left: String,
    rows: Vec<StepRow>,
    /// `In your network this week, 25 minutes: …`
    practice: String,
}

struct WeekRow {
    number: u16,
    title: String,
    href: String,
    opens: String,
    state: State,
}

/// Without a course to continue: cohorts one facilitates, and what one could join.
#[derive(Template)]
#[template(path = "learner/welcome.html")]
struct Welcome {
    frame: Frame,
    title: String,
    lead: String,
    courses: Courses,
    open: Vec<Open>,
}

/// For a visitor.
#[derive(Template)]
#[template(path = "learner/front.html")]
struct Front {
    frame: Frame,
    trellis: Trellis,
    programmes: Vec<Offer>,
}

/// A programme, and the cohorts of it that may be joined.
struct Offer {
    title: String,
    lead: String,
    effort: String,
    href: String,
    open: Vec<Open>,
}

struct Open {
    name: String,
    starts: String,
    href: String,
}

/// The cohorts that somebody is in besides the one on top.
#[derive(Default)]
struct Courses {
    learns: Vec<Card>,
    facilitates: Vec<Card>,
    is_administrator: bool,
}

struct Card {
    name: String,
    path: String,
    starts: String,
}

enum Shown {
    Home(Box<Home>, Visit),
    Welcome(Welcome),
    Front(Front),
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    match db.read(move |conn| load(conn, &asked, &catalogue)).await? {
        Shown::Home(page, visit) => {
            note_visit(&db, visit);
            ask.page(*page)
        }
        Shown::Welcome(page) => ask.page(page),
        Shown::Front(page) => ask.page(page),
    }
}

/// A learner's home takes six queries, an administrator's one more; a visitor's takes one.
fn load(conn: &mut Conn, ask: &Ask, catalogue: &Arc<Catalogue>) -> Result<Shown, Error> {
    let Some(person) = gate::person(conn, ask)? else {
        return Ok(Shown::Front(front(conn, ask, catalogue)?));
    };
    let own = cohorts::list_own(conn, person.id)?;
    let places: Vec<Place> = own
        .into_iter()
        .map(|(cohort, enrolment)| Place { cohort, person: person.clone(), enrolment: Some(enrolment), looking: None })
        .collect();
    let all = person.is_administrator.then(|| cohorts::list_all(conn, None, 20)).transpose()?;
    let Some((place, programme)) = to_continue(&places, catalogue) else {
        return Ok(Shown::Welcome(welcome(conn, ask, &person, &places, all)?));
    };
    let kept = kept(conn, place)?;
    let course = Course::new(place, programme, &kept, ask.now);
    let mut page = home(ask, &course, courses(&places, Some(place), all, ask.now));
    page.news = newest(conn, place, ask.now)?;
    page.meeting = next_meeting(&course, &live::store::list(conn, place.cohort.id)?, ask.now);
    if let Some(learner) = place.learner() {
        page.new_posts = new_posts(&course, discussion::store::list_news(conn, learner)?);
    }
    Ok(Shown::Home(Box::new(page), Visit::of(place, ask.now)))
}

/// The course where the person was last, of those they learn in.
fn to_continue<'a>(places: &'a [Place], catalogue: &'a Catalogue) -> Option<(&'a Place, &'a Programme)> {
    let learns = places.iter().filter(|place| place.learner().is_some());
    let taught = learns.filter_map(|place| Some((place, catalogue.programme(&place.cohort.programme)?)));
    taught.max_by_key(|(place, _)| place.enrolment.as_ref().map(|e| e.last_seen_at.unwrap_or(e.enrolled_at)))
}

fn home(ask: &Ask, course: &Course<'_>, courses: Courses) -> Home {
    let share = course.progress.share;
    Home {
        frame: course.place.frame(ask),
        band: course.band(),
        trellis: trellis::drawing(&course.progress),
        week: week(course),
        next: course.next_opening(),
        news: None,
        meeting: None,
        new_posts: Vec::new(),
        calendar: calendar_path(&course.place.cohort),
        share: (share.done, share.of),
        weeks_title: format!("Your {}", crate::platform::text::count(course.programme.weeks(), "week")),
        weeks: weeks(course),
        courses,
    }
}

fn week(course: &Course<'_>) -> Option<Week> {
    let unit = course.progress.newest()?.unit;
    let next = course.next_step().filter(|(u, _)| u.number == unit.number).map(|(_, step)| &step.slug);
    let practice = unit.practice.as_ref().map(|practice| {
        format!("In your network this week, {}: {}.", duration(practice.minutes), practice.title.trim_end_matches('.'))
    });
    Some(Week {
        title: if unit.number == 0 { "The orientation at a glance" } else { "This week at a glance" },
        left: match course.progress.newest()?.left(&course.kept.done).map(|step| step.minutes).sum() {
            0 => "Everything is done.".into(),
            minutes => format!("About {} left.", duration(minutes)),
        },
        rows: rows(&course.place.cohort, unit, Some(&course.kept.done), next),
        practice: practice.unwrap_or_default(),
    })
}

fn weeks(course: &Course<'_>) -> Vec<WeekRow> {
    let weekly = course.progress.units.iter();
    weekly
        .map(|u| WeekRow {
            number: u.unit.number,
            title: u.unit.title.clone(),
            href: course.unit_path(u.unit),
            opens: u.release.map(|r| day_in_words(r.local_time.date())).unwrap_or_default(),
            state: match u.release {
                Some(release) if !u.is_open() && !release.held => State { words: opens_at(course, release), class: "" },
                _ => course.state(u),
            },
        })
        .collect()
}

/// `Opens at 9am GMT`: the day stands in a column of its own.
fn opens_at(course: &Course<'_>, release: &crate::schedule::Release) -> String {
    let zone = &course.place.cohort.zone;
    let hour = crate::platform::zone::hour_in_words(release.local_time.time());
    format!("Opens at {hour}\u{a0}{}", zone.abbreviation(release.opens_at))
}

/// `all`: every cohort, for an administrator.
fn courses(places: &[Place], on_top: Option<&Place>, all: Option<Vec<Cohort>>, now: Instant) -> Courses {
    let cards = |role: Role| -> Vec<Card> {
        let others = places.iter().filter(|p| on_top.is_none_or(|top| top.cohort.id != p.cohort.id));
        others.filter(|p| p.enrolment.as_ref().is_some_and(|e| e.role == role)).map(|p| card(&p.cohort, now)).collect()
    };
    let mut facilitates = cards(Role::Facilitator);
    let enrolled = |cohort: &Cohort| places.iter().any(|p| p.cohort.id == cohort.id);
    facilitates.extend(all.iter().flatten().filter(|cohort| !enrolled(cohort)).map(|cohort| card(cohort, now)));
    Courses { learns: cards(Role::Learner), facilitates, is_administrator: all.is_some() }
}

fn card(cohort: &Cohort, now: Instant) -> Card {
    Card { name: cohort.name.clone(), path: cohort.path(), starts: starts(cohort, now) }
}

/// `Starts Monday 11 January 2027`.
fn starts(cohort: &Cohort, now: Instant) -> String {
    let begun = cohort.zone.local_date(now) >= cohort.starts_on;
    let word = if begun { "Started" } else { "Starts" };
    format!("{word} {} {}", day_in_words(cohort.starts_on), cohort.starts_on.format("%Y"))
}

fn welcome(
    conn: &mut Conn,
    ask: &Ask,
    person: &Person,
    places: &[Place],
    all: Option<Vec<Cohort>>,
) -> Result<Welcome, Error> {
    let courses = courses(places, None, all, ask.now);
    let open = match courses.facilitates.is_empty() {
        true => open_cohorts(conn, ask)?.into_iter().map(|cohort| open(&cohort, ask.now)).collect(),
        false => Vec::new(),
    };
    let (title, lead) = match (courses.facilitates.is_empty(), open.is_empty()) {
        (false, _) => {
            ("Your cohorts".to_owned(), "Who is where, what opens next, and which mails went out.".to_owned())
        }
        (true, false) => ("Choose a course to join".into(), "You are in no course yet.".into()),
        (true, true) => (
            "You are in no course yet".into(),
            "No course is open to join just now. If somebody invited you, follow the link in their mail.".into(),
        ),
    };
    let facilitated = places.iter().find(|place| place.facilitates());
    let frame = facilitated.map_or_else(|| Frame::of_person(ask, &person.name), |place| place.frame(ask));
    Ok(Welcome { frame, title, lead, courses, open })
}

fn front(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue) -> Result<Front, Error> {
    let cohorts = open_cohorts(conn, ask)?;
    let offer = |programme: &Programme| Offer {
        title: programme.title.clone(),
        lead: programme.lead.clone(),
        effort: words::sentence(&programme.effort),
        href: format!("/programmes/{}", programme.slug),
        open: cohorts.iter().filter(|c| c.programme == programme.slug).map(|c| open(c, ask.now)).collect(),
    };
    Ok(Front {
        frame: Frame::plain(ask),
        trellis: trellis::adornment(),
        programmes: catalogue.programmes.values().map(offer).collect(),
    })
}

fn open_cohorts(conn: &mut Conn, ask: &Ask) -> Result<Vec<Cohort>, Error> {
    Ok(cohorts::list_open(conn, ask.now.utc().date_naive())?)
}

fn open(cohort: &Cohort, now: Instant) -> Open {
    Open { name: cohort.name.clone(), starts: starts(cohort, now), href: format!("{}/join", cohort.path()) }
}
