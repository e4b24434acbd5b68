//! What `trellis content preview` answers besides: an author's own way in, and word of every change that was saved.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::accounts::{AccountId, Stay, store};
use crate::platform::db::Db;
use crate::platform::secret::Secret;
use crate::platform::web::{Answer, Ask, Error};

/// The browser asks again before the server's deadline for a request.
const LOOKS: u32 = 20;
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// An author's process.
#[derive(Debug)]
pub struct Preview {
    pub learner: AccountId,
    pub facilitator: AccountId,
    /// Counts what was read.
    version: AtomicU64,
}

impl Preview {
    pub fn new(learner: AccountId, facilitator: AccountId) -> Self {
        Self { learner, facilitator, version: AtomicU64::new(1) }
    }

    /// The content was read anew.
    pub fn changed(&self) {
        self.version.fetch_add(1, Ordering::Relaxed);
    }

    fn version(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }
}

/// `/preview`: in as a learner; `?as=facilitator`: as a facilitator.
pub async fn enter(ask: Ask, db: Data<Db>, preview: Option<Data<Preview>>) -> Answer {
    let preview = preview.ok_or(Error::NotFound)?;
    let asked = ask.parameters()?;
    asked.only(&["as"])?;
    let account = match asked.get("as") {
        "facilitator" => preview.facilitator,
        _ => preview.learner,
    };
    let secret = Secret::random();
    let (session, now, stay) = (secret.hash(), ask.now, Stay::of(false, false));
    db.write(move |conn| Ok::<_, Error>(store::open_session(conn, account, &session, stay, now)?)).await?;
    let mut response = ask.done("/", "")?;
    response.add_cookie(&ask.session_cookie(&secret, None)).map_err(|e| Error::Unexpected(e.into()))?;
    Ok(response)
}

/// `/preview/changes`: the number of the last change; with `?after=` it waits some seconds for the next.
pub async fn changes(ask: Ask, preview: Option<Data<Preview>>) -> Answer {
    let preview = preview.ok_or(Error::NotFound)?;
    let asked = ask.parameters()?;
    asked.only(&["after"])?;
    for _ in 0..LOOKS {
        if asked.get("after") != preview.version().to_string() {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(preview.version().to_string()))
}

/// `/preview/reload.js`: shows the page again when something was saved.
pub async fn script(preview: Option<Data<Preview>>) -> Answer {
    preview.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(include_str!("../static/preview.js")))
}
