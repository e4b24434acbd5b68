//! When the cohort meets: on the Thursday of each week that has a live session, and who of those who did the step was there.

use chrono::{Days, NaiveTime};
use diesel::prelude::*;

use crate::cohort::{Cohort, CohortId, EnrolmentId};
use crate::each;
use crate::live::{Presence, Session, steps, store};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::Slug;
use crate::programme::Programme;
use crate::schedule::{Release, release_of};
use crate::schema::{attendances, completions, enrolments, live_sessions};

const MINUTES: i32 = 60;

/// Plans them all; those that are over by now have a recording.
pub fn plan(
    conn: &mut Conn,
    cohort: &Cohort,
    programme: &Programme,
    releases: &[Release],
    now: Instant,
) -> QueryResult<()> {
    let noon = NaiveTime::from_hms_opt(12, 30, 0).unwrap_or_default();
    for (number, (unit, step)) in (1..).zip(steps(&programme.units)) {
        let Some(release) = release_of(unit, releases) else { continue };
        let local_time = (release.local_time.date() + Days::new(3)).and_time(noon);
        let mut session = Session {
            unit: unit.slug.clone(),
            step: step.slug.clone(),
            local_time,
            starts_at: cohort.zone.instant(local_time),
            minutes: MINUTES,
            link: format!("https://meet.example.org/{}-{number}", cohort.slug),
            recording: String::new(),
            version: 1,
            called_off: false,
        };
        if session.ends_at() < now {
            session.recording = format!("https://video.example.org/{}-{number}", cohort.slug);
        }
        store::save(conn, cohort.id, &session)?;
    }
    Ok(())
}

/// Who has done a session's step since it began was there, but for one in five, who caught up.
pub fn attend(conn: &mut Conn, cohort: CohortId) -> QueryResult<usize> {
    let done: Vec<(EnrolmentId, Slug, Slug, Instant)> = completions::table
        .inner_join(enrolments::table)
        .inner_join(
            live_sessions::table.on(live_sessions::cohort_id
                .eq(enrolments::cohort_id)
                .and(live_sessions::unit.eq(completions::unit))
                .and(live_sessions::step.eq(completions::step))),
        )
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(completions::completed_at.ge(live_sessions::starts_at))
        .select((completions::enrolment_id, completions::unit, completions::step, completions::completed_at))
        .load(conn)?;
    let said = |(enrolment, unit, step, at): &(EnrolmentId, Slug, Slug, Instant)| {
        (
            attendances::enrolment_id.eq(*enrolment),
            attendances::unit.eq(unit.clone()),
            attendances::step.eq(step.clone()),
            attendances::presence.eq(if enrolment.0 % 5 == 0 { Presence::CaughtUp } else { Presence::There }),
            attendances::said_at.eq(*at),
        )
    };
    let mut written = 0;
    for batch in done.chunks(super::write::BATCH) {
        let rows: Vec<_> = batch.iter().map(said).collect();
        written +=
            each!(conn, c => diesel::insert_into(attendances::table).values(rows).on_conflict_do_nothing().execute(c))?;
    }
    Ok(written)
}
