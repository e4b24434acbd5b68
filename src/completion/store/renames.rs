//! A step or unit that was given another slug: what people have done follows.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::StepKey;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::schema::{
    cohorts, completions, enrolments, exercise_answers, film_positions, notes, quiz_attempts, reflections,
    step_openings, submissions,
};

/// Moves all records of the programme's cohorts from the slugs that units and steps had formerly to those of now.
pub fn follow_renames(conn: &mut Conn, programme: &Programme) -> QueryResult<()> {
    for moved in programme.renames() {
        rename(conn, &programme.slug, moved.former, moved.now)?;
    }
    Ok(())
}

/// Moves one step's records. Where someone has records under both names, the ones of now stand and the old stay old.
pub fn rename(conn: &mut Conn, programme: &Slug, from: StepKey<'_>, to: StepKey<'_>) -> QueryResult<()> {
    macro_rules! follow {
        ($table:ident) => {{
            diesel::alias!(const now: Alias<Now> = $table as now);
            let renamed = now
                .filter(now.field($table::unit).eq(to.0))
                .filter(now.field($table::step).eq(to.1))
                .select(now.field($table::enrolment_id));
            let runs = cohorts::table.filter(cohorts::programme.eq(programme)).select(cohorts::id);
            let theirs = enrolments::table.filter(enrolments::cohort_id.eq_any(runs)).select(enrolments::id);
            let old = $table::table
                .filter($table::unit.eq(from.0))
                .filter($table::step.eq(from.1))
                .filter($table::enrolment_id.eq_any(theirs))
                .filter($table::enrolment_id.ne_all(renamed));
            diesel::update(old).set(($table::unit.eq(to.0), $table::step.eq(to.1))).execute(conn)?;
        }};
    }
    follow!(completions);
    follow!(step_openings);
    follow!(quiz_attempts);
    follow!(exercise_answers);
    follow!(film_positions);
    follow!(notes);
    follow!(reflections);
    follow!(submissions);
    Ok(())
}

/// Under which units and steps the programme's cohorts hold records of learners' work, and how many.
pub fn records(conn: &mut Conn, programme: &Slug) -> QueryResult<BTreeMap<(String, String), i64>> {
    let mut records = BTreeMap::new();
    macro_rules! count {
        ($table:ident) => {{
            let rows: Vec<(String, String, i64)> = $table::table
                .inner_join(enrolments::table.inner_join(cohorts::table))
                .filter(cohorts::programme.eq(programme))
                .group_by(($table::unit, $table::step))
                .select(($table::unit, $table::step, count_star()))
                .load(conn)?;
            for (unit, step, count) in rows {
                *records.entry((unit, step)).or_insert(0) += count;
            }
        }};
    }
    count!(completions);
    count!(quiz_attempts);
    count!(exercise_answers);
    count!(notes);
    count!(reflections);
    count!(submissions);
    Ok(records)
}
