//! How long planning takes for a very large cohort, what it holds in memory, and how reading fares meanwhile. For
//! benches/reminders, which prints what this prints.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Moment};

use super::world::{World, worlds};
use crate::platform::db::DbError;
use crate::reminder::store;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The most memory that this process ever held, in megabytes.
fn most_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) / 1024
}

/// How long reads take, one every few milliseconds, until they are to stop: the slowest of a hundred.
async fn slowest_of_a_hundred(world: &World, stop: &AtomicBool) -> Duration {
    let (mut times, cohort) = (Vec::new(), world.cohort());
    while !stop.load(Ordering::Relaxed) {
        let begun = Moment::now();
        world.db.read(move |conn| store::course(conn, cohort).map_err(DbError::from)).await.unwrap();
        times.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

#[actix_web::test]
#[ignore = "takes minutes: benches/reminders runs it"]
async fn one_release_for_very_many_learners() {
    let learners = number("TRELLIS_LEARNERS", 100_000);
    for world in worlds(11) {
        world.enrol_many(learners);
        let stop = Arc::new(AtomicBool::new(false));
        let quiet = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            stop.store(true, Ordering::Relaxed);
        };
        let (at_rest, ()) = tokio::join!(slowest_of_a_hundred(&world, &stop), quiet);
        stop.store(false, Ordering::Relaxed);
        let planned = async {
            let begun = Moment::now();
            let queued = world.plan("2027-01-11 09:00").await;
            stop.store(true, Ordering::Relaxed);
            (queued, begun.elapsed())
        };
        let (meanwhile, (queued, took)) = tokio::join!(slowest_of_a_hundred(&world, &stop), planned);
        assert_eq!(queued, learners);
        let (database, memory) = (world.database(), most_memory());
        println!(
            "{database}: {queued} reminders planned in {:.1} s; at most {memory} MB; a read's p99 {:.1} ms at rest, {:.1} ms \
             meanwhile",
            took.as_secs_f64(),
            at_rest.as_secs_f64() * 1e3,
            meanwhile.as_secs_f64() * 1e3
        );
    }
}
