//! What stands for each placeholder of the access table.

use diesel::prelude::*;
use trellis::accounts::AccountId;
use trellis::announcement::AnnouncementId;
use trellis::certificate;
use trellis::cohort::{CohortId, EnrolmentId};
use trellis::completion::SubmissionId;
use trellis::completion::store::peers;
use trellis::discussion::{ThreadId, post_body, store};
use trellis::outbox::{Class, Letter, MessageId, State};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::secret::Secret;
use trellis::platform::text::{EmailAddress, Slug};
use trellis::platform::web::assets;
use trellis::programme::Programme;
use trellis::schema::{announcements, calendar_tokens, enrolments, messages, saved_answers, submissions, threads};

use crate::world::*;

/// Placeholders and what stands for them.
pub struct Names(Vec<(&'static str, String)>);

impl Names {
    pub async fn make(course: &Course, learner: EnrolmentId, facilitator: EnrolmentId) -> Self {
        let (cohort, now) = (course.cohort, course.now());
        let mut names = course.write(move |conn| make_rows(conn, cohort, (learner, facilitator), now)).await;
        let programme = catalogue().programmes.values().find(|p| p.units.len() > 7).unwrap();
        let kind = |unit: u16, kind: &str| step_of(programme, unit, kind);
        names.extend([
            ("{programme}", programme.slug.to_string()),
            ("{learner}", learner.to_string()),
            ("{facilitator}", facilitator.to_string()),
            ("{enrolment}", facilitator.to_string()),
            ("{file}", assets::stylesheet().trim_start_matches("/static/").to_owned()),
            ("{token}", "a".repeat(43)),
            ("{cohort}", "spring".into()),
            ("{unit}", "1".into()),
            ("{step}", kind(1, "article")),
            ("{quiz}", kind(1, "quiz")),
            ("{live}", kind(1, "live-session")),
            ("{month}", "2027-03".into()),
            ("{diagnostic}", kind(1, "diagnostic")),
            ("{discussion}", kind(1, "discussion")),
            ("{exercise}", kind(0, "exercise")),
            ("{exercise7}", kind(7, "exercise")),
            ("{picture}", programme.files.keys().next().unwrap().clone()),
            ("{reflection}", kind(0, "reflection")),
            ("{assignment}", kind(2, "peer-assignment")),
            ("{step7}", kind(7, "article")),
            ("{reminder}", "1".into()),
            ("{mail}", "nudge".into()),
            ("{table}", "quizzes".into()),
            ("{week}", "2027-01-15".into()),
            ("{entry}", "gale2012".into()),
        ]);
        Self(names)
    }

    pub fn fill(&self, address: &str) -> String {
        self.0.iter().fold(address.to_owned(), |address, (name, value)| address.replace(name, value))
    }
}

/// What has a number or a secret in its address.
fn make_rows(
    conn: &mut Conn,
    cohort: CohortId,
    (learner, facilitator): (EnrolmentId, EnrolmentId),
    now: Instant,
) -> Vec<(&'static str, String)> {
    let thread = make_thread(conn, cohort, None, now);
    let body = post_body("A post").unwrap();
    // Of unit 2, which is not open to learners: facilitators comment under another address.
    let work = make_work(conn, cohort, learner, now).to_string();
    let reader = EmailAddress::parse("director@example.org").unwrap();
    let reader = trellis::report::store::ask_again(conn, cohort, &reader, now).unwrap().id;
    let by = account_of(conn, facilitator);
    vec![
        ("{thread}", thread.to_string()),
        ("{hidden}", make_thread(conn, cohort, Some("trust"), now).to_string()),
        ("{post}", store::add_post(conn, thread, learner, None, &body, now).unwrap().to_string()),
        ("{feed}", make_feed(conn, learner, now).as_str().to_owned()),
        ("{code}", make_certificate(conn, learner, now)),
        ("{submission}", work.clone()),
        ("{work}", work),
        ("{reader}", reader.to_string()),
        ("{announcement}", make_announcement(conn, (cohort, by), now).to_string()),
        ("{account}", make_account(conn, "Dora", "dora@example.org", false, now).to_string()),
        ("{answer}", make_answer(conn, (cohort, by), now).to_string()),
        ("{spare}", make_answer(conn, (cohort, by), now).to_string()),
        ("{failed}", make_failed_mail(conn, now).to_string()),
    ]
}

/// The first step of a kind in a unit.
fn step_of(programme: &Programme, unit: u16, kind: &str) -> String {
    let step = programme.unit(unit).unwrap().steps.iter().find(|s| s.kind.as_str() == kind);
    step.map(|s| s.slug.to_string()).unwrap_or_else(|| panic!("unit {unit} has no {kind}"))
}

/// The secret in its address.
fn make_feed(conn: &mut Conn, learner: EnrolmentId, now: Instant) -> Secret {
    let feed = Secret::random();
    let hash = feed.hash();
    let token = (calendar_tokens::enrolment_id.eq(learner), calendar_tokens::token_hash.eq(hash.as_str()));
    let token = (token, calendar_tokens::created_at.eq(now));
    diesel::insert_into(calendar_tokens::table).values(token).execute(conn).unwrap();
    feed
}

fn account_of(conn: &mut Conn, enrolment: EnrolmentId) -> AccountId {
    enrolments::table.find(enrolment).select(enrolments::account_id).first(conn).unwrap()
}

fn make_announcement(conn: &mut Conn, by: (CohortId, AccountId), now: Instant) -> AnnouncementId {
    let body = trellis::announcement::body("Welcome").unwrap();
    let draft = trellis::announcement::store::Draft { title: "Hello", body: &body, by_mail: false, publish_at: now };
    trellis::announcement::store::add(conn, by, "key", draft, now).unwrap();
    announcements::table.select(announcements::id).first(conn).unwrap()
}

/// A text that the facilitators share.
fn make_answer(conn: &mut Conn, by: (CohortId, AccountId), now: Instant) -> i64 {
    let new = store::NewAnswer { title: "Recording", body: "It is in the library.", is_shared: true };
    store::add_answer(conn, by, new, now).unwrap();
    saved_answers::table.order(saved_answers::id.desc()).select(saved_answers::id).first(conn).unwrap()
}

/// A mail that did not get through.
fn make_failed_mail(conn: &mut Conn, now: Instant) -> MessageId {
    let letter = Letter {
        class: Class::Account,
        account: None,
        to_name: "Dora".into(),
        to: "dora@example.org".into(),
        subject: "Confirm your email address".into(),
        text: "Please.".into(),
        html: None,
        reply_to: None,
        list: None,
        calendar: None,
        attachment: None,
        conversation: None,
        expires_at: now + chrono::TimeDelta::hours(72),
    };
    let id = trellis::outbox::store::queue(conn, &letter, "learn.example.org", now).unwrap();
    let failed = (messages::state.eq(State::Failed), messages::settled_at.eq(now));
    diesel::update(messages::table.find(id)).set(failed).execute(conn).unwrap();
    id
}

/// Handed in for the assignment of unit 2.
fn make_work(conn: &mut Conn, cohort: CohortId, learner: EnrolmentId, now: Instant) -> SubmissionId {
    let (unit, step) = (Slug::parse("purpose").unwrap(), Slug::parse("post-your-purpose-card").unwrap());
    peers::hand_in(conn, (cohort, learner), (&unit, &step), ("A card", "<p>A card</p>"), now).unwrap();
    submissions::table.select(submissions::id).first(conn).unwrap()
}

fn make_thread(conn: &mut Conn, cohort: CohortId, unit: Option<&str>, now: Instant) -> ThreadId {
    diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::unit.eq(unit),
            threads::title.eq("A thread"),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap()
}

/// Its code.
pub fn make_certificate(conn: &mut Conn, learner: EnrolmentId, now: Instant) -> String {
    let says = certificate::Says {
        programme: Slug::parse("effective-networks").unwrap(),
        title: "Networks".into(),
        language: "en-GB".into(),
        cohort: "Spring".into(),
        starts_on: day("2027-01-11"),
        ends_on: day("2027-05-09"),
        minutes: 600,
        asked: "at least 8 quizzes".into(),
        issued_on: day("2027-04-12"),
    };
    assert!(certificate::store::add(conn, learner, "Ada", &says, now).unwrap());
    certificate::key::made(conn, now).unwrap();
    certificate::store::own(conn, learner).unwrap().unwrap().code.to_string()
}
