//! A course that is lived through twice, in the database and in the model: the same is done to both, at random.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;

use super::{DAY, HOUR, Learner, Minute, Model, instant, local, utc};
use crate::reminder::plan::tests::world::World;
use crate::reminder::wishes::Wishes;
use crate::schedule::Choices;

/// The same done to both.
struct Both<'w> {
    world: &'w World,
    model: Model,
    random: fastrand::Rng,
    now: Minute,
}

impl Both<'_> {
    fn join(&mut self) {
        let name = format!("l{:03}", self.model.learners.len());
        self.world.enrol(&name, &local(self.now).format("%Y-%m-%d %H:%M").to_string());
        self.model.learners.push(Learner {
            name,
            joined: self.now,
            withdrawn: false,
            stopped: false,
            wishes: Wishes::default(),
            done: BTreeSet::new(),
            rows: BTreeMap::new(),
            mails: Vec::new(),
        });
    }

    fn somebody_acts(&mut self) {
        let i = self.random.usize(..self.model.learners.len());
        let units = self.model.units.len();
        let learner = &mut self.model.learners[i];
        let name = learner.name.clone();
        match self.random.u8(..20) {
            0 => {
                learner.withdrawn = !learner.withdrawn;
                if learner.withdrawn { self.world.withdraw(&name) } else { self.world.come_back(&name) }
            }
            1 => {
                learner.stopped = !learner.stopped;
                self.world.stop(&name, learner.stopped);
            }
            2 | 3 => {
                let pause = self.random.bool().then(|| local(self.now).date() + Days::new(self.random.u64(1..12)));
                let [opens, nudge, wrap_up] = [(); 3].map(|()| self.random.u8(..5) > 0);
                let daily_cap = self.random.i32(1..4);
                learner.wishes = Wishes { opens, nudge, wrap_up, live: true, paused_until: pause, daily_cap };
                self.world.wish(&name, &learner.wishes);
            }
            _ => {
                let (n, step) = (self.random.usize(..units), self.random.usize(1..=3));
                if learner.done.insert((n, step)) {
                    self.world.complete(&name, n as u16 + 1, &[&format!("step-{step}")]);
                }
            }
        }
    }

    fn facilitators_act(&mut self) {
        // What waits is what a move can still call back.
        let waiting: Vec<usize> = self.model.learners.iter().flat_map(Learner::waiting).collect();
        let anyone = self.random.usize(..self.model.units.len());
        let n = self.random.choice(&waiting).copied().unwrap_or(anyone);
        let number = n as u16 + 1;
        match self.random.u8(..6) {
            0 => {
                self.model.units[n].held = !self.model.units[n].held;
                self.world.hold(number, self.model.units[n].held);
            }
            1 => {
                self.model.off = [(); 4].map(|()| self.random.bool().then_some(self.random.u8(..4) == 0));
                self.model.nudge_days = self.random.bool().then_some(self.random.i64(1..8));
                self.world.choose(None, &choices(self.model.off, self.model.nudge_days));
            }
            2 => {
                self.model.units[n].off = [(); 4].map(|()| self.random.bool().then_some(self.random.bool()));
                self.world.choose(Some(number), &choices(self.model.units[n].off, None));
            }
            _ => {
                let to = local(self.now + self.random.i64(-2 * DAY..10 * DAY) / 10 * 10);
                self.model.units[n].opens = to;
                self.world.move_unit_to(number, instant(utc(to)));
            }
        }
    }

    /// The ledgers must be the same; the words for what became of each reminder.
    fn compare(&self, seed: u64) -> Vec<String> {
        let (ours, theirs) = (self.world.ledger(), self.model.ledger());
        for (key, row) in &theirs {
            assert_eq!(ours.get(key), Some(row), "seed {seed}: {key:?} at {:?}", local(self.now));
        }
        let more: Vec<_> = ours.keys().filter(|key| !theirs.contains_key(key)).collect();
        assert!(more.is_empty(), "seed {seed}: the model knows nothing of {more:?} at {:?}", local(self.now));
        theirs.into_values().map(|(_, words)| words).collect()
    }

    /// Once in so many steps of ten minutes or more, and as often in a day where steps are shorter.
    fn happens(&mut self, once_in: i64, step: Minute) -> bool {
        self.random.i64(..10 * once_in) < step.min(10)
    }

    /// To the end of the course, with a look at both ledgers now and then: what was seen there.
    async fn live(&mut self, seed: u64, learners: usize, steps: &[i64]) -> Vec<String> {
        let (mut is_away, mut next_look, mut seen) = (false, self.now, Vec::new());
        while self.now < self.model.closes() + 2 * DAY && self.now < 160 * DAY {
            let step = self.random.choice(steps).copied().unwrap();
            self.now += step;
            if self.model.learners.len() < learners && (self.model.learners.is_empty() || self.happens(4, step)) {
                self.join();
            }
            if self.happens(1, step) {
                for _ in 0..=learners / 40 {
                    self.somebody_acts();
                }
            }
            if self.happens(if is_away { 3 } else { 20 }, step) {
                self.facilitators_act();
            }
            self.world.plan_at(instant(self.now)).await;
            self.model.plan(self.now);
            // Now and then the mail server is away, for longer than a moment.
            is_away = if is_away { !self.happens(4, step) } else { self.happens(7, step) };
            if !is_away {
                self.world.deliver(instant(self.now));
                self.model.deliver(self.now);
            }
            if self.now >= next_look {
                seen.extend(self.compare(seed));
                next_look = self.now + 3 * DAY;
            }
        }
        seen.extend(self.compare(seed));
        seen
    }
}

fn choices(off: [Option<bool>; 4], nudge_days: Option<i64>) -> Choices {
    let on = off.map(|off| off.map(|off| !off));
    Choices {
        starting_soon: on[0],
        opens: on[1],
        nudge: on[2],
        wrap_up: on[3],
        nudge_days: nudge_days.map(|days| days as i32),
        ..Choices::default()
    }
}

/// Ten minutes to two days: a process that is up, and one that was away.
const STEPS: [i64; 8] = [10, HOUR, 3 * HOUR, 5 * HOUR, 8 * HOUR, 11 * HOUR, 17 * HOUR, 50 * HOUR];

async fn one_course(world: &World, seed: u64, units: usize, learners: usize, steps: &[i64]) -> Vec<String> {
    let random = fastrand::Rng::with_seed(seed);
    let mut both = Both { world, model: Model::new(units), random, now: 4 * DAY };
    both.live(seed, learners, steps).await
}

#[actix_web::test]
async fn the_ledger_is_what_the_rules_say_row_for_row() {
    let mut rows = Vec::new();
    for seed in 0..6 {
        rows.extend(one_course(&World::new(None, 4), seed, 4, 12, &STEPS).await);
    }
    if let Ok(server) = std::env::var("TRELLIS_TEST_POSTGRES") {
        rows.extend(one_course(&World::new(Some(server), 4), 100, 4, 12, &STEPS).await);
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *seen.entry(row).or_default() += 1;
    }
    println!("{} rows compared: {seen:#?}", rows.len());
    let missing: Vec<_> = EVERY.iter().filter(|words| !seen.keys().any(|row| row.ends_with(*words))).collect();
    assert!(rows.len() > 5_000 && missing.is_empty(), "too little happens: {missing:?} of {seen:#?}");
}

/// What must have become of some reminder, or the courses that were lived through say little.
const EVERY: [&str; 12] = [
    "sent",
    "missed",
    "the place in the course had been given up",
    "reminders had been stopped",
    "it was due before the enrolment",
    "it was switched off by your facilitators",
    "this kind of mail was not wanted",
    "reminders were paused",
    "every required step of the unit was done",
    "its time had passed when Trellis came to it",
    "another reminder went out less than 20 hours before",
    "the unit was moved or closed again after it was due",
];

/// The whole course, minute by minute: 11 units, 200 learners. For benches/reminders.
#[actix_web::test]
#[ignore = "takes minutes: benches/reminders runs it"]
async fn the_ledger_of_a_whole_course_is_what_the_rules_say() {
    let seeds = std::env::var("TRELLIS_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1);
    for seed in 1_000..1_000 + seeds {
        let rows = one_course(&World::new(None, 11), seed, 11, 200, &[1]).await;
        println!("seed {seed}: {} rows compared, each as the model has it", rows.len());
    }
}
