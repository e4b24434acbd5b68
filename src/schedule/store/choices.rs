//! What facilitators chose about their cohort's reminders.

use chrono::NaiveTime;
use diesel::prelude::*;

use crate::cohort::CohortId;
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schedule::{Choices, Settings};
use crate::schema::reminder_choices;

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminder_choices)]
pub struct ChoicesRow {
    unit: String,
    version: i32,
    starting_soon: Option<bool>,
    opens: Option<bool>,
    nudge: Option<bool>,
    wrap_up: Option<bool>,
    live: Option<bool>,
    nudge_days: Option<i32>,
    hour: Option<NaiveTime>,
    opens_note: String,
    nudge_note: String,
    wrap_up_note: String,
}

impl ChoicesRow {
    /// With the unit they are for; `None`: the whole cohort.
    fn split(self) -> (Option<Slug>, Choices) {
        let Self { unit, version, starting_soon, opens, nudge, wrap_up, live, nudge_days, hour, .. } = self;
        let Self { opens_note, nudge_note, wrap_up_note, .. } = self;
        let choices = Choices {
            version,
            starting_soon,
            opens,
            nudge,
            wrap_up,
            live,
            nudge_days,
            hour,
            opens_note,
            nudge_note,
            wrap_up_note,
        };
        (Slug::parse(&unit), choices)
    }
}

/// All that was chosen for one cohort.
pub fn find_settings(conn: &mut Conn, cohort: CohortId) -> QueryResult<Settings> {
    Ok(list_settings(conn, &[cohort])?.pop().map(|(_, settings)| settings).unwrap_or_default())
}

/// All that was chosen for some cohorts: nothing for one without choices. One query.
pub fn list_settings(conn: &mut Conn, cohorts: &[CohortId]) -> QueryResult<Vec<(CohortId, Settings)>> {
    let rows: Vec<(CohortId, ChoicesRow)> = reminder_choices::table
        .filter(reminder_choices::cohort_id.eq_any(cohorts))
        .order((reminder_choices::cohort_id, reminder_choices::id))
        .select((reminder_choices::cohort_id, ChoicesRow::as_select()))
        .load(conn)?;
    let mut all: Vec<(CohortId, Settings)> = Vec::new();
    for (cohort, row) in rows {
        if all.last().is_none_or(|(last, _)| *last != cohort) {
            all.push((cohort, Settings::default()));
        }
        let Some((_, settings)) = all.last_mut() else { continue };
        match row.split() {
            (Some(unit), choices) => settings.units.push((unit, choices)),
            (None, choices) => settings.cohort = choices,
        }
    }
    Ok(all)
}

/// Keeps what was chosen, for one unit or the whole cohort, in the place of the version before it. False: somebody else
/// changed it in the meantime, and nothing was saved.
pub fn save_choices(conn: &mut Conn, cohort: CohortId, unit: Option<&Slug>, choices: &Choices) -> QueryResult<bool> {
    let unit = unit.map_or("", Slug::as_str);
    let fresh = (
        reminder_choices::version.eq(choices.version),
        reminder_choices::starting_soon.eq(choices.starting_soon),
        reminder_choices::opens.eq(choices.opens),
        reminder_choices::nudge.eq(choices.nudge),
        reminder_choices::wrap_up.eq(choices.wrap_up),
        reminder_choices::live.eq(choices.live),
        reminder_choices::nudge_days.eq(choices.nudge_days),
        reminder_choices::hour.eq(choices.hour),
        reminder_choices::opens_note.eq(&choices.opens_note),
        reminder_choices::nudge_note.eq(&choices.nudge_note),
        reminder_choices::wrap_up_note.eq(&choices.wrap_up_note),
    );
    let saved = if choices.version == 1 {
        diesel::insert_into(reminder_choices::table)
            .values((reminder_choices::cohort_id.eq(cohort), reminder_choices::unit.eq(unit), fresh))
            .on_conflict_do_nothing()
            .on_both()
            .execute(conn)?
    } else {
        let before = reminder_choices::table
            .filter(reminder_choices::cohort_id.eq(cohort))
            .filter(reminder_choices::unit.eq(unit))
            .filter(reminder_choices::version.eq(choices.version - 1));
        diesel::update(before).set(fresh).execute(conn)?
    };
    Ok(saved == 1)
}
