//! Products as they are kept: one for each enrolment and unit.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::{Product, ProductId, Shared};
use crate::cohort::{CohortId, EnrolmentId, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::programme::Written;
use crate::schema::{accounts, cohorts, enrolments, products};

type Row = (Slug, String, String, Instant, Option<Instant>);

fn product((unit, body, html, saved_at, shared_at): Row) -> Product {
    Product { unit, body, html, saved_at, shared_at }
}

/// All products of one learner; nobody else's enrolment leads to them.
pub fn list_own(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Vec<Product>> {
    let rows: Vec<Row> = products::table
        .filter(products::enrolment_id.eq(enrolment))
        .select((products::unit, products::body, products::html, products::saved_at, products::shared_at))
        .load(conn)?;
    Ok(rows.into_iter().map(product).collect())
}

pub fn find_own(conn: &mut Conn, enrolment: EnrolmentId, unit: &Slug) -> QueryResult<Option<Product>> {
    let row: Option<Row> = products::table
        .filter(products::enrolment_id.eq(enrolment))
        .filter(products::unit.eq(unit))
        .select((products::unit, products::body, products::html, products::saved_at, products::shared_at))
        .first(conn)
        .optional()?;
    Ok(row.map(product))
}

/// Keeps the text in the place of the earlier one. A new one is private; one that is shared stays so.
pub fn save(
    conn: &mut Conn,
    (cohort, enrolment): (CohortId, EnrolmentId),
    unit: &Slug,
    text: &Written,
    now: Instant,
) -> QueryResult<()> {
    let fresh = (products::body.eq(text.text()), products::html.eq(text.html()), products::saved_at.eq(now));
    diesel::insert_into(products::table)
        .values((products::enrolment_id.eq(enrolment), products::cohort_id.eq(cohort), products::unit.eq(unit), fresh))
        .on_conflict((products::enrolment_id, products::unit))
        .do_update()
        .set(fresh)
        .on_both()
        .execute(conn)
        .map(drop)
}

pub fn remove(conn: &mut Conn, enrolment: EnrolmentId, unit: &Slug) -> QueryResult<()> {
    let own = products::table.filter(products::enrolment_id.eq(enrolment)).filter(products::unit.eq(unit));
    diesel::delete(own).execute(conn).map(drop)
}

/// Lets the cohort read it, or nobody again. The first time of sharing stands.
pub fn set_shared(conn: &mut Conn, enrolment: EnrolmentId, unit: &Slug, shared: bool, now: Instant) -> QueryResult<()> {
    let own = products::table.filter(products::enrolment_id.eq(enrolment)).filter(products::unit.eq(unit));
    if shared {
        let private = own.filter(products::shared_at.is_null());
        diesel::update(private).set(products::shared_at.eq(now)).execute(conn).map(drop)
    } else {
        diesel::update(own).set(products::shared_at.eq(None::<Instant>)).execute(conn).map(drop)
    }
}

type SharedRow = (ProductId, Slug, String, Option<Instant>, EnrolmentId, String);

fn shared((id, unit, html, shared_at, author, name): SharedRow) -> Option<Shared> {
    Some(Shared { id, unit, html, shared_at: shared_at?, author, name })
}

/// A place in the list of shared products: the last one seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub shared_at: Instant,
    pub id: ProductId,
}

/// What people of the cohort share of these units, newest first, a page at a time. `by`: one person's alone.
pub fn list_shared(
    conn: &mut Conn,
    cohort: CohortId,
    units: &[&Slug],
    (by, after): (Option<EnrolmentId>, Option<After>),
    most: i64,
) -> QueryResult<Vec<Shared>> {
    let mut found = products::table
        .inner_join(enrolments::table.inner_join(accounts::table))
        .filter(products::cohort_id.eq(cohort))
        .filter(products::shared_at.is_not_null())
        .filter(products::unit.eq_any(units))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(accounts::suspended_at.is_null())
        .into_boxed();
    if let Some(by) = by {
        found = found.filter(products::enrolment_id.eq(by));
    }
    if let Some(after) = after {
        let earlier = products::shared_at.lt(after.shared_at).or(products::id.lt(after.id)).assume_not_null();
        found = found.filter(products::shared_at.le(after.shared_at).assume_not_null()).filter(earlier);
    }
    let rows: Vec<SharedRow> = found
        .order((products::shared_at.desc(), products::id.desc()))
        .limit(most)
        .select((
            products::id,
            products::unit,
            products::html,
            products::shared_at,
            products::enrolment_id,
            accounts::name,
        ))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(shared).collect())
}

/// Moves products to the slugs that their units have now. Where a learner has one under both, that of now stands.
pub fn follow_renames(conn: &mut Conn, programme: &Programme) -> QueryResult<()> {
    for unit in &programme.units {
        for former in &unit.formerly {
            rename(conn, &programme.slug, former, &unit.slug)?;
        }
    }
    Ok(())
}

pub fn rename(conn: &mut Conn, programme: &Slug, from: &Slug, to: &Slug) -> QueryResult<()> {
    diesel::alias!(const now: Alias<Now> = products as now);
    let renamed = now.filter(now.field(products::unit).eq(to)).select(now.field(products::enrolment_id));
    let runs = cohorts::table.filter(cohorts::programme.eq(programme)).select(cohorts::id);
    let old = products::table
        .filter(products::unit.eq(from))
        .filter(products::cohort_id.eq_any(runs))
        .filter(products::enrolment_id.ne_all(renamed));
    diesel::update(old).set(products::unit.eq(to)).execute(conn).map(drop)
}

/// Under which units the programme's cohorts hold products, and how many.
pub fn records(conn: &mut Conn, programme: &Slug) -> QueryResult<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> = products::table
        .inner_join(cohorts::table)
        .filter(cohorts::programme.eq(programme))
        .group_by(products::unit)
        .select((products::unit, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
