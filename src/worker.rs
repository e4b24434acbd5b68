//! Every recurring job, one line each. Jobs are shallow and safe to run twice, or by several processes at once.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use futures_util::{FutureExt as _, TryFutureExt as _};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::audit::{Act, Actor, Deed};
use crate::heartbeat::Job;
use crate::outbox::Answer::{AsQueued, Unwanted};
use crate::outbox::deliver::Courier;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, DbError};
use crate::platform::web::Ask;
use crate::programme::Content;
use crate::{
    accounts, announcement, audit, certificate, cohort, draft, enrolling, facilitator, heartbeat, notice, outbox,
    reminder, report, schedule,
};

/// How long between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// How often a long round tells that it is still there.
const BEAT_EVERY: Duration = Duration::from_secs(30);

/// What the outbox asks of those above it.
pub fn rules(content: &Content, base_url: &BaseUrl) -> outbox::Rules {
    let (content, base_url) = (content.clone(), base_url.clone());
    outbox::Rules {
        ask: Arc::new(move |conn, message, now| {
            if let Some(answer) = reminder::wanted::ask(conn, (&content.current(), &base_url), message, now)? {
                return Ok(answer);
            }
            let mut unwanted = announcement::wanted::unwanted(conn, message)?;
            for ask in [notice::wanted::unwanted, report::wanted::unwanted, cohort::store::unwanted] {
                unwanted = if unwanted.is_some() { unwanted } else { ask(conn, message)? };
            }
            if unwanted.is_none() {
                unwanted = enrolling::wanted::unwanted(conn, message, now)?;
            }
            Ok(unwanted.map_or(AsQueued, Unwanted))
        }),
        undeliverable: accounts::store::mark_undeliverable,
    }
}

/// Keeps in the log of acts that an administrator has come in.
pub fn note_sign_in(conn: &mut Conn, ask: &Ask, account: &accounts::store::Account) -> QueryResult<()> {
    if !account.is_administrator {
        return Ok(());
    }
    let actor = Actor { account: Some(account.id), name: &account.name, from: ask.peer };
    let deed = Deed { act: Act::SignIn, subject: "", path: "", reason: "", about: None };
    audit::store::note_of(conn, actor, None, deed, ask.now)
}

/// Does everything that is due now, in order.
pub async fn run_due(app: &App) {
    plan_due(app).await;
    send_due(app).await;
}

/// What is decided by the time. Each job stands alone: one that fails holds up none. A round in which units could not be
/// opened or reminders not planned is none that came round, so that a failure that stays is an alarm; for the others' sake no
/// site is taken away from its readers.
async fn plan_due(app: &App) {
    let now = app.clock.now();
    let opened = app.db.write(move |conn| schedule::store::open_due(conn, now).map_err(DbError::from));
    let mut sound = logged("open units", opened).await;
    logged("give places", enrolling::line::give_due(&app.db, &app.content, &app.site.base_url, now)).await;
    logged("mail invitations", enrolling::mails::mail_due(&app.db, &app.site.base_url, now)).await;
    sound &= logged("plan reminders", reminder::plan::plan_due(&app.db, &app.content, &app.site.base_url, now)).await;
    logged("publish announcements", announcement::publish::publish_due(&app.db, &app.site.base_url, now)).await;
    logged("tell of posts", notice::tell::tell_due(&app.db, &app.content, now)).await;
    let post = notice::write::Post {
        base_url: app.site.base_url.clone(),
        takes_answers: app.settings.delivery.replies.is_some(),
    };
    logged("write of posts", notice::write::write_due(&app.db, &app.content, &post, now)).await;
    logged("mail reports", report::send::send_due(&app.db, &app.content, &app.site.base_url, now)).await;
    if sound {
        beat(app, Job::Plan).await;
    }
}

/// Sends for a while; how many mails that settled. A mail server that is slow makes it last, so it tells meanwhile that
/// it is there.
async fn send_due(app: &App) -> usize {
    let mut settled = 0;
    let sound = {
        let sending = logged("send mail", app.courier.run_once().map_ok(|count| settled = count));
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sound = &mut sending => break sound,
                () = tokio::time::sleep(BEAT_EVERY) => beat(app, Job::Send).await,
            }
        }
    };
    if sound {
        beat(app, Job::Send).await;
    }
    settled
}

async fn beat(app: &App, job: Job) {
    let (process, now) = (heartbeat::own_name(), app.clock.now());
    let told = app.db.write(move |conn| heartbeat::store::beat(conn, &process, job, now).map_err(DbError::from));
    if let Err(error) = told.await {
        tracing::error!(%error, %job, "a round could not be noted");
    }
}

/// Everything that is due, however long it takes: for a process that is started for it.
pub async fn run_all(app: &App) {
    plan_due(app).await;
    run_daily(app).await;
    while send_due(app).await > 0 {}
}

/// What runs once a day.
pub async fn run_daily(app: &App) {
    let now = app.clock.now();
    logged("end old sessions", app.db.write(move |conn| accounts::store::forget_old(conn, now).map_err(DbError::from)))
        .await;
    let certificates = certificate::issue::issue_all_due(&app.db, &app.content, &app.site.base_url, now);
    logged("issue certificates", certificates).await;
    logged("forget old drafts", app.db.write(move |conn| draft::store::forget_old(conn, now).map_err(DbError::from)))
        .await;
    logged("forget old mail", app.db.write(move |conn| outbox::store::forget_old(conn, now).map_err(DbError::from)))
        .await;
    let invitations = app.db.write(move |conn| enrolling::store::forget_old(conn, now).map_err(DbError::from));
    logged("forget old invitations", invitations).await;
    logged("forget old notices", app.db.write(move |conn| notice::store::forget_old(conn, now).map_err(DbError::from)))
        .await;
    let addresses = app.db.write(move |conn| audit::store::forget_addresses(conn, now).map_err(DbError::from));
    logged("forget from where somebody acted", addresses).await;
    let readers = app.db.write(move |conn| report::store::forget_old(conn, now).map_err(DbError::from));
    logged("forget old readers of reports", readers).await;
    let processes = app.db.write(move |conn| heartbeat::store::forget_old(conn, now).map_err(DbError::from));
    logged("forget old processes", processes).await;
    logged("recount sums", recount(app)).await;
}

/// What two left wrong who changed it at once and did not see each other. Nobody who writes waits while nothing is.
async fn recount(app: &App) -> Result<i64, DbError> {
    use facilitator::store::sums;
    match app.db.report(|conn| sums::count_wrong(conn).map_err(DbError::from)).await? {
        0 => Ok(0),
        _ => app.db.write(|conn| sums::recount(conn).map_err(DbError::from)).await,
    }
}

/// False if it failed.
async fn logged<T: std::fmt::Debug>(job: &str, work: impl Future<Output = Result<T, DbError>>) -> bool {
    match std::panic::AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(done)) => {
            tracing::debug!(job, ?done, "job done");
            return true;
        }
        Ok(Err(e)) => tracing::error!(job, error = %e, "job failed"),
        Err(_) => tracing::error!(job, "job panicked"),
    }
    false
}

/// The jobs of a running process.
pub struct Jobs {
    stop: watch::Sender<bool>,
    courier: Arc<Courier>,
    running: JoinHandle<()>,
}

impl Jobs {
    /// Lets the rounds under way come to their end (bounded), then gives leases back.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.courier.stop();
        if tokio::time::timeout(Duration::from_secs(5), self.running).await.is_err() {
            tracing::warn!("the jobs did not end in time; their leases will run out");
        }
    }
}

pub fn start(app: App) -> Jobs {
    let (stop, stopped) = watch::channel(false);
    let courier = app.courier.clone();
    let running = tokio::task::spawn_local(async move {
        // Side by side, so that a mail server which hangs holds up no planning.
        tokio::join!(keep_planning(&app, stopped.clone()), keep_sending(&app, stopped));
        let owner_left = app.courier.give_back().await;
        tracing::debug!(?owner_left, "leases given back");
    });
    Jobs { stop, courier, running }
}

async fn keep_planning(app: &App, mut stopped: watch::Receiver<bool>) {
    let mut last_daily = None;
    loop {
        plan_due(app).await;
        let today = app.clock.now().utc().date_naive();
        if last_daily.replace(today) != Some(today) {
            run_daily(app).await;
        }
        if pause(&mut stopped).await {
            return;
        }
    }
}

async fn keep_sending(app: &App, mut stopped: watch::Receiver<bool>) {
    loop {
        // As long as mail leaves there may be more of it.
        let settled = send_due(app).await;
        let ends = if settled > 0 { *stopped.borrow() } else { pause(&mut stopped).await };
        if ends {
            return;
        }
    }
}

/// Until the next look. True if there is to be none.
async fn pause(stopped: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => false,
        _ = stopped.changed() => true,
    }
}
