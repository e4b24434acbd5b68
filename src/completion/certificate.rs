//! What the certificate asks, and what of it a learner has yet to do: pure rules, a part for each thing that is asked.

use super::{Done, Progress, Share, UnitProgress, UnitState};
use crate::programme::{CertificateRule, Step, StepKind};

/// What one part of the rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// So many of all required steps, whichever they are.
    Share,
    /// Certain units, whole.
    Units,
    /// Certain steps.
    Steps,
    /// So many required steps of a kind.
    Kind(StepKind),
}

/// One part of the rule as it stands for one learner.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    pub asked: Asked,
    /// Units or steps done, of as many as are asked for.
    pub share: Share,
    /// What is not done and would count, in the order of the course; nothing where the part holds.
    pub missing: Vec<Missing<'a>>,
}

/// A step that is not done, or a unit that is not.
#[derive(Debug, Clone, Copy)]
pub struct Missing<'a> {
    pub unit: UnitProgress<'a>,
    /// None: the whole unit.
    pub step: Option<&'a Step>,
}

impl Part<'_> {
    pub fn holds(&self) -> bool {
        self.share.is_whole()
    }
}

/// Each part that the rule gives. All must hold. As in [`super::progress`], nothing in a unit that is not open is done.
pub fn parts<'a>(rule: &CertificateRule, progress: &Progress<'a>, done: &Done) -> Vec<Part<'a>> {
    let share = rule.share.map(|share| {
        let needed = needed(share, progress.share.of);
        part(Asked::Share, Some(needed), steps(progress, |_, step| step.required), done)
    });
    let units = (!rule.units.is_empty()).then(|| {
        let asked = progress.units.iter().filter(|unit| rule.units.contains(&unit.unit.slug));
        part(Asked::Units, None, asked.map(|unit| Missing { unit: *unit, step: None }).collect(), done)
    });
    let named = (!rule.steps.is_empty()).then(|| {
        let is_named = |unit: &UnitProgress<'_>, step: &Step| {
            rule.steps.iter().any(|(of, named)| *of == unit.unit.slug && *named == step.slug)
        };
        part(Asked::Steps, None, steps(progress, is_named), done)
    });
    let kinds = rule.counts.iter().map(|(kind, count)| {
        let of_kind = steps(progress, |_, step| step.required && step.kind == *kind);
        part(Asked::Kind(*kind), Some(usize::from(*count)), of_kind, done)
    });
    [share, units, named].into_iter().flatten().chain(kinds).collect()
}

/// How many of all a share is, rounded up.
fn needed(share: f64, of: usize) -> usize {
    // 0.07 of 100 are 7, not the 7.000000000000001 that binary fractions make of it.
    let exact = share * of as f64;
    (exact - 1e-9).ceil().max(0.0) as usize
}

fn steps<'a>(progress: &Progress<'a>, counts: impl Fn(&UnitProgress<'a>, &Step) -> bool) -> Vec<Missing<'a>> {
    let of_unit = |unit: &UnitProgress<'a>| {
        let steps = unit.unit.steps.iter().filter(|step| counts(unit, step));
        steps.map(|step| Missing { unit: *unit, step: Some(step) }).collect::<Vec<_>>()
    };
    progress.units.iter().flat_map(of_unit).collect()
}

/// `needed` of those that count; None: all of them.
fn part<'a>(asked: Asked, needed: Option<usize>, all: Vec<Missing<'a>>, done: &Done) -> Part<'a> {
    let of = needed.unwrap_or(all.len());
    let (finished, mut missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|each| is_done(each, done));
    let share = Share { done: finished.len(), of };
    if share.is_whole() {
        missing.clear();
    }
    Part { asked, share, missing }
}

fn is_done(each: &Missing<'_>, done: &Done) -> bool {
    match each.step {
        Some(step) => each.unit.is_open() && done.has(&each.unit.unit.slug, &step.slug),
        None => each.unit.state == UnitState::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::super::progress;
    use super::super::sample::{at, done, programme, releases, slug};
    use super::*;
    use crate::programme::Programme;
    use crate::schedule::Release;

    /// As it stands on Tuesday 19 January, when week 3 is not open: what is done of what is asked, and what is missing.
    fn standing(programme: &Programme, releases: &[Release], steps: &[&str]) -> Vec<(Asked, String, Vec<String>)> {
        let done = done(steps);
        let progress = progress(programme, releases, &done, at("2027-01-19 12:00"));
        let name = |each: &Missing<'_>| match each.step {
            Some(step) => format!("{}/{}", each.unit.unit.slug, step.slug),
            None => each.unit.unit.slug.to_string(),
        };
        let parts = parts(&programme.certificate, &progress, &done);
        let parts = parts.iter().map(|part| {
            let share = format!("{} of {}", part.share.done, part.share.of);
            assert_eq!(part.holds(), part.missing.is_empty(), "{share}");
            (part.asked, share, part.missing.iter().map(name).collect())
        });
        parts.collect()
    }

    fn with(rule: CertificateRule) -> Programme {
        Programme { certificate: rule, ..programme() }
    }

    #[test]
    fn a_share_counts_required_steps_of_open_units_and_rounds_up() {
        let programme = with(CertificateRule { share: Some(0.3), ..CertificateRule::default() });
        let found = standing(&programme, &releases(), &["one/a", "one/extra", "three/a"]);
        let missing = ["zero/a", "zero/b", "one/b", "two/a", "two/b", "three/a", "three/b"].map(str::to_owned);
        assert_eq!(found, [(Asked::Share, "1 of 3".into(), missing.to_vec())]);
        let found = standing(&programme, &releases(), &["one/a", "one/b", "zero/a", "two/a"]);
        assert_eq!(found, [(Asked::Share, "4 of 3".into(), Vec::new())]);
    }

    #[test]
    fn a_share_asks_for_no_step_more_than_it_says() {
        assert_eq!([needed(0.07, 100), needed(0.8, 80), needed(0.8, 81), needed(0.0, 9)], [7, 64, 65, 0]);
        assert_eq!(needed(1.0, 84), 84);
    }

    #[test]
    fn units_are_done_when_all_their_required_steps_are() {
        let rule = CertificateRule { units: vec![slug("two"), slug("one")], ..CertificateRule::default() };
        let found = standing(&with(rule), &releases(), &["one/a", "one/b", "two/b"]);
        assert_eq!(found, [(Asked::Units, "1 of 2".into(), vec!["two".to_owned()])]);
    }

    #[test]
    fn named_steps_are_missed_one_by_one() {
        let steps = vec![(slug("one"), slug("extra")), (slug("three"), slug("b"))];
        let programme = with(CertificateRule { steps, ..CertificateRule::default() });
        let found = standing(&programme, &releases(), &["one/extra"]);
        assert_eq!(found, [(Asked::Steps, "1 of 2".into(), vec!["three/b".to_owned()])]);
    }

    #[test]
    fn so_many_of_a_kind_are_any_required_ones() {
        let counts = [(StepKind::Quiz, 1), (StepKind::Article, 2)].into();
        let mut programme = with(CertificateRule { counts, ..CertificateRule::default() });
        for unit in &mut programme.units {
            unit.steps[1].kind = StepKind::Quiz;
            unit.steps[2].kind = StepKind::Quiz;
        }
        let found = standing(&programme, &releases(), &["one/a", "one/extra", "two/a"]);
        let quizzes = ["zero/b", "one/b", "two/b", "three/b"].map(str::to_owned);
        let expected = [
            (Asked::Kind(StepKind::Article), "2 of 2".into(), Vec::new()),
            (Asked::Kind(StepKind::Quiz), "0 of 1".into(), quizzes.to_vec()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn every_part_that_is_given_is_asked() {
        let rule = CertificateRule {
            share: Some(0.25),
            units: vec![slug("one")],
            steps: vec![(slug("two"), slug("a"))],
            counts: [(StepKind::Article, 3)].into(),
        };
        let found = standing(&with(rule), &releases(), &["one/a", "one/b"]);
        let holds: Vec<_> = found.iter().map(|(asked, _, missing)| (*asked, missing.is_empty())).collect();
        let article = Asked::Kind(StepKind::Article);
        assert_eq!(holds, [(Asked::Share, true), (Asked::Units, true), (Asked::Steps, false), (article, false)]);
    }

    #[test]
    fn what_was_done_in_a_unit_that_closed_again_is_missing() {
        let rule = CertificateRule {
            units: vec![slug("one")],
            steps: vec![(slug("one"), slug("a"))],
            ..CertificateRule::default()
        };
        let mut releases = releases();
        releases[1].held = true;
        let found = standing(&with(rule), &releases, &["one/a", "one/b"]);
        let missing: Vec<_> = found.into_iter().flat_map(|(_, _, missing)| missing).collect();
        assert_eq!(missing, ["one", "one/a"]);
    }
}
