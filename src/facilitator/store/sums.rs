//! The sums that the database keeps for the facilitator's figures, counted anew. Its triggers change them in the transaction
//! that changes what they count; a view beside each says what it must come to.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::platform::db::Conn;

/// Each table, its columns, and which of its rows say anything.
const SUMS: [(&str, &str, &str); 5] = [
    ("step_days", "cohort_id, unit, step, day, opened, done", "opened <> 0 OR done <> 0"),
    ("done_hours", "cohort_id, hour, done", "done <> 0"),
    ("last_steps", "enrolment_id, unit, step, completed_at", "TRUE"),
    ("first_answers", "cohort_id, unit, step, answers, attempts", "attempts <> 0"),
    ("writer_weeks", "cohort_id, week, enrolment_id, posts", "posts <> 0"),
];

/// What is marked at an enrolment, and the facts that it is marked for.
const MARKS: [(&str, &str); 3] = [
    ("has_certificate", "SELECT 1 FROM certificates AS c WHERE c.enrolment_id = enrolments.id"),
    ("has_begun", "SELECT 1 FROM completions AS d WHERE d.enrolment_id = enrolments.id"),
    (
        "has_written",
        "SELECT 1 FROM posts AS p WHERE p.enrolment_id = enrolments.id AND p.removed_at IS NULL AND p.hidden_at IS NULL",
    ),
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Counts everything, mends what is wrong, and gives how many rows that were.
pub fn recount(conn: &mut Conn) -> QueryResult<i64> {
    let mut wrong = 0;
    for sum in SUMS {
        let (table, columns, _) = sum;
        let off = wrong_rows(conn, sum)?;
        if off > 0 {
            diesel::sql_query(format!("DELETE FROM {table}")).execute(conn)?;
            let counted = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM counted_{table}");
            diesel::sql_query(counted).execute(conn)?;
        }
        wrong += off;
    }
    let marks = wrong_marks(conn)?;
    if marks > 0 {
        let marked = MARKS.map(|(mark, facts)| format!("{mark} = EXISTS ({facts})")).join(", ");
        diesel::sql_query(format!("UPDATE enrolments SET {marked} WHERE {}", differ())).execute(conn)?;
    }
    Ok(wrong + marks)
}

/// How many rows [`recount`] would mend; it changes nothing.
pub fn count_wrong(conn: &mut Conn) -> QueryResult<i64> {
    let sums: i64 = SUMS.into_iter().map(|sum| wrong_rows(conn, sum)).sum::<QueryResult<_>>()?;
    Ok(sums + wrong_marks(conn)?)
}

/// That a mark of an enrolment is not what its facts say.
fn differ() -> String {
    MARKS.map(|(mark, facts)| format!("{mark} <> EXISTS ({facts})")).join(" OR ")
}

fn wrong_marks(conn: &mut Conn) -> QueryResult<i64> {
    let question = format!("SELECT count(*) AS n FROM enrolments WHERE {}", differ());
    diesel::sql_query(question).get_result::<Count>(conn).map(|count| count.n)
}

fn wrong_rows(conn: &mut Conn, (table, columns, says): (&str, &str, &str)) -> QueryResult<i64> {
    let kept = format!("SELECT {columns} FROM {table} WHERE {says}");
    let counted = format!("SELECT {columns} FROM counted_{table}");
    Ok(count(conn, &kept, &counted)?.max(count(conn, &counted, &kept)?))
}

/// How many rows the one has and the other has not.
fn count(conn: &mut Conn, one: &str, other: &str) -> QueryResult<i64> {
    let question = format!("SELECT count(*) AS n FROM ({one} EXCEPT {other}) AS differing");
    diesel::sql_query(question).get_result::<Count>(conn).map(|count| count.n)
}
