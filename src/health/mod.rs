//! What operators ask: is it alive, is it ready.

use actix_web::HttpResponse;
use actix_web::web::Data;
use diesel::connection::SimpleConnection as _;

use crate::platform::db::{Db, DbError};

/// The process answers.
pub async fn alive() -> HttpResponse {
    plain(HttpResponse::Ok(), "alive\n")
}

/// The database answers too: 200, otherwise 503.
pub async fn ready(db: Data<Db>) -> HttpResponse {
    match db.read(|conn| conn.batch_execute("SELECT 1").map_err(DbError::from)).await {
        Ok(()) => plain(HttpResponse::Ok(), "ready\n"),
        Err(e) => {
            tracing::error!(error = %e, "not ready");
            plain(HttpResponse::ServiceUnavailable(), "the database does not answer\n")
        }
    }
}

fn plain(mut response: actix_web::HttpResponseBuilder, words: &'static str) -> HttpResponse {
    response.content_type("text/plain; charset=utf-8").body(words)
}
