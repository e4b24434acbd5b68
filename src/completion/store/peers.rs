//! Peer assignments, as they are kept: own work, and comments on the work of others.

pub mod gaps;

use diesel::prelude::*;

use super::StepKey;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::completion::SubmissionId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{accounts, enrolments, peer_reviews, submissions};

/// How many of one's own comments a page shows; more than any assignment asks for.
const LISTED: i64 = 20;

/// Somebody's work, and what others said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub id: SubmissionId,
    pub author: EnrolmentId,
    pub unit: Slug,
    pub step: Slug,
    pub body: String,
    pub html: String,
    pub handed_in_at: Instant,
    /// In the order in which they were given.
    pub reviews: Vec<Review>,
}

/// Answers to the questions of the assignment, each with the question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub by: Role,
    pub answers: Vec<(String, String)>,
    pub given_at: Instant,
}

/// Somebody else's work, to comment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub id: SubmissionId,
    pub author: String,
    pub by: Role,
    pub html: String,
}

/// What somebody said about another's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub author: String,
    pub answers: Vec<(String, String)>,
    pub given_at: Instant,
}

type ReviewRow = Option<(Role, String, Instant)>;
type SubmissionRow = ((SubmissionId, EnrolmentId, Slug, Slug, String, String, Instant), ReviewRow);

const SUBMISSION: (
    submissions::id,
    submissions::enrolment_id,
    submissions::unit,
    submissions::step,
    submissions::body,
    submissions::html,
    submissions::handed_in_at,
) = (
    submissions::id,
    submissions::enrolment_id,
    submissions::unit,
    submissions::step,
    submissions::body,
    submissions::html,
    submissions::handed_in_at,
);

pub fn own_work(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Option<Submission>> {
    submissions::table
        .left_join(peer_reviews::table.inner_join(enrolments::table))
        .filter(submissions::enrolment_id.eq(enrolment))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .order(peer_reviews::id)
        .select((SUBMISSION, (enrolments::role, peer_reviews::answers, peer_reviews::given_at).nullable()))
        .load::<SubmissionRow>(conn)
        .map(with_reviews)
}

/// Of which unit and step, and its text and HTML.
pub type OwnWork = ((Slug, Slug), (String, String));

/// All that one learner handed in.
pub fn list_own(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<OwnWork>> {
    let rows: Vec<(Slug, Slug, String, String)> = submissions::table
        .filter(submissions::enrolment_id.eq(enrolment))
        .select((submissions::unit, submissions::step, submissions::body, submissions::html))
        .load(conn)?;
    Ok(rows.into_iter().map(|(unit, step, body, html)| ((unit, step), (body, html))).collect())
}

/// A piece of work that was handed in to the cohort.
pub fn work(conn: &mut Conn, cohort: CohortId, id: SubmissionId) -> QueryResult<Option<Submission>> {
    submissions::table
        .left_join(peer_reviews::table.inner_join(enrolments::table))
        .filter(submissions::id.eq(id))
        .filter(submissions::cohort_id.eq(cohort))
        .order(peer_reviews::id)
        .select((SUBMISSION, (enrolments::role, peer_reviews::answers, peer_reviews::given_at).nullable()))
        .load::<SubmissionRow>(conn)
        .map(with_reviews)
}

fn with_reviews(rows: Vec<SubmissionRow>) -> Option<Submission> {
    let mut found: Option<Submission> = None;
    for ((id, author, unit, step, body, html, handed_in_at), review) in rows {
        let fresh = Submission { id, author, unit, step, body, html, handed_in_at, reviews: Vec::new() };
        let reviews = &mut found.get_or_insert(fresh).reviews;
        reviews.extend(review.map(|(by, answers, given_at)| Review { by, answers: pairs(&answers), given_at }));
    }
    found
}

fn pairs(answers: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(answers).unwrap_or_default()
}

/// Keeps the work in the place of what was handed in before, unless somebody has commented on that.
pub fn hand_in(
    conn: &mut Conn,
    (cohort, enrolment): (CohortId, EnrolmentId),
    (unit, step): StepKey<'_>,
    (body, html): (&str, &str),
    now: Instant,
) -> QueryResult<()> {
    let values = (
        submissions::enrolment_id.eq(enrolment),
        submissions::cohort_id.eq(cohort),
        submissions::unit.eq(unit),
        submissions::step.eq(step),
        submissions::body.eq(body),
        submissions::html.eq(html),
        submissions::handed_in_at.eq(now),
        submissions::review_count.eq(0),
    );
    let kept = diesel::insert_into(submissions::table)
        .values(values)
        .on_conflict((submissions::enrolment_id, submissions::unit, submissions::step))
        .do_update()
        .set((submissions::body.eq(body), submissions::html.eq(html), submissions::handed_in_at.eq(now)));
    // Not the usual `filter`, which is for selects.
    diesel::query_dsl::methods::FilterDsl::filter(kept, submissions::review_count.eq(0))
        .on_both()
        .execute(conn)
        .map(drop)
}

/// What the learner said about others' work of this step, the newest first, [`LISTED`] at most.
pub fn list_given(conn: &mut Conn, reviewer: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Vec<Given>> {
    let rows: Vec<(String, String, Instant)> = peer_reviews::table
        .inner_join(submissions::table.inner_join(enrolments::table.inner_join(accounts::table)))
        .filter(peer_reviews::reviewer_id.eq(reviewer))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .order(peer_reviews::id.desc())
        .limit(LISTED)
        .select((accounts::name, peer_reviews::answers, peer_reviews::given_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(author, answers, at)| Given { author, answers: pairs(&answers), given_at: at }).collect())
}

/// The work that needs this learner's comments most: another active learner's, not yet commented on by them, with the
/// fewest comments so far; when there is none, a facilitator's. `only`: that one, if it may be commented on.
pub fn offer(
    conn: &mut Conn,
    reviewer: (CohortId, EnrolmentId),
    key: StepKey<'_>,
    only: Option<SubmissionId>,
) -> QueryResult<Option<Offered>> {
    match offer_of(conn, Role::Learner, reviewer, key, only)? {
        None => offer_of(conn, Role::Facilitator, reviewer, key, only),
        offered => Ok(offered),
    }
}

fn offer_of(
    conn: &mut Conn,
    by: Role,
    (cohort, reviewer): (CohortId, EnrolmentId),
    (unit, step): StepKey<'_>,
    only: Option<SubmissionId>,
) -> QueryResult<Option<Offered>> {
    let reviewed =
        peer_reviews::table.filter(peer_reviews::reviewer_id.eq(reviewer)).select(peer_reviews::submission_id);
    let mut open = submissions::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(submissions::cohort_id.eq(cohort))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .filter(submissions::enrolment_id.ne(reviewer))
        .filter(enrolments::role.eq(by))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(submissions::id.ne_all(reviewed))
        .into_boxed();
    if let Some(only) = only {
        open = open.filter(submissions::id.eq(only));
    }
    open.order((submissions::review_count, submissions::id))
        .select((submissions::id, accounts::name, submissions::html))
        .first::<(SubmissionId, String, String)>(conn)
        .optional()
        .map(|row| row.map(|(id, author, html)| Offered { id, author, by, html }))
}

/// Keeps the comments; the first that somebody gives on a piece of work stand.
pub fn give_review(
    conn: &mut Conn,
    submission: SubmissionId,
    reviewer: EnrolmentId,
    answers: &[(String, String)],
    now: Instant,
) -> QueryResult<()> {
    let values = (
        peer_reviews::submission_id.eq(submission),
        peer_reviews::reviewer_id.eq(reviewer),
        peer_reviews::answers.eq(serde_urlencoded::to_string(answers).unwrap_or_default()),
        peer_reviews::given_at.eq(now),
    );
    let given =
        diesel::insert_into(peer_reviews::table).values(values).on_conflict_do_nothing().on_both().execute(conn)?;
    if given > 0 {
        diesel::update(submissions::table.find(submission))
            .set(submissions::review_count.eq(submissions::review_count + 1))
            .execute(conn)?;
    }
    Ok(())
}

pub fn has_reviewed(conn: &mut Conn, reviewer: EnrolmentId, submission: SubmissionId) -> QueryResult<bool> {
    let given = peer_reviews::table
        .filter(peer_reviews::submission_id.eq(submission))
        .filter(peer_reviews::reviewer_id.eq(reviewer));
    diesel::select(diesel::dsl::exists(given)).get_result(conn)
}
