//! Certificates and the signing key, as they are kept.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Certificate, CertificateId, Code, Says};
use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::completion::{Deed, Done, How};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{accounts, certificates, completions, enrolments, signing_keys};

#[derive(Queryable, Selectable)]
#[diesel(table_name = certificates)]
struct CertificateRow {
    id: CertificateId,
    code: String,
    name: String,
    name_changed_at: Option<Instant>,
    name_shown_since: Option<Instant>,
    programme: Slug,
    title: String,
    language: String,
    cohort: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    minutes: i32,
    asked: String,
    issued_on: NaiveDate,
    issued_at: Instant,
}

impl From<CertificateRow> for Certificate {
    fn from(row: CertificateRow) -> Self {
        let CertificateRow {
            programme, title, language, cohort, starts_on, ends_on, minutes, asked, issued_on, ..
        } = row;
        Self {
            id: row.id,
            code: Code::stored(row.code),
            name: row.name,
            name_changed_at: row.name_changed_at,
            name_shown_since: row.name_shown_since,
            says: Says { programme, title, language, cohort, starts_on, ends_on, minutes, asked, issued_on },
            issued_at: row.issued_at,
        }
    }
}

/// Somebody's own.
pub fn own(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Option<Certificate>> {
    let row: Option<CertificateRow> = each!(conn, c => certificates::table
        .filter(certificates::enrolment_id.eq(enrolment))
        .select(CertificateRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Into::into))
}

pub fn find(conn: &mut Conn, code: &Code) -> QueryResult<Option<Certificate>> {
    let row: Option<CertificateRow> = each!(conn, c => certificates::table
        .filter(certificates::code.eq(code.as_str()))
        .select(CertificateRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Into::into))
}

pub fn issued_at(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Option<Instant>> {
    each!(conn, c => certificates::table
        .filter(certificates::enrolment_id.eq(enrolment))
        .select(certificates::issued_at)
        .first(c)
        .optional())
}

/// Issues, unless that has been done. False: somebody was quicker.
pub fn add(conn: &mut Conn, enrolment: EnrolmentId, name: &str, says: &Says, now: Instant) -> QueryResult<bool> {
    let values = (
        certificates::enrolment_id.eq(enrolment),
        certificates::code.eq(Code::random().to_string()),
        certificates::name.eq(name),
        certificates::programme.eq(&says.programme),
        certificates::title.eq(&says.title),
        certificates::language.eq(&says.language),
        certificates::cohort.eq(&says.cohort),
        certificates::starts_on.eq(says.starts_on),
        certificates::ends_on.eq(says.ends_on),
        certificates::minutes.eq(says.minutes),
        certificates::asked.eq(&says.asked),
        certificates::issued_on.eq(says.issued_on),
        certificates::issued_at.eq(now),
    );
    let added =
        diesel::insert_into(certificates::table).values(values).on_conflict_do_nothing().on_both().execute(conn)?;
    Ok(added == 1)
}

/// Prints another name, once. False: it has been changed already.
pub fn rename(conn: &mut Conn, id: CertificateId, name: &str, now: Instant) -> QueryResult<bool> {
    let changed = diesel::update(certificates::table.find(id))
        .filter(certificates::name_changed_at.is_null())
        .set((certificates::name.eq(name), certificates::name_changed_at.eq(now)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Lets the public page show the name, or no more.
pub fn show_name(conn: &mut Conn, id: CertificateId, since: Option<Instant>) -> QueryResult<()> {
    diesel::update(certificates::table.find(id)).set(certificates::name_shown_since.eq(since)).execute(conn).map(drop)
}

/// An active learner, whom a certificate and its letter are for.
#[derive(Debug, Clone, Queryable)]
pub struct Holder {
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub verified_at: Option<Instant>,
    pub suspended_at: Option<Instant>,
    pub undeliverable_at: Option<Instant>,
    pub reminders_stopped_at: Option<Instant>,
    pub unsubscribe_token: String,
}

pub fn holder(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Option<Holder>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::id.eq(enrolment))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Active))
        .select((
            accounts::id,
            accounts::name,
            accounts::email,
            accounts::verified_at,
            accounts::suspended_at,
            accounts::undeliverable_at,
            enrolments::reminders_stopped_at,
            enrolments::unsubscribe_token,
        ))
        .first(conn)
        .optional()
}

/// The next active learners after `after` who have no certificate, in the order of their enrolments.
pub fn list_without(conn: &mut Conn, cohort: CohortId, after: EnrolmentId, most: i64) -> QueryResult<Vec<EnrolmentId>> {
    enrolments::table
        .left_join(certificates::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::role.eq(Role::Learner))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(enrolments::id.gt(after))
        .filter(certificates::id.is_null())
        .order(enrolments::id)
        .limit(most)
        .select(enrolments::id)
        .load(conn)
}

type DoneRow = (EnrolmentId, Slug, Slug, (Instant, Option<How>));

/// What these learners have done, each with something done.
pub fn list_done_of(conn: &mut Conn, learners: &[EnrolmentId]) -> QueryResult<Vec<(EnrolmentId, Done)>> {
    let rows: Vec<DoneRow> = completions::table
        .filter(completions::enrolment_id.eq_any(learners))
        .order(completions::enrolment_id)
        .select((
            completions::enrolment_id,
            completions::unit,
            completions::step,
            (completions::completed_at, completions::how),
        ))
        .load(conn)?;
    let of_one = rows.chunk_by(|a, b| a.0 == b.0);
    let steps = |rows: &[DoneRow]| -> Done {
        rows.iter()
            .map(|(_, unit, step, (at, how))| (unit.clone(), step.clone(), Deed { at: *at, how: *how }))
            .collect()
    };
    Ok(of_one.filter_map(|rows| Some((rows.first()?.0, steps(rows)))).collect())
}

/// The seed of a signing key, if one was made.
pub fn seed(conn: &mut Conn, key: &str) -> QueryResult<Option<String>> {
    signing_keys::table.find(key).select(signing_keys::seed).first(conn).optional()
}

/// Keeps a new key, unless there is one: the first stands.
pub fn keep_seed(conn: &mut Conn, key: &str, seed: &str, now: Instant) -> QueryResult<()> {
    let values = (signing_keys::name.eq(key), signing_keys::seed.eq(seed), signing_keys::created_at.eq(now));
    diesel::insert_into(signing_keys::table).values(values).on_conflict_do_nothing().on_both().execute(conn).map(drop)
}
