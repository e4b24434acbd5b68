//! Whether mail flows: the queue, what became of the last day's, the processes that plan and send, and dead addresses.

use actix_web::web::Data;
use askama::Template;

use super::frame;
use crate::accounts;
use crate::accounts::gate::administrator;
use crate::heartbeat::{self, Beat, Job};
use crate::outbox::{self, Figures};
use crate::platform::clock::Instant;
use crate::platform::db::Db;
use crate::platform::text::{ago, count};
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::Zone;

/// Dead addresses on the page; how many there are is told beside them.
const ADDRESSES: i64 = 30;

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct MailPage {
    frame: Frame,
    /// What is wrong now, in sentences.
    alarms: Vec<String>,
    waiting: String,
    lateness: String,
    last_day: [(&'static str, i64); 3],
    processes: Vec<Process>,
    dead: Vec<Dead>,
    /// How many, if that is more than the page lists.
    of_all: Option<i64>,
}

struct Process {
    name: String,
    planned: String,
    sent: String,
}

struct Dead {
    address: String,
    since: String,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let asked = ask.clone();
    let page = db
        .report(move |conn| {
            let person = administrator(conn, &asked)?;
            let (figures, beats) = (outbox::store::figures(conn, asked.now)?, heartbeat::store::list(conn)?);
            let addresses = accounts::store::list_undeliverable(conn, ADDRESSES)?;
            let all = accounts::store::count_undeliverable(conn)?;
            Ok::<_, Error>(MailPage {
                frame: frame(&asked, &person),
                alarms: alarms(&figures, &beats, asked.now),
                waiting: count(usize::try_from(figures.waiting).unwrap_or(0), "mail"),
                lateness: lateness(&figures, asked.now),
                last_day: [("sent", figures.sent), ("failed", figures.failed), ("unknown", figures.unknown)],
                processes: processes(&beats, asked.now),
                of_all: Some(all).filter(|all| *all > addresses.len() as i64),
                dead: addresses
                    .into_iter()
                    .map(|(address, at)| Dead { address, since: Zone::utc().exact(at) })
                    .collect(),
            })
        })
        .await?;
    ask.page(page)
}

fn alarms(figures: &Figures, beats: &[Beat], now: Instant) -> Vec<String> {
    let halt = figures.halt.as_ref().map(|halt| {
        let since = Zone::utc().exact(halt.halted_at);
        format!("Nothing is sent since {since}: {}. When that is put right, run: trellis mail resume", halt.reason)
    });
    let overdue = heartbeat::overdue(beats, Instant::from_micros(0), now).into_iter().map(|(job, _)| match job {
        Job::Plan => "No process has opened units and planned mail for two minutes. Look whether one runs.".to_owned(),
        Job::Send => "No process has sent mail for two minutes. Look whether one runs.".to_owned(),
    });
    halt.into_iter().chain(overdue).collect()
}

fn lateness(figures: &Figures, now: Instant) -> String {
    figures.oldest_due_at.map_or("Nothing is late.".into(), |at| format!("The first was due {}.", ago(now.since(at))))
}

fn processes(beats: &[Beat], now: Instant) -> Vec<Process> {
    let round = |name: &str, job: Job| {
        let beat = beats.iter().find(|beat| beat.process == name && beat.job == job);
        beat.map_or_else(|| "not yet".into(), |beat| ago(now.since(beat.beat_at)))
    };
    let mut names: Vec<&str> = beats.iter().map(|beat| beat.process.as_str()).collect();
    names.dedup();
    let rows = names.iter().map(|name| Process {
        name: (*name).to_owned(),
        planned: round(name, Job::Plan),
        sent: round(name, Job::Send),
    });
    rows.collect()
}
