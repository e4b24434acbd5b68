//! The text format of Prometheus (version 0.0.4), by hand: it is a handful of lines.

use std::fmt::Write as _;

use crate::heartbeat::{Beat, Job};
use crate::outbox::Figures;
use crate::platform::clock::Instant;

pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn text(figures: &Figures, beats: &[Beat], now: Instant) -> String {
    let age = |at: Instant| now.since(at).num_seconds().max(0);
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, i64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (label, value) in values {
            let _ = writeln!(text, "{name}{label} {value}");
        }
    };
    let one = |value: i64| [(String::new(), value)];
    let settled = [("sent", figures.sent), ("failed", figures.failed), ("unknown", figures.unknown)];
    let settled = settled.map(|(state, count)| (format!("{{state=\"{state}\"}}"), count));
    let rounds: Vec<(String, i64)> = Job::ALL
        .iter()
        .filter_map(|&job| {
            let newest = beats.iter().filter(|beat| beat.job == job).map(|beat| beat.beat_at).max()?;
            Some((format!("{{job=\"{job}\"}}"), age(newest)))
        })
        .collect();
    gauge("trellis_mail_waiting", "Mails that are due and not settled.", &one(figures.waiting));
    gauge("trellis_mail_tried", "Mails tried in vain so far, waiting for another attempt.", &one(figures.tried));
    gauge(
        "trellis_mail_oldest_seconds",
        "How late the first of all these is.",
        &one(figures.oldest_due_at.map_or(0, age)),
    );
    gauge("trellis_mail_settled_last_day", "Mails settled in the last 24 hours.", &settled);
    gauge("trellis_mail_on_hold", "1 while nothing is sent.", &one(i64::from(figures.halt.is_some())));
    gauge("trellis_job_round_age_seconds", "Since any process last came round with a job.", &rounds);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_line_of_its_own() {
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000);
        let figures =
            Figures { waiting: 3, tried: 4, oldest_due_at: Some(at(40)), sent: 7, failed: 1, unknown: 2, halt: None };
        let beat = |process: &str, seconds| Beat { process: process.into(), job: Job::Plan, beat_at: at(seconds) };
        let text = text(&figures, &[beat("a:1", 80), beat("b:2", 95)], at(100));
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "trellis_mail_waiting 3",
            "trellis_mail_tried 4",
            "trellis_mail_oldest_seconds 60",
            "trellis_mail_settled_last_day{state=\"sent\"} 7",
            "trellis_mail_settled_last_day{state=\"failed\"} 1",
            "trellis_mail_settled_last_day{state=\"unknown\"} 2",
            "trellis_mail_on_hold 0",
            "trellis_job_round_age_seconds{job=\"plan\"} 5",
        ];
        assert_eq!(lines, expected);
    }
}
