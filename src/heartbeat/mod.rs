//! Which processes do the recurring jobs, and when each last came round: a planner that stopped is an alarm, not a silence.

pub mod store;

use chrono::TimeDelta;

use crate::platform::clock::Instant;
use crate::words;

/// After so long without a round something is wrong: a round begins every five seconds, and tells so every half minute.
pub const ALARM: TimeDelta = TimeDelta::minutes(2);

words! {
    Job {
        /// Opens units and decides who gets which mail.
        Plan = "plan",
        /// Sends them.
        Send = "send",
    }
}

/// When one process last came round with one job.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Beat {
    /// `host:1234`, the machine and the process.
    pub process: String,
    pub job: Job,
    pub beat_at: Instant,
}

/// The name of this process among those that share a database.
pub fn own_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = Some(host.trim()).filter(|host| !host.is_empty()).unwrap_or("trellis");
    format!("{host}:{}", std::process::id())
}

/// Which jobs nobody has come round with for too long, and since when. `since`: when it could first have been expected.
pub fn overdue(beats: &[Beat], since: Instant, now: Instant) -> Vec<(Job, Instant)> {
    let newest = |job: Job| beats.iter().filter(|beat| beat.job == job).map(|beat| beat.beat_at).max();
    let last = Job::ALL.iter().map(|&job| (job, newest(job).unwrap_or(since).max(since)));
    last.filter(|(_, at)| now.since(*at) > ALARM).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_living_process_for_each_job_is_enough() {
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000);
        let beat = |job, seconds| Beat { process: format!("host:{seconds}"), job, beat_at: at(seconds) };
        assert_eq!(overdue(&[], at(0), at(120)), []);
        assert_eq!(overdue(&[], at(0), at(121)), [(Job::Plan, at(0)), (Job::Send, at(0))]);
        let beats = [beat(Job::Plan, 100), beat(Job::Send, 100), beat(Job::Send, 300)];
        assert_eq!(overdue(&beats, at(0), at(310)), [(Job::Plan, at(100))]);
        assert_eq!(overdue(&beats, at(250), at(310)), []);
    }
}
