//! What a cohort hands on to another, and the making of that one.

use diesel::prelude::*;

use crate::admin::copy::{Original, Plan};
use crate::cohort::{self, Cohort, Joining};
use crate::enrolling::{self, Code};
use crate::live;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::schedule::{self, Choices};

/// Five queries.
pub fn original<'c>(conn: &mut Conn, cohort: Cohort, programme: &'c Programme) -> QueryResult<Original<'c>> {
    Ok(Original {
        breaks: cohort::store::list_breaks(conn, cohort.id)?,
        releases: schedule::store::list_releases(conn, cohort.id)?,
        reminders: schedule::store::find_settings(conn, cohort.id)?,
        sessions: live::store::list(conn, cohort.id)?,
        enrolling: enrolling::store::settings(conn, cohort.id)?,
        programme,
        cohort,
    })
}

/// Makes the cohort as planned, under its own name and address.
pub fn make_copy(
    conn: &mut Conn,
    original: &Original<'_>,
    plan: &Plan<'_>,
    (name, slug): (String, Slug),
    now: Instant,
) -> QueryResult<Cohort> {
    let made = cohort::store::create_as(conn, &Cohort { name, slug, ..plan.cohort.clone() }, &plan.breaks, now)?;
    schedule::store::put_releases(conn, made.id, &plan.releases())?;
    for meeting in &plan.sessions {
        live::store::save(conn, made.id, &meeting.session)?;
    }
    hand_on_reminders(conn, original, &made)?;
    hand_on_enrolling(conn, original, &made)?;
    Ok(made)
}

/// Choices for units that the programme no longer has stay behind.
fn hand_on_reminders(conn: &mut Conn, original: &Original<'_>, made: &Cohort) -> QueryResult<()> {
    let first = |choices: &Choices| Choices { version: 1, ..choices.clone() };
    if original.reminders.cohort.version > 0 {
        schedule::store::save_choices(conn, made.id, None, &first(&original.reminders.cohort))?;
    }
    for unit in &original.programme.units {
        if let Some(choices) = original.reminders.of(unit) {
            schedule::store::save_choices(conn, made.id, Some(&unit.slug), &first(choices))?;
        }
    }
    Ok(())
}

/// All but the code: who knows last year's does not come in with it.
fn hand_on_enrolling(conn: &mut Conn, original: &Original<'_>, made: &Cohort) -> QueryResult<()> {
    enrolling::store::lock(conn, made.id)?;
    enrolling::store::save_settings(conn, made.id, &original.enrolling)?;
    if made.joining == Joining::Code {
        enrolling::store::set_code(conn, made.id, Some(&Code::random()))?;
    }
    Ok(())
}
