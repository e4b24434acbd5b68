//! Peer assignments, as they are kept: own work, and comments on the work of others.

use diesel::prelude::*;

use super::StepKey;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::completion::SubmissionId;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{accounts, enrolments, peer_reviews, submissions};

/// One's own work, and what others said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWork {
    pub id: SubmissionId,
    pub body: String,
    pub html: String,
    pub handed_in_at: Instant,
    /// In the order in which they were given.
    pub reviews: Vec<Review>,
}

/// Answers to the questions of the assignment, each with the question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub answers: Vec<(String, String)>,
    pub given_at: Instant,
}

/// Somebody else's work, to comment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub id: SubmissionId,
    pub author: String,
    pub html: String,
}

pub fn own_work(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Option<OwnWork>> {
    type Row = (SubmissionId, String, String, Instant, Option<(String, Instant)>);
    let rows = submissions::table
        .left_join(peer_reviews::table)
        .filter(submissions::enrolment_id.eq(enrolment))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .order(peer_reviews::id)
        .select((
            submissions::id,
            submissions::body,
            submissions::html,
            submissions::handed_in_at,
            (peer_reviews::answers, peer_reviews::given_at).nullable(),
        ))
        .load::<Row>(conn)?;
    let mut own: Option<OwnWork> = None;
    for (id, body, html, handed_in_at, review) in rows {
        let own = own.get_or_insert(OwnWork { id, body, html, handed_in_at, reviews: Vec::new() });
        own.reviews.extend(review.map(|(answers, given_at)| Review {
            answers: serde_urlencoded::from_str(&answers).unwrap_or_default(),
            given_at,
        }));
    }
    Ok(own)
}

/// All that one learner handed in, by unit and step: text and HTML.
pub fn list_own(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<((Slug, Slug), (String, String))>> {
    let rows: Vec<(Slug, Slug, String, String)> = submissions::table
        .filter(submissions::enrolment_id.eq(enrolment))
        .select((submissions::unit, submissions::step, submissions::body, submissions::html))
        .load(conn)?;
    Ok(rows.into_iter().map(|(unit, step, body, html)| ((unit, step), (body, html))).collect())
}

/// Keeps the work in the place of what was handed in before.
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
    );
    diesel::insert_into(submissions::table)
        .values(values)
        .on_conflict((submissions::enrolment_id, submissions::unit, submissions::step))
        .do_update()
        .set((submissions::body.eq(body), submissions::html.eq(html), submissions::handed_in_at.eq(now)))
        .on_both()
        .execute(conn)?;
    Ok(())
}

/// How many comments on others' work of this step the learner has given.
pub fn count_given(conn: &mut Conn, reviewer: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<usize> {
    peer_reviews::table
        .inner_join(submissions::table)
        .filter(peer_reviews::reviewer_id.eq(reviewer))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .count()
        .get_result::<i64>(conn)
        .map(|n| usize::try_from(n).unwrap_or(0))
}

/// The work that needs this learner's comments most: another active learner's, not yet commented on by them, with the
/// fewest comments so far. `only`: that one, if it may be commented on.
pub fn offer(
    conn: &mut Conn,
    (cohort, reviewer): (CohortId, EnrolmentId),
    (unit, step): StepKey<'_>,
    only: Option<SubmissionId>,
) -> QueryResult<Option<Offered>> {
    let reviewed =
        peer_reviews::table.filter(peer_reviews::reviewer_id.eq(reviewer)).select(peer_reviews::submission_id);
    let comments = peer_reviews::table.filter(peer_reviews::submission_id.eq(submissions::id)).count().single_value();
    let mut open = submissions::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(submissions::cohort_id.eq(cohort))
        .filter(submissions::unit.eq(unit))
        .filter(submissions::step.eq(step))
        .filter(submissions::enrolment_id.ne(reviewer))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(submissions::id.ne_all(reviewed))
        .into_boxed();
    if let Some(only) = only {
        open = open.filter(submissions::id.eq(only));
    }
    open.order((comments, submissions::id))
        .select((submissions::id, accounts::name, submissions::html))
        .first::<(SubmissionId, String, String)>(conn)
        .optional()
        .map(|row| row.map(|(id, author, html)| Offered { id, author, html }))
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
    diesel::insert_into(peer_reviews::table).values(values).on_conflict_do_nothing().on_both().execute(conn)?;
    Ok(())
}

pub fn has_reviewed(conn: &mut Conn, reviewer: EnrolmentId, submission: SubmissionId) -> QueryResult<bool> {
    let given = peer_reviews::table
        .filter(peer_reviews::submission_id.eq(submission))
        .filter(peer_reviews::reviewer_id.eq(reviewer));
    diesel::select(diesel::dsl::exists(given)).get_result(conn)
}
