//! A cohort's rows, some at a time: of so many learners, or so many of what they wrote, in the order in which they came.

mod written;

use diesel::prelude::*;

use super::{Cell, Names, Part};
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::completion::How;
use crate::live::Presence;
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::reading::Point;
use crate::reminder::fate::Fate;
use crate::reminder::{Kind, NotSent};
use crate::schema::{
    accounts, attendances, certificates, completions, enrolments, messages, quiz_attempts, readings, reminders,
    step_openings,
};

/// Of learners, or of threads, posts and announcements.
const SOME: i64 = 250;

pub(super) type Row = Vec<Cell>;

/// The next rows after `after`, and where the next begin; None: there are no more.
pub(super) fn some(
    conn: &mut Conn,
    part: Part,
    cohort: CohortId,
    after: i64,
    names: &Names,
) -> QueryResult<Option<(Vec<Row>, i64)>> {
    match part {
        Part::Announcements => return written::announcements(conn, cohort, after, names),
        Part::Threads => return written::threads(conn, cohort, after, names),
        Part::Posts => return written::posts(conn, cohort, after, names),
        _ => {}
    }
    let learners: Vec<EnrolmentId> = enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::id.gt(EnrolmentId(after)))
        .order(enrolments::id)
        .limit(SOME)
        .select(enrolments::id)
        .load(conn)?;
    let Some(last) = learners.last().map(|last| last.0) else { return Ok(None) };
    let rows = match part {
        Part::Learners => people(conn, &learners, names)?,
        Part::Completions => done(conn, &learners, names)?,
        Part::Openings => opened(conn, &learners, names)?,
        Part::QuizAttempts => attempts(conn, &learners, names)?,
        Part::Readings => taken(conn, &learners, names)?,
        Part::Attendance => attended(conn, &learners, names)?,
        Part::Certificates => certified(conn, &learners, names)?,
        Part::Reminders => reminded(conn, &learners, names)?,
        Part::Announcements | Part::Threads | Part::Posts => Vec::new(),
    };
    Ok(Some((rows, last)))
}

fn people(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    type Person = (EnrolmentId, String, String, Standing, Instant, Option<Instant>);
    let rows: Vec<Person> = enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::id.eq_any(learners))
        .order(enrolments::id)
        .select((
            enrolments::id,
            accounts::name,
            accounts::email,
            enrolments::state,
            enrolments::enrolled_at,
            enrolments::last_seen_at,
        ))
        .load(conn)?;
    let row = |(who, name, email, state, joined, here): Person| {
        vec![
            names.person(who),
            names.telling(name),
            names.telling(email),
            Cell::text(state),
            Cell::At(joined),
            Cell::at(here),
        ]
    };
    Ok(rows.into_iter().map(row).collect())
}

fn done(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    type Done = (EnrolmentId, Slug, Slug, Instant, Option<How>);
    let rows: Vec<Done> = completions::table
        .filter(completions::enrolment_id.eq_any(learners))
        .order((completions::enrolment_id, completions::completed_at))
        .select((
            completions::enrolment_id,
            completions::unit,
            completions::step,
            completions::completed_at,
            completions::how,
        ))
        .load(conn)?;
    let row = |(who, unit, step, at, how): Done| {
        vec![names.person(who), Cell::text(unit), Cell::text(step), Cell::At(at), how.map_or(Cell::Nothing, Cell::text)]
    };
    Ok(rows.into_iter().map(row).collect())
}

fn opened(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    type Opened = (EnrolmentId, Slug, Slug, Instant);
    let rows: Vec<Opened> = step_openings::table
        .filter(step_openings::enrolment_id.eq_any(learners))
        .order((step_openings::enrolment_id, step_openings::opened_at))
        .select((step_openings::enrolment_id, step_openings::unit, step_openings::step, step_openings::opened_at))
        .load(conn)?;
    let row = |(who, unit, step, at): Opened| vec![names.person(who), Cell::text(unit), Cell::text(step), Cell::At(at)];
    Ok(rows.into_iter().map(row).collect())
}

/// That one was handed in: answers and scores are for whoever gave them alone.
fn attempts(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    type Attempt = (EnrolmentId, Slug, Slug, Instant);
    let rows: Vec<Attempt> = quiz_attempts::table
        .filter(quiz_attempts::enrolment_id.eq_any(learners))
        .order((quiz_attempts::enrolment_id, quiz_attempts::id))
        .select((quiz_attempts::enrolment_id, quiz_attempts::unit, quiz_attempts::step, quiz_attempts::handed_in_at))
        .load(conn)?;
    let row =
        |(who, unit, step, at): Attempt| vec![names.person(who), Cell::text(unit), Cell::text(step), Cell::At(at)];
    Ok(rows.into_iter().map(row).collect())
}

/// That it was handed in, and never what it says.
fn taken(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    let rows: Vec<(EnrolmentId, Point, Instant)> = readings::table
        .filter(readings::enrolment_id.eq_any(learners))
        .order((readings::enrolment_id, readings::id))
        .select((readings::enrolment_id, readings::point, readings::handed_in_at))
        .load(conn)?;
    let row = |(who, point, at)| vec![names.person(who), Cell::text(point), Cell::At(at)];
    Ok(rows.into_iter().map(row).collect())
}

fn attended(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    type Attended = (EnrolmentId, Slug, Slug, Presence, Instant);
    let rows: Vec<Attended> = attendances::table
        .filter(attendances::enrolment_id.eq_any(learners))
        .order((attendances::enrolment_id, attendances::unit, attendances::step))
        .select((
            attendances::enrolment_id,
            attendances::unit,
            attendances::step,
            attendances::presence,
            attendances::said_at,
        ))
        .load(conn)?;
    let row = |(who, unit, step, presence, at): Attended| {
        vec![names.person(who), Cell::text(unit), Cell::text(step), Cell::text(presence), Cell::At(at)]
    };
    Ok(rows.into_iter().map(row).collect())
}

fn certified(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    let rows: Vec<(EnrolmentId, String, String, Instant)> = certificates::table
        .filter(certificates::enrolment_id.eq_any(learners))
        .order(certificates::enrolment_id)
        .select((certificates::enrolment_id, certificates::code, certificates::name, certificates::issued_at))
        .load(conn)?;
    let row = |(who, code, name, at): (EnrolmentId, String, String, Instant)| {
        vec![names.person(who), names.telling(code), names.telling(name), Cell::At(at)]
    };
    Ok(rows.into_iter().map(row).collect())
}

type Mail = (State, Option<String>, Option<String>, Instant, Option<Instant>);
type Reminded = ((EnrolmentId, Slug, Kind, Instant, Instant, Option<NotSent>), Option<Mail>);

fn reminded(conn: &mut Conn, learners: &[EnrolmentId], names: &Names) -> QueryResult<Vec<Row>> {
    let mail =
        (messages::state, messages::reason, messages::server_answer, messages::next_attempt_at, messages::settled_at);
    let rows: Vec<Reminded> = reminders::table
        .left_join(messages::table)
        .filter(reminders::enrolment_id.eq_any(learners))
        .order((reminders::enrolment_id, reminders::due_at, reminders::id))
        .select((
            (
                reminders::enrolment_id,
                reminders::unit,
                reminders::kind,
                reminders::due_at,
                reminders::decided_at,
                reminders::not_sent_because,
            ),
            mail.nullable(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| reminder(row, names)).collect())
}

/// What a mail server said may hold an address.
fn reminder(((who, unit, kind, due_at, decided_at, not_sent), mail): Reminded, names: &Names) -> Row {
    let fate = Fate::of(not_sent, mail, decided_at);
    let sent_at = match &fate {
        Fate::Sent { at, .. } => Some(*at),
        _ => None,
    };
    let because = match &fate {
        Fate::NotSent(reason) => Cell::text(reason),
        Fate::Dropped(why) | Fate::Failed(why) => names.telling(why),
        _ => Cell::Nothing,
    };
    vec![
        names.person(who),
        Cell::text(unit),
        Cell::text(kind),
        Cell::At(due_at),
        Cell::text(fate.label().0),
        Cell::at(sent_at),
        because,
    ]
}
