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

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Counts everything, mends what is wrong, and gives how many rows that were.
pub fn recount(conn: &mut Conn) -> QueryResult<i64> {
    let mut wrong = 0;
    for (table, columns, says) in SUMS {
        let kept = format!("SELECT {columns} FROM {table} WHERE {says}");
        let counted = format!("SELECT {columns} FROM counted_{table}");
        let off = count(conn, &kept, &counted)?.max(count(conn, &counted, &kept)?);
        if off > 0 {
            diesel::sql_query(format!("DELETE FROM {table}")).execute(conn)?;
            diesel::sql_query(format!("INSERT INTO {table} ({columns}) {counted}")).execute(conn)?;
        }
        wrong += off;
    }
    Ok(wrong)
}

/// How many rows the one has and the other has not.
fn count(conn: &mut Conn, one: &str, other: &str) -> QueryResult<i64> {
    let question = format!("SELECT count(*) AS n FROM ({one} EXCEPT {other}) AS differing");
    diesel::sql_query(question).get_result::<Count>(conn).map(|count| count.n)
}
