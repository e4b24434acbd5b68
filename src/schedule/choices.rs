//! What a cohort's facilitators chose about its reminders: for all units, and for one unit where that differs.

use chrono::NaiveTime;

use super::due::{Kind, NUDGE_DAYS};
use crate::cohort::Cohort;
use crate::platform::text::Slug;
use crate::programme::Unit;

/// What was chosen in one place. `None`: as the cohort has it, or as it comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Counts every change. 0: nothing was ever chosen.
    pub version: i32,
    pub starting_soon: Option<bool>,
    pub opens: Option<bool>,
    pub nudge: Option<bool>,
    pub wrap_up: Option<bool>,
    pub live: Option<bool>,
    /// Days from the release to the nudge.
    pub nudge_days: Option<i32>,
    /// Local; of the mails that do not go with the release itself.
    pub hour: Option<NaiveTime>,
    /// What facilitators say on top of a unit's mail, plain text. Empty: nothing.
    pub opens_note: String,
    pub nudge_note: String,
    pub wrap_up_note: String,
}

impl Choices {
    pub fn is_on(&self, kind: Kind) -> Option<bool> {
        match kind {
            Kind::StartingSoon => self.starting_soon,
            Kind::Opens => self.opens,
            Kind::Nudge => self.nudge,
            Kind::WrapUp => self.wrap_up,
            Kind::LiveDay | Kind::LiveHour => self.live,
            // Whoever was told a time is told that it does not hold.
            Kind::LiveChanged => Some(true),
        }
    }

    pub fn note(&self, kind: Kind) -> &str {
        match kind {
            Kind::Opens => &self.opens_note,
            Kind::Nudge => &self.nudge_note,
            Kind::WrapUp => &self.wrap_up_note,
            Kind::StartingSoon | Kind::LiveDay | Kind::LiveHour | Kind::LiveChanged => "",
        }
    }
}

/// All that a cohort's facilitators chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub cohort: Choices,
    /// Each by the slug that its unit had when they were made.
    pub units: Vec<(Slug, Choices)>,
}

impl Settings {
    /// What was chosen for the unit alone.
    pub fn of(&self, unit: &Unit) -> Option<&Choices> {
        let named = |name: &Slug| self.units.iter().find(|(slug, _)| slug == name).map(|(_, choices)| choices);
        std::iter::once(&unit.slug).chain(&unit.formerly).find_map(named)
    }

    pub fn is_on(&self, unit: &Unit, kind: Kind) -> bool {
        self.of(unit).and_then(|own| own.is_on(kind)).or(self.cohort.is_on(kind)).unwrap_or(true)
    }

    pub fn nudge_days(&self, unit: &Unit) -> u64 {
        let chosen = self.of(unit).and_then(|own| own.nudge_days).or(self.cohort.nudge_days);
        chosen.and_then(|days| u64::try_from(days).ok()).unwrap_or(NUDGE_DAYS)
    }

    /// The wall time of the unit's mails that do not go with its release.
    pub fn hour(&self, cohort: &Cohort, unit: &Unit) -> NaiveTime {
        self.of(unit).and_then(|own| own.hour).or(self.cohort.hour).unwrap_or(cohort.release_time)
    }

    pub fn note(&self, unit: &Unit, kind: Kind) -> &str {
        let own = self.of(unit).map(|own| own.note(kind)).filter(|note| !note.is_empty());
        own.unwrap_or_else(|| self.cohort.note(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::sample::{slug, unit};

    #[test]
    fn a_unit_goes_before_its_cohort_and_the_cohort_before_what_comes_by_itself() {
        let mut settings = Settings::default();
        let mut renamed = unit(3, "three", Vec::new());
        renamed.formerly = vec![slug("drei")];
        assert!(settings.is_on(&renamed, Kind::Nudge));
        assert_eq!(settings.nudge_days(&renamed), NUDGE_DAYS);
        let words = "To all".to_owned();
        settings.cohort = Choices { nudge: Some(false), nudge_days: Some(2), nudge_note: words, ..Choices::default() };
        assert_eq!(settings.note(&renamed, Kind::Nudge), "To all");
        assert!(!settings.is_on(&renamed, Kind::Nudge) && settings.is_on(&renamed, Kind::WrapUp));
        let own = Choices { nudge: Some(true), nudge_note: "Hello".into(), ..Choices::default() };
        settings.units = vec![(slug("drei"), own)];
        assert!(settings.is_on(&renamed, Kind::Nudge), "by its earlier name");
        assert_eq!((settings.nudge_days(&renamed), settings.note(&renamed, Kind::Nudge)), (2, "Hello"));
        assert!(!settings.is_on(&unit(4, "four", Vec::new()), Kind::Nudge));
    }
}
