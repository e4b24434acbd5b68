//! `/certificates/{code}`: anybody checks that a certificate is genuine, with no account; `…/credential.json` beside it,
//! while the holder lets their name be shown; and `/certificates/issuer.json`, the key to check credentials with.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::web::{Data, Path};
use askama::Template;

use super::{facts, files};
use crate::certificate::credential::{MEDIA_TYPE, PROFILE_TYPE, issuer_profile};
use crate::certificate::{Code, issuer, key, store};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Frame};

#[derive(Template)]
#[template(path = "certificate/check.html")]
struct Check {
    frame: Frame,
    /// None: the holder does not wish it.
    name: Option<String>,
    title: String,
    by: String,
    facts: Vec<(&'static str, String)>,
    credential: String,
}

#[derive(Template)]
#[template(path = "certificate/unknown.html")]
struct Unknown {
    frame: Frame,
}

/// One query. However the code is typed, it leads to its one address.
pub async fn show(ask: Ask, db: Data<Db>, typed: Path<String>) -> Answer {
    let unknown = || Error::page(StatusCode::NOT_FOUND, Unknown { frame: Frame::plain(&ask) });
    let code = Code::parse(&typed).ok_or_else(unknown)?;
    let sought = code.clone();
    let found = db.read(move |conn| Ok::<_, Error>(store::find(conn, &sought)?)).await?;
    let certificate = found.ok_or_else(unknown)?;
    if *typed != code.as_str() {
        return Ok(HttpResponse::MovedPermanently().insert_header((LOCATION, code.path())).finish());
    }
    let by = issuer(&ask.site.base_url);
    ask.page(Check {
        frame: Frame::plain(&ask),
        facts: facts(&certificate, &by),
        name: certificate.shows_name().then(|| certificate.name.clone()),
        title: certificate.says.title,
        by,
        credential: format!("{}/credential.json", code.path()),
    })
}

/// It names its holder: so it is there only while they let their name be shown.
pub async fn credential(ask: Ask, db: Data<Db>, code: Path<String>) -> Answer {
    let code = Code::parse(&code).filter(|parsed| parsed.as_str() == *code).ok_or(Error::NotFound)?;
    let read = move |conn: &mut Conn| {
        let shown = store::find(conn, &code)?.filter(|certificate| certificate.shows_name());
        files::signed(conn, &shown.ok_or(Error::NotFound)?, &ask.site.base_url)
    };
    let document = db.read(read).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).body(format!("{document:#}")))
}

/// Not there before the first certificate is.
pub async fn issuer_key(ask: Ask, db: Data<Db>) -> Answer {
    let key = db.read(|conn| Ok::<_, Error>(key::find(conn)?)).await?.ok_or(Error::NotFound)?;
    let profile = issuer_profile(&ask.site.base_url, &key);
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, PROFILE_TYPE)).body(format!("{profile:#}")))
}
