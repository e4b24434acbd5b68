//! What was handed in to quizzes: every attempt stays, so that it can be read again.

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::StepKey;
use crate::cohort::EnrolmentId;
use crate::completion::quiz::{Answers, Marked};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::quiz_attempts;

/// How many attempts a page lists.
pub const LISTED: usize = 20;

/// What somebody handed in to one quiz so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    pub count: u32,
    /// Right answers of the best.
    pub best: usize,
    /// The newest first, [`LISTED`] at most.
    pub newest: Vec<Attempt>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1, the earliest.
    pub number: u32,
    pub answers: Answers,
    pub right: usize,
    /// How many questions there were then.
    pub of: usize,
    pub at: Instant,
}

impl Attempts {
    pub fn latest(&self) -> Option<&Attempt> {
        self.newest.first()
    }
}

/// Two queries.
pub fn attempts(conn: &mut Conn, enrolment: EnrolmentId, (unit, step): StepKey<'_>) -> QueryResult<Attempts> {
    let own = || {
        quiz_attempts::table
            .filter(quiz_attempts::enrolment_id.eq(enrolment))
            .filter(quiz_attempts::unit.eq(unit))
            .filter(quiz_attempts::step.eq(step))
    };
    let (count, best) =
        own().select((count_star(), max(quiz_attempts::right_count))).first::<(i64, Option<i32>)>(conn)?;
    let rows: Vec<Row> = own().order(quiz_attempts::id.desc()).limit(LISTED as i64).select(COLUMNS).load(conn)?;
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let newest = rows.into_iter().zip(0..).map(|(row, n)| attempt(count.saturating_sub(n), row)).collect();
    Ok(Attempts { count, best: best.map_or(0, number), newest })
}

/// The attempt with this number, from 1.
pub fn attempt_numbered(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    n: u32,
) -> QueryResult<Option<Attempt>> {
    let Some(before) = n.checked_sub(1) else { return Ok(None) };
    let row: Option<Row> = quiz_attempts::table
        .filter(quiz_attempts::enrolment_id.eq(enrolment))
        .filter(quiz_attempts::unit.eq(unit))
        .filter(quiz_attempts::step.eq(step))
        .order(quiz_attempts::id)
        .offset(before.into())
        .limit(1)
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(|row| attempt(n, row)))
}

type Row = (String, i32, i32, Instant);

const COLUMNS: (
    quiz_attempts::answers,
    quiz_attempts::right_count,
    quiz_attempts::question_count,
    quiz_attempts::handed_in_at,
) = (quiz_attempts::answers, quiz_attempts::right_count, quiz_attempts::question_count, quiz_attempts::handed_in_at);

fn attempt(n: u32, (answers, right, of, at): Row) -> Attempt {
    Attempt { number: n, answers: Answers::from_text(&answers), right: number(right), of: number(of), at }
}

fn number(n: i32) -> usize {
    usize::try_from(n).unwrap_or(0)
}

pub fn add_attempt(
    conn: &mut Conn,
    enrolment: EnrolmentId,
    (unit, step): StepKey<'_>,
    answers: &Answers,
    marked: &Marked,
    now: Instant,
) -> QueryResult<()> {
    let number = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let values = (
        quiz_attempts::enrolment_id.eq(enrolment),
        quiz_attempts::unit.eq(unit),
        quiz_attempts::step.eq(step),
        quiz_attempts::answers.eq(answers.to_text()),
        quiz_attempts::right_count.eq(number(marked.right())),
        quiz_attempts::question_count.eq(number(marked.0.len())),
        quiz_attempts::handed_in_at.eq(now),
    );
    diesel::insert_into(quiz_attempts::table).values(values).execute(conn)?;
    Ok(())
}
