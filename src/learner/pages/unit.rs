//! `/cohorts/{cohort}/units/{unit}`: what a unit is for, its steps, its practice, and where it is talked about.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Visit, note_visit};
use crate::cohort::gate;
use crate::learner::course::{Course, State, kept};
use crate::learner::here::unit_number;
use crate::learner::mark::{StepRow, rows};
use crate::learner::{Link, step_number, step_path, unit_path};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::duration;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Practice};
use crate::schedule::gate::{OpenUnit, open_unit};

#[derive(Template)]
#[template(path = "learner/unit.html")]
struct Unit {
    frame: Frame,
    course: Link,
    eyebrow: String,
    title: String,
    lead: String,
    /// To whom the unit is not open yet, and until when. Empty: it is open.
    preview: String,
    outcomes: Vec<String>,
    steps: Vec<StepRow>,
    action: Option<Link>,
    practice: Option<PracticeView>,
    running_case_html: String,
    prompt: String,
    discussions: String,
    print: String,
    share: Option<(usize, usize)>,
    state: State,
    opened: String,
    live: String,
    portfolio: String,
    /// Where the learner makes it. Empty: the reader is none.
    portfolio_href: String,
    /// The way to one's own card, in the unit where people meet. Empty elsewhere.
    card: String,
}

struct PracticeView {
    title: String,
    minutes: String,
    html: String,
}

impl From<&Practice> for PracticeView {
    fn from(practice: &Practice) -> Self {
        Self { title: practice.title.clone(), minutes: duration(practice.minutes), html: practice.html.clone() }
    }
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (page, visit) = db.read(move |conn| load(conn, &asked, &catalogue, &path)).await?;
    note_visit(&db, visit);
    ask.page(page)
}

/// Since when it is open; to a learner with early access, when it will be to the others.
fn opened(open: &OpenUnit<'_>, zone: &Zone, now: Instant) -> String {
    let at = zone.plain(open.opens_at);
    match open.preview {
        true => String::new(),
        false if now < open.opens_at => format!("Open to you. The others see it from {at}"),
        false => format!("Opened {at}"),
    }
}

/// Three queries.
fn load(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (cohort, number): &(String, String),
) -> Result<(Unit, Visit), Error> {
    let place = gate::place(conn, ask, cohort)?;
    let kept = kept(conn, &place)?;
    let open = open_unit(ask, &place, catalogue, &kept.releases, unit_number(number)?)?;
    let course = Course::new(&place, open.programme, &kept, ask.now);
    let unit = open.unit;
    let standing = course.progress.units.iter().find(|u| u.unit.number == unit.number).ok_or(Error::NotFound)?;
    let counts = place.learner().is_some();
    let first_left = standing.left(&kept.done).next();
    let next = first_left.filter(|_| course.next_step().is_some());
    let zone = &place.cohort.zone;
    let week = if unit.number == 0 { unit.label() } else { format!("{} of {}", unit.label(), open.programme.weeks()) };
    let page = Unit {
        frame: place.frame(ask),
        course: Link::new(place.cohort.path(), "Programme"),
        eyebrow: format!("{week} · {} · {}", unit.block, duration(unit.minutes)),
        title: unit.title.clone(),
        lead: unit.summary.clone(),
        preview: match open.preview {
            true => format!("Learners see this unit from {}.", zone.plain_with_year(open.opens_at)),
            false => String::new(),
        },
        outcomes: unit.outcomes.clone(),
        steps: rows(&place.cohort, unit, counts.then_some(&kept.done), next.map(|step| &step.slug)),
        action: next.map(|step| {
            let verb = if standing.share.done == 0 { "Start" } else { "Continue" };
            Link::new(step_path(&place.cohort, unit, step), format!("{verb} with step {}", step_number(unit, step)))
        }),
        practice: unit.practice.as_ref().map(Into::into),
        running_case_html: unit.running_case_html.clone(),
        prompt: unit.prompt.clone(),
        discussions: format!("{}/discussions?unit={}", place.cohort.path(), unit.number),
        print: format!("{}/print", unit_path(&place.cohort, unit)),
        share: counts.then_some((standing.share.done, standing.share.of)),
        state: course.state(standing),
        opened: opened(&open, zone, ask.now),
        live: unit.live.as_ref().map(|l| format!("Live session {}: {}", l.number, l.title)).unwrap_or_default(),
        portfolio: unit.portfolio.clone().unwrap_or_default(),
        portfolio_href: match place.learner() {
            Some(_) => format!("{}/portfolio/{}", place.cohort.path(), unit.number),
            None => String::new(),
        },
        card: match &place.enrolment {
            Some(_) if unit.number == 0 => format!("{}/people/me", place.cohort.path()),
            _ => String::new(),
        },
    };
    Ok((page, Visit::of(&place, ask.now)))
}
