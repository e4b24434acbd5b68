//! Every recurring job, one line each. Jobs are shallow and safe to run twice, or by several processes at once.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts::AccountId;
use crate::app::App;
use crate::cohort::CohortId;
use crate::platform::db::{Conn, DbError};
use crate::platform::web::Ask;
use crate::programme::{Catalogue, Content};
use crate::{accounts, announcement, certificate, draft, outbox, reminder, schedule};

/// How long between two looks.
const EVERY: Duration = Duration::from_secs(5);

/// What the outbox asks of those above it.
pub fn rules(content: &Content) -> outbox::Rules {
    let content = content.clone();
    outbox::Rules {
        unwanted: Arc::new(move |conn, message, now| {
            match reminder::wanted::unwanted(conn, &content.current(), message, now)? {
                None => announcement::wanted::unwanted(conn, message),
                reason => Ok(reason),
            }
        }),
        undeliverable: accounts::store::mark_undeliverable,
    }
}

/// Greets a learner who has just come in: one mail that lists what is open.
pub fn greet(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, who: (CohortId, AccountId)) -> QueryResult<()> {
    reminder::welcome::welcome(conn, catalogue, &ask.site.base_url, who, ask.now).map(drop)
}

/// Does everything that is due now, in order. Each job stands alone: one that fails holds up none.
pub async fn run_due(app: &App) {
    let now = app.clock.now();
    logged("open units", app.db.write(move |conn| schedule::store::open_due(conn, now).map_err(DbError::from))).await;
    logged("plan reminders", reminder::plan::plan_due(&app.db, &app.content, &app.site.base_url, now)).await;
    logged("publish announcements", announcement::publish::publish_due(&app.db, &app.site.base_url, now)).await;
    logged("send mail", async { Ok::<_, DbError>(app.courier.run_once().await) }).await;
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
}

async fn logged<T: std::fmt::Debug>(job: &str, work: impl Future<Output = Result<T, DbError>>) {
    match std::panic::AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(done)) => tracing::debug!(job, ?done, "job done"),
        Ok(Err(e)) => tracing::error!(job, error = %e, "job failed"),
        Err(_) => tracing::error!(job, "job panicked"),
    }
}

/// The jobs of a running process.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Jobs {
    /// Lets the round under way come to its end (bounded), then gives leases back.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if tokio::time::timeout(Duration::from_secs(5), self.running).await.is_err() {
            tracing::warn!("the jobs did not end in time; their leases will run out");
        }
    }
}

pub fn start(app: App) -> Jobs {
    let (stop, mut stopped) = watch::channel(false);
    let running = tokio::task::spawn_local(async move {
        let mut last_daily = None;
        loop {
            run_due(&app).await;
            let today = app.clock.now().utc().date_naive();
            if last_daily.replace(today) != Some(today) {
                run_daily(&app).await;
            }
            tokio::select! {
                _ = tokio::time::sleep(EVERY) => {}
                _ = stopped.changed() => break,
            }
        }
        let owner_left = app.courier.give_back().await;
        tracing::debug!(?owner_left, "leases given back");
    });
    Jobs { stop, running }
}
