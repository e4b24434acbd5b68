//! What facilitators chose, and how many places are taken; invitations and requests are in files of their own.

mod invitations;
mod requests;

use diesel::prelude::*;

pub use invitations::*;
pub use requests::*;

use super::domains::Domains;
use super::{Code, Places, Settings};
use crate::accounts::AccountId;
use crate::cohort::{self, CohortId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::schema::enrolling_settings;

/// Lets one transaction at a time hand out places of a cohort, or change how many there are. SQLite has one writer as it
/// is. The cohort's own row is no good for it: whoever plans reminders holds that one for longer.
pub fn lock(conn: &mut Conn, cohort: CohortId) -> QueryResult<()> {
    diesel::insert_into(enrolling_settings::table)
        .values((
            enrolling_settings::cohort_id.eq(cohort),
            enrolling_settings::domains.eq(""),
            enrolling_settings::remind_after_days.eq(Settings::default().remind_after_days),
        ))
        .on_conflict_do_nothing()
        .on_both()
        .execute(conn)?;
    if let Conn::Postgres(conn) = conn {
        enrolling_settings::table
            .find(cohort)
            .for_update()
            .select(enrolling_settings::cohort_id)
            .first::<CohortId>(conn)?;
    }
    Ok(())
}

pub fn settings(conn: &mut Conn, cohort: CohortId) -> QueryResult<Settings> {
    type Row = (Option<String>, Option<i32>, String, Option<i32>);
    let kept: Option<Row> = enrolling_settings::table
        .find(cohort)
        .select((
            enrolling_settings::code,
            enrolling_settings::places,
            enrolling_settings::domains,
            enrolling_settings::remind_after_days,
        ))
        .first(conn)
        .optional()?;
    Ok(kept.map_or_else(Settings::default, |(code, places, domains, remind_after_days)| Settings {
        code: code.map(Code::kept),
        places,
        domains: Domains::parse(&domains).unwrap_or_default(),
        remind_after_days,
    }))
}

/// Keeps all but the code, under the [`lock`].
pub fn save_settings(conn: &mut Conn, cohort: CohortId, settings: &Settings) -> QueryResult<()> {
    diesel::update(enrolling_settings::table.find(cohort))
        .set((
            enrolling_settings::places.eq(settings.places),
            enrolling_settings::domains.eq(settings.domains.lines()),
            enrolling_settings::remind_after_days.eq(settings.remind_after_days),
        ))
        .execute(conn)
        .map(drop)
}

/// Under the [`lock`].
pub fn set_code(conn: &mut Conn, cohort: CohortId, code: Option<&Code>) -> QueryResult<()> {
    diesel::update(enrolling_settings::table.find(cohort))
        .set(enrolling_settings::code.eq(code.map(Code::as_str)))
        .execute(conn)
        .map(drop)
}

/// How many places there are and how many are taken now. Whoever acts on it holds the [`lock`].
pub fn places(conn: &mut Conn, cohort: CohortId, settings: &Settings, now: Instant) -> QueryResult<Places> {
    Ok(Places {
        limit: settings.places.map(i64::from),
        learners: cohort::store::count_learners(conn, cohort)?,
        invited: count_open(conn, cohort, now)?,
    })
}

/// Whoever is in the cohort now, however they came, needs no invitation and waits for nothing.
pub fn settle(conn: &mut Conn, cohort: CohortId, account: AccountId, now: Instant) -> QueryResult<()> {
    settle_invitation_of(conn, cohort, account, now)?;
    settle_wish_of(conn, cohort, account, now)
}
