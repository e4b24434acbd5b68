//! What operators ask: is it alive, is it ready, does mail flow.

mod metrics;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::heartbeat::{self, Job};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::db::{Db, DbError};
use crate::platform::secret::same;
use crate::platform::web::{Answer, Ask, Error};

/// What this process knows of itself.
#[derive(Clone)]
pub struct Here {
    /// Before that no round of a job was to be expected.
    pub started_at: Instant,
    pub metrics_token: Option<String>,
}

/// The process answers.
pub async fn alive() -> HttpResponse {
    plain(HttpResponse::Ok(), "alive\n".into())
}

/// The database answers too, and the jobs run, here or in another process: 200, otherwise 503 and why.
pub async fn ready(ask: Ask, db: Data<Db>, here: Data<Here>) -> HttpResponse {
    let beats = match db.read(|conn| heartbeat::store::list(conn).map_err(DbError::from)).await {
        Ok(beats) => beats,
        Err(e) => {
            tracing::error!(error = %e, "not ready");
            return plain(HttpResponse::ServiceUnavailable(), "the database does not answer\n".into());
        }
    };
    let overdue = heartbeat::overdue(&beats, here.started_at, ask.now);
    if overdue.is_empty() {
        return plain(HttpResponse::Ok(), "ready\n".into());
    }
    let lines = overdue.iter().map(|(job, at)| format!("{} since {}\n", nobody_does(*job), at.rfc3339()));
    plain(HttpResponse::ServiceUnavailable(), lines.collect())
}

fn nobody_does(job: Job) -> &'static str {
    match job {
        Job::Plan => "no process has opened units and planned mail",
        Job::Send => "no process has sent mail",
    }
}

/// Figures of the outbox and the jobs, as Prometheus reads them: for the holder of the token or, where there is none, on
/// the loopback and not through a proxy.
pub async fn metrics(ask: Ask, db: Data<Db>, here: Data<Here>, req: actix_web::HttpRequest) -> Answer {
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let may_see = match &here.metrics_token {
        Some(token) => header("authorization").is_some_and(|sent| same(sent, &format!("Bearer {token}"))),
        None => {
            let proxied = ["forwarded", "x-forwarded-for"].iter().any(|name| req.headers().contains_key(*name));
            ask.peer.is_some_and(|peer| peer.is_loopback()) && !proxied
        }
    };
    if !may_see {
        return Err(Error::NotFound);
    }
    let now = ask.now;
    let (figures, beats) = db
        .report(move |conn| Ok::<_, Error>((outbox::store::figures(conn, now)?, heartbeat::store::list(conn)?)))
        .await?;
    let text = metrics::text(&figures, &beats, now);
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, metrics::CONTENT_TYPE)).body(text))
}

fn plain(mut response: actix_web::HttpResponseBuilder, words: String) -> HttpResponse {
    response.content_type("text/plain; charset=utf-8").body(words)
}
