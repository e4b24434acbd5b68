//! What facilitators ask about a cohort's learners; and what they tell one another, which is kept here.

pub mod analytics;
mod notes;
pub mod sums;
mod week;

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};

pub use notes::{TeamNote, list_notes, remove_note, write_note};
pub use week::{Numbers, Week, week};

use super::{AWAY, Behind, Learner, Sort, Stage};
use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, lower, part};
use crate::platform::text::Slug;
use crate::schema::{accounts, cards, completions, enrolments, posts, threads};

type LearnerRow =
    (EnrolmentId, AccountId, String, String, Instant, Option<Instant>, Stage, Option<NaiveDate>, Option<Instant>);

/// Who is behind in a unit.
#[derive(Debug, Clone)]
pub struct BehindIn {
    pub unit: Slug,
    pub how: Behind,
    /// The steps of the unit that are required.
    pub required: Vec<Slug>,
}

/// Which learners a table shows, and how.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// None: all who are in the course.
    pub stage: Option<Stage>,
    /// Part of a name, of an address, or of the network that they say they are in. Empty: everybody.
    pub words: String,
    pub joined_from: Option<Instant>,
    pub behind: Option<BehindIn>,
    /// Only those to whom no mail goes, as it came back.
    pub unreachable: bool,
    pub sort: Sort,
    pub now: Instant,
}

impl Wanted {
    /// All who are in the course, by name.
    pub fn all(now: Instant) -> Self {
        Self {
            stage: None,
            words: String::new(),
            joined_from: None,
            behind: None,
            unreachable: false,
            sort: Sort::Name,
            now,
        }
    }
}

/// Where a page of learners ended.
#[derive(Debug, Clone)]
pub struct After {
    pub enrolment: EnrolmentId,
    /// Where names sort.
    pub name: String,
    /// Where times do.
    pub at: Instant,
}

/// The stage of a row of `enrolments`, by marks that triggers keep there. The one place that says what each means.
fn stage(now: Instant) -> SqlLiteral<Text> {
    // A time of ours, in the form in which both databases read it.
    let away_since = (now - AWAY).utc().format("%Y-%m-%d %H:%M:%S%.f");
    sql(&format!(
        "(CASE WHEN enrolments.state = 'withdrawn' THEN 'left' WHEN enrolments.has_certificate THEN 'done' \
         WHEN NOT enrolments.has_begun THEN 'not-started' \
         WHEN coalesce(enrolments.last_seen_at, enrolments.enrolled_at) < '{away_since}' THEN 'stalled' \
         WHEN NOT enrolments.has_written THEN 'silent' ELSE 'active' END)"
    ))
}

/// When somebody was last here; who never was, when they enrolled.
fn last_here() -> SqlLiteral<Timestamp> {
    sql::<Timestamp>("coalesce(enrolments.last_seen_at, enrolments.enrolled_at)")
}

#[diesel::dsl::auto_type(no_type_alias)]
fn learns(cohort: CohortId) -> _ {
    let learner: Role = Role::Learner;
    enrolments::cohort_id.eq(cohort).and(enrolments::role.eq(learner))
}

/// Only those whom the table is to show.
macro_rules! only_wanted {
    ($query:ident, $stage:expr, $wanted:expr) => {{
        let wanted = $wanted;
        let mut query = $query;
        query = match wanted.stage {
            Some(asked) => query.filter($stage.eq(asked.as_str())),
            None => query.filter(enrolments::state.eq(Standing::Active)),
        };
        if !wanted.words.is_empty() {
            let part = part(&wanted.words);
            let network = cards::table
                .filter(cards::enrolment_id.eq(enrolments::id))
                .filter(cards::shows_network)
                .filter(lower(cards::network).like(part.clone()).escape('\\'));
            let named = lower(accounts::name).like(part.clone()).escape('\\');
            query = query.filter(named.or(accounts::email_key.like(part).escape('\\')).or(exists(network)));
        }
        if wanted.unreachable {
            query = query.filter(accounts::undeliverable_at.is_not_null());
        }
        if let Some(from) = wanted.joined_from {
            query = query.filter(enrolments::enrolled_at.ge(from));
        }
        if let Some(BehindIn { unit, how, required }) = wanted.behind.clone() {
            let done = completions::table
                .filter(completions::enrolment_id.eq(enrolments::id))
                .filter(completions::unit.eq(unit));
            query = match how {
                Behind::NotStarted => query.filter(not(exists(done))),
                Behind::NotDone => {
                    let all = i64::try_from(required.len()).unwrap_or(i64::MAX);
                    let done = done.filter(completions::step.eq_any(required)).count().single_value();
                    query.filter(done.assume_not_null().lt(all))
                }
            };
        }
        query
    }};
}

/// A page of learners.
pub fn list_learners(
    conn: &mut Conn,
    cohort: CohortId,
    wanted: &Wanted,
    after: Option<&After>,
    limit: i64,
) -> QueryResult<Vec<Learner>> {
    let person = (
        enrolments::id,
        accounts::id,
        accounts::name,
        accounts::email,
        enrolments::enrolled_at,
        enrolments::last_seen_at,
        stage(wanted.now),
        enrolments::extra_until,
        accounts::undeliverable_at,
    );
    let all =
        enrolments::table.inner_join(accounts::table).filter(learns(cohort)).limit(limit).select(person).into_boxed();
    let mut query = only_wanted!(all, stage(wanted.now), wanted);
    // In each case the first condition says nothing new: it lets the databases begin there.
    let rows = match wanted.sort {
        Sort::Name => {
            if let Some(after) = after {
                let beyond = accounts::name.gt(&after.name).or(enrolments::id.gt(after.enrolment));
                query = query.filter(accounts::name.ge(&after.name)).filter(beyond);
            }
            query.order((accounts::name, enrolments::id)).load::<LearnerRow>(conn)?
        }
        Sort::LastHere => {
            if let Some(After { at, enrolment, .. }) = after {
                let beyond = last_here().gt(*at).or(enrolments::id.gt(*enrolment));
                query = query.filter(last_here().ge(*at)).filter(beyond);
            }
            query.order((last_here(), enrolments::id)).load::<LearnerRow>(conn)?
        }
        Sort::Joined => {
            if let Some(After { at, enrolment, .. }) = after {
                let beyond = enrolments::enrolled_at.lt(*at).or(enrolments::id.lt(*enrolment));
                query = query.filter(enrolments::enrolled_at.le(*at)).filter(beyond);
            }
            query.order((enrolments::enrolled_at.desc(), enrolments::id.desc())).load::<LearnerRow>(conn)?
        }
    };
    Ok(rows.into_iter().map(learner).collect())
}

/// One learner of the cohort, also one who has left.
pub fn find_learner(conn: &mut Conn, cohort: CohortId, id: EnrolmentId, now: Instant) -> QueryResult<Option<Learner>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(learns(cohort))
        .filter(enrolments::id.eq(id))
        .select((
            enrolments::id,
            accounts::id,
            accounts::name,
            accounts::email,
            enrolments::enrolled_at,
            enrolments::last_seen_at,
            stage(now),
            enrolments::extra_until,
            accounts::undeliverable_at,
        ))
        .first::<LearnerRow>(conn)
        .optional()
        .map(|row| row.map(learner))
}

/// How many learners are in each stage; those with nobody are not named.
pub fn count_stages(conn: &mut Conn, cohort: CohortId, now: Instant) -> QueryResult<Vec<(Stage, i64)>> {
    let stage = stage(now);
    enrolments::table.filter(learns(cohort)).group_by(stage.clone()).select((stage, count_star())).load(conn)
}

/// Everything that these learners have done.
pub fn list_completions(conn: &mut Conn, learners: &[Learner]) -> QueryResult<Vec<(EnrolmentId, Slug, Slug)>> {
    let ids: Vec<EnrolmentId> = learners.iter().map(|l| l.enrolment).collect();
    completions::table
        .filter(completions::enrolment_id.eq_any(ids))
        .select((completions::enrolment_id, completions::unit, completions::step))
        .load(conn)
}

/// A post of a learner's, and where it stands.
#[derive(Debug, Clone, Queryable)]
pub struct OwnPost {
    pub id: crate::discussion::PostId,
    pub thread: crate::discussion::ThreadId,
    pub title: String,
    pub html: String,
    pub created_at: Instant,
    pub is_visible: bool,
}

/// A learner's newest posts, newest first, those that cannot be read any more included.
pub fn list_posts(conn: &mut Conn, learner: EnrolmentId, most: i64) -> QueryResult<Vec<OwnPost>> {
    posts::table
        .inner_join(threads::table)
        .filter(posts::enrolment_id.eq(learner))
        .order(posts::id.desc())
        .limit(most)
        .select((
            posts::id,
            posts::thread_id,
            threads::title,
            posts::html,
            posts::created_at,
            posts::removed_at.is_null().and(posts::hidden_at.is_null()),
        ))
        .load(conn)
}

fn learner(row: LearnerRow) -> Learner {
    let (enrolment, account, name, email, enrolled_at, last_seen_at, stage, extra_until, undeliverable_at) = row;
    Learner { enrolment, account, name, email, enrolled_at, last_seen_at, stage, extra_until, undeliverable_at }
}
