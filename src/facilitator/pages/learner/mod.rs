//! One learner: what they have done and how it came to be, what they wrote, which reminders went to them, what the
//! facilitators of the cohort tell one another; what they alone are allowed, and their place in the course.

mod allowance;
mod notes;
mod place;

use actix_web::web::{Data, Path};
use askama::Template;
use diesel::QueryResult;

pub use allowance::{give_early_access, give_extra_time, take_early_access};
pub use notes::{remove_note, write_note};
pub use place::change_place;

use super::day;
use crate::audit::{self, Act, Deed};
use crate::cohort::{EnrolmentId, Place, gate};
use crate::completion::{self, Done, How};
use crate::draft;
use crate::facilitator::store::{self, OwnPost};
use crate::facilitator::{Learner, Stage};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::{Zone, day_in_words};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::reminder;
use crate::reminder::pages::own::Row as Reminder;
use crate::schedule::{self, Release};

/// How many posts and reminders are shown: the newest.
const POSTS: i64 = 10;
const REMINDERS: usize = 20;
const LONGEST_REASON: usize = 500;
/// The ids of the forms in the page.
const NOTE_FORM: &str = "team-note";

#[derive(Template)]
#[template(path = "facilitator/learner.html")]
struct LearnerPage {
    frame: Frame,
    faults: Faults,
    path: String,
    all: String,
    cohort: String,
    name: String,
    email: String,
    stage: Stage,
    facts: Vec<(&'static str, String)>,
    units: Vec<UnitLine>,
    posts: Vec<PostLine>,
    reminders: Vec<Reminder>,
    notes: Vec<NoteLine>,
    note: Field,
    note_draft: draft::Form,
    allowance: allowance::Forms,
    /// Why they are taken out, or brought back.
    reason: Field,
    card: String,
    /// Where one looks at the course with their eyes.
    look: String,
    enrolment: EnrolmentId,
}

struct UnitLine {
    title: String,
    state: String,
    steps: Vec<StepLine>,
}

/// A step that was done.
struct StepLine {
    title: String,
    /// `Monday 18 January 2027, 10:05 GMT, by a mark`
    how: String,
}

struct PostLine {
    href: String,
    thread: String,
    when: String,
    html: String,
    is_visible: bool,
}

struct NoteLine {
    author: String,
    when: String,
    body: String,
    remove: String,
}

type Address = Path<(String, String)>;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Address) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    ask.parameters()?.only(&[])?;
    let page = db.read(move |conn| Desk::find(conn, &asked, &catalogue, &path)?.page(conn, &asked));
    ask.page(page.await?)
}

/// A learner before a facilitator of their cohort.
struct Desk<'c> {
    place: Place,
    programme: &'c Programme,
    learner: Learner,
}

impl<'c> Desk<'c> {
    /// Two queries.
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, path: &(String, String)) -> Result<Self, Error> {
        let place = gate::facilitated(conn, ask, &path.0)?;
        let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
        let id = path.1.parse().map(EnrolmentId).map_err(|_| Error::NotFound)?;
        let learner = store::find_learner(conn, place.cohort.id, id, ask.now)?.ok_or(Error::NotFound)?;
        Ok(Self { place, programme, learner })
    }

    fn all(&self) -> String {
        format!("{}/manage/learners", self.place.cohort.path())
    }

    fn path(&self) -> String {
        format!("{}/{}", self.all(), self.learner.enrolment)
    }

    /// The page again, with what was typed in one of its forms and why it was not taken.
    fn refused(&self, conn: &mut Conn, ask: &Ask, fields: &Fields, faults: Faults) -> Result<Error, Error> {
        let page = self.page(conn, ask)?;
        let field_of = |field: Field| if faults.of(&field.id).is_empty() { field } else { field.sent(fields, &faults) };
        Ok(Error::refused(LearnerPage {
            note: field_of(page.note),
            reason: field_of(page.reason),
            allowance: page.allowance.refused(fields, &faults),
            faults,
            ..self.page(conn, ask)?
        }))
    }

    /// Notes what the facilitator did with this learner.
    fn note(&self, conn: &mut Conn, act: Act, reason: &str, now: Instant) -> QueryResult<()> {
        let deed =
            Deed { act, subject: &self.learner.name, path: &self.path(), reason, about: Some(self.learner.account) };
        audit::store::note(conn, &self.place, deed, now)
    }

    /// Six queries.
    fn page(&self, conn: &mut Conn, ask: &Ask) -> Result<LearnerPage, Error> {
        let (learner, zone, path) = (&self.learner, &self.place.cohort.zone, self.path());
        let allowed = schedule::store::list_allowed(conn, self.place.cohort.id, learner.enrolment)?;
        let (releases, early): (Vec<_>, Vec<_>) = allowed.into_iter().unzip();
        let done = completion::store::list_done(conn, learner.enrolment)?;
        let posts = store::list_posts(conn, learner.enrolment, POSTS)?;
        let reminders = reminder::store::list_own(conn, learner.enrolment)?;
        let notes = store::list_notes(conn, learner.enrolment)?;
        let kept = draft::store::of_page(conn, self.place.person.id, &path, zone, ask.now)?;
        let mut note = Field::new("note", "A note for the team").hint(
            "Facilitators of this cohort read it. The learner may ask for a copy, so write what they could read too.",
        );
        let mut note_draft = draft::Form::at(&path, NOTE_FORM, "kept");
        note_draft.bring_back(&kept, [&mut note]);
        Ok(LearnerPage {
            frame: self.place.frame(ask),
            faults: Faults::default(),
            all: self.all(),
            cohort: self.place.cohort.name.clone(),
            name: learner.name.clone(),
            email: learner.email.clone(),
            stage: learner.stage,
            facts: self.facts(ask.now),
            units: self.units(&releases, &done, ask.now),
            posts: posts.into_iter().map(|post| self.post(post, ask.now)).collect(),
            reminders: reminders
                .iter()
                .take(REMINDERS)
                .map(|entry| Reminder::new(entry, self.programme, zone, ask.now))
                .collect(),
            notes: notes
                .into_iter()
                .map(|note| NoteLine {
                    author: note.author,
                    when: zone.recent(note.written_at, ask.now),
                    body: note.body,
                    remove: format!("{path}/notes/{}/remove", note.id),
                })
                .collect(),
            note,
            note_draft,
            allowance: allowance::Forms::new(self, &releases, &early, ask.now),
            reason: self.reason(),
            card: format!("{}/people/{}", self.place.cohort.path(), learner.enrolment),
            look: format!("{}/manage/look", self.place.cohort.path()),
            enrolment: learner.enrolment,
            path,
        })
    }

    fn reason(&self) -> Field {
        let (label, hint) = match self.learner.stage {
            Stage::Left => {
                ("Why do you bring them back?", "It is kept with your name. They find all that they had done.")
            }
            _ => (
                "Why do you take them out?",
                "It is kept with your name. They cannot open the course any more and get no mail of it; what they did is kept.",
            ),
        };
        Field::new("reason", label).hint(hint)
    }

    fn facts(&self, now: Instant) -> Vec<(&'static str, String)> {
        let (learner, zone) = (&self.learner, &self.place.cohort.zone);
        let last = learner.last_seen_at.map_or_else(|| "never".into(), |at| day(zone, at, now));
        let mut facts = vec![("Joined", day(zone, learner.enrolled_at, now)), ("Last here", last)];
        facts.extend(learner.undeliverable_at.map(|at| ("Mail to them comes back since", day(zone, at, now))));
        facts.extend(learner.extra_until.map(|day| ("May take part until", day_in_words(day))));
        facts
    }

    fn units(&self, releases: &[Release], done: &Done, now: Instant) -> Vec<UnitLine> {
        self.programme.units.iter().filter_map(|unit| self.unit(unit, releases, done, now)).collect()
    }

    /// None for a unit that is not open and in which they have done nothing.
    fn unit(&self, unit: &Unit, releases: &[Release], done: &Done, now: Instant) -> Option<UnitLine> {
        let zone = &self.place.cohort.zone;
        let is_open = schedule::release_of(unit, releases).is_some_and(|release| release.is_open(now));
        let finished = unit.steps.iter().filter(|step| step.required && done.has(&unit.slug, &step.slug)).count();
        let steps: Vec<StepLine> = unit
            .steps
            .iter()
            .filter_map(|step| {
                let deed = done.deed(&unit.slug, &step.slug)?;
                Some(StepLine { title: step.title.clone(), how: provenance(deed, zone) })
            })
            .collect();
        let state = format!("{finished} of {} done", count(unit.required_count(), "required step"));
        (is_open || !steps.is_empty()).then(|| UnitLine { title: unit.full_title(), state, steps })
    }

    fn post(&self, post: OwnPost, now: Instant) -> PostLine {
        PostLine {
            href: format!("{}/discussions/{}?post={}", self.place.cohort.path(), post.thread, post.id),
            thread: post.title,
            when: self.place.cohort.zone.recent(post.created_at, now),
            html: post.html,
            is_visible: post.is_visible,
        }
    }
}

/// `Monday 18 January 2027, 10:05 GMT: they marked it`
fn provenance(deed: completion::Deed, zone: &Zone) -> String {
    let how = match deed.how {
        Some(How::Mark) => "they marked it",
        Some(How::Post) => "they posted",
        Some(How::Note) => "they wrote a note, which stays theirs",
        Some(How::Answers) => "they answered the quiz",
        Some(How::Reading) => "they handed in the reading",
        Some(How::Work) => "they handed in work and commented on others’",
        None => "how is not kept",
    };
    format!("{}: {how}", zone.exact(deed.at))
}

impl LearnerPage {
    fn has_left(&self) -> bool {
        self.stage == Stage::Left
    }
}
