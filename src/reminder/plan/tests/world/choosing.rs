//! What people choose in the world of these tests, and the ledger as a whole.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::World;
use crate::cohort::Standing;
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::reminder::sample::slug;
use crate::reminder::wishes::Wishes;
use crate::reminder::{Kind, NotSent};
use crate::schedule::Choices;
use crate::schema::{accounts, enrolments, messages, releases as release_rows, reminders};

impl World {
    pub fn come_back(&self, name: &str) {
        let own = self.enrolment(name);
        let state = enrolments::state.eq(Standing::Active);
        self.with(|conn| diesel::update(enrolments::table.find(own)).set(state).execute(conn).unwrap());
    }

    pub fn wish(&self, name: &str, wishes: &Wishes) {
        let own = self.enrolment(name);
        self.with(|conn| crate::reminder::store::save_wishes(conn, own, wishes).unwrap());
    }

    /// For the whole cohort, or for one unit.
    pub fn choose(&self, unit: Option<u16>, choices: &Choices) {
        let unit = unit.map(|number| slug(&format!("unit-{number}")));
        self.with(|conn| {
            let settings = crate::schedule::store::find_settings(conn, self.cohort).unwrap();
            let kept = unit.as_ref().and_then(|unit| settings.units.iter().find(|(of, _)| of == unit));
            let before =
                if unit.is_some() { kept.map_or(0, |(_, kept)| kept.version) } else { settings.cohort.version };
            let choices = Choices { version: before + 1, ..choices.clone() };
            assert!(crate::schedule::store::save_choices(conn, self.cohort, unit.as_ref(), &choices).unwrap());
        });
    }

    pub fn hold(&self, unit: u16, held: bool) {
        let row = release_rows::table.filter(release_rows::unit.eq(slug(&format!("unit-{unit}"))));
        self.with(|conn| diesel::update(row).set(release_rows::held.eq(held)).execute(conn).unwrap());
    }

    /// The whole ledger: learner, unit, kind, when it was due, and the words for what became of it.
    pub fn ledger(&self) -> BTreeMap<(String, String, Kind), (Instant, String)> {
        type Row = (String, Slug, Kind, Instant, Option<NotSent>, Option<(State, Option<String>)>);
        let rows: Vec<Row> = self.with(|conn| {
            reminders::table
                .inner_join(enrolments::table.inner_join(accounts::table))
                .left_join(messages::table)
                .select((
                    accounts::name,
                    reminders::unit,
                    reminders::kind,
                    reminders::due_at,
                    reminders::not_sent_because,
                    (messages::state, messages::reason).nullable(),
                ))
                .load(conn)
                .unwrap()
        });
        let fate = |not_sent: Option<NotSent>, mail: Option<(State, Option<String>)>| match (not_sent, mail) {
            (Some(reason), _) => reason.because().to_owned(),
            (None, Some((state, reason))) => format!("{state} {}", reason.unwrap_or_default()).trim_end().to_owned(),
            (None, None) => "forgotten".into(),
        };
        let row = |(name, unit, kind, due, not_sent, mail): Row| {
            ((name, unit.to_string(), kind), (due, fate(not_sent, mail)))
        };
        rows.into_iter().map(row).collect()
    }
}
