//! Builds database, content, clock and mail once; starts the server and the jobs; stops them in order.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer, middleware, web};
use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::accounts::doors::{Doors, Limits};
use crate::accounts::pages::OnSignIn;
use crate::accounts::passwords::Passwords;
use crate::admin::Installation;
use crate::completion::openings::Openings;
use crate::discussion::listening::Listeners;
use crate::discussion::posting::PostLimits;
use crate::draft::pages::DraftLimit;
use crate::enrolling::pages::CodeLimit;
use crate::health::Here;
use crate::outbox::deliver::Courier;
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::{MailRoute, Settings};
use crate::platform::db::{self, Bell, Db, DbError};
use crate::platform::web::{Looks, Mode, Site, guard};
use crate::preview::Preview;
use crate::programme::Content;
use crate::search::pages::SearchLimit;
use crate::{cohort, completion, live, portfolio, programme, routes, schedule, search, worker};

/// How many connections read at once; twice the server's threads keeps both cores busy and the tail short.
const CONNECTIONS: u32 = 4;
const THREADS: usize = 2;
/// What stands on the leases of this process, before something of its own.
const OWNER: &str = "trellis";
/// The longest form.
const FORM_BYTES: usize = 64 * 1024;
/// How long requests under way may take after the signal to stop.
const LAST_REQUESTS_SECONDS: u64 = 8;

/// Everything that a process of Trellis shares.
#[derive(Clone)]
pub struct App {
    pub settings: Settings,
    pub site: Site,
    pub db: Db,
    pub bell: Bell,
    pub content: Content,
    pub clock: Clock,
    pub courier: Arc<Courier>,
    pub started_at: Instant,
    pub passwords: Passwords,
    pub doors: Data<Doors>,
    pub post_limits: Data<PostLimits>,
    pub listeners: Listeners,
    pub search_limit: Data<SearchLimit>,
    pub draft_limit: Data<DraftLimit>,
    pub code_limit: Data<CodeLimit>,
    pub openings: Openings,
    /// For an author's own process alone.
    pub preview: Option<Data<Preview>>,
}

impl App {
    /// Brings the schema up to date and opens everything.
    pub fn open(settings: Settings, content: Content, clock: Clock, mode: Mode) -> anyhow::Result<Self> {
        if let db::Url::Sqlite(path) = &settings.database
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        }
        db::migrate(&settings.database)?;
        let connections = if settings.database.kind() == db::Kind::Sqlite { CONNECTIONS } else { 2 * CONNECTIONS };
        let db = Db::open(&settings.database, connections)?;
        let contact = settings.mail_from.email.to_string();
        let site = Site { base_url: settings.base_url.clone(), contact, mode };
        let (rules, started_at) = (worker::rules(&content, &settings.base_url), clock.now());
        let courier = Courier::new(&settings, db.clone(), clock.clone(), rules, OWNER).map_err(anyhow::Error::msg)?;
        Ok(Self {
            bell: Bell::hang(&settings.database),
            settings,
            site,
            db,
            content,
            clock,
            courier: Arc::new(courier),
            started_at,
            passwords: Passwords::start()?,
            doors: Data::new(Doors::new(&Limits::default())),
            post_limits: Data::new(PostLimits::default()),
            listeners: Listeners::default(),
            search_limit: Data::default(),
            draft_limit: Data::new(DraftLimit::default()),
            code_limit: Data::default(),
            openings: Openings::default(),
            preview: None,
        })
    }

    /// The same process in another time: it sends its mail by that clock.
    pub fn at(&self, clock: Clock) -> anyhow::Result<Self> {
        let rules = worker::rules(&self.content, &self.settings.base_url);
        let courier = Courier::new(&self.settings, self.db.clone(), clock.clone(), rules, OWNER);
        Ok(Self {
            courier: Arc::new(courier.map_err(anyhow::Error::msg)?),
            started_at: clock.now(),
            clock,
            ..self.clone()
        })
    }

    /// Lets what the database holds follow the content: a unit gained gets its release in every cohort, what stood under a
    /// former name stands under the new one, and what can be found is what is there. Twice is as good as once.
    pub async fn follow_content(&self) -> Result<(), DbError> {
        let catalogue = self.content.current();
        self.db
            .write(move |conn| {
                for programme in catalogue.programmes.values() {
                    completion::store::follow_renames(conn, programme)?;
                    search::store::follow(conn, programme)?;
                    live::store::follow_renames(conn, programme)?;
                    portfolio::store::follow_renames(conn, programme)?;
                    for cohort in cohort::store::list_of_programme(conn, &programme.slug)? {
                        let breaks = cohort::store::list_breaks(conn, cohort.id)?;
                        schedule::store::add_missing(conn, &cohort, &breaks, programme)?;
                    }
                }
                Ok(())
            })
            .await
    }

    fn here(&self) -> Here {
        Here { started_at: self.started_at, metrics_token: self.settings.metrics_token.clone() }
    }

    /// What administrators see of the process, and can have it do.
    fn installation(&self) -> Installation {
        let mail = match &self.settings.mail {
            MailRoute::Files(_) => "Written to files in the data folder, sent to nobody",
            MailRoute::Smtp(_) => "Goes out through a mail server",
        };
        let app = self.clone();
        Installation {
            started_at: self.started_at,
            data: self.settings.data.clone(),
            content: self.settings.content.clone(),
            mail: mail.into(),
            reload: Box::new(move || {
                let app = app.clone();
                Box::pin(async move { app.reload_content().await })
            }),
        }
    }

    /// What every handler can ask for.
    fn share(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(Data::new(self.site.clone()))
            .app_data(Data::new(self.db.clone()))
            .app_data(Data::new(self.bell.clone()))
            .app_data(Data::new(self.listeners.clone()))
            .app_data(Data::new(self.content.clone()))
            .app_data(Data::new(self.clock.clone()))
            .app_data(Data::new(self.passwords.clone()))
            .app_data(Data::new(self.here()))
            .app_data(Data::new(self.installation()))
            .app_data(self.doors.clone())
            .app_data(self.post_limits.clone())
            .app_data(self.search_limit.clone())
            .app_data(self.draft_limit.clone())
            .app_data(self.code_limit.clone())
            .app_data(Data::new(self.openings.clone()))
            .app_data(Data::new(Looks(crate::learner::may_be_looked_at)))
            .app_data(Data::new(OnSignIn(worker::note_sign_in)))
            .app_data(Data::new(crate::learner::pages::talk::ON_STEP_POSTS))
            .app_data(web::PayloadConfig::new(FORM_BYTES));
        if let Some(preview) = &self.preview {
            config.app_data(preview.clone());
        }
    }

    /// The server on a listening socket, running until its handle stops it.
    pub fn start(&self, listener: TcpListener, threads: usize) -> std::io::Result<actix_web::dev::Server> {
        let app = self.clone();
        let per_thread =
            if app.db.kind() == db::Kind::Sqlite { CONNECTIONS } else { 2 * CONNECTIONS } as usize / threads;
        let server = HttpServer::new(move || {
            let shared = app.clone();
            ActixApp::new()
                .wrap(middleware::Compress::default())
                .wrap(middleware::from_fn(guard::guard))
                .configure(move |config| shared.share(config))
                .configure(routes::all)
        })
        .workers(threads)
        .worker_max_blocking_threads(per_thread.max(1))
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(30))
        .max_connections(5_000)
        .shutdown_timeout(LAST_REQUESTS_SECONDS)
        .disable_signals()
        .listen(listener)?;
        Ok(server.run())
    }

    /// Serves until a signal comes; then takes no more, ends what is under way, and gives leases back.
    pub async fn serve(self, listener: TcpListener, jobs: bool) -> anyhow::Result<()> {
        let server = self.start(listener, THREADS)?;
        let handle = server.handle();
        let jobs = jobs.then(|| worker::start(self.clone()));
        let limits = actix_web::rt::spawn(self.clone().forget_old_limits());
        let reloads = actix_web::rt::spawn(self.clone().reload_on_hangup());
        actix_web::rt::spawn(stop_on_signal(handle, self.listeners.clone()));
        server.await?;
        self.openings.write(&self.db).await;
        limits.abort();
        reloads.abort();
        if let Some(jobs) = jobs {
            jobs.stop().await;
        }
        Ok(())
    }

    /// Reads the content again at each SIGHUP.
    pub async fn reload_on_hangup(self) {
        let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
        while hangups.recv().await.is_some() {
            if let Err(error) = self.reload_content().await {
                tracing::error!(%error, "the database does not follow the content");
            }
        }
    }

    /// Reads the content again. With faults in it the old catalogue stays, and the log names each.
    pub async fn reload_content(&self) -> Result<bool, DbError> {
        let folder = self.settings.content.clone();
        let loaded = web::block(move || programme::load(&folder)).await.map_err(|_| DbError::Broken)?;
        if let Err(faults) = self.content.take(loaded, self.clock.now()) {
            faults.iter().for_each(|fault| tracing::error!(%fault, "the content was not taken"));
            return Ok(false);
        }
        self.follow_content().await?;
        tracing::info!("the content was read again");
        Ok(true)
    }

    async fn forget_old_limits(self) {
        loop {
            tokio::time::sleep(Duration::from_secs(600)).await;
            self.doors.forget_old();
            self.post_limits.forget_old();
            self.search_limit.forget_old();
            self.draft_limit.forget_old();
            self.code_limit.forget_old();
        }
    }
}

async fn stop_on_signal(server: ServerHandle, listeners: Listeners) {
    stop_signal().await;
    tracing::info!("stopping");
    // They would never end by themselves.
    listeners.close();
    server.pause().await;
    // What the kernel had accepted already is still answered.
    tokio::time::sleep(Duration::from_millis(400)).await;
    server.stop(true).await;
}

/// Waits for SIGTERM or SIGINT.
pub async fn stop_signal() {
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}
