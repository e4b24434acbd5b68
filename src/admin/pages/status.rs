//! `/admin/status`: what an operator would ask of the installation, in words.

use std::path::Path;
use std::process::Command;

use actix_web::web::{self, Data};
use askama::Template;

use super::mail::{ProcessRow, lateness, processes, queue};
use super::{frame, silences};
use crate::accounts::gate::administrator;
use crate::admin::Installation;
use crate::heartbeat::{self, Beat, Job};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::db::{self, Db};
use crate::platform::text::{ago, count};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::Zone;

#[derive(Template)]
#[template(path = "admin/status.html")]
struct StatusPage {
    frame: Frame,
    /// What `/readyz` says, in sentences.
    ready: Vec<String>,
    is_ready: bool,
    facts: Vec<(&'static str, Vec<String>)>,
    jobs: Vec<(&'static str, String)>,
    processes: Vec<ProcessRow>,
}

pub async fn show(ask: Ask, db: Data<Db>, here: Data<Installation>) -> Answer {
    ask.parameters()?.only(&[])?;
    let asked = ask.clone();
    let (person, facts, figures, beats) = db
        .report(move |conn| {
            let person = administrator(conn, &asked)?;
            let (figures, beats) = (outbox::store::figures(conn, asked.now)?, heartbeat::store::list(conn)?);
            Ok::<_, Error>((person, db::facts(conn)?, figures, beats))
        })
        .await?;
    let folder = here.data.clone();
    let space = web::block(move || space(&folder)).await.ok().flatten();
    let silent: Vec<String> = silences(&beats, ask.now).collect();
    let [now, again] = queue(&figures);
    let at = |at: Instant| Zone::utc().exact(at);
    ask.page(StatusPage {
        frame: frame(&ask, &person),
        is_ready: silent.is_empty(),
        ready: if silent.is_empty() { vec![READY.into()] } else { silent },
        facts: vec![
            (
                "Trellis",
                vec![format!("Version {}", env!("CARGO_PKG_VERSION")), format!("Up since {}", at(here.started_at))],
            ),
            ("Database", vec![facts.version, size(facts.bytes), changes(facts.migrations, &facts.newest)]),
            (
                "The disk of the data folder",
                vec![space.unwrap_or_else(|| "How full it is cannot be told here.".into())],
            ),
            ("Mail", vec![here.mail.clone(), format!("{now} {again} {}", lateness(&figures, ask.now))]),
        ],
        jobs: jobs(&beats, ask.now),
        processes: processes(&beats, ask.now),
    })
}

const READY: &str = "Ready: the database answers, and a process plans and sends mail.";

fn changes(number: i64, newest: &str) -> String {
    format!("{} of its tables, the newest {newest}", count(usize::try_from(number).unwrap_or(0), "change"))
}

/// When any process last came round with each.
fn jobs(beats: &[Beat], now: Instant) -> Vec<(&'static str, String)> {
    let last = |job: Job| beats.iter().filter(|beat| beat.job == job).map(|beat| beat.beat_at).max();
    let words = |job: Job| last(job).map_or_else(|| "Not in the last day".into(), |at| ago(now.since(at)));
    vec![
        ("Open units, plan reminders, publish announcements, tell of posts", words(Job::Plan)),
        ("Send mail", words(Job::Send)),
    ]
}

/// Of the file system that holds the folder, as `df` tells it.
fn space(folder: &Path) -> Option<String> {
    let told = Command::new("df").arg("-Pk").arg(folder).output().ok().filter(|told| told.status.success())?;
    let text = String::from_utf8(told.stdout).ok()?;
    let line = text.lines().nth(1)?;
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse::<i64>().ok());
    let (all, _used, free) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Some(format!("{} free of {}", size(free * 1024), size(all * 1024)))
}

/// `940 kB`, `12.3 MB`, `4.0 GB`.
fn size(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        ..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        let sizes = [940_000, 12_390_000, 4_000_000_000].map(size);
        assert_eq!(sizes, ["940 kB", "12.3 MB", "4.0 GB"]);
    }
}
