//! `mail`: the outbox from the machine itself.

use std::io::Read as _;

use anyhow::Context as _;
use diesel::QueryResult;

use super::{Failure, Outcome, block_on, open, say};
use crate::audit::{self, Act, Actor, Deed};
use crate::heartbeat::Job;
use crate::learner::pages::talk::ON_STEP_POSTS;
use crate::notice::incoming::Incoming;
use crate::notice::receive::receive;
use crate::outbox::deliver::{Blame, blamed};
use crate::outbox::return_path::ReturnPath;
use crate::outbox::returned::{Returned, What};
use crate::outbox::{MessageId, Standing, State, store};
use crate::platform::clock::Instant;
use crate::platform::config::Settings;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::ago;
use crate::platform::web::{Ask, Error, Mode};
use crate::{accounts, cohort, heartbeat};

/// In bytes.
const LONGEST: u64 = 10 * 1024 * 1024;
/// Of what failed and of what is unknown, so many are named.
const NAMED: i64 = 10;

#[derive(clap::Subcommand)]
pub enum Command {
    /// How many mails are in which state, how late the queue is, who sends, whether it is on hold, and what did not get through
    Status,
    /// Send a failed or unknown mail again; `mail status` names them
    Retry { id: i64 },
    /// Send nothing until `mail resume`
    Hold,
    /// Send again after a hold or a fault of the settings
    Resume,
    /// Read one message on standard input, as a mail server pipes it: a mail that came back, a complaint, or an answer to a
    /// mail about a discussion, which becomes a post. Exit 75 asks the mail server to come again: the database or the content
    /// is at fault, not the message
    Receive {
        /// Whom it was for, as the mail server knows [default: as Delivered-To and the like say]
        recipient: Option<String>,
    },
}

pub fn run(settings: Settings, command: Command) -> Outcome {
    let returned = match &command {
        Command::Receive { recipient } => read(&settings, recipient.as_deref())?,
        _ => None,
    };
    let app = open(settings, Mode::Usual)?;
    let now = app.clock.now();
    if let Some(Received::Answer(mail)) = returned {
        let (ask, catalogue) = (Ask::unattended(&app.site, now), app.content.current());
        let taken = app.db.write(move |conn| receive(conn, &ask, &catalogue, &ON_STEP_POSTS, &mail));
        say(&block_on(taken).map_err(|why: Error| anyhow::anyhow!("{why:?}"))?);
        return Ok(());
    }
    let report = match returned {
        Some(Received::Report(report)) => Some(report),
        _ => None,
    };
    let told = app.db.write(move |conn| obey(conn, command, report, now).map_err(DbError::from));
    say(&block_on(told).map_err(anyhow::Error::from)?);
    Ok(())
}

/// What was done, in words.
fn obey(conn: &mut Conn, command: Command, report: Option<Returned>, now: Instant) -> QueryResult<String> {
    Ok(match command {
        Command::Status => status(conn, now)?,
        Command::Retry { id } => match store::retry(conn, MessageId(id), now)? {
            true => {
                note(conn, Act::RetryMail, &format!("mail {id}"), now)?;
                format!("Mail {id} waits to be sent again.")
            }
            false => format!("Mail {id} is neither failed nor unknown: nothing was changed."),
        },
        Command::Hold => {
            if store::halt(conn, "held by an operator", now)? {
                note(conn, Act::HoldMail, "", now)?;
            }
            "Nothing is sent until `trellis mail resume`.".into()
        }
        Command::Resume => {
            if store::resume(conn, now)? {
                note(conn, Act::ResumeMail, "", now)?;
            }
            "Mail goes out again.".into()
        }
        Command::Receive { .. } => take(conn, report, now)?,
    })
}

fn note(conn: &mut Conn, act: Act, subject: &str, now: Instant) -> QueryResult<()> {
    let deed = Deed { act, subject, path: "", reason: "", about: None };
    audit::store::note_of(conn, Actor::MACHINE, None, deed, now)
}

fn status(conn: &mut Conn, now: Instant) -> QueryResult<String> {
    let (counts, figures) = (store::count_by_state(conn)?, store::figures(conn, now)?);
    let mut lines: Vec<String> = counts.into_iter().map(|(state, count)| format!("{state}: {count}")).collect();
    let late = figures
        .oldest_due_at
        .map_or("nothing is late".into(), |at| format!("the first was due {}", ago(now.since(at))));
    lines.push(format!("due now: {}, waiting for another attempt: {}; {late}", figures.waiting, figures.tried));
    let (sent, failed, unknown) = (figures.sent, figures.failed, figures.unknown);
    lines.push(format!("last 24 hours: {sent} sent, {failed} failed, {unknown} unknown"));
    for beat in heartbeat::store::list(conn)? {
        let job = if beat.job == Job::Plan { "planned" } else { "sent" };
        lines.push(format!("process {}: {job} {}", beat.process, ago(now.since(beat.beat_at))));
    }
    lines.push(format!("addresses that take no mail: {}", accounts::store::count_undeliverable(conn)?));
    lines.extend(figures.halt.map(|halt| format!("on hold: {}", halt.reason)));
    for state in [State::Failed, State::Unknown] {
        let mails = store::list_in(conn, state, NAMED)?;
        if !mails.is_empty() {
            lines.push(format!("the newest that are {state}, each with the ID for `trellis mail retry ID`:"));
        }
        lines.extend(mails.into_iter().map(named));
    }
    Ok(lines.join("\n"))
}

/// A mail in one line: its id, to whom, what about, when and why.
fn named(mail: Standing) -> String {
    let subject = if mail.subject.is_empty() { "not written yet" } else { &mail.subject };
    let when = mail.settled_at.unwrap_or(mail.created_at).utc().format("%Y-%m-%d %H:%M UTC");
    let why = mail.reason.or(mail.server_answer).unwrap_or_default();
    let line = format!("  {}  {}  '{subject}'  {when}  {why}", mail.id, mail.to);
    // A terminal obeys some of them.
    line.trim_end().replace(char::is_control, " ")
}

/// What came in.
enum Received {
    Report(Returned),
    Answer(Box<Incoming>),
}

/// One message, no longer than any report is.
fn read(settings: &Settings, recipient: Option<&str>) -> Result<Option<Received>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).context("reading standard input")?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::Message(anyhow::anyhow!("the message is longer than 10 MiB")));
    }
    let path = |address: &Option<lettre::Address>| {
        address.clone().map(ReturnPath::new).transpose().map_err(anyhow::Error::msg)
    };
    let (bounces, replies) = (path(&settings.delivery.bounces)?, path(&settings.delivery.replies)?);
    let host = store::without_port(settings.base_url.host());
    let report = Returned::read(&bytes, recipient, |address| bounces.as_ref()?.message_id(address, host));
    let answer = || Incoming::read(&bytes, recipient, |address| replies.as_ref()?.message_id(address, host));
    Ok(report.map(Received::Report).or_else(|| Some(Received::Answer(Box::new(answer()?)))))
}

/// Does what the report asks for, and says what was done.
fn take(conn: &mut Conn, returned: Option<Returned>, now: Instant) -> QueryResult<String> {
    let Some(returned) = returned else {
        return Ok("It is neither a mail that came back nor a complaint nor an answer: nothing was changed.".into());
    };
    let Some((id, account, recipient)) = store::find_called(conn, &returned.message_ids)? else {
        return Ok(format!("No mail here is called {}: nothing was changed.", returned.message_ids.join(" or ")));
    };
    match &returned.what {
        What::Bounce { status, words } => {
            let blame = blamed(status);
            let reason = format!("it came back: {status} {words}");
            let reason = reason.trim();
            let counts = matches!(blame, Blame::Address | Blame::Mail);
            store::settle_returned(conn, id, (reason, Some(reason).filter(|_| counts)), now)?;
            let gone = match (account, blame) {
                (Some(_), Blame::Address) => account,
                (Some(one), Blame::Mail) if store::keeps_refusing(conn, one, &recipient)? => account,
                _ => None,
            };
            if let Some(account) = gone {
                accounts::store::mark_undeliverable(conn, account, now)?;
            }
            let more = match (gone, blame) {
                (Some(_), _) => " Nothing more goes to that address.",
                (None, Blame::Sender) => " It finds fault with the address that we send from: see to that.",
                _ => "",
            };
            Ok(format!("Mail {id} failed: {reason}.{more}"))
        }
        What::Complaint => {
            if let Some(account) = account {
                cohort::store::stop_all_bulk_mail(conn, account, now)?;
            }
            Ok("Its reader called it unwanted: they get no more reminders, announcements or mails about discussions."
                .into())
        }
    }
}
