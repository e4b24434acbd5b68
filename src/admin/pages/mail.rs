//! `/admin/mail`: whether mail flows, what did not get through, and addresses that take none; holding it all, letting it
//! flow, sending one again.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{MailRow, frame, mail_row, note, number, silences};
use crate::accounts;
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::admin::{Dead, store};
use crate::audit::{Act, Deed};
use crate::heartbeat::{self, Beat, Job};
use crate::outbox::{self, Figures, MessageId, State};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{ago, count, line};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::Zone;

/// Dead addresses on the page; how many there are is told beside them.
const ADDRESSES: i64 = 30;
/// Mails that failed, and mails of which nobody knows: the newest.
const MAILS: i64 = 20;
/// The longest reason, in characters.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct MailPage {
    frame: Frame,
    faults: Faults,
    /// What is wrong now, in sentences.
    alarms: Vec<String>,
    is_halted: bool,
    /// How many mails are to go now, and how many wait for another attempt.
    queue: [String; 2],
    lateness: String,
    last_day: [(&'static str, i64); 3],
    reason: Field,
    /// What failed, or of which nobody knows.
    troubled: Vec<MailRow>,
    processes: Vec<ProcessRow>,
    dead: Vec<DeadRow>,
    /// How many, if that is more than the page lists.
    of_all: Option<i64>,
}

pub(super) struct ProcessRow {
    pub name: String,
    pub planned: String,
    pub sent: String,
}

struct DeadRow {
    address: String,
    path: String,
    since: String,
    why: String,
}

pub async fn show(ask: Ask, db: Data<Db>) -> Answer {
    let asked = ask.clone();
    let page = db.report(move |conn| {
        let person = administrator(conn, &asked)?;
        page(conn, &asked, &person, &Fields::default(), Faults::default())
    });
    ask.page(page.await?)
}

fn page(conn: &mut Conn, ask: &Ask, person: &Person, fields: &Fields, faults: Faults) -> Result<MailPage, Error> {
    let (figures, beats) = (outbox::store::figures(conn, ask.now)?, heartbeat::store::list(conn)?);
    let mut troubled = outbox::store::list_in(conn, State::Failed, MAILS)?;
    troubled.extend(outbox::store::list_in(conn, State::Unknown, MAILS)?);
    troubled.sort_by_key(|mail| std::cmp::Reverse(mail.id.0));
    let dead = store::list_dead(conn, ADDRESSES)?;
    let all = accounts::store::count_undeliverable(conn)?;
    Ok(MailPage {
        frame: frame(ask, person),
        alarms: halt(&figures).into_iter().chain(silences(&beats, ask.now)).collect(),
        is_halted: figures.halt.is_some(),
        queue: queue(&figures),
        lateness: lateness(&figures, ask.now),
        last_day: [("sent", figures.sent), ("failed", figures.failed), ("unknown", figures.unknown)],
        reason: Field::new("reason", "Why?").hint("Everybody who administers reads it here.").sent(fields, &faults),
        troubled: troubled.into_iter().map(mail_row).collect(),
        processes: processes(&beats, ask.now),
        of_all: Some(all).filter(|all| *all > dead.len() as i64),
        dead: dead.into_iter().map(dead_row).collect(),
        faults,
    })
}

/// That nothing is sent at all, and why.
pub(super) fn halt(figures: &Figures) -> Option<String> {
    let halt = figures.halt.as_ref()?;
    Some(format!("Nothing is sent since {}: {}.", Zone::utc().exact(halt.halted_at), halt.reason.trim_end_matches('.')))
}

pub(super) fn queue(figures: &Figures) -> [String; 2] {
    let mails = |number| count(usize::try_from(number).unwrap_or(0), "mail");
    [
        format!("{} to send now.", mails(figures.waiting)),
        format!("{} waiting for another attempt.", mails(figures.tried)),
    ]
}

pub(super) fn lateness(figures: &Figures, now: Instant) -> String {
    figures.oldest_due_at.map_or("Nothing is late.".into(), |at| format!("The first was due {}.", ago(now.since(at))))
}

pub(super) fn processes(beats: &[Beat], now: Instant) -> Vec<ProcessRow> {
    let round = |name: &str, job: Job| {
        let beat = beats.iter().find(|beat| beat.process == name && beat.job == job);
        beat.map_or_else(|| "not yet".into(), |beat| ago(now.since(beat.beat_at)))
    };
    let mut names: Vec<&str> = beats.iter().map(|beat| beat.process.as_str()).collect();
    names.dedup();
    let rows = names.iter().map(|name| ProcessRow {
        name: (*name).to_owned(),
        planned: round(name, Job::Plan),
        sent: round(name, Job::Send),
    });
    rows.collect()
}

fn dead_row(dead: Dead) -> DeadRow {
    DeadRow {
        path: format!("/admin/people/{}", dead.account),
        address: dead.address,
        since: Zone::utc().exact(dead.since),
        why: dead.answer.filter(|answer| !answer.is_empty()).or(dead.reason).unwrap_or_default(),
    }
}

/// Nothing is sent from now on.
pub async fn hold(ask: Ask, db: Data<Db>, fields: Fields) -> Answer {
    fields.only(&["reason"])?;
    let asked = ask.clone();
    db.write(move |conn| {
        let person = administrator(conn, &asked)?;
        let mut faults = Faults::default();
        let Some(reason) = faults.check("reason", line(fields.get("reason"), LONGEST, "why")) else {
            return Err(Error::refused(page(conn, &asked, &person, &fields, faults)?));
        };
        if outbox::store::halt(conn, &reason, asked.now)? {
            let deed = Deed { act: Act::HoldMail, subject: "", path: "/admin/mail", reason: &reason, about: None };
            note(conn, &person, None, deed, asked.now)?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    ask.done("/admin/mail", "mail-held")
}

pub async fn resume(ask: Ask, db: Data<Db>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    db.write(move |conn| {
        let person = administrator(conn, &asked)?;
        if outbox::store::resume(conn, asked.now)? {
            let deed = Deed { act: Act::ResumeMail, subject: "", path: "/admin/mail", reason: "", about: None };
            note(conn, &person, None, deed, asked.now)?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    ask.done("/admin/mail", "mail-resumed")
}

/// What failed or is unknown goes out once more.
pub async fn retry(ask: Ask, db: Data<Db>, path: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let done = db
        .write(move |conn| {
            let person = administrator(conn, &asked)?;
            let id = MessageId(number(&path)?);
            let mail = outbox::store::find(conn, id)?.ok_or(Error::NotFound)?;
            if !outbox::store::retry(conn, id, asked.now)? {
                return Ok::<_, Error>("mail-not-again");
            }
            let subject = format!("{} to {}", mail.subject, mail.to);
            let deed = Deed { act: Act::RetryMail, subject: subject.trim(), path: "", reason: "", about: None };
            note(conn, &person, None, deed, asked.now)?;
            Ok("mail-again")
        })
        .await?;
    ask.done("/admin/mail", done)
}
