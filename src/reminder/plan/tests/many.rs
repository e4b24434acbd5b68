//! How long planning takes for a very large cohort, what it holds in memory, and how reading and writing fare meanwhile.
//! For benches/reminders, which prints what this prints.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Moment};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use super::world::{World, worlds};
use crate::cohort::EnrolmentId;
use crate::platform::clock::Instant;
use crate::platform::db::DbError;
use crate::reminder::plan::list_rounds;
use crate::reminder::store::{self, Run};
use crate::schema::enrolments;

/// As many learners as `TRELLIS_LEARNERS` says, or from few to many.
fn numbers() -> Vec<usize> {
    let wished = std::env::var("TRELLIS_LEARNERS").ok().and_then(|text| text.parse().ok());
    wished.map_or(vec![1_000, 10_000, 100_000], |number| vec![number])
}

/// What this process holds (`VmRSS`), or the most since that was last forgotten (`VmHWM`), in megabytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) / 1024
}

fn forget_most_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

struct Times(Vec<Duration>);

impl Times {
    /// In milliseconds.
    fn slowest_of(&self, hundred: usize) -> f64 {
        let mut times = self.0.clone();
        times.sort_unstable();
        times
            .get((times.len() * hundred / 100).min(times.len().saturating_sub(1)))
            .map_or(0.0, |t| t.as_secs_f64() * 1e3)
    }
}

/// How long reads take, one every few milliseconds, until they are to stop.
async fn reads(world: &World, stop: &AtomicBool) -> Times {
    let (mut times, cohort) = (Vec::new(), world.cohort());
    while !stop.load(Ordering::Relaxed) {
        let begun = Moment::now();
        world.db.read(move |conn| store::course(conn, cohort).map_err(DbError::from)).await.unwrap();
        times.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    Times(times)
}

/// The same of writes, each for a learner of its own.
async fn writes(world: &World, learners: usize, now: Instant, stop: &AtomicBool) -> Times {
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let (begun, own) = (Moment::now(), EnrolmentId(fastrand::i64(1..=learners as i64)));
        let seen = diesel::update(enrolments::table.find(own)).set(enrolments::last_seen_at.eq(now));
        world.db.write(move |conn| seen.execute(conn).map_err(DbError::from)).await.unwrap();
        times.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    Times(times)
}

#[actix_web::test]
#[ignore = "takes minutes: benches/reminders runs it"]
async fn one_release_for_very_many_learners() {
    println!(
        "| database | learners | seconds | rows alone | times | memory MB | … more than before | read p99 ms at rest | … meanwhile | write p99 ms at rest | … meanwhile | … at most |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for learners in numbers() {
        for world in worlds(11) {
            one_release(&world, learners).await;
        }
    }
}

/// As if all that fell due before had been told in its time.
fn only_what_opens(world: &World, now: Instant) {
    let catalogue = world.catalogue();
    world.with(|conn| {
        for (cohort, dues) in list_rounds(conn, &catalogue, now).unwrap() {
            for due in dues.into_iter().filter(|due| due.at < now) {
                let run = Run { unit: due.unit, kind: due.kind, occasion: due.occasion, due_at: due.at, missed: false };
                store::finish(conn, cohort, &run, now).unwrap();
            }
        }
    });
}

/// What reading and writing take while something else is done, and what that gives.
async fn beside<T>(world: &World, learners: usize, now: Instant, work: impl Future<Output = T>) -> (Times, Times, T) {
    let stop = AtomicBool::new(false);
    let work = async {
        let done = work.await;
        stop.store(true, Ordering::Relaxed);
        done
    };
    tokio::join!(reads(world, &stop), writes(world, learners, now, &stop), work)
}

/// Writes as many rows of both tables in as many transactions, with nothing decided and nothing sent over: what the database
/// itself takes for them.
async fn rows_alone(world: &World, learners: usize) {
    for first in (0..learners).step_by(1_000) {
        let statements = format!(
            "INSERT INTO messages (message_id, account_id, recipient_name, recipient, class, subject, state, attempts, \
               created_at, next_attempt_at, expires_at) \
             SELECT '<' || CAST(1000000000 + e.id AS TEXT) || 'abcdefghijklmnopqrstuvwxyz0123456@learn.example.org>', \
               a.id, a.name, a.email, 'bulk', '', 'pending', 0, '2027-01-18 09:00:00.000000', \
               '2027-01-18 09:00:00.000000', '2027-01-25 09:00:00.000000' \
             FROM enrolments AS e JOIN accounts AS a ON a.id = e.account_id \
             WHERE e.id > {first} AND e.id <= {first} + 1000 ORDER BY e.id; \
             INSERT INTO reminders (cohort_id, unit, kind, occasion, due_at, decided_at, enrolment_id, message_id) \
             SELECT e.cohort_id, 'rows-alone', 'opens', '', '2027-01-18 09:00:00.000000', '2027-01-18 09:00:00.000000', \
               e.id, e.id + 1000000 FROM enrolments AS e WHERE e.id > {first} AND e.id <= {first} + 1000 ORDER BY e.id"
        );
        world.db.write(move |conn| conn.batch_execute(&statements).map_err(DbError::from)).await.unwrap();
    }
}

async fn one_release(world: &World, learners: usize) {
    world.enrol_many(learners);
    let now = world.at("2027-01-11 09:00");
    only_what_opens(world, now);
    let rest = tokio::time::sleep(Duration::from_secs(2));
    let (reads_at_rest, writes_at_rest, ()) = beside(world, learners, now, rest).await;
    let before = memory("VmRSS");
    forget_most_memory();
    let begun = Moment::now();
    let (reads, writes, queued) = beside(world, learners, now, world.plan_at(now)).await;
    let (took, most) = (begun.elapsed().as_secs_f64(), memory("VmHWM"));
    assert_eq!(queued, learners);
    let begun = Moment::now();
    beside(world, learners, now, rows_alone(world, learners)).await;
    let alone = begun.elapsed().as_secs_f64();
    println!(
        "| {} | {learners} | {took:.2} | {alone:.2} | {:.2} | {most} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
        world.database(),
        took / alone,
        most.saturating_sub(before),
        reads_at_rest.slowest_of(99),
        reads.slowest_of(99),
        writes_at_rest.slowest_of(99),
        writes.slowest_of(99),
        writes.slowest_of(100),
    );
}
