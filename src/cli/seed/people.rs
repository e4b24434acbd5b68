//! An administrator, two facilitators and the learners, all verified, all with one password.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::words;
use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;
use crate::schema::{accounts, enrolments};

/// Rows written in one statement.
const ROWS: usize = 1_000;

pub struct People {
    pub facilitators: Vec<EnrolmentId>,
    pub learners: Vec<EnrolmentId>,
}

pub fn enrol(conn: &mut Conn, cohort: CohortId, learners: usize, hash: &str, at: Instant) -> QueryResult<People> {
    let admin = vec![("Robin Administrator".to_owned(), "admin@example.org".to_owned())];
    make_accounts(conn, &admin, true, hash, at)?;
    let staff = vec![
        ("Priya Raman".to_owned(), "facilitator1@example.org".to_owned()),
        ("Tom Ashworth".to_owned(), "facilitator2@example.org".to_owned()),
    ];
    let facilitators = make_accounts(conn, &staff, false, hash, at)?;
    let facilitators = make_enrolments(conn, cohort, &facilitators, Role::Facilitator, at)?;
    let everybody: Vec<_> =
        (0..learners).map(|n| (words::name(n), format!("learner{:04}@example.org", n + 1))).collect();
    let accounts = make_accounts(conn, &everybody, false, hash, at)?;
    let learners = make_enrolments(conn, cohort, &accounts, Role::Learner, at)?;
    Ok(People { facilitators, learners })
}

fn make_accounts(
    conn: &mut Conn,
    people: &[(String, String)],
    is_administrator: bool,
    hash: &str,
    at: Instant,
) -> QueryResult<Vec<AccountId>> {
    let mut ids = Vec::with_capacity(people.len());
    for batch in people.chunks(ROWS) {
        let rows: Vec<_> = batch
            .iter()
            .map(|(name, email)| {
                (
                    accounts::name.eq(name),
                    accounts::email.eq(email),
                    accounts::email_key.eq(email),
                    accounts::password_hash.eq(hash),
                    accounts::is_administrator.eq(is_administrator),
                    accounts::created_at.eq(at),
                    accounts::verified_at.eq(at),
                )
            })
            .collect();
        each!(conn, c => diesel::insert_into(accounts::table).values(rows).execute(c))?;
        let emails: Vec<&String> = batch.iter().map(|(_, email)| email).collect();
        let mut made: Vec<AccountId> = accounts::table
            .filter(accounts::email_key.eq_any(emails))
            .order(accounts::email_key)
            .select(accounts::id)
            .load(conn)?;
        ids.append(&mut made);
    }
    Ok(ids)
}

fn make_enrolments(
    conn: &mut Conn,
    cohort: CohortId,
    people: &[AccountId],
    role: Role,
    at: Instant,
) -> QueryResult<Vec<EnrolmentId>> {
    for (number, batch) in people.chunks(ROWS).enumerate() {
        let rows: Vec<_> = batch
            .iter()
            .enumerate()
            .map(|(n, account)| {
                (
                    enrolments::cohort_id.eq(cohort),
                    enrolments::account_id.eq(*account),
                    enrolments::role.eq(role),
                    enrolments::state.eq(Standing::Active),
                    enrolments::enrolled_at.eq(at + TimeDelta::minutes((number * ROWS + n) as i64)),
                    enrolments::unsubscribe_token.eq(Secret::random().as_str().to_owned()),
                )
            })
            .collect();
        each!(conn, c => diesel::insert_into(enrolments::table).values(rows).execute(c))?;
    }
    enrolments::table
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(role))
        .order(enrolments::id)
        .select(enrolments::id)
        .load(conn)
}
