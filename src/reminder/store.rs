//! Runs and the ledger as rows, and the questions the planner asks before it writes them.

mod learners;
mod ledger;
mod wishes;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp};
use serde_json::{Value, json};

pub use learners::*;
pub use ledger::*;
pub use wishes::*;

use super::due::Due;
use super::{Kind, NotSent, ReminderId};
use crate::cohort::store::CohortRow;
use crate::cohort::{Cohort, CohortId, EnrolmentId};
use crate::live::Session;
use crate::outbox::{MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Unit;
use crate::schedule::{Release, Settings};
use crate::schema::{cohorts, messages, releases, reminder_runs, reminders};
use crate::{live, schedule};

/// A cohort with its schedule and the reminders it has been through.
#[derive(Debug, Clone)]
pub struct Course {
    pub cohort: Cohort,
    pub releases: Vec<Release>,
    /// What its facilitators chose.
    pub settings: Settings,
    /// Planned, called off or not.
    pub sessions: Vec<Session>,
    pub runs: Vec<Run>,
}

impl Course {
    /// Whether this kind of mail about the unit has been decided once.
    pub fn has_run(&self, unit: &Unit, kind: Kind) -> bool {
        self.runs.iter().any(|run| run.kind == kind && unit.is_called(&run.unit))
    }
}

/// That a reminder of a cohort has been decided for everybody, as it was due then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub unit: Slug,
    pub kind: Kind,
    pub occasion: String,
    pub due_at: Instant,
    pub missed: bool,
}

impl Run {
    /// It was due at some time, and falls due again whenever that is: see [`reopen`].
    pub fn reopened() -> Instant {
        Instant::from_micros(0)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = releases)]
struct ReleaseRow {
    unit: Slug,
    local_time: chrono::NaiveDateTime,
    opens_at: Instant,
    set_by_hand: bool,
    held: bool,
    opened_at: Option<Instant>,
}

impl From<ReleaseRow> for Release {
    fn from(row: ReleaseRow) -> Self {
        let ReleaseRow { unit, local_time, opens_at, set_by_hand, held, opened_at } = row;
        Self { unit, local_time, opens_at, set_by_hand, held, opened_at }
    }
}

/// Every cohort whose reminders may be under way, with its schedule. Four queries.
pub fn list_courses(conn: &mut Conn, now: Instant) -> QueryResult<Vec<Course>> {
    let recent = diesel::alias!(releases as recent);
    let lately = recent.filter(recent.field(releases::opens_at).gt(now - chrono::TimeDelta::days(30)));
    let yesterday = (now - chrono::TimeDelta::days(2)).utc().date_naive();
    // Without a day of its own a cohort closes 4 weeks after its last release.
    let not_closed = cohorts::closes_on
        .ge(yesterday)
        .or(cohorts::closes_on.is_null().and(cohorts::id.eq_any(lately.select(recent.field(releases::cohort_id)))));
    let rows = cohorts::table
        .inner_join(releases::table)
        .filter(not_closed.assume_not_null())
        .order(cohorts::id)
        .select((CohortRow::as_select(), ReleaseRow::as_select()))
        .load(conn)?;
    with_all(conn, rows)
}

/// One cohort with its schedule. Four queries.
pub fn course(conn: &mut Conn, cohort: CohortId) -> QueryResult<Option<Course>> {
    let rows = cohorts::table
        .inner_join(releases::table)
        .filter(cohorts::id.eq(cohort))
        .select((CohortRow::as_select(), ReleaseRow::as_select()))
        .load(conn)?;
    Ok(with_all(conn, rows)?.pop())
}

fn with_all(conn: &mut Conn, rows: Vec<(CohortRow, ReleaseRow)>) -> QueryResult<Vec<Course>> {
    let mut courses: Vec<Course> = Vec::new();
    for (cohort, release) in rows {
        let cohort = Cohort::from(cohort);
        match courses.last_mut().filter(|course| course.cohort.id == cohort.id) {
            Some(course) => course.releases.push(release.into()),
            None => courses.push(Course {
                cohort,
                releases: vec![release.into()],
                settings: Settings::default(),
                sessions: Vec::new(),
                runs: Vec::new(),
            }),
        }
    }
    let ids: Vec<CohortId> = courses.iter().map(|course| course.cohort.id).collect();
    let settings = schedule::store::list_settings(conn, &ids)?;
    let sessions = live::store::list_all(conn, &ids)?;
    let runs = list_runs(conn, &ids)?;
    let mut of = |cohort: CohortId, add: &mut dyn FnMut(&mut Course)| {
        courses.iter_mut().filter(|course| course.cohort.id == cohort).for_each(add);
    };
    for (cohort, chosen) in settings {
        of(cohort, &mut |course| course.settings = chosen.clone());
    }
    for (cohort, session) in sessions {
        of(cohort, &mut |course| course.sessions.push(session.clone()));
    }
    for (cohort, run) in runs {
        of(cohort, &mut |course| course.runs.push(run.clone()));
    }
    Ok(courses)
}

fn list_runs(conn: &mut Conn, cohorts: &[CohortId]) -> QueryResult<Vec<(CohortId, Run)>> {
    let rows = reminder_runs::table
        .filter(reminder_runs::cohort_id.eq_any(cohorts))
        .select((
            reminder_runs::cohort_id,
            reminder_runs::unit,
            reminder_runs::kind,
            reminder_runs::occasion,
            reminder_runs::due_at,
            reminder_runs::missed,
        ))
        .load::<(CohortId, Slug, Kind, String, Instant, bool)>(conn)?;
    let run = |(cohort, unit, kind, occasion, due_at, missed)| (cohort, Run { unit, kind, occasion, due_at, missed });
    Ok(rows.into_iter().map(run).collect())
}

/// Lets one planner at a time work on a cohort. SQLite has but one writer; on PostgreSQL the cohort's row is the lock,
/// in a strength that lets people enrol meanwhile.
pub fn lock(conn: &mut Conn, cohort: CohortId) -> QueryResult<()> {
    if let Conn::Postgres(conn) = conn {
        cohorts::table.find(cohort).for_no_key_update().select(cohorts::id).first::<CohortId>(conn).optional()?;
    }
    Ok(())
}

/// A row of the ledger, as the planner finds it.
#[derive(Debug, Clone, Queryable)]
pub struct Decided {
    pub id: ReminderId,
    pub enrolment: EnrolmentId,
    pub unit: Slug,
    pub kind: Kind,
    pub occasion: String,
    pub due_at: Instant,
    pub not_sent: Option<NotSent>,
    /// Of its mail, if one was queued and is still on record.
    pub mail: Option<(State, Option<String>)>,
}

impl Decided {
    /// Whether nothing more is decided about the reminder, now that it is due. What was sent stays sent, and what is on its
    /// way is; but where nothing went, a later time is another chance, and so is the same time for whom a unit was closed
    /// just then that is open again.
    pub fn stands(&self, due: &Due) -> bool {
        let dropped = match &self.mail {
            Some((State::Cancelled, reason)) => Some(reason.as_deref() == Some(NotSent::Moved.because())),
            // A doubt would be 'unknown'.
            Some((State::Missed | State::Failed, _)) => Some(false),
            Some(_) => None,
            None => self.not_sent.map(|reason| reason == NotSent::Moved),
        };
        dropped.is_none_or(|by_a_move| !by_a_move && self.due_at >= due.at)
    }
}

/// What was decided about the reminder, among a learner's rows.
pub fn decision<'k>(decided: &'k [Decided], unit: &Unit, due: &Due) -> Option<&'k Decided> {
    decided.iter().find(|row| row.kind == due.kind && row.occasion == due.occasion && unit.is_called(&row.unit))
}

/// What has been decided for the span already of these units and kinds, oldest first.
pub fn list_decided(conn: &mut Conn, span: Span, units: &[&Slug], kinds: &[Kind]) -> QueryResult<Vec<Decided>> {
    let rows = reminders::table
        .left_join(messages::table)
        .filter(reminders::cohort_id.eq(span.cohort))
        .filter(reminders::unit.eq_any(units))
        .filter(reminders::kind.eq_any(kinds))
        .filter(reminders::enrolment_id.between(span.first, span.last))
        .select((
            reminders::id,
            reminders::enrolment_id,
            reminders::unit,
            reminders::kind,
            reminders::occasion,
            reminders::due_at,
            reminders::not_sent_because,
            (messages::state, messages::reason).nullable(),
        ));
    let mut decided: Vec<Decided> = rows.load(conn)?;
    // Asked for an order, SQLite would go through the whole cohort for it.
    decided.sort_by_key(|row| row.id);
    Ok(decided)
}

/// When a mail about a unit last went to each learner of the span, or is to go: `now` for one that waits for its turn.
pub fn list_last_mails(conn: &mut Conn, span: Span, now: Instant) -> QueryResult<Vec<(EnrolmentId, Instant)>> {
    // By the reminders' own column: through the enrolments, PostgreSQL reads the whole ledger for each span.
    let rows = reminders::table
        .inner_join(messages::table)
        .filter(reminders::enrolment_id.between(span.first, span.last))
        .filter(reminders::kind.eq_any(Kind::OF_UNIT))
        .filter(reminders::decided_at.gt(now - chrono::TimeDelta::days(3)))
        .filter(messages::state.ne_all([State::Failed, State::Cancelled, State::Missed]))
        // What has lost its meaning goes to nobody.
        .filter(messages::settled_at.is_not_null().or(messages::expires_at.gt(now)))
        .select((reminders::enrolment_id, messages::settled_at, messages::next_attempt_at))
        .load::<(EnrolmentId, Option<Instant>, Instant)>(conn)?;
    Ok(rows.into_iter().map(|(enrolment, settled, next)| (enrolment, settled.unwrap_or(next.max(now)))).collect())
}

/// One decision, to be written down.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'d> {
    pub due: &'d Due,
    pub enrolment: EnrolmentId,
    /// The mail that carries it, or why there is none.
    pub outcome: Result<MessageId, NotSent>,
}

/// Writes decisions down, those about one of the `dues` in one statement, in their order. The table's unique key refuses a
/// second one for the same reminder, and with it the whole transaction.
pub fn insert(
    conn: &mut Conn,
    cohort: CohortId,
    (dues, decisions): (&[Due], &[Decision<'_>]),
    now: Instant,
) -> QueryResult<()> {
    for due in dues {
        let about: Vec<&Decision<'_>> = decisions.iter().filter(|decision| decision.due == due).collect();
        if !about.is_empty() {
            insert_about(conn, cohort, (due, &about), now)?;
        }
    }
    Ok(())
}

fn insert_about(
    conn: &mut Conn,
    cohort: CohortId,
    (due, decisions): (&Due, &[&Decision<'_>]),
    now: Instant,
) -> QueryResult<()> {
    let rows = conn.rows(7, &[("learner", "bigint"), ("because", "text"), ("mail", "bigint")]);
    let statement = format!(
        "INSERT INTO reminders (cohort_id, unit, kind, occasion, due_at, decided_at, enrolment_id, not_sent_because, \
         message_id) SELECT $1, $2, $3, $4, $5, $6, learner, because, mail FROM {rows}"
    );
    let query = diesel::sql_query(statement)
        .bind::<BigInt, _>(cohort)
        .bind::<Text, _>(&due.unit)
        .bind::<Text, _>(due.kind)
        .bind::<Text, _>(&due.occasion)
        .bind::<Timestamp, _>(due.at)
        .bind::<Timestamp, _>(now);
    let fields = decisions.iter().map(|Decision { enrolment, outcome, .. }| {
        (enrolment.0, outcome.err().map(NotSent::as_str), outcome.ok().map(|message| message.0))
    });
    match conn {
        Conn::Sqlite(conn) => {
            let rows: Value = fields.map(|(learner, because, mail)| json!([learner, because, mail])).collect();
            query.bind::<Text, _>(rows.to_string()).execute(conn)
        }
        Conn::Postgres(conn) => {
            let (learners, (becauses, mails)): (Vec<_>, (Vec<_>, Vec<_>)) =
                fields.map(|(learner, because, mail)| (learner, (because, mail))).unzip();
            query
                .bind::<Array<BigInt>, _>(learners)
                .bind::<Array<Nullable<Text>>, _>(becauses)
                .bind::<Array<Nullable<BigInt>>, _>(mails)
                .execute(conn)
        }
    }
    .map(drop)
}

/// Takes decisions back that stand no more: they are made anew.
pub fn take_back(conn: &mut Conn, decided: &[ReminderId]) -> QueryResult<()> {
    for some in decided.chunks(1_000) {
        diesel::delete(reminders::table.filter(reminders::id.eq_any(some))).execute(conn)?;
    }
    Ok(())
}

/// A reminder falls due once more as soon as its unit's time has come: somebody was not told, as the unit was moved or
/// closed just then. Who was told is not told again.
pub fn reopen(conn: &mut Conn, cohort: CohortId, unit: &Unit, kind: Kind) -> QueryResult<()> {
    let runs = reminder_runs::table.filter(reminder_runs::cohort_id.eq(cohort)).filter(reminder_runs::kind.eq(kind));
    diesel::update(runs.filter(reminder_runs::unit.eq_any(unit.names().collect::<Vec<_>>())))
        .set(reminder_runs::due_at.eq(Run::reopened()))
        .execute(conn)
        .map(drop)
}

/// Everybody has been decided. A reminder that fell due again, because its unit was moved, keeps the later time.
pub fn finish(conn: &mut Conn, cohort: CohortId, run: &Run, now: Instant) -> QueryResult<()> {
    let changes =
        (reminder_runs::due_at.eq(run.due_at), reminder_runs::planned_at.eq(now), reminder_runs::missed.eq(run.missed));
    diesel::insert_into(reminder_runs::table)
        .values((
            reminder_runs::cohort_id.eq(cohort),
            reminder_runs::unit.eq(&run.unit),
            reminder_runs::kind.eq(run.kind),
            reminder_runs::occasion.eq(&run.occasion),
            changes,
        ))
        .on_conflict((reminder_runs::cohort_id, reminder_runs::unit, reminder_runs::kind, reminder_runs::occasion))
        .do_update()
        .set(changes)
        .on_both()
        .execute(conn)
        .map(drop)
}
